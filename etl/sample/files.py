"""The tables as the files that a clerk would have exported."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import xlsxwriter

from etl.sample_mark import MANIFEST
from gridgov.schema import TABLES

__all__ = ["HEADERS", "Folder", "headers"]

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
_QUOTED = ("grid",)  # outlines hold commas; nothing else that the sample writes needs a quote
_WAITING = 24  # tables that may wait for the disk


def headers(table: str, columns: list[str]) -> list[str]:
    """The headers that stand above the columns of `table` in the files."""
    chosen = HEADERS.get(table, {})
    return [chosen.get(name, TABLES[table].column(name).label) for name in columns]


def _plain(array: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(array, pa.string()) if pa.types.is_dictionary(array.type) else array


class Folder:
    """Writes files into a folder; rows for the same CSV may come in several parts.

    CSV files are written by a thread beside the one that draws the numbers, in the order of the
    calls. Leaving the context waits for it and writes the manifest of all files.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self._files: dict[str, pa.NativeFile] = {}
        self._writers: dict[str, pyarrow.csv.CSVWriter] = {}
        self._written: dict[str, None] = {}
        self._thread = ThreadPoolExecutor(1)
        self._waiting: deque[Future[None]] = deque()
        out.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Folder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            while self._waiting:
                self._waiting.popleft().result()
        finally:
            self._thread.shutdown()
            for writer in self._writers.values():
                writer.close()
            for file in self._files.values():
                file.close()
        if kind is None:
            self._write_manifest()

    def csv(self, table: str, name: str, rows: pa.Table) -> None:
        """Append `rows` to the CSV `name`: UTF-8 with a byte-order mark."""
        self._later(self._append, table, name, rows)

    def gb18030(self, table: str, name: str, rows: pa.Table) -> None:
        """Append `rows` to the CSV `name` as older systems write it."""
        self._later(self._append_gb18030, table, name, rows)

    def _later(
        self, write: Callable[[str, str, pa.Table], None], table: str, name: str, rows: pa.Table
    ) -> None:
        self._written[name] = None
        self._waiting.append(self._thread.submit(write, table, name, rows))
        while len(self._waiting) > _WAITING:
            self._waiting.popleft().result()

    def _append(self, table: str, name: str, rows: pa.Table) -> None:
        names = headers(table, rows.column_names)
        rows = pa.table([_plain(column) for column in rows.columns], names=names)
        if name not in self._writers:
            self._files[name] = pa.OSFile(str(self.out / name), "wb")
            self._files[name].write(b"\xef\xbb\xbf")
            options = pyarrow.csv.WriteOptions(
                quoting_style="needed" if table in _QUOTED else "none",
                quoting_header="none",
                batch_size=8_192,
            )
            self._writers[name] = pyarrow.csv.CSVWriter(
                self._files[name], rows.schema, write_options=options
            )
        self._writers[name].write_table(rows)

    def _append_gb18030(self, table: str, name: str, rows: pa.Table) -> None:
        is_new = name not in self._files
        if is_new:
            self._files[name] = pa.OSFile(str(self.out / name), "wb")
        text = io.BytesIO()
        options = pyarrow.csv.WriteOptions(
            quoting_style="none", quoting_header="none", include_header=is_new
        )
        rows = rows.rename_columns(headers(table, rows.column_names))
        pyarrow.csv.write_csv(rows, text, options)
        self._files[name].write(text.getvalue().decode("utf-8").encode("gb18030"))

    def xlsx(
        self, table: str, name: str, sheets: dict[str, pa.Table], title: str = "", total: str = ""
    ) -> None:
        """A workbook with one sheet per entry. `title` stands above the header; `total` names a
        column whose sum stands under the last sheet, as people do."""
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
        book.set_properties({"created": _CREATED})
        bold = book.add_format({"bold": True})
        styles = {
            "timestamp[s]": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "date32[day]": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        top = 1 if title else 0
        for sheet_name, rows in sheets.items():
            sheet = book.add_worksheet(sheet_name)
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
        book.close()
        (self.out / name).write_bytes(_stored(buffer.getvalue()))
        self._written[name] = None

    def _write_manifest(self) -> None:
        lines = []
        for name in sorted(self._written):
            with (self.out / name).open("rb") as handle:
                lines.append(f"{hashlib.file_digest(handle, 'sha256').hexdigest()}  {name}\n")
        (self.out / MANIFEST).write_text("".join(lines), encoding="utf-8", newline="\n")


def _stored(book: bytes) -> bytes:
    """The workbook packed without compression and without dates: builds of zlib differ in what they
    make of the same bytes, and the sample must not."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(packed, "w") as target:
        for entry in source.infolist():
            plain = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            plain.create_system = 0  # else the bytes would tell Windows from Linux
            target.writestr(plain, source.read(entry))
    return packed.getvalue()
