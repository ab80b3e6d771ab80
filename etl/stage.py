"""The typed rows of one sheet, as a temporary table `stage`, with the checks each row breaks."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import duckdb

from etl.ask import first_row
from etl.convert import Converted
from etl.ddl import quote, text
from etl.sheet import RAW
from gridgov.clock import now
from gridgov.schema import Table

__all__ = ["STAGE", "Selection", "Staged", "build_marks", "build_stage"]

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


@dataclass(frozen=True)
class Selection:
    """What of `raw` is to come in, and how. `extra_errors` are further SQL expressions over `raw`
    giving a mark or NULL; `where` leaves out rows of `raw`."""

    table: Table
    converted: Sequence[Converted]
    first_row: int
    extra_errors: Sequence[str] = ()
    where: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.column.name for one in self.converted)

    @property
    def source(self) -> str:
        """`FROM …`: the rows, with the dictionaries of what had to be looked up."""
        joins = " ".join(one.join for one in self.converted if one.join)
        return f"FROM {RAW} {joins} {self.where}"

    def only(self, names: Collection[str]) -> Selection:
        """The same rows with these columns alone, and so without the others' dictionaries."""
        kept = [one for one in self.converted if one.column.name in names]
        return replace(self, converted=kept)

    @property
    def judged(self) -> Selection:
        """The same rows with the columns alone that a check looks at."""
        rules = " ".join(check.violated for check in self.table.checks)
        return self.only(
            {
                one.column.name
                for one in self.converted
                if one.error
                or one.warning
                or one.column.required
                or one.column.kind in ("timestamp", "date")
                or re.search(rf"\b{one.column.name}\b", rules)
            }
        )

    @property
    def marked(self) -> str:
        """A query of row_number, every column, `errors` and `warnings`: `CHECK:column` marks with
        a space between, NULL where there are none."""
        table = self.table
        values = "".join(f", {one.value} AS {quote(one.column.name)}" for one in self.converted)
        names = "".join(f", {quote(name)}" for name in self.names)
        errors = [
            *_field_marks(self.converted, "error"),
            *_required(self.converted),
            *self.extra_errors,
        ]
        warnings = _field_marks(self.converted, "warning")
        # A column that the file lacks is NULL in the row checks.
        lacking = "".join(
            f", CAST(NULL AS {column.sql_type}) AS {quote(column.name)}"
            for column in table.columns
            if column.name not in self.names
        )
        return (
            f"SELECT row_number{names}, "
            f"{_marks(['field_errors', *_row_marks(table, 'error')])} AS errors, "
            f"{_marks(['field_warnings', *_row_marks(table, 'warning')])} AS warnings FROM ("
            f"SELECT {RAW}.rowid + {self.first_row} AS row_number{values}, "
            f"{_marks(errors)} AS field_errors, {_marks(warnings)} AS field_warnings{lacking} "
            f"{self.source})"
        )


def build_stage(con: duckdb.DuckDBPyConnection, selection: Selection) -> Staged:
    """Make `stage(row_number, <columns>, errors, warnings)` of all selected rows."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {STAGE} AS {selection.marked}")
    return _staged(con, STAGE, selection)


def build_marks(con: duckdb.DuckDBPyConnection, selection: Selection) -> Staged:
    """Make `stage(row_number, errors, warnings)` of those rows alone that break a check."""
    judged = selection.judged.marked
    found = _staged(con, f"({judged})", selection)
    marked = "errors IS NOT NULL OR warnings IS NOT NULL"
    none = "" if found.has_errors or found.has_warnings else " AND false"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {STAGE} AS SELECT row_number, errors, warnings "
        f"FROM ({judged}) WHERE ({marked}){none}"
    )
    return found


def _staged(con: duckdb.DuckDBPyConnection, rows: str, selection: Selection) -> Staged:
    row = first_row(con, f"SELECT count(errors), count(warnings) FROM {rows}")
    errors, warnings = row or (0, 0)
    return Staged(selection.names, errors > 0, warnings > 0)


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


def _required(converted: Sequence[Converted]) -> list[str]:
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
        latest = max(now(), _WRITTEN) + timedelta(days=1)
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
