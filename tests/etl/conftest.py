"""Files as a clerk would export them, and a warehouse to load them into."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest

from etl.load import check, load
from etl.report import FileReport, LoadReport

VISIT_HEADERS = ("走访编号", "走访时间", "走访人", "所属网格", "走访对象", "走访内容")
REFERENCES: dict[str, list[list[str]]] = {
    "网格.csv": [
        ["网格编码", "网格名称", "网格层级", "上级网格编码"],
        ["C", "东山社区", "社区", ""],
        ["M1", "微网格一", "微网格", "C"],
        ["M2", "微网格二", "微网格", "C"],
    ],
    "格格.csv": [["格格编号", "姓名", "网格员类别"], ["W1", "张三", "微"], ["W2", "李四", "一般"]],
    "别名.csv": [["别名", "格格编号"], ["张三2", "W1"]],
}


def visit(number: str, when: str = "2025-01-03 08:05:00", **cells: str) -> list[str]:
    """One visit row with defaults, in the order of `VISIT_HEADERS`."""
    row = {"走访编号": number, "走访时间": when, "走访人": "张三", "所属网格": "M1", **cells}
    return [row.get(header, "") for header in VISIT_HEADERS]


def write_csv(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as handle:
        csv.writer(handle).writerows(rows)
    return path


def write_visits(path: Path, *rows: list[str], encoding: str = "utf-8") -> Path:
    return write_csv(path, [list(VISIT_HEADERS), *rows], encoding)


def check_one(path: Path, tmp_path: Path, **options: object) -> FileReport:
    """Check one file that holds one sheet."""
    (report,) = check([path], tmp_path / "warehouse", **options).files  # type: ignore[arg-type]
    return report


def ids(report: FileReport | LoadReport) -> set[str]:
    return {finding.check_id for finding in report.findings}


def table(warehouse: Path, sql: str) -> list[tuple[object, ...]]:
    """Query the version in force."""
    name = (warehouse / "CURRENT").read_text().strip()
    with duckdb.connect(str(warehouse / name), read_only=True) as con:
        return con.execute(sql).fetchall()


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "warehouse"


@pytest.fixture
def loaded(warehouse: Path, tmp_path: Path) -> Callable[..., LoadReport]:
    """Load visits given as rows, through the real loader."""
    count = 0

    def run(*rows: list[str], headers: Sequence[str] = VISIT_HEADERS) -> LoadReport:
        nonlocal count
        count += 1
        path = write_csv(tmp_path / f"走访{count}.csv", [list(headers), *rows])
        return load([path], warehouse)

    return run


@pytest.fixture
def with_references(warehouse: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "reference"
    for name, rows in REFERENCES.items():
        write_csv(folder / name, rows)
    load([folder], warehouse)
    return warehouse
