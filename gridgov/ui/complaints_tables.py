"""The tables of the complaints page as HTML: categories, authority; and the open cases as rows."""

from __future__ import annotations

import pandas as pd

from gridgov import formats
from gridgov.locale import _
from gridgov.ui.evidence import compared_name, named, plain_dates, said
from gridgov.ui.html import Cell, TableColumn, table_html
from gridgov.ui.links import href
from gridgov.ui.view import View

__all__ = ["authority_html", "authority_named", "categories_html", "categories_named", "open_rows"]

_LEAST = 10
"""Rates on fewer cases are said to be on too few, as the metrics do."""


def categories_html(view: View, frame: pd.DataFrame) -> str:
    """Categories with their change and outcome; `frame` as from `category_standing`."""
    name = compared_name(view, "complaint")
    columns = [
        TableColumn("category", _("诉求类别")),
        TableColumn("cases", _("本期受理"), "bar"),
        *([TableColumn("expected", name, "number", phone=False)] if name else []),
        *([TableColumn("change", _("增减"), "number")] if name else []),
        *([TableColumn("state", _("是否超出偶然"), "state", phone=False)] if name else []),
        TableColumn("on_time", _("按期办结率"), "number", "%"),
        TableColumn("repeat", _("重复诉求率"), "number", "%", phone=False),
        TableColumn("overdue", _("超期在办"), "number", phone=False),
    ]
    rows: list[dict[str, Cell]] = [
        {
            "category": said(row["category"]),
            "href": _category_link(view, row["category"]),
            "cases": row["cases"],
            "expected": formats.whole(row["expected"]),
            "change": formats.signed(row["change"], 0),
            "state": "changed" if row["is_changed"] else "usual",
            "on_time": _rate(row["on_time"], row["on_time_state"]),
            "repeat": _rate(row["repeat"], row["repeat_state"]),
            "overdue": row["overdue"],
        }
        for row in frame.to_dict("records")
    ]
    return table_html(columns, rows, caption=_("各类诉求"), href_key="href")


def categories_named(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows under readers' names."""
    columns = {
        "category": _("诉求类别"),
        "cases": _("本期受理"),
        "expected": _("对比期折算"),
        "change": _("增减"),
        "is_changed": _("是否超出偶然"),
        "on_time": _("按期办结率"),
        "repeat": _("重复诉求率"),
        "overdue": _("超期在办"),
    }
    shown = named(frame, columns)
    yes, no = _("是"), _("否")
    shown[_("是否超出偶然")] = [yes if flag else no for flag in frame["is_changed"]]
    return shown


def _category_link(view: View, category: str | None) -> str | None:
    if formats.is_missing(category) or category == view.filters.category:
        return None
    return href(view.page_name, view.filters.changed(category=category))


def _rate(value: float, state: object) -> Cell:
    return formats.too_few() if state == "few" else value


def authority_html(frame: pd.DataFrame) -> str:
    """Inside and outside the community's authority; `frame` as from `authority_standing`."""
    columns = [
        TableColumn("scope", _("权责")),
        TableColumn("received", _("受理"), "bar"),
        TableColumn("closed", _("已办结"), "number", "%", phone=False),
        TableColumn("on_time", _("按期办结率"), "number", "%"),
        TableColumn("satisfied", _("满意率"), "number", "%"),
    ]
    rows: list[dict[str, Cell]] = [
        {
            "scope": _scope(row["in_scope"]),
            "received": row["received"],
            "closed": _share(row["closed"], row["received"]),
            "on_time": _share(row["on_time"], row["due"]),
            "satisfied": _share(row["satisfied"], row["answered"]),
        }
        for row in frame.to_dict("records")
    ]
    return table_html(columns, rows, caption=_("权责内外"))


def authority_named(frame: pd.DataFrame) -> pd.DataFrame:
    """The same counts under readers' names."""
    columns = {
        "scope": _("权责"),
        "received": _("受理"),
        "closed": _("已办结"),
        "due": _("已到期"),
        "on_time": _("按期办结"),
        "answered": _("回访作答"),
        "satisfied": _("满意"),
    }
    return named(frame.assign(scope=[_scope(value) for value in frame["in_scope"]]), columns)


def _scope(value: object) -> str:
    if formats.is_missing(value):
        return _("未注明")
    return _("权责内") if value else _("权责外")


def _share(part: int, total: int) -> Cell:
    if not total:
        return None
    return formats.too_few() if total < _LEAST else part / total


def open_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Open cases with the columns in reading order; `frame` as from `open_cases`."""
    yes, no = _("是"), _("否")
    return pd.DataFrame(
        {
            _("工单编号"): frame["complaint_id"],
            _("诉求类别"): frame["category"],
            _("来源"): frame["source"],
            _("网格"): frame["grid_name"],
            _("责任人"): frame["holder_name"],
            _("受理日期"): plain_dates(frame["received_on"]),
            _("办理期限"): plain_dates(frame["due_on"]),
            _("已办天数"): frame["age_days"],
            _("超期天数"): frame["overdue_days"].astype("Int64"),
            _("重复诉求"): [yes if flag else no for flag in frame["is_repeat"]],
            _("权责"): [_scope(value) for value in frame["in_scope"]],
        }
    )
