"""One's own page: several saved questions together, with the shared filters."""

from gridgov.locale import _
from gridgov.ui.boards import draw_board
from gridgov.ui.boards_edit import board_bar, chosen_board
from gridgov.ui.page import empty, foot, page

view = page(_("我的看板"))
board = chosen_board(view)
board_bar(board, view)
if board is None:
    empty(
        _("还没有看板。"),
        _("先在“自助分析”里保存问题，再点“新建看板”把它们放在一页上，随左侧筛选一起变。"),
    )
elif not board.items:
    empty(_("“{name}”上还没有问题。", name=board.name), _("点“添加问题”放上第一个。"))
else:
    draw_board(board, view)
    foot()
