"""One sheet, from text to published rows, with every record accounted for."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pyarrow as pa

from etl import direct
from etl.ask import count
from etl.books import already_loaded
from etl.columns import integers
from etl.convert import Converted, Converter, source_expression, typed_columns
from etl.date_order import find_date_order
from etl.ddl import schema_hash, text
from etl.findings import Finding
from etl.headers import suggest
from etl.mapping import Recipe
from etl.merge import Touched, merge
from etl.privacy import STRUCK, Pseudonyms
from etl.recognise import SheetGuess
from etl.report import FileReport
from etl.row_findings import row_findings
from etl.sheet import RAW, Sheet
from etl.skip import find_skipped
from etl.stage import STAGE, Selection, build_marks, build_stage
from gridgov import __version__
from gridgov.schema import TABLES, Table

__all__ = ["SheetLoader"]


class SheetLoader:
    """Loads sheets, one after another, into the version that is being built."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, batch_id: int, pseudonyms: Pseudonyms, rejects: Path
    ) -> None:
        self.con = con
        self.batch_id = batch_id
        self.touched = Touched()
        self.overlap: dict[tuple[int, str], int] = {}
        self.recipes: list[str] = []
        self._pseudonyms = pseudonyms
        self._rejects = rejects
        self._next_file = count(con, "SELECT max(file_id) FROM load_file") + 1
        self.file_ids: list[int] = []

    def load(self, sheet: Sheet, guess: SheetGuess, recipe: Recipe) -> FileReport:
        """Load one recognised sheet. Raises `DataFileError` when its records do not add up."""
        table = TABLES[guess.table or ""]
        file_id = self._next_file + len(self.file_ids)
        self.file_ids.append(file_id)
        report = FileReport(guess.path, guess.sheet, table.name, sha256=sheet.source.sha256)
        how = f"{schema_hash()}:{recipe.digest}:{__version__}:{table.name}"
        self.recipes.append(how)
        known = already_loaded(self.con, sheet.source.sha256, guess.sheet, how)
        if known is not None:
            report.rows, report.rejected = known
            report.duplicate = report.rows - report.rejected
            return report
        sources = _sources(table, guess, recipe)
        sheet.stage(self.con, guess.start, guess.width, typed_columns(table, sources, recipe))
        header_rows = sheet.preview[guess.header_row : guess.start]
        skipped = find_skipped(self.con, guess, header_rows)
        report.rows = self._count(f"SELECT count(*) FROM {RAW}") - sum(skipped.values())
        report.skipped = {**skipped, "header": skipped.get("header", 0) + guess.start}
        report.encoding = sheet.encoding
        report.findings = _header_findings(table, guess, sheet, recipe)
        self._convert(table, sheet, guess, recipe, sources, report, file_id)
        report.balance(sheet.records)
        return report

    def _convert(
        self,
        table: Table,
        sheet: Sheet,
        guess: SheetGuess,
        recipe: Recipe,
        sources: dict[str, str],
        report: FileReport,
        file_id: int,
    ) -> None:
        order = find_date_order(self.con, table, sources, recipe, guess.path)
        converter = Converter(self.con, self._pseudonyms, recipe, order)
        converted = [converter.column(table.column(name), sql) for name, sql in sources.items()]
        self._hide_names(converted, sources)
        extra = [*_drop_marks(recipe, guess), *self._surplus_mark(sheet)]
        where = (
            f"WHERE {RAW}.rowid NOT IN (SELECT r FROM skipped)"
            if sum(report.skipped.values()) > guess.start
            else ""
        )
        first_row = guess.start + 1
        selection = Selection(table, converted, first_row, extra, where)
        is_direct = direct.fits(self.con, selection)
        staged = (build_marks if is_direct else build_stage)(self.con, selection)
        if staged.has_errors or staged.has_warnings:
            report.findings += row_findings(self.con, table, sources, first_row, recipe)
        report.warnings = self._count(f"SELECT count(warnings) FROM {STAGE} WHERE errors IS NULL")
        if staged.has_errors:
            report.rejected = self._reject(guess, first_row, file_id)
            if not is_direct:
                self.con.execute(f"DELETE FROM {STAGE} WHERE errors IS NOT NULL")
        if is_direct:
            report.loaded = direct.insert(self.con, selection, self.batch_id, file_id)
            if report.loaded:
                self.touched.everything(table.name)
            return
        merged = merge(self.con, table, staged.columns, self.batch_id, file_id, self.touched)
        report.loaded, report.updated = merged.loaded, merged.updated
        report.duplicate = merged.duplicate
        for batch, rows in merged.overlap.items():
            key = (batch, table.name)
            self.overlap[key] = self.overlap.get(key, 0) + rows
        if merged.conflict_rows:
            report.findings.append(
                Finding(
                    "W401",
                    table.key[0],
                    len(merged.conflict_rows),
                    merged.conflict_rows[0],
                    table=table.name,
                )
            )

    def _hide_names(self, converted: list[Converted], sources: dict[str, str]) -> None:
        """A resident who is named in the row's own columns is struck from its free text too."""
        residents = [sources[one.column.name] for one in converted if one.column.is_pseudonym]
        for at, one in enumerate(converted):
            if one.column.kind != "note":
                continue
            value = one.value
            note = sources[one.column.name]
            for cell in residents:
                # Longer than one character; a single one is no name.
                named = f"strlen({cell}) > 3 AND contains({note}, {cell})"
                if self._count(f"SELECT count(*) FROM {RAW} WHERE {named}"):
                    hidden = f"replace({value}, {cell}, {text(STRUCK)})"
                    value = f"CASE WHEN {named} THEN {hidden} ELSE {value} END"
            converted[at] = Converted(one.column, value, one.join, one.error, one.warning)

    def _surplus_mark(self, sheet: Sheet) -> list[str]:
        if not sheet.surplus:
            return []
        self.con.register("block", pa.table({"r": integers(sheet.surplus)}))
        self.con.execute("CREATE OR REPLACE TEMP TABLE surplus AS SELECT r FROM block")
        self.con.unregister("block")
        return [f"CASE WHEN {RAW}.rowid IN (SELECT r FROM surplus) THEN 'E104:' END"]

    def _reject(self, guess: SheetGuess, first_row: int, file_id: int) -> int:
        """Keep the rejected rows' cells outside the published file; how many there are.

        Rows of an erased resident are refused and not kept: nothing about them is to be mended.
        """
        self._rejects.mkdir(mode=0o700, exist_ok=True)
        target = self._rejects / f"{self.batch_id}-{file_id}.parquet"
        cells = ", ".join(f"coalesce({RAW}.c{at}, '')" for at in range(guess.width))
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600))
        self.con.execute(
            f"COPY (SELECT $path AS path, $sheet AS sheet, $table AS table_name, s.row_number, "
            f"s.errors, $headers::VARCHAR[] AS headers, [{cells}] AS cells "
            f"FROM {STAGE} AS s JOIN {RAW} ON {RAW}.rowid = s.row_number - {first_row} "
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
        return self._count(f"SELECT count(errors) FROM {STAGE}")

    def _count(self, sql: str) -> int:
        return count(self.con, sql)


def _sources(table: Table, guess: SheetGuess, recipe: Recipe) -> dict[str, str]:
    """Column name → SQL of its text, in the table's own order."""
    found = {column.name: source_expression(guess, recipe, column.name) for column in table.columns}
    return {name: sql for name, sql in found.items() if sql is not None}


def _header_findings(
    table: Table, guess: SheetGuess, sheet: Sheet, recipe: Recipe
) -> list[Finding]:
    found = []
    # With a mapping file the clerk has said which columns matter.
    for header in () if recipe.columns or recipe.templates else guess.unknown:
        near = suggest(table, header)
        shown = header.strip() + (f" → {near}?" if near else "")
        found.append(Finding("W111", header.strip(), 1, guess.header_row + 1, shown, table.name))
    if sheet.undecodable:
        found.append(Finding("W109", "", sheet.undecodable, None, None, table.name))
    return found


def _drop_marks(recipe: Recipe, guess: SheetGuess) -> list[str]:
    marks = []
    for number, drop in enumerate(recipe.drop):
        if drop.header in guess.headers:
            cell = f"{RAW}.c{guess.headers.index(drop.header)}"
            condition = _condition(cell, drop.operator, drop.operand)
            marks.append(f"CASE WHEN {condition} THEN 'E110:{number}' END")
    return marks


def _condition(cell: str, operator: str, operand: object) -> str:
    if operator == "empty":
        return f"coalesce(trim({cell}), '') = ''"
    if operator == "in" and isinstance(operand, list):
        return f"trim({cell}) IN ({', '.join(text(str(value)) for value in operand)})"
    if operator == "contains":
        return f"contains({cell}, {text(str(operand))})"
    if operator == "matches":
        return f"regexp_matches({cell}, {text(str(operand))})"
    return f"trim({cell}) = {text(str(operand))}"
