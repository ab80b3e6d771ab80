"""What a run draws leaves the server at once.

Streamlit sends each element as soon as it is made, some sixty in the forty milliseconds of an
ordinary run: the event loop and the run take the interpreter lock from each other for every one of
them, and the browser builds and paints the page two or three times where once would do. A run that
takes longer than `HOLD_SECONDS` shows what it has by then and goes on as Streamlit does. Measured
in docs/benchmarks.md, "Pages in the browser" and "Sessions".
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

__all__ = ["HOLD_SECONDS", "Outbox", "sent_together"]

# Shorter than anybody notices, longer than nearly every run takes.
HOLD_SECONDS = 0.15


class Outbox:
    """Holds messages back until `release`, in order; safe to use from any number of threads."""

    def __init__(self, send: Callable[[ForwardMsg], None], check: Callable[[], None]) -> None:
        """`send` delivers one message; `check` raises where the run is to end."""
        self._send = send
        self._check = check
        self._lock = threading.Lock()
        self._held: list[ForwardMsg] | None = []

    def put(self, message: ForwardMsg) -> None:
        """Hold a message; deliver it at once after `release`."""
        with self._lock:
            is_held = self._held is not None
            if self._held is not None:
                self._held.append(message)
        # A run that somebody has already clicked past ends at its next element.
        self._check() if is_held else self._send(message)

    def release(self) -> None:
        """Deliver what is held; from now on nothing is held any more."""
        with self._lock:
            held, self._held = self._held, None
            for message in held or ():
                self._send(message)


@contextmanager
def sent_together() -> Iterator[None]:
    """Everything that the block draws is sent when it ends, or `HOLD_SECONDS` after its begin."""
    context = get_script_run_ctx()
    if context is None:
        yield
        return
    before = context._enqueue
    outbox = Outbox(before, context.yield_check)
    context._enqueue = outbox.put
    late = threading.Timer(HOLD_SECONDS, outbox.release)
    late.daemon = True
    late.start()
    try:
        yield
    finally:
        late.cancel()
        context._enqueue = before
        outbox.release()
