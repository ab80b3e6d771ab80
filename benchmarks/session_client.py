"""One visitor of the served application without a browser: Streamlit's own messages over a real
WebSocket.

The client keeps what the page shows that it needs in order to act: the pages of the navigation,
the drop-downs with their options, the address. A run counts as finished when the server says so
and has sent everything before it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Selectbox_pb2 import Selectbox
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from gridgov.serve.packed import ASKED, unpack

__all__ = ["Answer", "Visitor"]

# How every refusal of the engine begins; the demo's leader may see all that these pages ask.
_REFUSED = "当前角色不能查看"
_DONE = ForwardMsg.FINISHED_SUCCESSFULLY


@dataclass(frozen=True)
class Answer:
    """What one action came to: seconds until the script had finished, bytes received, errors."""

    seconds: float
    received: int
    errors: tuple[str, ...]


@dataclass
class _Run:
    received: int = 0
    errors: list[str] = field(default_factory=list)


class Visitor:
    """`async with Visitor(address) as visitor: await visitor.open("overview")`."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._socket: ClientConnection | None = None
        self._values: dict[str, str] = {}
        self._query = ""
        self._page = ""
        self._known: dict[str, bytes] = {}
        self._waiting: deque[bytes] = deque()
        self.pages: dict[str, str] = {}
        self.choices: dict[str, Selectbox] = {}

    async def __aenter__(self) -> Visitor:
        self._socket = await connect(
            self._address.replace("http", "ws", 1) + f"/_stcore/stream?{ASKED}",
            # The gate refuses a WebSocket without the origin that a browser would send.
            origin=Origin(self._address),
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            compression=None,
            open_timeout=60,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def open(self, name: str, query: str = "") -> Answer:
        """Open a page by its address, as a fresh tab does."""
        self._query, self._page = query, ""
        message = BackMsg()
        message.rerun_script.page_name = name
        return await self._act(message)

    async def go(self, name: str) -> Answer:
        """Change page by the navigation; the browser drops the address's parameters."""
        self._query, self._page = "", self.pages[name]
        return await self._act(BackMsg())

    async def choose(self, label: str, option: str) -> Answer:
        """Pick an option of the drop-down with that label."""
        self._values[self.choices[label].id] = option
        return await self._act(BackMsg())

    async def _act(self, message: BackMsg) -> Answer:
        assert self._socket is not None
        state = message.rerun_script
        state.query_string = self._query
        state.page_script_hash = self._page
        state.context_info.timezone = "Asia/Shanghai"
        state.context_info.timezone_offset = -480
        state.context_info.locale = "zh-CN"
        state.context_info.color_scheme = "light"
        state.context_info.url = f"{self._address}/"
        state.cached_message_hashes.extend(self._known)
        for key, value in self._values.items():
            state.widget_states.widgets.add(id=key, string_value=value)
        begin = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        run = _Run()
        while not await self._take(run):
            pass
        return Answer(time.perf_counter() - begin, run.received, tuple(run.errors))

    async def _take(self, run: _Run) -> bool:
        """Read one message; True when it ends the run."""
        assert self._socket is not None
        while not self._waiting:
            frame = await self._socket.recv(decode=False)
            run.received += len(frame)
            self._waiting.extend(unpack(frame))
        data = self._waiting.popleft()
        message = ForwardMsg()
        message.ParseFromString(data)
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            message.ParseFromString(self._known[message.ref_hash])
            kind = message.WhichOneof("type")
        elif message.metadata.cacheable:
            self._known[message.hash] = data
        if kind == "delta":
            self._element(message, run)
        elif kind == "new_session":
            self._page = message.new_session.page_script_hash
            self.choices.clear()
        elif kind == "navigation":
            self._page = message.navigation.page_script_hash
            self.pages = {
                page.url_pathname: page.page_script_hash
                for page in message.navigation.app_pages
                if not page.is_hidden
            }
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "auth_redirect":
            run.errors.append("sent to the login")
        return kind == "script_finished" and message.script_finished == _DONE

    def _element(self, message: ForwardMsg, run: _Run) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "selectbox":
            self.choices[element.selectbox.label] = element.selectbox
        elif kind == "exception":
            run.errors.append(element.exception.message)
        elif kind == "html" and _REFUSED in element.html.body:
            run.errors.append(element.html.body)
        elif kind == "alert" and element.alert.format == element.alert.ERROR:
            run.errors.append(element.alert.body)


async def quiet_until(deadline: float) -> None:
    """Sleep to a moment of `time.perf_counter`; at once when it has passed."""
    await asyncio.sleep(max(0.0, deadline - time.perf_counter()))
