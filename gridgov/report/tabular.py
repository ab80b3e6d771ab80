"""Tables to files that open in Excel and WPS: CSV, xlsx and Parquet, batch after batch.

Whatever the number of rows, one batch is held at a time. A cell that a spreadsheet would take
for a formula is text in xlsx and carries an apostrophe in CSV.

    with open_writer("xlsx", path, about) as writer:
        writer.begin(schema)
        for batch in batches:
            writer.write(batch)
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal, Self, TypeAlias, get_args

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.report.tabular_cells import (
    harmless_text,
    plain_column,
    plain_schema,
    readable_column,
)
from gridgov.report.tabular_xlsx import XlsxBook

__all__ = [
    "FORMATS",
    "MIME",
    "About",
    "Format",
    "Tabular",
    "TabularWriter",
    "format_of",
    "open_writer",
    "table_bytes",
    "write_table",
]

Format = Literal["csv", "xlsx", "parquet"]
Tabular: TypeAlias = pa.Table | pa.RecordBatchReader | pd.DataFrame
FORMATS: tuple[Format, ...] = get_args(Format)
MIME = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
_BATCH_ROWS = 16_384


@dataclass(frozen=True)
class About:
    """What a reader of the file must know years later; a sheet of its own in xlsx.

    filters      what was chosen: (name, value)
    definitions  what the columns mean: (name, definition)
    made_at      local time at which the file was made
    data_version published version of the data, with its date
    """

    title: str
    made_at: datetime
    data_version: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    def lines(self) -> list[tuple[str, str]]:
        """Everything as (name, value) in reading order."""
        moment = self.made_at.strftime("%Y-%m-%d %H:%M:%S")
        lines = [(_("名称"), self.title), (_("生成时间"), moment)]
        if self.data_version:
            lines.append((_("数据版本"), self.data_version))
        lines += [(_("筛选：{name}", name=name), value) for name, value in self.filters]
        lines += [(_("口径：{name}", name=name), value) for name, value in self.definitions]
        return lines + [(_("说明"), note) for note in self.notes]


@dataclass
class TabularWriter:
    """Takes a schema, then batches; closed it is a whole file. `rows` counts what went in."""

    format: Format
    target: Path | BinaryIO
    about: About
    rows: int = 0
    _open: Any = field(default=None, repr=False)
    _stream: BinaryIO | None = field(default=None, repr=False)
    _schema: pa.Schema | None = field(default=None, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.close()

    def begin(self, schema: pa.Schema) -> None:
        """The columns; called once, before the first batch."""
        self._schema = plain_schema(schema)
        if self.format == "xlsx":
            self._open = XlsxBook(self.target, self._schema, self.about.title, self.about.lines)
            return
        is_path = isinstance(self.target, Path)
        self._stream = self.target.open("wb") if isinstance(self.target, Path) else None
        stream = self._stream if is_path else self.target
        if self.format == "parquet":
            meta = {"gridgov": json.dumps(self.about.lines(), ensure_ascii=False)}
            schema = self._schema.with_metadata(meta)
            self._open = pq.ParquetWriter(stream, schema, compression="zstd")
            return
        assert stream is not None and not isinstance(stream, Path)
        stream.write(b"\xef\xbb\xbf")
        self._open = pa.csv.CSVWriter(stream, _csv_schema(self._schema))

    def write(self, batch: pa.RecordBatch) -> None:
        """One batch of the schema given before."""
        assert self._schema is not None
        columns = [plain_column(column) for column in batch.columns]
        self.rows += batch.num_rows
        if self.format == "csv":
            columns = [readable_column(column) for column in columns]
            schema = _csv_schema(self._schema)
        else:
            schema = self._schema
        self._open.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))

    def close(self) -> None:
        """Finish the file; a second call does nothing."""
        if self._open is not None:
            self._open.close()
            self._open = None
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def open_writer(format_: Format, target: Path | BinaryIO, about: About) -> TabularWriter:
    """A writer for `target`, to be used in a `with`."""
    return TabularWriter(format_, target, about)


def write_table(table: Tabular, target: Path | BinaryIO, format_: Format, about: About) -> int:
    """Write a whole table, frame or stream of batches; the number of rows."""
    schema, batches = _batches(table)
    with open_writer(format_, target, about) as writer:
        writer.begin(schema)
        for batch in batches:
            writer.write(batch)
    return writer.rows


def table_bytes(table: Tabular, format_: Format, about: About) -> bytes:
    """The file as bytes, for a download button over a small table."""
    buffer = io.BytesIO()
    write_table(table, buffer, format_, about)
    return buffer.getvalue()


def format_of(path: Path) -> Format:
    """The format that a file's name asks for; raises UsageError for any other."""
    suffix = path.suffix.lower().lstrip(".")
    for format_ in FORMATS:
        if suffix == format_:
            return format_
    raise UsageError(
        _("不认识的文件类型“{name}”，请用 .csv、.xlsx 或 .parquet", name=path.suffix or path.name)
    )


def _batches(table: Tabular) -> tuple[pa.Schema, Iterable[pa.RecordBatch]]:
    if isinstance(table, pd.DataFrame):
        table = pa.Table.from_pandas(table, preserve_index=False)
    if isinstance(table, pa.Table):
        return table.schema, table.to_batches(max_chunksize=_BATCH_ROWS)
    return table.schema, table


def _csv_schema(schema: pa.Schema) -> pa.Schema:
    fields = []
    for column in schema:
        kind = column.type
        as_text = pa.types.is_timestamp(kind) or pa.types.is_decimal(kind)
        fields.append(pa.field(harmless_text(column.name), pa.string() if as_text else kind))
    return pa.schema(fields)
