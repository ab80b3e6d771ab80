"""Checks that need more than a row: gaps, empty grids, falls in volume, unknown references."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb

from etl.ask import first_row
from etl.ddl import quote
from etl.findings import Finding
from etl.merge import Touched
from gridgov.schema import TABLES

__all__ = ["whole_log_findings"]

_SQL = Path(__file__).with_name("sql") / "checks"
_BACK = timedelta(days=62)
_ALWAYS = date(1900, 1, 1)
# A new list of grids can raise a doubt about a log that itself did not change.
_ALSO = {"W403": {"grid"}}


def whole_log_findings(
    con: duckdb.DuckDBPyConnection, touched: Touched, batch_id: int
) -> list[Finding]:
    """Run every query of etl/sql/checks/ whose table the load touched.

    A file is named `<check>_<table>.sql` and gives rows (column_name, row_number, value_hint,
    occurrences). References are checked for the rows of this batch, the rest for the days around.
    $since is the first of these days, $newest the log's last: given as values, they let a scan pass
    over what is older.
    """
    found = []
    changed = touched.changed()
    newest: dict[str, date | None] = {}
    for path in sorted(_SQL.glob("*.sql")):
        check_id, _, table = path.stem.partition("_")
        if not set(changed) & {table, *_ALSO.get(check_id, ())}:
            continue
        sql = path.read_text("utf-8")
        days = changed.get(table)
        if "$newest" in sql and table not in newest:
            newest[table] = _newest(con, table, max(days) if days else _ALWAYS)
        values = {
            "batch": batch_id,
            "since": min(days) - _BACK if days else _ALWAYS,
            "newest": newest.get(table),
        }
        given = {name: value for name, value in values.items() if f"${name}" in sql}
        for column, row, shown, times in con.execute(sql, given).fetchall():
            found.append(Finding(check_id, column, int(times), row, shown, table))
    return found


def _newest(con: duckdb.DuckDBPyConnection, table: str, touched: date) -> date | None:
    """The log's last day. It is hardly ever before the last day touched: only a correction that
    moved the newest row leads back, and then all is looked at."""
    event = quote(TABLES[table].event_time or "")
    sql = f"SELECT CAST(max({event}) AS DATE) FROM {quote(table)} WHERE {event} >= $since"
    for since in (touched, _ALWAYS):
        row = first_row(con, sql, {"since": since})
        if row and row[0] is not None:
            found: date = row[0]
            return found
    return None
