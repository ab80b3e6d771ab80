"""Every page by deep link on a fresh server, in a real browser: Chinese figures, no error, no
outside request, no sideways scrolling on a phone, the filters kept from page to page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from gridgov.access.roles import Role
from gridgov.ui.navigation import PAGES, PageSpec
from tests.browser.conftest import Visit, settle

_ROLE_NAMES = {
    Role.LEADER: "领导",
    Role.SUPERVISOR: "一般网格员",
    Role.WORKER: "微网格员",
    Role.COMMITTEE: "评选委员",
    Role.ANALYST: "数据分析员",
    Role.CLERK: "数据录入员",
    Role.ADMINISTRATOR: "系统管理员",
}
# Elements that stick out to the right and are not inside something that scrolls by itself.
PAST_THE_EDGE = """() => {
  const scrolls = e => {
    for (let up = e.parentElement; up && !up.matches('.stMain'); up = up.parentElement) {
      if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(up).overflowX)) return true;
    }
    return false;
  };
  return [...document.querySelectorAll('.stMain *')]
    .filter(e => e.getBoundingClientRect().right > 391)
    .filter(e => getComputedStyle(e).position !== 'absolute')
    .filter(e => !e.closest('[data-testid=stDataFrame], .js-plotly-plot, svg') && !scrolls(e))
    .slice(0, 3).map(e => e.className || e.tagName);
}"""
LEADER_PAGES = [page for page in PAGES if Role.LEADER in page.roles]
OTHER_PAGES = [page for page in PAGES if Role.LEADER not in page.roles]


def play(visit: Visit, role: Role) -> Page:
    """Switch the demo to a role, as a person does it."""
    page = visit.open("/account", wait_for="我的账号")
    page.get_by_role("combobox", name=re.compile("演示角色")).click()
    page.get_by_role("option", name=_ROLE_NAMES[role], exact=True).click()
    page.wait_for_timeout(800)
    settle(page)
    return page


@pytest.mark.parametrize("page", LEADER_PAGES, ids=lambda page: page.name)
def test_a_deep_link_opens_the_page(visit: Visit, page: PageSpec) -> None:
    opened = visit.open(f"/{page.name}", wait_for=page.title)
    expect(opened.locator(".stMain h1").first).to_have_text(page.title, timeout=20_000)
    assert opened.url.split("?")[0].endswith(f"/{page.name}")
    text = opened.locator(".stMain").inner_text()
    assert re.search("[\u4e00-\u9fff]", text)
    assert "这里出了问题" not in text
    assert not visit.errors, visit.errors
    assert not visit.outside, visit.outside


@pytest.mark.parametrize("page", OTHER_PAGES, ids=lambda page: page.name)
def test_other_roles_reach_their_pages(visit: Visit, page: PageSpec) -> None:
    role = (
        Role.WORKER
        if page.roles == frozenset({Role.WORKER})
        else min(page.roles - {Role.WORKER}, default=Role.WORKER)
    )
    opened = play(visit, role)
    opened.get_by_role("link", name=page.title, exact=True).first.click()
    opened.locator(".stMain h1", has_text=page.title).wait_for(timeout=60_000)
    settle(opened, timeout=60_000)
    assert "这里出了问题" not in opened.locator(".stMain").inner_text()
    assert not visit.errors, visit.errors
    assert not visit.outside, visit.outside


@pytest.mark.parametrize("page", LEADER_PAGES, ids=lambda page: page.name)
def test_no_sideways_scrolling_on_a_phone(phone: Visit, page: PageSpec) -> None:
    opened = phone.open(f"/{page.name}", wait_for=page.title)
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390
    wide = opened.evaluate(PAST_THE_EDGE)
    assert not wide, f"reaches past the edge: {wide}"


def test_filters_survive_a_change_of_page_and_stand_in_the_address(visit: Visit) -> None:
    page = visit.open("/overview?period=first_half&compare=none", wait_for="总览")
    expect(page.locator(".stMain .gg-context").first).to_contain_text(
        "2026年上半年", timeout=20_000
    )
    page.get_by_role("link", name="走访", exact=True).first.click()
    page.locator(".stMain h1", has_text="走访").wait_for()
    settle(page)
    expect(page.locator(".stMain .gg-context").first).to_contain_text(
        "2026年上半年", timeout=20_000
    )
    assert "period=first_half" in page.url


def test_the_other_language(visit: Visit) -> None:
    page = visit.open("/overview?lang=en", wait_for="Overview")
    main = page.locator(".stMain")
    expect(main.locator("h1")).to_have_text("Overview", timeout=20_000)
    expect(main).to_contain_text("Needs attention", timeout=20_000)
    expect(main).not_to_contain_text("需要关注")


def test_the_dark_theme_is_dark(browser, address: str) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(color_scheme="dark", viewport={"width": 1440, "height": 900})
    visit = Visit(context.new_page(), address)
    page = visit.open("/overview", wait_for="总览")
    paper = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert paper == "rgb(18, 23, 30)"
    context.close()
