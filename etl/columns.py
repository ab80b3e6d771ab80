"""Python's values as Arrow columns, without `pyarrow.array`: that imports pandas, which takes
longer than most files take to load."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["columns_of_rows", "filled_rows", "integers", "texts"]

_LIMIT = 2**31 - 1


def texts(values: Sequence[str | None]) -> pa.Array:
    """A column of text; None is NULL. TypeError where a value is anything else."""
    if None not in values:
        return _joined(values, len(values))  # type: ignore[arg-type]
    there = np.fromiter((value is not None for value in values), np.bool_, len(values))
    filled = _joined(["" if value is None else value for value in values], len(values))
    valid = pa.py_buffer(np.packbits(there, bitorder="little"))
    return pa.Array.from_buffers(filled.type, len(values), [valid, *filled.buffers()[1:]])


def columns_of_rows(rows: Sequence[Sequence[str]], width: int) -> list[pa.Array]:
    """The columns of rows of text, each `width` long. TypeError where a value is anything else.

    All cells are made into one column, row by row, from which each column takes its own: turning
    the table round in Python would take as long as everything else here.
    """
    if not rows:
        return [texts([])] * width
    size = len(rows) * width
    cells = _joined(chain.from_iterable(rows), size)
    return [pc.take(cells, integers(range(at, size, width))) for at in range(width)]


def filled_rows(column: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Where a column of text is not empty."""
    if isinstance(column, pa.ChunkedArray):
        starts = np.cumsum([0, *map(len, column.chunks)])
        parts = zip(starts.tolist(), column.chunks, strict=False)
        return np.concatenate([[], *(filled_rows(part) + at for at, part in parts)]).astype(int)
    kind = np.int64 if column.type == pa.large_string() else np.int32
    offsets = np.frombuffer(column.buffers()[1], kind)[column.offset :][: len(column) + 1]
    return np.flatnonzero(np.diff(offsets))


def integers(values: Iterable[int]) -> pa.Array:
    """A column of whole numbers."""
    if isinstance(values, range):
        found = np.arange(values.start, values.stop, values.step, dtype=np.int64)
    else:
        found = np.fromiter(values, np.int64)
    return pa.Array.from_buffers(pa.int64(), len(found), [None, pa.py_buffer(found)])


def _joined(values: Iterable[str], size: int) -> pa.Array:
    """`size` texts as a column: joined with NUL between, encoded at once, and cut there again."""
    if size == 0:
        return _column(np.zeros(0, np.int64), np.zeros(0, np.uint8))
    values = values if isinstance(values, Sequence) else list(values)
    whole = np.frombuffer("\0".join(values).encode(), np.uint8)
    breaks = whole == 0
    cuts = np.flatnonzero(breaks)
    if len(cuts) != size - 1:
        return _one_by_one(values)
    ends = np.append(cuts, len(whole)) - np.arange(size)
    return _column(ends, whole[~breaks])


def _one_by_one(values: Sequence[str]) -> pa.Array:
    """The same for texts that hold a NUL themselves."""
    encoded = [value.encode() for value in values]
    ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)))
    return _column(ends, np.frombuffer(b"".join(encoded), np.uint8))


def _column(ends: npt.NDArray[np.int64], data: npt.NDArray[np.uint8]) -> pa.Array:
    is_large = bool(len(ends)) and int(ends[-1]) > _LIMIT
    offsets = np.zeros(len(ends) + 1, np.int64 if is_large else np.int32)
    offsets[1:] = ends
    return pa.Array.from_buffers(
        pa.large_string() if is_large else pa.string(),
        len(ends),
        [None, pa.py_buffer(offsets), pa.py_buffer(data if data.size else b"\0")],
    )
