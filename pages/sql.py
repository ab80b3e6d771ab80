"""Any SQL over the de-identified copy, and nothing that it could break."""

from gridgov.locale import _
from gridgov.ui.explore_saved import version_line
from gridgov.ui.explore_state import older_data
from gridgov.ui.page import empty, page
from gridgov.ui.sql_result import show_result
from gridgov.ui.sql_run import database_of, sql_bar, workbench

view = page(_("SQL 查询"), context=False)
view = older_data(view)
version_line(view)
database = database_of(view)
text = workbench(view, database)
finished = sql_bar(view, text)
if finished is None:
    empty(
        _("运行后结果显示在这里。"),
        _("只读、去标识、最长 30 秒；页面最多 10 万行，下载是全部。"),
    )
else:
    show_result(finished, view)
