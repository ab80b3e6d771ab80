"""Cards, tags and tables as HTML: what they say, and that nothing from data becomes markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from gridgov import figures as fg
from gridgov.ui import html

EVIL = '<script>alert("x")</script>'


class Tags(HTMLParser):
    """Collects opening tags; fails on anything left open or closed twice."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(text: str) -> list[tuple[str, dict[str, str | None]]]:
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    return tags.seen


@pytest.mark.parametrize(
    "text",
    [
        html.card_html(EVIL, EVIL, EVIL, state="worse", comparison=EVIL, href=EVIL, hint=EVIL),
        html.state_tag_html("worse", EVIL),
        html.context_line_html([EVIL]),
        html.caption_html(EVIL),
        html.summary_html([EVIL]),
        html.empty_state_html(EVIL, EVIL, EVIL),
        html.page_title_html(EVIL, [EVIL]),
        html.section_html(EVIL),
        html.table_html(
            [html.TableColumn("a", EVIL)], [{"a": EVIL, "to": EVIL}], caption=EVIL, href_key="to"
        ),
    ],
)
def test_nothing_from_data_becomes_markup(text: str) -> None:
    assert "script" not in [tag for tag, _attributes in parsed(text)]
    assert "&lt;script&gt;" in text


def test_card_says_everything_to_those_who_hear_it() -> None:
    spark = fg.sparkline([1, 2], fg.LIGHT)
    card = html.card_html(
        "按期率", "93.4%", "应访 12", state="better", sparkline=spark, href="/visits"
    )
    tag, attributes = parsed(card)[0]
    assert tag == "a"
    assert attributes["aria-label"] == "按期率, 93.4%, 改善, 应访 12"
    assert attributes["href"] == "/visits"
    assert "data:image/svg+xml" in card
    assert parsed(html.card_html("按期率", "93.4%"))[0][0] == "div"


def test_card_sets_the_unit_smaller() -> None:
    assert '37<span class="gg-unit">\u2009人</span>' in html.card_html("逾期", "37\u2009人")
    assert '37<span class="gg-unit"> people</span>' in html.card_html("Overdue", "37 people")
    assert '<span class="gg-figure">93.4%</span>' in html.card_html("按期率", "93.4%")


def test_state_is_not_said_by_colour_alone() -> None:
    tags = {
        html.state_tag_html(state) for state in ("better", "worse", "changed", "usual", "missing")
    }
    assert len(tags) == 5
    assert "变差" in html.state_tag_html("worse")
    assert "gg-usual" in html.state_tag_html("nonsense")


def test_table_aligns_figures_draws_bars_and_leads_on() -> None:
    columns = [
        html.TableColumn("name", "网格"),
        html.TableColumn("rate", "按期率", "bar", "%"),
        html.TableColumn("n", "应结", "number", phone=False),
        html.TableColumn("state", "状态", "state"),
    ]
    rows = [
        {"name": "甲", "rate": 0.4, "n": 1204, "state": "worse", "to": "/grid?id=a"},
        {"name": "乙", "rate": 0.8, "n": None, "state": None, "to": None},
        {"name": "丙", "rate": None, "n": 3, "state": "usual", "to": None},
    ]
    text = html.table_html(columns, rows, caption="各网格", href_key="to")
    assert "width:50.0%" in text and "width:100.0%" in text
    assert text.count("gg-wide") == 4
    assert ">1,204<" in text and ">—<" in text
    assert [a["href"] for tag, a in parsed(text) if tag == "a"] == ["/grid?id=a"]
    assert [a["scope"] for tag, a in parsed(text) if tag == "th"] == ["col"] * 4


def test_empty_table_says_so() -> None:
    assert "没有记录" in html.table_html([html.TableColumn("a", "甲")], [])
    assert html.context_line_html([]) == ""
