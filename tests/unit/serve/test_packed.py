"""A run's messages in one frame: nothing lost, in order, and only for a page that asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from gridgov.serve.packed import Packed, pack, unpack

BEGUN = ForwardMsg()
BEGUN.metadata.cacheable = False
BEGUN.new_session.main_script_path = "app.py"
FINISHED = ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)
FINISHED.metadata.cacheable = False
STATUS = ForwardMsg()
STATUS.session_status_changed.script_is_running = False
Parts = list[bytes]


def element(name: str) -> ForwardMsg:
    message = ForwardMsg(hash=name)
    message.delta.new_element.text.body = name
    return message


@given(some.lists(some.binary()))
def test_what_was_packed_is_what_is_unpacked(parts: Parts) -> None:
    assert unpack(pack(parts)) == parts


@pytest.mark.parametrize("message", [BEGUN, FINISHED, STATUS, element("x")])
def test_a_message_by_itself_is_its_only_part(message: ForwardMsg) -> None:
    data = message.SerializeToString()
    assert unpack(data) == [data]


@pytest.mark.parametrize("cut", [1, 3, 6])
def test_a_frame_that_was_cut_is_refused(cut: int) -> None:
    with pytest.raises(ValueError, match="ends within"):
        unpack(pack([b"abcdef"])[:-cut])


def sent(
    work: Callable[[Send], Coroutine[Any, Any, None]],
    query: bytes = b"packed=1",
    hold: float = 60,
    fails: Exception | None = None,
) -> list[Message]:
    """What leaves the server of what an application sends."""
    left: list[Message] = []

    async def out(message: Message) -> None:
        if fails is not None:
            raise fails
        # Another task may run while a frame is on its way.
        await asyncio.sleep(0)
        left.append(message)

    async def receive() -> Message:
        raise AssertionError("nobody asked")

    async def application(_scope: Scope, _receive: Receive, send: Send) -> None:
        await work(send)

    scope: Scope = {"type": "websocket", "query_string": query}
    asyncio.run(Packed(application, hold)(scope, receive, out))
    return left


def frame(message: ForwardMsg) -> Message:
    return {"type": "websocket.send", "bytes": message.SerializeToString()}


RUN = [BEGUN, element("a"), element("b"), FINISHED, STATUS]


async def _run(send: Send) -> None:
    for message in RUN:
        await send(frame(message))
    await asyncio.sleep(0.05)


def test_a_run_is_one_frame() -> None:
    (left,) = sent(_run)
    assert unpack(left["bytes"]) == [message.SerializeToString() for message in RUN]


def test_who_does_not_ask_gets_each_by_itself() -> None:
    assert sent(_run, query=b"") == [frame(message) for message in RUN]


def test_a_long_run_shows_what_it_has() -> None:
    async def work(send: Send) -> None:
        await send(frame(BEGUN))
        await send(frame(element("a")))
        for names in ("bc", "de"):
            await asyncio.sleep(0.1)
            for name in names:
                await send(frame(element(name)))
        await asyncio.sleep(0.1)
        await send(frame(FINISHED))
        await asyncio.sleep(0.05)
        await send(frame(STATUS))

    # What it has drawn by then, then each burst, then its end; what comes after belongs to no run.
    assert [unpack(message["bytes"]) for message in sent(work, hold=0.02)] == [
        [one.SerializeToString() for one in burst]
        for burst in (
            (BEGUN, element("a")),
            (element("b"), element("c")),
            (element("d"), element("e")),
            (FINISHED,),
            (STATUS,),
        )
    ]


def test_what_belongs_to_no_run_is_sent_as_it_comes() -> None:
    async def work(send: Send) -> None:
        await send({"type": "websocket.accept"})
        await send(frame(STATUS))
        await send({"type": "websocket.send", "text": "words"})

    assert [message["type"] for message in sent(work)] == [
        "websocket.accept",
        "websocket.send",
        "websocket.send",
    ]


def test_the_end_of_a_connection_comes_after_what_was_kept() -> None:
    async def work(send: Send) -> None:
        await send(frame(BEGUN))
        await send(frame(element("a")))
        await send({"type": "websocket.close", "code": 1000})

    first, last = sent(work)
    assert unpack(first["bytes"]) == [m.SerializeToString() for m in (BEGUN, element("a"))]
    assert last["type"] == "websocket.close"


def test_a_connection_that_broke_meanwhile_is_told_with_the_next_message() -> None:
    async def work(send: Send) -> None:
        await _run(send)
        with pytest.raises(OSError, match="gone"):
            await send(frame(STATUS))

    assert sent(work, fails=OSError("gone")) == []
