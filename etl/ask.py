"""Small questions to a connection."""

from __future__ import annotations

from typing import Any

import duckdb

__all__ = ["count", "first_row"]


def first_row(
    con: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any] | None = None
) -> tuple[Any, ...] | None:
    """The first row of a result that is read to its end.

    `fetchone` would leave it open, and an open result keeps DuckDB 2 from registering a table.
    """
    rows = con.execute(sql, values).fetchall() if values else con.execute(sql).fetchall()
    return rows[0] if rows else None


def count(con: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any] | None = None) -> int:
    """The first number of the first row; 0 where there is none."""
    row = first_row(con, sql, values)
    return int(row[0]) if row and row[0] is not None else 0
