"""From what the clerk dropped to plain local files: folders, archives, limits, fingerprints."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from etl.contents import real_kind
from gridgov.errors import DataFileError
from gridgov.locale import _

__all__ = ["KINDS", "Fingerprint", "Source", "discover", "fingerprint", "is_changed"]

KINDS = {
    ".csv": "text",
    ".tsv": "text",
    ".txt": "text",
    ".xlsx": "cells",
    ".xlsm": "cells",
    ".xls": "cells",
    ".ods": "cells",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_MAX_UNPACKED = 4 << 30
_MAX_RATIO = 200
_RATIO_FREE = 32 << 20
_MAX_MEMBERS = 2_000
_MAX_DEPTH = 3
_MAX_WORKBOOK = 1 << 30


_BROKEN_ARCHIVE = (
    zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError,
    zlib.error, lzma.LZMAError, struct.error,
)  # fmt: skip


@dataclass(frozen=True)
class Fingerprint:
    """What a file was when it was read; compared again before publishing."""

    sha256: str
    size: int
    mtime_ns: int


@dataclass(frozen=True)
class Source:
    """One readable file. `path` is what the clerk knows it by, `file` where its bytes are now,
    `outer` the dropped file that holds it, `mark` what that was when it was first looked at."""

    path: str
    file: Path
    kind: str
    outer: Path
    sha256: str
    outer_sha256: str
    mark: Fingerprint | None = None

    @property
    def stem(self) -> str:
        return PurePosixPath(self.path.replace("\\", "/")).name


def fingerprint(path: Path) -> Fingerprint:
    """Hash, size and modification time. Raises `DataFileError` when it cannot be read."""
    try:
        with path.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
            status = os.fstat(handle.fileno())
    except OSError as error:
        raise DataFileError(
            _("读不到文件 {path}：{why}", path=path, why=error.strerror or error)
        ) from error
    return Fingerprint(digest, status.st_size, status.st_mtime_ns)


def is_changed(path: Path, was: Fingerprint) -> bool:
    """True when the file is gone or not what it was; its bytes are hashed again only if it was
    written to meanwhile."""
    try:
        now = path.stat()
    except OSError:
        return True
    if (now.st_size, now.st_mtime_ns) == (was.size, was.mtime_ns):
        return False
    return fingerprint(path).sha256 != was.sha256


def discover(paths: Iterable[Path], scratch: Path) -> list[Source]:
    """Every readable file behind `paths`, in a stable order; archives are unpacked to `scratch`.

    A folder gives the kinds known here and passes over others; a file named outright must be known.
    Raises `DataFileError` for what is missing, unknown, broken or a bomb.
    """
    found: list[Source] = []
    for path in paths:
        if path.is_dir():
            for inner in sorted(path.rglob("*")):
                if inner.is_file() and _is_known(inner.name) and not _is_ours(inner, path):
                    found.extend(_open(inner, scratch))
        elif path.is_file():
            if not _is_known(path.name):
                raise DataFileError(
                    _(
                        "{path}：不认识的文件类型。可用：{kinds}",
                        path=path,
                        kinds=" ".join([*KINDS, ".gz", ".zip"]),
                    )
                )
            found.extend(_open(path, scratch))
        else:
            raise DataFileError(_("找不到文件 {path}，请检查路径", path=path))
    if not found:
        raise DataFileError(_("没有可导入的文件，请给出 CSV、xlsx 等数据文件"))
    return found


def _is_ours(path: Path, above: Path) -> bool:
    """Hidden files, editors' lock files, and whatever lies in a warehouse are no exports."""
    inside = path.relative_to(above)
    if any(part.startswith((".", "~$")) for part in inside.parts):
        return True
    return any((above / folder / "CURRENT").is_file() for folder in inside.parents)


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _is_known(name: str) -> bool:
    return _suffix(name) in KINDS or _suffix(name) in (".gz", ".zip")


def _open(path: Path, scratch: Path) -> Iterator[Source]:
    yield from _inside(_Held(path, str(path), path.name, path, fingerprint(path), ""), scratch)


@dataclass(frozen=True)
class _Held:
    """A file that may hold others: its bytes are at `file`, it is known as `shown` and called
    `name`; `inner` is its place in `outer`, the dropped file that `mark` was taken of."""

    file: Path
    shown: str
    name: str
    outer: Path
    mark: Fingerprint
    inner: str
    depth: int = 0


