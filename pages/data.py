"""What is loaded, how new is it, and how do I bring in more?"""

from gridgov.locale import _
from gridgov.ui.freshness import completeness_chart, freshness_table, gaps_table
from gridgov.ui.loading import upload
from gridgov.ui.loading_history import history, templates
from gridgov.ui.page import page, section, show

view = page(_("数据导入"), context=False)
upload(view)

if view.has_data:
    section(_("新鲜度与完整度"))
    freshness_table(view)
    for log in ("visit", "complaint"):
        show(completeness_chart(view, log), f"complete_{log}")
    section(_("走访记录最稀的网格"))
    gaps_table(view, "visit")

section(_("导入历史"), _("撤销一批，会回到它从未导入过的样子；更正过的旧值一并还原。"))
history(view)
section(_("模板"), _("手上没有导出文件时，可以按模板填写。"))
templates()
