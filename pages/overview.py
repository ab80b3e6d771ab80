"""What changed, is it real, where, and who needs us?"""

from gridgov.judgement import judge
from gridgov.locale import _
from gridgov.ui.cache import kept
from gridgov.ui.links import href
from gridgov.ui.metric_cards import metric_card
from gridgov.ui.page import cards, foot, page

HEADLINES = ("SV1", "SV2", "C3", "C6", "HP1", "C13")
LEADS_TO = {"SV1": "visits", "SV2": "visits", "HP1": "engagement"}

view = page(_("总览"))


def headline(reader, filters):
    return judge(reader, HEADLINES, filters)


judged = kept(headline)
cards(
    [
        metric_card(
            item,
            view.palette,
            view.filters,
            href=href(LEADS_TO.get(item.metric.code, "complaints"), view.filters),
        )
        for item in judged
    ]
)
foot(HEADLINES)
