"""Periods of the trends page, and the choice kept in its address."""

from __future__ import annotations

from datetime import date

import pytest

from gridgov.metrics import METRICS
from gridgov.trends.compare import _same_day
from gridgov.trends.spans import bounds, codes_with, fitting, history_from
from gridgov.ui.trends_choice import Choice


def test_a_school_year_begins_in_september() -> None:
    assert bounds(date(2025, 1, 5), date(2026, 10, 31), "school_year") == [
        (date(2024, 9, 1), date(2025, 8, 31)),
        (date(2025, 9, 1), date(2026, 8, 31)),
        (date(2026, 9, 1), date(2027, 8, 31)),
    ]


def test_two_years_of_months_but_not_before_the_data() -> None:
    assert history_from(date(2026, 10, 31), "month", None) == date(2024, 11, 1)
    assert history_from(date(2026, 10, 31), "month", date(2025, 1, 7)) == date(2025, 1, 1)
    monday = history_from(date(2026, 10, 31), "week", date(2020, 1, 1))
    # Eleven months before October 2026 is November 2025, whose first day lies in this week.
    assert monday == date(2025, 10, 27)


@pytest.mark.parametrize(
    ("begin", "opens", "last", "expected"),
    [
        (date(2025, 7, 1), date(2026, 7, 1), date(2026, 10, 31), date(2025, 10, 31)),
        (date(2025, 1, 1), date(2026, 7, 1), date(2026, 8, 31), date(2025, 2, 28)),
        (date(2025, 7, 1), date(2026, 1, 1), date(2026, 2, 28), date(2025, 8, 31)),
        (date(2024, 9, 1), date(2025, 9, 1), date(2026, 2, 27), date(2025, 2, 27)),
        (date(2025, 1, 1), date(2026, 7, 1), date(2026, 8, 30), date(2025, 2, 28)),
    ],
)
def test_like_for_like_ends_on_the_matching_day(
    begin: date, opens: date, last: date, expected: date
) -> None:
    assert _same_day(begin, opens, last) == expected


def test_metrics_that_know_a_grain() -> None:
    assert "PB2" not in codes_with("month")
    assert {"PB2", "C1"} <= set(codes_with("school_year"))
    assert len(codes_with("quarter")) == len(METRICS)


def test_filters_that_a_metric_does_not_know_are_left_out() -> None:
    where = {"category": ["停车"], "pillar": ["民生"]}
    assert fitting("C1", where) == {"category": ("停车",)}
    assert fitting("SV1", where) == {}


def test_a_choice_survives_its_address() -> None:
    choice = Choice(
        view="series",
        metric="C3",
        grain="quarter",
        rebase=(date(2026, 1, 1), date(2026, 4, 1)),
        part="ahead",
        by="category",
        since=date(2026, 9, 1),
        level="微",
    )
    assert Choice.from_url(choice.to_url()) == choice
    assert Choice().to_url() == {}


@pytest.mark.parametrize(
    "given",
    [
        {"view": "nonsense", "metric": "XX", "grain": "decade", "since": "yesterday"},
        {"rebase": "2026-13-01,x", "part": "<script>"},
    ],
)
def test_an_address_that_makes_no_sense_is_the_default(given: dict[str, str]) -> None:
    assert Choice.from_url(given) == Choice()
