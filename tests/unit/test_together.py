"""A run's messages leave together, in order, and never later than they may."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from gridgov.ui.together import Together

Steps = Callable[[Send], Coroutine[Any, Any, None]]


def framed(message: ForwardMsg) -> Message:
    return {"type": "websocket.send", "bytes": message.SerializeToString()}


def status(is_running: bool) -> Message:
    message = ForwardMsg()
    message.session_status_changed.script_is_running = is_running
    message.session_status_changed.run_on_save = False
    return framed(message)


def new_session() -> Message:
    message = ForwardMsg()
    message.new_session.name = "run"
    return framed(message)


def element(name: str) -> Message:
    message = ForwardMsg(hash=name)
    message.delta.new_element.html.body = name
    return framed(message)


def finished() -> Message:
    return framed(ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY))


CLOSED: Message = {"type": "websocket.close", "code": 1000}


def sent(steps: Steps, hold: float = 5.0) -> tuple[list[Message], list[int]]:
    """What goes out, and how much had gone out after each step of the application."""
    out: list[Message] = []
    seen: list[int] = []

    async def outside(message: Message) -> None:
        await asyncio.sleep(0)
        out.append(message)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def counted(message: Message) -> None:
            await send(message)
            seen.append(len(out))

        await steps(counted)

    async def receive() -> Message:
        return {"type": "websocket.receive"}

    asyncio.run(Together(app, hold)({"type": "websocket"}, receive, outside))
    return out, seen


def test_a_run_leaves_together_when_it_has_finished() -> None:
    run = [new_session(), status(True), element("a"), element("b"), finished(), status(False)]

    async def steps(send: Send) -> None:
        for message in run:
            await send(message)

    out, seen = sent(steps)
    assert out == run
    assert seen == [0, 0, 0, 0, 5, 6]


def test_a_long_run_is_told_of_while_it_computes() -> None:
    async def steps(send: Send) -> None:
        await send(new_session())
        await send(status(True))
        for _turn in range(30):
            await asyncio.sleep(0.01)
        await send(element("a"))

    out, seen = sent(steps, hold=0.02)
    assert out == [new_session(), status(True), element("a")]
    assert seen == [0, 0, 3]


@pytest.mark.parametrize("pause", [0.0, 0.001, 0.005])
def test_order_holds_where_both_ways_out_meet(pause: float) -> None:
    run = [m for n in range(60) for m in (new_session(), status(True), element(str(n)), finished())]

    async def steps(send: Send) -> None:
        for message in run:
            await send(message)
            await asyncio.sleep(pause)

    assert sent(steps, hold=0.001)[0] == run


def test_a_connection_that_closes_says_what_it_still_had() -> None:
    async def steps(send: Send) -> None:
        await send(new_session())
        await send(CLOSED)

    assert sent(steps)[0] == [new_session(), CLOSED]


def test_other_traffic_passes_untouched() -> None:
    out: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def outside(message: Message) -> None:
        out.append(message)

    asyncio.run(Together(app)({"type": "http"}, receive, outside))
    assert out == [{"type": "http.response.start", "status": 200}]
