"""What the child tells about a database: its tables, columns, comments and sample values."""

from __future__ import annotations

import json

import duckdb

__all__ = ["catalogue_relation"]

_SAMPLE_ROWS = 2000
_SAMPLES = 5
_SAMPLE_CHARS = 40

_COLUMNS = """
SELECT c.table_name, t.comment AS table_comment, t.is_view, t.row_count,
       c.column_name, c.data_type, c.comment
FROM duckdb_columns() AS c
JOIN (
    SELECT schema_name, table_name, comment, false AS is_view, estimated_size AS row_count
    FROM duckdb_tables() WHERE NOT internal
    UNION ALL
    SELECT schema_name, view_name, comment, true, NULL FROM duckdb_views() WHERE NOT internal
) AS t USING (schema_name, table_name)
WHERE NOT c.internal AND c.schema_name = 'main'
ORDER BY c.table_name, c.column_index
"""

_NAMES = ("table", "table_comment", "is_view", "rows", "column", "type", "comment")


def catalogue_relation(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """One value, `catalogue`: a JSON list with an object per column, tables by name.

    JSON rather than Arrow built here: Arrow's conversion of Python values imports modules, and a
    confined process can open no file.
    """
    rows = connection.execute(_COLUMNS).fetchall()
    samples = {name: _samples(connection, name, rows) for name in {row[0] for row in rows}}
    listed = [
        {**dict(zip(_NAMES, row, strict=True)), "samples": samples[row[0]].get(row[4], [])}
        for row in rows
    ]
    text = json.dumps(listed, ensure_ascii=False)
    return connection.sql("SELECT $listed AS catalogue", params={"listed": text})


def _samples(
    connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[object, ...]]
) -> dict[str, list[str]]:
    columns = [str(row[4]) for row in rows if row[0] == table]
    parts = [
        f"list_sort(list_distinct(list(left(CAST({_quoted(column)} AS VARCHAR), "
        f"{_SAMPLE_CHARS}))))[1:{_SAMPLES}]"
        for column in columns
    ]
    query = f"SELECT {', '.join(parts)} FROM (FROM {_quoted(table)} LIMIT {_SAMPLE_ROWS})"
    try:
        values = connection.execute(query).fetchall()[0]
    except duckdb.Error:  # a view may be broken; its columns are listed all the same
        return {}
    return {column: list(found or []) for column, found in zip(columns, values, strict=True)}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
