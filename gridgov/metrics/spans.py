"""Buckets of time: where each begins and ends, and whether it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.metrics.metric import Grain

__all__ = [
    "Span",
    "bucket_expression",
    "is_month_aligned",
    "month_number",
    "months_between",
    "quarters_between",
    "spans",
]


@dataclass(frozen=True)
class Span:
    """One bucket: first and last day by the calendar, and the days of it that were asked for."""

    bucket: date
    start: date
    end: date
    last: date

    def is_partial(self, first_on: date | None, data_date: date | None) -> bool:
        """Cut short by the question, by the data not reaching back, or by its not being over."""
        if self.start > self.bucket or self.end < self.last:
            return True
        return (
            data_date is None
            or self.last > data_date
            or (first_on is not None and self.bucket < first_on)
        )


def spans(start: date, end: date, grain: Grain | None) -> tuple[Span, ...]:
    """The buckets from `start` to `end`, both inclusive. One without a grain."""
    if start > end:
        raise UsageError(_("开始日期 {start} 晚于结束日期 {end}", start=start, end=end))
    if grain is None:
        return (Span(start, start, end, end),)
    found = []
    bucket = _first_day(start, grain)
    while bucket <= end:
        following = _next(bucket, grain)
        last = following - timedelta(days=1)
        found.append(Span(bucket, max(start, bucket), min(end, last), last))
        bucket = following
    return tuple(found)


def is_month_aligned(start: date, end: date, grain: Grain | None, data_date: date | None) -> bool:
    """True where whole months answer the question: nothing exists after the data date."""
    if grain in ("day", "week") or start.day != 1:
        return False
    return (end + timedelta(days=1)).day == 1 or (data_date is not None and end >= data_date)


def month_number(day: date) -> int:
    """The number of a month: 12 × year + month - 1."""
    return day.year * 12 + day.month - 1


def months_between(start: date, end: date) -> int:
    """How many calendar months the days touch."""
    return max(0, (end.year - start.year) * 12 + end.month - start.month + 1) if end >= start else 0


def quarters_between(start: date, end: date) -> int:
    """How many calendar quarters the days touch."""
    if end < start:
        return 0
    return (end.year - start.year) * 4 + (end.month - 1) // 3 - (start.month - 1) // 3 + 1


def bucket_expression(grain: Grain, column: str) -> str:
    """SQL for the bucket that a date lies in. `column` is a column's name in our own queries."""
    if grain == "day":
        return column
    if grain == "half":
        month = f"CASE WHEN month({column}) <= 6 THEN 1 ELSE 7 END"
        return f"make_date(year({column}), {month}, 1)"
    return f"CAST(date_trunc('{grain}', {column}) AS DATE)"


def _first_day(day: date, grain: Grain) -> date:
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=day.weekday())
    size = {"month": 1, "quarter": 3, "half": 6, "year": 12}[grain]
    return date(day.year, (day.month - 1) // size * size + 1, 1)


def _next(bucket: date, grain: Grain) -> date:
    if grain in ("day", "week"):
        return bucket + timedelta(days=1 if grain == "day" else 7)
    months = bucket.month - 1 + {"month": 1, "quarter": 3, "half": 6, "year": 12}[grain]
    return date(bucket.year + months // 12, months % 12 + 1, 1)
