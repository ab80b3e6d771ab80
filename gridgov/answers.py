"""Answers of a published version, kept while they are small and asked for.

A version never changes, so what a statement gave once it gives again. Pages ask the same
statement from many places: a change of the comparison leaves the period's figures as they were, a
change of page asks for the same history. Least recently used answers go first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

__all__ = ["Answers", "question"]

T = TypeVar("T")

# Cells (rows × columns): a larger answer is not kept; all of a reader's together stay below.
LARGEST = 50_000
ALL = 2_000_000
# Longer than any query of a page: whoever waited so long asks for itself.
_PATIENCE_SECONDS = 10.0


def question(sql: str, parameters: Mapping[str, object]) -> Hashable | None:
    """What tells one statement with its parameters from another; None where that cannot be said."""
    parts = []
    for name, value in sorted(parameters.items()):
        given = tuple(value) if isinstance(value, list | tuple) else value
        # 1, 1.0 and True are equal to Python and not to the engine.
        kinds = tuple(type(one) for one in given) if isinstance(given, tuple) else type(given)
        parts.append((name, kinds, given))
    key = (sql, tuple(parts))
    try:
        hash(key)
    except TypeError:
        return None
    return key


class Answers:
    """A least-recently-used store bounded by cells; safe to share between threads."""

    def __init__(self, largest: int = LARGEST, all_cells: int = ALL) -> None:
        self._largest = largest
        self._all = all_cells
        self._cells = 0
        self._kept: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()
        self._running: dict[Hashable, threading.Event] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable, ask: Callable[[], T], size: Callable[[T], int]) -> T:
        """The kept answer to `key`, else that of `ask`, kept where it is small enough.

        Of several that ask at the same moment one computes and the others wait for it; where it
        fails, or its answer is too large to keep, each of them computes for itself.
        """
        while True:
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    found: T = self._kept[key][0]  # type: ignore[assignment]
                    return found
                running = self._running.get(key)
                if running is None:
                    self._running[key] = threading.Event()
                    break
            running.wait(_PATIENCE_SECONDS)
            with self._lock:
                if key not in self._kept:
                    break
        return self._asked(key, ask, size)

    def _asked(self, key: Hashable, ask: Callable[[], T], size: Callable[[T], int]) -> T:
        try:
            answer = ask()
            cells = max(size(answer), 1)
            if cells <= self._largest:
                self._keep(key, answer, cells)
            return answer
        finally:
            with self._lock:
                running = self._running.pop(key, None)
            if running is not None:
                running.set()

    def _keep(self, key: Hashable, answer: object, cells: int) -> None:
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = (answer, cells)
            self._cells += cells
            while self._cells > self._all:
                _key, (_answer, gone) = self._kept.popitem(last=False)
                self._cells -= gone
