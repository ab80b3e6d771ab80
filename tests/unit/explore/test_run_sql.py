"""run_sql, stream_sql and the catalogue over a small copy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from gridgov.errors import QueryError
from gridgov.explore.catalogue import completions, schema_catalogue
from gridgov.explore.limits import Limits
from gridgov.explore.sandbox import run_sql, stream_sql, warm_up
from gridgov.explore.sandbox_process import spares


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("copy") / "copy.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            CREATE TABLE grid (grid_id VARCHAR, name VARCHAR, households INTEGER);
            INSERT INTO grid VALUES ('G1', '东山一网格', 800), ('G2', '东山二网格', NULL);
            COMMENT ON TABLE grid IS '网格';
            COMMENT ON COLUMN grid.households IS '户数';
            CREATE VIEW big AS SELECT * FROM grid WHERE households > 500;
            """
        )
    warm_up()
    yield path
    spares.close()


def test_answer_equals_the_engine_in_process(database: Path) -> None:
    sql = "SELECT grid_id, sum(households) AS h FROM grid GROUP BY ALL ORDER BY 1"
    with duckdb.connect(str(database), read_only=True) as connection:
        expected = connection.execute(sql).fetchall()
    result = run_sql(database, sql)
    assert [tuple(row.values()) for row in result.table.to_pylist()] == expected
    assert result.table.schema.field("h").type == pa.int64()
    assert [(column.name, column.kind) for column in result.columns] == [
        ("grid_id", "text"),
        ("h", "number"),
    ]
    assert result.cut is None and not result.truncated and result.plan is None
    assert result.elapsed_seconds >= result.engine_seconds > 0


@pytest.mark.parametrize(
    "value",
    [3, 2.5, "东山'; DROP", True, None, date(2026, 10, 1), datetime(2026, 10, 1, 8, 30)],
)
def test_parameters_come_through(database: Path, value: object) -> None:
    result = run_sql(database, "SELECT $值 AS v", parameters={"值": value, "unused": 1})
    assert result.table.column("v").to_pylist() == [value]


def test_half_a_character_of_a_parameter_is_a_question_mark(database: Path) -> None:
    result = run_sql(database, "SELECT $a AS a", parameters={"a": "东\ud800山"})
    assert result.table.column("a").to_pylist() == ["东?山"]


def test_decimal_parameter_is_exact(database: Path) -> None:
    sql = "SELECT $d = 0.1::DECIMAL(9, 1) AS same"
    assert run_sql(database, sql, parameters={"d": Decimal("0.1")}).table.to_pylist() == [
        {"same": True}
    ]


def test_missing_and_odd_parameters_are_said(database: Path) -> None:
    with pytest.raises(QueryError, match=r"^参数 \$月份 还没有值，请先填写$"):
        run_sql(database, "SELECT $月份")
    with pytest.raises(QueryError, match=r"^参数 \$x 的值不是文字、数字或日期$"):
        run_sql(database, "SELECT $x", parameters={"x": object()})


def test_rows_are_cut_and_said(database: Path) -> None:
    exact = run_sql(database, "FROM range(100)", max_rows=100)
    assert (exact.row_count, exact.cut) == (100, None)
    more = run_sql(database, "FROM range(101)", max_rows=100)
    assert (more.row_count, more.cut) == (100, "rows")
    assert more.table.column(0).to_pylist() == list(range(100))


@pytest.mark.parametrize(
    "sql",
    [
        "FROM grid",
        "TABLE grid",
        "(SELECT 1)",
        "VALUES (1)",
        "DESCRIBE grid",
        "SHOW TABLES",
        "SUMMARIZE grid",
        "WITH a AS (SELECT 1 AS x) SELECT * FROM a",
        "PIVOT grid ON grid_id USING sum(households)",
        "-- 注释\nSELECT 1;",
        "SELECT 1; -- 尾注",
    ],
)
def test_everything_that_only_reads_runs(database: Path, sql: str) -> None:
    assert run_sql(database, sql).row_count >= 1


def test_explain_gives_a_plan(database: Path) -> None:
    for sql in ("EXPLAIN SELECT * FROM grid", "EXPLAIN ANALYZE SELECT count(*) FROM grid"):
        plan = run_sql(database, sql).plan
        assert plan is not None and "\n" in plan


def test_twin_names_and_exotic_types_reach_a_page(database: Path) -> None:
    twins = run_sql(database, "SELECT 1 AS a, 2 AS a, 3 AS a").table
    assert twins.column_names == ["a", "a (2)", "a (3)"]
    odd = run_sql(
        database, "SELECT 12345678901234567890::BIGNUM AS b, TIMESTAMPTZ '2026-01-01 00:00+00' AS t"
    ).table.to_pylist()
    assert odd == [{"b": "12345678901234567890", "t": datetime(2026, 1, 1, 8, 0)}]


