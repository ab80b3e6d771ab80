"""One archive with everything: published data, workspace, pseudonym key, award records and schemes.

Published files never change, so opening them all first gives one moment although a load may
publish and expire versions meanwhile. The last member is `manifest.json` with the SHA-256 of every
other; a restore compares before it puts anything in place.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import Engine

from gridgov.clock import now
from gridgov.errors import UsageError, WorkspaceError
from gridgov.locale import _
from gridgov.settings import Settings
from gridgov.workspace.dump import dump, is_empty, load
from gridgov.workspace.engine import open_workspace

__all__ = ["ArchiveContent", "AwardFolders", "read_archive", "write_archive"]

# 2 has award records and schemes; an archive of format 1 still restores.
_FORMAT, _FORMATS = 2, (1, 2)
_WORKSPACE, _KEY, _MANIFEST = "workspace.jsonl", "pseudonym.key", "manifest.json"
# What a member of an archive may be called: nothing absolute, hidden, or with a step upwards.
# Schemes and records have names that people gave, in any script.
_MEMBER = re.compile(
    r"workspace\.jsonl|pseudonym\.key|warehouse(/[A-Za-z0-9_][A-Za-z0-9_.\-]*)+"
    r"|(records|schemes)(/[^/\\.\x00-\x1f][^/\\\x00-\x1f]*)+"
)
_SKIPPED = (".lock", ".tmp", ".wal", ".part")


@dataclass(frozen=True)
class AwardFolders:
    """Where award records and schemes lie (`GRIDGOV_RECORDS`, `GRIDGOV_SCHEMES`)."""

    records: Path
    schemes: Path

    def __iter__(self) -> Iterator[tuple[str, Path]]:
        yield from (("records", self.records), ("schemes", self.schemes))


@dataclass(frozen=True)
class ArchiveContent:
    """How many published files, rows of the workspace, and files of award records and schemes an
    archive holds."""

    files: int
    rows: int
    awards: int = 0


def write_archive(
    out: Path, warehouse: Path, engine: Engine, key_file: Path, awards: AwardFolders | None = None
) -> ArchiveContent:
    """Write the archive beside its name first, mode 0600, then rename: never half a backup."""
    sums: dict[str, str] = {}
    with ExitStack() as stack:
        files = [(name, stack.enter_context(opened)) for name, opened in _published(warehouse)]
        if key_file.is_file():
            files.append((_KEY, stack.enter_context(key_file.open("rb"))))
        for room, folder in awards or ():
            files += [(name, stack.enter_context(opened)) for name, opened in _kept(room, folder)]
        target = stack.enter_context(_new_file(out))
        archive = stack.enter_context(tarfile.open(fileobj=target, mode="w:gz", compresslevel=1))
        for name, handle in files:
            _add(archive, name, handle, os.fstat(handle.fileno()).st_size, sums)
        rows = _add_workspace(archive, engine, stack, sums)
        content = {"format": _FORMAT, "made_at": now().isoformat(), "rows": rows, "sha256": sums}
        text = json.dumps(content, indent=1).encode()
        _add(archive, _MANIFEST, io.BytesIO(text), len(text), {})
    return _content(sums, rows)


def read_archive(
    source: Path,
    settings: Settings,
    warehouse: Path,
    *,
    replace: bool,
    awards: AwardFolders | None = None,
) -> ArchiveContent:
    """Check the archive whole, then put warehouse, key, workspace, records and schemes in place.

    With `replace` what is there is moved aside under a name that says when. Raises
    `UsageError` when something is there otherwise, `WorkspaceError` for a damaged archive.
    Of schemes a file that is there with the same content is left alone: a fresh installation
    brings the default one along.
    """
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=warehouse.parent, prefix=".restore-") as name:
        staged = Path(name)
        rows, names = _unpack(source, staged)
        stamp = f"{now():%Y%m%d-%H%M%S}"
        places = [warehouse, settings.key_file]
        if settings.workspace_path is not None:
            places.append(settings.workspace_path)
        if awards is not None and (staged / "records").exists():
            places.append(awards.records)
        changed = _changed_schemes(staged / "schemes", awards)
        _clear([*places, *changed], stamp, replace=replace)
        engine = open_workspace(settings.workspace_url)
        if not is_empty(engine):
            raise UsageError(_("工作库已有内容，请在 GRIDGOV_WORKSPACE 给出空库的地址再恢复"))
        with (staged / _WORKSPACE).open(encoding="utf-8") as lines:
            load(engine, lines)
        (staged / "warehouse").mkdir(exist_ok=True)
        shutil.move(staged / "warehouse", warehouse)
        if (staged / _KEY).exists():
            settings.key_file.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(staged / _KEY, settings.key_file)
        if awards is not None:
            _put_awards(staged, awards)
    return _content(names, rows)


def _content(names: Mapping[str, str], rows: int) -> ArchiveContent:
    files = sum(name.startswith("warehouse/") for name in names)
    awards = sum(name.startswith(("records/", "schemes/")) for name in names)
    return ArchiveContent(files, rows, awards)


def _changed_schemes(staged: Path, awards: AwardFolders | None) -> list[Path]:
    """Schemes that are there under the name of one in the archive, with other content."""
    if awards is None or not staged.exists():
        return []
    there = [(path, awards.schemes / path.relative_to(staged)) for path in _files(staged)]
    return [old for new, old in there if old.exists() and old.read_bytes() != new.read_bytes()]


def _put_awards(staged: Path, awards: AwardFolders) -> None:
    if (staged / "records").exists():
        awards.records.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(staged / "records", awards.records)
        awards.records.chmod(0o700)
    for path in _files(staged / "schemes"):
        target = awards.schemes / path.relative_to(staged / "schemes")
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _published(warehouse: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Every file of the warehouse, opened, the pointer first: what it names cannot vanish later."""
    pointer = warehouse / "CURRENT"
    found = sorted(path for path in warehouse.rglob("*") if path.is_file() and path != pointer)
    for path in [pointer, *found]:
        parts = path.relative_to(warehouse).parts
        if path.name.endswith(_SKIPPED) or any(part.startswith(".") for part in parts):
            continue
        try:
            yield "/".join(("warehouse", *parts)), path.open("rb")
        except FileNotFoundError:
            continue


