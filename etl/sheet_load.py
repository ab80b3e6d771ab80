"""One sheet, from text to published rows, with every record accounted for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from etl import direct
from etl.ask import count
from etl.books import already_loaded
from etl.cell_values import cells_without_value, counts_from_1904
from etl.columns import integers
from etl.convert import Converter, source_expression
from etl.date_order import find_date_order
from etl.ddl import schema_hash, text
from etl.findings import Finding
from etl.headers import header_key, match, suggest
from etl.job import Job
from etl.mapping import Recipe
from etl.merge import Touched, merge
from etl.own_names import hide_names, names_in
from etl.pieces import load_in_pieces
from etl.privacy import Pseudonyms
from etl.recognise import SheetGuess
from etl.refused import keep_refused
from etl.report import FileReport
from etl.row_findings import row_findings
from etl.sheet import RAW, Sheet
from etl.skip import find_skipped
from etl.stage import STAGE, Selection, Staged, build_marks, build_stage
from etl.values import EPOCH_1900, EPOCH_1904
from gridgov import __version__
from gridgov.errors import MappingError
from gridgov.locale import _
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
        self.passed: list[Finding] = []

    def load(self, sheet: Sheet, guess: SheetGuess, recipe: Recipe) -> FileReport:
        """Load one recognised sheet. Raises `DataFileError` when its records do not add up."""
        table = TABLES[guess.table or ""]
        file_id = self._next_file + len(self.file_ids)
        self.file_ids.append(file_id)
        report = FileReport(guess.path, guess.sheet, table.name, sha256=sheet.source.sha256)
        # Books do not tell a sheet's name where it holds somebody's.
        which = self._pseudonyms.of("S", guess.sheet)
        how = f"{schema_hash()}:{recipe.digest}:{__version__}:{table.name}:{which}"
        self.recipes.append(how)
        known = already_loaded(self.con, sheet.source.sha256, how)
        if known is not None:
            report.rows, report.rejected = known
            report.duplicate = report.rows - report.rejected
            report.is_known = True
            return report
        job = Job(table, sheet, guess, recipe, _sources(table, guess, recipe), file_id, report)
        if not load_in_pieces(self, job):
            self._load_at_once(job)
        # Models need the memory.
        self.con.execute(f"DROP TABLE {RAW}; DROP TABLE {STAGE}")
        # What could not be decoded is known only now.
        report.findings[:0] = [
            *_header_findings(table, guess, sheet, recipe, report),
            *_without_value(table, guess, sheet),
        ]
        report.encoding = sheet.encoding
        report.balance(sheet.records)
        return report

    def _load_at_once(self, job: Job) -> None:
        con, guess, report = self.con, job.guess, job.report
        job.sheet.stage(con, guess.start, guess.width, job.typed)
        skipped = find_skipped(con, guess, job.header_rows).counts
        report.rows = self.count(f"SELECT count(*) FROM {RAW}") - sum(skipped.values())
        report.skipped = {**skipped, "header": skipped.get("header", 0) + guess.start}
        job.order = find_date_order(con, job.table, job.sources, job.recipe, guess.path)
        converter = self.converter(job)
        selection = self.select(
            job, converter, job.first_row, job.sheet.surplus, has_skipped=bool(skipped)
        )
        is_direct = direct.fits(con, selection)
        staged = (build_marks if is_direct else build_stage)(con, selection)
        self.judge(job, staged)
        if is_direct:
            self.insert(job, selection)
            return
        if staged.has_errors:
            con.execute(f"DELETE FROM {STAGE} WHERE errors IS NOT NULL")
        self._merge(job, staged)

    def converter(self, job: Job) -> Converter:
        """What converts the columns of `job`."""
        epoch = EPOCH_1904 if counts_from_1904(job.sheet.source) else EPOCH_1900
        return Converter(self.con, self._pseudonyms, job.recipe, job.order, epoch)

    def select(
        self,
        job: Job,
        converter: Converter,
        first_row: int,
        surplus: Mapping[int, Sequence[str]],
        *,
        has_skipped: bool,
    ) -> Selection:
        """All rows of `raw` but those in `skipped`, converted; the first has number `first_row`."""
        converted = [converter.column(job.table.column(n), sql) for n, sql in job.sources.items()]
        hide_names(self.con, converted, job.sources)
        passed = (one.value_hint or "" for one in self.passed)
        shown = " ".join((job.guess.path, job.guess.sheet, *job.guess.unknown, *passed))
        job.report.names |= names_in(self.con, converted, job.sources, shown)
        job.surplus |= {first_row + at: cells for at, cells in surplus.items()}
        extra = [*_drop_marks(job.recipe, job.guess), *self._surplus_mark(surplus)]
        where = f"WHERE {RAW}.rowid NOT IN (SELECT r FROM skipped)" if has_skipped else ""
        return Selection(job.table, converted, first_row, extra, where)

    def judge(self, job: Job, staged: Staged) -> None:
        """Findings, warnings and rejects from the marks in `stage` and the cells in `raw`."""
        report = job.report
        if staged.has_errors or staged.has_warnings:
            report.findings += row_findings(
                self.con, job.table, job.sources, job.first_row, job.recipe
            )
        report.warnings = self.count(f"SELECT count(warnings) FROM {STAGE} WHERE errors IS NULL")
        if staged.has_errors:
            self._rejects.mkdir(mode=0o700, exist_ok=True)
            keep_refused(self.con, job, self._rejects / f"{self.batch_id}-{job.file_id}.parquet")
            report.rejected = self.count(f"SELECT count(errors) FROM {STAGE}")

    def insert(self, job: Job, selection: Selection) -> None:
        """Put the selected rows that broke no rule into the table, which has none of their keys."""
        loaded = direct.insert(self.con, selection, self.batch_id, job.file_id)
        job.report.loaded += loaded
        if loaded:
            self.touched.everything(job.table.name)

    def _merge(self, job: Job, staged: Staged) -> None:
        table, report = job.table, job.report
        merged = merge(self.con, table, staged.columns, self.batch_id, job.file_id, self.touched)
        report.loaded, report.updated = merged.loaded, merged.updated
        report.duplicate = merged.duplicate
        for batch, rows in merged.overlap.items():
            key = (batch, table.name)
            self.overlap[key] = self.overlap.get(key, 0) + rows
        if merged.conflict_rows:
            times, first = len(merged.conflict_rows), merged.conflict_rows[0]
            found = Finding("W401", table.key[0], times, first, table=table.name)
            report.findings.append(found)

    def _surplus_mark(self, surplus: Collection[int]) -> list[str]:
        if not surplus:
            return []
        self.con.register("block", pa.table({"r": integers(surplus)}))
        self.con.execute("CREATE OR REPLACE TEMP TABLE surplus AS SELECT r FROM block")
        self.con.unregister("block")
        return [f"CASE WHEN {RAW}.rowid IN (SELECT r FROM surplus) THEN 'E104:' END"]

    def count(self, sql: str) -> int:
        """The first number that `sql` gives."""
        return count(self.con, sql)


def _sources(table: Table, guess: SheetGuess, recipe: Recipe) -> dict[str, str]:
    """Column name → SQL of its text, in the table's own order."""
    found = {column.name: source_expression(guess, recipe, column.name) for column in table.columns}
    return {name: sql for name, sql in found.items() if sql is not None}


