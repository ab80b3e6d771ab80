"""An analyst's answer as a file: all rows, streamed, without holding up anyone.

CSV and Parquet are written as the rows come. A workbook of a million rows takes a minute of pure
Python, so the rows are put down first (the query's process is gone by then) and a process of its
own turns them into the workbook.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa

from gridgov.errors import QueryError, UsageError
from gridgov.explore.limits import DOWNLOAD_LIMITS, Limits
from gridgov.explore.sandbox import stream_sql
from gridgov.explore.sandbox_process import Cancel
from gridgov.locale import _, language
from gridgov.report.tabular import About, Format, format_of, open_writer

__all__ = ["Export", "export_sql", "write_spooled"]

_ROOT = str(Path(__file__).resolve().parents[2])
_BOOT = (
    "import sys;sys.path.insert(0,sys.argv[1]);"
    "from gridgov.explore.export_process import main;main()"
)
_WRITER_SECONDS = 1800.0  # a million rows take a minute and a half of an idle processor


@dataclass(frozen=True)
class Export:
    """A file that was written: what the audit record and the page say of it."""

    path: Path
    format: Format
    rows: int
    size_bytes: int
    elapsed_seconds: float


class _Spool:
    """Rows put down in Arrow's own file format."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pa.ipc.RecordBatchFileWriter | None = None

    def begin(self, schema: pa.Schema) -> None:
        self._writer = pa.ipc.new_file(str(self._path), schema)

    def write(self, batch: pa.RecordBatch) -> None:
        assert self._writer is not None
        self._writer.write_batch(batch)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def export_sql(
    database: Path,
    sql: str,
    out: Path,
    about: About,
    *,
    parameters: Mapping[str, object] | None = None,
    limits: Limits = DOWNLOAD_LIMITS,
    owner: str | None = None,
    cancel: Cancel | None = None,
) -> Export:
    """Run a statement and write every row to `out`; its suffix says the format.

    The file appears whole or not at all. Raises QueryError as `stream_sql` does, UsageError for
    a suffix or folder that will not do.
    """
    format_ = format_of(out)
    if not out.parent.is_dir():
        raise UsageError(_("文件夹“{name}”不存在，请先建好", name=out.parent.name))
    started = time.perf_counter()
    cancel = cancel or Cancel()
    ask = partial(
        stream_sql,
        database,
        sql,
        parameters=parameters,
        limits=limits,
        owner=owner,
        cancel=cancel,
    )
    try:
        with tempfile.TemporaryDirectory(prefix=".gridgov-export-", dir=out.parent) as folder:
            part = Path(folder) / f"part.{format_}"
            rows = _write(ask, part, format_, about, cancel)
            size = part.stat().st_size
            part.replace(out)
    except OSError as error:
        raise QueryError(_not_written()) from error
    return Export(out, format_, rows, size, time.perf_counter() - started)


def _write(
    ask: Callable[..., int], part: Path, format_: Format, about: About, cancel: Cancel
) -> int:
    if format_ != "xlsx":
        with open_writer(format_, part, about) as writer:
            return ask(sink=writer)
    spool = part.with_name("rows.arrow")
    sink = _Spool(spool)
    try:
        rows = ask(sink=sink)
    finally:
        sink.close()
    write_spooled(spool, part, about, cancel)
    return rows


def _not_written() -> str:
    return _("文件没有写成，可能是磁盘已满；请清理后重试，或改用 CSV")


def write_spooled(spool: Path, out: Path, about: About, cancel: Cancel) -> None:
    """Turn spooled rows into a file in a process of its own; raises QueryError if that fails."""
    order = {
        "spool": str(spool),
        "out": str(out),
        "about": {**asdict(about), "made_at": about.made_at.isoformat()},
        "language": language(),
    }
    process = subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", "-c", _BOOT, _ROOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"TMPDIR": str(spool.parent)},
        start_new_session=True,
    )
    with process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(order).encode())
        process.stdin.close()
        deadline = time.monotonic() + _WRITER_SECONDS
        while process.poll() is None:
            if cancel.wanted or time.monotonic() > deadline:
                process.kill()
            time.sleep(0.05)
    if cancel.wanted:
        raise QueryError(_("已取消"))
    if process.returncode != 0:
        raise QueryError(_not_written())
