"""The short way into an empty table: straight from `raw`, without a typed copy in between."""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from etl.ask import count, first_row
from etl.ddl import quote
from etl.stage import STAGE, Selection
from gridgov.schema import Table

__all__ = ["fits", "has_own_keys", "insert", "is_open", "key_range", "keys_differ"]


def fits(con: duckdb.DuckDBPyConnection, selection: Selection) -> bool:
    """True where nothing is published yet and every row has a key that no other row has.

    Then there is nothing to compare with: no row can be a duplicate, a correction or a conflict.
    """
    return is_open(con, selection.table, selection.names) and has_own_keys(con, selection)


def is_open(con: duckdb.DuckDBPyConnection, table: Table, columns: Collection[str]) -> bool:
    """True where nothing is published yet and the file has every column of the key."""
    if not set(table.key) <= set(columns):
        return False
    return not count(con, f"SELECT count(*) FROM (SELECT 1 FROM {quote(table.name)} LIMIT 1)")


def has_own_keys(con: duckdb.DuckDBPyConnection, selection: Selection) -> bool:
    """True where every row has a key that no other of them has."""
    table = selection.table
    values = {one.column.name: one.value for one in selection.converted}
    keys = ", ".join(values[name] for name in table.key)
    # A row without a number of its own gets one from its content (`etl.merge`).
    numbered = f"count({values[table.key[0]]})" if table.natural_key else "count(*)"
    # Different hashes mean different keys; equal ones are looked at exactly, in `etl.merge`.
    row = first_row(
        con,
        f"SELECT count(*), {numbered}, count(DISTINCT hash({keys})) "
        f"{selection.only(table.key).source}",
    )
    return row is not None and row[0] == row[1] == row[2]


def key_range(con: duckdb.DuckDBPyConnection, selection: Selection) -> tuple[str, str] | None:
    """The least and the greatest key of the rows as text; None where it has several columns."""
    if len(selection.table.key) > 1:
        return None
    value = next(one.value for one in selection.converted if one.column.name in selection.table.key)
    row = first_row(
        con,
        f"SELECT min(k), max(k) FROM (SELECT CAST({value} AS VARCHAR) AS k "
        f"{selection.only(selection.table.key).source})",
    )
    return None if row is None or row[0] is None else (row[0], row[1])


def keys_differ(con: duckdb.DuckDBPyConnection, table: Table) -> bool:
    """True where no two rows of the table itself have one key."""
    keys = ", ".join(map(quote, table.key))
    found = f"SELECT count(*) - count(DISTINCT hash({keys})) FROM {quote(table.name)}"
    return not count(con, found)


def insert(
    con: duckdb.DuckDBPyConnection, selection: Selection, batch_id: int, file_id: int
) -> int:
    """Put all selected rows but those with an error in `stage` into the table; how many."""
    names = ", ".join(map(quote, selection.names))
    values = ", ".join(one.value for one in selection.converted)
    refused = f"SELECT row_number - {selection.first_row} FROM {STAGE} WHERE errors IS NOT NULL"
    joined = "AND" if selection.where else "WHERE"
    if count(con, f"SELECT count(errors) FROM {STAGE}"):
        where = f"{joined} raw.rowid NOT IN ({refused})"
    else:
        where = ""
    return count(
        con,
        f"INSERT INTO {quote(selection.table.name)} ({names}, batch_id, file_id, row_number) "
        f"SELECT {values}, {batch_id}, {file_id}, raw.rowid + {selection.first_row} "
        f"{selection.source} {where}",
    )
