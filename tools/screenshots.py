"""Screenshots of every page for README and docs: `python tools/screenshots.py [--all] [PAGE …]`.

Serves the sample from a folder of its own and opens every page in Debian's Chromium. Without
`--all` only the Chinese, light, wide ones, into `docs/screenshots/`; with it also English, dark and
390 px in every combination, into `docs/screenshots/looks/`. Named pages: those alone.
"""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from etl.load import load  # noqa: E402
from gridgov.access.roles import ROLE_LABELS, Role  # noqa: E402
from gridgov.locale import _, set_language  # noqa: E402
from gridgov.ui.navigation import PAGES, PageSpec  # noqa: E402
from tools.serving import CHROMIUM, CHROMIUM_FLAGS, served  # noqa: E402

OUT = ROOT / "docs" / "screenshots"
ROLES = (Role.LEADER, Role.COMMITTEE, Role.ANALYST, Role.CLERK, Role.ADMINISTRATOR)
"""For every page the first of these that has it."""
WIDE, PHONE = (1440, 900), (390, 844)
TALLEST = 3200
COLOURS, EXACT = 255, 160


@dataclass(frozen=True)
class Look:
    """A language and colour scheme; each page of it is opened once and shot in both widths."""

    language: Literal["zh", "en"]
    scheme: Literal["light", "dark"]

    def path(self, page: str, *, phone: bool) -> Path:
        """Where an image lies: the plain look beside README's, every other in `looks/`."""
        parts = [
            "en" if self.language == "en" else "",
            "dark" if self.scheme == "dark" else "",
            "phone" if phone else "",
        ]
        suffix = "".join(f"-{part}" for part in parts if part)
        return OUT / ("looks" if suffix else "") / f"{page}{suffix}.png"


PLAIN = Look("zh", "light")
LOOKS = (PLAIN, Look("zh", "dark"), Look("en", "light"), Look("en", "dark"))


VIEWS = {
    "trends": {
        "trends_grids": "view=grids&metric=C1",
        "trends_metrics": "view=metrics",
        "trends_series": "view=series&metric=SV1&chart=rate",
        "trends_forecast": "view=series&metric=C1&part=ahead",
    }
}
"""Further views of a page that a leader has, by the name of their image: address parameters."""


def main() -> None:
    """Load, serve, shoot; exit status 1 where a page could not be shot."""
    words = sys.argv[1:]
    everything, named = "--all" in words, {word for word in words if not word.startswith("-")}
    specs = [spec for spec in PAGES if not named or spec.name in named]
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="gridgov-shots-") as name:
        folder = Path(name)
        load([ROOT / "data" / "sample"], folder / "warehouse")
        with (
            served(folder / "warehouse", folder / "ws.sqlite", log=folder / "log") as address,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=[*CHROMIUM_FLAGS, "--hide-scrollbars"]
            )
            for look in LOOKS if everything else (PLAIN,):
                failed += shoot_all(browser, address, look, specs, phone=everything)
            browser.close()
    if failed:
        sys.exit("not shot: " + ", ".join(failed))


def shoot_all(
    browser: Browser, address: str, look: Look, specs: list[PageSpec], *, phone: bool
) -> list[str]:
    """Every page in one look; gives those that would not open."""
    failed = []
    context = browser.new_context(
        viewport={"width": WIDE[0], "height": WIDE[1]}, color_scheme=look.scheme, locale="zh-CN"
    )
    for spec in specs:
        page = context.new_page()  # a session of its own; only files are kept from the last one
        try:
            go_to(page, address, spec, next(role for role in ROLES if role in spec.roles), look)
            shoot_both(page, look, spec.name, phone=phone)
            for name, query in VIEWS.get(spec.name, {}).items():
                page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
                page.goto(f"{address}/{spec.name}?lang={look.language}&{query}")
                finished(page)
                shoot_both(page, look, name, phone=phone)
        except Error as error:
            failed.append(f"{look.path(spec.name, phone=False).name}: {error}".splitlines()[0])
        page.close()
    context.close()
    return failed


def go_to(page: Page, address: str, spec: PageSpec, role: Role, look: Look) -> None:
    """Open a page; what only another role has is reached by the demo's switch in the side bar."""
    if role is Role.LEADER:
        page.goto(f"{address}/{spec.name}?lang={look.language}")
        finished(page)
        return
    page.goto(f"{address}/account?lang={look.language}")
    finished(page)
    set_language("en" if look.language == "en" else "zh_CN")
    try:
        page.get_by_role("combobox", name=re.compile(_("演示角色"))).click()
        page.get_by_role("option", name=_(ROLE_LABELS[role]), exact=True).click()
        finished(page)
        page.get_by_role("link", name=_(spec.title), exact=True).first.click()
        page.locator(".stMain h1", has_text=_(spec.title)).wait_for(timeout=60_000)
    finally:
        set_language("zh_CN")
    finished(page)


def shoot_both(page: Page, look: Look, name: str, *, phone: bool) -> None:
    """The page wide and, if wanted, on a phone."""
    shoot(page, WIDE, look.path(name, phone=False))
    if phone:
        shoot(page, PHONE, look.path(name, phone=True))


def shoot(page: Page, size: tuple[int, int], path: Path) -> None:
    """The page as it stands at a width, as long as it is, in few colours."""
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(900)
    # What scrolls is the one on a wide screen, the other on a phone.
    tall = page.evaluate(
        "Math.max(...['stMain', 'stMainBlockContainer'].map("
        "name => document.querySelector(`[data-testid=${name}]`).scrollHeight))"
    )
    page.set_viewport_size({"width": width, "height": max(height, min(tall, TALLEST))})
    page.wait_for_timeout(900)
    path.parent.mkdir(parents=True, exist_ok=True)
    in_few_colours(Image.open(BytesIO(page.screenshot())).convert("RGB")).save(path, optimize=True)
    print(path.relative_to(OUT), flush=True)


def in_few_colours(image: Image.Image) -> Image.Image:
    """The image with a palette of 255: a third of the size, and to the eye the same.

    Paper, panels and inks keep their very colour; what is left of the palette spans the rest, so
    that the few dots that carry a state are not mixed into the greys around them.
    """
    packed = np.asarray(image).astype(np.int32) @ np.array([65536, 256, 1])
    codes, place, count = np.unique(packed, return_inverse=True, return_counts=True)
    seen = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1)
    common = seen[np.argsort(-count)[:EXACT]]
    rest = image.quantize(COLOURS - EXACT, method=Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = np.vstack([common, np.array(rest).reshape(-1, 3)])[:COLOURS].astype(np.int32)
    apart = ((seen[:, None, :] - palette[None]) ** 2).sum(axis=2)
    index = apart.argmin(axis=1).astype(np.uint8)[place.reshape(packed.shape)]
    few = Image.fromarray(index, mode="P")
    few.putpalette(palette.astype(np.uint8).tobytes())
    return few


def finished(page: Page) -> None:
    """Wait until the run is over, nothing is being computed, and the charts are drawn."""
    page.locator(".stMain h1").first.wait_for(timeout=90_000)
    page.wait_for_timeout(1200)
    page.wait_for_function(
        '() => !document.querySelector(\'[data-test-script-state="running"], '
        "[data-testid=stStatusWidget], [data-testid=stSpinner]')",
        timeout=180_000,
    )
    page.wait_for_timeout(800)


if __name__ == "__main__":
    main()
