"""A resident's rights: everything held on them is found, handed out, and erased everywhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from etl.load import load
from etl.resident import erase, find, pseudonyms_of, rows_of
from etl.retention import cut_off, purge
from etl.undo import rollback
from gridgov.errors import UsageError
from gridgov.warehouse import Warehouse
from tests.warehouses import make_warehouse, write_tables

GRIDS = [
    {"grid_id": "C", "name": "东山社区", "level": "社区"},
    {"grid_id": "M", "name": "1-01微网格", "level": "微", "parent_id": "C"},
]


def visit(number: int, person: str, note: str, on: str = "2026-03-01") -> dict[str, object]:
    return {
        "visit_id": str(number), "grid": "M", "worker": "张三", "person": person,
        "household": f"{person}家", "note": note, "occurred_at": f"{on} 10:00",
    }  # fmt: skip


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Two versions; 王小明 in both, with a corrected row in the history; 李四 beside him."""
    root = tmp_path / "warehouse"
    make_warehouse(
        root,
        grid=GRIDS,
        visit=[visit(1, "王小明", "谈了养老"), visit(2, "李四", "一切正常")],
        key_person=[{"person": "王小明", "grid_id": "M", "tier": "每周", "household": "王小明家"}],
    )
    second = write_tables(tmp_path / "second", {"visit": [visit(1, "王小明", "谈了养老和医疗")]})
    load([second], root)
    return root


def held(root: Path, who: tuple[str, ...]) -> int:
    return sum(sum(tables.values()) for tables in find(root, who).values())


def test_found_in_every_version_and_history(warehouse: Path) -> None:
    who = pseudonyms_of(warehouse, " 王小明 ")
    found = find(warehouse, who)
    assert found[1] == {"visit": 1, "key_person": 1}
    assert found[2] == {"visit": 1, "visit_history": 1, "key_person": 1}
    tables = dict(rows_of(warehouse, who))
    assert tables["visit"].column("note").to_pylist() == ["谈了养老和医疗"]


def test_erased_everywhere_while_the_event_stays(warehouse: Path) -> None:
    who = pseudonyms_of(warehouse, "王小明")
    other = pseudonyms_of(warehouse, "李四")
    before = held(warehouse, other)
    erase(warehouse, who, "王小明")
    assert held(warehouse, who) == 0
    assert held(warehouse, other) == before * 3 // 2, "one version more, nothing lost"
    reader = Warehouse(warehouse).reader()
    assert reader.rows("SELECT count(*) FROM fact_visit")[0][0] == 2
    assert reader.rows("SELECT count(*) FROM fact_visit WHERE note LIKE '%养老%'")[0][0] == 0
    for path in warehouse.rglob("*"):
        if path.is_file():
            blob = path.read_bytes()
            assert not [name for name in who if name.encode() in blob], path.name
            assert "谈了养老".encode() not in blob, path.name


def test_the_erased_do_not_come_back_with_another_export(warehouse: Path, tmp_path: Path) -> None:
    who = pseudonyms_of(warehouse, "王小明")
    erase(warehouse, who, "王小明")
    rows = [
        visit(1, "王小明", "谈了养老"),
        visit(5, " 王小明", "又谈了养老"),
        visit(6, "李四", "好"),
    ]
    again = write_tables(tmp_path / "again", {"visit": rows})
    (report,) = load([again], warehouse).files
    assert (report.rows, report.loaded, report.rejected) == (3, 1, 2)
    assert sum(one.occurrences for one in report.findings if one.check_id == "E111") == 2
    assert held(warehouse, who) == 0
    reader = Warehouse(warehouse).reader()
    assert reader.rows("SELECT count(*) FROM fact_visit WHERE note LIKE '%养老%'")[0][0] == 0
    # Refused rows are kept nowhere, and an older version refuses them too.
    for path in (warehouse / "rejects").glob("*.parquet"):
        assert "王小明".encode() not in path.read_bytes()
    rollback(warehouse, 1)
    assert load([again], warehouse).files[0].rejected == 2
    assert held(warehouse, who) == 0


def test_rejected_rows_in_clear_are_erased_too(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    bad = {**visit(3, "王小明", "x"), "occurred_at": "not a date"}
    make_warehouse(root, grid=GRIDS, visit=[visit(1, "王小明", "好"), bad, visit(2, "李四", "好")])
    clear = "王小明".encode()
    rejects = list((root / "rejects").glob("*.parquet"))
    assert any(clear in path.read_bytes() for path in rejects), "the raw row is kept to be mended"
    erase(root, pseudonyms_of(root, "王小明"), "王小明")
    assert not any(clear in path.read_bytes() for path in (root / "rejects").glob("*.parquet"))


@pytest.mark.parametrize("text", ["", "王小明", "P123", "P" + "g" * 16, "'; DROP TABLE visit"])
def test_only_pseudonyms_are_taken(warehouse: Path, text: str) -> None:
    with pytest.raises(UsageError):
        find(warehouse, (text,))


def test_retention(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    make_warehouse(
        root,
        grid=GRIDS,
        visit=[visit(1, "王小明", "旧事", "2022-01-01"), visit(2, "李四", "新事", "2026-03-01")],
    )
    assert cut_off("visit", date(2026, 3, 1)) == date(2023, 3, 1)
    assert cut_off("visit", date(2024, 2, 29), 1) == date(2023, 2, 28)
    with pytest.raises(UsageError):
        cut_off("worker", date(2026, 3, 1))
    assert purge(root, {"visit": date(2023, 3, 1)}) == {"visit": 1}
    reader = Warehouse(root).reader()
    assert reader.rows("SELECT count(*) FROM fact_visit")[0][0] == 1
    assert [version.number for version in Warehouse(root).versions()] == [2]
    assert purge(root, {"visit": date(2023, 3, 1)}) == {}
    for path in root.glob("*.duckdb"):
        assert "旧事".encode() not in path.read_bytes()
