"""需要关注 and the sentences: every number counted a second time, slowly, from the rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from gridgov.attention import SIGNAL_METRICS, Concern, attention
from gridgov.filters import Filters
from gridgov.judgement import Judged, judge
from gridgov.narrative import summary
from gridgov.warehouse import Reader, Warehouse
from tests.warehouses import make_warehouse, sample_warehouse

TODAY = date(2026, 10, 31)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Warehouse(sample_warehouse()).reader()


@pytest.fixture(scope="module")
def judged(reader: Reader) -> list[Judged]:
    return judge(reader, SIGNAL_METRICS, Filters(TODAY))


@pytest.fixture(scope="module")
def concerns(reader: Reader, judged: list[Judged]) -> list[Concern]:
    return attention(reader, Filters(TODAY), judged)


def of_kind(concerns: list[Concern], kind: str) -> list[Concern]:
    return [concern for concern in concerns if concern.kind == kind]


def test_the_order_is_that_of_consequence(concerns: list[Concern]) -> None:
    kinds = [
        "overdue_persons", "overdue_cases", "signal", "rising", "repeats", "silent", "load",
    ]  # fmt: skip
    places = [kinds.index(concern.kind) for concern in concerns]
    assert places == sorted(places)


def test_overdue_persons_are_those_whose_spell_is_open(
    reader: Reader, concerns: list[Concern]
) -> None:
    spells = reader.frame("SELECT tier, person, since_on, until_on FROM fact_overdue_spell")
    today = Counter[str]()
    for row in spells.to_dict("records"):
        ends = row["until_on"]
        if row["since_on"].date() <= TODAY and (str(ends) == "NaT" or ends.date() > TODAY):
            today[row["tier"]] += 1
    for concern, tier in zip(of_kind(concerns, "overdue_persons"), today, strict=False):
        assert any(f"{count:,} 人" in concern.title for count in today.values()), (tier, today)


def test_overdue_cases_are_counted_by_category(reader: Reader, concerns: list[Concern]) -> None:
    rows = reader.frame("SELECT category, due_at FROM fact_complaint WHERE is_overdue")
    late: dict[str, list[int]] = {}
    for row in rows.to_dict("records"):
        late.setdefault(row["category"], []).append((TODAY - row["due_at"].date()).days)
    for concern in of_kind(concerns, "overdue_cases"):
        days = late[concern.changes["category"]]
        assert f" {len(days)} 件" in concern.title
        assert f"超过 30 天的 {sum(day > 30 for day in days)} 件" in concern.detail


def test_the_rising_category_is_found_with_its_count(
    reader: Reader, concerns: list[Concern]
) -> None:
    rising = {concern.changes["category"]: concern for concern in of_kind(concerns, "rising")}
    assert "停车" in rising, "planted: 停车 rises in 2026-07"
    rows = reader.frame("SELECT on_date FROM fact_complaint WHERE category = '停车'")
    count = sum(date(2026, 7, 1) <= day.date() <= TODAY for day in rows["on_date"])
    assert f" {count} 件" in rising["停车"].title


def test_the_worsening_grid_is_named(concerns: list[Concern]) -> None:
    signals = [c for c in of_kind(concerns, "signal") if c.place.endswith("第7网格")]
    assert signals, "planted: 第7网格 worsens from 2026-03"
    assert signals[0].holder


def test_nothing_rises_without_a_comparison(reader: Reader) -> None:
    filters = replace(Filters(TODAY), comparison="none")
    assert not of_kind(attention(reader, filters, []), "rising")


def test_five_sentences_with_the_engine_s_figures(
    judged: list[Judged], concerns: list[Concern]
) -> None:
    lines = summary(judged, concerns, Filters(TODAY))
    assert 3 <= len(lines) <= 5
    first = next(item for item in judged if item.metric.code == "SV1")
    assert first.value is not None
    assert f"{first.value * 100:.1f}%".replace(".0%", "%") in lines[0]
    assert any("停车" in line for line in lines)


def test_an_empty_community_has_nothing_on_its_list(tmp_path) -> None:  # type: ignore[no-untyped-def]
    reader = make_warehouse(
        tmp_path / "w",
        grid=[{"grid_id": "C", "name": "东山社区", "level": "社区"}],
        activity=[{"name": "邻里日", "started_at": "2026-03-01 09:00", "grid": "C"}],
    )
    filters = Filters(reader.data_date or TODAY)
    found = judge(reader, SIGNAL_METRICS, filters)
    assert attention(reader, filters, found) == []
    assert all("没有可计算" in line or "没有诉求" in line or "时段" in line
               for line in summary(found, [], filters))  # fmt: skip


def test_figures_of_all_grids_are_not_said_to_be_of_one(concerns: list[Concern]) -> None:
    for concern in concerns:
        opened = concern.opened(Filters(TODAY))
        if concern.kind in ("overdue_persons", "overdue_cases", "rising", "repeats"):
            assert concern.said_place != concern.place
            assert opened.grid_id is None, concern.title
    load = of_kind(concerns, "load")[0]
    # Where it is, beside those that it is compared with.
    assert (load.said_place, load.opened(Filters(TODAY)).grid_id) == (load.place, None)


def test_the_key_of_an_entry_outlives_its_figures(reader: Reader, judged: list[Judged]) -> None:
    earlier = Filters(date(2026, 10, 15))
    now = {one.source: one.title for one in attention(reader, Filters(TODAY), judged)}
    then = {one.source: one.title for one in attention(reader, earlier, judged)}
    assert len(now) == len(attention(reader, Filters(TODAY), judged)), "every entry has its own"
    assert any(now[key] != then[key] for key in now.keys() & then.keys())
