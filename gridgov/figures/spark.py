"""Small drawings as SVG text: sparklines for cards and many little control charts on one sheet.

A card with a plotly figure costs a canvas and 30 ms; a line of SVG costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import pandas as pd

from gridgov import formats
from gridgov.figures.chart import FONT_FAMILY
from gridgov.figures.control import state_words
from gridgov.figures.palette import Palette, state_of_point
from gridgov.locale import _

__all__ = ["small_multiples", "sparkline"]


def _scale(values: Sequence[float], low: float, high: float) -> Callable[[float], float]:
    """A map from values to pixels from `low` (bottom) to `high` (top); a flat line lies in the middle."""
    least, most = min(values), max(values)
    span = most - least
    if span <= 0:
        return lambda _value: (low + high) / 2
    return lambda value: low + (value - least) / span * (high - low)


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """An SVG path through the points; None lifts the pen."""
    parts, pen = [], False
    for point in points:
        if point is None:
            pen = False
            continue
        parts.append(f"{'L' if pen else 'M'}{point[0]:.1f} {point[1]:.1f}")
        pen = True
    return "".join(parts)


def sparkline(
    values: Sequence[float | None],
    palette: Palette,
    *,
    state: str = "usual",
    mean: float | None = None,
    lower: float | None = None,
    upper: float | None = None,
    partial: bool = False,
    alt: str = "",
    width: int = 240,
    height: int = 44,
) -> str:
    """A line as SVG text, with its mean (and usual range, where given) behind and its newest dot in the state's colour.

    `partial`: the newest period is not over: its dot is hollow and its stroke dotted. No known
    value gives "". The drawing stretches to the width of its card.
    """
    clean = [None if formats.is_missing(value) else float(value) for value in values]  # type: ignore[arg-type]
    known = [value for value in clean if value is not None]
    if not known:
        return ""
    guides = [float(g) for g in (mean, lower, upper) if g is not None and not formats.is_missing(g)]
    y = _scale([*known, *guides], height - 5.0, 5.0)
    step = (width - 12) / max(len(clean) - 1, 1)
    left = 4.0 if len(clean) > 1 else width / 2
    points = [
        None if value is None else (left + place * step, y(value))
        for place, value in enumerate(clean)
    ]
    last = max(place for place, point in enumerate(points) if point is not None)
    dot = points[last]
    assert dot is not None
    color = palette.state(state)
    parts = []
    if (
        lower is not None
        and upper is not None
        and not formats.is_missing(lower)
        and not formats.is_missing(upper)
    ):
        top, bottom = y(float(upper)), y(float(lower))
        parts.append(
            f'<rect x="0" y="{top:.1f}" width="{width}" height="{max(bottom - top, 1):.1f}" fill="{palette.band}"/>'
        )
    if mean is not None and not formats.is_missing(mean):
        level = y(float(mean))
        parts.append(
            f'<path d="M0 {level:.1f}H{width}" stroke="{palette.centre}" stroke-width="1"/>'
        )
    cut = points[: last + 1]
    thin = f'fill="none" stroke="{palette.usual}" stroke-width="1.5" stroke-linejoin="round"'
    if partial and last > 0:
        parts.append(
            f'<path d="{_path(cut[:-1])}" {thin}/><path d="{_path(cut[-2:])}" {thin} stroke-dasharray="2 3"/>'
        )
    else:
        parts.append(f'<path d="{_path(cut)}" {thin}/>')
    inside = palette.paper if partial else color
    parts.append(
        f'<circle cx="{dot[0]:.1f}" cy="{dot[1]:.1f}" r="3.5" fill="{inside}" stroke="{color}" stroke-width="1.5"/>'
    )
    label = escape(alt or _("走势"), quote=True)
    return (
        f'<svg viewBox="0 0 {width} {height}" width="100%" height="{height}" role="img" aria-label="{label}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def _panel(rows: pd.DataFrame, palette: Palette, unit: str, href: str | None, wide: int) -> str:
    """One little control chart with its name and newest value above it."""
    last = rows.iloc[-1]
    state = state_of_point(str(last["point"])) if "point" in rows else "usual"
    value = formats.value(last["value"], unit)
    name = str(last["label"])
    words = f"{name} {value}, {state_words(state)}"

    def bound(column: str) -> float | None:
        return (
            float(last[column]) if column in rows and not formats.is_missing(last[column]) else None
        )

    drawing = sparkline(
        list(rows["value"]),
        palette,
        state=state,
        mean=bound("mean"),
        lower=bound("lower"),
        upper=bound("upper"),
        partial=bool(last["is_partial"]) if "is_partial" in rows else False,
        alt=words,
        width=wide,
        height=40,
    )
    color = palette.state(state) if state in ("better", "worse", "changed") else palette.ink
    head = (
        f'<span style="display:flex;justify-content:space-between;gap:8px;color:{palette.muted}">'
        f'<span style="overflow:hidden;text-overflow:ellipsis;white-space:nowrap">{escape(name)}</span>'
        f'<b style="color:{color};font-variant-numeric:tabular-nums;white-space:nowrap">{escape(value)}</b></span>'
    )
    if href is None:
        return f'<div class="gg-mini">{head}{drawing}</div>'
    return f'<a class="gg-mini" href="{escape(href, quote=True)}" target="_self" aria-label="{escape(words, quote=True)}">{head}{drawing}</a>'


def small_multiples(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "",
    href: Callable[[str], str] | None = None,
    signals_first: bool = True,
) -> str:
    """Many little control charts as one piece of HTML; fast enough for every micro-grid of a community.

    `frame`: as for `control_chart` with `key` and `label`, one block of rows a key in order of
    time. `href` gives the address that a click on a key leads to. Each chart has its own scale,
    for the question is whether a grid departs from its own habit. With `signals_first` those that
    do come first, worse before better.
    """
    if frame.empty:
        return f'<p class="gg-empty">{escape(_("所选范围内没有数据。请放宽时段或网格。"))}</p>'
    groups = [(str(key), rows) for key, rows in frame.groupby("key", sort=False)]
    if signals_first and "point" in frame:
        order = {"worse": 0, "changed": 1, "better": 2}
        groups.sort(key=lambda group: order.get(state_of_point(str(group[1]["point"].iloc[-1])), 3))
    panels = "".join(
        _panel(rows, palette, unit, href(key) if href else None, 180) for key, rows in groups
    )
    return (
        f'<section class="gg-minis" aria-label="{escape(title, quote=True)}" style="display:grid;gap:12px 20px;'
        f'grid-template-columns:repeat(auto-fill,minmax(150px,1fr));font:13px {FONT_FAMILY}">{panels}</section>'
    )
