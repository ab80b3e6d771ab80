"""`python -m gridgov sql`."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
import typer
from typer.testing import CliRunner

from gridgov.cli.sql import sql, visible
from gridgov.errors import QueryError, UsageError

app = typer.Typer()
app.command()(sql)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("copy") / "copy.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE grid AS SELECT 'G' || i AS grid_id, i FROM range(80) t(i)")
        connection.execute("COMMENT ON TABLE grid IS '网格'")
    return path


def _run(database: Path, *words: str) -> str:
    result = CliRunner().invoke(app, [*words, "--database", str(database)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_rows_and_truncation_are_said(database: Path) -> None:
    text = _run(database, "SELECT * FROM grid ORDER BY i", "--limit", "3")
    assert "G0" in text and "G3" not in text
    assert "3 行" in text and "还有更多行" in text


def test_what_is_piped_on_keeps_every_cell(database: Path) -> None:
    columns = ", ".join(f"'{'长' * 30}{n}' AS c{n}" for n in range(20))
    text = _run(database, f"SELECT {columns}")
    assert f"{'长' * 30}19" in text and "c19" in text
    assert len({line for line in text.splitlines() if "长" in line}) == 1


def test_json_is_one_object(database: Path) -> None:
    text = _run(database, "SELECT grid_id FROM grid WHERE i = $n", "--param", "n=7", "--json")
    answer = json.loads(text)
    assert answer["rows"] == [["G7"]] and answer["columns"] == ["grid_id"]
    assert answer["truncated"] is False


def test_lengths_of_time_and_bytes_can_be_read(database: Path) -> None:
    query = "SELECT INTERVAL '1 month 3 days 90 minutes' AS i, 'x'::BLOB AS b, 1 AS a, 2 AS a"
    answer = json.loads(_run(database, query, "--json"))
    assert answer["rows"] == [["1 month 3 days 01:30:00", "78", 1, 2]]
    ways = {"-90 seconds": "-00:01:30", "0 days": "00:00:00", "-2 days": "-2 days"}
    for given, expected in ways.items():
        found = json.loads(_run(database, f"SELECT INTERVAL '{given}'", "--json"))
        assert found["rows"] == [[expected]]


def test_tables_are_listed_without_a_query(database: Path) -> None:
    assert "网格" in _run(database)
    listed = json.loads(_run(database, "--json"))
    assert [column["name"] for column in listed[0]["columns"]] == ["grid_id", "i"]


def test_all_rows_go_to_a_file(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    text = _run(database, "FROM grid", "--out", str(out))
    assert "80 行" in text
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 81


def test_explain_prints_the_plan(database: Path) -> None:
    assert "80 rows" in _run(database, "EXPLAIN SELECT * FROM grid")


def test_cells_do_not_drive_the_terminal(database: Path) -> None:
    text = _run(database, "SELECT chr(27) || '[2J' || chr(7) || chr(8238) AS a")
    assert not any(letter in text for letter in "\x1b\x07\u202e")
    assert "␛[2J␇" in text
    assert visible("a\tb\u200bc") == "a␉b�c"


def test_wrong_calls_are_said(database: Path) -> None:
    runner = CliRunner()
    with pytest.raises(QueryError, match="不能运行 DROP"):
        words = ["DROP TABLE grid", "--database", str(database)]
        runner.invoke(app, words, catch_exceptions=False)
    with pytest.raises(UsageError, match="应写成 名称=值"):
        words = ["SELECT 1", "--param", "x", "--database", str(database)]
        runner.invoke(app, words, catch_exceptions=False)
