"""What a run draws is handed over together, in order, and nothing waits for longer than it may."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunnerEvent

from gridgov.serve.together import Line, hand_over_together

Loop = asyncio.AbstractEventLoop


def in_loop(work: Callable[[Loop], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        await work(asyncio.get_running_loop())

    asyncio.run(main())


def test_what_may_wait_comes_with_what_may_not() -> None:
    done: list[str] = []

    async def work(loop: Loop) -> None:
        line = Line(loop, hold=60)
        line.put(partial(done.append, "first"), may_wait=True)
        line.put(partial(done.append, "second"), may_wait=True)
        await asyncio.sleep(0.05)
        assert done == []
        line.put(partial(done.append, "end"), may_wait=False)
        await asyncio.sleep(0.05)
        assert done == ["first", "second", "end"]

    in_loop(work)


def test_nothing_waits_for_longer_than_it_may() -> None:
    done: list[float] = []

    async def work(loop: Loop) -> None:
        line = Line(loop, hold=0.05)
        for _turn in range(2):
            begin = time.monotonic()
            line.put(lambda: done.append(time.monotonic()), may_wait=True)
            while not done:
                await asyncio.sleep(0.005)
            assert done.pop() - begin >= 0.05

    in_loop(work)


def test_one_that_fails_does_not_stop_the_others() -> None:
    done: list[str] = []
    told: list[object] = []

    async def work(loop: Loop) -> None:
        loop.set_exception_handler(lambda _loop, context: told.append(context["exception"]))
        line = Line(loop, hold=60)
        line.put(partial(int, "not a number"), may_wait=True)
        line.put(partial(done.append, "after"), may_wait=False)
        await asyncio.sleep(0.05)

    in_loop(work)
    assert done == ["after"]
    assert [type(error) for error in told] == [ValueError]


def test_many_threads_lose_nothing_and_keep_their_order() -> None:
    """Each thread's work in its own order, all of it, whatever else is put meanwhile."""
    count, threads = 500, 8
    done: list[tuple[int, int]] = []

    async def work(loop: Loop) -> None:
        line = Line(loop, hold=0.001)

        def put(name: int) -> None:
            for number in range(count):
                line.put(partial(done.append, (name, number)), may_wait=number % 7 != 0)

        running = [threading.Thread(target=put, args=(name,)) for name in range(threads)]
        for thread in running:
            thread.start()
        deadline = time.monotonic() + 30
        while len(done) < count * threads and time.monotonic() < deadline:
            await asyncio.sleep(0.005)
        for thread in running:
            thread.join()

    in_loop(work)
    for name in range(threads):
        assert [number for of, number in done if of == name] == list(range(count))


def test_a_closed_loop_takes_nothing_and_says_nothing() -> None:
    loop = asyncio.new_event_loop()
    line = Line(loop)
    loop.close()
    line.put(lambda: None, may_wait=True)
    line.put(lambda: None, may_wait=False)


class FakeSession:
    """What the replaced method of a session uses, with what reached it."""

    _on_scriptrunner_event = AppSession._on_scriptrunner_event

    def __init__(self, loop: Loop) -> None:
        self._event_loop = loop
        self.told: list[tuple[ScriptRunnerEvent, dict[str, object]]] = []

    def _handle_scriptrunner_event_on_event_loop(
        self, _sender: object, event: ScriptRunnerEvent, **facts: object
    ) -> None:
        self.told.append((event, facts))


@pytest.fixture
def patched(monkeypatch: pytest.MonkeyPatch) -> None:
    # Put back afterwards: the process that tests is not a server.
    monkeypatch.setattr(AppSession, "_on_scriptrunner_event", AppSession._on_scriptrunner_event)
    hand_over_together()


@pytest.mark.usefixtures("patched")
def test_a_session_takes_elements_with_the_end_of_the_run() -> None:
    async def work(loop: Loop) -> None:
        session: Any = FakeSession(loop)
        session._on_scriptrunner_event = AppSession._on_scriptrunner_event.__get__(session)
        tell = session._on_scriptrunner_event
        tell(None, event=ScriptRunnerEvent.SCRIPT_STARTED, page_script_hash="p")
        await asyncio.sleep(0.02)
        for name in ("a", "b"):
            message = ForwardMsg(hash=name)
            tell(None, event=ScriptRunnerEvent.ENQUEUE_FORWARD_MSG, forward_msg=message)
        await asyncio.sleep(0.02)
        assert [event.name for event, _facts in session.told] == ["SCRIPT_STARTED"]
        tell(None, event=ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS)
        await asyncio.sleep(0.02)
        assert [event.name for event, _facts in session.told] == [
            "SCRIPT_STARTED",
            "ENQUEUE_FORWARD_MSG",
            "ENQUEUE_FORWARD_MSG",
            "SCRIPT_STOPPED_WITH_SUCCESS",
        ]
        assert session.told[0][1] == {"page_script_hash": "p"}
        assert session.told[1][1] == {"forward_msg": ForwardMsg(hash="a")}

    in_loop(work)


@pytest.mark.usefixtures("patched")
def test_twice_is_once() -> None:
    once = AppSession._on_scriptrunner_event
    hand_over_together()
    assert AppSession._on_scriptrunner_event is once
