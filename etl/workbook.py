"""Sheets of .xlsx, .xlsm, .xls and .ods, through calamine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import duckdb
import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from etl.columns import texts
from etl.sheet import PREVIEW_ROWS, stage_columns
from etl.sources import Source
from gridgov.errors import DataFileError
from gridgov.locale import _

__all__ = ["CellSheet", "cell_text", "open_workbook"]

_ROWS_AT_ONCE = 100_000
Cell = str | float | int | bool | datetime | date | time | timedelta | None


class CellSheet:
    """One sheet of a workbook, already read: `cells` as calamine gives them."""

    encoding = ""
    undecodable = 0

    def __init__(
        self, source: Source, name: str, cells: Sequence[list[Cell]], first_row: int
    ) -> None:
        self.source = source
        self.name = name
        # Rows above the used range count as blank, so that row numbers are the spreadsheet's.
        self._cells: list[list[Cell]] = list(cells)
        self._cells[:0] = [[] for _blank in range(first_row)]
        while self._cells and not any(_filled(cell) for cell in self._cells[-1]):
            self._cells.pop()
        self.surplus: Sequence[int] = ()
        self.preview = [[cell_text(cell) for cell in row] for row in self._cells[:PREVIEW_ROWS]]

    @property
    def records(self) -> int:
        return len(self._cells)

    def stage(
        self, con: duckdb.DuckDBPyConnection, start: int, width: int, typed: str = ""
    ) -> None:
        """Make `raw`; see `etl.sheet.Sheet`."""
        rows = self._cells[start:] if start else self._cells
        widths = set(map(len, rows))
        if max(widths, default=0) > width:
            self.surplus = [at for at, row in enumerate(rows) if any(map(_filled, row[width:]))]
        if widths != {width}:
            rows = [(row + [None] * (width - len(row)))[:width] for row in rows]
        if not rows:
            stage_columns(con, [texts([])] * width, typed, replace=True)
        for at in range(0, len(rows), _ROWS_AT_ONCE):
            columns = [_column(cells) for cells in zip(*rows[at : at + _ROWS_AT_ONCE], strict=True)]
            stage_columns(con, columns, typed, replace=at == 0)


def open_workbook(source: Source) -> list[CellSheet]:
    """Every sheet that holds anything. Raises `DataFileError` for a file that cannot be read."""
    try:
        workbook = CalamineWorkbook.from_path(str(source.file))
        found = []
        for name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            cells: Sequence[list[Any]] = sheet.to_python(skip_empty_area=True)
            first = sheet.start[0] if sheet.start else 0
            found.append(CellSheet(source, name, cells, first))
        return [sheet for sheet in found if sheet.records]
    except (CalamineError, OSError, ValueError) as error:
        raise DataFileError(
            _(
                "{path}：工作簿打不开（{why}），请用表格软件重新保存",
                path=source.path,
                why=str(error).splitlines()[0][:120] if str(error) else type(error).__name__,
            )
        ) from error


def _filled(cell: Cell) -> bool:
    return cell is not None and cell != ""


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


def _column(cells: tuple[Cell, ...]) -> pa.Array:
    try:
        # Most columns are text alone; finding out by trying is the cheapest way.
        return texts(cells)  # type: ignore[arg-type]
    except AttributeError:
        return texts([cell_text(cell) for cell in cells])
