"""When visits are made: weekdays down, hours across, a square each, deeper for more."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov import formats
from gridgov.access.privacy import THRESHOLD
from gridgov.figures.palette import Palette
from gridgov.locale import _
from gridgov.small_counts import small_note

__all__ = ["hours_html", "hours_named", "hours_note"]

# Hours outside the working day are gathered at both ends: a phone has room for fourteen columns.
_FIRST, _LAST = 8, 19
_NIGHT = (1, 2, 3, 4)
# Of all visits; below it the squares that may be shown are no picture of the week.
_NEARLY_ALL = 0.95


def _table(frame: pd.DataFrame) -> npt.NDArray[Any]:
    """Visits by weekday (7) and column: before 8, each hour to 19, from 20 on."""
    counts = np.zeros((7, _LAST - _FIRST + 3), dtype=np.int64)
    shown = frame[~frame["is_suppressed"]]
    np.add.at(counts, _places(shown), shown["visits"].to_numpy(int))
    return counts


def _places(frame: pd.DataFrame) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    columns = np.clip(frame["hour"].to_numpy(int), _FIRST - 1, _LAST + 1) - _FIRST + 1
    return frame["weekday"].to_numpy(int) - 1, columns


def _few(frame: pd.DataFrame, counts: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Squares with nothing but what is hidden, of the shape of `counts`."""
    found = np.zeros(counts.shape, dtype=np.bool_)
    found[_places(frame[frame["is_suppressed"]])] = True
    return np.asarray(found & (counts == 0), dtype=np.bool_)


def _heads() -> list[str]:
    return ["<8", *(str(hour) for hour in range(_FIRST, _LAST + 1)), "20+"]


def _days() -> list[str]:
    return [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")]


def hours_named(frame: pd.DataFrame) -> pd.DataFrame:
    """Visits by weekday and hour under readers' names."""
    days = _days()
    return pd.DataFrame(
        {
            _("星期"): [days[int(day) - 1] for day in frame["weekday"]],
            _("几时"): frame["hour"],
            _("走访"): frame["visits"],
        }
    )


def hours_html(frame: pd.DataFrame, palette: Palette) -> str:
    """`frame` as from `visit_hours`. One number in words on every square."""
    counts = _table(frame)
    few = _few(frame, counts)
    known = counts[counts > 0]
    edges = np.quantile(known, [0.2, 0.4, 0.6, 0.8]) if known.size else np.zeros(4)
    days = _days()
    heads = "".join(
        f'<th scope="col" style="border:0;padding:4px 0;text-align:center">{escape(head)}</th>'
        for head in _heads()
    )
    rows = []
    for day, line, smalls in zip(days, counts, few, strict=True):
        cells = "".join(
            _square(day, head, None if small else int(count), edges, palette)
            for head, count, small in zip(_heads(), line, smalls, strict=True)
        )
        rows.append(
            f'<tr><th scope="row" style="border:0;padding:0">{escape(day)}</th>{cells}</tr>'
        )
    style = "table-layout:fixed;font-size:11px"
    name = escape(_("走访在一周中的时间"))
    return (
        f'<div class="gg-table"><table style="{style}"><caption class="gg-hidden">{name}</caption>'
        f'<thead><tr><th style="width:44px;border:0"></th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _square(
    day: str, head: str, count: int | None, edges: npt.NDArray[Any], palette: Palette
) -> str:
    """`count` is None where it is a few that are not shown."""
    words = f"<{THRESHOLD}" if count is None else formats.whole(count)
    said = _("{day} {hour} 时：{count} 次", day=day, hour=head, count=words)
    shade = 0 if count is None else int(np.searchsorted(edges, count, side="right"))
    ground = palette.steps[shade + 1] if count != 0 else palette.paper
    style = f"background:{ground};height:22px;padding:0;border:2px solid {palette.paper}"
    hidden = f'<span class="gg-hidden">{escape(words)}</span>'
    return f'<td style="{style}" title="{escape(said, quote=True)}">{hidden}</td>'


def hours_note(frame: pd.DataFrame) -> str:
    """What the squares say: the share on weekends, and what is recorded at night."""
    shown = float(frame["visits"].sum())
    if not shown:
        return small_note()
    every = float(frame["total"].iloc[0])
    total = formats.whole(every)
    if shown < _NEARLY_ALL * every:
        # A share of the few squares that are left would say nothing about the week.
        return _("颜色越浓走访越多，n = {total}；最浅的格子不足 5 次，不显示具体数。", total=total)
    weekend = int(frame.loc[frame["weekday"] >= 6, "visits"].sum())
    night = int(frame.loc[frame["hour"].isin(_NIGHT), "visits"].sum())
    words = _(
        "颜色越浓走访越多；周末占 {share}，记在 1–5 时的 {night} 次。n = {total}。",
        share=formats.share(weekend, shown),
        night=formats.whole(night),
        total=total,
    )
    return words + _("不足 5 次的格子不显示，也不计入。") if frame["is_suppressed"].any() else words
