"""What was asked of whom, by when, and how far is it?"""

import streamlit as st

from gridgov.locale import _
from gridgov.ui.follow_up import action_details, annotations_section, visible_actions
from gridgov.ui.page import empty, page, section

view = page(_("督办"), context=False)
actions = visible_actions(view)
running = [action for action in actions if action.closed_at is None]
ended = [action for action in actions if action.closed_at is not None]

section(_("进行中"))
if not running:
    empty(_("没有进行中的督办事项。"), _("在“总览”的需要关注里，点任一事项右侧的“督办”。"))
for action in running:
    action_details(view, action)
if ended:
    section(_("已结束"))
    for action in ended:
        action_details(view, action)

section(_("批注"), _("批注会画在所有随时间变化的图上。"))
with st.container():
    annotations_section(view)
