"""Pages in a real browser: `python -m benchmarks.pages_browser --warehouse DIR [--repeats N]`.

Starts the real server in demo mode on loopback and opens every page in headless Chromium.

First load: a fresh browser context (nothing cached) by deep link; milliseconds from the request
until the page's title and all figures in the window are drawn and the script has finished; bytes
over the wire of all answers, as sent (compressed), headers included, WebSocket messages counted as
they are, figures below the window included.
Click: from the click until everything in the window that it changes is drawn: another period,
another grid (both drawn from what the side bar offers, each another one, so that the answer is not
a kept one where that can be helped), and the same page reached through the navigation from another.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.machine import described, processor_seconds, server_processes
from gridgov.access.roles import Role
from gridgov.ui.navigation import PAGES, PageSpec
from tools.serving import CHROMIUM, CHROMIUM_FLAGS, served

SHOWN = tuple(page for page in PAGES if Role.LEADER in page.roles)
PERIODS = ("上月", "本季", "上半年", "近12月", "本月")
# The window is drawn: the right title, no run under way, nothing stale, every figure in it with its
# marks. Figures further down are drawn after it, without anybody waiting for them.
DRAWN = """(title) => {
  const main = document.querySelector('[data-testid=stMain]');
  const head = main && main.querySelector('h1');
  if (!head || head.innerText.trim() !== title) return false;
  const state = document.querySelector('[data-test-script-state]');
  if (state && state.dataset.testScriptState !== 'notRunning') return false;
  if (main.querySelector('[data-stale=true], [data-testid=stSkeleton]')) return false;
  return [...main.querySelectorAll('[data-figure]')].every(figure => {
    const place = figure.getBoundingClientRect();
    const isSeen = place.top < innerHeight && place.bottom > 0;
    return !isSeen || (figure.querySelector('.main-svg') && !figure.hasAttribute('aria-busy'));
  });
}"""
TIMEOUT = 90_000


@dataclass
class Wire:
    """Bytes that a page received."""

    received: int = 0

    def watch(self, session: CDPSession) -> None:
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.webSocketFrameReceived", self._frame)

    def _finished(self, event: dict[str, float]) -> None:
        self.received += int(event["encodedDataLength"])

    def _frame(self, event: dict[str, dict[str, object]]) -> None:
        frame = event["response"]
        text = str(frame["payloadData"])
        # Binary frames are given in base64.
        self.received += len(text) * 3 // 4 if frame["opcode"] == 2 else len(text)


@dataclass
class Figures:
    """Milliseconds by kind, and bytes of each first load."""

    ms: dict[str, list[float]] = field(
        default_factory=lambda: {"first": [], "period": [], "grid": [], "page": []}
    )
    received: list[int] = field(default_factory=list)


def drawn(page: Page, spec: PageSpec, began: float, *, started: str = "") -> float:
    """Milliseconds from `began` until the page is drawn; `started`: what shows that it has begun."""
    if started:
        page.wait_for_function(started, timeout=TIMEOUT)
    page.wait_for_function(DRAWN, arg=spec.title, timeout=TIMEOUT, polling="raf")
    return (time.perf_counter() - began) * 1000


def first_load(browser: Browser, address: str, spec: PageSpec, figures: Figures) -> None:
    """Open the page as someone who has never been here."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    wire = Wire()
    wire.watch(context.new_cdp_session(page))
    began = time.perf_counter()
    page.goto(f"{address}/{spec.name}", wait_until="commit")
    figures.ms["first"].append(drawn(page, spec, began))
    # What still comes (fonts, figures below the window) is counted in the bytes as well.
    page.wait_for_timeout(1_000)
    figures.received.append(wire.received)
    context.close()


def clicks(page: Page, spec: PageSpec, other: PageSpec, turn: int, figures: Figures) -> None:
    """The page through the navigation, then another period and another grid on it."""
    settled(page, other)
    link = page.get_by_role("link", name=spec.title, exact=True).first
    began = time.perf_counter()
    link.click()
    figures.ms["page"].append(drawn(page, spec, began))
    if not spec.filters:
        return
    if figures_of := choose(page, spec, "时段", PERIODS[turn % len(PERIODS)]):
        figures.ms["period"].append(figures_of)
    if figures_of := choose(page, spec, "网格", f"第{turn % 9 + 1}网格"):
        figures.ms["grid"].append(figures_of)


