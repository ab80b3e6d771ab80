"""Where the level of a series shifted, in the metric's own units and periods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from gridgov.stats.changepoint import change_points
from gridgov.trends.series import SeriesSet, judged_series, place_of_points
from gridgov.trends.spans import TrendGrain, Where
from gridgov.warehouse import Reader

__all__ = ["Shift", "change_points_of", "shifts_in"]


@dataclass(frozen=True)
class Shift:
    """The first period of a new level; `first` to `last` is the 90 % interval of where it began.

    confidence: 1 - p of the permutation test. before, after: mean levels on either side.
    """

    on: date
    first: date
    last: date
    before: float
    after: float
    confidence: float


def change_points_of(
    reader: Reader,
    code: str,
    *,
    grid_id: str | None = None,
    grain: TrendGrain = "month",
    where: Where | None = None,
    end: date | None = None,
) -> tuple[Shift, ...]:
    """Shifts of level of one metric in one place, oldest first, reported at 95 %."""
    series = judged_series(reader, [code], grain=grain, grid_id=grid_id, where=where, end=end)
    return shifts_in(series, 0) if len(series) else ()


def shifts_in(series: SeriesSet, row: int) -> tuple[Shift, ...]:
    """Shifts of level among the judged values of one series; none where levels are not told."""
    if not series.tells_limits(row):
        return ()
    values = np.where(place_of_points(series)[row], series.value[row], np.nan)
    return tuple(
        Shift(
            on=series.buckets[point.position],
            first=series.buckets[point.first],
            last=series.buckets[point.last],
            before=point.before,
            after=point.after,
            confidence=point.confidence,
        )
        for point in change_points(values)
    )
