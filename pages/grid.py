"""Everything about one grid on one page."""

from functools import partial

import streamlit as st

from gridgov.locale import _
from gridgov.ui.cache import drawn, kept
from gridgov.ui.evidence import control, to_grid
from gridgov.ui.metric_cards import cards_named, metric_card
from gridgov.ui.page import cards, empty, foot, note_table, page, section, show, table
from gridgov.ui.places import (
    PROFILE_METRICS,
    default_grid,
    facts_html,
    peers_chart,
    peers_note,
    profile_of,
    scrolling_html,
    silent_note,
    silent_rows,
    workers_frame,
)
from gridgov.ui.view import current_view, narrowed_view

is_chosen = current_view().filters.grid_id is not None
grid_id = kept(default_grid)
if grid_id is not None:
    narrowed_view(grid_id)
view = page(_("网格画像"))
card, judged = kept(profile_of, grid_id) if grid_id else (None, [])
if grid_id is None or card is None:
    empty(_("没有可查看的网格。"), _("在左侧选择一个网格。"))
    st.stop()

section(card["name"], "" if is_chosen else _("左侧还没有选网格，先看第一个一般网格。"))
st.html(facts_html(card))
note_table(_("主要指标"), partial(cards_named, judged))
cards(
    drawn(
        "profile",
        lambda: [metric_card(item, view.palette, view.filters) for item in judged],
        grid_id,
    )
)

st.space("small")
by_code = {item.metric.code: item for item in judged}
for code in ("SV1", "C1"):
    left, right = st.columns(2, gap="medium")
    with left:
        control(view, by_code[code], f"grid_{code.lower()}", grid_id=grid_id)
    with right:
        chart = kept(peers_chart, grid_id, code, view.palette)
        if chart is not None:
            show(
                chart,
                f"peers_{code}",
                metrics=[code],
                note=peers_note(chart),
                on_click=to_grid,
                of_period=True,
            )

silent = kept(silent_rows)
if len(silent):
    section(_("没有走访记录的微网格"), silent_note(silent))
    table(
        _("没有走访记录的微网格"),
        silent,
        scrolling_html(silent, _("没有走访记录的微网格")),
        "grid_silent",
    )

section(_("网格员"), _("任职先后；网格换人之日起，工作记在新任名下。"))
held = workers_frame(view.reader, grid_id)
table(_("网格员"), held, scrolling_html(held, _("网格员")), "grid_workers")
foot(PROFILE_METRICS)
