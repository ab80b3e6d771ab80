"""Warehouses for tests, built through the real loader."""

from __future__ import annotations

import csv
import fcntl
import getpass
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path

from etl.load import load
from gridgov.schema import TABLES
from gridgov.warehouse import Reader, Warehouse

__all__ = ["make_warehouse", "sample_warehouse", "write_tables"]

ROOT = Path(__file__).resolve().parents[1]
_KEEP = 3
_IN_USE_SECONDS = 3 * 3600
Row = Mapping[str, object]


def make_warehouse(root: Path, **tables: Sequence[Row]) -> Reader:
    """Load rows (column name → value, as the schema names them) into a new warehouse at `root`.

    The rows go to CSV files with the schema's Chinese headers, and those through `etl.load`.
    """
    folder = Path(tempfile.mkdtemp(prefix="rows-"))
    try:
        load([write_tables(folder, tables)], root)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Warehouse(root).reader()


def write_tables(folder: Path, tables: Mapping[str, Sequence[Row]]) -> Path:
    """Write one CSV file a table; columns that no row names are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        table = TABLES[name]
        used = [column for column in table.columns if any(column.name in row for row in rows)]
        with (folder / f"{table.names[0]}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow([column.label for column in used])
            for row in rows:
                unknown = set(row) - {column.name for column in table.columns}
                assert not unknown, f"{name} has no {unknown}"
                writer.writerow([_cell(row.get(column.name)) for column in used])
    return folder


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


@cache
def sample_warehouse() -> Path:
    """A warehouse with the shipped sample, loaded once for all workers and runs.

    It lies in the temporary folder under a name made of the contents of the sample and of all code
    that could change the result, so it is never stale; only the newest few are kept, and those that
    a run of another version of the code may still be reading.
    """
    base = Path(tempfile.gettempdir()) / f"gridgov-tests-{getpass.getuser()}"
    base.mkdir(mode=0o700, exist_ok=True)
    root = base / _content_hash()
    with (base / "lock").open("w") as lock:
        # Several workers of one run start together: one loads, the others wait for it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "CURRENT").exists():
            shutil.rmtree(root, ignore_errors=True)
            load([ROOT / "data/sample"], root)
            kept = sorted(
                (p for p in base.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime
            )
            for old in kept[:-_KEEP]:
                if time.time() - old.stat().st_mtime > _IN_USE_SECONDS:
                    shutil.rmtree(old, ignore_errors=True)
        os.utime(root)
    return root


def _content_hash() -> str:
    mark = hashlib.sha256()
    folders = (
        (ROOT / "data/sample", "*"),
        (ROOT / "etl", "*.py"),
        (ROOT / "etl", "*.sql"),
        (ROOT / "gridgov/schema", "*.py"),
    )
    for folder, pattern in folders:
        for path in sorted(folder.rglob(pattern)):
            if path.is_file():
                mark.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return mark.hexdigest()[:20]
