"""Like for like: last year's periods, years laid on 春节, long periods to the same day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.metrics import METRICS
from gridgov.metrics.evaluate import answer
from gridgov.metrics.grids import tree_of
from gridgov.small_counts import told
from gridgov.stats.alignment import working_day_factors
from gridgov.stats.calendar import period, spring_festival
from gridgov.trends.series import SeriesSet
from gridgov.trends.spans import TrendGrain, Where, bounds, fitting, timestamps
from gridgov.warehouse import Reader

__all__ = ["FESTIVAL_WEEKS", "WORKING_GRAINS", "festival_frame", "last_year_frame", "to_date_frame"]

WORKING_GRAINS = frozenset({"month", "quarter"})
"""Grains whose periods can be brought to equal working days."""
FESTIVAL_WEEKS = range(-5, 8)
"""Weeks from 春节 that are compared: week 0 begins on the day itself."""


def last_year_frame(series: SeriesSet, row: int, *, working_days: bool = False) -> pd.DataFrame:
    """The newest twelve months and, on the same axis, the twelve before: one row a month and year.

    Columns: bucket (month of the newer year), series ("this" or "last"), value, numerator,
    denominator, is_partial. Values on too few cases are missing, as everywhere.

    working_days: values of months or quarters are brought to the mean number of working days of
    all periods shown (official swaps count); a period that is not over is then missing.
    """
    width = len(series.buckets)
    year = {"week": 52, "month": 12, "quarter": 4, "half": 2, "school_year": 1}[series.grain]
    count = min(year if series.grain != "school_year" else width - 1, max(width - year, 0))
    shown = series.drawn[row]
    if working_days and series.grain in WORKING_GRAINS:
        newer = np.arange(width - count, width)
        used = np.union1d(newer, newer - year)
        shown = _at_equal_working_days(series, row, shown, used)
    counted = np.where(series.hidden[row], np.nan, series.numerator[row])
    base = np.where(series.hidden[row], np.nan, series.denominator[row])
    parts = []
    for name, back in (("this", 0), ("last", year)):
        at = np.arange(width - count, width) - back
        parts.append(
            pd.DataFrame(
                {
                    "bucket": timestamps([series.buckets[width - count + i] for i in range(count)]),
                    "series": name,
                    "value": shown[at],
                    "numerator": counted[at],
                    "denominator": base[at],
                    "is_partial": series.partial[row][at],
                    "of": timestamps([series.buckets[int(i)] for i in at]),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _at_equal_working_days(
    series: SeriesSet, row: int, shown: npt.NDArray[np.float64], used: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    days = np.array(series.buckets, dtype="datetime64[D]")[used]
    labels = period(days, "month" if series.grain == "month" else "quarter")
    brought = np.full(len(shown), np.nan)
    brought[used] = shown[used] * working_day_factors([str(label) for label in labels])
    return np.where(series.partial[row], np.nan, brought)


def festival_frame(
    reader: Reader,
    code: str,
    *,
    grid_id: str | None = None,
    where: Where | None = None,
    end: date | None = None,
) -> pd.DataFrame:
    """A metric by weeks from 春节, the newest festival and the one before.

    Rows: bucket (first day of the week in the newer year, so that both lie on one axis), offset
    (weeks from 春节), year, value, numerator, denominator, n, is_partial. Empty where the data
    holds no festival week. A week is seven days from the festival's own weekday, so `evaluate` is
    asked for each one.
    """
    last = end or reader.data_date
    first = min((day for day in tree_of(reader).first_on.values() if day), default=None)
    if last is None or first is None or "week" not in METRICS[code].grains:
        return pd.DataFrame()
    only = fitting(code, where)
    newest = spring_festival(last.year)
    if newest > last:
        newest = spring_festival(last.year - 1)
    rows = []
    for festival in (newest, spring_festival(newest.year - 1)):
        for offset in FESTIVAL_WEEKS:
            begin = festival + timedelta(days=7 * offset)
            finish = begin + timedelta(days=6)
            if finish < first or begin > last:
                continue
            asked = answer(reader, code, begin, finish, grid_id=grid_id, where=only)
            frame = told(reader, asked).frame()
            rows.append(
                frame.assign(
                    bucket=pd.Timestamp(newest + timedelta(days=7 * offset)),
                    offset=offset,
                    year=festival.year,
                    is_partial=begin < first or finish > last,
                )
            )
    if not rows:
        return pd.DataFrame()
    found = pd.concat(rows, ignore_index=True)
    return found.assign(value=found["value"].where(found["state"] == "ok"))


def to_date_frame(
    reader: Reader,
    code: str,
    grain: TrendGrain,
    *,
    grid_id: str | None = None,
    where: Where | None = None,
    end: date | None = None,
) -> pd.DataFrame:
    """Half-years or school years, each cut at the day that the newest one has reached.

    Rows: bucket, value, numerator, denominator, n, state, is_partial; a period that the data does
    not reach back to is left out. `days` says how many days of each are counted.
    """
    last = end or reader.data_date
    first = min((day for day in tree_of(reader).first_on.values() if day), default=None)
    if last is None or first is None:
        return pd.DataFrame()
    periods = [pair for pair in bounds(first, last, grain) if pair[0] >= first]
    if not periods:
        return pd.DataFrame()
    only = fitting(code, where)
    opens = periods[-1][0]
    rows = []
    for begin, whole in periods:
        finish = min(_same_day(begin, opens, last), whole)
        frame = told(
            reader, answer(reader, code, begin, finish, grid_id=grid_id, where=only)
        ).frame()
        days = (finish - begin).days + 1
        rows.append(frame.assign(bucket=pd.Timestamp(begin), days=days, is_partial=finish < whole))
    return pd.concat(rows, ignore_index=True)


def _same_day(begin: date, opens: date, last: date) -> date:
    """The day of the period from `begin` that matches `last` in the one from `opens`."""
    months = (last.year - opens.year) * 12 + last.month - opens.month
    index = begin.year * 12 + begin.month - 1 + months
    after = index + 1
    month_end = date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
    is_month_end = (last + timedelta(days=1)).day == 1
    day = month_end.day if is_month_end else min(last.day, month_end.day)
    return date(index // 12, index % 12 + 1, day)
