"""Like for like: months of different length, and years whose 春节 falls on different days."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gridgov.stats.calendar import (
    days_from_spring_festival,
    period_bounds,
    working_days_between,
)

__all__ = ["festival_matrix", "same_offset_totals", "working_day_factors"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def working_day_factors(labels: Sequence[str]) -> Floats:
    """What to multiply a count of each period by to compare at equal working days, (n,).

    labels: periods of one kind as `calendar.period` names them. A factor is the mean number of
    working days of these periods over the period's own; official swaps count.
    """
    bounds = np.array([period_bounds(label) for label in labels], dtype="datetime64[D]")
    if len(bounds) == 0:
        return np.zeros(0)
    days = working_days_between(bounds[:, 0] - 1, bounds[:, 1] - 1)
    return np.asarray(days.mean() / days, dtype=np.float64)


def festival_matrix(
    dates: npt.ArrayLike, values: npt.ArrayLike, first: int = -30, last: int = 45
) -> tuple[Ints, Ints, Floats]:
    """Daily values laid side by side by days from 春节: (years, offsets, matrix).

    dates, values: (n,), a day at most once. years: festival years with any value in the window;
    offsets: first..last; matrix: (n_years, n_offsets), NaN where unknown.
    """
    days = np.asarray(dates, dtype="datetime64[D]")
    counts = np.asarray(values, dtype=np.float64)
    if days.shape != counts.shape or days.ndim != 1:
        raise ValueError("festival_matrix: two equal one-dimensional arrays expected")
    offsets = np.arange(first, last + 1)
    away = days_from_spring_festival(days)
    inside = (away >= first) & (away <= last)
    festival = days[inside] - away[inside].astype("timedelta64[D]")
    year = festival.astype("datetime64[Y]").astype(np.int64) + 1970
    years, row = np.unique(year, return_inverse=True)
    matrix = np.full((len(years), len(offsets)), np.nan)
    matrix[row, away[inside] - first] = counts[inside]
    return years, offsets, matrix


def same_offset_totals(matrix: Floats) -> Floats:
    """Totals of each row of a `festival_matrix` over the days that all rows know, (n_years,).

    An unfinished year is so compared with the same days of the others, never with whole years.
    """
    known = ~np.isnan(matrix).any(axis=0)
    return np.asarray(matrix[:, known].sum(axis=1), dtype=np.float64)
