"""Rejected rows' cells, kept outside the published file so that they can be mended."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pyarrow as pa

from etl.columns import integers, texts
from etl.date_order import NUMERIC_DATE
from etl.ddl import text
from etl.job import Job
from etl.sheet import RAW
from etl.stage import STAGE
from etl.values import Unreadable, read_moment

__all__ = ["keep_refused"]

_BETWEEN = "\x1f"


def keep_refused(con: duckdb.DuckDBPyConnection, job: Job, target: Path) -> None:
    """Write the rows of `stage` with errors to `target`, for the owner alone.

    Cells are kept as they were, those beyond the header too. Only a date whose order the whole
    column had to tell is written out: the few rejected rows could not tell it again.
    Rows of an erased resident are refused and not kept: nothing about them is to be mended.
    """
    guess, first_row = job.guess, job.first_row
    cells = [f"coalesce({RAW}.c{at}, '')" for at in range(guess.width)]
    joins = ""
    for name, at in _dated(job).items():
        if _read_dates(con, job, at):
            cells[at] = f"coalesce(r_{at}.v, {cells[at]})"
            joins += f" LEFT JOIN r_{at} ON r_{at}.k = {job.sources[name]}"
    _put_surplus(con, job)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600))
    con.execute(
        f"COPY (SELECT $path AS path, $sheet AS sheet, $table AS table_name, s.row_number, "
        f"s.errors, $headers::VARCHAR[] AS headers, "
        f"list_concat([{', '.join(cells)}], string_split(beyond.cells, {text(_BETWEEN)})) AS cells "
        f"FROM {STAGE} AS s JOIN {RAW} ON {RAW}.rowid = s.row_number - {first_row} "
        f"LEFT JOIN beyond ON beyond.row_number = s.row_number {joins} "
        f"WHERE s.errors IS NOT NULL AND NOT contains(s.errors, 'E111:') "
        f"ORDER BY s.row_number) TO {text(str(target))} "
        "(FORMAT parquet)",
        {
            "path": guess.path,
            "sheet": guess.sheet,
            "table": guess.table,
            "headers": list(guess.headers),
        },
    )
    target.chmod(0o600)


def _dated(job: Job) -> dict[str, int]:
    """Date columns that are cells as they stand, with their places; none where no order is known.
    What a mapping file makes of cells it can make of them again."""
    if job.order is None:
        return {}
    return {
        column.name: job.guess.columns[column.name]
        for column in job.table.columns
        if column.kind in ("timestamp", "date")
        and not job.recipe.values.get(column.name)
        and column.name in job.guess.columns
        and job.sources.get(column.name) == f"{RAW}.c{job.guess.columns[column.name]}"
    }


def _read_dates(con: duckdb.DuckDBPyConnection, job: Job, at: int) -> bool:
    """Make the table `r_<at>` of cells such as 03/04/2025 and what they mean; False: there are
    none among the rejected."""
    rows = con.execute(
        f"SELECT DISTINCT {RAW}.c{at} FROM {STAGE} AS s "
        f"JOIN {RAW} ON {RAW}.rowid = s.row_number - {job.first_row} "
        f"WHERE s.errors IS NOT NULL AND regexp_matches({RAW}.c{at}, $looks)",
        {"looks": NUMERIC_DATE},
    ).fetchall()
    meant: dict[str, str] = {}
    for (cell,) in rows:
        try:
            moment = read_moment(cell, job.order)
        except Unreadable:
            continue
        if moment is not None:
            meant[cell] = moment.isoformat(" ").removesuffix(" 00:00:00")
    if meant:
        block = pa.table({"k": texts(list(meant)), "v": texts(list(meant.values()))})
        con.register("block", block)
        con.execute(f"CREATE OR REPLACE TEMP TABLE r_{at} AS SELECT k, v FROM block")
        con.unregister("block")
    return bool(meant)


def _put_surplus(con: duckdb.DuckDBPyConnection, job: Job) -> None:
    cells = [_BETWEEN.join(row).rstrip(_BETWEEN + " ") for row in job.surplus.values()]
    con.register("block", pa.table({"row_number": integers(job.surplus), "cells": texts(cells)}))
    con.execute("CREATE OR REPLACE TEMP TABLE beyond AS SELECT row_number, cells FROM block")
    con.unregister("block")
