"""Who would move under other weights, floors or quotas?"""

from gridgov.locale import _
from gridgov.ui.awards_state import open_desk
from gridgov.ui.awards_what_if import what_if_view
from gridgov.ui.page import foot, page

view = page(_("方案试算"), context=False)
what_if_view(view, open_desk(view))
foot()
