"""The filters that all pages share: period, comparison, grid, pillar, source, category.

A `Filters` is a value: made from URL parameters, turned back into them, and asked for its dates.
"Today" is the newest date in the data, never the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import get_args

from gridgov.filters_period import (
    COMPARISONS,
    PERIODS,
    Comparison,
    Period,
    Span,
    compared_span,
    period_span,
)
from gridgov.locale import _, language

__all__ = ["COMPARISONS", "PERIODS", "Comparison", "Filters", "Period", "Span"]

_DEFAULT_PERIOD: Period = "this_half"
_DEFAULT_COMPARISON: Comparison = "same_last_year"


@dataclass(frozen=True)
class Filters:
    """What the reader has chosen. `today` is the data date; it is not part of the URL."""

    today: date
    period: Period = _DEFAULT_PERIOD
    start: date | None = None
    end: date | None = None
    comparison: Comparison = _DEFAULT_COMPARISON
    grid_id: str | None = None
    pillar: str | None = None
    source: str | None = None
    category: str | None = None

    @classmethod
    def from_url(cls, parameters: Mapping[str, str], today: date) -> Filters:
        """Read URL parameters; whatever is not understood falls back to the default."""
        period = parameters.get("period", "")
        comparison = parameters.get("compare", "")
        filters = cls(
            today=today,
            period=period if period in get_args(Period) else _DEFAULT_PERIOD,  # type: ignore[arg-type]
            comparison=comparison if comparison in get_args(Comparison) else _DEFAULT_COMPARISON,  # type: ignore[arg-type]
            start=_date(parameters.get("from")),
            end=_date(parameters.get("to")),
            grid_id=parameters.get("grid") or None,
            pillar=parameters.get("pillar") or None,
            source=parameters.get("source") or None,
            category=parameters.get("category") or None,
        )
        if filters.period == "custom" and (
            filters.start is None or filters.end is None or filters.start > min(filters.end, today)
        ):
            return replace(filters, period=_DEFAULT_PERIOD, start=None, end=None)
        if filters.period != "custom":
            return replace(filters, start=None, end=None)
        return filters

    def to_url(self) -> dict[str, str]:
        """URL parameters; defaults are left out, so a fresh view has a clean address."""
        default = Filters(today=self.today)
        named = {
            "period": self.period,
            "compare": self.comparison,
            "from": self.start.isoformat() if self.start else None,
            "to": self.end.isoformat() if self.end else None,
            "grid": self.grid_id,
            "pillar": self.pillar,
            "source": self.source,
            "category": self.category,
        }
        unset = {"period": default.period, "compare": default.comparison}
        return {key: text for key, text in named.items() if text and unset.get(key) != text}

    @property
    def span(self) -> Span:
        """The period's dates: whole, cut at today, and whether it is unfinished."""
        return period_span(self.period, self.today, self.start, self.end)

    @property
    def compared(self) -> Span | None:
        """The dates to compare with, cut to the same length when the period is unfinished."""
        return compared_span(self.comparison, self.period, self.span)

    @property
    def compared_name(self) -> str:
        """What is compared with, as it stands in a sentence: 去年同期, same period last year."""
        if self.comparison == "spring_festival":
            return _("去年（按春节对齐）")
        name = _(COMPARISONS[self.comparison])
        return name[:1].lower() + name[1:] if language() == "en" else name

    @property
    def is_unfinished(self) -> bool:
        return self.span.is_unfinished

    @property
    def history_start(self) -> date:
        """First day of the months that a trend beside this period shows (24 months back)."""
        month = self.span.end.replace(day=1)
        return _months_before(month, 23)

    def where(self) -> dict[str, list[str]]:
        """The dimension filters that are set, in the form `gridgov.metrics.evaluate` takes."""
        named = {"pillar": self.pillar, "source": self.source, "category": self.category}
        return {name: [value] for name, value in named.items() if value}

    def changed(self, **values: object) -> Filters:
        """The same filters with some values set."""
        known = {field.name for field in fields(self)}
        unknown = set(values) - known
        if unknown:
            raise TypeError(f"no such filter: {sorted(unknown)}")
        return replace(self, **values)  # type: ignore[arg-type]


# No records are as old or as young; further off, what they are compared with has no date at all.
_FIRST, _LAST = date(1950, 1, 1), date(2099, 12, 31)


def _date(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return day if day is not None and _FIRST <= day <= _LAST else None


def _months_before(month: date, count: int) -> date:
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)
