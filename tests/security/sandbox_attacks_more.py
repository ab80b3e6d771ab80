"""More attacks on the SQL sandbox, as (name, group, statement, fate, sentence).

What an acceptance by a hostile reader tried after the first list: other ways to name a file, spaces
that nobody sees, functions of newer engines, bombs of other kinds, values that no format can hold.
"""

from __future__ import annotations

__all__ = ["MORE"]

Row = tuple[str, str, str, str, str]

_ONLY_TABLES = "这里不能读写文件，也不能连接别的数据库或网络，只能查询这份数据里的表"
_EXTENSION = "这个功能要装扩展，这里不能安装扩展"
_READ_ONLY = "数据是只读的，不能新增、修改或删除"
_TOO_DEEP = "语句嵌套太深，请拆成几步（WITH）再试"
_TOO_SLOW = "查询超过 3 秒，已中止；请缩小时间或范围再试"
_NO_SUCH_DAY = "有公元元年以前或 9999 年以后的日期"


def _files() -> list[Row]:
    texts = {
        "read_text of a list": "FROM read_text(['/etc/passwd', '/etc/shadow'])",
        "own memory": "FROM read_blob('/proc/self/mem')",
        "own descriptor": "FROM read_text('/proc/self/fd/3')",
        "standard input": "FROM read_csv('/dev/stdin')",
        "path of a descriptor": "FROM '/dev/fd/0'",
        "read_json_objects": "FROM read_json_objects('/etc/passwd')",
        "read_ndjson": "FROM read_ndjson('/etc/passwd')",
        "read_ndjson_objects": "FROM read_ndjson_objects('/etc/hostname')",
        "parquet_schema": "FROM parquet_schema('/tmp/x.parquet')",
        "parquet_kv_metadata": "FROM parquet_kv_metadata('/tmp/x.parquet')",
        "parquet_file_metadata": "FROM parquet_file_metadata('/tmp/x.parquet')",
        "parquet_full_metadata": "FROM parquet_full_metadata(['/tmp/x.parquet'])",
        "parquet_bloom_probe": "FROM parquet_bloom_probe('/tmp/x.parquet', 'a', 1)",
        "glob of a list": "FROM glob(['/tmp/*', '/etc/*'])",
        "path as an identifier": 'FROM "/etc/passwd"',
        "path with steps back": "FROM '/tmp/x/../../etc/passwd.csv'",
        "this server's address": "FROM 'http://127.0.0.1:8501/healthz'",
        "file address": "FROM 'file:///etc/passwd'",
        "DESCRIBE of a path": "DESCRIBE '/etc/passwd'",
        "SUMMARIZE of a file": "SUMMARIZE FROM read_text('/etc/passwd')",
        "SHOW of a path": "SHOW '/etc/passwd'",
        "EXPLAIN of a path": "EXPLAIN FROM '/etc/passwd'",
        "EXPLAIN ANALYZE of a file": "EXPLAIN ANALYZE FROM read_text('/etc/passwd')",
        "in a WITH": "WITH x AS MATERIALIZED (FROM read_text('/etc/passwd')) FROM x",
        "in a cell": "SELECT (FROM read_text('/etc/passwd') SELECT content)",
        "in a PIVOT": "PIVOT (FROM read_text('/etc/passwd')) ON filename USING count(*)",
        "in an UNPIVOT": "UNPIVOT '/etc/passwd' ON 1",
        "beside a table": "FROM fact_visit POSITIONAL JOIN read_text('/etc/passwd')",
        "COPY inside WITH": "WITH a AS (COPY fact_visit TO '/tmp/x') FROM a",
        "DESCRIBE inside FROM": "FROM (DESCRIBE FROM read_csv('/etc/passwd'))",
    }
    found: list[Row] = [
        (name, "files", sql, "refused", _ONLY_TABLES) for name, sql in texts.items()
    ]
    calls = ("read_xlsx('/x.xlsx')", "st_read('/x')", "delta_scan('/x')", "iceberg_scan('/x')")
    for call in (*calls, "mysql_query('a', 'b')"):
        name = call.partition("(")[0]
        found.append((name, "other databases", f"FROM {call}", "refused", _EXTENSION))
    return found


