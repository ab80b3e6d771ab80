"""Judged series that a reader keeps: a version never changes, so what was judged once stays so.

The standing set is what the trends page shows to whoever opens it: every metric by month of the
grids above the lowest level, up to the data date. It is kept for as long as the reader lives, as
are the months it is made of (`gridgov/metrics/months.py`); of the others the oldest asked for go.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from gridgov.warehouse import Reader

__all__ = ["KeptSets"]

T = TypeVar("T")


class KeptSets(Generic[T]):
    """Sets by reader and question, bounded by cells (series × periods); safe between threads."""

    def __init__(self, largest: int, all_cells: int) -> None:
        """largest: of a set that is kept at all; all_cells: of those that may go, together."""
        self._largest = largest
        self._all = all_cells
        self._standing: WeakKeyDictionary[Reader, dict[Hashable, T]] = WeakKeyDictionary()
        self._others: WeakKeyDictionary[Reader, OrderedDict[Hashable, tuple[T, int]]] = (
            WeakKeyDictionary()
        )
        self._lock = Lock()

    def find(self, reader: Reader, key: Hashable) -> T | None:
        with self._lock:
            found = self._standing.get(reader, {}).get(key)
            if found is not None:
                return found
            others = self._others.get(reader, OrderedDict())
            if key not in others:
                return None
            others.move_to_end(key)
            return others[key][0]

    def keep(
        self, reader: Reader, key: Hashable, found: T, cells: int, *, is_standing: bool
    ) -> None:
        """Keeps a set that is not too large."""
        if cells > self._largest:
            return
        with self._lock:
            if is_standing:
                # One alone: who sees other levels has another reader.
                self._standing[reader] = {key: found}
                return
            others = self._others.setdefault(reader, OrderedDict())
            others[key] = found, cells
            while sum(size for _found, size in others.values()) > self._all:
                others.popitem(last=False)

    def forget(self, reader: Reader, *, standing: bool) -> None:
        """Forgets what may go, and the standing set too where `standing`."""
        with self._lock:
            self._others.pop(reader, None)
            if standing:
                self._standing.pop(reader, None)
