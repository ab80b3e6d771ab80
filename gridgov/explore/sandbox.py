"""Run an analyst's SQL where it can hurt nobody.

    result = run_sql(database, "SELECT count(*) FROM fact_visit", parameters={})

The text runs in a child process over a read-only file; see docs/sandbox.md for the walls and the
attacks that they were tried against.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import date, datetime
from datetime import time as clock
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from gridgov.errors import QueryError
from gridgov.explore.limits import DOWNLOAD_LIMITS, MIB, Limits
from gridgov.explore.result import SqlResult, columns_of, open_batches, tidy_table
from gridgov.explore.result_error import refusal, translated
from gridgov.explore.result_frames import FrameReader, Trailer
from gridgov.explore.sandbox_process import Cancel, Child, gate, spares
from gridgov.locale import _

__all__ = ["MAX_PAGE_ROWS", "Sink", "call_child", "request_for", "run_sql", "stream_sql", "warm_up"]

MAX_PAGE_ROWS = 100_000
_PROTOCOL_BYTES = 4 * MIB  # schema, padding and frame headers on top of the rows themselves
_T = TypeVar("_T")


class _SinkError(Exception):
    """Wraps what a sink raised, so that it is not taken for a broken child."""


class Sink(Protocol):
    """Where streamed rows go: told the columns once, then batch after batch."""

    def begin(self, schema: pa.Schema) -> None: ...

    def write(self, batch: pa.RecordBatch) -> None: ...


def warm_up() -> None:
    """Keep spare children from now on; a server calls this, a command that runs once does not."""
    spares.wanted = True
    spares.refill()


def run_sql(
    database: Path,
    sql: str,
    *,
    parameters: Mapping[str, object] | None = None,
    max_rows: int = MAX_PAGE_ROWS,
    limits: Limits | None = None,
    owner: str | None = None,
    cancel: Cancel | None = None,
    lead: int = 0,
) -> SqlResult:
    """Run one SELECT-like statement and return at most `max_rows` rows.

    `parameters` fills `$name` places. `owner` is who asks: one person has two places at a time.
    `lead`: so many characters were put before the analyst's text; errors count places after them.
    Raises QueryError with one sentence: refused, wrong, too big, too slow, cancelled, no place.
    """
    limits = limits or Limits()
    request = request_for("query", sql, parameters or {}, max_rows, limits)
    started = time.perf_counter()

    def read(reader: FrameReader) -> pa.Table:
        schema, batches = open_batches(reader)
        return pa.Table.from_batches(list(batches), schema=schema)

    table, trailer = call_child(
        database, request, limits, read, owner=owner, cancel=cancel, lead=lead
    )
    if trailer.cut == "bytes" and not table.num_rows:  # not even the first row fits
        raise QueryError(_too_much(limits))
    table = tidy_table(table)
    return SqlResult(
        table=table,
        cut=trailer.cut,
        row_count=table.num_rows,
        elapsed_seconds=time.perf_counter() - started,
        engine_seconds=trailer.seconds,
        columns=columns_of(table.schema),
        hardening=trailer.hardening,
    )


def stream_sql(
    database: Path,
    sql: str,
    sink: Sink,
    *,
    parameters: Mapping[str, object] | None = None,
    max_rows: int | None = None,
    limits: Limits = DOWNLOAD_LIMITS,
    owner: str | None = None,
    cancel: Cancel | None = None,
) -> int:
    """Run a statement and hand every row to `sink` as it comes; the number of rows.

    Raises QueryError as `run_sql` does, and where the answer is larger than
    `limits.result_bytes`: a download is whole or it is none. The sink may have written by then.
    What the sink raises comes through.
    """
    request = request_for("query", sql, parameters or {}, max_rows, limits)

    def read(reader: FrameReader) -> int:
        rows = 0
        schema, batches = open_batches(reader)
        with _outcome_of_sink():
            sink.begin(schema)
        for batch in batches:
            with _outcome_of_sink():
                sink.write(batch)
            rows += batch.num_rows
        return rows

    try:
        rows, trailer = call_child(database, request, limits, read, owner=owner, cancel=cancel)
    except _SinkError as error:
        raise error.args[0] from None
    if trailer.cut == "bytes":
        raise QueryError(_too_much(limits))
    return rows


@contextmanager
def _outcome_of_sink() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise _SinkError(error) from error


def call_child(
    database: Path,
    request: dict[str, Any],
    limits: Limits,
    read: Callable[[FrameReader], _T],
    *,
    owner: str | None = None,
    cancel: Cancel | None = None,
    lead: int = 0,
) -> tuple[_T, Trailer]:
    """Give one request to one child and read its answer; raises QueryError."""
    if not database.is_file():
        raise QueryError(_("还没有可供查询的数据副本，请先导入数据"))
    cancel = cancel or Cancel()
    request = {**request, "database": str(database.resolve())}
    with gate.place(owner, limits.queue_seconds, cancel) as entered:
        if not entered:
            raise QueryError(_("已取消") if cancel.wanted else _no_place(owner))
        child = _started(request)
        timer = threading.Timer(limits.seconds, child.kill, ("time",))
        timer.daemon = True
        timer.start()
        try:
            with cancel.watching(child):
                return _answer(child, request["sql"], limits, read, lead)
        finally:
            timer.cancel()
            child.kill("left over")
            child.close()
            spares.refill()


def _started(request: dict[str, Any]) -> Child:
    """A child that has the request; a spare found dead is replaced once."""
    child = spares.take()
    try:
        child.send(request)
    except BrokenPipeError:
        child.close()
        child = spares.take()
        child.send(request)
    return child


def _answer(
    child: Child, sql: str, limits: Limits, read: Callable[[FrameReader], _T], lead: int
) -> tuple[_T, Trailer]:
    reader = FrameReader(
        child.output, limits.result_bytes + limits.result_bytes // 8 + _PROTOCOL_BYTES
    )
    value: _T | None = None
    broken = False
    try:
        value = read(reader)
    except (pa.ArrowException, OSError, EOFError):
        broken = True
    with suppress(OSError):
        reader.finish()
    trailer = reader.trailer
    if trailer is not None and trailer.kind != "done" and child.killed_for is None:
        raise translated(trailer, sql, lead)
    if broken or trailer is None or value is None:
        raise _cut_off(child, reader, limits)
    return value, trailer


def _cut_off(child: Child, reader: FrameReader, limits: Limits) -> QueryError:
    """Why there is no whole answer."""
    if reader.overflow:
        child.kill("bytes")
        return QueryError(_too_much(limits))
    if child.killed_for == "cancelled":
        return QueryError(_("已取消"))
    status = child.close()
    if child.killed_for == "time" or status == -signal.SIGXCPU or status == -signal.SIGALRM:
        seconds = f"{limits.seconds:g}"
        return QueryError(_("查询超过 {n} 秒，已中止；请缩小时间或范围再试", n=seconds))
    if status < 0:
        return QueryError(
            _("查询用的内存太多或嵌套太深，查询进程已被系统中止；其他人不受影响，请缩小范围再试")
        )
    return QueryError(_("查询进程没有给出完整的结果，请重试"))


def _too_much(limits: Limits) -> str:
    size = max(1, limits.result_bytes // MIB)
    return _("结果太大，超过 {n} MB，已中止；请少选几列或缩小范围", n=size)


def _no_place(owner: str | None) -> str:
    if owner is not None:
        return _("您的其他查询还在运行，或同时查询的人太多；请等它们结束或取消后再试")
    return _("正在运行的查询太多，请稍后再试")


def request_for(
    mode: str, sql: str, parameters: Mapping[str, object], max_rows: int | None, limits: Limits
) -> dict[str, Any]:
    """What the child is sent, as JSON will carry it; raises QueryError for what it cannot."""
    if len(sql) > limits.sql_chars:
        raise QueryError(refusal("long", f"{limits.sql_chars:,}"))
    return {
        "mode": mode,
        "sql": _without_surrogates(sql),
        "parameters": {name: _encoded(name, value) for name, value in parameters.items()},
        "max_rows": max_rows,
        "limits": asdict(limits),
    }


def _without_surrogates(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _encoded(name: str, value: object) -> object:
    if isinstance(value, str):
        return _without_surrogates(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, datetime):  # before date: every datetime is a date
        return {"type": "datetime", "value": value.replace(tzinfo=None).isoformat()}
    for kind, sort in (("date", date), ("time", clock)):
        if isinstance(value, sort):
            return {"type": kind, "value": value.isoformat()}
    if isinstance(value, Decimal):
        return {"type": "decimal", "value": str(value)}
    raise QueryError(_("参数 ${name} 的值不是文字、数字或日期", name=name))
