"""Checks that need more than a row: gaps, empty grids, falls in volume, unknown references."""

from __future__ import annotations

from pathlib import Path

import duckdb

from etl.findings import Finding
from etl.merge import Touched

__all__ = ["whole_log_findings"]

_SQL = Path(__file__).with_name("sql") / "checks"


def whole_log_findings(con: duckdb.DuckDBPyConnection, touched: Touched) -> list[Finding]:
    """Run every query of etl/sql/checks/; a file is named `<check>_<table>.sql`.

    Each gives rows (column_name, row_number, value_hint, occurrences). Only checks of tables that
    the load touched run.
    """
    found = []
    changed = set(touched.changed())
    for path in sorted(_SQL.glob("*.sql")):
        check_id, _, table = path.stem.partition("_")
        if changed & ({table} | _ALSO.get(check_id, set())):
            for column, row, shown, times in con.execute(path.read_text("utf-8")).fetchall():
                found.append(Finding(check_id, column, times, row, shown, table))
    return found


# A new reference can settle or raise a doubt about a log that itself did not change.
_ALSO = {
    "W403": {"grid"},
    "W501": {"worker", "worker_alias"},
    "W502": {"grid"},
    "W503": {"complaint_category"},
    "W504": {"activity_type"},
    "W505": {"activity"},
}
