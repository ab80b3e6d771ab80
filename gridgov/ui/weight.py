"""How much memory an answer or a drawing takes, near enough to bound a store of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from types import FunctionType, ModuleType

import numpy as np
import pandas as pd

__all__ = ["weight"]

# Shared by the whole program, held by no answer alone.
_SHARED = (type, FunctionType, ModuleType)
# A cell of a frame with what surrounds it; asking pandas takes a millisecond a frame.
_CELL_BYTES = 16
_FRAME_BYTES = 2_000

_Held = Callable[[object], Iterable[object]]


def weight(value: object) -> int:
    """Bytes of `value` and all that it holds, each object once; at least 1.

    Arrays count by their buffers, frames by their cells, containers, dataclasses and plain objects
    by what lies in them; a class, function or module counts nothing.
    """
    seen: set[int] = set()
    total = 0
    left: list[object] = [value]
    while left:
        one = left.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        own, held = _rule(type(one))  # type: ignore[arg-type]
        total += own(one)
        if held is not None:
            left.extend(held(one))
    return max(total, 1)


@cache
def _rule(kind: type) -> tuple[Callable[[object], int], _Held | None]:
    """How much objects of a type weigh themselves, and how to come by what they hold."""
    if issubclass(kind, _SHARED):
        return _nothing, None
    if issubclass(kind, pd.DataFrame | pd.Series | pd.Index):
        return _cells, None
    if issubclass(kind, np.ndarray):
        return attrgetter("nbytes"), None
    if issubclass(kind, str | bytes | int | float):
        return sys.getsizeof, None
    return sys.getsizeof, _contents(kind)


def _contents(kind: type) -> _Held:
    if issubclass(kind, Mapping):
        return lambda one: [*one.keys(), *one.values()]  # type: ignore[attr-defined]
    if issubclass(kind, list | tuple | set | frozenset):
        return lambda one: one  # type: ignore[return-value]
    if is_dataclass(kind):
        names = [field.name for field in fields(kind)]
        return lambda one: [getattr(one, name, None) for name in names]
    return lambda one: getattr(one, "__dict__", {}).values()


def _nothing(_one: object) -> int:
    return 0


def _cells(one: object) -> int:
    return _FRAME_BYTES + _CELL_BYTES * int(np.prod(one.shape))  # type: ignore[attr-defined]
