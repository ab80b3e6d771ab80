"""Which functions of our scripts run while pages load: `python -m tools.used_functions WAREHOUSE`.

Opens pages of the sample in Chromium and writes `used.json` beside the builds in `tools/bundle` and
`tools/figure`. The scripts that are served must be plain builds (`npm run build -- … --plain`): the
places of the functions are those of the script as it is.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from streamlit import file_util

from gridgov.access.bundled import bundle_for
from gridgov.ui.component import FIGURE
from tools.serving import CHROMIUM, CHROMIUM_FLAGS, ROOT, served

PAGES = ("overview", "engagement", "visits", "complaints", "grid", "map", "trends")
# What one page alone needs is compiled when it is needed.
LEAST_PAGES = 3


def running(browser: Browser, address: str, name: str) -> dict[str, set[int]]:
    """Script → where the functions begin that ran until the page was quiet."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    # Another document of the same origin first: coverage has to begin before the scripts do.
    page.goto(f"{address}/favicon.png")
    session = context.new_cdp_session(page)
    session.send("Profiler.enable")
    session.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": False})
    page.goto(f"{address}/{name}")
    page.locator(".stMain h1").first.wait_for(timeout=60_000)
    page.wait_for_timeout(4_000)
    found: list[dict[str, Any]] = session.send("Profiler.takePreciseCoverage")["result"]
    context.close()
    ran: dict[str, set[int]] = {}
    for script in found:
        ranges = [function["ranges"][0] for function in script["functions"]]
        starts = {int(one["startOffset"]) for one in ranges if one["count"]}
        ran.setdefault(script["url"].rpartition("/")[2], set()).update(starts)
    return ran


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warehouse", type=Path)
    options = parser.parse_args()
    bundle = bundle_for(Path(file_util.get_static_dir()))
    assert bundle is not None, "tools/bundle was built from another Streamlit"
    with tempfile.TemporaryDirectory(prefix="gridgov-used-") as name:
        folder = Path(name)
        with (
            served(options.warehouse, folder / "w.sqlite", log=folder / "log") as address,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
            pages = [running(browser, address, page) for page in PAGES]
            browser.close()
    for script, beside in ((bundle.script, "bundle"), (FIGURE.script, "figure")):
        times = Counter(start for page in pages for start in page.get(script.name, ()))
        starts = sorted(start for start, n in times.items() if n >= LEAST_PAGES)
        of = hashlib.sha256(script.read_bytes()).hexdigest()[:8].upper()
        text = json.dumps({"of": of, "starts": starts})
        # A line per some numbers: a change is then a few lines of a difference.
        lines = re.sub(r"((?:\d+, ){20})", r"\1\n", text)
        (ROOT / "tools" / beside / "used.json").write_text(lines + "\n", encoding="utf-8")
        print(f"{beside}: {len(starts)} functions")


if __name__ == "__main__":
    main()
