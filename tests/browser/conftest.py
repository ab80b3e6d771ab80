"""A real server over the sample and a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.warehouses import sample_warehouse
from tools.serving import served


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server in demo mode over the sample."""
    folder = tmp_path_factory.mktemp("served")
    with served(
        sample_warehouse(), folder / "workspace.sqlite", log=folder / "server.log"
    ) as running:
        yield running


class Visit:
    """An open page with what the browser complained about and asked for on the way."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.errors: list[str] = []
        self.outside: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._request)

    def _console(self, message: object) -> None:
        if getattr(message, "type", "") == "error":
            self.errors.append(str(getattr(message, "text", "")))

    def _request(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        local = (self.address, self.address.replace("http", "ws", 1), "data:", "blob:", "about:")
        if not url.startswith(local):
            self.outside.append(url)

    def open(self, path: str, *, wait_for: str | None = None) -> Page:
        """Open a path and wait until Streamlit has finished the run."""
        self.page.goto(self.address + path)
        self.page.wait_for_selector("[data-testid='stApp']", timeout=30_000)
        if wait_for:
            # The navigation says the page's name before its first element is drawn.
            self.page.locator(".stMain").get_by_text(wait_for).first.wait_for(timeout=30_000)
        settle(self.page)
        return self.page


QUIET = """() => {
    const main = document.querySelector('.stMain') || document.body;
    const running = document.querySelector(
        '[data-test-script-state="running"], [data-testid="stStatusWidget"],'
        + ' .stMain [data-testid="stSkeleton"], .stMain [data-stale="true"]');
    const seen = running ? '' : main.querySelectorAll('*').length + ' ' + main.innerText;
    const now = performance.now();
    if (!seen || window.settling?.seen !== seen) window.settling = { seen, since: now };
    return Boolean(seen) && now - window.settling.since >= 600;
}"""
"""True once nothing runs and the page has shown the same for 0.6 s: a part that comes as a piece of
the interface's code of its own is drawn after the run that asked for it has ended."""


def settle(page: Page, timeout: int = 30_000) -> None:
    """Wait until no script is running, no element is stale and nothing more is drawn."""
    page.evaluate("window.settling = undefined")
    page.wait_for_function(QUIET, timeout=timeout, polling=100)


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    yield Visit(context.new_page(), address)
    context.close()


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Visit]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", is_mobile=True, has_touch=True
    )
    yield Visit(context.new_page(), address)
    context.close()


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).resolve().parents[2]
