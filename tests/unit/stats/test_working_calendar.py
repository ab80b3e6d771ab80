"""The official calendar against facts of the State Council's notices."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from gridgov.errors import UsageError
from gridgov.stats.calendar import (
    add_working_days,
    align_on_spring_festival,
    covered_until,
    days_from_spring_festival,
    is_holiday,
    is_swapped_working_day,
    is_unfinished,
    is_working_day,
    period,
    period_bounds,
    spring_festival,
    working_days_between,
)

FESTIVALS = {
    2019: "2019-02-05",
    2020: "2020-01-25",
    2021: "2021-02-12",
    2022: "2022-02-01",
    2023: "2023-01-22",
    2024: "2024-02-10",
    2025: "2025-01-29",
    2026: "2026-02-17",
    2027: "2027-02-06",
    2028: "2028-01-26",
}


@pytest.mark.parametrize(("year", "day"), FESTIVALS.items())
def test_spring_festivals(year: int, day: str) -> None:
    assert spring_festival(year) == date.fromisoformat(day)


def test_every_festival_lies_in_its_window() -> None:
    for year in range(2001, 2051):
        assert date(year, 1, 21) <= spring_festival(year) <= date(year, 2, 21)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2025-01-26", True),  # Sunday worked for 春节 2025
        ("2025-02-08", True),
        ("2025-02-04", False),
        ("2025-10-08", False),  # 国庆 and 中秋 made eight days
        ("2025-10-11", True),
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-15", False),
        ("2026-02-23", False),
        ("2026-02-28", True),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),
        ("2026-11-23", True),
        ("2026-11-22", False),
    ],
)
def test_working_days_with_the_official_swaps(day: str, working: bool) -> None:
    assert bool(is_working_day(day)) is working


def test_a_year_has_as_many_working_days_as_the_notice_gives() -> None:
    """2025: 365 days, 104 of them weekend days and 13 statutory ones: 248 are worked."""
    days = np.arange(np.datetime64("2025-01-01"), np.datetime64("2026-01-01"))
    off_weekdays = is_holiday(days) & np.is_busday(days)
    worked = is_swapped_working_day(days)
    assert (
        is_working_day(days).sum() == np.is_busday(days).sum() - off_weekdays.sum() + worked.sum()
    )
    assert worked.sum() == 5
    assert is_working_day(days).sum() == 248


def test_the_calendar_says_where_it_ends() -> None:
    end = covered_until()
    assert (end.month, end.day) == (12, 31)
    assert end >= date(2026, 12, 31)
    after = np.arange(np.datetime64(end) + 1, np.datetime64(end) + 366)
    assert not is_swapped_working_day(after).any()


def test_deadlines_skip_the_holiday_and_count_the_swapped_days() -> None:
    start = ["2026-02-13", "2026-02-14", "2026-09-30", "2026-02-16"]
    found = add_working_days(start, [1, 1, 3, 1])
    assert found.astype(str).tolist() == ["2026-02-14", "2026-02-24", "2026-10-10", "2026-02-24"]
    assert str(add_working_days("2026-02-24", -1)) == "2026-02-14"
    assert str(add_working_days("2026-02-17", 0)) == "2026-02-17"


def test_adding_agrees_with_walking_day_by_day() -> None:
    rng = np.random.default_rng(0)
    for _case in range(60):
        start = date(2024, 1, 1) + timedelta(days=int(rng.integers(0, 1000)))
        n = int(rng.integers(1, 30))
        day, left = start, n
        while left:
            day += timedelta(days=1)
            left -= int(is_working_day(day))
        assert add_working_days(start, n).astype(object) == day
        assert int(working_days_between(start, day)) == n
        assert int(working_days_between(day, start)) == -n


def test_days_from_the_nearest_festival() -> None:
    days = ["2026-02-17", "2026-02-16", "2026-03-17", "2025-12-17", "2025-07-01"]
    assert days_from_spring_festival(days).tolist() == [0, -1, 28, -62, 153]
    assert days_from_spring_festival(np.array([], dtype="datetime64[D]")).tolist() == []


def test_alignment_keeps_the_distance_from_the_festival() -> None:
    days = np.arange(np.datetime64("2026-01-20"), np.datetime64("2026-04-01"))
    before = align_on_spring_festival(days)
    np.testing.assert_array_equal(
        days_from_spring_festival(days), days_from_spring_festival(before)
    )
    assert str(align_on_spring_festival("2026-02-17")) == "2025-01-29"
    assert str(align_on_spring_festival("2025-01-30", 1)) == "2026-02-18"


def test_labels_and_bounds_of_periods() -> None:
    days = ["2025-12-31", "2026-01-01", "2026-08-31", "2026-09-01"]
    assert period(days, "month").tolist() == ["2025-12", "2026-01", "2026-08", "2026-09"]
    assert period(days, "quarter").tolist() == ["2025Q4", "2026Q1", "2026Q3", "2026Q3"]
    assert period(days, "half").tolist() == ["2025H2", "2026H1", "2026H2", "2026H2"]
    assert period(days, "year").tolist() == ["2025", "2026", "2026", "2026"]
    assert period(days, "school_year").tolist() == ["2025-2026"] * 3 + ["2026-2027"]
    assert period_bounds("2026H1") == (date(2026, 1, 1), date(2026, 7, 1))
    assert period_bounds("2025Q4") == (date(2025, 10, 1), date(2026, 1, 1))
    assert period_bounds("2025-2026") == (date(2025, 9, 1), date(2026, 9, 1))


@pytest.mark.parametrize("kind", ["month", "quarter", "half", "year", "school_year"])
def test_every_day_lies_within_the_bounds_of_its_label(kind: str) -> None:
    days = np.arange(np.datetime64("2023-01-01"), np.datetime64("2027-01-01"))
    for day, label in zip(days.astype(object), period(days, kind), strict=True):  # type: ignore[arg-type]
        first, after = period_bounds(str(label))
        assert first <= day < after


def test_unfinished_until_its_last_day_is_in_the_data() -> None:
    assert is_unfinished("2026H1", date(2026, 6, 29))
    assert not is_unfinished("2026H1", date(2026, 6, 30))


@pytest.mark.parametrize("label", ["2026H3", "2026-13", "2026-2028", "26H1", "", "2026-00"])
def test_unknown_labels_are_refused_in_a_sentence(label: str) -> None:
    with pytest.raises(UsageError, match="2026H1"):
        period_bounds(label)


@pytest.mark.parametrize("day", ["1999-12-31", "2150-01-01", "NaT"])
def test_days_outside_the_calendar_are_refused(day: str) -> None:
    with pytest.raises(UsageError, match="2001"):
        is_working_day(day)
