"""The schema's declarations as DDL, with comments, plus the loader's own books.

The one place where names are put into SQL by f-string: every name comes from `gridgov.schema`.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from functools import cache
from pathlib import Path

import duckdb

from gridgov.schema import TABLES, Table

__all__ = ["LINEAGE", "create_missing", "history_name", "quote", "schema_hash", "text"]

LINEAGE = (("batch_id", "INTEGER"), ("file_id", "INTEGER"), ("row_number", "BIGINT"))
_BOOKS = Path(__file__).with_name("sql") / "books.sql"


def quote(name: str) -> str:
    """An identifier for DuckDB."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A string literal for DDL and generated expressions; values of rows never pass through it."""
    return "'" + value.replace("'", "''") + "'"


def history_name(table: Table) -> str:
    """Where the old values of corrected rows are kept."""
    return f"{table.name}_history"


def create_missing(con: duckdb.DuckDBPyConnection, *, comments: bool = True) -> None:
    """Create what the database lacks: books, tables, histories, and columns added since."""
    # One transaction: every commit of its own would wait for the disk.
    con.execute("BEGIN")
    con.execute(_BOOKS.read_text(encoding="utf-8"))
    present = _columns(con)
    for table in TABLES.values():
        extra = (*LINEAGE,)
        _create(con, table.name, table, extra, present, comments)
        _create(
            con, history_name(table), table, (*extra, ("replaced_by", "INTEGER")), present, comments
        )
    con.execute("COMMIT")


@cache
def schema_hash() -> str:
    """Changes when a declaration changes; kept in the books of every version."""
    declared = repr([asdict(table) for table in TABLES.values()])
    return hashlib.sha256(declared.encode()).hexdigest()[:16]


def _columns(con: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, column in con.execute(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE database_name = current_database() AND NOT internal"
    ).fetchall():
        found.setdefault(name, set()).add(column)
    return found


def _create(
    con: duckdb.DuckDBPyConnection,
    name: str,
    table: Table,
    extra: tuple[tuple[str, str], ...],
    present: dict[str, set[str]],
    comments: bool,
) -> None:
    wanted = [(column.name, column.sql_type) for column in table.columns] + list(extra)
    if name in present:
        for column, kind in wanted:
            if column not in present[name]:
                con.execute(f"ALTER TABLE {quote(name)} ADD COLUMN {quote(column)} {kind}")
        return
    body = ", ".join(f"{quote(column)} {kind}" for column, kind in wanted)
    con.execute(f"CREATE TABLE {quote(name)} ({body})")
    if not comments:
        return
    remarks = [f"COMMENT ON TABLE {quote(name)} IS {text(f'{table.label}：{table.grain}')}"]
    for declared in table.columns:
        label = f"{declared.label} / {declared.label_en}"
        remark = f"{label}：{declared.description}" if declared.description else label
        target = f"{quote(name)}.{quote(declared.name)}"
        remarks.append(f"COMMENT ON COLUMN {target} IS {text(remark)}")
    con.execute("; ".join(remarks))
