"""Values as spreadsheets must get them: harmless, readable, of a type the file can hold."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "harmless",
    "harmless_text",
    "legible",
    "plain_column",
    "plain_schema",
    "readable_column",
]

# A spreadsheet takes a cell that begins so for a formula; full-width signs count for some.
_BLANK = r"[\s\x{00a0}\x{200b}\x{3000}\x{feff}]*"
_FORMULA = rf"^{_BLANK}[=+\-@|%＝＋－＠]|^[\t\r\n]"
_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?$"
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{0080}-\x{009f}\x{202a}-\x{202e}\x{2066}-\x{2069}]"


def harmless(column: pa.Array) -> pa.Array:
    """Text without control characters, and with an apostrophe before what looks like a formula.

    A plain number that came as text ("-5", "+3.2") stays as it is.
    """
    column = pc.replace_substring_regex(column, pattern=_CONTROL, replacement="")
    suspect = pc.and_(
        pc.match_substring_regex(column, _FORMULA),
        pc.invert(pc.match_substring_regex(column, _NUMBER)),
    )
    if not pc.any(suspect).as_py():
        return column
    return pc.if_else(suspect, pc.binary_join_element_wise("'", column, ""), column)


def harmless_text(text: str) -> str:
    """`harmless` for one text, such as a header."""
    return str(harmless(pa.array([text], pa.string()))[0].as_py())


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The schema of columns after `plain_column`."""
    return pa.schema([pa.field(field.name, _plain_type(field.type)) for field in schema])


def plain_column(column: pa.Array) -> pa.Array:
    """A column that Parquet, CSV and xlsx can all hold: lists, structures and bytes become text."""
    target = _plain_type(column.type)
    if target == column.type:
        return column
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_dictionary(column.type) or pa.types.is_large_string(column.type):
        return column.cast(target)
    if pa.types.is_null(column.type) or pa.types.is_time(column.type):
        return column.cast(target)
    return pa.array([_as_text(value) for value in column.to_pylist()], pa.string())


def legible(table: pa.Table) -> pa.Table:
    """The table as a page lists it: lengths of time and bytes as text, all else as it is."""
    for place, field in enumerate(table.schema):
        if pa.types.is_interval(field.type) or pa.types.is_binary(field.type):
            column = plain_column(table.column(place).combine_chunks())
            table = table.set_column(place, field.name, column)
    return table


def readable_column(column: pa.Array) -> pa.Array:
    """A plain column as CSV shows it: whole seconds, decimals written out, text harmless."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        return pc.strftime(column.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%d %H:%M:%S")
    if pa.types.is_decimal(kind):
        return column.cast(pa.string())
    return harmless(column) if pa.types.is_string(kind) else column


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind):
        return kind if kind.tz is None else pa.string()
    keeps = (
        pa.types.is_boolean,
        pa.types.is_integer,
        pa.types.is_floating,
        pa.types.is_decimal128,
        pa.types.is_date,
    )
    return kind if any(test(kind) for test in keeps) else pa.string()


def _as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, pa.MonthDayNano):
        return _interval_text(value)
    if isinstance(value, (list, dict, tuple)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _interval_text(value: pa.MonthDayNano) -> str:
    """A length of time as the engine writes it: "1 month 3 days 02:00:00"."""
    parts = [
        f"{count} {unit}{'' if abs(count) == 1 else 's'}"
        for count, unit in ((value.months, "month"), (value.days, "day"))
        if count
    ]
    seconds, below = divmod(abs(value.nanoseconds), 1_000_000_000)
    if value.nanoseconds or not parts:
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        fraction = f".{below // 1000:06}" if below else ""
        parts.append(f"{'-' if value.nanoseconds < 0 else ''}{clock}{fraction}")
    return " ".join(parts)