def _kept(room: str, folder: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Every file of a folder of records or schemes, but what is hidden or being written."""
    for path in _files(folder):
        name = "/".join((room, *path.relative_to(folder).parts))
        if _MEMBER.fullmatch(name) and not name.endswith(_SKIPPED):
            yield name, path.open("rb")


def _add_workspace(
    archive: tarfile.TarFile, engine: Engine, stack: ExitStack, sums: dict[str, str]
) -> int:
    handle: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (the stack)
    rows = -1
    for line in dump(engine):
        handle.write(line.encode() + b"\n")
        rows += 1
    size = handle.tell()
    handle.seek(0)
    _add(archive, _WORKSPACE, handle, size, sums)
    return rows


class _Summed:
    """A file that is summed up while it is read."""

    def __init__(self, handle: IO[bytes]) -> None:
        self._handle = handle
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._handle.read(size)
        self.sum.update(block)
        return block


def _add(
    archive: tarfile.TarFile, name: str, handle: IO[bytes], size: int, sums: dict[str, str]
) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(datetime.now().timestamp())
    summed = _Summed(handle)
    archive.addfile(member, summed)
    sums[name] = summed.sum.hexdigest()


@contextmanager
def _new_file(out: Path) -> Iterator[IO[bytes]]:
    part = out.with_name(f".{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(out)
    except OSError as error:
        raise UsageError(_("写不了 {path}：{why}", path=out, why=error.strerror)) from error
    finally:
        part.unlink(missing_ok=True)


def _unpack(source: Path, staged: Path) -> tuple[int, dict[str, str]]:
    """Take the archive apart into `staged` and compare every sum; returns the workspace's rows and
    the sums by name."""
    sums: dict[str, str] = {}
    manifest: dict[str, object] = {}
    try:
        with tarfile.open(source, mode="r:gz") as archive:
            for member in archive:
                handle = archive.extractfile(member) if member.isreg() else None
                if handle is None:
                    raise WorkspaceError(_("{path} 不是本程序的备份", path=source))
                if member.name == _MANIFEST:
                    manifest = json.loads(handle.read())
                elif _MEMBER.fullmatch(member.name):
                    sums[member.name] = _store(handle, staged / member.name)
                else:
                    raise WorkspaceError(_("{path} 不是本程序的备份", path=source))
    except FileNotFoundError as error:
        raise UsageError(_("没有文件 {path}", path=source)) from error
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise WorkspaceError(_("备份 {path} 已损坏：{why}", path=source, why=error)) from error
    if manifest.get("format") not in _FORMATS or manifest.get("sha256") != sums:
        raise WorkspaceError(_("备份 {path} 不完整或被改动", path=source))
    return int(str(manifest["rows"])), sums


def _store(handle: IO[bytes], path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    summed = _Summed(handle)
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        while block := summed.read(1 << 20):
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    return summed.sum.hexdigest()


def _clear(places: list[Path], stamp: str, *, replace: bool) -> None:
    """Make room: nothing is deleted, what is there gets a name that says when it was moved."""
    taken = [place for place in places if place.exists() and not _is_empty_folder(place)]
    if taken and not replace:
        raise UsageError(
            _("{path} 已存在，确要恢复请加 --replace（旧的会移到旁边）", path=taken[0])
        )
    for place in places:
        if _is_empty_folder(place):
            place.rmdir()
        # SQLite's companions keep their ending, else what they hold is lost to the moved file.
        for ending in ("", "-wal", "-shm"):
            if Path(f"{place}{ending}").exists():
                Path(f"{place}{ending}").rename(f"{place}.before-{stamp}{ending}")


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())
