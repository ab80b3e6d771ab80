"""What the reader of workbooks does not tell of .xlsx: cells that show an error or a formula nobody
has calculated (both come as empty), and from which year a workbook counts its days."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from etl.sources import Source

__all__ = ["cells_without_value", "counts_from_1904"]

# Unpacking a sheet once more takes a tenth of reading it. Larger ones are looked at only where the
# workbook says that it has formulas.
_ALWAYS = 24 << 20
_AT_ONCE = 1 << 20
_CELL_BYTES = 1 << 12
_SHEET = re.compile(r"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*\"([^\"]*)\"")
_IS_1904 = re.compile(r"<(?:\w+:)?workbookPr\s[^>]*date1904\s*=\s*\"(?:1|true)\"")
_FAULTY = re.compile(
    rb'<c\s+r="([A-Z]{1,3})(\d{1,7})"[^>]*?(?:\st="e"[^>]*>'
    rb"|>\s*(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>|</c>))"
)
_BROKEN = (zipfile.BadZipFile, OSError, KeyError, RuntimeError, NotImplementedError, ValueError)


def counts_from_1904(source: Source) -> bool:
    """True for a workbook in which day 0 is 1904-01-01: so did spreadsheets on a Mac."""
    if source.kind != "cells" or not zipfile.is_zipfile(source.file):
        return False
    try:
        with zipfile.ZipFile(source.file) as archive:
            return bool(_IS_1904.search(_text(archive, "xl/workbook.xml")))
    except _BROKEN:
        return False


def cells_without_value(file: Path, sheet: str) -> list[tuple[int, int]]:
    """(row from 1, column from 0) of such cells in a sheet of an .xlsx; none for other files."""
    if not zipfile.is_zipfile(file):
        return []
    try:
        with zipfile.ZipFile(file) as archive:
            part = _part(archive, sheet)
            if part is None:
                return []
            is_large = archive.getinfo(part).file_size > _ALWAYS
            if is_large and "xl/calcChain.xml" not in archive.namelist():
                return []
            return list(_faulty(archive, part))
    except _BROKEN:
        return []


def _faulty(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[int, int]]:
    seen: tuple[int, int] | None = None
    with archive.open(part) as reader:
        left = b""
        while block := reader.read(_AT_ONCE):
            data = left + block
            if b't="e"' in data or b"<f" in data:
                for found in _FAULTY.finditer(data):
                    cell = int(found[2]), _column(found[1])
                    # What lies across two blocks may be seen twice.
                    if seen is None or cell > seen:
                        seen = cell
                        yield cell
            left = data[-_CELL_BYTES:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _part(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Where in the archive a sheet lies."""
    listed = (_attributes(found) for found in _SHEET.findall(_text(archive, "xl/workbook.xml")))
    marks = [one.get("r:id", "") for one in listed if one.get("name") == sheet]
    for found in _RELATION.findall(_text(archive, "xl/_rels/workbook.xml.rels")):
        relation = _attributes(found)
        if relation.get("Id") in marks:
            target = relation.get("Target", "")
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return None


def _attributes(found: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(found)}


def _text(archive: zipfile.ZipFile, name: str) -> str:
    return archive.read(name).decode("utf-8", "replace")
