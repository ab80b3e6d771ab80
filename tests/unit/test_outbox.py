"""What a run draws is sent together, in order, and nothing waits for longer than it may."""

from __future__ import annotations

import threading
import time

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from gridgov.ui import outbox
from gridgov.ui.outbox import Outbox, sent_together


class Stopped(Exception):
    """What Streamlit raises in a run that is to end."""


def message(name: str) -> ForwardMsg:
    return ForwardMsg(hash=name)


def test_held_until_released_then_sent_at_once() -> None:
    sent: list[str] = []
    box = Outbox(lambda one: sent.append(one.hash), lambda: None)
    for name in "abc":
        box.put(message(name))
    assert sent == []
    box.release()
    assert sent == ["a", "b", "c"]
    box.put(message("d"))
    box.release()
    assert sent == ["a", "b", "c", "d"]


def test_a_run_that_was_clicked_past_ends_at_its_next_element() -> None:
    sent: list[str] = []

    def check() -> None:
        raise Stopped

    box = Outbox(lambda one: sent.append(one.hash), check)
    with pytest.raises(Stopped):
        box.put(message("a"))
    assert sent == []


def test_order_holds_with_a_release_in_the_middle() -> None:
    sent: list[str] = []
    box = Outbox(lambda one: sent.append(one.hash), lambda: None)
    names = [str(number) for number in range(5_000)]
    late = threading.Timer(0.002, box.release)
    late.start()
    for name in names:
        box.put(message(name))
    box.release()
    late.join()
    assert sent == names


class Context:
    """The two things of Streamlit's context of a run that are touched."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self._enqueue = self.enqueue

    def enqueue(self, one: ForwardMsg) -> None:
        self.sent.append(one.hash)

    def yield_check(self) -> None:
        """Nobody has clicked."""


def test_a_block_sends_at_its_end_or_when_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context()
    monkeypatch.setattr(outbox, "get_script_run_ctx", lambda: context)
    with sent_together():
        context._enqueue(message("a"))
        assert context.sent == []
    assert context.sent == ["a"]
    assert context._enqueue == context.enqueue

    monkeypatch.setattr(outbox, "HOLD_SECONDS", 0.02)
    with sent_together():
        context._enqueue(message("b"))
        deadline = time.monotonic() + 10
        while context.sent == ["a"] and time.monotonic() < deadline:
            time.sleep(0.005)
        # Seen while the run goes on; what comes now waits for nothing.
        assert context.sent == ["a", "b"]
        context._enqueue(message("c"))
        assert context.sent == ["a", "b", "c"]


def test_an_error_within_still_sends_what_was_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context()
    monkeypatch.setattr(outbox, "get_script_run_ctx", lambda: context)
    with pytest.raises(Stopped), sent_together():
        context._enqueue(message("a"))
        raise Stopped
    assert context.sent == ["a"]


def test_streamlit_still_has_what_is_replaced() -> None:
    """The one name of Streamlit's own that `sent_together` relies on."""
    from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

    assert {"_enqueue", "yield_check"} <= set(ScriptRunContext.__dataclass_fields__)
