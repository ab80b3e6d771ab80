"""By keyboard and by ear: what Tab reaches and in what order, that the focus is seen, that every
control and chart has a name, and that text stands out from its ground.

Motion is reduced, so that a mark of focus is there or is not, and never half faded in; every check
waits until the page is drawn and, where a machine under load may be late, for what it looks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as NotInTime

from benchmarks.pages_browser import DRAWN
from tests.browser.conftest import Visit, settle

PAGES = ("overview", "grid", "map", "metrics", "follow_up")
TITLES = {
    "overview": "总览",
    "grid": "网格画像",
    "map": "地图",
    "metrics": "指标口径",
    "follow_up": "督办",
}

# What has the focus: its role, its name as a reader is told it, where it is, whether it is marked.
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e);
  const chain = [];
  for (let n = e; n && chain.length < 5; n = n.parentElement) chain.push(getComputedStyle(n));
  const marked = chain.some(s => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0)
    || s.boxShadow !== 'none');
  const named = e.getAttribute('aria-label') || e.innerText || e.title
    || (e.labels && e.labels.length ? e.labels[0].innerText : '')
    || (e.getAttribute('aria-labelledby') || '').split(' ')
        .map(id => document.getElementById(id)?.innerText || '').join(' ');
  // A canvas of rows carries them once more as a table for those who do not see it.
  const table = e.tagName === 'CANVAS' && e.querySelector('[role=grid], table') ? 'table' : '';
  return {
    tag: e.tagName, role: e.getAttribute('role') || '', name: (named || table).trim(),
    marked, scrolls: e.scrollHeight > e.clientHeight + 4 && style.overflowY !== 'visible',
    inMain: !!e.closest('[data-testid=stMain]'), inSide: !!e.closest('[data-testid=stSidebar]'),
    card: e.classList.contains('gg-card'), href: e.getAttribute('href') || '',
  };
}"""

# Leaf texts with their contrast against what is painted behind them (WCAG 2.1, 1.4.3).
CONTRAST = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => {
    for (let n = e; n; n = n.parentElement) {
      const c = parse(getComputedStyle(n).backgroundColor);
      if (c.length < 4 || c[3] > 0.99) return c;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const e of document.querySelectorAll('.stMain *, [data-testid=stSidebar] *')) {
    const text = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
    if (!text || !e.checkVisibility({opacityProperty: true}) || e.closest('svg, [aria-hidden=true], [disabled]')) continue;
    const style = getComputedStyle(e);
    if (e.matches('style, script') || style.backgroundImage !== 'none') continue;
    const a = lum(parse(style.color)), b = lum(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(style.fontSize) >= 24
      || (parseFloat(style.fontSize) >= 18.66 && +style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5) - 0.01) poor.push([text.slice(0, 30), +ratio.toFixed(2)]);
  }
  return poor;
}"""

# Charts without words: neither the chart nor anything right around it carries a name.
WORDLESS = """() => [...document.querySelectorAll('[data-figure]')].filter(c => {
  const named = [c, ...c.querySelectorAll('[aria-label], [role=img], title, desc')];
  let around = c;
  for (let i = 0; i < 3 && around; i++, around = around.parentElement) named.push(around);
  return !named.some(n => ((n.getAttribute('aria-label') || n.getAttribute('alt')
    || (/^(title|desc)$/.test(n.tagName) ? n.textContent : '')) || '').trim().length > 10);
}).map(c => c.outerHTML.slice(0, 200))"""


# The focus is somewhere, and the place shows it (or scrolls as a whole, which shows itself).
SETTLED = f"() => {{ const f = ({FOCUSED})(); return !f || f.marked || f.scrolls; }}"
WAIT = 60_000


@pytest.fixture
def still(browser: Browser, address: str) -> Iterator[Visit]:
    """A visit without motion."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", reduced_motion="reduce"
    )
    yield Visit(context.new_page(), address)
    context.close()


def drawn(visit: Visit, name: str) -> Page:
    """The page with everything on it: the run over, every chart with its marks, fonts there."""
    page = visit.open(f"/{name}")
    page.wait_for_function(DRAWN, arg=TITLES[name], timeout=WAIT)
    page.evaluate("document.fonts.ready")
    settle(page, timeout=WAIT)
    return page


def walk(page: Page, steps: int = 60) -> list[dict[str, object]]:
    """Tab through the page from its top; each thing that takes the focus, in order."""
    page.evaluate("document.activeElement && document.activeElement.blur()")
    page.evaluate("window.scrollTo(0, 0)")
    seen: list[dict[str, object]] = []
    for _step in range(steps):
        page.keyboard.press("Tab")
        with suppress(NotInTime):  # said by the checks, with what it is
            page.wait_for_function(SETTLED, timeout=3_000)
        found = page.evaluate(FOCUSED)
        if found is None:
            break
        seen.append(found)
    return seen


def poor_texts(page: Page) -> list[object]:
    """Texts that do not stand out, after what fades has faded."""
    with suppress(NotInTime):
        page.wait_for_function(f"() => ({CONTRAST})().length === 0", timeout=10_000)
    found: list[object] = page.evaluate(CONTRAST)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_everything_that_takes_the_focus_has_a_name_and_shows_it(still: Visit, name: str) -> None:
    walked = walk(drawn(still, name))
    assert len(walked) > 12
    nameless = [w for w in walked if not w["name"] and not w["scrolls"]]
    assert not nameless, nameless
    unseen = [w for w in walked if not w["marked"] and not w["scrolls"]]
    assert not unseen, unseen


def test_tab_reaches_filters_then_the_cards_and_the_doors(still: Visit) -> None:
    walked = walk(drawn(still, "overview"), steps=90)
    # A part that scrolls takes the focus as well, and holds the words of all that is in it.
    names = ["" if w["scrolls"] else str(w["name"]) for w in walked]
    for wanted in ("时段", "对比", "网格"):
        assert any(wanted in name for name in names), (wanted, names)
    assert sum(bool(w["card"]) for w in walked) == 6
    assert any("数据与口径" in name for name in names)
    # Filters come before the cards, and these before the door under the chart.
    period = next(i for i, name in enumerate(names) if "时段" in name)
    card = next(i for i, w in enumerate(walked) if w["card"])
    door = next(i for i, name in enumerate(names) if "数据与口径" in name)
    assert period < card < door, [period, card, door, names]


def test_a_card_opens_its_page_by_enter(still: Visit) -> None:
    page = drawn(still, "overview")
    page.locator("a.gg-card").first.focus()
    page.keyboard.press("Enter")
    page.locator(".stMain h1", has_text="走访").wait_for(timeout=60_000)


@pytest.mark.parametrize("name", ("overview", "grid", "map"))
def test_every_chart_has_a_text_alternative(still: Visit, name: str) -> None:
    page = drawn(still, name)
    page.locator("[data-figure]").first.wait_for(timeout=WAIT)
    assert page.locator("[data-figure]").count() >= 1
    assert page.evaluate(WORDLESS) == []


@pytest.mark.parametrize("name", PAGES)
def test_text_stands_out_in_light_and_dark(still: Visit, name: str) -> None:
    page = drawn(still, name)
    assert poor_texts(page) == []
    page.emulate_media(color_scheme="dark")
    page = drawn(still, name)
    paper = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert paper == "rgb(18, 23, 30)"
    assert poor_texts(page) == []


def test_the_document_says_its_language_and_has_one_heading(still: Visit) -> None:
    page = drawn(still, "overview")
    assert page.evaluate("document.documentElement.lang").startswith("zh")
    assert page.locator("h1").count() == 1
    assert page.title() not in ("", "Streamlit")