def test_values_inside_others_read_as_they_are_written(database: Path) -> None:
    result = run_sql(
        database,
        "SELECT MAP {1: TIME '24:00'} AS a, {'b': '12'::BIGNUM} AS b, [INTERVAL 1 DAY] AS c, "
        "[TIMESTAMP '2026-01-01'] AS d, [7] AS e, {'TIME': 1} AS f",
    )
    assert result.table.to_pylist() == [
        {
            "a": "{1='24:00:00'}", "b": "{'b': 12}", "c": "[1 day]",
            "d": [datetime(2026, 1, 1)], "e": [7], "f": "{'TIME': 1}",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT histogram(households) FROM grid",
        'SELECT histogram("households") FROM grid',
        "FROM histogram(main.grid, households)",
        "FROM histogram_values(grid, households, bin_count := 2)",
        "WITH mine AS (FROM grid) FROM histogram(mine, households)",
    ],
)
def test_histograms_of_names_run(database: Path, sql: str) -> None:
    assert run_sql(database, sql).row_count > 0


def test_huge_whole_numbers_keep_their_digits(database: Path) -> None:
    result = run_sql(database, "SELECT 123456789012345678901234567890::HUGEINT AS h")
    assert result.table.column("h").to_pylist() == [Decimal("123456789012345678901234567890")]


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        (
            "SELECT hauseholds FROM grid",
            "第 1 行第 8 个字：没有名为“hauseholds”的列；是不是想写“households”？",
        ),
        (
            "SELECT '网格',\n  nme\nFROM grid",
            "第 2 行第 3 个字：没有名为“nme”的列；是不是想写“name”？",
        ),
        (
            "SELECT g.nme FROM grid g",
            "第 1 行第 8 个字：表“g”没有名为“nme”的列；是不是想写“name”？",
        ),
        ("SELECT x.name FROM grid", "第 1 行第 8 个字：没有名为“x”的表"),
        ("FROM gird", "第 1 行第 6 个字：没有名为“gird”的表；是不是想写“grid”？"),
        (
            "SELECT cuont(*) FROM grid",
            "第 1 行第 8 个字：没有名为“cuont”的函数；是不是想写“count”？",
        ),
        ("SELCT 1", "第 1 行第 1 个字：“SELCT”附近有语法错误"),
        ("SELECT 'abc", "第 1 行第 8 个字：引号或注释没有结束，请补上后半个"),
        (
            "SELECT sum(name) FROM grid",
            "第 1 行第 8 个字：函数的参数类型不对：sum(VARCHAR)；可以用 CAST(列 AS 类型) 转换",
        ),
        (
            "SELECT name, count(*) FROM grid",
            "第 1 行第 8 个字：列“name”须写进 GROUP BY，或放进 count、sum 等汇总函数",
        ),
        (
            "SELECT name FROM grid a JOIN grid b USING (grid_id)",
            "第 1 行第 8 个字：列“name”不止一个表里有，请写成“表名.列名”",
        ),
        (
            "SELECT CAST(name AS INT) FROM grid",
            "第 1 行第 8 个字：“东山一网格”不能转换成 INT32；可以用 TRY_CAST",
        ),
    ],
)
def test_errors_say_where_and_what_was_meant(database: Path, sql: str, sentence: str) -> None:
    with pytest.raises(QueryError) as caught:
        run_sql(database, sql)
    assert str(caught.value) == sentence


class _Rows:
    def __init__(self) -> None:
        self.names: list[str] = []
        self.batches: list[int] = []

    def begin(self, schema: pa.Schema) -> None:
        self.names = schema.names

    def write(self, batch: pa.RecordBatch) -> None:
        self.batches.append(batch.num_rows)


def test_stream_hands_over_every_row_in_batches(database: Path) -> None:
    rows = _Rows()
    count = stream_sql(database, "SELECT i, i * 2 AS j FROM range(250000) t(i)", rows)
    assert count == sum(rows.batches) == 250_000
    assert rows.names == ["i", "j"] and max(rows.batches) <= 10_000


def test_stream_is_whole_or_an_error(database: Path) -> None:
    limits = Limits(result_bytes=1 << 20)
    with pytest.raises(QueryError, match="结果太大，超过 1 MB"):
        stream_sql(database, "FROM range(1000000)", _Rows(), limits=limits)


def test_catalogue_tells_comments_types_and_samples(database: Path) -> None:
    tables = {table.name: table for table in schema_catalogue(database)}
    assert set(tables) == {"big", "grid"}
    grid = tables["grid"]
    assert (grid.comment, grid.rows, grid.is_view) == ("网格", 2, False)
    assert tables["big"].is_view and tables["big"].rows is None
    households = {column.name: column for column in grid.columns}["households"]
    assert (households.type, households.comment) == ("INTEGER", "户数")
    assert households.samples == ("800",)
    assert schema_catalogue(database) is schema_catalogue(database)


def test_completions_offer_tables_columns_and_words(database: Path) -> None:
    offered = {(word.word, word.kind) for word in completions(database)}
    assert {("grid", "table"), ("households", "column"), ("count", "function")} <= offered
    assert ("SELECT", "keyword") in offered
