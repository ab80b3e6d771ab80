"""Pages in a real browser: `python -m benchmarks.pages_browser --warehouse DIR [--repeats N]`.

Starts the real server in demo mode on loopback and opens every page in headless Chromium.

First load: a fresh browser context (nothing cached) by deep link; milliseconds from the start of the
navigation until the page's title and all figures in the window are drawn and the script has
finished.
Bytes over the wire of all answers of such a load, as sent (compressed), headers included, WebSocket
messages counted as they are, figures below the window included: of a load of their own, since
telling of every answer takes the browser a sixth of the time (1.92 s instead of 1.68).
Click: from the moment the button of the mouse goes down until everything in the window that it
changes is drawn: another period, another grid (both drawn from what the side bar offers, each
another one, so that the answer is not a kept one where that can be helped), and the same page
reached through the navigation from another.

Both are taken by the page's own clock, after the frame in which the last of it was painted: a
driver's clock adds its own way to the browser and back and the two frames it waits before a click
(40 to 100 ms on a busy machine), which no visitor waits for.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from benchmarks.machine import described, processor_seconds, server_processes
from gridgov.access.roles import Role
from gridgov.ui.navigation import PAGES, PageSpec
from tools.serving import CHROMIUM, CHROMIUM_FLAGS, served

SHOWN = tuple(page for page in PAGES if Role.LEADER in page.roles)
PERIODS = ("上月", "本季", "上半年", "近12月", "本月")
# The window is drawn: the right title, another line of context than `before`, no run under way,
# nothing stale, every figure in it with its marks. Figures further down are drawn after it, without
# anybody waiting for them.
DRAWN = """(title, before) => {
  const main = document.querySelector("[data-testid=stMain]");
  const head = main && main.querySelector("h1");
  if (!head || head.textContent.trim() !== title) return false;
  const state = document.querySelector("[data-test-script-state]");
  if (state && state.dataset.testScriptState !== "notRunning") return false;
  if (main.querySelector("[data-stale=true], [data-testid=stSkeleton]")) return false;
  if (before && main.querySelector(".gg-context")?.textContent === before) return false;
  return [...main.querySelectorAll("[data-figure]")].every((figure) => {
    const place = figure.getBoundingClientRect();
    const isSeen = place.top < innerHeight && place.bottom > 0;
    return !isSeen || (figure.querySelector(".main-svg") && !figure.hasAttribute("aria-busy"));
  });
}"""
# Runs in every page from its first moment. `ggWatch(title, before)` looks after every change whether
# the window is drawn. The time is taken when the next frame's painting is over; asking for frames
# all the while would have the browser paint what nobody looks at.
WATCH = (
    """
addEventListener("pointerdown", (event) => { window.ggPressed = event.timeStamp; }, true);
window.ggWatch = (title, before, isFirst) => {
  window.ggPressed = isFirst ? 0 : undefined;
  window.ggDrawn = new Promise((done, fail) => {
    let next;
    const look = () => {
      next = undefined;
      if (window.ggPressed === undefined || !isDrawn(title, before)) return;
      changes.disconnect();
      requestAnimationFrame(() => {
        const painted = new MessageChannel();
        painted.port1.onmessage = () => done(performance.now() - window.ggPressed);
        painted.port2.postMessage(0);
      });
    };
    const changes = new MutationObserver(() => { next ??= setTimeout(look, 4); });
    changes.observe(document, {
      attributes: true, characterData: true, childList: true, subtree: true,
    });
    setTimeout(() => fail(new Error(`not drawn: ${title}`)), 90_000);
  });
};
const isDrawn = """
    + DRAWN
    + ";\n"
)
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


def opened(browser: Browser, then: str = "") -> BrowserContext:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.add_init_script(WATCH + then)
    return context


def watch(page: Page, spec: PageSpec, before: str | None = None) -> None:
    page.evaluate("([title, before]) => ggWatch(title, before, false)", [spec.title, before])


def drawn(page: Page) -> float:
    """Milliseconds from the press (or the start of the navigation) to the window drawn."""
    # A plain expression: what the driver brings for its own waiting would be compiled meanwhile.
    return float(page.evaluate("window.ggDrawn"))


def first_load(browser: Browser, address: str, spec: PageSpec, figures: Figures) -> None:
    """Open the page as someone who has never been here."""
    context = opened(browser, f"ggWatch({json.dumps(spec.title)}, null, true);")
    page = context.new_page()
    page.goto(f"{address}/{spec.name}", wait_until="commit")
    figures.ms["first"].append(drawn(page))
    context.close()


def weigh(browser: Browser, address: str, spec: PageSpec, figures: Figures) -> None:
    """The bytes of such a load."""
    context = opened(browser, f"ggWatch({json.dumps(spec.title)}, null, true);")
    page = context.new_page()
    wire = Wire()
    wire.watch(context.new_cdp_session(page))
    page.goto(f"{address}/{spec.name}", wait_until="commit")
    drawn(page)
    # What still comes (fonts, figures below the window) is counted as well.
    page.wait_for_timeout(1_000)
    figures.received.append(wire.received)
    context.close()


def clicks(page: Page, spec: PageSpec, other: PageSpec, turn: int, figures: Figures) -> None:
    """The page through the navigation, then another period and another grid on it."""
    by_navigation(page, other)
    figures.ms["page"].append(by_navigation(page, spec))
    if not spec.filters:
        return
    if took := choose(page, spec, "时段", PERIODS[turn % len(PERIODS)]):
        figures.ms["period"].append(took)
    if took := choose(page, spec, "网格", turn):
        figures.ms["grid"].append(took)


def by_navigation(page: Page, spec: PageSpec) -> float:
    # Nobody clicks before the figures below the window are drawn.
    page.wait_for_timeout(300)
    watch(page, spec)
    page.get_by_role("link", name=spec.title, exact=True).first.click()
    return drawn(page)


def choose(page: Page, spec: PageSpec, label: str, option: str | int) -> float | None:
    """Milliseconds from the press on an option to the page drawn with it.

    `option`: its words, or a number that says which of those in sight. None without the box, and
    where the option is the one that stands there.
    """
    box = page.get_by_role("combobox", name=label).first
    if box.count() == 0 or page.locator(".stMain .gg-context").count() == 0:
        return None
    page.wait_for_timeout(300)
    box.click()
    offered = page.get_by_role("option")
    if isinstance(option, int):
        offered.first.wait_for()
        found = offered.nth(option % offered.count())
    else:
        found = offered.filter(has_text=option).first
    if found.count() == 0 or found.inner_text().strip() == box.input_value().strip():
        page.keyboard.press("Escape")
        return None
    # The line under the title names period and place: it changes.
    watch(page, spec, page.locator(".stMain .gg-context").first.text_content())
    found.click()
    return drawn(page)


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
    for spec in specs:
        weigh(browser, address, spec, found[spec.name])
    context = opened(browser)
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
