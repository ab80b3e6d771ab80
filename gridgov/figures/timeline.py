"""Series over time: lines that carry their own names, stacked bars whose last may be unfinished."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from gridgov import formats
from gridgov.figures.chart import (
    Annotation,
    Chart,
    bucket_label,
    dates,
    empty_chart,
    finish,
    full_title,
    label_at,
    rounded,
    time_axis,
    value_axis,
)
from gridgov.figures.control import annotated_range, annotation_room, annotation_shapes
from gridgov.figures.marks import label_width, legend, legend_top
from gridgov.figures.palette import Palette
from gridgov.locale import _

__all__ = ["line", "stacked_time_bars"]


def _spread(values: Sequence[float], least: float) -> list[float]:
    """Places for labels as near to `values` as a distance of `least` between them allows."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    placed = [values[place] for place in order]
    for _round in range(60):
        moved = False
        for low in range(len(placed) - 1):
            gap = least - (placed[low + 1] - placed[low])
            if gap > 1e-9:
                placed[low] -= gap / 2
                placed[low + 1] += gap / 2
                moved = True
        if not moved:
            break
    found = [0.0] * len(values)
    for rank, place in enumerate(order):
        found[place] = placed[rank]
    return found


def _line_trace(
    rows: pd.DataFrame, name: str, color: str, dash: str, unit: str, grain: str
) -> dict[str, Any]:
    days = dates(rows["bucket"])
    partial = rows["is_partial"] if "is_partial" in rows else [False] * len(rows)
    texts = []
    for day, value, open_ in zip(days, rows["value"], partial, strict=True):
        more = f"<br>{_('本期未结束')}" if open_ else ""
        texts.append(
            f"{bucket_label(day, grain)}<br>{name} <b>{formats.value(value, unit)}</b>{more}"
        )
    return {
        "type": "scatter",
        # A lone point has no line to be seen by.
        "mode": "lines" if len(rows) > 1 else "markers",
        "name": name,
        "x": days,
        "y": rounded(rows["value"]),
        "line": {"width": 2 if dash == "solid" else 1.5, "color": color, "dash": dash},
        "marker": {"size": 7, "color": color},
        "text": texts,
        "hovertemplate": "%{text}<extra></extra>",
        "connectgaps": False,
    }


