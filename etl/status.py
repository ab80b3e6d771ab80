"""What is in the warehouse: versions, batches with their files, freshness by log and grid."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from etl.store import Store
from gridgov.errors import WarehouseError, WarehouseMissing
from gridgov.locale import _

__all__ = [
    "BatchStatus",
    "FileStatus",
    "FindingStatus",
    "Status",
    "TableStatus",
    "VersionStatus",
    "batches",
    "findings",
    "freshness",
    "status",
    "versions",
]

_SQL = Path(__file__).with_name("sql")


@dataclass(frozen=True)
class VersionStatus:
    number: int
    created_at: str
    data_date: str | None
    size: int
    is_current: bool


@dataclass(frozen=True)
class FileStatus:
    """One sheet as the books have it."""

    file_id: int
    path: str
    sheet: str
    table: str
    rows: int
    loaded: int
    updated: int
    duplicate: int
    rejected: int
    encoding: str


@dataclass(frozen=True)
class BatchStatus:
    """One load. `undone_by` is the version that took it back, or None."""

    batch_id: int
    loaded_at: datetime
    undone_by: int | None
    files: tuple[FileStatus, ...] = ()


@dataclass(frozen=True)
class FindingStatus:
    file_id: int | None
    check_id: str
    severity: str
    column: str
    row_number: int | None
    value_hint: str | None
    zh: str
    en: str
    occurrences: int


@dataclass(frozen=True)
class TableStatus:
    """`first` and `last` are event days; None for tables without events."""

    table: str
    rows: int
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Status:
    version: int
    data_date: str | None
    sample_only: bool
    tables: tuple[TableStatus, ...] = ()
    batches: tuple[BatchStatus, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def status(warehouse: Path) -> Status:
    """The version in force. Raises `WarehouseMissing` where nothing is published."""
    store = Store(warehouse)
    number = store.current()
    if number is None:
        raise WarehouseMissing(
            _("{path} 里还没有数据；先运行：python -m etl load 文件或文件夹", path=warehouse)
        )
    with _opened(store, number) as con:
        meta = dict(con.execute("SELECT key, value FROM warehouse_meta").fetchall())
        rows = con.execute((_SQL / "tables.sql").read_text("utf-8")).fetchall()
        return Status(
            number,
            meta.get("data_date"),
            meta.get("sample_only") == "true",
            tuple(TableStatus(*row) for row in rows),
            tuple(_batches(con)),
        )


def batches(warehouse: Path) -> list[BatchStatus]:
    """The loads of the version in force, newest first; none where nothing is published."""
    store = Store(warehouse)
    number = store.current()
    if number is None:
        return []
    with _opened(store, number) as con:
        return _batches(con)


def findings(warehouse: Path, batch_id: int) -> list[FindingStatus]:
    """What the checks of one load found, errors first."""
    store = Store(warehouse)
    number = store.current()
    if number is None:
        return []
    with _opened(store, number) as con:
        rows = con.execute(
            "SELECT file_id, check_id, severity, column_name, row_number, value_hint, message_zh, "
            "message_en, occurrences FROM load_finding WHERE batch_id = $batch "
            "ORDER BY severity, check_id, file_id, occurrences DESC",
            {"batch": batch_id},
        ).fetchall()
        return [FindingStatus(*row) for row in rows]


def versions(warehouse: Path) -> list[VersionStatus]:
    """Every version still kept, newest first."""
    store = Store(warehouse)
    current = store.current()
    found = []
    for number in store.numbers():
        with _opened(store, number) as con:
            meta = dict(con.execute("SELECT key, value FROM warehouse_meta").fetchall())
        size = store.path(number).stat().st_size
        found.append(
            VersionStatus(
                number,
                str(meta.get("created_at", "")),
                meta.get("data_date"),
                size,
                number == current,
            )
        )
    return found


def freshness(warehouse: Path, days: int = 90) -> list[tuple[str, str, date, int]]:
    """(log, grid as the log names it, day, rows) for the last `days` days up to the newest data.

    For a calendar heat map: a day without a row of a grid has no entry.
    """
    store = Store(warehouse)
    number = store.current()
    if number is None:
        return []
    with _opened(store, number) as con:
        return con.execute((_SQL / "freshness.sql").read_text("utf-8"), {"days": days}).fetchall()


def _batches(con: duckdb.DuckDBPyConnection) -> list[BatchStatus]:
    files: dict[int, list[FileStatus]] = {}
    for batch, *row in con.execute(
        'SELECT batch_id, file_id, path, sheet, table_name, "rows", loaded, updated, duplicate, '
        "rejected, encoding FROM load_file ORDER BY file_id"
    ).fetchall():
        files.setdefault(batch, []).append(FileStatus(*row))
    return [
        BatchStatus(batch, at, undone, tuple(files.get(batch, [])))
        for batch, at, undone in con.execute(
            "SELECT batch_id, loaded_at, undone_by FROM load_batch ORDER BY batch_id DESC"
        ).fetchall()
    ]


@contextmanager
def _opened(store: Store, number: int) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        con = duckdb.connect(str(store.path(number)), read_only=True)
    except duckdb.Error as error:
        raise WarehouseError(
            _(
                "打不开数据版本 {n}：{why}；请用 python -m etl rollback 退回其他版本",
                n=number,
                why=str(error).splitlines()[0],
            )
        ) from error
    with con:
        yield con
