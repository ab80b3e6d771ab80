"""Periods, comparisons like for like, and filters that survive the way through a URL."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.filters import Comparison, Filters, Period

TODAY = date(2026, 10, 31)


def spans(today: date, period: str, comparison: str) -> list[str]:
    filters = Filters(today, period=period, comparison=comparison)  # type: ignore[arg-type]
    compared = filters.compared
    return [
        f"{filters.span.start}..{filters.span.end}{' unfinished' if filters.is_unfinished else ''}",
        f"{compared.start}..{compared.end}" if compared else "-",
    ]


@pytest.mark.parametrize(
    ("today", "period", "comparison", "expected"),
    [
        (TODAY, "this_half", "same_last_year", ["2026-07-01..2026-10-31 unfinished", "2025-07-01..2025-10-31"]),
        (TODAY, "this_half", "previous", ["2026-07-01..2026-10-31 unfinished", "2026-01-01..2026-04-30"]),
        (TODAY, "this_month", "previous", ["2026-10-01..2026-10-31", "2026-09-01..2026-09-30"]),
        (date(2026, 10, 15), "this_month", "previous", ["2026-10-01..2026-10-15 unfinished", "2026-09-01..2026-09-15"]),
        (date(2026, 3, 30), "this_month", "previous", ["2026-03-01..2026-03-30 unfinished", "2026-02-01..2026-02-28"]),
        (TODAY, "last_month", "none", ["2026-09-01..2026-09-30", "-"]),
        (TODAY, "this_quarter", "previous", ["2026-10-01..2026-10-31 unfinished", "2026-07-01..2026-07-31"]),
        (TODAY, "first_half", "same_last_year", ["2026-01-01..2026-06-30", "2025-01-01..2025-06-30"]),
        (TODAY, "last_12_months", "previous", ["2025-11-01..2026-10-31", "2024-11-01..2025-10-31"]),
        (date(2024, 2, 29), "this_month", "same_last_year", ["2024-02-01..2024-02-29", "2023-02-01..2023-02-28"]),
        # 春节 2026-02-17 and 2025-01-29 lie 384 days apart.
        (date(2026, 2, 28), "this_month", "spring_festival", ["2026-02-01..2026-02-28", "2025-01-13..2025-02-09"]),
    ],
)  # fmt: skip
def test_periods_and_what_they_are_compared_with(
    today: date, period: str, comparison: str, expected: list[str]
) -> None:
    assert spans(today, period, comparison) == expected


dates = st.dates(date(2010, 1, 1), date(2080, 12, 31))
texts = st.one_of(st.none(), st.text(min_size=1, max_size=12))


@given(
    today=dates,
    period=st.sampled_from(get_args(Period)),
    comparison=st.sampled_from(get_args(Comparison)),
    days=st.integers(0, 800),
    grid=texts,
    category=texts,
)
def test_a_url_opens_the_same_view(
    today: date, period: str, comparison: str, days: int, grid: str | None, category: str | None
) -> None:
    custom = {"start": today - timedelta(days), "end": today} if period == "custom" else {}
    filters = Filters(
        today, period=period, comparison=comparison, grid_id=grid, category=category, **custom
    )  # type: ignore[arg-type]
    assert Filters.from_url(filters.to_url(), today) == filters
    assert filters.span.start <= filters.span.end <= max(today, filters.span.start)
    compared = filters.compared
    if compared is not None:
        assert compared.start <= compared.end < filters.span.end
        if comparison == "spring_festival":
            assert compared.days == filters.span.days


@pytest.mark.parametrize(
    "url",
    [
        {"period": "custom"},
        {"period": "custom", "from": "2026-02-01", "to": "2026-01-01"},
        {"period": "custom", "from": "x", "to": "2026-01-01"},
        {"period": "'; drop table", "compare": "<script>"},
        {"period": "custom", "from": "0001-01-01", "to": "2026-01-01"},
        {"period": "custom", "from": "2026-01-01", "to": "9999-12-31"},
        {"period": "custom", "from": "2030-01-01", "to": "2030-06-30"},
    ],
)
def test_a_url_that_means_nothing_is_the_default(url: dict[str, str]) -> None:
    assert Filters.from_url(url, TODAY) == Filters(TODAY)


@pytest.mark.parametrize("comparison", get_args(Comparison))
@pytest.mark.parametrize(
    ("start", "end"),
    [("0001-01-01", "0001-01-31"), ("1950-01-01", "2099-12-31"), ("1950-01-01", "1950-01-01"),
     ("2024-02-29", "9999-12-31"), ("2026-10-31", "2099-12-31")],
)  # fmt: skip
def test_dates_far_off_have_a_view_too(start: str, end: str, comparison: str) -> None:
    url = {"period": "custom", "from": start, "to": end, "compare": comparison}
    filters = Filters.from_url(url, TODAY)
    assert filters.history_start < TODAY
    assert filters.compared is None or filters.compared.start <= filters.compared.end


def test_the_default_view_has_a_clean_address() -> None:
    assert Filters(TODAY).to_url() == {}


def test_an_unknown_filter_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        Filters(TODAY).changed(colour="red")
