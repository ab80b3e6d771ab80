"""Where does one candidate's score come from, to the last hundredth?"""

from gridgov.locale import _
from gridgov.ui.awards_sheet import chosen_sheet, sheet_view
from gridgov.ui.page import foot, page

view = page(_("个人评选表"), context=False)
chosen = chosen_sheet(view)
if chosen is not None:
    evaluation, run_id, worker = chosen
    sheet_view(view, evaluation, run_id, worker)
    foot()
