"""What changed, is it real, where, and who needs us?"""

from functools import partial

import streamlit as st

from gridgov.locale import _
from gridgov.ui import html
from gridgov.ui.cache import kept
from gridgov.ui.evidence import control
from gridgov.ui.follow_up import open_actions
from gridgov.ui.metric_cards import cards_named
from gridgov.ui.overview import concern_list, concerns_frame, headline_cards, overview_of
from gridgov.ui.page import cards, foot, note_table, page, section

view = page(_("总览"))
judged, concerns, sentences = kept(overview_of)

note_table(_("主要指标"), partial(cards_named, judged))
cards(headline_cards(view, judged))

left, right = st.columns([11, 9], gap="large")
with left:
    section(_("需要关注"))
    concern_list(view, concerns)
    note_table(_("需要关注"), partial(concerns_frame, concerns))
with right:
    st.html(html.section_html(_("五点小结")) + html.summary_html(sentences))
    control(
        view,
        next(item for item in judged if item.metric.code == "C3"),
        "overview_c3",
        note=_("灰带是正常波动范围；橙点变差、蓝点改善，灰点都在正常波动之内。"),
    )

section(_("督办"))
open_actions(view)
foot([item.metric.code for item in judged])
