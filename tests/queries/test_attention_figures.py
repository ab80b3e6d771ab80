"""Every entry of 需要关注 says the figure that its page shows with the entry's filters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from gridgov.attention import SILENT_DAYS, Concern, attention
from gridgov.filters import Filters
from gridgov.judgement import judge
from gridgov.narrative import summary
from gridgov.queries.complaints_evidence import category_standing, open_ages
from gridgov.queries.visits_evidence import grid_standing, tier_standing
from gridgov.ui.places import silent_rows
from gridgov.warehouse import Reader, Warehouse
from tests.warehouses import make_warehouse, sample_warehouse

TODAY = date(2026, 10, 31)
SEVENTH = "51011200100107"
VIEWS = [
    Filters(TODAY),
    Filters(TODAY, period="first_half"),
    Filters(TODAY, comparison="spring_festival"),
    Filters(TODAY, grid_id=SEVENTH),
    Filters(TODAY, source="12345"),
    Filters(TODAY, category="停车"),
]
by_view = pytest.mark.parametrize("filters", VIEWS, ids=lambda one: str(one.to_url()))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Warehouse(sample_warehouse()).reader()


def of_kind(reader: Reader, filters: Filters, kind: str) -> list[Concern]:
    return [one for one in attention(reader, filters, []) if one.kind == kind]


@by_view
def test_overdue_persons_by_tier_are_those_of_the_table(reader: Reader, filters: Filters) -> None:
    entries = of_kind(reader, filters, "overdue_persons")
    assert entries
    for entry in entries:
        table = tier_standing(reader, entry.opened(filters)).set_index("tier")
        assert f" {int(table.loc[entry.topic, 'overdue'])} 人" in entry.title


@by_view
def test_overdue_cases_are_those_of_the_open_ones(reader: Reader, filters: Filters) -> None:
    for entry in of_kind(reader, filters, "overdue_cases"):
        late = int(open_ages(reader, entry.opened(filters))["overdue"].sum())
        assert f" {late} 件" in entry.title
        assert ("截至" in entry.detail) == (filters.span.end < TODAY)


@by_view
def test_what_rises_is_what_the_table_calls_changed(reader: Reader, filters: Filters) -> None:
    table = category_standing(reader, filters)
    grown = table[table["is_changed"] & (table["change"] > 0) & (table["cases"] >= 10)]
    grown = grown.sort_values("change", ascending=False)
    wanted = [name for name in grown["category"] if filters.category in (None, name)]
    entries = of_kind(reader, filters, "rising")
    assert [entry.changes["category"] for entry in entries] == wanted[:3]
    for entry in entries:
        opened = category_standing(reader, entry.opened(filters)).set_index("category")
        assert f" {opened.loc[entry.changes['category'], 'cases']} 件" in entry.title


@by_view
def test_repeats_are_those_of_the_card(reader: Reader, filters: Filters) -> None:
    (entry,) = of_kind(reader, filters, "repeats")
    card = judge(reader, ["C9"], entry.opened(filters))[0]
    assert f" {card.numerator:.0f} 件" in entry.title


def test_the_load_that_stands_out_stands_in_the_table(reader: Reader) -> None:
    filters = Filters(TODAY)
    (entry,) = of_kind(reader, filters, "load")
    table = grid_standing(reader, entry.opened(filters)).set_index("grid_id")
    assert f"{table.loc[entry.grid_id, 'load'] * 100:.1f}%" in entry.detail


def test_one_grid_is_not_said_to_have_most_of_itself(reader: Reader) -> None:
    filters = Filters(TODAY, grid_id=SEVENTH)
    for entry in attention(reader, filters, []):
        assert not entry.said_place.endswith("第7网格最多"), entry.title
        assert "分布在 1 个" not in entry.detail
        assert entry.opened(filters).grid_id == SEVENTH


def test_a_period_before_the_records_is_no_comparison(reader: Reader) -> None:
    """The records begin on 2025-01-01: of the half-year before they hold four months."""
    filters = Filters(TODAY, period="custom", start=date(2025, 11, 1), end=date(2026, 4, 30))
    assert filters.compared is not None and filters.compared.start == date(2024, 11, 1)
    assert not of_kind(reader, filters, "rising")
    assert all(one.compared is None for one in judge(reader, ["SV1", "C1", "C3"], filters))
    assert category_standing(reader, filters)["expected"].isna().all()
    assert tier_standing(reader, filters)["rate_before"].isna().all()
    covered = replace(filters, start=date(2026, 1, 1))
    assert all(one.compared is not None for one in judge(reader, ["SV1", "C1", "C3"], covered))
    # The first activity came a day after the first visit: that is no reason not to compare.
    assert judge(reader, ["HP5"], covered)[0].compared is not None


def test_grids_without_visits_are_those_that_the_profile_lists(tmp_path: Path) -> None:
    grids: list[dict[str, object]] = [{"grid_id": "C", "name": "东山社区", "level": "社区"}]
    for general, micros in (("G1", 2), ("G2", 4)):
        grids.append({"grid_id": general, "name": general, "level": "一般", "parent_id": "C"})
        grids += [
            {"grid_id": f"{general}-{n}", "name": f"{general}-{n}", "level": "微", "parent_id": general}
            for n in range(micros)
        ]  # fmt: skip
    # G1-0 was seen today, G2-0 so many days ago as it takes, the others never.
    last = {"G1-0": 0, "G2-0": SILENT_DAYS}
    visits = [
        {
            "visit_id": grid,
            "grid": grid,
            "worker": "张三",
            "occurred_at": f"{TODAY - timedelta(days)} 10:00",
        }
        for grid, days in last.items()
    ]
    reader = make_warehouse(tmp_path / "w", grid=grids, visit=visits)
    filters = Filters(TODAY)
    (entry,) = of_kind(reader, filters, "silent")
    opened = entry.opened(filters)
    assert (entry.page, opened.grid_id) == ("grid", "G2")
    assert entry.title.startswith("4 个")
    assert "共 5 个" in entry.detail
    listed = silent_rows(reader, opened)
    assert list(listed["网格"]) == ["G2-1", "G2-2", "G2-3", "G2-0"]
    assert list(listed["最近走访"])[2:] == ["从未", "2026-10-17"]


def test_the_sentence_says_of_which_grid_it_speaks(reader: Reader) -> None:
    silent = Concern(
        "silent", "4 个微网格 14 天以上没有走访记录", "", "缺数", "grid", "G2", place="第2网格"
    )
    assert summary([], [silent], Filters(TODAY))[-1].startswith("第2网格有4 个微网格")
