"""Child processes: one spare always warm, each serves one query, none outlives its deadline.

Starting the interpreter and the engine costs a third of a second; a spare that has done so waits
on its pipe, so that a query pays only for opening the database.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from gridgov.explore.limits import GIB

__all__ = ["Cancel", "Child", "gate", "spares"]

_BOOT = (
    "import os,sys;os.environ['OPENBLAS_NUM_THREADS']='1';sys.path.insert(0,sys.argv[1]);"
    "from gridgov.explore.child import main;main()"
)
_ROOT = str(Path(__file__).resolve().parents[2])


class Cancel:
    """A wish to stop, given from any thread; kills the child that is at work, if there is one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: Child | None = None
        self.wanted = False

    def __call__(self) -> None:
        with self._lock:
            self.wanted = True
            if self._child is not None:
                self._child.kill("cancelled")

    @contextmanager
    def watching(self, child: Child) -> Iterator[None]:
        """Kill `child` when the wish comes, or at once if it came before."""
        with self._lock:
            self._child = child
            if self.wanted:
                child.kill("cancelled")
        try:
            yield
        finally:
            with self._lock:
                self._child = None


class Child:
    """One process in a session of its own, with no environment and an empty working directory."""

    def __init__(self, workdir: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-c", _BOOT, _ROOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd=workdir,
            close_fds=True,
            start_new_session=True,
        )
        self._lock = threading.Lock()
        self.killed_for: str | None = None

    @property
    def output(self) -> BinaryIO:
        assert self._process.stdout is not None
        return self._process.stdout  # type: ignore[return-value]

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        return self._process.poll() is None

    def send(self, request: dict[str, Any]) -> None:
        """Hand over the request; raises BrokenPipeError where the child is gone."""
        payload = json.dumps(request, ensure_ascii=True).encode("ascii")
        assert self._process.stdin is not None
        self._process.stdin.write(struct.pack(">I", len(payload)) + payload)
        self._process.stdin.flush()

    def kill(self, reason: str) -> None:
        """End the child and whatever it may have started; the first reason given stands."""
        with self._lock:
            if self.killed_for is None:
                self.killed_for = reason
            if self._process.returncode is None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> int:
        """Reap the child and close its pipes; its exit status (negative: the signal)."""
        with suppress(BrokenPipeError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            status = self._process.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            self.kill("left over")
            status = self._process.wait()
        self.output.close()
        return status


class _Spares:
    """Warm children that wait: `keep` of them in a server, none in a command that runs once."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self.wanted = False
        self._lock = threading.Lock()
        self._waiting: list[Child] = []
        self._workdir: str | None = None

    def take(self) -> Child:
        with self._lock:
            while self._waiting:
                child = self._waiting.pop(0)
                if child.alive():
                    return child
                child.close()
            return Child(self._directory())

    def refill(self) -> None:
        """Start what is missing, if spares are wanted; the children warm up on their own."""
        if not self.wanted:
            return
        with self._lock:
            self._waiting = [child for child in self._waiting if child.alive() or _reaped(child)]
            while len(self._waiting) < self._keep:
                self._waiting.append(Child(self._directory()))

    def close(self) -> None:
        """End the waiting children and remove their directory."""
        self.wanted = False
        with self._lock:
            for child in self._waiting:
                child.kill("left over")
                child.close()
            self._waiting = []
            if self._workdir is not None:
                shutil.rmtree(self._workdir, ignore_errors=True)
                self._workdir = None

    def _directory(self) -> str:
        if self._workdir is None or not Path(self._workdir).is_dir():
            self._workdir = tempfile.mkdtemp(prefix="gridgov-sql-")
        return self._workdir


def _reaped(child: Child) -> bool:
    child.close()
    return False


class _Gate:
    """How many queries run at once, over all and for one person."""

    def __init__(self, places: int, places_each: int) -> None:
        self.places = places
        self.places_each = places_each
        self._condition = threading.Condition()
        self._running: Counter[str] = Counter()
        self._total = 0

    @contextmanager
    def place(self, owner: str | None, seconds: float, cancel: Cancel) -> Iterator[bool]:
        """Hold a place for one query; yields False where none came free in `seconds`."""
        entered = self._enter(owner, seconds, cancel)
        try:
            yield entered
        finally:
            if entered:
                with self._condition:
                    self._total -= 1
                    if owner is not None:
                        self._running[owner] -= 1
                    self._condition.notify_all()

    def _enter(self, owner: str | None, seconds: float, cancel: Cancel) -> bool:
        waited = 0.0
        with self._condition:
            while self._full(owner):
                if waited >= seconds or cancel.wanted:
                    return False
                self._condition.wait(0.1)
                waited += 0.1
            self._total += 1
            if owner is not None:
                self._running[owner] += 1
            return True

    def _full(self, owner: str | None) -> bool:
        each = owner is not None and self._running[owner] >= self.places_each
        return each or self._total >= self.places


def _places() -> int:
    """As many queries at once as three quarters of the memory carry at 2 GiB each, 2 to 16."""
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        total = 8 * GIB
    return max(2, min(16, total * 3 // 4 // (2 * GIB)))


spares = _Spares(keep=2)
gate = _Gate(_places(), places_each=2)
atexit.register(spares.close)
