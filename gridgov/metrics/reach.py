"""Distinct households over any run of months, of the upper grids, from memory.

`mart_reach_month` says of the households reached in a month when they had been reached before:
those of a run are the ones whose earlier month lies before it. Held as a square of months by
earlier months for every grid and kind, that is one sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from gridgov.metrics.counts import Counts, Floats
from gridgov.metrics.formula import formula_of
from gridgov.metrics.grids import tree_of
from gridgov.metrics.metric import Metric
from gridgov.metrics.months import upper_units
from gridgov.metrics.question import Question
from gridgov.metrics.spans import month_number
from gridgov.warehouse import Reader

__all__ = ["Reach", "counts_from_reach", "has_reach", "reach_of"]

_KINDS = ("visit", "shop", "attendance")
# 64 MB of 4 bytes; grids above that are asked for in SQL.
_HELD_CELLS = 16_000_000


@dataclass(frozen=True, eq=False)
class Reach:
    """`households` are (kinds, grids, months, earlier months): the first of the earlier ones is
    "never", then the months from `first` on."""

    first: int
    places: Mapping[str, int]
    households: npt.NDArray[np.float32]

    def distinct(self, kind: str, units: Sequence[str], begin: int, stop: int) -> Floats:
        """Households reached from month `begin` to before `stop`, (units,)."""
        width = self.households.shape[2]
        low, high = max(begin - self.first, 0), min(stop - self.first, width)
        if low >= high:
            return np.full(len(units), np.nan)
        places = np.array([self.places[unit] for unit in units], dtype=np.intp)
        block = self.households[_KINDS.index(kind)][places, low:high, : low + 1]
        return np.asarray(block.sum(axis=(1, 2), dtype=np.float64))


_HELD: WeakKeyDictionary[Reader, Reach] = WeakKeyDictionary()
_LOCK = Lock()
_READING: WeakKeyDictionary[Reader, Lock] = WeakKeyDictionary()


def has_reach(reader: Reader, metric: Metric, question: Question) -> bool:
    """Whether the households of `metric` over the question's months are held."""
    return (
        metric.kind == "reach"
        and bool(question.units)
        and question.is_aligned
        and not question.splits
        and all(unit in reach_of(reader).places for unit in question.units)
    )


def counts_from_reach(reader: Reader, metric: Metric, question: Question) -> Counts:
    """The counts of a metric that `has_reach` says yes to."""
    only = formula_of(metric.sql).only
    assert only is not None
    held, found = reach_of(reader), np.full((*question.shape, 1), np.nan)
    for at, span in enumerate(question.buckets):
        stop = month_number(min(span.end, question.last_day)) + 1
        households = held.distinct(only[1], question.units, month_number(span.start), stop)
        found[at, :, 0] = households if question.by_grid else households.sum()
    return Counts(((),), found, np.full(found.shape, np.nan))


def reach_of(reader: Reader) -> Reach:
    """The distinct households that are held of a reader's upper grids, read at the first asking."""
    with _LOCK:
        reading = _READING.setdefault(reader, Lock())
    with reading:
        found = _HELD.get(reader)
        if found is None:
            found = _HELD[reader] = _read(reader)
        return found


def _read(reader: Reader) -> Reach:
    span = reader.rows("SELECT min(month), max(month) FROM mart_reach_month")[0]
    if span[0] is None:
        return Reach(0, {}, np.zeros((len(_KINDS), 0, 0, 1), dtype=np.float32))
    first, width = month_number(span[0]), month_number(span[1]) - month_number(span[0]) + 1
    units = upper_units(tree_of(reader), _HELD_CELLS // (len(_KINDS) * width * (width + 1)))
    rows = reader.columns(
        "SELECT grid_id, kind, month, prev_month, households FROM mart_reach_month"
        " WHERE pillar = '' AND grid_id IN (SELECT unnest($units::VARCHAR[]))",
        units=units,
    )
    places = {unit: place for place, unit in enumerate(units)}
    month = _numbers(rows["month"]) - first
    earlier = np.ma.asarray(rows["prev_month"])
    since = np.where(np.ma.getmaskarray(earlier), 0, _numbers(earlier.filled(span[0])) - first + 1)
    kinds = np.searchsorted(np.sort(_KINDS), np.asarray(rows["kind"], dtype=str))
    kind = np.argsort(_KINDS)[kinds]
    grid = np.fromiter((places[unit] for unit in rows["grid_id"]), np.intp, len(month))
    households = np.zeros((len(_KINDS), len(units), width, width + 1), dtype=np.float32)
    households[kind, grid, month, since] = np.asarray(rows["households"])
    return Reach(first, places, households)


def _numbers(days: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    return np.asarray(days).astype("datetime64[M]").astype(np.int64) + 1970 * 12
