"""Parquet and JSON lines: columns have names already, so the names become the first row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pajson
import pyarrow.parquet as pq

from etl.sheet import PREVIEW_ROWS, stage_columns
from etl.sources import Source
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
            table = pq.read_table(source.file) if source.kind == "parquet" else _read_lines(source)
            self._table = pa.table({name: _as_text(table[name]) for name in table.column_names})
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
        return int(self._table.num_rows) + 1

    def stage(
        self, con: duckdb.DuckDBPyConnection, start: int, width: int, typed: str = ""
    ) -> None:
        """Make `raw`; see `etl.sheet.Sheet`."""
        body = self._table.slice(max(start - 1, 0))
        stage_columns(con, [body.column(at) for at in range(width)], typed, replace=True)


def _read_lines(source: Source) -> pa.Table:
    return pajson.read_json(source.file, pajson.ReadOptions(block_size=1 << 24))


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
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
    return pc.cast(column, pa.string())
