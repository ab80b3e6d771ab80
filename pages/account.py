"""Who am I here, and what may I see?"""

from gridgov.locale import _
from gridgov.ui.account import own_account, own_password
from gridgov.ui.page import page, section

view = page(_("我的账号"), context=False)
own_account(view)
if not view.identity.demo:
    section(_("修改密码"), _("修改后，其他设备上的登录立即失效。"))
    own_password(view)
