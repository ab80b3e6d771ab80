"""Half-years (and quarters and years) by their code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from gridgov.errors import UsageError
from gridgov.locale import _

__all__ = ["Period", "month_days", "parse_period"]

_CODE = re.compile(r"(\d{4})(?:(H)([12])|(Q)([1-4]))?")
_LENGTH = {"H": 6, "Q": 3, "": 12}


@dataclass(frozen=True)
class Period:
    """A span of whole months; `start` and `end` are inclusive."""

    code: str
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def months(self) -> tuple[date, ...]:
        """First days of its months."""
        return tuple(_month(self.start, i) for i in range(_span(self.start, self.end)))

    @property
    def previous(self) -> Period:
        """The period of the same length before this one."""
        length = _span(self.start, self.end)
        start = _month(self.start, -length)
        return Period(_code(start, length), start, self.start - timedelta(days=1))


def parse_period(code: str) -> Period:
    """`2026H1`, `2026Q3` or `2026`; raises `UsageError` for anything else."""
    found = _CODE.fullmatch(code.strip().upper())
    if found is None or found[1] == "0000":
        raise UsageError(_("看不懂评选期“{code}”，请写成 2026H1 或 2026H2", code=code))
    kind = found[2] or found[4] or ""
    length = _LENGTH[kind]
    start = _month(date(int(found[1]), 1, 1), length * (int(found[3] or found[5] or 1) - 1))
    return Period(found[0], start, _month(start, length) - timedelta(days=1))


def month_days(month: date) -> int:
    """Days of the month that `month` lies in."""
    return (_month(month.replace(day=1), 1) - month.replace(day=1)).days


def _month(start: date, offset: int) -> date:
    index = start.year * 12 + start.month - 1 + offset
    return date(index // 12, index % 12 + 1, 1)


def _span(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month + 1


def _code(start: date, length: int) -> str:
    kind = {6: "H", 3: "Q"}.get(length, "")
    return f"{start.year}{kind}{(start.month - 1) // length + 1}" if kind else str(start.year)
