"""Pages in a real browser: `python -m benchmarks.pages_browser --warehouse DIR [--repeats N]`.

Starts the real server in demo mode on loopback and opens every page in headless Chromium.

First load: a browser with an empty profile opens a deep link in a new tab; milliseconds from the
start of the navigation until its largest content and all figures in the window are painted.
Bytes over the wire of all answers of such a load, as sent (compressed), headers included, WebSocket
messages counted as they are, figures below the window included: of a load of their own.
Click: from the press on an option of the side bar, or on a page of the navigation, until everything
in the window that it changes is drawn: another period, another grid (each another one, so that the
answer is not a kept one where that can be helped), and the same page reached from another.

Nothing drives the browser meanwhile. An inspector at a page (what drives browsers in tests) has V8
keep the place of every error, and the browser tell of every request, frame and message: a first load
then takes 1.7 s instead of 1.2. So loads are read afterwards, from the page's own timing (figures
say when they stand on the screen: `tools/figure`), and the clicks of a page are made by a script in
it, which the driver starts, leaves alone and reads when it should be done. `--driven` measures with
the driver at the page, as before 2026-11-30.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Page,
    Playwright,
    sync_playwright,
)

from benchmarks.machine import described, processor_seconds, server_processes
from gridgov.access.roles import Role
from gridgov.ui.navigation import PAGES, PageSpec
from tools.serving import CHROMIUM, CHROMIUM_FLAGS, free_port, served

SHOWN = tuple(page for page in PAGES if Role.LEADER in page.roles)
ACCOUNT = next(spec for spec in SHOWN if spec.name == "account")
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


# Runs in the page by itself: `ggClicks(title, steps)`, a step being [kind, label, option], the option
# its words or a number that says which of those in sight. `ggFound` holds [kind, milliseconds].
CLICKS = """
window.ggClicks = async (title, steps) => {
  const rest = (ms) => new Promise((done) => setTimeout(done, ms));
  const seen = async (find) => {
    for (let turn = 0; turn < 400; turn += 1) {
      const found = find();
      if (found) return found;
      await rest(50);
    }
    throw new Error("nothing to click on");
  };
  const context = () => document.querySelector(".stMain .gg-context")?.textContent ?? null;
  const press = (target) => { window.ggPressed = performance.now(); target.click(); };
  window.ggFound = [];
  for (const [kind, label, option] of steps) {
    // Nobody clicks before the figures below the window are drawn.
    await rest(900);
    if (kind === "page" || kind === "away") {
      const link = await seen(() =>
        [...document.querySelectorAll("header a, [data-testid=stTopNavLink]")].find(
          (one) => one.textContent.trim() === label));
      ggWatch(label, null, false);
      press(link);
      const took = await ggDrawn;
      if (kind === "page") ggFound.push([kind, took]);
      continue;
    }
    const box = [...document.querySelectorAll("[role=combobox]")].find(
      (one) => one.getAttribute("aria-label")?.includes(label) ||
        [...(one.labels ?? [])].some((each) => each.textContent.includes(label)));
    if (!box || !context()) continue;
    box.focus();
    box.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
    const offered = await seen(() => {
      const all = [...document.querySelectorAll("[role=option]")];
      return all.length ? all : undefined;
    });
    const chosen = typeof option === "number"
      ? offered[option % offered.length]
      : offered.find((one) => one.textContent.includes(option));
    await rest(300);
    if (!chosen || chosen.textContent.trim() === box.value.trim()) {
      box.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
      continue;
    }
    ggWatch(title, context(), false);
    press(chosen);
    ggFound.push([kind, await ggDrawn]);
  }
  window.ggDone = true;
};
"""
# Largest content and figures of a page that has been loaded, in milliseconds of its own clock.
LOADED = """new Promise((done) => {
  let largest = 0;
  new PerformanceObserver((list) => {
    largest = Math.max(largest, ...list.getEntries().map((one) => one.startTime));
  }).observe({ type: "largest-contentful-paint", buffered: true });
  const marks = performance.getEntriesByName("gridgov-figure").filter((one) => one.detail.isSeen);
  const figures = [...document.querySelectorAll(".stMain [data-figure]")].filter((one) => {
    const place = one.getBoundingClientRect();
    return place.top < innerHeight && place.bottom > 0;
  });
  const title = document.querySelector(".stMain h1")?.textContent.trim();
  setTimeout(() => done({
    title, figures: figures.length, marks: marks.map((one) => one.startTime), largest,
  }), 100);
})"""
SETTLED_SECONDS = 5.0


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


@contextmanager
def alone(playwright: Playwright, address: str) -> Iterator[Callable[[], Page]]:
    """A browser with an empty profile that opens `address` with nobody at it; gives what attaches."""
    # What the browser still writes while it ends is left to the system.
    with tempfile.TemporaryDirectory(
        prefix="gridgov-profile-", ignore_cleanup_errors=True
    ) as profile:
        port = free_port()
        options = [f"--remote-debugging-port={port}", f"--user-data-dir={profile}"]
        # The window's own frame takes 87 pixels of its height: 900 are left.
        look = ["--headless", "--window-size=1440,987", "--lang=zh-CN"]
        process = subprocess.Popen(
            [CHROMIUM, *look, *CHROMIUM_FLAGS, *options, "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = f"http://127.0.0.1:{port}"
        try:
            _called(f"{end}/json/version")
            time.sleep(1.5)  # the browser has started up
            _called(f"{end}/json/new?{address}", method="PUT")

            def attached() -> Page:
                browser = playwright.chromium.connect_over_cdp(end)
                pages = [page for context in browser.contexts for page in context.pages]
                return next(page for page in pages if page.url.startswith("http"))

            yield attached
        finally:
            process.terminate()
            process.wait()


def _called(address: str, method: str = "GET") -> None:
    for _turn in range(100):
        try:
            with urllib.request.urlopen(urllib.request.Request(address, method=method)):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the browser does not answer: {address}")


def load_alone(playwright: Playwright, address: str, spec: PageSpec, figures: Figures) -> None:
    """As `first_load`, read when it is over."""
    with alone(playwright, f"{address}/{spec.name}") as attached:
        time.sleep(SETTLED_SECONDS)
        page = attached()
        found = page.evaluate(LOADED)
        if found["title"] != spec.title or len(found["marks"]) < found["figures"]:
            raise RuntimeError(f"{spec.name} was not drawn after {SETTLED_SECONDS:g} s: {found}")
        # One that was in the window before another pushed it out is waited for as well.
        figures.ms["first"].append(max([found["largest"], *found["marks"]]))


def clicks_alone(
    playwright: Playwright, address: str, spec: PageSpec, turns: Sequence[int], figures: Figures
) -> None:
    """The clicks of `clicks`, made by a script of the page's own."""
    steps: list[tuple[str, str, str | int]] = []
    for turn in turns:
        steps += [("away", ACCOUNT.title, ""), ("page", spec.title, "")]
        if spec.filters:
            steps += [("period", "时段", PERIODS[turn % len(PERIODS)]), ("grid", "网格", turn)]
    with alone(playwright, f"{address}/{spec.name}") as attached:
        time.sleep(SETTLED_SECONDS)
        page = attached()
        page.evaluate(f"{WATCH}{CLICKS};0")
        page.evaluate("([title, steps]) => void ggClicks(title, steps)", [spec.title, steps])
        page.context.browser.close()  # type: ignore[union-attr]  # leaves the page alone
        for _turn in range(20):
            time.sleep(1.5 * len(steps) + 2)
            page = attached()
            if page.evaluate("window.ggDone === true"):
                break
            page.context.browser.close()  # type: ignore[union-attr]
        else:
            raise RuntimeError(f"{spec.name}: the clicks did not come to their end")
        for kind, took in page.evaluate("window.ggFound"):
            figures.ms[kind].append(float(took))


