"""Still more attacks on the SQL sandbox, as (name, group, statement, fate, sentence).

What another hostile reader tried: macros of the engine that read whatever table a text names,
functions that take an address in memory, every kind of statement inside WITH, and bombs that a
single cell or a single pattern makes.
"""

from __future__ import annotations

__all__ = ["DEEPER"]

Row = tuple[str, str, str, str, str]

_ONLY_TABLES = "这里不能读写文件，也不能连接别的数据库或网络，只能查询这份数据里的表"
_PLAIN_NAME = "的第一个参数只能是列名或表名"
_NOT_IN_WITH = "A CTE body must be"


def _settings() -> list[Row]:
    hidden = {
        "histogram_values of joined texts": "FROM histogram_values('duck' || 'db_databases', path)",
        "histogram of characters": "FROM histogram(chr(100) || 'uckdb_databases', path)",
        "histogram by a path": "FROM histogram('system.main.duckdb_databases', path)",
        "histogram by a quoted path": 'FROM histogram("system.main.duckdb_databases", path)',
        "histogram behind a comment": "FROM histogram/**/('pragma_' || 'database_list', file)",
        "histogram of the settings": (
            "FROM system.main.histogram_values('pg_catalog.pg_' || 'settings', setting)"
        ),
        "histogram by a named argument": (
            "FROM histogram_values(source := 'duck' || 'db_databases', col_name := path)"
        ),
        "histogram and zero width": "FROM histogram_values\u200b(concat('duckdb', '_logs'), message)",
    }
    closed = {
        "memory as a table": ("FROM arrow_scan(1, 2, 3)", "arrow_scan"),
        "memory as a frame": ("FROM pandas_scan(NULL)", "pandas_scan"),
        "memory as an Arrow table": ("FROM python_arrow_scan(1)", "python_arrow_scan"),
        "a function by its address": (
            "FROM python_map_function((FROM fact_visit))", "python_map_function",
        ),
        "register a resource": (
            "FROM register_external_resource('a', 'b', 'c')", "register_external_resource",
        ),
        "write to the log": ("SELECT write_log('x')", "write_log"),
        "ceiling of memory": ("FROM pragma_database_size()", "pragma_database_size"),
        "SHOW behind lines": ("SHOW\n--x\n threads", "threads"),
        "SHOW inside EXPLAIN": ("EXPLAIN SHOW threads", "threads"),
        "SHOW in dollar quotes": ("SHOW $$threads$$", "threads"),
        "setting in a PIVOT": (
            "PIVOT (SELECT 1 a, current_setting('threads') b) ON a USING first(b)",
            "current_setting",
        ),
    }  # fmt: skip
    return [
        *((name, "settings", sql, "refused", _PLAIN_NAME) for name, sql in hidden.items()),
        *(
            (name, "settings", sql, "refused", f"“{word}”会透露服务器的设置或绕过检查，这里不开放")
            for name, (sql, word) in closed.items()
        ),
        (
            "histogram of a column of texts",
            "settings",
            "FROM (SELECT 'duck' || 'db_databases' AS n) s, histogram_values(s.n, path)",
            "refused",
            "lateral join column parameters",
        ),
    ]


def _files() -> list[Row]:
    texts = {
        "read_single_csv_file": "FROM read_single_csv_file('/etc/passwd')",
        "read_single_json_file": "FROM read_single_json_file('/etc/passwd')",
        "read_single_parquet_file": "FROM read_single_parquet_file('/etc/passwd')",
        "read_json_objects_auto": "FROM read_json_objects_auto('/etc/passwd')",
        "table_info of a path": "FROM pragma_table_info('/etc/passwd')",
        "table_info of a joined path": "FROM pragma_table_info('/etc/' || 'passwd')",
    }
    return [(name, "files", sql, "refused", _ONLY_TABLES) for name, sql in texts.items()]


