"""督办: an entry, its links, the action made of it, its life and its way back; as people see them."""

from __future__ import annotations

import html
import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from gridgov.attention import SIGNAL_METRICS, attention
from gridgov.filters import Filters
from gridgov.judgement import judge
from gridgov.warehouse import Warehouse
from gridgov.workspace.annotation import add_annotation, list_annotations
from gridgov.workspace.audit import Actor
from gridgov.workspace.engine import shared_workspace
from gridgov.workspace.follow_up import (
    FollowUpState,
    add_follow_up,
    change_follow_up,
)
from tests.pages.conftest import OpenPage, drawn_figures, texts
from tests.warehouses import sample_warehouse

LEADER = Actor(None, "李书记")
SEVENTH = "51011200100107"


@pytest.fixture
def engine(open_page: OpenPage, tmp_path: Path) -> Engine:
    return shared_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")


def links(app: AppTest, words: str) -> list[str]:
    """Addresses of the links whose text holds `words`."""
    found = re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', texts(app))
    return [html.unescape(address) for address, text in found if words in text]


def test_a_title_leads_to_its_figure_and_its_place_to_the_part(open_page: OpenPage) -> None:
    app = open_page("overview")
    assert links(app, "停车诉求上升") == [
        "/complaints?category=停车".replace("停车", "%E5%81%9C%E8%BD%A6")
    ]
    assert any(f"grid={SEVENTH}" in address for address in links(app, "东山社区第7网格最多"))


def test_an_entry_that_is_followed_up_says_so(open_page: OpenPage, engine: Engine) -> None:
    reader = Warehouse(sample_warehouse()).reader()
    assert reader.data_date is not None
    filters = Filters(today=reader.data_date)
    entry = attention(reader, filters, judge(reader, SIGNAL_METRICS, filters))[0]
    add_follow_up(
        engine, LEADER, source_kind=entry.kind, source_key=entry.source, title=entry.title,
        owner="周敏",
    )  # fmt: skip
    app = open_page("overview")
    assert links(app, "督办中") == ["/follow_up"]
    assert len(links(app, "督办")) == texts(app).count('class="gg-concern"') + 1  # and the others
    assert "周敏" in texts(app)
    assert links(app, "看全部督办") == ["/follow_up"]
    # The same matter of one grid is another one.
    assert not links(open_page("overview", grid=SEVENTH), "督办中")


def test_owner_and_date_change_and_the_history_says_how(
    open_page: OpenPage, engine: Engine
) -> None:
    made = add_follow_up(
        engine, LEADER, source_kind="x", source_key="", title="走访逾期老人", owner="张三",
        due_on=date(2026, 11, 7), filter_link="/visits?grid=1",
    )  # fmt: skip
    change_follow_up(
        engine, LEADER, made.id, state=FollowUpState.DOING, owner="李四", due_on=date(2026, 11, 9)
    )
    app = open_page("follow_up", lang="en", role="supervisor")
    page = texts(app)
    assert not app.exception
    assert "owner" not in page.split("</style>")[-1]
    shown = texts(open_page("follow_up"))
    assert "状态 待办 → 办理中" in shown
    assert "责任人 张三 → 李四" in shown
    assert "办结期限 2026-11-07 → 2026-11-09" in shown


def test_a_stored_link_takes_the_language_of_whoever_opens_it(
    open_page: OpenPage, engine: Engine
) -> None:
    add_follow_up(
        engine, LEADER, source_kind="x", source_key="", title="x", owner="x",
        filter_link="/visits?grid=1",
    )  # fmt: skip
    assert links(open_page("follow_up"), "查看当时的数据") == ["/visits?grid=1"]
    assert links(open_page("follow_up", lang="en"), "data") == ["/visits?grid=1&lang=en"]


def test_events_are_listed_with_the_name_of_their_grid(open_page: OpenPage, engine: Engine) -> None:
    add_annotation(engine, LEADER, on_date=date(2026, 9, 1), text="新系统上线", grid_id=SEVENTH)
    app = open_page("follow_up")
    assert list(app.dataframe[0].value["网格"]) == ["东山社区第7网格"]


def test_events_stand_in_every_chart_over_time(open_page: OpenPage, engine: Engine) -> None:
    add_annotation(engine, LEADER, on_date=date(2026, 9, 1), text="新系统上线")
    for page, charts in {"overview": 1, "visits": 3, "complaints": 1, "grid": 2}.items():
        told = [chart for chart in drawn_figures(open_page(page)) if "新系统上线" in str(chart)]
        assert len(told) == charts, page


def add_event(app: AppTest, words: str) -> AppTest:
    """Write an event into the form, as it stands, and send it."""
    next(box for box in app.text_input if box.label == "事件").set_value(words)
    next(button for button in app.button if button.label == "添加批注").click()
    return app.run()


def test_who_is_responsible_for_a_grid_writes_on_its_charts_alone(
    open_page: OpenPage, engine: Engine
) -> None:
    add_annotation(engine, LEADER, on_date=date(2026, 9, 1), text="全市统一换装")
    app = add_event(open_page("follow_up", role="supervisor"), "本网格停电")
    (written,) = [one for one in list_annotations(engine) if one.text == "本网格停电"]
    assert written.grid_id == "51011200100101"
    # Events of all grids are not theirs to take away.
    choices = [box.options for box in app.selectbox if box.label == "事件"]
    assert choices and all("全市统一换装" not in option for option in choices[0])


def test_a_leader_writes_for_all_grids_or_for_the_chosen_one(
    open_page: OpenPage, engine: Engine
) -> None:
    app = open_page("follow_up")
    assert not [box for box in app.checkbox if box.label.startswith("只标在")]
    assert "标在所有网格的图上" in texts(app)
    add_event(app, "全部")
    add_event(open_page("follow_up", grid=SEVENTH), "第七")
    written = {one.text: one.grid_id for one in list_annotations(engine)}
    assert written == {"全部": None, "第七": SEVENTH}
