"""Neighbour days in rotation as a table of squares: grids down, months across."""

from __future__ import annotations

from datetime import date
from html import escape

import pandas as pd

from gridgov import formats
from gridgov.locale import _
from gridgov.queries.engagement_evidence import Rotation

__all__ = ["MOST_ROWS", "rotation_html", "rotation_named"]

MOST_ROWS = 30


def rotation_html(found: Rotation) -> str:
    """Grids down, months across, a square where a neighbour day was held; missed months marked."""
    months = [pd.Timestamp(month).date() for month in found.held.columns]
    heads = "".join(f'<th scope="col">{escape(_short_month(month))}</th>' for month in months)
    said = [formats.month(month) for month in months]
    body = []
    listed = found.held.head(MOST_ROWS)
    for grid_id, held in zip(listed.index, listed.to_numpy(), strict=True):
        label = found.labels[str(grid_id)]
        cells = "".join(
            _square(label, month, int(times)) for month, times in zip(said, held, strict=True)
        )
        body.append(_line(label, cells))
    if len(found.held) > 1:
        body.append(_line(_("未举办"), _missed_marks(found, months), "gg-missed"))
    shown = [found.labels[str(grid_id)] for grid_id in listed.index]
    # Names of several communities tell grids apart at their end: they need their whole length.
    width = min(max(84, 13 * max(map(len, shown), default=0) + 12), 148)
    name = escape(_("邻里日由哪个网格在哪个月举办"))
    return (
        '<div class="gg-table gg-rotation"><table>'
        f'<caption class="gg-hidden">{name}</caption>'
        f'<thead><tr><th style="width:{width}px"></th>{heads}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def rotation_named(found: Rotation) -> pd.DataFrame:
    """Times held by grid and month, months as 2026-10."""
    frame = found.held.rename(index=found.labels)
    frame.columns = pd.Index([f"{pd.Timestamp(month):%Y-%m}" for month in frame.columns])
    return frame.reset_index(names=_("网格"))


def _missed_marks(found: Rotation, months: list[date]) -> str:
    """A word under every month in which no grid hosted."""
    missed = set(found.missed)
    return "".join(f"<td>{escape(_('缺')) if month in missed else ''}</td>" for month in months)


def _short_month(month: date) -> str:
    """10 in Chinese (the unit is said by the heading), Oct in English."""
    text = formats.month(month, short=True)
    return text.removesuffix("月")


def _line(label: str, cells: str, look: str = "") -> str:
    name = escape(label)
    row = f'<tr class="{look}">' if look else "<tr>"
    return f'{row}<th scope="row" title="{name}">{name}</th>{cells}</tr>'


def _square(label: str, month: str, times: int) -> str:
    """A month of a grid. Three hundred squares stand on a page, and each of their styles and words
    is read and cleaned again with every click: the look is in the style sheet, and an empty one
    says nothing that its row and column do not."""
    if not times:
        return "<td></td>"
    words = escape(_("举办"))
    said = escape(f"{label} · {month}：{words}", quote=True)
    return f'<td class="gg-held" title="{said}"><span class="gg-hidden">{words}</span></td>'
