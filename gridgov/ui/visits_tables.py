"""The tables of the visits page as HTML: tiers, grids beside their load, ways, needs."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from gridgov import formats
from gridgov.locale import _
from gridgov.ui.evidence import compared_name, grid_link, named, plain_dates, said
from gridgov.ui.html import Cell, TableColumn, table_html
from gridgov.ui.view import View

__all__ = [
    "grids_html",
    "grids_named",
    "modes_html",
    "modes_named",
    "needs_html",
    "needs_named",
    "overdue_rows",
    "tiers_html",
    "tiers_named",
]

HIDDEN = "<5"


def tiers_html(view: View, frame: pd.DataFrame) -> str:
    """Key persons by tier; `frame` as from `tier_standing`."""
    name = compared_name(view, "visit")
    columns = [
        TableColumn("tier", _("联系频次")),
        TableColumn("listed", _("在册"), "number", phone=False),
        TableColumn("parts", _("已联系 / 应联系"), "number"),
        TableColumn("rate", _("按期探访率"), "bar", "%"),
        *([TableColumn("change", _("增减"), "number", phone=False)] if name else []),
        TableColumn("overdue", _("现逾期"), "number"),
    ]
    rows: list[dict[str, Cell]] = [
        {
            "tier": said(row["tier"]),
            "listed": HIDDEN if row["hides_listed"] else row["listed"],
            "parts": HIDDEN if row["hides_rate"] else formats.ratio(row["contacted"], row["due"]),
            "rate": HIDDEN if row["hides_rate"] else row["rate"],
            "change": formats.points_bare(row["rate"] - row["rate_before"]),
            "overdue": HIDDEN if row["hides_overdue"] else row["overdue"],
        }
        for row in frame.to_dict("records")
    ]
    return table_html(columns, rows, caption=_("各联系频次的重点人员"))


def tiers_named(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows under readers' names."""
    columns = {
        "tier": _("联系频次"),
        "listed": _("在册"),
        "due": _("应联系"),
        "contacted": _("已联系"),
        "rate": _("按期探访率"),
        "rate_before": _("对比期按期探访率"),
        "overdue": _("现逾期"),
    }
    return named(frame.assign(tier=[said(tier) for tier in frame["tier"]]), columns)


def grids_html(view: View, frame: pd.DataFrame) -> str:
    """Grids with result, load and record side by side; `frame` as from `grid_standing`."""
    columns = [
        TableColumn("label", _("网格")),
        TableColumn("rate", _("按期探访率"), "bar", "%"),
        TableColumn("tone", _("与自身过往比"), "state"),
        TableColumn("load", _("任务负荷比"), "number", "%"),
        TableColumn("due", _("应联系"), "number", phone=False),
        TableColumn("overdue", _("现逾期"), "number", phone=False),
        TableColumn("met", _("见面率"), "number", "%", phone=False),
        TableColumn("late", _("补录率"), "number", "%", phone=False),
    ]
    rows: list[dict[str, Cell]] = [
        {
            "label": row["label"],
            "href": grid_link(view, row["grid_id"]),
            "rate": formats.too_few() if row["rate_state"] == "few" else _cell(row, "rate"),
            "tone": row["tone"],
            "due": HIDDEN if row["rate_state"] == "hidden" else row["due"],
            "load": _cell(row, "load"),
            "overdue": _cell(row, "overdue"),
            "met": _cell(row, "met"),
            "late": _cell(row, "late"),
        }
        for row in frame.to_dict("records")
    ]
    return table_html(columns, rows, caption=_("各网格的探访与负荷"), href_key="href")


def _cell(row: Mapping[Hashable, Any], name: str) -> Cell:
    return HIDDEN if row[f"{name}_state"] == "hidden" else row[name]


def grids_named(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows under readers' names; what is hidden on the page is empty here."""
    columns = {
        "label": _("网格"),
        "due": _("应联系"),
        "rate": _("按期探访率"),
        "tone": _("与自身过往比"),
        "load": _("任务负荷比"),
        "overdue": _("现逾期"),
        "met": _("见面率"),
        "late": _("补录率"),
    }
    return named(frame, columns)


def modes_html(frame: pd.DataFrame) -> str:
    """How visits are made and how often somebody was met; `frame` as from `mode_shares`."""
    columns = [
        TableColumn("mode", _("走访方式")),
        TableColumn("visits", _("走访"), "number"),
        TableColumn("share", _("占比"), "bar", "%"),
        TableColumn("met", _("见面率"), "number", "%"),
    ]
    rows: list[dict[str, Cell]] = [
        {
            "mode": said(row["mode"]),
            "visits": HIDDEN if row["is_suppressed"] else row["visits"],
            "share": HIDDEN if row["is_suppressed"] else row["share"],
            "met": formats.too_few() if row["met_state"] == "few" else _cell(row, "met"),
        }
        for row in frame.to_dict("records")
    ]
    return table_html(columns, rows, caption=_("走访方式"))


def modes_named(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows under readers' names."""
    columns = {
        "mode": _("走访方式"),
        "visits": _("走访"),
        "share": _("占比"),
        "met": _("见面率"),
        "met_n": _("样本量"),
    }
    return named(frame.assign(mode=[said(mode) for mode in frame["mode"]]), columns)


def needs_html(frame: pd.DataFrame) -> str:
    """Needs by kind: found, due, closed on time, still open; `frame` as from `need_kinds`."""
    columns = [
        TableColumn("need", _("需求类别")),
        TableColumn("found", _("本期发现"), "bar"),
        TableColumn("due", _("本期到期"), "number", phone=False),
        TableColumn("rate", _("按期办结率"), "number", "%"),
        TableColumn("still_open", _("到期未办结"), "number"),
    ]
    rows: list[dict[str, Cell]] = [
        {
            "need": row["need"],
            "found": HIDDEN if row["hides_found"] else row["found"],
            **(
                dict.fromkeys(("due", "rate", "still_open"), HIDDEN)
                if row["hides_due"]
                else {
                    "due": row["due"],
                    "rate": formats.too_few() if 0 < row["due"] < 10 else row["rate"],
                    "still_open": row["still_open"],
                }
            ),
        }
        for row in frame.to_dict("records")
    ]
    return table_html(columns, rows, caption=_("群众需求"))


def needs_named(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows under readers' names."""
    columns = {
        "need": _("需求类别"),
        "found": _("本期发现"),
        "due": _("本期到期"),
        "in_time": _("按期办结"),
        "rate": _("按期办结率"),
        "still_open": _("到期未办结"),
    }
    return named(frame, columns)


def overdue_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Overdue key persons with the columns in reading order; `frame` as from `overdue_persons`."""
    named = frame.assign(
        tier=[said(tier) for tier in frame["tier"]],
        category=[said(category) for category in frame["category"]],
        grid=frame["grid_name"],
        last_on=plain_dates(frame["last_on"]),
        days=frame["overdue_days"],
    )
    return named[["tier", "person", "category", "grid", "last_on", "days"]].rename(
        columns={
            "tier": _("联系频次"),
            "person": _("重点人员"),
            "category": _("人群类别"),
            "grid": _("网格"),
            "last_on": _("最近一次联系"),
            "days": _("逾期天数"),
        }
    )
