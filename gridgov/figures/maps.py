"""Maps of the grids from their outlines: no tile server, no projection service, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from gridgov import formats
from gridgov.figures.chart import Chart, empty_chart, finish, full_title, label_at
from gridgov.figures.control import state_words
from gridgov.figures.outline import Outline, Ring, tiles
from gridgov.figures.palette import Palette
from gridgov.locale import _

__all__ = ["grid_map", "tile_map"]

_MAX_LABELS = 60


def _inside(ring: Ring, x: float, y: float) -> bool:
    """Even-odd rule: does the point lie in the ring?"""
    found = False
    for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            found = not found
    return found


def _touch_points(shape: Outline, across: int = 5) -> list[tuple[float, float]]:
    """A lattice inside the outline: clicks go to the nearest point, so these make an area clickable."""
    found = [shape.centre]
    for ring in shape.rings:
        xs, ys = [x for x, _y in ring], [y for _x, y in ring]
        for column in range(across):
            for row in range(across):
                x = min(xs) + (column + 0.5) * (max(xs) - min(xs)) / across
                y = min(ys) + (row + 0.5) * (max(ys) - min(ys)) / across
                if _inside(ring, x, y):
                    found.append((x, y))
    return found


def _area_trace(
    shapes: Sequence[Outline], name: str, fill: str, edge: str, digits: int
) -> dict[str, Any]:
    """All outlines of one colour as a single trace: a trace a grid would be slow for 138."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for shape in shapes:
        for ring in shape.rings:
            for x, y in (*ring, ring[0]):
                xs.append(round(x, digits))
                ys.append(round(y, digits))
            xs.append(None)
            ys.append(None)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": xs[:-1],
        "y": ys[:-1],
        "fill": "toself",
        "fillcolor": fill,
        "line": {"width": 1, "color": edge},
        "hoverinfo": "skip",
    }


def _classes(values: pd.Series, unit: str, steps: Sequence[str]) -> list[tuple[str, str, set[str]]]:
    """(name, colour, grid ids) by quintile of the values: one hue, pale to deep; each class says its span."""
    known = values.dropna()
    if known.empty:
        return []
    edges = (
        np.unique(np.quantile(known, [0.2, 0.4, 0.6, 0.8])) if known.nunique() > 1 else np.array([])
    )
    shade = np.searchsorted(edges, known.to_numpy(), side="right")
    found = []
    for turn in range(len(edges) + 1):
        part = known[shade == turn]
        if not part.empty:
            span = (
                formats.interval(part.min(), part.max(), unit)
                if part.min() < part.max()
                else formats.value(part.min(), unit)
            )
            found.append((span, steps[min(turn + 1, len(steps) - 1)], set(part.index.astype(str))))
    return found


def _state_classes(states: pd.Series, palette: Palette) -> list[tuple[str, str, set[str]]]:
    found = []
    for state in ("usual", "better", "worse", "changed", "missing"):
        part = states[states == state]
        if not part.empty:
            found.append((state_words(state), palette.tint(state), set(part.index.astype(str))))
    return found


def grid_map(
    shapes: Sequence[Outline],
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "",
    by: str = "state",
    selected: str | None = None,
    labels: bool = True,
    height: int = 420,
) -> Chart:
    """Grids on their ground, coloured by state or (`by="value"`) in one hue from few to many.

    `frame`: `grid_id`, `value`; `state` where coloured by it; where known `name`, `note`.
    A click anywhere in a grid gives its `grid_id` as customdata. `shapes` from
    `gridgov.figures.outline.outlines` (or `tiles`). A grid without a row is left open.
    """
    heading = full_title(title, unit)
    if not shapes or frame.empty:
        return empty_chart(
            palette,
            title=title,
            unit=unit,
            frame=frame,
            sentence=_("没有可绘制的网格边界。请在“数据”页导入网格表的边界一列。")
            if not shapes
            else None,
        )
    data = (
        frame.assign(grid_id=frame["grid_id"].astype(str))
        .drop_duplicates("grid_id")
        .set_index("grid_id")
    )
    found = (
        _classes(data["value"], unit, palette.steps)
        if by == "value"
        else _state_classes(data["state"], palette)
    )
    xs = [x for shape in shapes for ring in shape.rings for x, _y in ring]
    digits = 2 if max(xs) - min(xs) < 100 else 0
    claimed = set().union(*(ids for _name, _color, ids in found)) if found else set()
    blank = [shape for shape in shapes if shape.grid_id not in claimed]
    traces = [_area_trace(blank, _("无数据"), palette.paper, palette.rule, digits)] if blank else []
    for name, color, ids in found:
        part = [shape for shape in shapes if shape.grid_id in ids]
        if part:
            traces.append(
                _area_trace(
                    part, name, color, palette.paper if by == "value" else palette.centre, digits
                )
            )
    chosen = [shape for shape in shapes if shape.grid_id == selected]
    if chosen:
        ring = _area_trace(chosen, _("已选"), "rgba(0,0,0,0)", palette.ink, digits)
        traces.append({**ring, "line": {"width": 2.5, "color": palette.ink}, "showlegend": False})
    traces.append(_touch_trace(shapes, data, unit, digits))
    layout = _ground(shapes, palette)
    if labels and len(shapes) <= _MAX_LABELS:
        layout["annotations"] = _names(shapes, data, palette, unit)
    figure = finish(
        traces,
        layout,
        palette,
        title=heading,
        height=height,
        margin={"l": 4, "r": 4, "t": 70, "b": 4},
    )
    return Chart(figure, _alt(heading, found, data, len(blank)), frame, title, unit)


