"""Screenshots of every page for README and docs: `python tools/screenshots.py [--all]`.

Serves the sample from a folder of its own and opens every page in Debian's Chromium. Without
`--all` only the Chinese, light, wide ones; with it also English, dark and 390 px.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from etl.load import load  # noqa: E402
from gridgov.access.roles import Role  # noqa: E402
from gridgov.ui.navigation import PAGES, PageSpec  # noqa: E402
from tools.serving import CHROMIUM, CHROMIUM_FLAGS, served  # noqa: E402

OUT = ROOT / "docs" / "screenshots"
ROLE_NAMES = {
    Role.LEADER: ("领导", "Leader"),
    Role.COMMITTEE: ("评选委员", "Award committee"),
    Role.ANALYST: ("数据分析员", "Analyst"),
    Role.CLERK: ("数据录入员", "Data clerk"),
    Role.ADMINISTRATOR: ("系统管理员", "Administrator"),
}
WIDE, PHONE = (1440, 900), (390, 844)
LOOKS = [
    ("", "zh", "light", WIDE),
    ("-en", "en", "light", WIDE),
    ("-dark", "zh", "dark", WIDE),
    ("-phone", "zh", "light", PHONE),
]
TALLEST = 3200


def main() -> None:
    """Load, serve, shoot."""
    looks = LOOKS if "--all" in sys.argv[1:] else LOOKS[:1]
    OUT.mkdir(parents=True, exist_ok=True)
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
            for look in looks:
                shoot_all(browser, address, look)
            browser.close()


def shoot_all(browser: Browser, address: str, look: tuple[str, str, str, tuple[int, int]]) -> None:
    """Every page in one look."""
    suffix, language, scheme, (width, height) = look
    for spec in PAGES:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="zh-CN",
        )
        page = context.new_page()
        role = next(role for role in ROLE_NAMES if role in spec.roles)
        open_as(page, address, spec, role, language)
        tall = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": width, "height": max(height, min(tall, TALLEST))})
        page.wait_for_timeout(900)
        page.screenshot(path=str(OUT / f"{spec.name}{suffix}.png"))
        print(f"{spec.name}{suffix}.png")
        context.close()


def open_as(page: Page, address: str, spec: PageSpec, role: Role, language: str) -> None:
    """Open a page in a role; the demo's switch is in the side bar."""
    english = language == "en"
    if role is Role.LEADER:
        page.goto(f"{address}/{spec.name}?lang={language}")
        finished(page)
        return
    # The switch is beside the page on a wide screen only.
    size = page.viewport_size or {"width": WIDE[0], "height": WIDE[1]}
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.goto(f"{address}/account?lang={language}")
    finished(page)
    label = "Role in this demo" if english else "演示角色"
    page.get_by_role("combobox", name=re.compile(label)).click()
    page.get_by_role("option", name=ROLE_NAMES[role][english], exact=True).click()
    finished(page)
    from gridgov.locale import _, set_language

    set_language(language)
    page.get_by_role("link", name=_(spec.title), exact=True).first.click()
    page.locator(".stMain h1", has_text=_(spec.title)).wait_for(timeout=60_000)
    set_language("zh_CN")
    page.set_viewport_size(size)
    finished(page)


def finished(page: Page) -> None:
    """Wait until the run is over and the charts are drawn."""
    page.locator(".stMain h1").first.wait_for(timeout=60_000)
    page.wait_for_timeout(1200)
    page.wait_for_selector("[data-testid='stStatusWidget']", state="detached", timeout=90_000)
    page.wait_for_timeout(800)


if __name__ == "__main__":
    main()
