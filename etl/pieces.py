"""A large file into an empty table, piece by piece: what is held at once follows the piece and not
the file, and one piece is read and recoded while the one before is loaded.

The outcome is that of loading it at once. Where only the whole file can tell (a key that comes
twice, a date that needs the column to be understood, rows after the last full one), the pieces are
taken back and the file is loaded at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import duckdb

from etl import direct
from etl.ahead import ahead
from etl.ask import count
from etl.convert import Converter
from etl.date_order import find_date_order
from etl.ddl import quote
from etl.delimited import DelimitedSheet, NotInPieces, Piece
from etl.job import Job
from etl.sheet import RAW
from etl.skip import find_skipped
from etl.stage import STAGE, Selection, Staged, build_marks
from gridgov.errors import MappingError

__all__ = ["Loader", "load_in_pieces"]


class Loader(Protocol):
    """What is needed of `etl.sheet_load.SheetLoader`."""

    con: duckdb.DuckDBPyConnection

    def converter(self, job: Job) -> Converter: ...

    def select(
        self,
        job: Job,
        converter: Converter,
        first_row: int,
        surplus: Mapping[int, Sequence[str]],
        *,
        has_skipped: bool,
    ) -> Selection: ...

    def judge(self, job: Job, staged: Staged) -> None: ...

    def insert(self, job: Job, selection: Selection) -> None: ...


def load_in_pieces(loader: Loader, job: Job) -> bool:
    """Load the sheet of `job` in pieces; False where it has to be loaded at once."""
    sheet, con, report = job.sheet, loader.con, job.report
    if not isinstance(sheet, DelimitedSheet) or not sheet.has_pieces:
        return False
    if not direct.is_open(con, job.table, job.sources):
        return False
    work = _Pieces(loader, job)
    try:
        for piece in ahead(sheet.pieces()):
            work.add(piece)
        work.finish()
    except NotInPieces:
        con.execute(f"DELETE FROM {quote(job.table.name)}")
        report.rows = report.loaded = 0
        report.skipped = {}
        return False
    return True


class _Pieces:
    """The pieces of one sheet so far. The cells and marks of rows that break a check are kept."""

    def __init__(self, loader: Loader, job: Job) -> None:
        self._loader, self._job, self._con = loader, job, loader.con
        job.order = job.recipe.date_order
        self._converter = loader.converter(job)
        self._done = 0
        self._count = 0
        self._greatest: str | None = None
        self._is_ordered = True
        self._has_errors = self._has_warnings = False
        cells = ", ".join(f"c{at} VARCHAR" for at in range(job.guess.width))
        # The row's place in the whole file stands where `raw` has that of its own.
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE kept (rowid BIGINT, {cells})")
        self._con.execute(
            "CREATE OR REPLACE TEMP TABLE kept_marks "
            "(row_number BIGINT, errors VARCHAR, warnings VARCHAR)"
        )
        job.report.skipped = {"header": job.guess.start}

    def add(self, piece: Piece) -> None:
        """Load one piece. Raises `NotInPieces` where the file has to be looked at whole."""
        con, job = self._con, self._job
        start = 0 if self._count else job.guess.start
        self._count += 1
        piece.stage(con, start, job.guess.width, job.typed)
        self._check_dates()
        skipped = find_skipped(con, job.guess, job.header_rows, has_more=not piece.is_last)
        if self._count > 1 and piece.is_last and not skipped.has_full:
            raise NotInPieces("what stands at the foot began in another piece")
        rows = count(con, f"SELECT count(*) FROM {RAW}")
        job.report.rows += rows - sum(skipped.counts.values())
        for kind, times in skipped.counts.items():
            job.report.skipped[kind] = job.report.skipped.get(kind, 0) + times
        selection = self._loader.select(
            job,
            self._converter,
            job.first_row + self._done,
            piece.part.surplus,
            has_skipped=bool(skipped.counts),
        )
        self._check_keys(selection)
        self._keep(build_marks(con, selection))
        self._loader.insert(job, selection)
        self._done += rows

    def finish(self) -> None:
        """Judge the kept rows of all pieces. Raises `NotInPieces` where a key came twice."""
        if not self._is_ordered and not direct.keys_differ(self._con, self._job.table):
            raise NotInPieces("a key comes in two pieces")
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE {RAW} AS SELECT * FROM kept")
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE {STAGE} AS SELECT * FROM kept_marks")
        columns = tuple(self._job.sources)
        self._loader.judge(self._job, Staged(columns, self._has_errors, self._has_warnings))
        self._con.execute("DROP TABLE kept; DROP TABLE kept_marks")

    def _check_dates(self) -> None:
        job = self._job
        try:
            order = find_date_order(self._con, job.table, job.sources, job.recipe, job.guess.path)
        except MappingError as error:
            raise NotInPieces from error
        if order != job.recipe.date_order:
            raise NotInPieces("the whole column tells which of day and month comes first")

    def _check_keys(self, selection: Selection) -> None:
        if not direct.has_own_keys(self._con, selection):
            raise NotInPieces("a key comes twice")
        if self._is_ordered:
            found = direct.key_range(self._con, selection)
            self._is_ordered = found is not None and (
                self._greatest is None or found[0] > self._greatest
            )
            self._greatest = found[1] if found else None

    def _keep(self, staged: Staged) -> None:
        if not staged.has_errors and not staged.has_warnings:
            return
        self._has_errors |= staged.has_errors
        self._has_warnings |= staged.has_warnings
        first = self._job.first_row
        cells = ", ".join(f"{RAW}.c{at}" for at in range(self._job.guess.width))
        self._con.execute(
            f"INSERT INTO kept_marks SELECT row_number, errors, warnings FROM {STAGE}"
        )
        self._con.execute(
            f"INSERT INTO kept SELECT s.row_number - {first}, {cells} FROM {STAGE} AS s "
            f"JOIN {RAW} ON {RAW}.rowid = s.row_number - {first + self._done} ORDER BY 1"
        )
