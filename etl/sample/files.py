"""The tables as the files that a clerk would have exported."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import datetime
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import xlsxwriter

from gridgov.schema import TABLES

__all__ = ["HEADERS", "MANIFEST", "Folder", "headers"]

MANIFEST = "SAMPLE.sha256"
HEADERS = {
    "visit": {"household": "走访地址", "mode": "走访方式", "category": "人员类别"},
    "complaint": {"nature": "诉求性质", "household": "诉求地址", "category": "问题类型"},
    "activity": {
        "started_at": "活动开始时间",
        "ended_at": "活动结束时间",
        "attendances": "参与人数",
    },
    "worker": {"worker_id": "工号"},
    "worker_alias": {"alias": "系统账号", "worker_id": "工号"},
    "tenure": {"worker_id": "工号"},
    "household": {"household": "门牌号"},
}
_CREATED = datetime(2026, 11, 2, 9, 0, 0)
_GB18030 = ("complaint",)


def headers(table: str, columns: list[str]) -> list[str]:
    """The headers that stand above the columns of `table` in the files."""
    chosen = HEADERS.get(table, {})
    return [chosen.get(name, TABLES[table].column(name).label) for name in columns]


def _plain(array: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    return pc.cast(array, pa.string()) if pa.types.is_dictionary(array.type) else array


class Folder:
    """Writes files into a folder; rows for the same CSV may come in several parts."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self._open: dict[str, tuple[io.BufferedWriter, pyarrow.csv.CSVWriter | None]] = {}
        self._written: list[str] = []
        out.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Folder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for handle, writer in self._open.values():
            if writer is not None:
                writer.close()
            handle.close()
        if kind is None:
            self._write_manifest()

    def csv(self, table: str, name: str, rows: pa.Table) -> None:
        """Append `rows` to the CSV `name`: UTF-8 with a byte-order mark, complaints in GB18030."""
        rows = rows.rename_columns(headers(table, rows.column_names))
        if table in _GB18030:
            self._append_gb18030(name, rows)
            return
        if name not in self._open:
            handle = (self.out / name).open("wb")
            handle.write(b"\xef\xbb\xbf")
            options = pyarrow.csv.WriteOptions(quoting_style="needed", batch_size=8_192)
            self._open[name] = (
                handle,
                pyarrow.csv.CSVWriter(handle, rows.schema, write_options=options),
            )
            self._written.append(name)
        writer = self._open[name][1]
        assert writer is not None
        writer.write_table(rows)

    def _append_gb18030(self, name: str, rows: pa.Table) -> None:
        is_new = name not in self._open
        if is_new:
            self._open[name] = (self.out / name).open("wb"), None
            self._written.append(name)
        text = io.BytesIO()
        options = pyarrow.csv.WriteOptions(quoting_style="needed", include_header=is_new)
        pyarrow.csv.write_csv(rows, text, options)
        self._open[name][0].write(text.getvalue().decode("utf-8").encode("gb18030"))

    def xlsx(
        self, table: str, name: str, sheets: dict[str, pa.Table], title: str = "", total: str = ""
    ) -> None:
        """A workbook with one sheet per entry. `title` stands above the header; `total` names a
        column whose sum stands under the last sheet, as people do."""
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
        book.set_properties({"created": _CREATED, "author": "东山社区"})
        bold = book.add_format({"bold": True})
        when = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet_name, rows in sheets.items():
            sheet = book.add_worksheet(sheet_name)
            top = 1 if title else 0
            if title:
                sheet.write_string(0, 0, title, bold)
            sheet.write_row(top, 0, headers(table, rows.column_names), bold)
            for number, column in enumerate(rows.columns):
                style = {"timestamp[s]": when, "date32[day]": day}.get(str(column.type))
                sheet.write_column(top + 1, number, _plain(column).to_pylist(), style)
        if total:
            sheet.write_string(top + 1 + len(rows), 0, "合计", bold)
            place = rows.column_names.index(total)
            sheet.write_number(top + 1 + len(rows), place, pc.sum(rows[total]).as_py())
        book.close()
        (self.out / name).write_bytes(_stored(buffer.getvalue()))
        self._written.append(name)

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
            target.writestr(
                zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0)), source.read(entry)
            )
    return packed.getvalue()
