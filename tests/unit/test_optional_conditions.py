"""Conditions of parameters that are not set are taken out, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from gridgov.optional_conditions import without_conditions

_QUERIES = Path(__file__).parents[2] / "gridgov" / "queries"
_FILES = sorted(
    path for path in _QUERIES.glob("*.sql") if "AS VARCHAR) IS NULL" in path.read_text("utf-8")
)
_TEXT = """-- Parameters: $grid_id, $source (NULL: all).
SELECT count(*) AS n FROM item AS c
WHERE (CAST($source AS VARCHAR) IS NULL OR c.source = $source)
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR c.grid_id IN (SELECT grid_id FROM below WHERE ancestor_id = $grid_id AND name <> ')')
    )
    AND c.size > 1"""


def _asked(grid_id: str | None, source: str | None, *, is_short: bool) -> int:
    con = duckdb.connect()
    con.execute("CREATE TABLE item AS FROM (VALUES ('a', 'x', 1), ('a', 'x', 2), ('b', 'y', 3),"
                " (NULL, 'x', 4), ('b', NULL, 5)) AS t (grid_id, source, size)")  # fmt: skip
    con.execute("CREATE TABLE below AS SELECT 'a' AS grid_id, 'top' AS ancestor_id, '(' AS name")
    given = {"grid_id": grid_id, "source": source}
    text = _TEXT
    if is_short:
        empty = frozenset(name for name, value in given.items() if value is None)
        text = without_conditions(text, empty)
        given = {name: value for name, value in given.items() if f"${name}" in text}
    found = con.execute(text, given).fetchone()
    assert found is not None
    return int(found[0])


@pytest.mark.parametrize("source", [None, "x", "nowhere"])
@pytest.mark.parametrize("grid_id", [None, "top", "nowhere"])
def test_the_rows_are_the_same(grid_id: str | None, source: str | None) -> None:
    assert _asked(grid_id, source, is_short=True) == _asked(grid_id, source, is_short=False)


def test_the_condition_goes_and_what_stands_around_it_stays() -> None:
    found = without_conditions(_TEXT, frozenset({"grid_id"}))
    assert found == (
        "SELECT count(*) AS n FROM item AS c\n"
        "WHERE (CAST($source AS VARCHAR) IS NULL OR c.source = $source)\n"
        "    AND true\n    AND c.size > 1"
    )


def test_a_bracket_that_never_closes_is_an_error() -> None:
    with pytest.raises(ValueError, match="no closing bracket"):
        without_conditions("WHERE (CAST($x AS VARCHAR) IS NULL OR (a = $x)", frozenset({"x"}))


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_of_our_files_no_condition_of_an_empty_grid_is_left(path: Path) -> None:
    text = path.read_text("utf-8")
    found = without_conditions(text, frozenset({"grid_id"}))
    assert found.count("(") == found.count(")")
    left = re.findall(r"CAST\(\$grid_id AS VARCHAR\) IS NULL\s+OR", found)
    assert not left
