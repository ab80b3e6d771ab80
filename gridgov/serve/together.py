"""What a run draws is handed over together.

Streamlit's run tells the event loop of every element that it draws, some sixty in the forty
milliseconds of an ordinary run, and both take the interpreter lock from each other for each of
them. Here elements wait for the end of the run, or for `HOLD_SECONDS` if that comes first. Nothing
else about them changes: they reach the session in the order in which they were drawn, on its own
event loop, and whatever ends a run brings along what was drawn before. Measured in
docs/benchmarks.md, "Sessions".
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from weakref import WeakKeyDictionary

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunnerEvent

__all__ = ["HOLD_SECONDS", "Line", "hand_over_together"]

# Shorter than anybody notices, longer than nearly every run takes.
HOLD_SECONDS = 0.15
Work = Callable[[], None]


class Line:
    """Work for an event loop that stands in line; safe to use from any number of threads.

    Work is done in the order in which it came. What may wait is done with what may not, and
    `hold` seconds after the first of it at the latest.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, hold: float = HOLD_SECONDS) -> None:
        self._loop = loop
        self._hold = hold
        self._lock = threading.Lock()
        self._work: list[Work] = []
        self._is_awaited = False

    def put(self, work: Work, *, may_wait: bool) -> None:
        """Add work. A loop that is closed does none any more, as `call_soon_threadsafe` of one."""
        with self._lock:
            self._work.append(work)
            if may_wait and self._is_awaited:
                return
            self._is_awaited = True
        try:
            if may_wait:
                self._loop.call_soon_threadsafe(self._loop.call_later, self._hold, self._do)
            else:
                self._loop.call_soon_threadsafe(self._do)
        except RuntimeError:
            if not self._loop.is_closed():
                raise

    def _do(self) -> None:
        with self._lock:
            work, self._work = self._work, []
            self._is_awaited = False
        for one in work:
            # Each by itself: one that fails is reported by the loop and does not stop the others.
            self._loop.call_soon(one)


def hand_over_together() -> None:
    """Have every session of this process take a run's elements together. Twice is once."""
    told: Any = AppSession._on_scriptrunner_event
    if getattr(told, "hands_over_together", False):
        return
    lines: WeakKeyDictionary[AppSession, Line] = WeakKeyDictionary()
    lock = threading.Lock()

    @wraps(told)
    def on_event(session: AppSession, sender: Any, event: ScriptRunnerEvent, **facts: Any) -> None:
        with lock:
            line = lines.get(session)
            if line is None:
                line = lines[session] = Line(session._event_loop)
        work = partial(session._handle_scriptrunner_event_on_event_loop, sender, event, **facts)
        line.put(work, may_wait=event is ScriptRunnerEvent.ENQUEUE_FORWARD_MSG)

    patched: Any = on_event
    patched.hands_over_together = True
    AppSession._on_scriptrunner_event = patched  # type: ignore[method-assign]
