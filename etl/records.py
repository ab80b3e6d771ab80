"""An independent count of a text file's records, to hold against what the reader delivered.

It shares no code with the readers and knows what they do not tell: a quote that is never closed
makes a reader swallow rows in silence, here it is a quote in a place where none can be.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

__all__ = ["RecordCount", "count_records"]

_BLOCK = 1 << 24
# Small enough to stay in the processor's cache.
_GLANCE = 1 << 19
_LF, _CR, _QUOTE = 10, 13, 34


@dataclass(frozen=True)
class RecordCount:
    """`records` include blank ones. `broken_line` is the first line (1-based) with a quote that is
    opened and not closed, or None. `has_blank` tells that some records are blank lines."""

    records: int
    has_blank: bool
    has_quotes: bool
    broken_line: int | None = None


def count_records(path: Path, delimiter: str) -> RecordCount:
    """Count the records of a UTF-8 file by its line breaks outside quotes."""
    if path.stat().st_size == 0:
        return RecordCount(0, has_blank=False, has_quotes=False)
    with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data:
        newlines, blank, quoted = _glance(data)
        last = 0 if data[len(data) - 1] == _LF else 1
        inside, broken = _quoted_newlines(data, delimiter.encode()) if quoted else (0, None)
        line = None if broken is None else data[:broken].count(b"\n") + 1
        return RecordCount(newlines - inside + last, blank, quoted, line)


def _glance(data: mmap.mmap) -> tuple[int, bool, bool]:
    """Line breaks, whether there are blank lines, whether there are quotes: one pass."""
    newlines, blank, quoted = 0, data[:1] in b"\n\r", False
    # Two bytes more: a blank line may lie across the border.
    for _at, block in _blocks(data, _GLANCE, beyond=2):
        breaks = block == _LF
        newlines += int(np.count_nonzero(breaks[:_GLANCE]))
        if not blank:
            returns = breaks[2:] & breaks[:-2] & (block[1:-1] == _CR)
            blank = bool((breaks[1:] & breaks[:-1]).any() or returns.any())
        quoted = quoted or bool((block == _QUOTE).any())
    return newlines, blank, quoted


def _blocks(
    data: mmap.mmap, size: int, beyond: int = 0
) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
    """The file piece by piece; what has been read need not stay in memory."""
    for at in range(0, len(data), size):
        yield at, np.frombuffer(data[at : at + size + beyond], np.uint8)
        if hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
            data.madvise(mmap.MADV_DONTNEED, at, min(size, len(data) - at))


def _quoted_newlines(data: mmap.mmap, delimiter: bytes) -> tuple[int, int | None]:
    """Line breaks inside quoted cells, and where the first unclosed quote opens (or None).

    Where quotes pair up and each stands where a quote can, parity tells inside from outside.
    """
    quotes = _positions(data, _QUOTE)
    if not len(quotes):
        return 0, None
    if not _well_formed(data, quotes, delimiter[0]):
        return _walk(data, delimiter)
    if len(quotes) == 2 * _adjacent_pairs(quotes):
        return 0, None
    newlines = _positions(data, _LF)
    return int((np.searchsorted(quotes, newlines) & 1).sum()), None


def _positions(data: mmap.mmap, byte: int) -> npt.NDArray[np.int64]:
    found = [np.flatnonzero(block == byte) + at for at, block in _blocks(data, _BLOCK)]
    return np.concatenate(found)


def _adjacent_pairs(quotes: npt.NDArray[np.int64]) -> int:
    """How many of the pairs are empty cells: two quotes side by side."""
    return int((quotes[1::2] - quotes[0::2] == 1).sum())


def _well_formed(data: mmap.mmap, quotes: npt.NDArray[np.int64], delimiter: int) -> bool:
    """Every first quote of a pair begins a cell, every second ends one, or they are doubled."""
    if len(quotes) % 2:
        return False
    whole = np.frombuffer(data, np.uint8)
    try:
        opens, closes = quotes[0::2], quotes[1::2]
        before = whole[np.maximum(opens - 1, 0)]
        after = whole[np.minimum(closes + 1, len(whole) - 1)]
        starts = (opens == 0) | np.isin(before, (delimiter, _LF, _CR, _QUOTE))
        ends = (closes == len(whole) - 1) | np.isin(after, (delimiter, _LF, _CR, _QUOTE))
        # A quote before an opening one must be the end of the pair before: an escaped quote.
        escaped = np.zeros(len(opens), bool)
        escaped[1:] = opens[1:] - closes[:-1] == 1
        return bool((starts & ends & ((before != _QUOTE) | escaped | (opens == 0))).all())
    finally:
        del whole


def _walk(data: mmap.mmap, delimiter: bytes) -> tuple[int, int | None]:
    """The same, quote by quote, for a file where some quotes stand in odd places.

    A cell is quoted when its first byte is a quote; it ends at a quote that is followed by the
    delimiter, a line break or the end. A single quote elsewhere inside means it was never closed:
    then the opening quote is taken for an ordinary character and reading goes on after it.
    """
    sep = re.escape(delimiter)
    body = re.compile(rb'(?:[^"]++|"")*+"(?=' + sep + rb"|\r|\n|\Z)")
    at, inside, broken = 0, 0, None
    while (opening := data.find(b'"', at)) >= 0:
        at = opening + 1
        if opening and data[opening - 1 : opening] not in (delimiter, b"\n", b"\r"):
            continue
        closed = body.match(data, at)
        if closed is None:
            broken = opening if broken is None else broken
            continue
        inside += closed.group().count(b"\n")
        at = closed.end()
    return inside, broken
