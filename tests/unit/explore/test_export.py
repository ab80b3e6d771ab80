"""Answers as files: whole, or not there at all."""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gridgov.errors import QueryError, UsageError
from gridgov.explore.export import export_sql
from gridgov.explore.limits import Limits
from gridgov.explore.sandbox import stream_sql
from gridgov.explore.sandbox_process import Cancel, spares
from gridgov.report.tabular import About, TabularWriter

ABOUT = About("走访", datetime(2026, 11, 23), data_version="7", definitions=(("SQL", "…"),))
SQL = "SELECT i AS 编号, '=' || i AS 内容 FROM range(5000) t(i)"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("copy") / "copy.duckdb"
    duckdb.connect(str(path)).close()
    yield path
    spares.close()


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_every_row_arrives(database: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out.{suffix}"
    done = export_sql(database, SQL, out, ABOUT)
    assert (done.path, done.format, done.rows) == (out, suffix, 5000)
    assert done.size_bytes == out.stat().st_size > 0
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
    if suffix == "csv":
        rows = list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines()))
        assert rows[0] == ["编号", "内容"] and rows[-1] == ["4999", "'=4999"]
        assert len(rows) == 5001
    elif suffix == "xlsx":
        book = openpyxl.load_workbook(out, read_only=True)
        sheet = book["数据"]
        assert sheet.max_row == 5001
        book.close()
    else:
        assert pq.read_table(out).num_rows == 5000


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_nothing_is_left_of_a_refused_export(database: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out.{suffix}"
    out.write_bytes(b"before")
    with pytest.raises(QueryError):
        export_sql(database, "SELECT nothing", out, ABOUT)
    limits = Limits(result_bytes=1 << 20)
    with pytest.raises(QueryError, match="结果太大"):
        export_sql(database, "FROM range(1000000)", out, ABOUT, limits=limits)
    assert out.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_wrong_places_are_said(database: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="不认识的文件类型"):
        export_sql(database, SQL, tmp_path / "out.txt", ABOUT)
    with pytest.raises(UsageError, match="文件夹“absent”不存在"):
        export_sql(database, SQL, tmp_path / "absent" / "out.csv", ABOUT)


def test_cancel_ends_an_export(database: Path, tmp_path: Path) -> None:
    cancel = Cancel()
    threading.Timer(1.0, cancel).start()
    started = time.perf_counter()
    with pytest.raises(QueryError, match=r"^已取消$"):
        export_sql(
            database,
            "SELECT i, repeat('x', 100) AS a FROM range(1000000000) t(i)",
            tmp_path / "out.csv",
            ABOUT,
            cancel=cancel,
        )
    assert time.perf_counter() - started < 10
    assert list(tmp_path.iterdir()) == []


class _Slow:
    """A sink that takes longer than the two seconds after which the engine shows progress."""

    def __init__(self) -> None:
        self.rows = self.batches = 0

    def begin(self, schema: pa.Schema) -> None:
        assert schema.names == ["i"]

    def write(self, batch: pa.RecordBatch) -> None:
        self.rows += batch.num_rows
        self.batches += 1
        if self.batches % 100 == 0:
            time.sleep(0.7)


def test_slow_sink_gets_every_row(database: Path) -> None:
    slow = _Slow()
    sql = "SELECT i FROM range(1000000) t(i) ORDER BY hash(i)"
    assert stream_sql(database, sql, slow) == slow.rows == 1_000_000


class _Full:
    def begin(self, schema: pa.Schema) -> None:
        pass

    def write(self, batch: pa.RecordBatch) -> None:
        raise OSError(28, "No space left on device")


def test_errors_of_a_sink_come_through(database: Path) -> None:
    with pytest.raises(OSError, match="No space left"):
        stream_sql(database, SQL, _Full())


def test_full_disk_is_said(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """/dev/full answers every write as a disk without room does."""

    def full(_kind: str, _target: Path, about: About) -> TabularWriter:
        return TabularWriter("csv", Path("/dev/full"), about)

    monkeypatch.setattr("gridgov.explore.export.open_writer", full)
    with pytest.raises(QueryError, match="可能是磁盘已满"):
        export_sql(database, SQL, tmp_path / "out.csv", ABOUT)
    assert list(tmp_path.iterdir()) == []
