"""Copies of files, or of part of one, made inside the kernel or past its cache where they can."""

from __future__ import annotations

import errno
import mmap
import os
from pathlib import Path
from typing import BinaryIO

__all__ = ["copy_file", "copy_range"]

_AT_ONCE = 1 << 22
# From this size on a copy goes past the cache.
_LARGE = 1 << 26
_DIRECT_AT_ONCE = 1 << 23
_SECTOR = 4096
_FICLONE = 0x40049409  # linux/fs.h


def copy_file(source: Path, target: Path) -> None:
    """Copy a whole file, which has to be on disk before long.

    Where the file system cannot share the blocks, a large copy is written past the cache:
    finding memory for every page of it takes longer than the disk, and to wait for the
    disk at the end would come on top.
    """
    with source.open("rb") as reader:
        size = os.fstat(reader.fileno()).st_size
        if size >= _LARGE and (_is_cloned(reader, target) or _is_copied_direct(reader, target)):
            return
        with target.open("wb") as writer:
            copy_range(reader.fileno(), writer, 0, size)


def _is_cloned(reader: BinaryIO, target: Path) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        return False
    with target.open("wb") as writer:
        try:
            fcntl.ioctl(writer, _FICLONE, reader.fileno())
        except OSError:
            return False
    return True


def _is_copied_direct(reader: BinaryIO, target: Path) -> bool:
    """False where the file system does not know how; `OSError` where the disk fails or is full."""
    flag = getattr(os, "O_DIRECT", None)
    if flag is None:
        return False
    try:
        writer = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | flag, 0o666)
    except OSError:
        return False
    # Such a write wants whole sectors, from memory that begins at one; only the end is none.
    block = mmap.mmap(-1, _DIRECT_AT_ONCE)
    size = 0
    try:
        reader.seek(0)
        while got := reader.readinto(block):  # type: ignore[attr-defined]
            size += got
            _write(writer, block, -(-got // _SECTOR) * _SECTOR)
        os.ftruncate(writer, size)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return False
    finally:
        os.close(writer)
    return True


def _write(writer: int, block: mmap.mmap, size: int) -> None:
    at = 0
    with memoryview(block) as view:
        while at < size:
            at += os.write(writer, view[at:size])


def copy_range(source: int, writer: BinaryIO, start: int, end: int) -> None:
    """Put the bytes from `start` to `end` of the open file `source` into `writer`, which is new."""
    at = start
    try:
        while at < end:
            done = os.copy_file_range(source, writer.fileno(), end - at, at)
            if done == 0:
                break
            at += done
    except (OSError, AttributeError):
        writer.seek(0)
        writer.truncate()
        with os.fdopen(os.dup(source), "rb") as reader:
            reader.seek(start)
            left = end - start
            while left > 0 and (block := reader.read(min(left, _AT_ONCE))):
                writer.write(block)
                left -= len(block)
