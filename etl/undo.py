"""Taking a batch back, and going back to a kept version."""

from __future__ import annotations

from pathlib import Path

import duckdb

from etl.ask import first_row
from etl.books import write_meta
from etl.ddl import history_name, quote
from etl.merge import Touched
from etl.store import Store
from gridgov.errors import DataFileError, UsageError
from gridgov.locale import _
from gridgov.schema import TABLES, Table

__all__ = ["rollback", "undo"]


def rollback(warehouse: Path, number: int) -> None:
    """Put a kept version in force again. Raises `WarehouseMissing` where it has expired."""
    store = Store(warehouse)
    with store.writer():
        store.point_to(number)


def undo(warehouse: Path, batch_id: int) -> int:
    """Publish a version in which a batch never happened; returns its number.

    Rows that the batch brought go; rows that it corrected get their old values back, unless a later
    batch has corrected them again. Raises `UsageError` for an unknown or undone batch, and
    `DataFileError` when a later batch held rows of this one as duplicates: they would be lost.
    """
    store = Store(warehouse)
    with store.writer(), store.build() as building:
        con = building.con
        _refuse(con, batch_id)
        touched = Touched()
        for table in TABLES.values():
            _take_back(con, table, batch_id, touched)
        con.execute(
            "UPDATE load_batch SET undone_by = $version WHERE batch_id = $batch",
            {"version": building.number, "batch": batch_id},
        )
        con.execute("DELETE FROM load_overlap WHERE batch_id = $batch", {"batch": batch_id})
        from etl import model

        model.build(con, touched.changed())
        write_meta(con, building.number)
        building.publish()
        store.expire()
        return building.number


def _refuse(con: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    row = first_row(
        con, "SELECT undone_by FROM load_batch WHERE batch_id = $batch", {"batch": batch_id}
    )
    if row is None:
        raise UsageError(_("没有批次 {n}；运行 python -m etl status 查看批次", n=batch_id))
    if row[0] is not None:
        raise UsageError(_("批次 {n} 已经撤销过", n=batch_id))
    later = first_row(
        con,
        'SELECT batch_id, sum("rows") FROM load_overlap JOIN load_batch USING (batch_id) '
        "WHERE origin_batch_id = $batch AND undone_by IS NULL GROUP BY ALL ORDER BY 1 DESC LIMIT 1",
        {"batch": batch_id},
    )
    if later is not None:
        raise DataFileError(
            _(
                "批次 {later} 有 {rows} 行与批次 {n} 相同，先撤销批次 {later} 再撤销批次 {n}",
                later=later[0],
                rows=int(later[1]),
                n=batch_id,
            )
        )


def _take_back(
    con: duckdb.DuckDBPyConnection, table: Table, batch_id: int, touched: Touched
) -> None:
    target, history = quote(table.name), quote(history_name(table))
    keys = " AND ".join(f"h.{quote(k)} IS NOT DISTINCT FROM later.{quote(k)}" for k in table.key)
    given = {"batch": batch_id}
    # What this batch replaced and a later one replaced again now counts as replaced by the later.
    con.execute(
        f"UPDATE {history} AS h SET replaced_by = later.replaced_by FROM {history} AS later "
        f"WHERE h.replaced_by = $batch AND h.batch_id <> $batch AND later.batch_id = $batch "
        f"AND later.replaced_by <> $batch AND {keys}",
        given,
    )
    names = ", ".join(quote(c) for c in (*table.column_names, "batch_id", "file_id", "row_number"))
    back = f"FROM {history} WHERE replaced_by = $batch AND batch_id <> $batch"
    if table.role == "log" and table.event_time:
        day = f"CAST({quote(table.event_time)} AS DATE)"
        days = con.execute(
            f"SELECT {day} FROM {target} WHERE batch_id = $batch UNION SELECT {day} {back}", given
        ).fetchall()
        if days:
            touched.days(table.name, [row[0] for row in days if row[0] is not None])
    elif first_row(
        con,
        f"SELECT 1 FROM {target} WHERE batch_id = $batch UNION ALL SELECT 1 {back} LIMIT 1",
        given,
    ):
        touched.everything(table.name)
    con.execute(f"DELETE FROM {target} WHERE batch_id = $batch", given)
    con.execute(f"INSERT INTO {target} ({names}) SELECT {names} {back}", given)
    con.execute(f"DELETE FROM {history} WHERE replaced_by = $batch OR batch_id = $batch", given)
