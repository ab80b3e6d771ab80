"""The parent reads a pipe whose other end may be hostile."""

from __future__ import annotations

import io
import json
import struct

import pytest

from gridgov.explore.result_frames import FrameError, FrameReader, Trailer


def _frame(kind: bytes, payload: bytes) -> bytes:
    return kind + struct.pack(">I", len(payload)) + payload


DONE = _frame(b"J", json.dumps({"kind": "done", "rows": 2}).encode())


def test_frames_join_and_end_at_the_trailer() -> None:
    reader = FrameReader(io.BytesIO(_frame(b"A", b"ab") + _frame(b"A", b"cde") + DONE), 100)
    assert io.BufferedReader(reader).read() == b"abcde"
    assert reader.finish() == Trailer("done", rows=2)
    assert reader.taken == 5


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"A\x00",
        _frame(b"X", b"what"),
        b"A\xff\xff\xff\xff" + b"x" * 10,
        b"J\x7f\xff\xff\xff",
        _frame(b"A", b"abc")[:-1],
        _frame(b"J", b"not json"),
        _frame(b"J", b"[1]"),
        _frame(b"J", b'{"rows": 3}'),
        _frame(b"J", b'{"kind": "done", "rows": "many"}'),
    ],
)
def test_broken_protocol_is_an_error(raw: bytes) -> None:
    with pytest.raises(FrameError):
        FrameReader(io.BytesIO(raw), 100).finish()


def test_too_many_bytes_are_refused_before_they_are_read() -> None:
    pipe = io.BytesIO(_frame(b"A", b"x" * 60) + _frame(b"A", b"y" * 60) + DONE)
    reader = FrameReader(pipe, 100)
    with pytest.raises(FrameError):
        reader.finish()
    assert reader.overflow and pipe.tell() == 5 + 60 + 5
