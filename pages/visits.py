"""Are the people who need us seen, how hard is the work, and what came of it?"""

from gridgov.locale import _
from gridgov.ui import visits_page
from gridgov.ui.cache import kept
from gridgov.ui.evidence import judged_cards
from gridgov.ui.page import foot, page

view = page(_("走访"), needs="visit")
judged = kept(visits_page.headline)
by_code = {item.metric.code: item for item in judged}

judged_cards(view, judged)
visits_page.tiers(view, by_code)
visits_page.grids(view)
visits_page.needs(view, by_code)
visits_page.ways(view, by_code)
visits_page.overdue(view)
foot(visits_page.HEADLINES)
