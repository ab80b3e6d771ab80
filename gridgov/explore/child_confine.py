"""What the child does to itself before it reads a word of the analyst's SQL.

In two steps, because opening the database needs what running the query must not have:
`before_open` sets the ceilings, `after_open` gives up files, threads, rights and system calls.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from pathlib import Path

from gridgov.explore import child_seccomp
from gridgov.explore.limits import Limits

__all__ = ["after_open", "before_open"]

_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_NOBODY = 65534
_GRACE_SECONDS = 5


def before_open(limits: Limits) -> None:
    """Ceilings on memory, processor time, written files and open files; polite to everyone else."""
    bare = _address_space_bytes()
    _ceiling(resource.RLIMIT_AS, bare + limits.memory_bytes)
    _ceiling(resource.RLIMIT_CPU, limits.cpu_seconds)
    _ceiling(resource.RLIMIT_FSIZE, 0)
    _ceiling(resource.RLIMIT_CORE, 0)
    _ceiling(resource.RLIMIT_NOFILE, 32)
    # The parent kills at the deadline; this is for the case that the parent itself has died.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds + _GRACE_SECONDS)
    with contextlib.suppress(OSError):
        os.nice(10)
    with contextlib.suppress(OSError):  # if memory runs out after all, this process goes first
        Path("/proc/self/oom_score_adj").write_text("1000")


def after_open() -> dict[str, bool]:
    """Give up what a running query does not need; tells which of the optional layers hold."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    no_new_privileges = prctl is not None and prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    unprivileged = _become_nobody()
    if prctl is not None:
        prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    # The engine's threads exist by now: nothing may start another thread or process.
    _ceiling(resource.RLIMIT_NPROC, 0)
    filtered = no_new_privileges and child_seccomp.install()
    return {
        "no_new_privileges": no_new_privileges,
        "unprivileged": unprivileged,
        "system_calls_filtered": filtered,
    }


def _become_nobody() -> bool:
    if os.geteuid() != 0:
        return True
    try:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except OSError:
        return False
    return True


def _ceiling(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(what, (value, value))


def _address_space_bytes() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 1 << 30
    return pages * resource.getpagesize()