def _statements() -> list[Row]:
    texts = {
        "EXECUTE": "EXECUTE q",
        "DEALLOCATE": "DEALLOCATE q",
        "MERGE": "MERGE INTO fact_visit USING fact_visit ON true WHEN MATCHED THEN DELETE",
        "TRUNCATE": "TRUNCATE fact_visit",
        "ALTER": "ALTER TABLE fact_visit RENAME TO x",
        "COMMENT": "COMMENT ON TABLE fact_visit IS 'x'",
        "ANALYZE": "ANALYZE",
        "SET VARIABLE": "SET VARIABLE x = 1",
        "PRAGMA of a setting": "PRAGMA memory_limit = '100GB'",
        "ATTACH in memory": "ATTACH ':memory:' AS m",
        "FORCE INSTALL": "FORCE INSTALL httpfs FROM 'http://127.0.0.1'",
        "behind a comment": "-- SELECT\nDROP TABLE fact_visit",
    }
    found: list[Row] = []
    for name, sql in texts.items():
        word = sql.splitlines()[-1].split()[0]
        found.append((name, "statements", sql, "refused", f"这里只能查询，不能运行 {word}"))
    inserted = "WITH a AS (INSERT INTO fact_visit SELECT * FROM fact_visit RETURNING 1) FROM a"
    found.append(("INSERT inside WITH", "statements", inserted, "refused", _READ_ONLY))
    into = "SELECT * INTO x FROM fact_visit"
    found.append(("SELECT INTO", "statements", into, "refused", "“INTO”附近有语法错误"))
    found.append(("nested comment", "statements", "/* /* */ DROP */ SELECT 1", "harmless", "DROP"))
    return found


def _settings() -> list[Row]:
    closed = {
        "zero-width space": ("FROM duckdb_settings\u200b()", "duckdb_settings"),
        "word joiner": ("FROM duckdb_settings\u2060()", "duckdb_settings"),
        "byte order mark": ("FROM duckdb_settings\ufeff()", "duckdb_settings"),
        "zero-width space before": ("FROM \u200bduckdb_settings()", "duckdb_settings"),
        "zero-width in a path": ("FROM system\u200b.main.duckdb_settings\u200b()", "duckdb_settings"),
        "query behind a zero-width space": ("FROM query\u200b('FROM duck' || 'db_settings()')", "query"),
        "query behind a wide space": ("FROM query\u3000('FROM duck' || 'db_settings()')", "query"),
        "current_setting and zero width": ("SELECT current_setting\u200b('threads')", "current_setting"),
        "query_table of a list": ("FROM query_table(['duckdb_settings'])", "query_table"),
        "lambda": ("SELECT list_transform(['threads'], lambda x: current_setting(x))", "current_setting"),
        "method call": ("SELECT 'threads'.current_setting()", "current_setting"),
        "SHOW of a setting": ("SHOW memory_limit", "memory_limit"),
        "SHOW of a quoted setting": ('SHOW "home_directory"', "home_directory"),
        "SHOW inside FROM": ("SELECT * FROM (SHOW temp_directory)", "temp_directory"),
        "SHOW inside WITH": ("WITH x AS (SHOW 'secret_directory') FROM x", "secret_directory"),
        "profiling settings": ("FROM duckdb_profiling_settings()", "duckdb_profiling_settings"),
        "which_secret": ("FROM which_secret('s3://a', 's3')", "which_secret"),
        "extension repositories": (
            "FROM duckdb_extension_repositories()", "duckdb_extension_repositories",
        ),
        "log to a file": (
            "FROM enable_logging(storage = 'file', storage_path = '/tmp/x')", "enable_logging",
        ),
        "profile to a file": (
            "FROM enable_profiling('json', save_location := '/tmp/x')", "enable_profiling",
        ),
        "empty the log": ("FROM truncate_duckdb_logs()", "truncate_duckdb_logs"),
        "external resource": (
            "FROM destroy_external_resource('x', 1)", "destroy_external_resource",
        ),
    }  # fmt: skip
    return [
        (name, "settings", sql, "refused", f"“{word}”会透露服务器的设置或绕过检查，这里不开放")
        for name, (sql, word) in closed.items()
    ]


