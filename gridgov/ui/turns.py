"""How many runs of the script compute at the same moment.

One interpreter lock carries one run at a time. Sixty that begin together do not finish sooner by
switching every few milliseconds: all of them end late, and the switching costs a quarter more. So
one computes and the others queue, first come first served. A run that takes longer than
`QUANTUM_SECONDS` (an evaluation, a large file, a wait for another process) keeps going but no
longer keeps the others waiting. Measured in docs/benchmarks.md, "Sessions".
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["QUANTUM_SECONDS", "Turns", "turn"]

# Longer than nearly every action takes, short enough to be waited for.
QUANTUM_SECONDS = 0.4


class Turns:
    """One turn at a time, in order of arrival; one older than `quantum` seconds does not count.

    Safe to use from any number of threads. Whatever goes wrong within a turn, those behind it
    wait for `quantum` seconds at most.
    """

    def __init__(self, quantum: float = QUANTUM_SECONDS) -> None:
        self._quantum = quantum
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._holder: object | None = None
        self._until = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn, then compute within the block."""
        mine = self._take()
        try:
            yield
        finally:
            self._give(mine)

    def _take(self) -> object:
        called = threading.Event()
        with self._lock:
            self._waiting.append(called)
        while True:
            with self._lock:
                left = self._until - time.monotonic() if self._holder is not None else 0.0
                first = self._waiting[0] is called
                if first and left <= 0:
                    self._waiting.popleft()
                    self._holder = called
                    self._until = time.monotonic() + self._quantum
                    self._call_next()
                    return called
                called.clear()
            # Whoever is not first is called when those before have gone.
            called.wait(left if first else None)

    def _give(self, mine: object) -> None:
        with self._lock:
            if self._holder is mine:
                self._holder = None
                self._call_next()

    def _call_next(self) -> None:
        """One thread wakes, not the whole queue."""
        if self._waiting:
            self._waiting[0].set()


_TURNS = Turns()
turn = _TURNS.turn
