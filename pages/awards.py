"""Who stands where, how sure is it, and what is left to the committee?"""

from gridgov.locale import _
from gridgov.ui.awards_evaluation import archive_line, track_tabs
from gridgov.ui.awards_state import open_desk
from gridgov.ui.page import foot, page

view = page(_("半年评选"), context=False)
desk = open_desk(view)
archive_line(view, desk)
track_tabs(view, desk)
foot()
