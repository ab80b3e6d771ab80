"""The days of the sample: weekdays, working days with the official swaps, 春节."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import holidays
import numpy as np
from numpy.typing import NDArray

from etl.sample.streams import Floats, Integers
from gridgov.errors import UsageError
from gridgov.locale import _

__all__ = ["START", "Days"]

START = date(2025, 1, 1)
_AFTER = 100  # days known beyond the end, so that a last, unfinished quarter can be drawn whole


@dataclass(frozen=True)
class Days:
    """Days from START to `end` (day 0 is START); arrays reach 100 days further."""

    end: date

    def __post_init__(self) -> None:
        if self.end < START:
            raise UsageError(
                _("样例从 {start} 开始，--end 不能更早：{end}", start=START, end=self.end)
            )

    @cached_property
    def count(self) -> int:
        """Days from START to the end, both included."""
        return (self.end - START).days + 1

    @cached_property
    def dates(self) -> NDArray[np.datetime64]:
        """datetime64[D] of each day, 100 days beyond the end included."""
        return np.datetime64(START) + np.arange(self.count + _AFTER)

    @cached_property
    def weekday(self) -> Integers:
        """0 is Monday."""
        return (self.dates.astype(np.int64) + 3) % 7

    @cached_property
    def month(self) -> Integers:
        """Months since START's."""
        return self.dates.astype("datetime64[M]").astype(np.int64) - np.int64(
            np.datetime64(START, "M").astype(np.int64)
        )

    @cached_property
    def months(self) -> int:
        """Months that have a day in the sample."""
        return int(self.month[self.count - 1]) + 1

    @cached_property
    def days_left_in_month(self) -> Integers:
        """0 on the last day of a month."""
        following = (self.dates.astype("datetime64[M]") + 1).astype("datetime64[D]")
        return (following - self.dates).astype(np.int64) - 1

    @cached_property
    def month_of_year(self) -> Integers:
        """1 to 12."""
        return self.dates.astype("datetime64[M]").astype(np.int64) % 12 + 1

    @cached_property
    def _official(self) -> holidays.HolidayBase:
        years = range(START.year - 1, self.end.year + 3)
        return holidays.country_holidays("CN", years=years, language="zh_CN")

    @cached_property
    def holiday(self) -> list[str]:
        """The holiday's Chinese name, or "" on other days."""
        return [self._official.get(day) or "" for day in self.dates.tolist()]

    @cached_property
    def is_working(self) -> NDArray[np.bool_]:
        """Working days, with the Saturdays and Sundays that were swapped in."""
        return np.array([self._official.is_working_day(day) for day in self.dates.tolist()])

    @cached_property
    def from_spring_festival(self) -> Integers:
        """Days from the nearest 春节 (negative before it)."""
        first = sorted(
            day
            for day, name in self._official.items()
            if name.startswith("春节")
            and day - timedelta(days=1) in self._official
            and "除夕" in self._official[day - timedelta(days=1)]
        )
        gaps = self.dates[:, None] - np.array(first, dtype="datetime64[D]")[None, :]
        whole = gaps.astype(np.int64)
        nearest = np.argmin(np.abs(whole), axis=1)
        found: Integers = np.take_along_axis(whole, nearest[:, None], axis=1)[:, 0]
        return found

    @cached_property
    def visit_weight(self) -> Floats:
        """How likely a visit falls on a day: a fifth at weekends, few on holidays."""
        weight = np.where(self.weekday >= 5, 0.098, 0.1608)
        off = np.array([bool(name) for name in self.holiday])
        return np.where(off, weight * 0.55, weight)

    def index(self, day: date) -> int:
        """The number of `day`."""
        return (day - START).days

    def due(self, day: Integers, working_days: Integers) -> Integers:
        """The day that is `working_days` working days after `day`."""
        number = np.cumsum(self.is_working)
        at = np.flatnonzero(self.is_working)
        found: Integers = at[np.minimum(number[day] - 1 + working_days, len(at) - 1)]
        return found
