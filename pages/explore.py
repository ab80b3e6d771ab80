"""Any cut of the declared metrics: by what, when, where, compared with what?"""

from gridgov.locale import _
from gridgov.ui.explore_answer import answered, show_answer
from gridgov.ui.explore_builder import build
from gridgov.ui.explore_saved import question_bar, version_line
from gridgov.ui.explore_state import cut_of_run, older_data
from gridgov.ui.page import foot, page

view = page(_("自助分析"))
view = older_data(view)
cut = cut_of_run()
version_line(view)
cut = build(cut, view)
answer = answered(cut, view)
kind = question_bar(cut, view, answer)
show_answer(answer, kind, view)
foot(cut.metrics)
