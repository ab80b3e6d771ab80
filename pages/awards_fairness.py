"""Does the proposed selection favour some grids, and is any figure out of line?"""

from gridgov.locale import _
from gridgov.ui.awards_fairness import fairness_view
from gridgov.ui.awards_state import open_desk
from gridgov.ui.page import foot, page

view = page(_("公平性检查"), context=False)
fairness_view(view, open_desk(view))
foot()
