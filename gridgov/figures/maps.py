"""Maps of the grids from their outlines: no tile server, no projection service, nothing fetched."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gridgov import formats
from gridgov.figures.breaks import natural_breaks
from gridgov.figures.chart import Chart, empty_chart, finish, full_title, label_at
from gridgov.figures.control import state_words
from gridgov.figures.marks import label_width, legend, legend_top
from gridgov.figures.outline import Outline, tiles
from gridgov.figures.palette import Palette, ink_on
from gridgov.locale import _

__all__ = ["grid_map", "tile_map"]

_MAX_NAMES = 60
_MAX_FIGURES = 24
# Points that carry hover and click, a row of them across a grid, up to so many grids; beyond, where
# a grid is a few pixels wide, its middle alone: two thousand grids would send 20,000 texts.
_TOUCH = ((40, 5), (400, 3))
# Outlines are drawn no finer than this part of the whole: half a pixel of a wide screen.
_FINEST = 1 / 2000


_Numbers = np.ndarray[Any, Any]
# Grid id → its row of the frame.
_Rows = dict[str, dict[Hashable, Any]]


@dataclass(frozen=True, slots=True)
class _Class:
    """Grids of one colour: what they are called, their ground, their ids."""

    name: str
    color: str
    ids: frozenset[str]


def _area_trace(
    shapes: Sequence[Outline], name: str, fill: str, edge: str, digits: int
) -> dict[str, Any]:
    """All outlines of one colour as a single trace: a trace a grid would be slow for 138."""
    rings = [(*ring, ring[0]) for shape in shapes for ring in shape.rings]
    points = np.round(np.array([point for ring in rings for point in ring]), digits)
    ends = np.cumsum([len(ring) for ring in rings])
    # Neighbours share their corners, so they still meet after rounding; what has become one point
    # with the one before it goes.
    kept = np.append(True, np.any(points[1:] != points[:-1], axis=1))
    kept[ends[:-1]] = True
    breaks = np.cumsum(kept)[ends[:-1] - 1]
    xs, ys = (_plain(part, digits, breaks) for part in points[kept].T)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": xs,
        "y": ys,
        "fill": "toself",
        "fillcolor": fill,
        "line": {"width": 1, "color": edge},
        "hoverinfo": "skip",
    }


def _plain(values: _Numbers, digits: int, breaks: _Numbers) -> list[float | None]:
    """Rounded numbers as they are sent, whole ones without a point; None at the breaks."""
    plain = (values if digits > 0 else values.astype(np.int64)).astype(object)
    found: list[float | None] = np.insert(plain, breaks, np.full(len(breaks), None)).tolist()
    return found


def _digits(shapes: Sequence[Outline]) -> int:
    """Decimals that tell points apart as far as the eye can; negative for large grounds."""
    xs = [x for shape in shapes for ring in shape.rings for x, _y in ring]
    extent = max(xs) - min(xs)
    return 2 if extent < 100 else min(0, -math.floor(math.log10(extent * _FINEST)))


def _value_classes(values: pd.Series[Any], unit: str, steps: Sequence[str]) -> list[_Class]:
    """Classes by natural breaks: one hue, pale to deep; each class says its span."""
    known = values.dropna()
    edges = natural_breaks(known)
    shade = np.searchsorted(edges, known.to_numpy(), side="left")
    found = []
    for turn in range(len(edges) + 1):
        part = known[shade == turn]
        if not part.empty:
            low, high = float(part.min()), float(part.max())
            flat = formats.value(low, unit) == formats.value(high, unit)
            span = formats.value(low, unit) if flat else formats.interval(low, high, unit)
            color = steps[min(turn + 1, len(steps) - 1)]
            found.append(_Class(span, color, frozenset(part.index.astype(str))))
    return found


def _state_classes(states: pd.Series[Any], palette: Palette) -> list[_Class]:
    found = []
    for state in ("usual", "better", "worse", "changed", "missing"):
        part = states[states == state]
        if not part.empty:
            ids = frozenset(part.index.astype(str))
            found.append(_Class(state_words(state), palette.tint(state), ids))
    return found


def _touch_trace(shapes: Sequence[Outline], rows: _Rows, unit: str, digits: int) -> dict[str, Any]:
    """Unseen points that carry the hover and the click of each grid."""
    xs, ys, ids, texts = [], [], [], []
    decimals = max(digits, 0)
    across = next((points for most, points in _TOUCH if len(shapes) <= most), 0)
    for shape in shapes:
        row = rows.get(shape.grid_id)
        lines = [shape.name, _("无数据")]
        if row is not None:
            state = f"  {state_words(str(row['state']))}" if "state" in row else ""
            lines[1] = f"<b>{formats.value(row['value'], unit)}</b>{state}"
            if row.get("note"):
                lines.append(str(row["note"]))
        words = "<br>".join(lines)
        for x, y in shape.touch_points(across):
            xs.append(round(x, decimals))
            ys.append(round(y, decimals))
            ids.append(shape.grid_id)
            texts.append(words)
    # A click makes plotly grey what it leaves out; unseen marks must stay unseen.
    unseen = {"marker": {"opacity": 0}}
    return {
        "type": "scatter",
        "mode": "markers",
        "name": _("选择"),
        "x": xs,
        "y": ys,
        "marker": {"size": 18, "opacity": 0},
        "text": texts,
        "hovertemplate": "%{text}<extra></extra>",
        "customdata": ids,
        "showlegend": False,
        "selected": unseen,
        "unselected": unseen,
    }


def _names(
    shapes: Sequence[Outline],
    rows: _Rows,
    classes: Sequence[_Class],
    palette: Palette,
    unit: str,
) -> list[dict[str, Any]]:
    """Name and figure of each grid in its middle; they give way where grids are many."""
    if len(shapes) > _MAX_NAMES:
        return []
    ground = {grid: part.color for part in classes for grid in part.ids}
    few = len(shapes) <= _MAX_FIGURES
    found = []
    for shape in shapes:
        text = shape.name
        if few and shape.grid_id in rows:
            text += f"<br><b>{formats.bare(rows[shape.grid_id]['value'], unit)}</b>"
        color = ink_on(ground.get(shape.grid_id, palette.paper), palette)
        middle = {"xanchor": "center", "align": "center", "captureevents": False}
        found.append(label_at(text, *shape.centre, color, size=13 if few else 11) | middle)
    return found


def _areas(
    shapes: Sequence[Outline],
    classes: Sequence[_Class],
    palette: Palette,
    selected: str | None,
    edge: str,
    digits: int,
) -> list[dict[str, Any]]:
    claimed = {grid for part in classes for grid in part.ids}
    blank = [shape for shape in shapes if shape.grid_id not in claimed]
    traces = []
    if blank:
        traces.append(_area_trace(blank, _("无数据"), palette.paper, palette.rule, digits))
    for part in classes:
        inside = [shape for shape in shapes if shape.grid_id in part.ids]
        if inside:
            traces.append(_area_trace(inside, part.name, part.color, edge, digits))
    chosen = [shape for shape in shapes if shape.grid_id == selected]
    if chosen:
        ring = _area_trace(chosen, _("已选"), "rgba(0,0,0,0)", palette.ink, digits)
        traces.append({**ring, "line": {"width": 2.5, "color": palette.ink}, "showlegend": False})
    return traces


def grid_map(
    shapes: Sequence[Outline],
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "",
    by: str = "state",
    selected: str | None = None,
    height: int = 420,
    left: int = 4,
) -> Chart:
    """Grids on their ground, coloured by state or (`by="value"`) in one hue from few to many.

    `frame`: `grid_id`, `value`; `state` where coloured by it; where known `note`. A click anywhere
    in a grid gives its `grid_id` as customdata. `shapes` from `gridgov.figures.outline.outlines`
    (or `tiles`). A grid without a row is left open; `selected` is outlined in ink.
    """
    heading = full_title(title, unit)
    if not shapes:
        words = _("没有可绘制的网格边界。请在“数据”页导入网格表的边界一列。")
        return empty_chart(palette, title=title, unit=unit, frame=frame, sentence=words)
    if frame.empty or frame["value"].isna().all():
        return empty_chart(palette, title=title, unit=unit, frame=frame)
    data = frame.assign(grid_id=frame["grid_id"].astype(str)).drop_duplicates("grid_id")
    data = data.set_index("grid_id")
    rows: _Rows = {str(key): row for key, row in data.to_dict("index").items()}
    valued = by == "value"
    classes = (
        _value_classes(data["value"], unit, palette.steps)
        if valued
        else _state_classes(data["state"], palette)
    )
    digits = _digits(shapes)
    edge = palette.paper if valued else palette.centre
    traces = _areas(shapes, classes, palette, selected, edge, digits)
    traces.append(_touch_trace(shapes, rows, unit, digits))
    bare = {"visible": False, "fixedrange": True, "constrain": "domain"}
    layout = {
        "xaxis": {**bare, "constraintoward": "left"} if left > 4 else bare,
        "yaxis": {**bare, "scaleanchor": "x", "scaleratio": 1, "constraintoward": "top"},
        "hoverdistance": 40,
        "clickmode": "event+select",
        "annotations": _names(shapes, rows, classes, palette, unit),
        **legend(palette, 1.01),
    }
    margin = {"l": left, "r": 4, "t": legend_top(len(classes) + 1), "b": 4}
    figure = finish(traces, layout, palette, title=heading, height=height, margin=margin)
    shown = formats.listing(f"{part.name} {len(part.ids)}" for part in classes)
    blank = len(shapes) - sum(shape.grid_id in rows for shape in shapes)
    said = {"count": len(shapes), "shown": shown, "blank": blank}
    alt = _("{title}：{count} 个网格，{shown}；{blank} 个无数据。", title=heading, **said)
    return Chart(figure, alt, frame, title, unit)


def tile_map(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "",
    by: str = "state",
    selected: str | None = None,
) -> Chart:
    """The same as `grid_map` where there is no outline: equal tiles in the order of the rows.

    `frame` as for `grid_map`, with `name`; where there is a column `group` every group begins a
    new row of tiles and is named at its left.
    """
    if frame.empty:
        return empty_chart(palette, title=title, unit=unit, frame=frame)
    names = frame["name"].astype(str)
    units = list(zip(frame["grid_id"].astype(str), names, strict=True))
    groups = [str(group) for group in frame["group"]] if "group" in frame else None
    shapes = tiles(units, groups)
    rows = len({shape.rings[0][0][1] for shape in shapes})
    height = min(620, 80 + (84 if len(units) <= _MAX_FIGURES else 40) * rows)
    left = label_width(groups) if groups else 4
    chart = grid_map(
        shapes,
        frame,
        palette,
        title=title,
        unit=unit,
        by=by,
        selected=selected,
        height=height,
        left=left,
    )
    if groups:
        first = {group: shape for shape, group in reversed(list(zip(shapes, groups, strict=True)))}
        aside = {"xanchor": "right", "xshift": -6}
        words = [
            label_at(group, 0, shape.centre[1], palette.muted) | aside
            for group, shape in first.items()
        ]
        chart.figure.layout.annotations = [*chart.figure.layout.annotations, *words]
    return chart