def _inside(held: _Held, scratch: Path) -> Iterator[Source]:
    suffix = _suffix(held.name)
    if suffix == ".zip":
        yield from _members(held, scratch)
        return
    file, name = held.file, held.name
    if suffix == ".gz":
        name = PurePosixPath(held.name).stem
        if _suffix(name) not in KINDS:
            raise DataFileError(_("{path}：压缩包里不是认识的文件类型", path=held.shown))
        file = _target(scratch, name)
        with gzip.open(held.file, "rb") as reader:
            _unpack(reader, file, held.file.stat().st_size, held.shown)
    whole = held.mark.sha256
    digest = hashlib.sha256(f"{whole}:{held.inner}".encode()).hexdigest() if held.inner else whole
    if file.stat().st_size == 0:
        raise DataFileError(_("{path}：文件是空的", path=held.shown))
    kind = real_kind(file, KINDS[_suffix(name)], held.shown)
    yield _checked(Source(held.shown, file, kind, held.outer, digest, whole, held.mark))


def _members(held: _Held, scratch: Path) -> Iterator[Source]:
    """What is in an archive, and in archives in it."""
    path = held.shown
    if held.depth == _MAX_DEPTH:
        raise DataFileError(_("{path}：压缩包套得太深，请解压后再导入", path=path))
    try:
        with zipfile.ZipFile(held.file) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if len(members) > _MAX_MEMBERS:
                raise DataFileError(
                    _("{path}：压缩包里文件太多（{n} 个）", path=path, n=len(members))
                )
            for info in members:
                name = _member_name(info)
                inside = PurePosixPath(name)
                if not _is_readable(inside):
                    continue
                target = _target(scratch, inside.name)
                with archive.open(info) as reader:
                    _unpack(reader, target, max(info.compress_size, 1), f"{path}/{name}")
                inner = f"{held.inner}/{name}" if held.inner else name
                one = _Held(target, f"{path}/{name}", inside.name, held.outer, held.mark, inner,
                            held.depth + 1)  # fmt: skip
                yield from _inside(one, scratch)
    except _BROKEN_ARCHIVE as error:
        raise DataFileError(
            _("{path}：压缩包打不开（{why}），请重新压缩后再试", path=path, why=error)
        ) from error


def _is_readable(inside: PurePosixPath) -> bool:
    """Known kinds, packed once more or not; not what a Mac or an editor leaves beside them."""
    if any(part.startswith((".", "~$", "__MACOSX")) for part in inside.parts):
        return False
    suffix = _suffix(inside.name)
    return suffix in (*KINDS, ".zip") or (suffix == ".gz" and _suffix(inside.stem) in KINDS)


def _member_name(info: zipfile.ZipInfo) -> str:
    """Archives made in Chinese Windows name files in GBK without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _target(scratch: Path, name: str) -> Path:
    folder = scratch / "unpacked"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{sum(1 for _found in folder.iterdir())}-{Path(name).name[-100:]}"


def _unpack(reader: object, target: Path, packed: int, shown: str) -> None:
    """Copy with a limit on size and on the ratio to the packed size."""
    done = 0
    try:
        with target.open("wb") as writer:
            while chunk := reader.read(1 << 20):  # type: ignore[attr-defined]
                done += len(chunk)
                if done > _MAX_UNPACKED or (done > _RATIO_FREE and done > packed * _MAX_RATIO):
                    raise DataFileError(_("{path}：解压后过大，疑似压缩炸弹，已拒绝", path=shown))
                writer.write(chunk)
    except (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError) as error:
        raise DataFileError(
            _("{path}：压缩包不完整或已损坏（{why}）", path=shown, why=error)
        ) from error


def _checked(source: Source) -> Source:
    """Workbooks are archives too: refuse by size before any parser touches them."""
    if source.kind == "cells" and zipfile.is_zipfile(source.file):
        try:
            with zipfile.ZipFile(source.file) as archive:
                total = sum(info.file_size for info in archive.infolist())
                packed = sum(info.compress_size for info in archive.infolist())
        except _BROKEN_ARCHIVE as error:
            raise DataFileError(
                _("{path}：工作簿已损坏，请用表格软件重新保存", path=source.path)
            ) from error
        if total > _MAX_WORKBOOK or (total > _RATIO_FREE and total > packed * _MAX_RATIO):
            raise DataFileError(_("{path}：工作簿展开后过大，已拒绝", path=source.path))
    return source
