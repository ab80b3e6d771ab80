"""Columns of residents as codes: a million texts are slow, a million small numbers are not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

__all__ = ["coded", "coded_values", "days_of", "distinct_of", "named", "numbered"]

Ints = npt.NDArray[np.int64]
# So many times as many numbers may there be as rows before they are sorted, not marked in a list.
_SPREAD = 16


def coded(column: pa.ChunkedArray) -> tuple[Ints, tuple[str | None, ...]]:
    """(n,) codes, and the different texts that they stand for; None where nothing is said."""
    found = column.combine_chunks().dictionary_encode(null_encoding="encode")
    codes = np.asarray(found.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
    return codes, tuple(found.dictionary.to_pylist())


def named(codes: Ints, texts: Sequence[str | None]) -> pd.Categorical:
    """Codes as a column of texts; "" for None."""
    names = [text or "" for text in texts]
    if len(set(names)) < len(names):
        distinct = sorted(set(names))
        codes = np.array([distinct.index(name) for name in names], dtype=np.int64)[codes]
        names = distinct
    return pd.Categorical.from_codes(codes, pd.Index(names, dtype="str"))


def days_of(column: pa.ChunkedArray) -> Ints:
    """Dates as days since 1970, (n,)."""
    return np.asarray(column.cast(pa.int32()).to_numpy(), dtype=np.int64)


def coded_values(column: pd.Series) -> tuple[Ints, pd.Index]:
    """(n,) codes into the values that occur, and these in their order."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        found, values = pd.factorize(column, sort=True)
        return found.astype(np.int64), pd.Index(values)
    codes = column.cat.codes.to_numpy().astype(np.int64)
    occurs = np.flatnonzero(np.bincount(codes, minlength=len(column.cat.categories)))
    values = column.cat.categories[occurs]
    order = values.argsort()
    place = np.zeros(len(column.cat.categories), dtype=np.int64)
    place[occurs[order]] = np.arange(len(order))
    return place[codes], values[order]


def numbered(ids: Ints) -> tuple[Ints, Ints]:
    """Of the different numbers, in their order, a row that has each; and of each row its number."""
    size = int(ids.max(initial=-1)) + 1
    if size > _SPREAD * len(ids) + _SPREAD:
        _ids, first, number = np.unique(ids, return_index=True, return_inverse=True)
        return first.astype(np.int64), number.ravel().astype(np.int64)
    row = np.full(size, -1, dtype=np.int64)
    row[ids] = np.arange(len(ids), dtype=np.int64)
    occurs = row >= 0
    return row[occurs], (np.cumsum(occurs) - 1)[ids]


def distinct_of(numbers: Ints) -> Ints:
    """The different numbers, in their order. By sorting: numpy's hash table is far slower."""
    ordered = np.sort(numbers)
    kept = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=kept[1:])
    return np.asarray(ordered[kept], dtype=np.int64)