def _split_partial(trace: dict[str, Any], rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The trace, its unfinished end taken out and drawn dotted behind a hollow dot."""
    if "is_partial" not in rows or not bool(rows["is_partial"].iloc[-1]) or len(rows) < 2:
        return [trace]
    color, y = trace["line"]["color"], trace["y"]
    tail = {
        **trace,
        "name": f"{trace['name']} · {_('未结束')}",
        "mode": "lines+markers",
        "x": trace["x"][-2:],
        "y": y[-2:],
        "text": trace["text"][-2:],
        "line": {**trace["line"], "dash": "dot"},
        "marker": {
            "size": [0, 7],
            "color": "rgba(0,0,0,0)",
            "line": {"width": 1.5, "color": color},
        },
    }
    return [{**trace, "y": [*y[:-1], None]}, tail]


def _end_labels(
    ends: Sequence[tuple[str, str, float]], span: float, height: int
) -> list[dict[str, Any]]:
    """Names of the series at the right, moved apart where their ends lie close."""
    spots = _spread([value for _name, _color, value in ends], span * 17 / (height - 80))
    return [
        label_at(name, 1, spot, color) | {"xref": "paper", "xshift": 6}
        for (name, color, _value), spot in zip(ends, spots, strict=True)
    ]


def _series_colors(
    names: Sequence[str], comparison: str | None, palette: Palette
) -> dict[str, str]:
    focal = [name for name in names if name != comparison]
    hues = [palette.accent] if len(focal) == 1 else palette.series
    colors = {name: hues[turn % len(hues)] for turn, name in enumerate(focal)}
    return colors | {name: palette.muted for name in names if name == comparison}


def line(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "",
    grain: str = "month",
    comparison: str | None = None,
    annotations: Sequence[Annotation] = (),
    height: int = 290,
) -> Chart:
    """Several series over time, named where they end; the series `comparison` is grey and dotted.

    `frame`: `bucket`, `value`; `series` where there is more than one; where known `is_partial`.
    A single series is drawn in the accent. Buckets of the comparison must lie on the same axis.
    """
    heading = full_title(title, unit, grain)
    if frame.empty or frame["value"].isna().all():
        return empty_chart(palette, title=title, unit=unit, grain=grain, frame=frame)
    data = frame if "series" in frame else frame.assign(series=title)
    names = list(dict.fromkeys(str(name) for name in data["series"]))
    colors = _series_colors(names, comparison, palette)
    traces, ends = [], []
    for name in names:
        rows = data[data["series"].astype(str) == name]
        dash = "dot" if name == comparison else "solid"
        traces += _split_partial(_line_trace(rows, name, colors[name], dash, unit, grain), rows)
        known = rows["value"].dropna()
        if not known.empty:
            ends.append((name, colors[name], float(known.iloc[-1])))
    days = sorted(set(dates(data["bucket"])))
    shapes, words = annotation_shapes(annotations, palette, days)
    right = 20
    if len(names) > 1:
        words += _end_labels(ends, float(data["value"].max() - data["value"].min()), height)
        right = label_width(names, least=30, most=150)
    layout = {
        "xaxis": time_axis(days, grain, palette, **annotated_range(annotations, days)),
        "yaxis": value_axis(palette, unit, zero=False),
        "shapes": shapes,
        "annotations": words,
        "hoverdistance": 40,
    }
    room = annotation_room(annotations)
    figure = finish(
        traces, layout, palette,
        title=heading, height=height + room, margin={"r": right, "t": 44 + room},
    )  # fmt: skip
    shown = formats.listing(f"{name} {formats.value(value, unit)}" for name, _color, value in ends)
    said = {"count": len(days), "bucket": bucket_label(days[-1], grain), "shown": shown}
    alt = _("{title}：{count} 期，至 {bucket}：{shown}", title=heading, **said)
    return Chart(figure, alt, frame, title, unit, grain)


def _bar_trace(
    rows: pd.DataFrame, name: str, color: str, unit: str, grain: str, palette: Palette
) -> dict[str, Any]:
    """One series of the stack; the bar of an unfinished period hatched."""
    days = dates(rows["bucket"])
    partial = list(rows["is_partial"]) if "is_partial" in rows else [False] * len(rows)
    words = []
    for day, value, unfinished in zip(days, rows["value"], partial, strict=True):
        more = f"<br>{_('本期未结束')}" if unfinished else ""
        figure = formats.value(value, unit)
        words.append(f"{bucket_label(day, grain)}<br>{name} <b>{figure}</b>{more}")
    marker: dict[str, Any] = {"color": color, "line": {"width": 0.5, "color": palette.paper}}
    if any(partial):
        hatch = {"size": 5, "solidity": 0.35, "fillmode": "replace"}
        marker["pattern"] = {"shape": ["/" if flag else "" for flag in partial], **hatch}
    return {
        "type": "bar",
        "name": name,
        "x": days,
        "y": rounded(rows["value"]),
        "marker": marker,
        "hovertext": words,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": days,
    }


def stacked_time_bars(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "",
    grain: str = "month",
    annotations: Sequence[Annotation] = (),
    height: int = 300,
) -> Chart:
    """Counts over time, stacked by series from the largest up; an unfinished period is hatched.

    `frame`: `bucket`, `series`, `value`; where known `is_partial`. More than six series should be
    gathered into 其他 before.
    """
    heading = full_title(title, unit, grain)
    if frame.empty or not frame["value"].fillna(0).abs().sum():
        return empty_chart(palette, title=title, unit=unit, grain=grain, frame=frame)
    series = frame["series"].astype(str)
    totals = frame.groupby(series, sort=False)["value"].sum()
    names = [str(name) for name in totals.sort_values(ascending=False, kind="stable").index]
    colors = [palette.accent] if len(names) == 1 else list(palette.series)
    traces = [
        _bar_trace(frame[series == name], name, colors[at % len(colors)], unit, grain, palette)
        for at, name in enumerate(names)
    ]
    days = sorted(set(dates(frame["bucket"])))
    shapes, labels = annotation_shapes(annotations, palette, days, inside=True)
    several = len(names) > 1
    layout: dict[str, Any] = {
        "barmode": "stack",
        "bargap": 0.25,
        "xaxis": time_axis(days, grain, palette),
        "yaxis": value_axis(palette, unit, zero=True),
        "shapes": shapes,
        "annotations": labels,
        **(legend(palette) if several else {}),
    }
    margin = {"t": legend_top(len(names)) if several else 44}
    figure = finish(traces, layout, palette, title=heading, height=height, margin=margin)
    shown = formats.listing(
        f"{name} {formats.value(float(totals[name]), unit)}" for name in names[:5]
    )
    alt = _("{title}：{count} 期合计，{shown}", title=heading, count=len(days), shown=shown)
    return Chart(figure, alt, frame, title, unit, grain)
