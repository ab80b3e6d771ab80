"""The folder of versions, seen from the writer: one at a time, built aside, published by a rename.

Whatever happens before `CURRENT` is replaced leaves the old version in force; what a dead writer
left behind is swept away by the next one.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from etl.copying import copy_file
from etl.ddl import create_missing, text
from gridgov.errors import WarehouseBusy, WarehouseError, WarehouseMissing
from gridgov.locale import _
from gridgov.settings import Settings

__all__ = ["Building", "Store"]

_NAME = re.compile(r"gridgov-(\d+)\.duckdb")
_KEEP = 10


class Store:
    """`root` is the warehouse folder; made when a writer first needs it. With `in_memory` what is
    built is for a check alone and never written."""

    def __init__(self, root: Path, *, in_memory: bool = False) -> None:
        self.root = root
        self.in_memory = in_memory
        self.rejects = root / "rejects"

    def current(self) -> int | None:
        """The number of the version in force; None where nothing is published."""
        try:
            name = (self.root / "CURRENT").read_text(encoding="utf-8").strip()
        except OSError:
            return None
        found = _NAME.fullmatch(name)
        return int(found[1]) if found and (self.root / name).is_file() else None

    def path(self, number: int) -> Path:
        return self.root / f"gridgov-{number}.duckdb"

    def numbers(self) -> list[int]:
        """The versions still kept, newest first."""
        found = (_NAME.fullmatch(path.name) for path in self.root.glob("gridgov-*.duckdb"))
        return sorted((int(match[1]) for match in found if match), reverse=True)

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Hold the lock of the warehouse. Raises `WarehouseBusy` when another process does."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.root / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise WarehouseError(
                _("不能写入 {path}：{why}", path=self.root, why=error.strerror or error)
            ) from error
        try:
            if not _try_lock(handle):
                holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "?"
                raise WarehouseBusy(
                    _("另一个导入正在进行（进程 {pid}），请等它结束后重试", pid=holder)
                )
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
            self._sweep()
            yield
        finally:
            os.close(handle)

    @contextmanager
    def build(self, *, fresh: bool = False) -> Iterator[Building]:
        """A new version in the making, a copy of the one in force; call under `writer()`.

        Leaving the block without `publish()` throws it away.
        """
        current = None if fresh else self.current()
        number = max([*self.numbers(), current or 0, 0]) + 1
        building = Building(self, number, current)
        try:
            with _disk_errors(self.root):
                building.open()
                yield building
        finally:
            building.discard()
            if not self.path(number).is_file():
                self._drop_rejects(number)

    def point_to(self, number: int) -> None:
        """Put version `number` in force. Raises `WarehouseMissing` where it is not kept."""
        if not self.path(number).is_file():
            kept = "、".join(str(n) for n in self.numbers()) or _("无")
            raise WarehouseMissing(
                _("没有数据版本 {number}；现有：{kept}", number=number, kept=kept)
            )
        aside = self.root / ".CURRENT.new"
        with aside.open("w", encoding="utf-8") as handle:
            handle.write(self.path(number).name + "\n")
            handle.flush()
            os.fsync(handle.fileno())
        aside.replace(self.root / "CURRENT")
        _sync_folder(self.root)

    def expire(self, keep: int = _KEEP) -> None:
        """Delete all but the newest `keep` versions; the one in force always stays."""
        current = self.current()
        for number in self.numbers()[keep:]:
            if number != current:
                # On Windows a reader may hold it: it goes next time.
                with suppress(OSError):
                    self.path(number).unlink()

    def _sweep(self) -> None:
        for left in (*self.root.glob(".building-*"), *self.root.glob(".CURRENT.new*")):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        for path in self.root.glob("gridgov-*.duckdb.wal"):
            path.unlink()
        self._drop_rejects(max([*self.numbers(), self.current() or 0]) + 1)

    def _drop_rejects(self, number: int) -> None:
        """A batch has the number of its version; what was refused by one that never came to be
        must not be given back as another's."""
        for path in self.rejects.glob(f"{number}-*.parquet"):
            path.unlink(missing_ok=True)


class Building:
    """One version being built; `con` is its connection, temporary files go beside it."""

    def __init__(self, store: Store, number: int, base: int | None) -> None:
        self.number = number
        self.base = base
        self._store = store
        self.folder = store.root / f".building-{number}"
        self._path = self.folder / "version.duckdb"
        self._pool = ThreadPoolExecutor(1, "open")
        self._opening: Future[duckdb.DuckDBPyConnection] | None = None

    def open(self) -> None:
        """Begin to copy and open it, aside: reading the files can begin meanwhile."""
        self.folder.mkdir(mode=0o700)
        self._opening = self._pool.submit(self._open)

    def _open(self) -> duckdb.DuckDBPyConnection:
        if self.base is not None:
            copy_file(self._store.path(self.base), self._path)
        limit = Settings.from_environment().load_memory_mb
        con = duckdb.connect(":memory:", config={"memory_limit": f"{limit}MiB"})
        if not self._store.in_memory:
            # No log to recover from: what is not published whole is thrown away.
            target = text(str(self._path))
            con.execute(f"ATTACH {target} AS version (RECOVERY_MODE 'no_wal_writes')")
            con.execute("USE version")
        con.execute(f"SET temp_directory = {text(str(self.folder / 'scratch'))}")
        con.execute("SET preserve_insertion_order = true")
        create_missing(con, comments=not self._store.in_memory)
        return con

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        if self._opening is None:
            raise WarehouseError(_("数据版本 {number} 已关闭", number=self.number))
        return self._opening.result()

    def publish(self) -> None:
        """Checkpoint, flush to disk, move into place, and put in force."""
        self.con.execute("CHECKPOINT")
        self.con.close()
        self._opening = None
        _sync_file(self._path)
        final = self._store.path(self.number)
        self._path.replace(final)
        _sync_folder(self._store.root)
        self._store.point_to(self.number)

    def discard(self) -> None:
        # What is being opened cannot be taken away under it.
        self._pool.shutdown()
        if self._opening is not None:
            # After a failed write closing may fail too; what matters is that the folder goes.
            with suppress(duckdb.Error, OSError):
                self._opening.result().close()
            self._opening = None
        shutil.rmtree(self.folder, ignore_errors=True)


def _try_lock(handle: int) -> bool:
    """An advisory lock that dies with the process, whatever kills it."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sync_file(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def _sync_folder(path: Path) -> None:
    if os.name == "posix":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _disk_errors(root: Path) -> Iterator[None]:
    """Turn a full disk or memory into one line; anything else stays the defect that it is."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        if isinstance(error, duckdb.Error) and not _is_disk_trouble(error):
            raise
        why = str(error).splitlines()[0]
        if isinstance(error, duckdb.OutOfMemoryException) and "disk" not in str(error):
            raise WarehouseError(
                _(
                    "导入 {path} 时内存不够，上限是 {limit} MB。请把环境变量 GRIDGOV_LOAD_MEMORY_MB"
                    " 调大后重试；已发布的数据没有改变",
                    path=root,
                    limit=Settings.from_environment().load_memory_mb,
                )
            ) from error
        raise WarehouseError(
            _(
                "写入 {path} 失败（{why}）。请检查磁盘空间和权限后重试；已发布的数据没有改变",
                path=root,
                why=why,
            )
        ) from error


def _is_disk_trouble(error: duckdb.Error) -> bool:
    """A full disk shows as an I/O error, or as a commit that could not write."""
    kinds = (duckdb.IOException, duckdb.FatalException, duckdb.OutOfMemoryException)
    return isinstance(error, kinds) or "write file" in str(error)
