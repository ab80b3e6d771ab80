"""What changed, is it real, where, and who needs us?"""

from functools import partial

import streamlit as st

from gridgov.figures import Annotation, control_chart
from gridgov.locale import _, pick
from gridgov.ui import html
from gridgov.ui.cache import kept
from gridgov.ui.follow_up import annotations_of, open_actions
from gridgov.ui.links import href
from gridgov.ui.metric_cards import metric_card
from gridgov.ui.overview import LEADS_TO, concern_list, concerns_frame, overview_of
from gridgov.ui.page import cards, foot, note_table, page, section, show

view = page(_("总览"))
judged, concerns, sentences = kept(overview_of)

cards(
    [
        metric_card(
            item, view.palette, view.filters, href=href(LEADS_TO[item.metric.code], view.filters)
        )
        for item in judged
    ]
)

left, right = st.columns([11, 9], gap="large")
with left:
    section(_("需要关注"))
    concern_list(view, concerns)
    note_table(_("需要关注"), partial(concerns_frame, concerns))
with right:
    section(_("五点小结"))
    st.html(html.summary_html(sentences))
    chosen = next(item for item in judged if item.metric.code == "C3")
    show(
        control_chart(
            chosen.history,
            view.palette,
            title=pick(chosen.metric.zh, chosen.metric.en),
            unit=chosen.metric.unit,
            annotations=[Annotation(day.isoformat(), text) for day, text in annotations_of(view)],
        ),
        "overview_c3",
        metrics=["C3"],
        note=_("灰带是正常波动范围；橙点变差、蓝点改善，灰点都在正常波动之内。"),
    )

section(_("督办"))
open_actions(view)
foot([item.metric.code for item in judged])
