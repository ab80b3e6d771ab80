"""Open the sheets of a source, whatever its kind."""

from __future__ import annotations

from pathlib import Path

from etl.delimited import DelimitedSheet
from etl.flat import FlatSheet
from etl.mapping import Recipe
from etl.sheet import Sheet
from etl.sources import Source
from etl.workbook import open_workbook
from gridgov.errors import DataFileError
from gridgov.locale import _

__all__ = ["open_sheets"]


def open_sheets(source: Source, scratch: Path, recipe: Recipe | None) -> list[Sheet]:
    """The sheets that hold anything. Raises `DataFileError` where there is none."""
    sheets: list[Sheet]
    if source.kind == "text":
        given = recipe or Recipe()
        sheets = [DelimitedSheet(source, scratch, given.encoding, given.delimiter)]
    elif source.kind == "cells":
        sheets = list(open_workbook(source))
    else:
        sheets = [FlatSheet(source)]
    filled = [
        sheet for sheet in sheets if any(any(cell.strip() for cell in row) for row in sheet.preview)
    ]
    if not filled:
        raise DataFileError(_("{path}：文件里没有内容", path=source.path))
    return filled
