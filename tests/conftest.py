"""For all tests: no time limits on single examples, and one Chromium for each process.

Playwright's synchronous interface may be started only once at a time in a process, and a worker
runs files of several folders: so its fixtures stand here and nowhere else.
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
    """One Chromium for all tests, started again where it has died under load."""

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


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    with sync_playwright() as playwright:
        made = Launcher(playwright)
        yield made
        made.close()


@pytest.fixture
def browser(launcher: Launcher) -> Browser:
    return launcher.browser()
