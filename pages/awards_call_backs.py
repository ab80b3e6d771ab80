"""awards_call_backs"""

from gridgov.locale import _
from gridgov.ui.page import empty, page

page(_("格格看板"))
empty(_("本页正在建设。"))
