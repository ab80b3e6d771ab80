"""Rows of a place over all its months, kept as long as the reader lives.

A version never changes, and what a page asks of a place differs by period and comparison alone. So
the rows of all months of one place are read when somebody first looks at it, and every period is
added up from them. Places that were not looked at for long go first.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from gridgov.answers import Answers, question
from gridgov.warehouse import Reader

__all__ = ["place_rows"]

# Cells of 8 bytes, rows × columns and texts: at most 4 MB of one answer, 32 MB of a reader.
_LARGEST = 500_000
_ALL = 4_000_000
_KEPT: WeakKeyDictionary[Reader, Answers] = WeakKeyDictionary()
_LOCK = Lock()


def place_rows(reader: Reader, sql: str, **parameters: object) -> Mapping[str, npt.NDArray[Any]]:
    """As `Reader.columns`, for a query whose parameters say where, and never when."""
    with _LOCK:
        kept = _KEPT.setdefault(reader, Answers(_LARGEST, _ALL))
    key = question(sql, parameters)
    return kept.get(
        key,
        lambda: _shared_texts(reader.columns(sql, **parameters)),
        _cells,
    )


def _cells(columns: Mapping[str, npt.NDArray[Any]]) -> int:
    """What the columns weigh in cells of 8 bytes; each different text by its length (outlines)."""
    texts = {
        text
        for column in columns.values()
        if column.dtype == object
        for text in np.ma.getdata(column).tolist()
        if isinstance(text, str)
    }
    return sum(map(len, columns.values())) + sum(map(len, texts)) // 8


def _shared_texts(columns: Mapping[str, npt.NDArray[Any]]) -> Mapping[str, npt.NDArray[Any]]:
    """Equal texts as one object each: a column of few different ones is then eight bytes a row."""
    texts: dict[object, object] = {}
    found = {}
    for name, column in columns.items():
        if column.dtype == object:
            values = np.array(
                [texts.setdefault(value, value) for value in np.ma.getdata(column).tolist()],
                dtype=object,
            )
            is_masked = isinstance(column, np.ma.MaskedArray)
            column = np.ma.array(values, mask=np.ma.getmaskarray(column)) if is_masked else values
            column.flags.writeable = False
        found[name] = column
    return found
