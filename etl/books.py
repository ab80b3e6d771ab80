"""Reading and writing the loader's books inside a version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb

from etl.ask import first_row
from etl.ddl import schema_hash
from etl.findings import Finding
from etl.report import FileReport
from gridgov import __version__
from gridgov.clock import now
from gridgov.schema import LOGS

__all__ = ["already_loaded", "write_batch", "write_findings", "write_meta"]


def already_loaded(
    con: duckdb.DuckDBPyConnection, sha256: str, recipe: str
) -> tuple[int, int] | None:
    """(rows, rejected) of the same bytes read the same way by a batch still in force."""
    row = first_row(
        con,
        'SELECT f."rows", f.rejected FROM load_file AS f JOIN load_batch AS b USING (batch_id) '
        "WHERE f.sha256 = $sha256 AND f.recipe = $recipe "
        "AND b.undone_by IS NULL ORDER BY f.file_id DESC LIMIT 1",
        {"sha256": sha256, "recipe": recipe},
    )
    return None if row is None else (int(row[0]), int(row[1]))


def write_batch(
    con: duckdb.DuckDBPyConnection,
    batch_id: int,
    reports: Sequence[FileReport],
    file_ids: Sequence[int],
    recipes: Sequence[str],
    overlap: Iterable[tuple[tuple[int, str], int]],
) -> None:
    """Enter a load: the batch, its files and their findings."""
    con.execute(
        "INSERT INTO load_batch VALUES ($batch, $at, NULL, $code)",
        {"batch": batch_id, "at": now().replace(microsecond=0), "code": __version__},
    )
    for report, file_id, recipe in zip(reports, file_ids, recipes, strict=True):
        con.execute(
            "INSERT INTO load_file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                file_id, batch_id, report.nameless(report.path), report.nameless(report.sheet),
                report.table, report.rows,
                report.loaded, report.updated, report.duplicate, report.rejected, report.sha256,
                report.encoding, report.is_sample, recipe,
            ],
        )  # fmt: skip
        write_findings(con, batch_id, file_id, report.findings)
    for (origin, table), rows in overlap:
        con.execute("INSERT INTO load_overlap VALUES (?, ?, ?, ?)", [batch_id, origin, table, rows])


def write_findings(
    con: duckdb.DuckDBPyConnection,
    batch_id: int,
    file_id: int | None,
    findings: Iterable[Finding],
) -> None:
    """Enter findings; `file_id` is None for those that concern a whole log."""
    rows = [
        (
            batch_id, file_id, one.check_id, one.severity, one.column, one.row_number,
            one.value_hint, *one.messages, one.occurrences,
        )
        for one in findings
    ]  # fmt: skip
    if rows:
        con.executemany("INSERT INTO load_finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def write_meta(con: duckdb.DuckDBPyConnection, version: int) -> None:
    """Say what this version is: number, time, newest date of the logs, sample or not."""
    dates = " UNION ALL ".join(
        f"SELECT max({log.event_time})::DATE AS d FROM {log.name}" for log in LOGS if log.event_time
    )
    newest = first_row(con, f"SELECT max(d) FROM ({dates})")
    sample = first_row(
        con,
        "SELECT coalesce(bool_and(is_sample), false) FROM load_file "
        "JOIN load_batch USING (batch_id) WHERE undone_by IS NULL",
    )
    pairs = {
        "version": str(version),
        "created_at": now().isoformat(" ", "seconds"),
        "data_date": str(newest[0]) if newest and newest[0] else None,
        "sample_only": "true" if sample and sample[0] else "false",
        "schema_hash": schema_hash(),
        "code_version": __version__,
    }
    # Other parts keep keys of their own there.
    for key, value in pairs.items():
        con.execute("DELETE FROM warehouse_meta WHERE key = $key", {"key": key})
        con.execute(
            "INSERT INTO warehouse_meta VALUES ($key, $value)", {"key": key, "value": value}
        )
