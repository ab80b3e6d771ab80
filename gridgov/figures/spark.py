"""Small drawings as SVG text: sparklines for cards and many little control charts on one sheet.

A card with a plotly figure costs a canvas and 30 ms; a line of SVG costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from urllib.parse import quote

import pandas as pd

from gridgov import formats
from gridgov.figures.control import state_words
from gridgov.figures.palette import Palette, state_of_point
from gridgov.locale import _

__all__ = ["as_image", "small_multiples", "sparkline"]


def _scale(values: Sequence[float], bottom: float, top: float) -> Callable[[float], float]:
    """A map from values to pixels between `bottom` and `top`; a flat line lies in the middle."""
    least, span = min(values), max(values) - min(values)
    if span <= 0:
        return lambda _value: (bottom + top) / 2
    return lambda value: bottom + (value - least) / span * (top - bottom)


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """An SVG path through the points; None lifts the pen."""
    parts, pen = [], False
    for point in points:
        if point is not None:
            parts.append(f"{'L' if pen else 'M'}{point[0]:.1f} {point[1]:.1f}")
        pen = point is not None
    return "".join(parts)


def _known(value: object) -> float | None:
    return None if formats.is_missing(value) else float(value)  # type: ignore[arg-type]


def _stroke(
    points: Sequence[tuple[float, float] | None], palette: Palette, color: str, partial: bool
) -> str:
    """The line up to its newest dot, which is hollow behind a dotted stroke while unfinished.

    What is not over is not judged: the state is that of the newest finished period.
    """
    line = f'fill="none" stroke="{palette.usual}" stroke-width="1.5" stroke-linejoin="round"'
    dot = points[-1]
    assert dot is not None, "the caller cuts the points at the newest known one"
    if partial and len(points) > 1:
        body = f'<path d="{_path(points[:-1])}" {line}/>'
        body += f'<path d="{_path(points[-2:])}" {line} stroke-dasharray="2 3"/>'
    else:
        body = f'<path d="{_path(points)}" {line}/>'
    if not partial:
        return body + _dot(dot, color, color)
    finished = next((point for point in reversed(points[:-1]) if point is not None), None)
    judged = _dot(finished, color, color) if finished is not None else ""
    return body + judged + _dot(dot, palette.paper, palette.usual)


def _dot(at: tuple[float, float], inside: str, edge: str) -> str:
    place = f'cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="3.5"'
    return f'<circle {place} fill="{inside}" stroke="{edge}" stroke-width="1.5"/>'


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
    width: int = 280,
    height: int = 44,
) -> str:
    """A line as SVG text, its mean and usual range behind it, its newest dot in the state's colour.

    `partial`: the newest period is not over: its dot is hollow, its stroke dotted, and the state
    is that of the period before. No known value gives "".
    """
    clean = [_known(value) for value in values]
    known = [value for value in clean if value is not None]
    if not known:
        return ""
    low, middle, high = _known(lower), _known(mean), _known(upper)
    guides = [guide for guide in (low, middle, high) if guide is not None]
    y = _scale([*known, *guides], height - 5.0, 5.0)
    step = (width - 10) / max(len(clean) - 1, 1)
    left = 4.0 if len(clean) > 1 else width / 2
    points = [None if v is None else (left + at * step, y(v)) for at, v in enumerate(clean)]
    last = max(at for at, point in enumerate(points) if point is not None)
    parts = []
    if low is not None and high is not None:
        tall = max(y(low) - y(high), 1)
        band = f'width="{width}" height="{tall:.1f}" fill="{palette.band}"'
        parts.append(f'<rect x="0" y="{y(high):.1f}" {band}/>')
    if middle is not None:
        parts.append(f'<path d="M0 {y(middle):.1f}H{width}" stroke="{palette.centre}"/>')
    parts.append(_stroke(points[: last + 1], palette, palette.state(state), partial))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(alt or _("走势"), quote=True)}">{"".join(parts)}</svg>'
    )


def as_image(svg: str, alt: str = "") -> str:
    """An `<img>` that carries the drawing itself: cleaners of HTML strip SVG but keep images.

    Empty in, empty out; without `alt` the picture is decoration to those who hear the page.
    """
    if not svg:
        return ""
    data = quote(svg, safe=" =:/.,()-'")
    return f'<img class="gg-svg" alt="{escape(alt, quote=True)}" src="data:image/svg+xml,{data}">'


def _panel(rows: pd.DataFrame, palette: Palette, unit: str, href: str | None) -> str:
    """One little control chart with its name and newest value above it."""
    last = rows.iloc[-1].to_dict()
    state = state_of_point(str(last["point"])) if "point" in last else "usual"
    value, name = formats.value(last["value"], unit), str(last["label"])
    words = f"{name} {value}, {state_words(state)}"
    drawing = sparkline(
        list(rows["value"]),
        palette,
        state=state,
        mean=_known(last.get("mean")),
        lower=_known(last.get("lower")),
        upper=_known(last.get("upper")),
        partial=bool(last.get("is_partial")),
        alt=words,
        width=180,
        height=40,
    )
    inside = (
        f'<span class="gg-mini-head"><span class="gg-mini-name">{escape(name)}</span>'
        f'<b class="gg-{state}">{escape(value)}</b></span>{as_image(drawing, words)}'
    )
    if href is None:
        return f'<div class="gg-mini">{inside}</div>'
    return f'<a class="gg-mini" href="{escape(href, quote=True)}" target="_self">{inside}</a>'


def small_multiples(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "",
    href: Callable[[str], str] | None = None,
    signals_first: bool = True,
) -> str:
    """Many little control charts as one piece of HTML; fast enough for every micro-grid.

    `frame`: as for `control_chart` with `key` and `label`, one block of rows a key in order of
    time. `href` gives the address that a click on a key leads to. Each chart has its own scale,
    for the question is whether a grid departs from its own habit. With `signals_first` those that
    do come first, worse before better.
    """
    if frame.empty:
        sentence = _("所选范围内没有数据。请放宽时段或网格。")
        return f'<div class="gg-empty" role="status">{escape(sentence)}</div>'
    groups = [(str(key), rows) for key, rows in frame.groupby("key", sort=False)]
    if signals_first and "point" in frame:
        order = {"worse": 0, "changed": 1, "better": 2}
        newest = {key: state_of_point(str(rows["point"].iloc[-1])) for key, rows in groups}
        groups.sort(key=lambda group: order.get(newest[group[0]], 3))
    panels = "".join(
        _panel(rows, palette, unit, href(key) if href else None) for key, rows in groups
    )
    return f'<section class="gg-minis" aria-label="{escape(title, quote=True)}">{panels}</section>'