def choose(page: Page, spec: PageSpec, label: str, option: str) -> float | None:
    """Milliseconds from the click on an option to the page drawn with it; None without the box."""
    box = page.get_by_role("combobox", name=label).first
    if box.count() == 0 or page.locator(".stMain .gg-context").count() == 0:
        return None
    box.click()
    found = page.get_by_role("option").filter(has_text=option).first
    if found.count() == 0:
        page.keyboard.press("Escape")
        return None
    context = page.locator(".stMain .gg-context").first
    before = context.inner_text()
    began = time.perf_counter()
    found.click()
    # The line under the title names period and place: it changes first.
    page.wait_for_function(
        "(before) => document.querySelector('.stMain .gg-context')?.innerText !== before",
        arg=before,
        timeout=TIMEOUT,
        polling="raf",
    )
    return drawn(page, spec, began)


def settled(page: Page, spec: PageSpec) -> None:
    page.get_by_role("link", name=spec.title, exact=True).first.click()
    page.wait_for_function(DRAWN, arg=spec.title, timeout=TIMEOUT)
    page.wait_for_timeout(200)


def line(name: str, found: Figures) -> str:
    """A row of the table: median and 95th percentile; of fewer than 20 values the largest."""
    cells = []
    for values in found.ms.values():
        if not values:
            cells.append("")
            continue
        ordered = sorted(values)
        middle = f"{statistics.median(ordered):.0f}"
        late = statistics.quantiles(ordered, n=20)[-1] if len(ordered) >= 20 else ordered[-1]
        cells.append(f"{middle} / {late:.0f}" if len(ordered) > 1 else middle)
    size = f"{statistics.median(found.received) / 1e6:.2f}" if found.received else ""
    return f"| {name} | {cells[0]} | {size} | {cells[3]} | {cells[1]} | {cells[2]} |"


def measure(browser: Browser, address: str, options: argparse.Namespace) -> dict[str, Figures]:
    """Every page, `repeats` times, in turn, so that a busy moment does not fall on one page."""
    specs = [s for s in SHOWN if not options.pages or s.name in options.pages]
    found = {spec.name: Figures() for spec in specs}
    for _turn in range(options.loads):
        for spec in specs:
            first_load(browser, address, spec, found[spec.name])
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address}/account", wait_until="commit")
    page.locator(".stMain h1").first.wait_for(timeout=TIMEOUT)
    account = next(spec for spec in SHOWN if spec.name == "account")
    for turn in range(options.repeats):
        for place, spec in enumerate(specs):
            if spec is not account:
                # Filters stay from page to page: only another value is a change.
                clicks(page, spec, account, turn * len(specs) + place, found[spec.name])
    context.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warehouse", type=Path, required=True)
    parser.add_argument("--repeats", type=int, default=8, help="clicks of each kind a page")
    parser.add_argument("--loads", type=int, default=3, help="first loads a page")
    parser.add_argument("--pages", nargs="*", default=[])
    options = parser.parse_args()
    print(f"{described()} at the start")
    with tempfile.TemporaryDirectory(prefix="gridgov-browser-") as name:
        folder = Path(name)
        with (
            served(options.warehouse, folder / "workspace.sqlite", log=folder / "log") as address,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
            time.sleep(10)  # the server warms up
            servers = server_processes(address)
            before = sum(map(processor_seconds, servers))
            found = measure(browser, address, options)
            spent = sum(map(processor_seconds, servers)) - before
            browser.close()
    print(f"{described()} at the end; the server used {spent:.0f} s of processor time\n")
    print("Milliseconds as median / 95th percentile (of fewer than 20 values the largest).\n")
    print("| page | first load | MB | by navigation | another period | another grid |")
    print("|---|--:|--:|--:|--:|--:|")
    for name, figures in found.items():
        print(line(name, figures))


if __name__ == "__main__":
    main()
