"""The typed rows of one sheet, as a temporary table `stage`, with the checks each row breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from etl.ask import count
from etl.convert import Converted
from etl.ddl import quote, text
from etl.sheet import RAW
from gridgov.schema import Table

__all__ = ["STAGE", "Staged", "build_stage"]

STAGE = "stage"
# A clock that stands before this code was written is wrong, and must not refuse good rows.
_WRITTEN = datetime(2026, 11, 23)
_PLANNED = {"due_at", "need_due", "valid_to", "valid_from", "month", "on_date"}


@dataclass(frozen=True)
class Staged:
    """`has_errors` and `has_warnings` tell whether `stage` has rows with a non-empty list."""

    columns: tuple[str, ...]
    has_errors: bool
    has_warnings: bool


def build_stage(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    converted: Sequence[Converted],
    first_row: int,
    extra_errors: Sequence[str] = (),
    where: str = "",
) -> Staged:
    """Make `stage(row_number, <columns>, errors, warnings)`.

    `errors` and `warnings` hold `CHECK:column` marks with a space between. `extra_errors` are
    further SQL expressions over `raw` giving a mark or NULL; `where` leaves out rows of `raw`.
    """
    values = ", ".join(f"{one.value} AS {quote(one.column.name)}" for one in converted)
    joins = " ".join(one.join for one in converted if one.join)
    errors = [*_field_marks(converted, "error"), *_required(table, converted), *extra_errors]
    warnings = _field_marks(converted, "warning")
    present = {one.column.name for one in converted}
    # A column that the file lacks is NULL in the row checks.
    lacking = ", ".join(
        f"CAST(NULL AS {column.sql_type}) AS {quote(column.name)}"
        for column in table.columns
        if column.name not in present
    )
    names = [one.column.name for one in converted]
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {STAGE} AS "
        f"SELECT row_number, {', '.join(map(quote, names))}, "
        f"{_marks(['field_errors', *_row_marks(table, 'error')])} AS errors, "
        f"{_marks(['field_warnings', *_row_marks(table, 'warning')])} AS warnings FROM ("
        f"SELECT {RAW}.rowid + {first_row} AS row_number, {values}, "
        f"{_marks(errors)} AS field_errors, {_marks(warnings)} AS field_warnings"
        f"{', ' + lacking if lacking else ''} "
        f"FROM {RAW} {joins} {where})"
    )
    bad = count(con, f"SELECT count(errors) FROM {STAGE}")
    odd = count(con, f"SELECT count(warnings) FROM {STAGE}")
    return Staged(tuple(names), bad > 0, odd > 0)


def _marks(parts: Sequence[str]) -> str:
    """Marks with a space between, or NULL; nothing is joined for the many rows without any."""
    if not parts:
        return "CAST(NULL AS VARCHAR)"
    listed = ", ".join(parts)
    return f"CASE WHEN coalesce({listed}) IS NOT NULL THEN concat_ws(' ', {listed}) END"


def _field_marks(converted: Sequence[Converted], attribute: str) -> list[str]:
    return [
        f"({getattr(one, attribute)}) || {text(':' + one.column.name)}"
        for one in converted
        if getattr(one, attribute)
    ]


def _required(table: Table, converted: Sequence[Converted]) -> list[str]:
    """A required cell is missing where there is no value and no other error names it already."""
    marks = []
    for one in converted:
        if one.column.required:
            unread = f" AND ({one.error}) IS NULL" if one.error else ""
            mark = text(f"E101:{one.column.name}")
            marks.append(f"CASE WHEN ({one.value}) IS NULL{unread} THEN {mark} END")
    return marks


def _row_marks(table: Table, severity: str) -> list[str]:
    marks = [
        f"CASE WHEN {check.violated} THEN {text(check.id + ':' + '+'.join(check.columns))} END"
        for check in table.checks
        if check.severity == severity
    ]
    if severity == "error" and table.role == "log":
        latest = max(datetime.now(), _WRITTEN) + timedelta(days=1)
        for column in table.columns:
            if column.kind in ("timestamp", "date"):
                name = quote(column.name)
                if column.name not in _PLANNED:
                    limit = f"TIMESTAMP '{latest:%Y-%m-%d %H:%M:%S}'"
                    mark = text(f"E202:{column.name}")
                    marks.append(f"CASE WHEN {name} > {limit} THEN {mark} END")
                mark = text(f"E203:{column.name}")
                marks.append(f"CASE WHEN {name} < TIMESTAMP '2000-01-01' THEN {mark} END")
    return marks
