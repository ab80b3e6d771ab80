"""Are people answered, in time and to their satisfaction, and what do they complain about?"""

from gridgov.locale import _
from gridgov.ui import complaints_page
from gridgov.ui.cache import kept
from gridgov.ui.evidence import judged_cards
from gridgov.ui.page import foot, page

view = page(_("诉求"), needs="complaint")
judged = kept(complaints_page.headline)
by_code = {item.metric.code: item for item in judged}

judged_cards(view, judged)
complaints_page.process(view)
complaints_page.outcomes(view, by_code)
complaints_page.categories(view)
complaints_page.places(view)
complaints_page.open_list(view)
foot(complaints_page.HEADLINES)
