"""The whole way in Chromium: content policy, login, upload, download, error, logout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from .conftest import PASSWORD, Server


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1200, "height": 900})
    yield opened
    opened.close()


def log_in(page: Page, server: Server, username: str = "li", path: str = "/") -> None:
    page.goto(server.base + path)
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("button")
    page.wait_for_selector("text=signed in as")


def test_streamlit_runs_under_the_policy_and_asks_nobody_else(
    server: Server, context: BrowserContext
) -> None:
    page, asked, complaints = context.new_page(), set[str](), list[str]()
    page.on("request", lambda request: asked.add(request.url.split("/")[2]))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    log_in(page, server, path="/?x=1")
    assert page.url.endswith("/?x=1")
    page.wait_for_selector(".js-plotly-plot .main-svg")
    page.wait_for_selector("[data-testid=stDataFrame] canvas")
    with page.expect_download() as download:
        page.click("text=download")
    assert Path(download.value.path()).read_text() == "contents of the file"
    page.set_input_files(
        "input[type=file]", files=[{"name": "a.csv", "mimeType": "text/csv", "buffer": b"x" * 999}]
    )
    page.wait_for_selector("text=uploaded 999 bytes")
    assert asked - {""} == {f"127.0.0.1:{server.port}"}
    assert complaints == []


def test_an_error_is_a_sentence_with_a_number(server: Server, context: BrowserContext) -> None:
    page = context.new_page()
    log_in(page, server)
    page.click("text=defect")
    shown = page.wait_for_selector("[data-testid=stAlert]")
    assert shown is not None
    text = shown.inner_text()
    number = text.split("已记录为 ")[1][:8]
    assert "secret" not in page.content() and "Traceback" not in page.content()
    assert number in server.log.read_text() and "a secret detail" in server.log.read_text()


def test_signing_out_sends_every_open_page_to_the_login(
    server: Server, context: BrowserContext
) -> None:
    one, two = context.new_page(), context.new_page()
    log_in(one, server)
    two.goto(server.base)
    two.wait_for_selector("text=signed in as")
    one.click("text=sign out")
    for page in (one, two):
        page.wait_for_url("**/login", timeout=15_000)
    two.goto(server.base)
    assert "/login" in two.url


def test_a_name_is_shown_and_never_run(server: Server, context: BrowserContext) -> None:
    page = context.new_page()
    log_in(page, server, "mallory")
    assert page.title() != "1"
    assert page.query_selector("img[src=x]") is None


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (320, "light")])
def test_the_login_page_fits_a_phone_without_scripts(
    server: Server, browser: Browser, width: int, scheme: str
) -> None:
    phone = browser.new_context(
        viewport={"width": width, "height": 700},
        java_script_enabled=False,
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = phone.new_page()
    page.goto(server.base + "/login?lang=en")
    box = page.locator("main").bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width
    paper = page.locator("main").evaluate("e => getComputedStyle(e).backgroundColor")
    assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(18, 23, 30)")
    page.keyboard.type("li")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong password")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    phone.close()
