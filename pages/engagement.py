"""五在网格: is every pillar alive in every grid, who takes part, and who does not?"""

from gridgov.locale import _
from gridgov.ui import engagement_page
from gridgov.ui.cache import kept
from gridgov.ui.evidence import judged_cards
from gridgov.ui.page import foot, page

view = page(_("五在网格"), needs="activity")
judged = kept(engagement_page.headline)
by_code = {item.metric.code: item for item in judged}

judged_cards(view, judged)
engagement_page.pillars(view)
engagement_page.participants(view, by_code)
engagement_page.reach(view)
engagement_page.types(view)
engagement_page.neighbours(view)
engagement_page.activities(view)
foot(engagement_page.HEADLINES)
