"""A whole page as one workbook: a sheet a figure, and a first sheet that says what it is."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pandas as pd
import xlsxwriter

from gridgov.labels import labelled
from gridgov.locale import _
from gridgov.report.tabular import About

__all__ = ["workbook_bytes"]

_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_NAME_LENGTH = 31


def workbook_bytes(sheets: Sequence[tuple[str, pd.DataFrame]], about: About) -> bytes:
    """An xlsx of (title, frame) pairs; text stays text, whatever it begins with."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        first = book.add_worksheet(_("说明"))
        first.set_column(0, 0, 24)
        first.set_column(1, 1, 90)
        for row, (name, value) in enumerate(about.lines()):
            first.write_string(row, 0, name, bold)
            first.write_string(row, 1, value, wrap)
        taken = {_("说明").lower()}
        for title, frame in sheets:
            sheet = book.add_worksheet(_sheet_name(title, taken))
            _write_frame(
                sheet, labelled(frame), bold, book.add_format({"num_format": "yyyy-mm-dd"})
            )
    return buffer.getvalue()


def _sheet_name(title: str, taken: set[str]) -> str:
    base = title.translate(_FORBIDDEN).strip()[:_NAME_LENGTH] or _("表")
    name, number = base, 2
    while name.lower() in taken:
        suffix = f" {number}"
        name, number = base[: _NAME_LENGTH - len(suffix)] + suffix, number + 1
    taken.add(name.lower())
    return name


def _write_frame(
    sheet: xlsxwriter.worksheet.Worksheet,
    frame: pd.DataFrame,
    bold: xlsxwriter.format.Format,
    day: xlsxwriter.format.Format,
) -> None:
    for column, name in enumerate(frame.columns):
        sheet.write_string(0, column, str(name), bold)
        values = frame.iloc[:, column]
        width = max([len(str(name)) * 2, *(len(str(value)) for value in values.head(200))])
        sheet.set_column(column, column, min(max(width, 8), 60) + 2)
        is_time = pd.api.types.is_datetime64_any_dtype(values)
        for row, value in enumerate(values, start=1):
            if value is None or (not isinstance(value, (list, tuple, dict)) and pd.isna(value)):
                continue
            if is_time:
                sheet.write_datetime(row, column, value.to_pydatetime(), day)
            elif isinstance(value, bool):
                sheet.write_boolean(row, column, value)
            elif pd.api.types.is_number(value):
                sheet.write_number(row, column, float(str(value)))
            else:
                sheet.write_string(row, column, str(value))
    sheet.freeze_panes(1, 0)
