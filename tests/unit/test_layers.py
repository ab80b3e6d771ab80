"""The direction of dependencies (docs/architecture.md), read from the imports themselves."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path
    for folder in ("gridgov", "etl", "pages")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
STREAMLIT_ALLOWED = (
    "gridgov/ui/", "gridgov/app.py", "pages/", "dashboard.py",
    "gridgov/serve/packed.py", "gridgov/serve/together.py", "gridgov/serve/worker.py",
)  # fmt: skip
# The data page's part of the interface, and the command that erases a resident: both write.
REACHES_THE_WRITE_SIDE = (
    "gridgov/ui/loading.py",
    "gridgov/ui/loading_history.py",
    "gridgov/ui/loading_result.py",
    "gridgov/cli/person.py",
)
# What the write side may use of the core: declarations and settings, never what reads or shows.
ETL_ALLOWED = {
    "gridgov.schema", "gridgov.clock", "gridgov.errors", "gridgov.locale", "gridgov.settings", "gridgov.cli.run",
    "gridgov.stats.calendar", "gridgov", "gridgov.warehouse", "gridgov.report.tabular",
    "gridgov.access.policy",
}  # fmt: skip


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_is_something_to_read() -> None:
    assert len(SOURCES) > 50


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    name, used = name_of(path), set(imported(path))
    if not name.startswith(STREAMLIT_ALLOWED):
        assert not {m for m in used if m.split(".")[0] == "streamlit"}, "streamlit outside ui/"
    if name.startswith("gridgov/") and not name.startswith(REACHES_THE_WRITE_SIDE):
        assert not {m for m in used if m.split(".")[0] == "etl"}, "the core imports the write side"
    if name.startswith("pages/"):
        roots = {m.split(".")[0] for m in used}
        assert not roots & {"duckdb", "sqlite3", "sqlalchemy", "etl"}, "a page reaches too deep"
    if name.startswith("etl/"):
        core = {m for m in used if m.split(".")[0] == "gridgov"}
        too_far = {
            m
            for m in core
            if not any(m == a or m.startswith(a + ".") for a in ETL_ALLOWED - {"gridgov"})
        } - {"gridgov"}
        assert not too_far, "the write side imports what reads or shows"
    if not name.startswith(("gridgov/ui/", "gridgov/app.py", "pages/")):
        assert not {m for m in used if m.startswith("gridgov.ui")}, "the core imports the interface"


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if name_of(p).startswith("pages/")], ids=name_of
)
def test_a_page_holds_no_sql_no_grouping_no_number_formatting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\bselect\b[^\n]+\bfrom\b", text, re.IGNORECASE), "SQL in a page"
    assert ".groupby(" not in text, "groupby in a page"
    assert not re.search(r"\{[^{}\n]*:[,.]\d*[f%d]?\}|:\.\d+[f%]|:,", text), "formatting in a page"
