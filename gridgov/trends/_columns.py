"""Answers of the metric engine as matrices: a row a series, a column a period."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridgov.metrics.answer import Answer
from gridgov.metrics.figures import STATES, Figures
from gridgov.small_counts import HIDDEN

__all__ = ["Columns"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_FEW = STATES.index("few")


@dataclass(frozen=True)
class Columns:
    """The matrices of a set before it is judged."""

    value: Floats
    numerator: Floats
    denominator: Floats
    n: Floats
    few: Bools
    partial: Bools
    hidden: Bools

    @classmethod
    def of(
        cls, answers: Sequence[Answer], shown: Sequence[Answer], places: Sequence[str]
    ) -> Columns:
        """A row a metric and place, from answers whose periods follow each other.

        shown: the same answers as the reader may see them.

        A grid that an answer does not have has no value in its periods, as if they were not over.
        """

        def laid(
            pick: Callable[[Figures], npt.NDArray[np.generic]],
            absent: float,
            given: Sequence[Answer] = answers,
        ) -> Floats:
            periods = []
            for each in given:
                blocks = [pick(one)[:, :, 0].T for one in each.figures]
                if list(each.question.units) != list(places) and each.question.by_grid:
                    blocks = [_at(each.question.units, places, block, absent) for block in blocks]
                periods.append(np.concatenate(blocks))
            return np.concatenate(periods, axis=1, dtype=np.float64)

        value, numerator, denominator, n = (
            laid(lambda one, name=name: getattr(one, name), np.nan)  # type: ignore[misc]
            for name in ("value", "numerator", "denominator", "n")
        )
        few = laid(lambda one: one.state == _FEW, 0.0) > 0
        partial = laid(
            lambda one: np.broadcast_to(one.is_partial[:, None, None], one.value.shape), 1.0
        )
        hidden = laid(lambda one: one.state == HIDDEN, 0.0, shown) > 0
        return cls(value, numerator, denominator, n, few, partial > 0, hidden)

    @classmethod
    def joined(cls, blocks: Sequence[Columns], width: int) -> Columns:
        empty, no = np.full((0, width), np.nan), np.zeros((0, width), dtype=np.bool_)

        def figures(name: str) -> Floats:
            return np.concatenate([getattr(block, name) for block in blocks] or [empty])

        def flags(name: str) -> Bools:
            return np.concatenate([getattr(block, name) for block in blocks] or [no])

        return cls(
            figures("value"), figures("numerator"), figures("denominator"), figures("n"),
            flags("few"), flags("partial"), flags("hidden"),
        )  # fmt: skip


def _at(
    units: Sequence[str], places: Sequence[str], block: npt.NDArray[np.generic], absent: float
) -> Floats:
    """The rows of `units` at their places among more of them."""
    found = np.full((len(places), block.shape[1]), absent)
    numbers = {place: number for number, place in enumerate(places)}
    found[[numbers[unit] for unit in units]] = block
    return found
