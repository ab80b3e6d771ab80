"""Where do two or more candidates differ?"""

from gridgov.locale import _
from gridgov.ui.awards_compare import compare_view
from gridgov.ui.awards_state import open_desk
from gridgov.ui.page import foot, page

view = page(_("候选人对比"), context=False)
compare_view(view, open_desk(view))
foot()
