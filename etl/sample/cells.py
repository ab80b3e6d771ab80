"""Numbers of the generator as columns of text, times and counts (pyarrow)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from etl.sample.days import START
from etl.sample.streams import Integers

__all__ = ["EMPTY", "day_of", "days_at", "labels", "moments", "said", "whole"]

EMPTY = np.iinfo(np.int64).min
_EPOCH = np.datetime64(START, "s").astype(np.int64)


def labels(number: Integers, texts: Sequence[str] | pa.Array) -> pa.Array:
    """Text by number; empty where the number is negative."""
    index = pa.array(number.astype(np.int32), mask=number < 0)
    known = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())
    return pa.DictionaryArray.from_arrays(index, known)


def moments(seconds: Integers) -> pa.Array:
    """Seconds since START as local timestamps; empty where they are int64 minimum."""
    at = np.where(seconds == EMPTY, 0, seconds + _EPOCH).astype("datetime64[s]")
    return pa.array(at, pa.timestamp("s"), mask=seconds == EMPTY)


def whole(values: Integers) -> pa.Array:
    """Counts; empty where negative."""
    return pa.array(values, pa.int64(), mask=values < 0)


def said(values: NDArray[np.bool_] | Integers) -> pa.Array:
    """是, 否, or empty where a number is negative."""
    return labels(values.astype(np.int64), ("否", "是"))


def day_of(number: int | None) -> date | None:
    """The date of a day's number."""
    return None if number is None else START + timedelta(days=int(number))


def days_at(numbers: Integers) -> pa.Array:
    """Dates of days' numbers; empty where negative."""
    at = np.where(numbers < 0, 0, numbers) + _EPOCH // 86_400
    return pa.array(at.astype("datetime64[D]"), mask=numbers < 0)
