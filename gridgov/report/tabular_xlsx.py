"""One workbook, written row by row: the data, and a sheet that says what it is.

xlsxwriter keeps one row in memory (`constant_memory`) and never guesses: text stays text, even
if it looks like a formula, a link or a number.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import xlsxwriter

from gridgov.locale import _

__all__ = ["SHEET_ROWS", "XlsxBook"]

SHEET_ROWS = 1_048_576
_CELL_CHARS = 32_767
_EXACT = 2**53  # beyond, a spreadsheet would round: identifiers of 18 digits stay text
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class XlsxBook:
    """A workbook that takes batches of one schema; `close` adds the sheet about it."""

    def __init__(
        self,
        target: Path | BinaryIO,
        schema: pa.Schema,
        title: str,
        lines: Callable[[], list[tuple[str, str]]],
        sheet_rows: int = SHEET_ROWS,
    ) -> None:
        self._book = xlsxwriter.Workbook(
            str(target) if isinstance(target, Path) else target, _OPTIONS
        )
        self._book.set_properties({"title": title})
        self._schema = schema
        self._lines = lines
        self._sheet_rows = sheet_rows
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        self._wrap = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._sheets = 0
        self._row = 0
        self._cut_cells = 0
        self._sheet: Any = None
        self._widths = [_width(field) for field in schema]
        self._new_sheet()

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Append the rows of a batch, on a further sheet where this one is full."""
        columns = [column.to_pylist() for column in batch.columns]
        for values in zip(*columns, strict=True):
            if self._row >= self._sheet_rows:
                self._end_sheet()
                self._new_sheet()
            row, sheet = self._row, self._sheet
            for index, value in enumerate(values):
                if value is not None:
                    self._cell(sheet, row, index, value)
            self._row += 1

    def close(self) -> None:
        """Write the sheet about the data and finish the file."""
        self._end_sheet()
        sheet = self._book.add_worksheet(_("说明"))
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 90)
        lines = self._lines()
        if self._cut_cells:
            note = _("{n} 个单元格超过 32,767 字，只保留前面部分", n=f"{self._cut_cells:,}")
            lines.append((_("说明"), note))
        for row, (name, value) in enumerate(lines):
            sheet.write_string(row, 0, name, self._bold)
            sheet.write_string(row, 1, value[:_CELL_CHARS], self._wrap)
        self._book.close()

    def _cell(self, sheet: Any, row: int, column: int, value: Any) -> None:
        kind = type(value)
        if kind is str:
            if len(value) > _CELL_CHARS:
                self._cut_cells += 1
                value = value[:_CELL_CHARS]
            sheet.write_string(row, column, value)
        elif kind is bool:
            sheet.write_boolean(row, column, value)
        elif kind is int or kind is Decimal:
            if abs(value) <= _EXACT:
                sheet.write_number(row, column, value)
            else:
                sheet.write_string(row, column, str(value))
        elif kind is float:
            if math.isfinite(value):
                sheet.write_number(row, column, value)
        elif isinstance(value, date) and value.year < 1900:  # before a spreadsheet's calendar
            sheet.write_string(row, column, str(value))
        elif isinstance(value, date):
            style = self._moment if isinstance(value, datetime) else self._day
            sheet.write_datetime(row, column, value, style)
        else:
            sheet.write_string(row, column, str(value))

    def _new_sheet(self) -> None:
        self._sheets += 1
        name = _("数据") if self._sheets == 1 else _("数据 {n}", n=self._sheets)
        self._sheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        for index, (field, width) in enumerate(zip(self._schema, self._widths, strict=True)):
            self._sheet.set_column(index, index, width)
            self._sheet.write_string(0, index, field.name[:_CELL_CHARS], self._bold)
        self._row = 1

    def _end_sheet(self) -> None:
        if len(self._schema):
            self._sheet.autofilter(0, 0, max(self._row - 1, 0), len(self._schema) - 1)


def _width(field: pa.Field) -> float:
    """Wide enough for the header (a Chinese character takes two) and for what the type shows."""
    header = sum(2 if ord(letter) > 0x2E80 else 1 for letter in field.name) + 4
    least = 10
    if pa.types.is_timestamp(field.type):
        least = 20
    elif pa.types.is_string(field.type):
        least = 16
    return float(min(max(header, least), 50))
