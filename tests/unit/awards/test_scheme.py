"""A scheme is read as written, and every mistake is named with its line and the remedy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gridgov.awards.period import parse_period
from gridgov.awards.scheme_file import parse_scheme, read_scheme
from gridgov.awards.scheme_text import write_scheme
from gridgov.errors import SchemeError, UsageError
from tests.unit.awards import town

TEXT = town.SCHEME_FILE.read_text(encoding="utf-8")


def line_of(needle: str, text: str = TEXT) -> int:
    return next(i for i, line in enumerate(text.split("\n"), 1) if needle in line)


def test_the_default_scheme_says_what_the_method_says() -> None:
    scheme = town.scheme()
    assert [track.name for track in scheme.tracks] == [town.GENERAL, town.MICRO]
    weights = {
        track.name: {ind.code: ind.weight // 100 for ind in track.indicators}
        for track in scheme.tracks
    }
    # Nobody keeps a log of what a micro-grid worker takes part in: its ten go to what is theirs.
    assert weights == {
        town.GENERAL: {
            "SV1": 25, "SV6": 15, "callback": 15, "C3": 10, "C5": 10, "breadth": 10,
            "peers": 10, "C9": 5,
        },
        town.MICRO: {
            "SV1": 30, "SV6": 15, "callback": 20, "C3": 10, "C5": 10, "peers": 10, "C9": 5,
        },
    }  # fmt: skip
    assert [(tier.name, tier.quota, tier.within) for tier in scheme.tiers] == [
        ("格格先锋", 1500, ""), ("格格榜样", 500, "格格先锋"),
    ]  # fmt: skip
    assert (scheme.draws, scheme.concentration, scheme.band) == (10_000, 50, (0.2, 0.8))
    assert scheme.ties == ("callback", "SV1")
    assert (scheme.eligibility.min_months, scheme.eligibility.min_due) == (4, 10)


def test_writing_and_reading_give_the_same_scheme() -> None:
    scheme = town.scheme()
    again = parse_scheme(write_scheme(scheme))
    assert replace(again, text="", hash="") == replace(scheme, text="", hash="")


MISTAKES = [
    ('period = "2026H1"', 'period = "2026-1"', "2026H1 或 2026H2"),
    ("draws = 10000", 'draws = "10000"', "应为数字，不加引号"),
    ("draws = 10000", "draws = 10", "应在 100 与"),
    ("decide_above = 0.2", "decide_above = 0.9", "应小于“decide_below”"),
    ("min_months = 4", "min_monhts = 4", "是否想写“min_months”"),
    ("min_months = 4", "", "缺少“min_months”"),
    ('level = "一般"', 'level = "一班"', "没有网格层级“一班”"),
    ('worker_kind = "微"', 'worker_kind = "小"', "没有网格员类别“小”"),
    ('code = "SV6"', 'code = "SV60"', "没有指标“SV60”"),
    ("weight = 15", "weight = 16", "权重合计 101，应为 100"),
    ("goal = 0 ", "goal = 0.9 ", "越低越好"),
    ("goal = 1 ", "goal = 0.5 ", "越高越好"),
    ('"服务" = 50', '"服物" = 50', "没有板块“服物”"),
    ("subtree = true", 'subtree = "是"', "true 或 false"),
    ("quota = 5", "quota = 50", "名额不能多于“格格先锋”"),
    ('within = "格格先锋"', 'within = "先锋"', "须写在它之前"),
    ('ties = ["callback", "SV1"]', 'ties = ["SV1", "XX"]', "没有指标“XX”"),
    ("G5 = { hours = 72", "G5 = { houres = 72", "是否想写“hours”"),
    ("min_due = 10", "min_due = 1.5", "应为整数"),
    ("prior_cap = 0.75", "prior_cap = -1", "应在 0 与"),
    ('name = "格格榜样"', 'name = "未入选"', "也不能叫“未入选、不合资格”"),
    ('name = "格格榜样"', 'name = "格格先锋"', "不能重名"),
]


@pytest.mark.parametrize(
    ("right", "wrong", "words"), MISTAKES, ids=[m[1][:18] or m[0] for m in MISTAKES]
)
def test_a_mistake_is_named_with_line_and_remedy(right: str, wrong: str, words: str) -> None:
    assert right in TEXT
    broken = TEXT.replace(right, wrong, 1)
    with pytest.raises(SchemeError) as caught:
        parse_scheme(broken)
    message = str(caught.value)
    assert words in message
    assert "\n" not in message
    line = line_of(right)
    if words.startswith("权重合计"):  # a fault of the track as a whole: where the track begins
        line = line_of("[[track]]")
    elif words.startswith("缺少"):
        line = line_of("[eligibility]")
    assert f"第 {line} 行" in message


def test_a_scheme_without_a_limit_on_priors_has_the_usual_one() -> None:
    """Schemes of earlier periods do not have the section, and must still be read."""
    begin, end = TEXT.index("[calibration]"), TEXT.index("# 称号与名额")
    assert parse_scheme(TEXT[:begin] + TEXT[end:]).prior_limit == town.scheme().prior_limit


def test_a_track_that_counts_activities_must_say_what_is_expected() -> None:
    begin, end = TEXT.index("[track.expected]"), TEXT.index("# ── 赛道：微网实格员")
    with pytest.raises(SchemeError, match="缺少“expected”"):
        parse_scheme(TEXT[:begin] + TEXT[end:])


def test_all_mistakes_are_told_at_once() -> None:
    broken = TEXT.replace("draws = 10000", "draws = 1").replace("bonus_max = 5", "bonus_max = -1")
    with pytest.raises(SchemeError) as caught:
        parse_scheme(broken)
    assert "“draws”" in str(caught.value) and "“bonus_max”" in str(caught.value)


def test_what_is_no_toml_is_told_with_its_line() -> None:
    broken = TEXT.replace('name = "2026', "name = 2026", 1)
    with pytest.raises(SchemeError, match=f"第 {line_of('name = ')} 行"):
        parse_scheme(broken)


def test_a_missing_file_and_a_wrong_encoding(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    with pytest.raises(SchemeError, match="读不到方案文件"):
        read_scheme(folder / "none.toml")
    (folder / "gb.toml").write_bytes(TEXT.encode("gb18030"))
    with pytest.raises(SchemeError, match="UTF-8"):
        read_scheme(folder / "gb.toml")


def test_periods() -> None:
    half = parse_period("2026h1")
    assert (half.start, half.end, half.days, len(half.months)) == (
        date(2026, 1, 1),
        date(2026, 6, 30),
        181,
        6,
    )
    assert half.previous == parse_period("2025H2")
    assert parse_period("2026Q3").start == date(2026, 7, 1)
    assert parse_period("2024").previous.end == date(2022 + 1, 12, 31)
    for wrong in ("2026H3", "H1", "26H1", "2026-H1", ""):
        with pytest.raises(UsageError, match="看不懂评选期"):
            parse_period(wrong)
