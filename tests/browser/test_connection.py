"""The connection of an open page: asked for at once, asked for once, and a run in one frame."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from streamlit.proto.BackMsg_pb2 import BackMsg

from gridgov.serve.packed import unpack
from tests.browser.conftest import settle

# The first WebSocket of the page closes before it is open.
BROKEN = """
const Real = WebSocket;
let isFirst = true;
window.WebSocket = function (...facts) {
  const socket = new Real(...facts);
  if (isFirst) socket.close();
  isFirst = false;
  return socket;
};
Object.assign(window.WebSocket, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 });
window.WebSocket.prototype = Real.prototype;
"""


class Line:
    """What went over the WebSockets of a page: sent messages, frames received, connections."""

    def __init__(self, page: Page) -> None:
        self.sent: list[BackMsg] = []
        self.frames: list[bytes] = []
        self.opened: list[str] = []
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.webSocketFrameSent", lambda event: self._sent(event["response"]))
        session.on("Network.webSocketFrameReceived", lambda event: self._came(event["response"]))
        session.on("Network.webSocketCreated", lambda event: self.opened.append(event["url"]))

    def _sent(self, frame: dict[str, Any]) -> None:
        self.sent.append(BackMsg.FromString(base64.b64decode(frame["payloadData"])))

    def _came(self, frame: dict[str, Any]) -> None:
        if frame["opcode"] == 2:
            self.frames.append(base64.b64decode(frame["payloadData"]))

    @property
    def runs(self) -> list[BackMsg]:
        return [message for message in self.sent if message.WhichOneof("type") == "rerun_script"]


@pytest.fixture(
    params=[
        {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"},
        {"locale": "en-GB", "timezone_id": "America/New_York", "color_scheme": "dark"},
    ],
    ids=["Shanghai", "New York, dark"],
)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, **request.param)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/overview", "总览"),
        ("/", "总览"),
        ("/visits?period=last_quarter&category=%E7%89%A9%E4%B8%9A", "走访"),
        ("/explore/", "自助分析"),
    ],
)
def test_a_page_is_asked_for_once(page: Page, address: str, path: str, title: str) -> None:
    """Whoever opens it: what is asked early is what Streamlit asks, so the script runs once."""
    line = Line(page)
    page.goto(address + path)
    page.locator(".stMain h1", has_text=title).wait_for()
    settle(page)
    assert len(line.opened) == 1
    assert len(line.runs) == 1


def test_what_was_not_foreseen_is_asked_for_as_well(page: Page, address: str) -> None:
    """Streamlit's own word of being embedded: the early question was another one."""
    line = Line(page)
    page.goto(f"{address}/overview?embed=true")
    page.locator(".stMain h1", has_text="总览").wait_for()
    settle(page)
    assert [run.rerun_script.context_info.is_embedded for run in line.runs] == [False, True]
    assert page.locator("[data-figure] .main-svg").count() > 0


def test_a_connection_that_failed_is_made_again(page: Page, address: str) -> None:
    page.add_init_script(BROKEN)
    page.goto(f"{address}/overview")
    page.locator(".stMain h1", has_text="总览").wait_for()
    settle(page)
    assert page.locator("[data-figure] .main-svg").count() > 0


def test_a_run_comes_in_one_frame(visit: Any) -> None:
    page = visit.open("/overview", wait_for="需要关注")
    line = Line(page)
    page.get_by_role("combobox", name="时段").first.click()
    page.get_by_role("option", name="上月").click()
    settle(page)
    most = max(line.frames, key=len)
    assert len(unpack(most)) > 20
    assert not visit.errors


def test_figures_say_when_they_stand_on_the_screen(visit: Any) -> None:
    """The benchmark reads it, as nobody is at the page while it is measured."""
    page = visit.open("/complaints", wait_for="诉求")
    marks = page.evaluate(
        "performance.getEntriesByName('gridgov-figure').map(one => [one.startTime, one.detail.isSeen])"
    )
    assert 1 <= len(marks) <= page.locator("[data-figure]").count() <= 20
    assert any(is_seen for _time, is_seen in marks)
    assert all(0 < time < page.evaluate("performance.now()") for time, _is_seen in marks)
