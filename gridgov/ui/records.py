"""Rows about single residents: shown only to those who may, and never without a trace."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from gridgov.locale import _
from gridgov.ui.behind import may_see_persons, record_look, refused
from gridgov.ui.page import empty, table_of
from gridgov.ui.view import View

__all__ = ["may_see_persons", "record_look", "records"]


def records(
    view: View, title: str, rows: Callable[[], pd.DataFrame], key: str, *, table: str
) -> None:
    """Show rows behind a figure (labels as column names), or say who may see them.

    `rows` is asked only for those who may.
    """
    if not may_see_persons(view, table):
        refused()
        return
    frame = rows()
    if frame.empty:
        empty(_("没有符合条件的记录。"), _("可在左侧放宽时段或网格。"))
        return
    record_look(view, title, len(frame))
    table_of(title, frame, key, personal=True)
