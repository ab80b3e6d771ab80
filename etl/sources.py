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
    mark = fingerprint(path)
    digest = mark.sha256
    suffix = _suffix(path.name)
    if suffix == ".gz":
        inner = _suffix(path.stem)
        if inner not in KINDS:
            raise DataFileError(_("{path}：压缩包里不是认识的文件类型", path=path))
        target = _target(scratch, path.stem)
        with gzip.open(path, "rb") as reader:
            _unpack(reader, target, path.stat().st_size, str(path))
        yield from _checked(Source(str(path), target, KINDS[inner], path, digest, digest, mark))
    elif suffix == ".zip":
        yield from _members(path, scratch, mark)
    else:
        yield from _checked(Source(str(path), path, KINDS[suffix], path, digest, digest, mark))


def _members(path: Path, scratch: Path, mark: Fingerprint) -> Iterator[Source]:
    digest = mark.sha256
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if len(members) > _MAX_MEMBERS:
                raise DataFileError(
                    _("{path}：压缩包里文件太多（{n} 个）", path=path, n=len(members))
                )
            for info in members:
                name = _member_name(info)
                if _suffix(name) not in KINDS or PurePosixPath(name).name.startswith((".", "~$")):
                    continue
                target = _target(scratch, PurePosixPath(name).name)
                with archive.open(info) as reader:
                    _unpack(reader, target, max(info.compress_size, 1), f"{path}/{name}")
                inner = hashlib.sha256(f"{digest}:{name}".encode()).hexdigest()
                yield from _checked(
                    Source(
                        f"{path}/{name}", target, KINDS[_suffix(name)], path, inner, digest, mark
                    )
                )
    except _BROKEN_ARCHIVE as error:
        raise DataFileError(
            _("{path}：压缩包打不开（{why}），请重新压缩后再试", path=path, why=error)
        ) from error


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


def _checked(source: Source) -> Iterator[Source]:
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
    if source.file.stat().st_size == 0:
        raise DataFileError(_("{path}：文件是空的", path=source.path))
    yield source
