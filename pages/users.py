"""Who may log in, in which role, for which grids?"""

from gridgov.locale import _
from gridgov.ui.account import add_user_form, change_user_form, user_table
from gridgov.ui.page import page, section

view = page(_("用户与权限"), context=False)
user_table()
section(_("新增用户"))
add_user_form(view)
section(_("调整用户"), _("角色、范围、停用立即生效，已打开的页面随即退出。"))
change_user_form(view)
