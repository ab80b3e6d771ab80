"""Periods of the trends page: the engine's grains, and the school year that it does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from gridgov.locale import N_
from gridgov.metrics import METRICS, Grain
from gridgov.metrics.spans import spans
from gridgov.stats.calendar import period, period_bounds

__all__ = [
    "GRAINS",
    "HISTORY_MONTHS",
    "TrendGrain",
    "Where",
    "bounds",
    "codes_with",
    "fitting",
    "history_from",
    "timestamps",
]

Where = Mapping[str, Sequence[str]]

TrendGrain = Literal["week", "month", "quarter", "half", "school_year"]
GRAINS: dict[TrendGrain, str] = {
    "month": N_("月"),
    "week": N_("周"),
    "quarter": N_("季"),
    "half": N_("半年"),
    "school_year": N_("学年"),
}
# How far back a series reaches, in months before that of its last day: a year of weeks, two years
# of months (as `gridgov.judgement`), and as many long periods as there may be.
HISTORY_MONTHS: dict[TrendGrain, int] = {
    "week": 11,
    "month": 23,
    "quarter": 47,
    "half": 71,
    "school_year": 83,
}


def history_from(end: date, grain: TrendGrain, first_on: date | None) -> date:
    """First day of a series that ends on `end`; not before the period that holds `first_on`."""
    index = end.year * 12 + end.month - 1 - HISTORY_MONTHS[grain]
    start = date(index // 12, index % 12 + 1, 1)
    if first_on is not None and first_on > start:
        start = first_on
    return bounds(start, start, grain)[0][0]


def bounds(start: date, end: date, grain: TrendGrain) -> list[tuple[date, date]]:
    """First and last day of every period that touches `start` to `end`, by the calendar."""
    if grain != "school_year":
        return [(span.bucket, span.last) for span in spans(start, end, grain)]
    found = []
    first = start
    while first <= end:
        label = str(period(np.array([first], dtype="datetime64[D]"), "school_year")[0])
        opens, after = period_bounds(label)
        found.append((opens, after - timedelta(days=1)))
        first = after
    return found


def codes_with(grain: TrendGrain) -> list[str]:
    """Metrics that can be had by this grain, in the dictionary's order."""
    wanted: Grain = "year" if grain == "school_year" else grain
    return [code for code, metric in METRICS.items() if wanted in metric.grains]


def timestamps(days: list[date]) -> pd.DatetimeIndex:
    """Days as the engine's buckets are."""
    return pd.DatetimeIndex(pd.to_datetime(days))


def fitting(code: str, where: Where | None) -> dict[str, tuple[str, ...]]:
    """Those of the dimension filters that a metric knows."""
    known = METRICS[code].dimensions
    return {name: tuple(values) for name, values in (where or {}).items() if name in known}
