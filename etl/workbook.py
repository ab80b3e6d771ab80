"""Sheets of .xlsx, .xlsm, .xls and .ods, through calamine."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import islice

import duckdb
import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from etl.columns import columns_of_rows, filled_rows, texts
from etl.contents import is_named_otherwise
from etl.sheet import PREVIEW_ROWS, stage_columns
from etl.sources import Source
from gridgov.errors import DataFileError
from gridgov.locale import _

__all__ = ["CellSheet", "cell_text", "open_workbook"]

# A block of cells stays in the processor's cache until it has become text.
_CELLS_AT_ONCE = 64_000
Cell = str | float | int | bool | datetime | date | time | timedelta | None


class CellSheet:
    """One sheet of a workbook. `rows` are its rows as calamine gives them, from the spreadsheet's
    first on, each `width` cells long; they are read at once and kept as columns of text."""

    encoding = ""
    undecodable = 0

    def __init__(
        self, source: Source, name: str, rows: Iterable[Sequence[Cell]], width: int
    ) -> None:
        self.source = source
        self.name = name
        self.surplus: Mapping[int, Sequence[str]] = {}
        self.preview: list[list[str]] = []
        blocks: list[list[pa.Array]] = [[] for _column in range(width)]
        self.records = 0
        unread = iter(rows)
        at = 0
        while block := list(islice(unread, max(_CELLS_AT_ONCE // max(width, 1), 1))):
            columns = _columns(block, width)
            for parts, column in zip(blocks, columns, strict=True):
                parts.append(column)
            self.records = at + _filled_rows(columns) or self.records
            for row in block[: PREVIEW_ROWS - len(self.preview)]:
                self.preview.append([cell_text(cell) for cell in row])
            at += len(block)
        del self.preview[self.records :]
        self._columns = [
            pa.chunked_array(parts, pa.string()).slice(0, self.records) for parts in blocks
        ]

    def stage(
        self, con: duckdb.DuckDBPyConnection, start: int, width: int, typed: str = ""
    ) -> None:
        """Make `raw`; see `etl.sheet.Sheet`."""
        columns = [column.slice(start) for column in self._columns]
        beyond: set[int] = set()
        for column in columns[width:]:
            beyond.update(filled_rows(column).tolist())
        cells = {at: [column[at].as_py() for column in columns[width:]] for at in sorted(beyond)}
        self.surplus = {at: row for at, row in cells.items() if any(cell.strip() for cell in row)}
        lacking = [texts([""] * max(self.records - start, 0))] * (width - len(columns))
        stage_columns(con, [*columns[:width], *lacking], typed, replace=True)


def open_workbook(source: Source) -> list[CellSheet]:
    """Every sheet that holds anything. Raises `DataFileError` for a file that cannot be read."""
    try:
        if is_named_otherwise(source.file):
            workbook = CalamineWorkbook.from_filelike(BytesIO(source.file.read_bytes()))
        else:
            workbook = CalamineWorkbook.from_path(str(source.file))
        found = []
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            with _no_collection():
                found.append(CellSheet(source, name, sheet.iter_rows(), sheet.width))
        return [sheet for sheet in found if sheet.records]
    except (CalamineError, OSError, ValueError) as error:
        raise DataFileError(
            _(
                "{path}：工作簿打不开（{why}），请用表格软件重新保存",
                path=source.path,
                why=str(error).splitlines()[0][:120] if str(error) else type(error).__name__,
            )
        ) from error


def _filled_rows(columns: Sequence[pa.Array]) -> int:
    """How many rows there are up to the last one with anything in it; 0 where there is none."""
    last = 0
    for column in columns:
        filled = filled_rows(column)
        last = max(last, int(filled[-1]) + 1 if len(filled) else 0)
    return last


def cell_text(cell: Cell) -> str:
    """A cell as a clerk would type it; a number too long for a spreadsheet keeps its exponent."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        if cell.is_integer():
            return str(int(cell)) if abs(cell) < 1e15 else f"{cell:.14E}"
        return repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return str(cell)


def _columns(rows: Sequence[Sequence[Cell]], width: int) -> list[pa.Array]:
    try:
        # Most sheets are text alone; finding out by trying is the cheapest way.
        return columns_of_rows(rows, width)  # type: ignore[arg-type]
    except TypeError:
        return [_column(cells) for cells in zip(*rows, strict=True)]


def _column(cells: tuple[Cell, ...]) -> pa.Array:
    try:
        return texts(cells)  # type: ignore[arg-type]
    except TypeError:
        return texts([cell_text(cell) for cell in cells])


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of cells come to life here and none dies: looking for dead ones takes a quarter of
    the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
