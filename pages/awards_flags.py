"""Which records ask for a second look, and what did people find?"""

from gridgov.locale import _
from gridgov.ui.awards_flags import flags_view
from gridgov.ui.awards_state import open_desk
from gridgov.ui.page import foot, page

view = page(_("待复核记录"), context=False)
flags_view(view, open_desk(view))
foot(["SV10"])
