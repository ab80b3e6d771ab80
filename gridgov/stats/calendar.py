"""The Chinese working calendar: 春节, official holidays with their swaps, and periods.

Spring Festival moves between 21 January and 20 February, so a Western month holds it in one year
and not in the next; comparisons align on the days from it. Holidays and the weekend days worked
in exchange come from the `holidays` library, which follows the State Council's yearly notices;
after `covered_until()` statutory holidays are known but the swaps are not yet announced.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Literal

import holidays
import numpy as np
import numpy.typing as npt

from gridgov.errors import UsageError
from gridgov.locale import _

__all__ = [
    "PeriodKind",
    "add_working_days",
    "align_on_spring_festival",
    "covered_until",
    "days_from_spring_festival",
    "is_holiday",
    "is_swapped_working_day",
    "is_unfinished",
    "is_working_day",
    "period",
    "period_bounds",
    "spring_festival",
    "working_days_between",
]

Dates = npt.NDArray[np.datetime64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
PeriodKind = Literal["month", "quarter", "half", "year", "school_year"]

FIRST_YEAR, LAST_YEAR = 2001, 2050  # notices begin in 2001; each year costs time at the first use
_SCHOOL_MONTH = 9
_LABEL = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)|Q(?P<quarter>[1-4])|H(?P<half>[12])|-(?P<next>\d{4}))?"
)


@cache
def _official() -> tuple[Dates, Dates]:
    """Sorted (days off besides weekends, weekend days worked) of all covered years."""
    china = holidays.country_holidays("CN", years=range(FIRST_YEAR, LAST_YEAR + 1))
    swapped = sorted(getattr(china, "weekend_workdays", ()))
    return _days(sorted(china.keys())), _days([day for day in swapped if day.year >= FIRST_YEAR])


@cache
def _festivals() -> Dates:
    """First days of the lunar years FIRST_YEAR..LAST_YEAR."""
    china = holidays.country_holidays(
        "CN", years=range(FIRST_YEAR, LAST_YEAR + 1), language="zh_CN", observed=False
    )
    first: dict[int, date] = {}
    for day in china.get_named("春节", lookup="exact"):
        first[day.year] = min(day, first.get(day.year, day))
    return _days([first[year] for year in range(FIRST_YEAR, LAST_YEAR + 1)])


@cache
def _working_days() -> Dates:
    every = np.arange(np.datetime64(f"{FIRST_YEAR}-01-01"), np.datetime64(f"{LAST_YEAR + 1}-01-01"))
    found: Dates = every[is_working_day(every)]
    return found


def covered_until() -> date:
    """Last day whose holidays and swaps have been officially announced."""
    year: int = _official()[1][-1].astype(object).year
    return date(year, 12, 31)


def spring_festival(year: int) -> date:
    """春节 of a Western year, 2001 to 2050; UsageError outside."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UsageError(
            _("日历只含 {first} 至 {last} 年，请改用其间的日期", first=FIRST_YEAR, last=LAST_YEAR)
        )
    day: date = _festivals()[year - FIRST_YEAR].astype(object)
    return day


def days_from_spring_festival(dates: npt.ArrayLike) -> Ints:
    """Signed days from the nearest 春节 (0 on the day itself); same shape as `dates`."""
    days = _checked(dates)
    festivals = _festivals()
    after = np.clip(np.searchsorted(festivals, days), 1, len(festivals) - 1)
    to_next = (days - festivals[after]).astype(np.int64)
    since_last = (days - festivals[after - 1]).astype(np.int64)
    return np.where(np.abs(to_next) < np.abs(since_last), to_next, since_last)


def align_on_spring_festival(dates: npt.ArrayLike, years: int = -1) -> Dates:
    """The day as far from 春节 in the festival year `years` away (-1: the year before)."""
    days = _checked(dates)
    offset = days_from_spring_festival(days)
    own = days - offset.astype("timedelta64[D]")
    place = np.searchsorted(_festivals(), own) + years
    if ((place < 0) | (place >= len(_festivals()))).any():
        spring_festival(FIRST_YEAR - 1)
    aligned: Dates = _festivals()[place] + offset.astype("timedelta64[D]")
    return aligned


def is_holiday(dates: npt.ArrayLike) -> Bools:
    """Whether a day is an official day off other than an ordinary weekend."""
    return np.isin(_checked(dates), _official()[0])


