"""For all tests: no time limits on single examples, and one Chromium for each file that wants one.

Playwright's synchronous interface may be started only once at a time in a process and leaves its
event loop running meanwhile, so that no test of asynchronous code works beside it. A worker runs
files of several folders one after the other: so the fixtures stand here, and end with the file.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Playwright, sync_playwright

from tools.serving import CHROMIUM, CHROMIUM_FLAGS

settings.register_profile("quiet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quiet")


class Launcher:
    """One Chromium for the tests of a file, started again where it has died under load."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._browser: Browser | None = None

    def browser(self) -> Browser:
        if self._browser is None or not self._browser.is_connected():
            self._browser = self._playwright.chromium.launch(
                executable_path=CHROMIUM, args=CHROMIUM_FLAGS
            )
        return self._browser

    def close(self) -> None:
        if self._browser is not None and self._browser.is_connected():
            self._browser.close()


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with sync_playwright() as playwright:
        made = Launcher(playwright)
        yield made
        made.close()


@pytest.fixture
def browser(launcher: Launcher) -> Browser:
    return launcher.browser()
