"""The tables as the files that a clerk would have exported.

A file is made of parts, one a community: its `head` is written once, then the bodies in order.
Parts are plain bytes, so that other processes can make them.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import xlsxwriter

from etl.sample_mark import MANIFEST
from gridgov.schema import TABLES

__all__ = ["HEADERS", "Folder", "Part", "book", "csv", "headers"]

HEADERS = {
    "visit": {"household": "走访地址", "mode": "走访方式", "category": "人员类别"},
    "complaint": {"nature": "诉求性质", "household": "诉求地址", "category": "问题类型"},
    "activity": {
        "started_at": "活动开始时间", "ended_at": "活动结束时间", "attendances": "参与人数"
    },
    "worker": {"worker_id": "工号"},
    "worker_alias": {"alias": "系统账号", "worker_id": "工号"},
    "tenure": {"worker_id": "工号"},
    "household": {"household": "门牌号"},
}  # fmt: skip
_CREATED = datetime(2026, 11, 2, 9, 0, 0)
_BYTE_ORDER_MARK = "\ufeff"
_QUOTED = ("grid",)  # outlines hold commas; nothing else that the sample writes needs a quote


@dataclass(frozen=True)
class Part:
    """Bytes for the end of the file `name`; `head` comes before the first part only."""

    name: str
    head: bytes
    body: bytes


def headers(table: str, columns: list[str]) -> list[str]:
    """The headers that stand above the columns of `table` in the files."""
    chosen = HEADERS.get(table, {})
    return [chosen.get(name, TABLES[table].column(name).label) for name in columns]


def _plain(array: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(array, pa.string()) if pa.types.is_dictionary(array.type) else array


def csv(table: str, name: str, rows: pa.Table, encoding: str = "utf-8") -> Part:
    """`rows` as CSV in UTF-8 with a byte-order mark, or in GB18030 as older systems write it."""
    head = ",".join(headers(table, rows.column_names)) + "\n"
    plain = pa.table([_plain(column) for column in rows.columns], names=rows.column_names)
    options = pyarrow.csv.WriteOptions(
        include_header=False,
        quoting_style="needed" if table in _QUOTED else "none",
        batch_size=8_192,
    )
    sink = pa.BufferOutputStream()
    pyarrow.csv.write_csv(plain, sink, options)
    body = sink.getvalue().to_pybytes()
    if encoding == "utf-8":
        return Part(name, (_BYTE_ORDER_MARK + head).encode(), body)
    return Part(name, head.encode(encoding), body.decode().encode(encoding))


def book(
    table: str, name: str, sheets: dict[str, pa.Table], title: str = "", total: str = ""
) -> Part:
    """A workbook with one sheet per entry. `title` stands above the header; `total` names a
    column whose sum stands under the last sheet, as people do."""
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    made.set_properties({"created": _CREATED})
    bold = made.add_format({"bold": True})
    styles = {
        "timestamp[s]": made.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "date32[day]": made.add_format({"num_format": "yyyy-mm-dd"}),
    }
    top = 1 if title else 0
    for sheet_name, rows in sheets.items():
        sheet = made.add_worksheet(sheet_name)
        if title:
            sheet.write_string(0, 0, title, bold)
        sheet.write_row(top, 0, headers(table, rows.column_names), bold)
        for number, column in enumerate(rows.columns):
            values = _plain(column).to_pylist()
            sheet.write_column(top + 1, number, values, styles.get(str(column.type)))
    if total:
        sheet.write_string(top + 1 + len(rows), 0, "合计", bold)
        place = rows.column_names.index(total)
        sheet.write_number(top + 1 + len(rows), place, pc.sum(rows[total]).as_py())
    made.close()
    return Part(name, b"", _stored(buffer.getvalue()))


def _stored(packed: bytes) -> bytes:
    """The workbook packed without compression and without dates: builds of zlib differ in what they
    make of the same bytes, and the sample must not."""
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as source, zipfile.ZipFile(again, "w") as target:
        for entry in source.infolist():
            plain = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            plain.create_system = 0  # else the bytes would tell Windows from Linux
            target.writestr(plain, source.read(entry))
    return again.getvalue()


class Folder:
    """Collects parts into files; leaving the context writes the manifest with their hashes."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._open: dict[str, io.BufferedWriter] = {}
        self._hashes: dict[str, hashlib._Hash] = {}
        out.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Folder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._open.values():
            file.close()
        if kind is None:
            marks = sorted((name, mark.hexdigest()) for name, mark in self._hashes.items())
            text = "".join(f"{digest}  {name}\n" for name, digest in marks)
            (self._out / MANIFEST).write_text(text, encoding="utf-8", newline="\n")

    def add(self, part: Part) -> None:
        """Write a part to the end of its file."""
        pieces = [part.body]
        if part.name not in self._open:
            self._open[part.name] = (self._out / part.name).open("wb")
            self._hashes[part.name] = hashlib.sha256()
            pieces.insert(0, part.head)
        for piece in pieces:
            self._open[part.name].write(piece)
            self._hashes[part.name].update(piece)