def is_swapped_working_day(dates: npt.ArrayLike) -> Bools:
    """Whether a Saturday or Sunday is worked in exchange for a holiday."""
    return np.isin(_checked(dates), _official()[1])


def is_working_day(dates: npt.ArrayLike) -> Bools:
    """Whether a day is worked, official swaps included; same shape as `dates`."""
    days = _checked(dates)
    return (np.is_busday(days) & ~is_holiday(days)) | is_swapped_working_day(days)


def add_working_days(start: npt.ArrayLike, n: npt.ArrayLike) -> Dates:
    """The n-th working day after `start` (before it where n < 0; `start` itself for 0).

    The day of receipt does not count, as in deadlines counted in 工作日. start and n broadcast.
    """
    days, steps = np.broadcast_arrays(_checked(start), np.asarray(n, dtype=np.int64))
    working = _working_days()
    after = np.searchsorted(working, days, side="right") + steps - 1
    before = np.searchsorted(working, days, side="left") + steps
    place = np.where(steps > 0, after, before)
    if ((place < 0) | (place >= len(working)))[steps != 0].any():
        spring_festival(FIRST_YEAR - 1)
    moved: Dates = np.where(steps == 0, days, working[np.clip(place, 0, len(working) - 1)])
    return moved


def working_days_between(start: npt.ArrayLike, end: npt.ArrayLike) -> Ints:
    """Working days after `start` up to and including `end`; negative where end is earlier."""
    working = _working_days()
    upto = np.searchsorted(working, _checked(end), side="right")
    return np.asarray(
        upto - np.searchsorted(working, _checked(start), side="right"), dtype=np.int64
    )


def period(dates: npt.ArrayLike, kind: PeriodKind) -> npt.NDArray[np.str_]:
    """Label of the period each day lies in: 2026-03, 2026Q1, 2026H1, 2026, 2025-2026.

    A school year runs from 1 September to 31 August and carries both years.
    """
    months = _checked(dates).astype("datetime64[M]").astype(np.int64)
    year, month = months // 12 + 1970, months % 12 + 1
    if kind == "school_year":
        year = np.where(month >= _SCHOOL_MONTH, year, year - 1)
        return np.char.add(np.char.add(year.astype("<U4"), "-"), (year + 1).astype("<U4"))
    base = year.astype("<U4")
    if kind == "year":
        return base
    if kind == "month":
        return np.char.add(np.char.add(base, "-"), np.char.zfill(month.astype("<U2"), 2))
    size, letter = (3, "Q") if kind == "quarter" else (6, "H")
    return np.char.add(np.char.add(base, letter), ((month - 1) // size + 1).astype("<U1"))


def period_bounds(label: str) -> tuple[date, date]:
    """First day of a period, and the first day after it. UsageError for an unknown label."""
    found = _LABEL.fullmatch(label)
    if found is None:
        raise _unknown(label)
    year = int(found["year"])
    if found["next"]:
        if int(found["next"]) != year + 1:
            raise _unknown(label)
        return date(year, _SCHOOL_MONTH, 1), date(year + 1, _SCHOOL_MONTH, 1)
    first, length = 1, 12
    for name, size in (("month", 1), ("quarter", 3), ("half", 6)):
        if found[name]:
            first, length = (int(found[name]) - 1) * size + 1, size
    if not 1 <= first <= 12:
        raise _unknown(label)
    after = year * 12 + first - 1 + length
    return date(year, first, 1), date(after // 12, after % 12 + 1, 1)


def is_unfinished(label: str, data_date: date) -> bool:
    """Whether the period is not over on `data_date`, the newest day of the data."""
    return period_bounds(label)[1] > date.fromordinal(data_date.toordinal() + 1)


def _unknown(label: str) -> UsageError:
    return UsageError(
        _("无法识别期间“{label}”，请写成 2026-03、2026Q1、2026H1、2026 或 2025-2026", label=label)
    )


def _days(days: list[date]) -> Dates:
    return np.array(days, dtype="datetime64[D]")


def _checked(dates: npt.ArrayLike) -> Dates:
    days = np.asarray(dates, dtype="datetime64[D]")
    low, high = np.datetime64(f"{FIRST_YEAR}-01-01"), np.datetime64(f"{LAST_YEAR}-12-31")
    if (np.isnat(days) | (days < low) | (days > high)).any():
        spring_festival(FIRST_YEAR - 1)
    return days