def _header_findings(
    table: Table, guess: SheetGuess, sheet: Sheet, recipe: Recipe, report: FileReport
) -> list[Finding]:
    found = []
    # With a mapping file the clerk has said which columns matter; of a header that comes twice
    # only one can have been meant.
    said = (
        {header_key(header) for header in recipe.columns}
        if recipe.columns or recipe.templates
        else None
    )
    for header in guess.unknown:
        if said is not None and header_key(header) not in said:
            continue
        name = report.nameless(header.strip())
        shown = name + _nearest(table, header, guess)
        found.append(Finding("W111", name, 1, guess.header_row + 1, shown, table.name))
    if sheet.undecodable:
        found.append(Finding("W109", "", sheet.undecodable, None, None, table.name))
    return found


def _without_value(table: Table, guess: SheetGuess, sheet: Sheet) -> list[Finding]:
    """Cells of the recognised columns that show an error, or a formula that nobody calculated."""
    if sheet.source.kind != "cells":
        return []
    rows: dict[int, list[int]] = {}
    for row, at in cells_without_value(sheet.source.file, sheet.name):
        if row > guess.start:
            rows.setdefault(at, []).append(row)
    return [
        Finding("W113", column, len(rows[at]), min(rows[at]), guess.headers[at], table.name)
        for column, at in guess.columns.items()
        if at in rows
    ]


def _nearest(table: Table, header: str, guess: SheetGuess) -> str:
    """Which column a header may mean, or where that column has been taken from already."""
    for column in match(table, [header]).columns:
        if column in guess.columns:
            label, at = table.column(column).label, guess.columns[column] + 1
            return _("（“{label}”已取自第 {n} 列）", label=label, n=at)
    near = suggest(table, header)
    return f" → {near}?" if near else ""


def _drop_marks(recipe: Recipe, guess: SheetGuess) -> list[str]:
    marks = []
    keys = [header_key(header) for header in guess.headers]
    for number, drop in enumerate(recipe.drop):
        if header_key(drop.header) not in keys:
            # Rows that were to be refused must not come in because of a misspelt header.
            raise MappingError(
                _(
                    "{path}：映射文件的 drop 用到表头“{header}”，文件里没有",
                    path=guess.path,
                    header=drop.header,
                )
            )
        cell = f"{RAW}.c{keys.index(header_key(drop.header))}"
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
