"""Which visits are residents asked about, and what did they say?"""

from gridgov.locale import _
from gridgov.ui.awards_call_backs import call_backs_view
from gridgov.ui.awards_state import open_desk
from gridgov.ui.page import foot, page

view = page(_("抽查回访"), context=False)
call_backs_view(view, open_desk(view))
foot()
