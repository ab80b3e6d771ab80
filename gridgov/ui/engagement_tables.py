"""The tables of the engagement page as HTML: types of activity, who is reached, teams."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

import pandas as pd

from gridgov import formats
from gridgov.locale import _
from gridgov.ui.evidence import grid_link, named, said
from gridgov.ui.html import Cell, TableColumn, table_html
from gridgov.ui.view import View

__all__ = [
    "grids_html",
    "grids_named",
    "kinds_html",
    "kinds_named",
    "teams_html",
    "teams_named",
    "types_html",
    "types_named",
]

HIDDEN = "<5"
_LEAST = 10


def types_html(frame: pd.DataFrame) -> str:
    """Kinds of activity: how often, how many came, how they liked it; from `activity_types`."""
    columns = [
        TableColumn("type", _("活动类型")),
        TableColumn("pillar", _("五在类别"), "muted", phone=False),
        TableColumn("activities", _("场次"), "number"),
        TableColumn("attendances", _("参与人次"), "bar"),
        TableColumn("average", _("场均人次"), "number", phone=False),
        TableColumn("first_share", _("首次参与占比"), "number", "%", phone=False),
        TableColumn("rate", _("满意率"), "number", "%"),
        TableColumn("rated", _("评价份数"), "number", phone=False),
    ]
    rows: list[dict[str, Cell]] = [
        {
            "type": said(row["type"]),
            "pillar": said(row["pillar"]),
            "activities": row["activities"],
            "attendances": row["attendances"],
            "average": formats.whole(row["average"]),
            "first_share": row["first_share"],
            "rate": formats.too_few() if 0 < row["rated"] < _LEAST else row["rate"],
            "rated": row["rated"],
        }
        for row in frame.to_dict("records")
    ]
    return table_html(columns, rows, caption=_("各类活动"))


def types_named(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows under readers' names."""
    columns = {
        "type": _("活动类型"),
        "pillar": _("五在类别"),
        "activities": _("场次"),
        "attendances": _("参与人次"),
        "average": _("场均人次"),
        "first_share": _("首次参与占比"),
        "satisfied": _("满意数"),
        "rated": _("评价份数"),
        "rate": _("满意率"),
    }
    return named(frame, columns)


def grids_html(view: View, frame: pd.DataFrame) -> str:
    """How many households of each grid took part in anything; from `grids_reached`."""
    columns = [
        TableColumn("label", _("网格")),
        TableColumn("rate", _("参与户率"), "bar", "%"),
        TableColumn("reached", _("参与户"), "number", phone=False),
        TableColumn("unreached", _("未参与户"), "number"),
        TableColumn("tone", _("与自身过往比"), "state", phone=False),
    ]
    rows: list[dict[str, Cell]] = [
        {
            "label": row["label"],
            "href": grid_link(view, row["grid_id"]),
            "rate": row["rate"],
            "reached": formats.whole(row["reached"]),
            "unreached": formats.whole(row["unreached"]),
            "tone": row["tone"],
        }
        for row in frame.to_dict("records")
    ]
    return table_html(columns, rows, caption=_("各网格参与户"), href_key="href")


def grids_named(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows under readers' names."""
    columns = {
        "label": _("网格"),
        "households": _("户数"),
        "reached": _("参与户"),
        "unreached": _("未参与户"),
        "rate": _("参与户率"),
        "tone": _("与自身过往比"),
    }
    return named(frame, columns)


def kinds_html(frame: pd.DataFrame) -> str:
    """Which kinds of key persons' households took part; from `kinds_reached`."""
    columns = [
        TableColumn("category", _("人群类别")),
        TableColumn("rate", _("参与户率"), "bar", "%"),
        TableColumn("attended", _("参与户"), "number", phone=False),
        TableColumn("listed", _("在册户"), "number"),
    ]
    rows: list[dict[str, Cell]] = [
        {
            "category": said(row["category"]),
            "rate": None if row["is_suppressed"] else _rate(row["rate"], row["listed"]),
            "attended": HIDDEN if row["is_suppressed"] else row["attended"],
            "listed": HIDDEN if formats.is_missing(row["listed"]) else row["listed"],
        }
        for row in frame.to_dict("records")
    ]
    return table_html(columns, rows, caption=_("各类人群参与户"))


def kinds_named(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows under readers' names; what is hidden on the page is empty here."""
    columns = {
        "category": _("人群类别"),
        "listed": _("在册户"),
        "attended": _("参与户"),
        "rate": _("参与户率"),
    }
    return named(frame.assign(category=[said(kind) for kind in frame["category"]]), columns)


def _rate(value: float, n: float) -> Cell:
    return formats.too_few() if formats.is_missing(n) or n < _LEAST else value


def teams_html(frame: pd.DataFrame) -> str:
    """Teams with their shows of the quarter; those that did not perform with their last show."""
    cells = "".join(_team(row) for row in frame.to_dict("records"))
    return f'<section class="gg-minis" aria-label="{escape(_("展演队伍"))}">{cells}</section>'


def _team(row: Mapping[Hashable, Any]) -> str:
    name = escape(str(row["team"]))
    if row["shows"]:
        shows = escape(formats.value(int(row["shows"]), "场"))
        return (
            '<div class="gg-mini"><span class="gg-mini-head">'
            f'<span class="gg-mini-name" style="color:var(--gg-ink)">{name}</span>'
            f"<b>{shows}</b></span></div>"
        )
    last = escape(_("上次 {month}", month=f"{row['last_on']:%Y-%m}"))
    return (
        '<div class="gg-mini"><span class="gg-mini-head">'
        f'<span class="gg-mini-name">{name}</span><span>{last}</span></span></div>'
    )


def teams_named(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows under readers' names."""
    return named(frame, {"team": _("队伍"), "shows": _("本季展演"), "last_on": _("最近一次")})