def _bombs() -> list[Row]:
    memory = {
        "wide format": "SELECT format('{:>2000000000}', 'x')",
        "list_resize": "SELECT list_resize([1], 10000000000)",
        "unnest of a billion": "SELECT unnest(range(1000000000))",
        "array_to_string": "SELECT array_to_string(range(300000000), ',')",
        "hash of 2 GB": "SELECT md5(repeat('x', 2000000000))",
        "lambda over a list": (
            "SELECT list_transform(range(100000000), lambda x: repeat('a', 1000))"
        ),
        "string of doublings": (
            "WITH RECURSIVE r(n, s) AS (SELECT 1, 'a' UNION ALL SELECT n + 1, s || s FROM r "
            "WHERE n < 60) SELECT len(s) FROM r"
        ),
    }
    slow = {
        "pg_sleep": "SELECT pg_sleep(100)",
        "sleep_ms": "SELECT sleep_ms(100000) FROM range(10)",
        "levenshtein": "SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))",
        "recursion by key": (
            "WITH RECURSIVE r(x) USING KEY (x) AS (SELECT 1 UNION SELECT x + 1 FROM r) "
            "SELECT max(x) FROM r"
        ),
        "a million columns": "PIVOT (SELECT i FROM range(1000000) t(i)) ON i USING count(*)",
    }
    deep = {
        "20,000 NOT": "SELECT " + "NOT " * 20_000 + "true",
        "3,000 CASE": "SELECT " + "CASE WHEN 1 THEN " * 3000 + "1" + " END" * 3000,
        "10,000 lists": "SELECT " + "[" * 10_000 + "]" * 10_000,
        "8,000 calls": "SELECT " + "abs(" * 8000 + "1" + ")" * 8000,
        "9,000 casts": "SELECT 1" + "::VARCHAR" * 9000,
        "15,000 joined texts": "SELECT " + "'a' || " * 12_000 + "'b'",
        "deep JSON": "SELECT json_structure(repeat('[', 100000) || repeat(']', 100000))",
    }
    return [
        *((name, "memory", sql, "cut off", "内存") for name, sql in memory.items()),
        *((name, "time", sql, "cut off", _TOO_SLOW) for name, sql in slow.items()),
        *((name, "text", sql, "cut off", _TOO_DEEP) for name, sql in deep.items()),
    ]


def _values() -> list[Row]:
    beyond = {
        "endless date": "SELECT 'infinity'::TIMESTAMP AS a",
        "year 20000": "SELECT [DATE '20000-01-01'] AS a",
        "before Christ": "SELECT {'a': '4714-11-24 (BC)'::DATE} AS a",
    }
    found: list[Row] = [
        (name, "output", sql, "refused", _NO_SUCH_DAY) for name, sql in beyond.items()
    ]
    largest = "SELECT 170141183460469231731687303715884105727::HUGEINT AS a"
    found.append(("largest number", "output", largest, "refused", "DECIMAL(38,0)"))
    found.append(
        ("200 MB in one cell", "output", "SELECT repeat('x', 200000000)", "refused", "结果太大")
    )
    kinds = "SELECT TIME '24:00:00', INTERVAL 300000000 hours, union_value(n := 1), [union_value(n := 1)]"
    found.append(("values that Arrow has not", "output", kinds, "harmless", ""))
    return found


MORE: tuple[Row, ...] = (*_files(), *_statements(), *_settings(), *_bombs(), *_values())