def measure_alone(
    playwright: Playwright, address: str, options: argparse.Namespace
) -> dict[str, Figures]:
    """Every page, in turn, so that a busy moment does not fall on one page."""
    specs = [s for s in SHOWN if not options.pages or s.name in options.pages]
    found = {spec.name: Figures() for spec in specs}
    for _turn in range(options.loads):
        for spec in specs:
            load_alone(playwright, address, spec, found[spec.name])
    for half in range(2):
        for place, spec in enumerate(specs):
            if spec is ACCOUNT:
                continue
            turns = range(half * options.repeats // 2, (half + 1) * options.repeats // 2)
            numbers = [turn * len(specs) + place for turn in turns]
            clicks_alone(playwright, address, spec, numbers, found[spec.name])
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
    for spec in specs:
        weigh(browser, address, spec, found[spec.name])
    browser.close()
    return found


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
    for turn in range(options.repeats):
        for place, spec in enumerate(specs):
            if spec is not ACCOUNT:
                # Filters stay from page to page: only another value is a change.
                clicks(page, spec, ACCOUNT, turn * len(specs) + place, found[spec.name])
    context.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warehouse", type=Path, required=True)
    parser.add_argument("--repeats", type=int, default=8, help="clicks of each kind a page")
    parser.add_argument("--loads", type=int, default=3, help="first loads a page")
    parser.add_argument("--pages", nargs="*", default=[])
    parser.add_argument("--driven", action="store_true", help="with the driver at the page")
    options = parser.parse_args()
    print(f"{described()} at the start")
    with tempfile.TemporaryDirectory(prefix="gridgov-browser-") as name:
        folder = Path(name)
        with (
            served(options.warehouse, folder / "workspace.sqlite", log=folder / "log") as address,
            sync_playwright() as playwright,
        ):
            time.sleep(10)  # the server warms up
            servers = server_processes(address)
            before = sum(map(processor_seconds, servers))
            if options.driven:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
                found = measure(browser, address, options)
                browser.close()
            else:
                found = measure_alone(playwright, address, options)
            spent = sum(map(processor_seconds, servers)) - before
    print(f"{described()} at the end; the server used {spent:.0f} s of processor time\n")
    print("Milliseconds as median / 95th percentile (of fewer than 20 values the largest).\n")
    print("| page | first load | MB | by navigation | another period | another grid |")
    print("|---|--:|--:|--:|--:|--:|")
    for name, figures in found.items():
        print(line(name, figures))


if __name__ == "__main__":
    main()
