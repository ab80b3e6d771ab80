"""Who did what, when, and is the log whole?"""

from gridgov.locale import _
from gridgov.ui.audit import audit_search, chain_state
from gridgov.ui.page import page, section

page(_("审计日志"), context=False)
chain_state()
section(_("查找"))
audit_search()
