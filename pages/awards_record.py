"""What has been put on record, does it verify, and what follows from objections?"""

from gridgov.locale import _
from gridgov.ui.awards_record import record_view
from gridgov.ui.awards_state import open_desk
from gridgov.ui.page import foot, page

view = page(_("评选档案"), context=False)
record_view(view, open_desk(view))
foot()
