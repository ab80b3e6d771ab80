"""Where is it better, where worse? A click on a grid opens it everywhere."""

import streamlit as st

from gridgov.locale import _
from gridgov.ui.cache import drawn, kept
from gridgov.ui.grid_notes import hidden_note
from gridgov.ui.links import link
from gridgov.ui.map_page import crowded_note, map_chart, map_choices, map_frame, narrow_ground
from gridgov.ui.page import empty, foot, page, show
from gridgov.ui.sidebar import set_filters

view = page(_("地图"))
code, level, by = map_choices(view)
frame = kept(map_frame, code, level)
if frame.empty:
    empty(_("这里没有这一级的网格。"), _("换一个层级，或在左侧把网格放宽。"))
    st.stop()
st.html(narrow_ground(frame))
with st.container(key="ground"):
    show(
        drawn("map", lambda: map_chart(view, frame, code, by), code, level, by),
        f"map_{code}_{level}_{by}_{view.filters.grid_id}",
        metrics=[code],
        note=_("点一个网格，全站都只看它；左侧“恢复默认”回到全部。")
        + hidden_note(frame)
        + crowded_note(view),
        of_period=True,
        on_click=lambda point: set_filters(grid_id=point["customdata"]),
    )
if view.filters.grid_id:
    link("grid", view.filters, label=_("打开这个网格的画像"))
foot([code])
