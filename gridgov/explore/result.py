"""What a query gives back: a table, how much of it there was, and how long it took."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from gridgov.errors import QueryError
from gridgov.locale import _

__all__ = ["Column", "SqlResult", "columns_of", "open_batches", "tidy_table"]

_FIRST_DAY = (date.min - date(1970, 1, 1)).days
_LAST_DAY = (date.max - date(1970, 1, 1)).days
_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


@dataclass(frozen=True)
class Column:
    """Name and plain type ("text", "number", "date", "time", "yes_no", "other") of a column."""

    name: str
    kind: str


@dataclass(frozen=True)
class SqlResult:
    """An answer.

    cut        None, or what cut the answer short: "rows" or "bytes"
    row_count  rows in `table`; the query may have had more where `cut` is set
    """

    table: pa.Table
    cut: str | None
    row_count: int
    elapsed_seconds: float
    engine_seconds: float
    columns: tuple[Column, ...]
    hardening: tuple[str, ...] = ()

    @property
    def truncated(self) -> bool:
        """Whether rows are missing at the end."""
        return self.cut is not None

    @property
    def plan(self) -> str | None:
        """The text of an EXPLAIN, or None for any other answer."""
        if self.table.column_names != ["explain_key", "explain_value"]:
            return None
        return "\n".join(str(value) for value in self.table.column(1).to_pylist())


def open_batches(source: io.RawIOBase) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Schema and validated batches of an Arrow stream whose sender is not trusted."""
    reader = pa.ipc.open_stream(io.BufferedReader(source, 1 << 20))
    schema = _unique_names(reader.schema)

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in reader:
            batch.validate(full=True)
            _require_calendar(batch)
            yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)

    return schema, batches()


def _require_calendar(batch: pa.RecordBatch) -> None:
    """Raise QueryError for a day before the year 1 or after 9999: Python and spreadsheets have
    none, and a date that came out as another one would be worse than no answer."""
    for place, column in enumerate(batch.columns):
        if not all(_is_in_calendar(part) for part in _moments(column)):
            raise QueryError(
                _(
                    "第 {n} 列有公元元年以前或 9999 年以后的日期，列不出来；"
                    "请去掉这些行，或写 CAST(列 AS VARCHAR) 转成文字",
                    n=place + 1,
                )
            )


def _moments(column: pa.Array) -> Iterator[pa.Array]:
    """The dates and times of a column, those inside its lists and structures among them."""
    kind = column.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        yield column
    elif pa.types.is_struct(kind):
        for part in column.flatten():
            yield from _moments(part)
    elif pa.types.is_map(kind):
        yield from _moments(column.keys)
        yield from _moments(column.items)
    elif pa.types.is_nested(kind) and not pa.types.is_union(kind):
        yield from _moments(column.flatten())


def _is_in_calendar(moments: pa.Array) -> bool:
    kind = moments.type
    a_day = 1
    if not pa.types.is_date32(kind):
        unit = kind.unit if pa.types.is_timestamp(kind) else "ms"
        a_day = 86_400 * _A_SECOND[unit]
    whole = moments.view(pa.int32() if pa.types.is_date32(kind) else pa.int64())
    ends = pc.min_max(whole)
    least, most = ends["min"].as_py(), ends["max"].as_py()
    return least is None or (least >= _FIRST_DAY * a_day and most < (_LAST_DAY + 1) * a_day)


def tidy_table(table: pa.Table) -> pa.Table:
    """Whole-number decimals (what `sum` of integers gives) as int64 where every value fits."""
    for index, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type) and field.type.scale == 0:
            try:
                column = table.column(index).cast(pa.int64())
            except pa.ArrowInvalid:
                continue
            table = table.set_column(index, pa.field(field.name, pa.int64()), column)
    return table


def columns_of(schema: pa.Schema) -> tuple[Column, ...]:
    """The columns of a schema with their plain types."""
    return tuple(Column(field.name, _kind(field.type)) for field in schema)


def _kind(kind: pa.DataType) -> str:
    tests = {
        "yes_no": pa.types.is_boolean,
        "date": pa.types.is_date,
        "time": pa.types.is_timestamp,
    }
    for name, test in tests.items():
        if test(kind):
            return name
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
        return "text"
    return "other"


def _unique_names(schema: pa.Schema) -> pa.Schema:
    """Two columns of one name become `name` and `name (2)`: tables on a page need unique names."""
    seen: set[str] = set()
    fields = []
    for field in schema:
        name, number = field.name, 1
        while name in seen:
            number += 1
            name = f"{field.name} ({number})"
        seen.add(name)
        fields.append(field.with_name(name))
    return pa.schema(fields)
