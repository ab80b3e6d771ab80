"""Answers of the metric engine as matrices: a row a series, a column a period.

In memory a period's values of all series lie side by side, as the answers have them and as the
control charts read them: what is given out are transposed views.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridgov.metrics.answer import Answer
from gridgov.metrics.figures import STATES, Figures
from gridgov.small_counts import HIDDEN

__all__ = ["Columns", "Part"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_FEW = STATES.index("few")
_FIGURES = ("value", "numerator", "denominator", "n")


@dataclass(frozen=True)
class Part:
    """Metrics of the same places: answers whose periods follow each other.

    shown: the same answers as the reader may see them.
    """

    codes: tuple[str, ...]
    places: tuple[str, ...]
    answers: Sequence[Answer]
    shown: Sequence[Answer]

    @property
    def size(self) -> int:
        """How many series they make."""
        return len(self.codes) * len(self.places)


@dataclass(frozen=True)
class Columns:
    """The matrices of a set before it is judged, (series, periods) each."""

    value: Floats
    numerator: Floats
    denominator: Floats
    n: Floats
    few: Bools
    partial: Bools
    hidden: Bools

    @classmethod
    def of(cls, parts: Sequence[Part], width: int) -> Columns:
        """A row a metric and place, part after part.

        A grid that an answer does not have has no value in its periods, as if they were not over.
        """
        shape = width, sum(part.size for part in parts)
        laid = {name: np.empty(shape) for name in _FIGURES}
        few, hidden = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
        partial = np.zeros(shape, dtype=np.bool_)
        first = 0
        for part in parts:
            row = 0
            for each, seen in zip(part.answers, part.shown, strict=True):
                rows = slice(row, row + len(each.question.buckets))
                if _lacks(each, part.places):
                    for name in _FIGURES:
                        laid[name][rows, first : first + part.size] = np.nan
                    partial[rows, first : first + part.size] = True
                for at, (one, told) in enumerate(zip(each.figures, seen.figures, strict=True)):
                    series = _series(each, part.places, first + at * len(part.places))
                    for name in _FIGURES:
                        laid[name][rows, series] = getattr(one, name)[:, :, 0]
                    few[rows, series] = one.state[:, :, 0] == _FEW
                    partial[rows, series] = one.is_partial[:, None]
                    if told is not one:
                        hidden[rows, series] = _hidden(told)
                row = rows.stop
            first += part.size
        value, numerator, denominator, n = (laid[name].T for name in _FIGURES)
        return cls(value, numerator, denominator, n, few.T, partial.T, hidden.T)


def _hidden(one: Figures) -> Bools:
    return np.asarray(one.state[:, :, 0] == HIDDEN)


def _lacks(each: Answer, places: Sequence[str]) -> bool:
    return each.question.by_grid and each.question.units != places


def _series(each: Answer, places: Sequence[str], first: int) -> slice | npt.NDArray[np.intp]:
    """Where the series of an answer's grids stand, when those of all places begin at `first`."""
    if not _lacks(each, places):
        return slice(first, first + len(places))
    numbers = {place: number for number, place in enumerate(places, start=first)}
    return np.array([numbers[unit] for unit in each.question.units], dtype=np.intp)
