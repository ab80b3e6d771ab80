"""Sums over some months of the rows of a place, by one or two of their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["between", "is_text", "place_sums"]

Bools = npt.NDArray[np.bool_]
Rows = Mapping[str, npt.NDArray[Any]]


def between(days: npt.NDArray[Any], start: date, end: date) -> Bools:
    """Which days lie in a period, (n,)."""
    chosen = (days >= np.datetime64(start)) & (days <= np.datetime64(end))
    return np.asarray(chosen, dtype=np.bool_)


def is_text(column: npt.NDArray[Any], text: str | None) -> Bools:
    """Which rows have a text, (n,); all for None."""
    if text is None:
        return np.ones(len(column), dtype=np.bool_)
    return np.ma.filled(np.ma.asarray(column == text), False).astype(np.bool_)


def place_sums(
    rows: Rows, inside: Bools, by: Sequence[str], names: Sequence[str]
) -> tuple[list[tuple[Any, ...]], dict[str, npt.NDArray[np.int64]]]:
    """Whole numbers of the rows `inside` added up: the values of `by` that occur, None where they
    are empty, and for each name its sums in the same order."""
    chosen = np.flatnonzero(inside)
    together = np.zeros(len(chosen), dtype=np.intp)
    coded = []
    for name in by:
        codes, values = pd.factorize(_plain(rows[name][chosen]), use_na_sentinel=False)
        coded.append(values)
        together = together * max(len(values), 1) + codes
    present, place = np.unique(together, return_inverse=True)
    labels = []
    for number in present.tolist():
        parts: list[Any] = []
        for values in reversed(coded):
            number, at = divmod(number, len(values))
            parts.append(None if pd.isna(values[at]) else values[at])
        labels.append(tuple(reversed(parts)))
    sums = {
        name: np.bincount(place, weights=rows[name][chosen], minlength=len(present)).astype(
            np.int64
        )
        for name in names
    }
    return labels, sums


def _plain(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Without a mask: None where it is empty."""
    if not isinstance(column, np.ma.MaskedArray):
        return column
    found = np.ma.getdata(column).astype(object)
    found[np.ma.getmaskarray(column)] = None
    return found
