"""Neighbour days in rotation as a table of squares: grids down, months across."""

from __future__ import annotations

from datetime import date
from html import escape

import pandas as pd

from gridgov import formats
from gridgov.figures.palette import Palette
from gridgov.locale import _
from gridgov.queries.engagement_evidence import Rotation

__all__ = ["MOST_ROWS", "rotation_html", "rotation_named"]

MOST_ROWS = 30


def rotation_html(found: Rotation, palette: Palette) -> str:
    """Grids down, months across, a square where a neighbour day was held; missed months marked."""
    months = [pd.Timestamp(month).date() for month in found.held.columns]
    small = "border:0;padding:2px 0;text-align:center;font-size:12px"
    heads = "".join(
        f'<th scope="col" style="{small}">{escape(_short_month(month))}</th>' for month in months
    )
    body = []
    listed = found.held.head(MOST_ROWS)
    for grid_id, held in zip(listed.index, listed.to_numpy(), strict=True):
        label = found.labels[str(grid_id)]
        cells = "".join(
            _square(label, month, int(times), palette)
            for month, times in zip(months, held, strict=True)
        )
        body.append(_line(label, cells))
    if len(found.held) > 1:
        body.append(_line(_("未举办"), _missed_marks(found, months, small, palette)))
    shown = [found.labels[str(grid_id)] for grid_id in listed.index]
    # Names of several communities tell grids apart at their end: they need their whole length.
    width = min(max(84, 13 * max(map(len, shown), default=0) + 12), 148)
    name = escape(_("邻里日由哪个网格在哪个月举办"))
    return (
        '<div class="gg-table"><table style="table-layout:fixed">'
        f'<caption class="gg-hidden">{name}</caption>'
        f'<thead><tr><th style="width:{width}px;border:0"></th>{heads}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def rotation_named(found: Rotation) -> pd.DataFrame:
    """Times held by grid and month, months as 2026-10."""
    frame = found.held.rename(index=found.labels)
    frame.columns = pd.Index([f"{pd.Timestamp(month):%Y-%m}" for month in frame.columns])
    return frame.reset_index(names=_("网格"))


def _missed_marks(found: Rotation, months: list[date], style: str, palette: Palette) -> str:
    """A word under every month in which no grid hosted."""
    missed = set(found.missed)
    worse = f"{style};color:{palette.worse}"
    return "".join(
        f'<td style="{worse}">{escape(_("缺")) if month in missed else ""}</td>' for month in months
    )


def _short_month(month: date) -> str:
    """10 in Chinese (the unit is said by the heading), Oct in English."""
    text = formats.month(month, short=True)
    return text.removesuffix("月")


def _line(label: str, cells: str) -> str:
    style = "border:0;padding:2px 0;font-size:13px;overflow:hidden;text-overflow:ellipsis"
    name = escape(label)
    return f'<tr><th scope="row" style="{style}" title="{name}">{name}</th>{cells}</tr>'


def _square(label: str, month: date, times: int, palette: Palette) -> str:
    ground = palette.accent if times else palette.band
    words = _("举办") if times else _("未举办")
    said_ = f"{label} · {formats.month(month)}：{words}"
    style = f"background:{ground};height:18px;padding:0;border:2px solid {palette.paper}"
    hidden = f'<span class="gg-hidden">{escape(words)}</span>'
    return f'<td style="{style}" title="{escape(said_, quote=True)}">{hidden}</td>'
