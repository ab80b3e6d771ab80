"""Which encoding a text file has, and the same file in UTF-8."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

__all__ = ["Encoding", "detect", "recode", "recode_lines", "sniff"]

_CHUNK = 1 << 22
# What the processor's cache holds is recoded a quarter faster.
_RECODED_AT_ONCE = 1 << 18
_LOOK = 1 << 16
_ASCII_MARKS = frozenset(b"\t\n\r ,;|-/:123456789")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Encoding:
    """`name` as Python knows it; `undecodable` bytes or sequences had to be replaced."""

    name: str
    undecodable: int = 0


def sniff(path: Path) -> str:
    """A first guess from the beginning of the file; cheap, and proven or refuted while reading."""
    with path.open("rb") as handle:
        head = handle.read(_CHUNK)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    if 0 in head[:_LOOK] and (wide := _wide(head[:_LOOK])):
        return wide
    for name in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(name)().decode(head)
        except UnicodeDecodeError:
            continue
        return name
    return min(("utf-8", "gb18030"), key=lambda name: head.decode(name, "replace").count("\ufffd"))


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: of its marks of ASCII (line ends, separators, digits) every one has a
    NUL beside it, always on the same side. 一 has a NUL too, on the other."""
    even, odd = head[0::2], head[1::2]
    little = sum(low in _ASCII_MARKS and not high for low, high in zip(even, odd, strict=False))
    big = sum(low in _ASCII_MARKS and not high for high, low in zip(even, odd, strict=False))
    if max(little, big) < max(len(head) // 200, 2) or min(little, big) * 20 > max(little, big):
        return None
    return "utf-16-le" if little > big else "utf-16-be"


def detect(path: Path) -> Encoding:
    """The encoding of the whole file: the first that fits, else the one that loses least."""
    guess = sniff(path)
    if guess.startswith("utf-16") or guess == "utf-8-sig":
        return Encoding(guess, _lost(path, guess))
    losses: dict[str, int] = {}
    for name in ("utf-8", "gb18030"):
        losses[name] = _lost(path, name)
        if losses[name] == 0:
            return Encoding(name)
    best = min(losses, key=lambda name: losses[name])
    return Encoding(best, losses[best])


def _lost(path: Path, name: str) -> int:
    strict = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as handle:
            while chunk := handle.read(_CHUNK):
                strict.decode(chunk)
            strict.decode(b"", final=True)
    except UnicodeDecodeError:
        return _count_replaced(path, name)
    return 0


def _count_replaced(path: Path, name: str) -> int:
    decoder = codecs.getincrementaldecoder(name)("replace")
    lost = 0
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            lost += decoder.decode(chunk).count("\ufffd")
    return lost + decoder.decode(b"", final=True).count("\ufffd")


def recode(path: Path, encoding: str, target: Path, errors: str = "replace") -> None:
    """Write `path` to `target` in UTF-8 without BOM; NUL bytes go, lone CR become LF.

    With `errors` "strict" the first byte that cannot be decoded raises `UnicodeDecodeError`.
    """
    decoded = _lines_of_gb18030 if encoding == "gb18030" else _chunks
    held = ""
    with path.open("rb") as reader, target.open("wb") as writer:
        for piece in decoded(reader, encoding, errors):
            text = held + piece
            # A CR at the very end may belong to a CRLF that the next chunk completes.
            held = "\r" if text.endswith("\r") else ""
            writer.write(_plain(text[:-1] if held else text))
        writer.write(b"\n" if held else b"")


def recode_lines(lines: bytes, encoding: str) -> bytes:
    """Whole lines as `recode` would write them. `UnicodeDecodeError` where a byte cannot be
    decoded; `encoding` is one in which LF is LF and part of no other character."""
    if encoding == "gb18030":
        return _plain(_gb18030(lines, encoding, "strict"))
    return _plain(lines.decode(encoding))


def _plain(text: str) -> bytes:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        text = text.replace("\0", "")
    return text.encode("utf-8", "replace")


def _chunks(reader: BinaryIO, encoding: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    while chunk := reader.read(_RECODED_AT_ONCE):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _lines_of_gb18030(reader: BinaryIO, encoding: str, errors: str) -> Iterator[str]:
    """Cut at line breaks, which are part of no character, so that each piece can be tried as GBK
    first: the same characters wherever it knows them, in half the time."""
    left = b""
    while chunk := reader.read(_RECODED_AT_ONCE):
        cut = chunk.rfind(b"\n") + 1
        if not cut:
            left += chunk
            continue
        yield _gb18030(left + chunk[:cut], encoding, errors)
        left = chunk[cut:]
    yield _gb18030(left, encoding, errors)


def _gb18030(piece: bytes, encoding: str, errors: str) -> str:
    try:
        return piece.decode("gbk")
    except UnicodeDecodeError:
        return piece.decode(encoding, errors)
