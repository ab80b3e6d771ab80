"""How much memory an answer or a drawing takes, near enough to bound a store of them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import FunctionType, ModuleType

import numpy as np
import pandas as pd

__all__ = ["weight"]

# Shared by the whole program, held by no answer alone.
_SHARED = (type, FunctionType, ModuleType)


def weight(value: object) -> int:
    """Bytes of `value` and all that it holds, each object once; at least 1.

    Frames and arrays count by their columns' buffers, containers, dataclasses and plain objects
    by what lies in them; a class, function or module counts nothing.
    """
    seen: set[int] = set()
    total = 0
    left: list[object] = [value]
    while left:
        one = left.pop()
        if id(one) in seen or isinstance(one, _SHARED):
            continue
        seen.add(id(one))
        if isinstance(one, pd.DataFrame):
            total += int(one.memory_usage(index=True).sum())
        elif isinstance(one, pd.Series | pd.Index):
            total += int(one.memory_usage())
        elif isinstance(one, np.ndarray):
            total += one.nbytes
        else:
            total += sys.getsizeof(one)
            left.extend(_held(one))
    return max(total, 1)


def _held(one: object) -> list[object]:
    if isinstance(one, str | bytes | int | float | bool | None):
        return []
    if isinstance(one, Mapping):
        return [*one.keys(), *one.values()]
    if isinstance(one, list | tuple | set | frozenset):
        return list(one)
    if is_dataclass(one):
        return [getattr(one, field.name, None) for field in fields(one)]
    return list(getattr(one, "__dict__", {}).values())
