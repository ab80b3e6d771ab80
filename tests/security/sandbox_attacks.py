"""Attacks on the SQL sandbox, declared once: the tests run them, and the table in
docs/sandbox.md is written from them.

    python -m tests.security.sandbox_attacks
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

import duckdb

from gridgov.errors import QueryError
from gridgov.explore.limits import Limits
from gridgov.explore.result import SqlResult
from gridgov.explore.sandbox import run_sql, warm_up
from tests.security.sandbox_attacks_deeper import DEEPER
from tests.security.sandbox_attacks_more import MORE

__all__ = [
    "ATTACKS",
    "LIMITS",
    "Attack",
    "build_database",
    "memory_or_time",
    "summary",
    "try_attack",
]

Fate = Literal["refused", "cut off", "harmless"]

# A tenth of the real time keeps the suite short where time is what cuts; the rest is as served.
LIMITS = Limits(seconds=3.0)
_IMPATIENT = frozenset({"time"})

ONLY_TABLES = "这里不能读写文件，也不能连接别的数据库或网络，只能查询这份数据里的表"
MEMORY = "查询用的内存超过上限，已中止；请缩小范围，或先汇总再关联"
TOO_DEEP = "语句嵌套太深，请拆成几步（WITH）再试"
TOO_SLOW = "查询超过 3 秒，已中止；请缩小时间或范围再试"


@dataclass(frozen=True)
class Attack:
    """`sentence`: what the analyst reads (its end, after the place); for harmless ones, what
    the answer must not hold."""

    name: str
    group: str
    sql: str
    fate: Fate
    sentence: str = ""


def _only(word: str) -> str:
    return f"这里只能查询，不能运行 {word}；请改写成 SELECT"


def _closed(name: str) -> str:
    return f"“{name}”会透露服务器的设置或绕过检查，这里不开放"


def _files() -> list[Attack]:
    calls = {
        "read_csv": "SELECT * FROM read_csv('/etc/passwd')",
        "read_csv_auto": "SELECT * FROM read_csv_auto('/etc/passwd', sep=':')",
        "read_text": "SELECT * FROM read_text('/etc/passwd')",
        "read_blob": "SELECT * FROM read_blob('/proc/self/environ')",
        "read_parquet": "SELECT * FROM read_parquet('/tmp/*.parquet')",
        "read_json": "SELECT * FROM read_json('/etc/passwd')",
        "parquet_metadata": "SELECT * FROM parquet_metadata('/tmp/x.parquet')",
        "sniff_csv": "SELECT * FROM sniff_csv('/etc/passwd')",
        "glob": "SELECT * FROM glob('/**')",
        "bare path": "SELECT * FROM '/etc/passwd'",
        "relative path": "FROM '../../data/key/pseudonym.key'",
        "path of a CSV": "FROM 'secret.csv'",
        "https": "SELECT * FROM read_csv('https://example.org/x.csv')",
        "s3": "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
        "read_duckdb": "SELECT * FROM read_duckdb('/tmp/x.duckdb')",
    }
    found = [Attack(name, "files", sql, "refused", ONLY_TABLES) for name, sql in calls.items()]
    extension = "这个功能要装扩展，这里不能安装扩展"
    sql = "SELECT * FROM sqlite_scan('/tmp/x.sqlite', 't')"
    found.append(Attack("sqlite_scan", "other databases", sql, "refused", extension))
    sql = "SELECT * FROM postgres_scan('host=127.0.0.1', 'public', 't')"
    absent = "没有名为“postgres_scan”的函数"
    found.append(Attack("postgres_scan", "other databases", sql, "refused", absent))
    found.append(
        Attack("getenv", "files", "SELECT getenv('HOME')", "refused", "没有名为“getenv”的函数")
    )
    found.append(
        Attack(
            "python object", "files", "SELECT * FROM request", "refused", "没有名为“request”的表"
        )
    )
    return found


def _statements() -> list[Attack]:
    texts = {
        "COPY": "COPY fact_visit TO '/tmp/out.csv'",
        "COPY FROM PROGRAM": "COPY fact_visit FROM '/etc/passwd'",
        "EXPORT": "EXPORT DATABASE '/tmp/out'",
        "IMPORT": "IMPORT DATABASE '/tmp/out'",
        "ATTACH": "ATTACH '/tmp/other.duckdb' AS other",
        "DETACH": "DETACH memory",
        "INSTALL": "INSTALL httpfs",
        "LOAD": "LOAD httpfs",
        "UPDATE EXTENSIONS": "UPDATE EXTENSIONS",
        "SET": "SET enable_external_access = true",
        "RESET": "RESET memory_limit",
        "PRAGMA": "PRAGMA database_list",
        "CALL": "CALL pragma_version()",
        "CREATE": "CREATE TABLE x AS SELECT 1",
        "CREATE SECRET": "CREATE SECRET (TYPE s3)",
        "CREATE MACRO": "CREATE TEMP MACRO f() AS 1",
        "INSERT": "INSERT INTO fact_visit VALUES (1, 'a', 'b', now())",
        "DELETE": "DELETE FROM fact_visit",
        "DROP": "DROP TABLE fact_visit",
        "BEGIN": "BEGIN TRANSACTION",
        "CHECKPOINT": "CHECKPOINT",
        "VACUUM": "VACUUM",
        "PREPARE": "PREPARE q AS SELECT 1",
        "USE": "USE memory",
    }
    found = [
        Attack(name, "statements", sql, "refused", _only(sql.split()[0].upper()))
        for name, sql in texts.items()
    ]
    for name, sql, word in (
        ("EXPLAIN COPY", "EXPLAIN COPY fact_visit TO '/tmp/x'", "COPY"),
        ("EXPLAIN ANALYZE", "EXPLAIN ANALYZE CREATE TABLE x AS SELECT 1", "CREATE"),
        ("EXPLAIN with options", "EXPLAIN (FORMAT json) COPY fact_visit TO '/tmp/x'", "COPY"),
    ):
        found.append(Attack(name, "statements", sql, "refused", _only(word)))
    read_only = "数据是只读的，不能新增、修改或删除"
    sql = "WITH gone AS (DELETE FROM fact_visit RETURNING *) SELECT * FROM gone"
    found.append(Attack("DELETE inside WITH", "statements", sql, "refused", read_only))
    several = "一次只能运行一条语句，这里有 2 条；请选中其中一条再运行"
    for name, sql in {
        "two statements": "SELECT 1; SELECT 2",
        "hidden by a comment": "SELECT 1 /* ; */; DROP TABLE fact_visit --",
    }.items():
        found.append(Attack(name, "statements", sql, "refused", several))
    return found


def _settings() -> list[Attack]:
    texts = {
        "duckdb_settings": "SELECT * FROM duckdb_settings()",
        "duckdb_databases": "SELECT path FROM duckdb_databases",
        "current_setting": "SELECT current_setting('allowed_paths')",
        "pg_settings": "SELECT * FROM pg_catalog.pg_settings",
        "pragma_database_list": 'FROM system.main."pragma_database_list"',
        "duckdb_secrets": "FROM DuckDB_Secrets()",
        "query": "FROM query('FROM duck' || 'db_settings()')",
        "query_table": "FROM query_table('duckdb_' || 'settings')",
        "json_serialize_plan": "SELECT json_serialize_plan('SELECT 1', optimize := true)",
        "json_execute_serialized_sql": "FROM json_execute_serialized_sql('{}')",
    }
    found = [Attack(name, "settings", sql, "refused", _closed(name)) for name, sql in texts.items()]
    for name, sql in {
        "name as a string": "FROM 'duckdb_settings'",
        "name in an escape string": r"FROM e'\x64uckdb_settings'",
        "name in dollar quotes": "FROM $$duckdb_settings$$",
        "name behind a comment": "FROM /* x */ duckdb_settings/**/()",
    }.items():
        found.append(Attack(name, "settings", sql, "refused", _closed("duckdb_settings")))
    return found


def _memory() -> list[Attack]:
    recursion = "WITH RECURSIVE r AS (SELECT repeat('x', 1000) AS a UNION ALL SELECT a || a FROM r)"
    texts = {
        "repeat 4 GB": "SELECT repeat('x', 4000000000)",
        "repeat and join": "SELECT repeat('x', 300000000) || i FROM range(100) t(i)",
        "list of a billion": "SELECT list(i) FROM range(1000000000) t(i)",
        "string_agg": "SELECT string_agg(i::VARCHAR, ',') FROM range(10000000000) t(i)",
        "range as a list": "SELECT len(range(1000000000))",
        "sort of a cross join": (
            "SELECT * FROM fact_visit a, fact_visit b, fact_visit c ORDER BY a.note || b.note"
        ),
        "doubling recursion": f"{recursion} SELECT max(len(a)) FROM r",
        "group of a billion keys": "SELECT i, count(*) FROM range(1000000000) t(i) GROUP BY i",
    }
    return [Attack(name, "memory", sql, "cut off", "内存") for name, sql in texts.items()]


def _time() -> list[Attack]:
    texts = {
        "endless recursion": (
            "WITH RECURSIVE r AS (SELECT 1 AS x UNION ALL SELECT 1 FROM r) "
            "SELECT count(*) FROM r WHERE x = 2"
        ),
        "lpad": "SELECT lpad('x', 2147483647, 'y')",
        "count to 10^13": "SELECT sum(i) FROM range(10000000000000) t(i)",
        "cross join": (
            "SELECT count(*) FROM fact_visit a, fact_visit b, fact_visit c, fact_visit d "
            "WHERE a.visit_id + b.visit_id = c.visit_id * d.visit_id"
        ),
        "slow pattern": (
            "SELECT count(*) FROM range(100000000) t(i) "
            "WHERE regexp_matches(repeat('a', 5000) || i, '(a|aa|aaa){1,50}b')"
        ),
    }
    return [Attack(name, "time", sql, "cut off", TOO_SLOW) for name, sql in texts.items()]


def _text() -> list[Attack]:
    deep = "SELECT " + "(" * 20_000 + "1" + ")" * 20_000
    chain = "SELECT " + "+".join(["1"] * 40_000)
    nested = "SELECT * FROM " * 2000 + "(SELECT 1)"
    wide = "SELECT " + ", ".join(f"{n} AS c{n}" for n in range(6000))
    long = "SELECT '" + "长" * 10_000_000 + "'"
    selects = "SELECT " + "(SELECT " * 5000 + "1" + ")" * 5000
    return [
        Attack("20,000 parentheses", "text", deep, "cut off"),
        Attack("40,000 additions", "text", chain, "cut off"),
        Attack("2,000 broken FROM", "text", nested, "refused"),
        Attack("5,000 nested SELECT", "text", selects, "cut off"),
        Attack("10 million characters", "text", long, "refused", "语句太长，最多 100,000 个字"),
        Attack("6,000 columns", "text", wide, "harmless"),
        Attack(
            "NUL", "text", "SELECT 1\x00; DROP TABLE x", "refused", "不可见的控制字符，请删去后重试"
        ),
        Attack("full-width semicolon", "text", "SELECT 1；DROP TABLE x", "refused"),
        Attack("bidi override", "text", "SELECT '\u202eelif' AS \"\u202ea\"", "harmless"),
        Attack("lone surrogate", "text", "SELECT '\ud800'", "harmless"),
        Attack("empty", "text", "  -- nothing", "refused", "没有可以运行的语句"),
    ]


def _output() -> list[Attack]:
    return [
        Attack("endless rows", "output", "SELECT * FROM range(1000000000000)", "harmless"),
        Attack("endless cross join", "output", "FROM fact_visit a, fact_visit b", "harmless"),
        Attack(
            "100 KB a cell",
            "output",
            "SELECT repeat('字', 33000) AS a FROM range(100000)",
            "harmless",
        ),
        Attack(
            "terminal codes",
            "output",
            "SELECT chr(27) || ']0;owned' || chr(7) || chr(27) || '[2J' AS a",
            "harmless",
        ),
        Attack("message as a lure", "output", "SELECT error('<b>x</b>\n/etc/passwd')", "refused"),
    ]


ATTACKS: tuple[Attack, ...] = (
    *_files(),
    *_statements(),
    *_settings(),
    *_memory(),
    *_time(),
    *_text(),
    *_output(),
    *(
        Attack(name, group, sql, cast(Fate, fate), said)
        for name, group, sql, fate, said in (*MORE, *DEEPER)
    ),
)


def memory_or_time(sentence: str) -> bool:
    """What may end a memory bomb: its ceiling, the system, or on a busy machine the clock."""
    return "内存" in sentence or "查询超过 30 秒，已中止" in sentence


def build_database(path: Path) -> Path:
    """A small copy such as the warehouse publishes."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            CREATE TABLE fact_visit AS
            SELECT i AS visit_id, 'G' || (i % 11) AS grid_id, '走访 ' || i AS note,
                   TIMESTAMP '2026-01-01' + to_minutes(i::INT) AS occurred_at
            FROM range(20000) t(i);
            COMMENT ON TABLE fact_visit IS '走访';
            COMMENT ON COLUMN fact_visit.grid_id IS '所属网格';
            """
        )
    return path


def try_attack(database: Path, attack: Attack) -> tuple[str, float, SqlResult | None]:
    """(sentence or "", seconds, result or None)."""
    started = time.perf_counter()
    try:
        limits = LIMITS if attack.group in _IMPATIENT else Limits()
        result = run_sql(database, attack.sql, limits=limits)
    except QueryError as error:
        return str(error), time.perf_counter() - started, None
    return "", time.perf_counter() - started, result


DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "sandbox.md"
_TABLE_HEAD = "| group | attack | fate | seconds | sentence |\n|---|---|---|---|---|\n"


def _table() -> str:
    warm_up()
    lines = [_TABLE_HEAD]
    with tempfile.TemporaryDirectory() as folder:
        database = build_database(Path(folder) / "copy.duckdb")
        for attack in ATTACKS:
            sentence, seconds, result = try_attack(database, attack)
            if result is not None:
                cut = f", cut by {result.cut}" if result.cut else ""
                sentence = f"({result.row_count:,} rows{cut})"
            text = sentence.replace("|", "\\|").replace("\n", " ")
            lines.append(
                f"| {attack.group} | {attack.name} | {attack.fate} | {seconds:.2f} | {text} |\n"
            )
    return "".join(lines)


SUMMARY_DOCUMENT = DOCUMENT.with_name("security.md")
_SUMMARY_HEAD = (
    "| attacks on | tried | refused | cut off | harmless | such as |\n|---|---|---|---|---|---|\n"
)
_SUMMARY_MARKS = ("<!-- sandbox table: begin -->\n", "<!-- sandbox table: end -->")


def summary() -> str:
    """How many attacks of each group came to which end, as a table."""
    lines = [_SUMMARY_HEAD]
    for group in dict.fromkeys(attack.group for attack in ATTACKS):
        found = [attack for attack in ATTACKS if attack.group == group]
        counts = [sum(attack.fate == fate for attack in found) for fate in get_args(Fate)]
        names = ", ".join(attack.name for attack in found[:: max(1, len(found) // 4)][:4])
        cells = [group, str(len(found)), *map(str, counts), names]
        lines.append(f"| {' | '.join(cells)} |\n")
    return "".join(lines)


def _write_summary() -> None:
    begin, end = _SUMMARY_MARKS
    before, _, rest = SUMMARY_DOCUMENT.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    SUMMARY_DOCUMENT.write_text(before + begin + summary() + end + after, encoding="utf-8")


if __name__ == "__main__":
    prose = DOCUMENT.read_text(encoding="utf-8").partition(_TABLE_HEAD)[0]
    DOCUMENT.write_text(prose + _table(), encoding="utf-8")
    _write_summary()