def _statements() -> list[Row]:
    inside = {
        "ATTACH inside WITH": "WITH x AS (ATTACH ':memory:' AS m) FROM x",
        "CREATE inside WITH": "WITH x AS (CREATE TABLE t (i INT)) FROM x",
        "SET inside WITH": "WITH x AS (SET threads = 1) FROM x",
        "SET VARIABLE inside WITH": "WITH x AS (SET VARIABLE a = 1) SELECT getvariable('a')",
        "PRAGMA inside WITH": "WITH x AS (PRAGMA version) FROM x",
        "CALL inside WITH": "WITH x AS (CALL pragma_version()) FROM x",
        "MERGE inside WITH": (
            "WITH x AS (MERGE INTO fact_visit USING fact_visit s ON true WHEN MATCHED "
            "THEN DELETE RETURNING 1) FROM x"
        ),
        "LOAD inside WITH": "WITH x AS (LOAD httpfs) FROM x",
    }
    found: list[Row] = [
        (name, "statements", sql, "refused", _NOT_IN_WITH) for name, sql in inside.items()
    ]
    update = "WITH x AS (UPDATE fact_visit SET note = '' RETURNING 1) FROM x"
    found.append(("UPDATE inside WITH", "statements", update, "refused", "数据是只读的"))
    plan = "EXPLAIN (FORMAT json, ANALYZE) COPY fact_visit TO '/tmp/x'"
    found.append(("EXPLAIN as JSON of COPY", "statements", plan, "refused", "不能运行 COPY"))
    return found


def _bombs() -> list[Row]:
    grids = ", ".join(f"fact_visit v{n}" for n in range(300))
    doubled = ", ".join(
        f"t{n} AS (SELECT x + x x FROM t{n - 1} UNION ALL SELECT x FROM t{n - 1})"
        for n in range(1, 40)
    )
    nested = "list_transform(range(1000), lambda x: " * 12 + "1" + ")" * 12
    slow = {
        "lambdas in lambdas": f"SELECT {nested}",
        "numbers of ten million digits": (
            "SELECT repeat('9', 10000000)::BIGNUM * repeat('9', 10000000)::BIGNUM"
        ),
        "all matches of a pattern": "SELECT regexp_extract_all(repeat('ab', 50000000), '(a)(b)')",
        "300 tables beside each other": f"SELECT count(*) FROM {grids}",
        "WITH doubled 40 times": f"WITH t0 AS (SELECT 1 x), {doubled} SELECT sum(x) FROM t39",
        "deep path in deep JSON": (
            "SELECT json_extract(repeat('{\"a\":', 200000) || '1' || repeat('}', 200000), '$..a')"
        ),
        "damerau_levenshtein": (
            "SELECT damerau_levenshtein(repeat('a', 100000), repeat('b', 100000))"
        ),
        "seconds of ten thousand years": (
            "SELECT count(*) FROM generate_series(TIMESTAMP '0001-01-01', "
            "TIMESTAMP '9999-12-31', INTERVAL 1 second)"
        ),
    }
    format_ = "SELECT strptime(repeat('1', 1000000), repeat('%d', 100000))"
    return [
        # A fast machine may meet the ceiling of memory first.
        *((name, "time", sql, "cut off", "已中止") for name, sql in slow.items()),
        ("a column a visit", "output", "PIVOT (FROM range(100000) t(i)) ON i USING count(*)",
         "refused", "PIVOT 会得出太多列"),
        ("message of a megabyte", "output", format_, "refused", "查询出错：Could not parse"),
    ]  # fmt: skip


def _values() -> list[Row]:
    texts = {
        "comment of 99,000 characters": "SELECT /*" + "x" * 99_000 + "*/ 1",
        "NUL in a cell": "SELECT chr(0) || 'a'",
        "bytes that are no text": "SELECT '\\xff\\xfe'::BLOB, from_hex('ff00fe')",
        "markup as a name": 'SELECT 1 AS "<b>&\u202e\n"',
        "times inside a map": "SELECT MAP {1: TIME '24:00'}, {'a': '1'::BIGNUM}, [INTERVAL 1 DAY]",
    }
    found: list[Row] = [(name, "output", sql, "harmless", "") for name, sql in texts.items()]
    pointer = "SELECT CAST(1 AS POINTER)"
    found.append(("address as a type", "settings", pointer, "refused", "没有名为“POINTER”的类型"))
    return found


DEEPER: tuple[Row, ...] = (*_settings(), *_files(), *_statements(), *_bombs(), *_values())
