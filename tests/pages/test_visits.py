"""The visits page: its figures are those of the files, persons are for those who may see them."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gridgov import formats
from gridgov.warehouse import Warehouse
from gridgov.workspace import audit
from gridgov.workspace.engine import shared_workspace
from tests.pages.conftest import OpenPage, drawn_figures, texts
from tests.queries.oracle import ALLOWED_DAYS, world_of
from tests.warehouses import sample_warehouse

SAMPLE = Path(__file__).resolve().parents[2] / "data/sample"
CATALOGUE = [
    {"grid_id": "C", "name": "东山社区", "level": "社区"},
    {"grid_id": "G", "name": "第1网格", "level": "一般", "parent_id": "C"},
]


def visits_of_the_half() -> list[dict[str, str]]:
    """Rows of the file that holds the period which the page opens with."""
    with (SAMPLE / "走访记录_2026年下半年.csv").open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def overdue_in(grid: str) -> set[str]:
    """Key persons overdue on the newest day, counted person by person."""
    world = world_of(Warehouse(sample_warehouse()).reader())
    found = set()
    for spell in world.spells:
        if not world.is_inside(spell["grid_id"], grid):
            continue
        if not spell["since"] <= world.data_date <= spell["until"]:
            continue
        reached = [day for day in world.contacts()[spell["person"]] if day >= spell["since"]]
        from_day = max([*reached, max(spell["since"], world.first_visit) - timedelta(days=1)])
        if (world.data_date - from_day).days > ALLOWED_DAYS[spell["tier"]]:
            found.add(spell["person"])
    return found


def test_figures_are_those_of_the_file(open_page: OpenPage) -> None:
    rows = visits_of_the_half()
    page = texts(open_page("visits"))
    modes = Counter(row["走访方式"] for row in rows)
    for mode, count in modes.items():
        assert mode in page
        assert formats.whole(count) in page
    needs = Counter(row["需求类别"] for row in rows if row["需求类别"])
    assert f"本期发现 {formats.whole(sum(needs.values()))} 件" in page
    for need, count in needs.items():
        assert f"{need}</td>" in page
        assert f"<span>{count}</span>" in page
    assert f"n = {formats.whole(len(rows))}" in page


def test_a_leader_sees_no_person(open_page: OpenPage) -> None:
    app = open_page("visits")
    assert not app.dataframe
    assert "逐条记录涉及居民个人" in texts(app)


def test_a_supervisor_sees_the_persons_of_the_own_grid_and_leaves_a_trace(
    open_page: OpenPage, tmp_path: Path
) -> None:
    app = open_page("visits", role="supervisor")
    grid = Warehouse(sample_warehouse()).reader().rows("queries/demo_supervisor.sql")[0][0]
    shown = app.dataframe[0].value
    assert set(shown["重点人员"]) == overdue_in(grid)
    assert all(str(person).startswith("P") for person in shown["重点人员"])
    engine = shared_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    looks = [entry for entry in audit.entries(engine) if entry.action == "person.view"]
    assert [entry.row_count for entry in looks] == [len(shown)]


def test_the_table_of_grids_leads_into_a_grid(open_page: OpenPage) -> None:
    page = texts(open_page("visits", compare="none"))
    for number in range(1, 12):
        assert f"/visits?compare=none&amp;grid=510112001001{number:02d}" in page
    inside = texts(open_page("visits", grid="51011200100107"))
    assert "东山社区第7网格" in inside
    assert "7-01微网格" in inside


def test_small_counts_of_a_grid_are_hidden_from_a_leader(open_page: OpenPage) -> None:
    assert "&lt;5" in texts(open_page("visits", grid="51011200100101"))
    assert "&lt;5" not in texts(open_page("visits", role="supervisor"))


def test_three_charts_and_no_more(open_page: OpenPage) -> None:
    app = open_page("visits")
    assert len(drawn_figures(app)) == 3


@pytest.mark.parametrize(
    "url",
    [
        {"grid": "5101120010010701"},
        {"period": "custom", "from_": "2026-02-16", "to": "2026-02-16"},
        {"period": "custom", "from_": "2024-02-01", "to": "2024-02-29"},
        {"period": "last_12_months", "compare": "spring_festival"},
    ],
    ids=["leaf", "one day", "before the log", "a year"],
)
def test_any_filter(open_page: OpenPage, url: dict[str, str]) -> None:
    app = open_page("visits", **url)
    assert not app.exception
    page = texts(app)
    assert "逾期未访的重点人员" in page  # the last section: nothing cut the page short
    assert "nan" not in page.split("</style>")[-1]


def test_without_the_log_it_says_whom_to_ask(open_page: OpenPage, built_warehouse: Any) -> None:
    root = built_warehouse(
        grid=CATALOGUE,
        complaint=[{"complaint_id": "1", "grid": "G", "created_at": "2026-03-01 10:00"}],
    )
    app = open_page("visits", warehouse=root)
    assert not app.exception
    assert "还没有走访记录" in texts(app)
    assert not drawn_figures(app)


def test_one_visit_and_no_key_person(open_page: OpenPage, built_warehouse: Any) -> None:
    root = built_warehouse(
        grid=CATALOGUE,
        visit=[
            {
                "visit_id": "1",
                "grid": "G",
                "worker": "张三",
                "occurred_at": "2026-03-01 10:00",
                "mode": "上门",
            }
        ],
    )
    app = open_page("visits", warehouse=root)
    assert not app.exception
    page = texts(app)
    assert "重点人员名单为空" in page
    assert "本期走访没有记录需求" in page
    assert "样本不足" in page or "—" in page


def test_english(open_page: OpenPage) -> None:
    page = texts(open_page("visits", lang="en"))
    for words in ("Key persons by tier", "weekly", "Grids: result beside load", "in person"):
        assert words in page
