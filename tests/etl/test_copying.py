"""A version is copied whole, whichever way the file system allows."""

from __future__ import annotations

import errno
import os
import random
from pathlib import Path
from typing import NoReturn

import pytest

from etl import copying

SIZES = (0, 1, 4095, 4096, 4097, (1 << 16) + 5, 3 << 16)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "_LARGE", 1)
    monkeypatch.setattr(copying, "_DIRECT_AT_ONCE", 1 << 16)


def _file(folder: Path, size: int) -> Path:
    path = folder / "from"
    path.write_bytes(random.Random(size).randbytes(size))
    return path


@pytest.mark.parametrize("size", SIZES)
def test_every_size_is_copied_to_the_byte(tmp_path: Path, size: int) -> None:
    source, target = _file(tmp_path, size), tmp_path / "to"
    copying.copy_file(source, target)
    assert target.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lacking", ["O_DIRECT", "copy_file_range"])
def test_so_it_is_where_the_system_lacks_the_quick_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, lacking: str
) -> None:
    monkeypatch.delattr(os, "O_DIRECT", raising=False)
    if lacking == "copy_file_range":
        monkeypatch.delattr(os, "copy_file_range", raising=False)
    source, target = _file(tmp_path, size), tmp_path / "to"
    copying.copy_file(source, target)
    assert target.read_bytes() == source.read_bytes()


@pytest.mark.skipif(not hasattr(os, "O_DIRECT"), reason="no writes past the cache here")
def test_a_file_system_that_refuses_such_writes_gets_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> NoReturn:
        raise OSError(errno.EINVAL, "no")

    monkeypatch.setattr(copying, "_write", refuse)
    source, target = _file(tmp_path, 70_000), tmp_path / "to"
    copying.copy_file(source, target)
    assert target.read_bytes() == source.read_bytes()


@pytest.mark.skipif(not hasattr(os, "O_DIRECT"), reason="no writes past the cache here")
def test_a_full_disk_is_not_taken_for_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(copying, "_write", refuse)
    monkeypatch.setattr(copying, "_is_cloned", lambda *_given: False)
    with pytest.raises(OSError, match="full"):
        copying.copy_file(_file(tmp_path, 70_000), tmp_path / "to")
