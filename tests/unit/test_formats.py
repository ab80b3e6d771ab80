"""Numbers, dates and periods in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd
import pytest

from gridgov import formats
from gridgov.locale import set_language

THIN = "\u2009"


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    set_language("zh_CN")
    yield
    set_language("zh_CN")


@pytest.mark.parametrize("nothing", [None, float("nan"), float("inf"), pd.NA, pd.NaT])
def test_missing_is_a_dash_everywhere(nothing: float) -> None:
    shown = [
        formats.whole(nothing),
        formats.number(nothing),
        formats.percent(nothing),
        formats.points(nothing),
        formats.headline(nothing, "件"),
        formats.value(nothing, "件"),
        formats.change(nothing, "件"),
        formats.hours(nothing),
        formats.duration(nothing),
        formats.share(nothing, 3),
        formats.interval(nothing, 0.5),
    ]
    assert shown == ["—"] * len(shown)


@pytest.mark.parametrize(
    ("amount", "unit", "shown"),
    [
        (37, "人", f"37{THIN}人"),
        (9_999, "户", f"9,999{THIN}户"),
        (10_000, "人次", f"1{THIN}万人次"),
        (126_449, "", f"12.6{THIN}万"),
        (-12_500, "件", f"\u22121.3{THIN}万件"),
        (8.25, "天", f"8.3{THIN}天"),
        (8.0, "天", f"8{THIN}天"),
        (0.934, "%", "93.4%"),
        (1.0, "%", "100.0%"),
    ],
)
def test_headline(amount: float, unit: str, shown: str) -> None:
    assert formats.headline(amount, unit) == shown


def test_tables_keep_whole_numbers_with_thousands() -> None:
    assert formats.value(126_449, "户") == f"126,449{THIN}户"
    assert formats.bare(126_449, "户") == "126,449"
    assert formats.bare(0.5, "%") == "50.0%"


def test_halves_round_up_and_zero_has_no_sign() -> None:
    assert formats.number(2.25) == "2.3"
    assert formats.number(-0.04) == "0"
    assert formats.signed(0.04) == "0"
    assert formats.signed(3) == "+3"
    assert formats.signed(-2.5) == "\u22122.5"


def test_few_cases_are_said_not_shown() -> None:
    assert formats.value(0.5, "%", n=9, min_n=10) == "样本不足"
    assert formats.value(0.5, "%", n=10, min_n=10) == "50.0%"


def test_differences_of_percentages_are_points() -> None:
    assert formats.change(0.041, "%") == f"+4.1{THIN}个百分点"
    assert formats.change(0.01, "%") == f"+1.0{THIN}个百分点"
    assert formats.change(-0.0001, "%") == f"0{THIN}个百分点"
    assert formats.change(-9, "人") == f"\u22129{THIN}人"
    set_language("en")
    assert formats.change(0.041, "%") == "+4.1 pp"


def test_a_share_of_nothing_is_missing() -> None:
    assert formats.share(0, 0) == "—"
    assert formats.share(1, 3) == "33.3%"
    assert formats.ratio(2894, 9190, "户") == f"2,894 / 9,190{THIN}户"


@pytest.mark.parametrize(
    ("hours", "shown"),
    [
        (0.75, f"45{THIN}分钟"),
        (8.2, f"8.2{THIN}小时"),
        (47.9, f"47.9{THIN}小时"),
        (60, f"2.5{THIN}天"),
        (0, f"0{THIN}小时"),
    ],
)
def test_lengths_of_time(hours: float, shown: str) -> None:
    assert formats.hours(hours) == shown
    assert formats.duration(hours / 24) == shown


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("2026", "2026年", "2026"),
        ("2026H1", "2026年上半年", "H1 2026"),
        ("2026H2", "2026年下半年", "H2 2026"),
        ("2026Q4", "2026年第四季度", "Q4 2026"),
        ("2026-10", "2026年10月", "Oct 2026"),
        ("2026-W05", "2026年第5周", "Week 5, 2026"),
        ("2026-10-31", "2026-10-31", "2026-10-31"),
        ("2026-13", "2026-13", "2026-13"),
        ("近12月", "近12月", "近12月"),
    ],
)
def test_periods(code: str, zh: str, en: str) -> None:
    assert formats.period(code) == zh
    set_language("en")
    assert formats.period(code) == en


def test_dates() -> None:
    assert formats.month(dt.date(2026, 10, 1)) == "2026年10月"
    assert formats.month("2026-10", short=True) == "10月"
    assert formats.day(pd.Timestamp("2026-10-31 08:10")) == "2026-10-31"
    assert formats.moment(dt.datetime(2026, 10, 31, 8, 10)) == "2026-10-31 08:10"
    assert formats.day(pd.NaT) == formats.month(None) == "—"


def test_english_units_take_a_plural_and_no_ten_thousands() -> None:
    set_language("en")
    assert formats.headline(12_410, "户") == "12,410 households"
    assert formats.value(1, "件") == "1 case"
    assert formats.value(2, "件") == "2 cases"
    assert formats.unit_name("件") == "cases"
    assert formats.listing(["a", "b"]) == "a; b"


def test_intervals() -> None:
    assert formats.interval(0.866, 0.923) == "86.6–92.3%"
    assert formats.interval(3, 8, "件") == f"3–8{THIN}件"