def _touch_trace(
    shapes: Sequence[Outline], data: pd.DataFrame, unit: str, digits: int
) -> dict[str, Any]:
    """Unseen points that carry the hover and the click of each grid."""
    xs, ys, ids, texts = [], [], [], []
    for shape in shapes:
        lines = [shape.name]
        if shape.grid_id in data.index:
            row = data.loc[shape.grid_id]
            state = f"  {state_words(str(row['state']))}" if "state" in data else ""
            lines.append(f"<b>{formats.value(row['value'], unit)}</b>{state}")
            if "note" in data and row["note"]:
                lines.append(str(row["note"]))
        else:
            lines.append(_("无数据"))
        for x, y in _touch_points(shape, 5 if len(shapes) <= 40 else 3):
            xs.append(round(x, digits))
            ys.append(round(y, digits))
            ids.append(shape.grid_id)
            texts.append("<br>".join(lines))
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
        # Streamlit greys what a click leaves out; unseen marks must stay unseen.
        "selected": {"marker": {"opacity": 0}},
        "unselected": {"marker": {"opacity": 0}},
    }


def _ground(shapes: Sequence[Outline], palette: Palette) -> dict[str, Any]:
    bare = {"visible": False, "fixedrange": True}
    return {
        "xaxis": {**bare, "constrain": "domain"},
        "yaxis": {**bare, "scaleanchor": "x", "scaleratio": 1, "constrain": "domain"},
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.01,
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
            "font": {"size": 13, "color": palette.muted},
        },
        "hoverdistance": 40,
        "clickmode": "event+select",
    }


def _names(
    shapes: Sequence[Outline], data: pd.DataFrame, palette: Palette, unit: str
) -> list[dict[str, Any]]:
    """Name and figure of each grid in its middle; the figure is left out where many grids are shown."""
    found = []
    for shape in shapes:
        text = shape.name
        if len(shapes) <= 24 and shape.grid_id in data.index:
            text += f"<br><b>{formats.value(data.loc[shape.grid_id, 'value'], unit)}</b>"
        x, y = shape.centre
        found.append(
            label_at(text, x, y, palette.ink, size=13 if len(shapes) <= 24 else 11)
            | {"xanchor": "center", "align": "center", "captureevents": False}
        )
    return found


def _alt(
    heading: str, found: Sequence[tuple[str, str, set[str]]], data: pd.DataFrame, blank: int
) -> str:
    shown = "，".join(f"{name} {len(ids)}" for name, _color, ids in found)
    return _(
        "{title}：{count} 个网格，{shown}；{blank} 个无数据。",
        title=heading,
        count=len(data),
        shown=shown,
        blank=blank,
    )


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

    `frame` as for `grid_map`, with `name`; a column `group` begins a new row of tiles a group.
    """
    if frame.empty:
        return empty_chart(palette, title=title, unit=unit, frame=frame)
    units = [
        (str(grid), str(name)) for grid, name in zip(frame["grid_id"], frame["name"], strict=True)
    ]
    shapes = tiles(units, [str(group) for group in frame["group"]] if "group" in frame else None)
    rows = {shape.rings[0][0][1] for shape in shapes}
    height = min(560, 74 + max(64 if len(units) <= 40 else 44, 40) * len(rows))
    return grid_map(
        shapes, frame, palette, title=title, unit=unit, by=by, selected=selected, height=height
    )
