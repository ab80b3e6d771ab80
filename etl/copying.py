"""Copies of files, or of part of one, made inside the kernel where it can."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

__all__ = ["copy_file", "copy_range"]

_AT_ONCE = 1 << 22


def copy_file(source: Path, target: Path) -> None:
    """Copy a whole file (a reflink where the file system knows them)."""
    with source.open("rb") as reader, target.open("wb") as writer:
        copy_range(reader.fileno(), writer, 0, os.fstat(reader.fileno()).st_size)


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
