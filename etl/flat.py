"""Parquet and JSON lines: columns have names already, so the names become the first row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pajson
import pyarrow.parquet as pq

from etl.columns import texts
from etl.sheet import PREVIEW_ROWS, stage_columns
from etl.sources import Source
from etl.workbook import cell_text
from gridgov.errors import DataFileError
from gridgov.locale import _

__all__ = ["FlatSheet"]


class FlatSheet:
    """A file of named columns. Lists become 、-joined labels, moments local text."""

    name = ""
    encoding = ""
    undecodable = 0

    def __init__(self, source: Source) -> None:
        self.source = source
        self.surplus: Mapping[int, Sequence[str]] = {}
        try:
            if source.kind == "parquet":
                self._table = _all_text(pq.read_table(source.file))
                self._counted = pq.read_metadata(source.file).num_rows
            else:
                self._table = _lines_as_text(source)
                with source.file.open("rb") as handle:
                    self._counted = sum(1 for line in handle if line.strip(b"\xef\xbb\xbf \t\r\n"))
            # Broken bytes in text only show when it is made into Python's.
            head = self._table.slice(0, PREVIEW_ROWS - 1).to_pylist()
            names = list(self._table.column_names)
            self.preview = [names, *([row[name] or "" for name in names] for row in head)]
        except (pa.ArrowException, OSError, ValueError, KeyError) as error:
            raise DataFileError(
                _(
                    "{path}：文件读不出来（{why}）",
                    path=source.path,
                    why=str(error).splitlines()[0][:120],
                )
            ) from error

    @property
    def records(self) -> int:
        """Rows by the file's own count, or its lines with anything in them; and the names."""
        return int(self._counted) + 1

    def stage(
        self, con: duckdb.DuckDBPyConnection, start: int, width: int, typed: str = ""
    ) -> None:
        """Make `raw`; see `etl.sheet.Sheet`."""
        body = self._table.slice(max(start - 1, 0))
        stage_columns(con, [body.column(at) for at in range(width)], typed, replace=True)


def _all_text(table: pa.Table) -> pa.Table:
    return pa.table({name: _as_text(table[name]) for name in table.column_names})


def _lines_as_text(source: Source) -> pa.Table:
    """The fast reader wants one type a column; what it refuses is read line by line."""
    try:
        table = pajson.read_json(source.file, pajson.ReadOptions(block_size=1 << 24))
        if not any(map(_is_nested, table.schema.types)):
            return _all_text(table)
    except pa.ArrowException:
        pass
    rows = list(_objects(source))
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: texts([_json_text(row.get(name)) for row in rows]) for name in names})


def _objects(source: Source) -> Iterator[dict[str, Any]]:
    with source.file.open("rb") as handle:
        for number, line in enumerate(handle, start=1):
            plain = line.removeprefix(b"\xef\xbb\xbf").strip()
            if not plain:
                continue
            try:
                # Python's own limit on digits and on depth, and broken bytes, end here too.
                row = json.loads(plain)
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict):
                raise ValueError(_("第 {n} 行不是一个 JSON 对象", n=number))
            yield row


def _json_text(value: object) -> str | None:
    """A value as a clerk would type it; several are joined, what has parts of its own is kept."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "、".join(value)
    if isinstance(value, bool | int | float):
        return cell_text(value)
    return json.dumps(value, ensure_ascii=False)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if (pa.types.is_list(kind) or pa.types.is_large_list(kind)) and not _is_nested(kind):
        return pc.binary_join(pc.cast(column, pa.list_(pa.string())), "、")
    if pa.types.is_timestamp(kind):
        local = (
            pc.local_timestamp(
                column if kind.tz is None else pc.cast(column, pa.timestamp("us", "Asia/Shanghai"))
            )
            if kind.tz
            else column
        )
        return pc.cast(pc.cast(local, pa.timestamp("s"), safe=False), pa.string())
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "是", "否")
    if pa.types.is_dictionary(kind):
        return pc.cast(column, kind.value_type)
    if pa.types.is_floating(kind):
        return _without_point(column)
    if _is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.chunked_array([texts([_python_text(one) for one in column.to_pylist()])])
    return pc.cast(column, pa.string())


def _is_nested(kind: pa.DataType) -> bool:
    return bool(pa.types.is_struct(kind) or pa.types.is_map(kind) or (pa.types.is_list(kind)
                and pa.types.is_nested(kind.value_type)))  # fmt: skip


def _without_point(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers of a column with gaps come as 1001.0: the point is the exporter's own."""
    whole = pc.and_(pc.equal(pc.floor(column), column), pc.less(pc.abs(column), 1e15))
    as_whole = pc.cast(pc.if_else(whole, column, None), pa.int64())
    return pc.coalesce(pc.cast(as_whole, pa.string()), pc.cast(column, pa.string()))


def _python_text(value: object) -> str | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)
