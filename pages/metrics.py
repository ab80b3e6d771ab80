"""What does each figure mean, and how is it computed?"""

import streamlit as st

from gridgov.locale import _
from gridgov.ui import html
from gridgov.ui.dictionary import metric_groups, metric_rows
from gridgov.ui.page import page, section

page(_("指标口径"), context=False)
st.html(
    html.caption_html(
        _("率一律给出分子、分母和样本量；分母为零记为缺失；样本少于下限时标明“样本不足”。")
    )
)
words = st.text_input(_("查找"), placeholder=_("名称、代码或说明"), key="metric_words")
for title, metrics in metric_groups(words):
    section(title)
    st.html(html.definition_list_html(metric_rows(metrics)))
