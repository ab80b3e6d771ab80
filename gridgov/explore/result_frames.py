"""The parent's side of the pipe: bytes from a process that is not to be trusted.

Lengths are checked before anything is read, the total is capped, and what Arrow makes of the
bytes is validated by the caller.
"""

from __future__ import annotations

import io
import json
import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

__all__ = ["FrameError", "FrameReader", "Trailer"]

_LARGEST_FRAME = 4 << 20
_LARGEST_TRAILER = 256 << 10

_NOT_A_TRAILER = (
    ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip


class FrameError(OSError):
    """The child broke the protocol, sent too much, or died in the middle."""


@dataclass(frozen=True)
class Trailer:
    """What the child says became of the query; every field is checked for its type."""

    kind: str
    rows: int = 0
    cut: str | None = None
    seconds: float = 0.0
    code: str = ""
    detail: str = ""
    message: str = ""
    position: int | None = None
    hardening: tuple[str, ...] = ()

    @classmethod
    def parse(cls, payload: bytes) -> Trailer:
        """Read the JSON of the last frame; anything but the expected types is a FrameError."""
        try:
            raw: Any = json.loads(payload)
            position = raw.get("position")
            hardening = raw.get("hardening") or {}
            return cls(
                kind=str(raw["kind"]),
                rows=int(raw.get("rows", 0)),
                cut=raw.get("cut") if raw.get("cut") in ("rows", "bytes") else None,
                seconds=float(raw.get("seconds", 0.0)),
                code=str(raw.get("code", "")),
                detail=str(raw.get("detail", "")),
                message=str(raw.get("message", "")),
                position=position if isinstance(position, int) else None,
                hardening=tuple(sorted(str(name) for name, held in hardening.items() if held)),
            )
        except _NOT_A_TRAILER as error:
            raise FrameError("trailer") from error


class FrameReader(io.RawIOBase):
    """The Arrow bytes of a child as a readable file; ends where the trailer begins."""

    def __init__(self, pipe: BinaryIO, most_bytes: int) -> None:
        self._pipe = pipe
        self._most = most_bytes
        self._left = 0  # bytes of the open frame still to be read
        self.taken = 0
        self.trailer: Trailer | None = None
        self.overflow = False

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        view = memoryview(target).cast("B")
        while self._left == 0:
            if self.trailer is not None or not self._next_frame():
                return 0
        count = min(len(view), self._left)
        data = self._exactly(count)
        view[:count] = data
        self._left -= count
        return count

    def finish(self) -> Trailer:
        """Skip to the trailer and return it."""
        spare = bytearray(1 << 16)
        while self.trailer is None:
            self.readinto(spare)
        return self.trailer

    def _next_frame(self) -> bool:
        kind, length = struct.unpack(">cI", self._exactly(5))
        if kind == b"J" and length <= _LARGEST_TRAILER:
            self.trailer = Trailer.parse(self._exactly(length))
            return False
        if kind != b"A" or length > _LARGEST_FRAME:
            raise FrameError("frame")
        self.taken += length
        if self.taken > self._most:
            self.overflow = True
            raise FrameError("too much")
        self._left = length
        return True

    def _exactly(self, count: int) -> bytes:
        data = self._pipe.read(count)
        if len(data) < count:
            raise FrameError("ended early")
        return data
