"""Checks that need more than a row: gaps, empty grids, falls in volume, unknown references."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb

from etl.findings import Finding
from etl.merge import Touched

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
    """
    found = []
    changed = touched.changed()
    for path in sorted(_SQL.glob("*.sql")):
        check_id, _, table = path.stem.partition("_")
        if not set(changed) & {table, *_ALSO.get(check_id, ())}:
            continue
        sql = path.read_text("utf-8")
        days = changed.get(table)
        values = {"batch": batch_id, "since": min(days) - _BACK if days else _ALWAYS}
        given = {name: value for name, value in values.items() if f"${name}" in sql}
        for column, row, shown, times in con.execute(sql, given).fetchall():
            found.append(Finding(check_id, column, int(times), row, shown, table))
    return found
