"""The calendar behind the filters: which dates a period means and what it is compared with."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from gridgov.errors import UsageError
from gridgov.locale import N_
from gridgov.stats.calendar import spring_festival

__all__ = ["COMPARISONS", "PERIODS", "Comparison", "Period", "Span", "compared_span", "period_span"]

Period = Literal[
    "this_month",
    "last_month",
    "this_quarter",
    "this_half",
    "first_half",
    "last_12_months",
    "custom",
]
Comparison = Literal["previous", "same_last_year", "spring_festival", "none"]

PERIODS: dict[Period, str] = {
    "this_month": N_("本月"),
    "last_month": N_("上月"),
    "this_quarter": N_("本季"),
    "this_half": N_("本半年"),
    "first_half": N_("上半年"),
    "last_12_months": N_("近12月"),
    "custom": N_("自定义"),
}
COMPARISONS: dict[Comparison, str] = {
    "previous": N_("上一时段"),
    "same_last_year": N_("去年同期"),
    "spring_festival": N_("按春节对齐"),
    "none": N_("不对比"),
}


@dataclass(frozen=True)
class Span:
    """Dates, both included. `whole_end` is where the period ends once it is finished."""

    start: date
    end: date
    whole_end: date

    @property
    def is_unfinished(self) -> bool:
        return self.end < self.whole_end

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


def period_span(period: Period, today: date, start: date | None, end: date | None) -> Span:
    """The dates of a period as of `today` (the data date). A period never reaches past today."""
    first, whole = _whole(period, today, start, end)
    return Span(first, max(first, min(whole, today)), whole)


def _whole(period: Period, today: date, start: date | None, end: date | None) -> tuple[date, date]:
    month = today.replace(day=1)
    if period == "custom" and start is not None and end is not None:
        return start, end
    if period == "this_month":
        return month, _month_end(month)
    if period == "last_month":
        last = _shift(month, -1)
        return last, _month_end(last)
    if period == "this_quarter":
        first = month.replace(month=(month.month - 1) // 3 * 3 + 1)
        return first, _month_end(_shift(first, 2))
    if period == "first_half":
        # Before July the first half in question is the one that is running.
        return date(today.year, 1, 1), date(today.year, 6, 30)
    if period == "last_12_months":
        return _shift(month, -11), _month_end(month)
    first = month.replace(month=1 if month.month <= 6 else 7)
    return first, _month_end(_shift(first, 5))


def compared_span(comparison: Comparison, period: Period, span: Span) -> Span | None:
    """The dates that `span` is compared with, like for like to date; None for no comparison."""
    if comparison == "none":
        return None
    if comparison == "same_last_year":
        return Span(_year_before(span.start), _year_before(span.end), _year_before(span.whole_end))
    if comparison == "spring_festival":
        return _aligned(span)
    months = _length_in_months(span)
    if period == "custom" and months is None:
        end = span.start - timedelta(days=1)
        return Span(end - timedelta(days=span.days - 1), end, end)
    shift = months or 1
    start = _shift(span.start, -shift)
    whole = span.start - timedelta(days=1)
    return Span(start, _same_progress(span, start, shift, whole), whole)


def _same_progress(span: Span, start: date, shift: int, whole: date) -> date:
    """To-date like for like: the same day of the matching month, not beyond that month's end."""
    if not span.is_unfinished:
        return whole
    month = _shift(span.end.replace(day=1), -shift)
    if span.end == _month_end(span.end):
        return min(whole, _month_end(month))
    return max(start, min(whole, month.replace(day=min(span.end.day, _month_end(month).day))))


def _aligned(span: Span) -> Span | None:
    """A year earlier, moved so that each day lies as far from 春节 as its counterpart."""
    try:
        shift = spring_festival(span.end.year) - spring_festival(span.end.year - 1)
    except UsageError:  # outside the years that the lunar tables cover
        return None
    return Span(span.start - shift, span.end - shift, span.whole_end - shift)


def _length_in_months(span: Span) -> int | None:
    if span.start.day != 1 or span.whole_end != _month_end(span.whole_end):
        return None
    return (
        (span.whole_end.year - span.start.year) * 12 + span.whole_end.month - span.start.month + 1
    )


def _shift(month: date, count: int) -> date:
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _year_before(day: date) -> date:
    if day == _month_end(day):
        return _month_end(day.replace(year=day.year - 1, day=1))
    return day.replace(year=day.year - 1)
