"""The process that runs one analyst's query and dies.

It imports the engine, waits for one request on its standard input (a length of four bytes and
JSON), confines itself, opens the database read-only, runs one statement, streams the rows as
frames on its standard output and exits. The parent trusts nothing that comes out of it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import sys
import time
import warnings
from collections.abc import Iterator
from datetime import date, datetime
from datetime import time as clock
from decimal import Decimal
from importlib.abc import MetaPathFinder
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa

from gridgov.explore.child_catalogue import catalogue_relation
from gridgov.explore.child_confine import after_open, before_open
from gridgov.explore.child_statement import Refused, checked_statement
from gridgov.explore.child_stream import read_rows, send_rows, send_trailer
from gridgov.explore.limits import Limits

__all__ = ["main"]

_DECODE = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": clock.fromisoformat,
    "decimal": Decimal,
}
_BOLTS = (
    "secret_directory = ''",
    "home_directory = '/nowhere'",
    "enable_progress_bar = false",
    "TimeZone = 'Asia/Shanghai'",
    "enable_external_access = false",
    "errors_as_json = true",
    "lock_configuration = true",
)


class _NoPandas(MetaPathFinder):
    """Says that pandas is not installed: engine and Arrow look for it and do without."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name.partition(".")[0] == "pandas":
            raise ModuleNotFoundError(name)


def open_locked(database: str, limits: Limits) -> duckdb.DuckDBPyConnection:
    """The database read-only, with everything that reaches outside switched off and locked."""
    connection = duckdb.connect(
        database,
        read_only=True,
        config={
            "autoload_known_extensions": "false",
            "autoinstall_known_extensions": "false",
            "allow_community_extensions": "false",
            "allow_persistent_secrets": "false",
            "python_enable_replacements": "false",
            "memory_limit": f"{limits.engine_bytes // 1024}KiB",
            "threads": str(limits.threads),
            "temp_directory": "",
            "max_temp_directory_size": "0B",
        },
    )
    for bolt in _BOLTS:
        connection.execute(f"SET {bolt}")
    return connection


def main() -> None:
    """Serve one request from standard input to standard output, then leave without clean-up."""
    warnings.simplefilter("ignore")
    pipe = _take_over_output()
    _warm_up()
    request = _read_request(sys.stdin.buffer)
    if request is None:
        os._exit(0)
    try:
        trailer = _serve(pipe, request)
    except Refused as refused:
        trailer = {
            "kind": "refused",
            "code": refused.code,
            "detail": refused.detail[:200],
            "position": refused.position,
        }
    except MemoryError:
        trailer = {"kind": "Out of Memory", "message": ""}
    except RecursionError:
        trailer = {"kind": "depth", "message": ""}
    except Exception as error:  # the parent must get a sentence, whatever happened
        trailer = {"kind": type(error).__name__, "message": str(error)[:20_000]}
    with contextlib.suppress(BrokenPipeError, MemoryError):
        send_trailer(pipe, trailer)
    os._exit(0)


def _take_over_output() -> BinaryIO:
    """The pipe to the parent, out of reach of anything that prints (the engine shows progress)."""
    pipe = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return pipe


def _serve(pipe: BinaryIO, request: dict[str, Any]) -> dict[str, Any]:
    limits = Limits(**request["limits"])
    started = time.perf_counter()
    before_open(limits)
    try:
        connection = open_locked(request["database"], limits)
    except (duckdb.Error, RuntimeError) as error:
        return {"kind": "open", "message": str(error)[:2000]}
    hardening = after_open()
    if request["mode"] == "catalogue":
        found = read_rows(catalogue_relation(connection))
    else:
        found = _rows(connection, request)
    rows, cut = send_rows(pipe, *found, request["max_rows"], limits.result_bytes)
    return {
        "kind": "done",
        "rows": rows,
        "cut": cut,
        "seconds": time.perf_counter() - started,
        "hardening": hardening,
    }


def _rows(
    connection: duckdb.DuckDBPyConnection, request: dict[str, Any]
) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """The answer, its first rows read.

    A whole number is a number first. Where the engine meets text in its place that is none (12345
    among the sources of complaints), the parameter is the text that was typed.
    """
    sql: str = request["sql"]
    statement = checked_statement(connection, sql)
    used = _used(statement, request["parameters"])
    as_text = {name: str(value) if type(value) is int else value for name, value in used.items()}
    try:
        return read_rows(_relation(connection, statement, sql, used))
    except (duckdb.ConversionException, OSError) as error:
        if as_text == used or "Could not convert string" not in str(error):
            raise
    return read_rows(_relation(connection, statement, sql, as_text))


def _used(statement: duckdb.Statement, given: dict[str, Any]) -> dict[str, Any]:
    """The values of the statement's own parameters; the engine's names know no case."""
    known = {name.lower(): _decoded(value) for name, value in given.items()}
    missing = sorted(name for name in statement.named_parameters if name.lower() not in known)
    if missing:
        raise Refused("parameter", missing[0])
    return {name: known[name.lower()] for name in statement.named_parameters}


def _relation(
    connection: duckdb.DuckDBPyConnection,
    statement: duckdb.Statement,
    sql: str,
    used: dict[str, Any],
) -> duckdb.DuckDBPyRelation:
    try:
        relation = connection.sql(statement, params=used or None)
    except duckdb.Error as error:
        raise _with_position(connection, sql, used, error) from None
    if relation is None:
        raise Refused("statement", "")
    return relation


def _with_position(
    connection: duckdb.DuckDBPyConnection, sql: str, used: dict[str, Any], error: duckdb.Error
) -> duckdb.Error:
    """The same error with its place: relations lose it, EXPLAIN of the same text tells it."""
    if '{"exception_type"' in str(error):
        return error
    with contextlib.suppress(duckdb.Error):
        connection.rollback()
    try:
        connection.execute("EXPLAIN\n" + sql, used or None)
    except duckdb.Error as second:
        if type(second) is type(error) and '{"exception_type"' in str(second):
            return type(error)(f"@{len('EXPLAIN ')}@{second}")
    return error


def _decoded(value: Any) -> Any:
    if isinstance(value, dict):
        return _DECODE[value["type"]](value["value"])
    return value


def _read_request(source: BinaryIO) -> dict[str, Any] | None:
    header = source.read(4)
    if len(header) < 4:
        return None
    payload = source.read(struct.unpack(">I", header)[0])
    request: dict[str, Any] = json.loads(payload)
    return request


def _warm_up() -> None:
    """Do once, while waiting, what the first query would otherwise pay for.

    Everything that is imported late must be imported here: once confined, no file can be opened.
    pandas is never needed, and its import would cost more than all the rest.
    """
    sys.meta_path.insert(0, _NoPandas())
    connection = duckdb.connect(":memory:", config={"threads": "1"})
    values = {"a": date(2026, 1, 1), "b": datetime(2026, 1, 1), "c": clock(1), "d": Decimal("1.5")}
    relation = connection.sql("SELECT $a, $b, $c, $d, '{}'::JSON, [1]", params=values)
    send_rows(io.BytesIO(), *read_rows(relation), 1, 1 << 20)
    duckdb.tokenize("SELECT 1")
    connection.close()


if __name__ == "__main__":
    main()
