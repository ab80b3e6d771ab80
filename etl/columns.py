"""Python's values as Arrow columns, without `pyarrow.array`: that imports pandas, which takes
longer than most files take to load."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa

__all__ = ["integers", "texts"]

_LIMIT = 2**31 - 1


def texts(values: Sequence[str | None]) -> pa.Array:
    """A column of text; None is NULL. AttributeError where a value is anything else."""
    encoded = [b"" if value is None else value.encode() for value in values]
    ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)))
    is_large = len(ends) > 0 and int(ends[-1]) > _LIMIT
    offsets = np.zeros(len(encoded) + 1, np.int64 if is_large else np.int32)
    offsets[1:] = ends
    valid = None
    if None in values:
        there = np.fromiter((value is not None for value in values), np.bool_, len(values))
        valid = pa.py_buffer(np.packbits(there, bitorder="little"))
    return pa.Array.from_buffers(
        pa.large_string() if is_large else pa.string(),
        len(encoded),
        [valid, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))],
    )


def integers(values: Iterable[int]) -> pa.Array:
    """A column of whole numbers."""
    found = np.fromiter(values, np.int64)
    return pa.Array.from_buffers(pa.int64(), len(found), [None, pa.py_buffer(found)])
