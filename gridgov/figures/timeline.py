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
from gridgov.figures.control import annotation_shapes
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
    A single series is drawn in ink. Buckets of the comparison must lie on the same axis.
    """
    heading = full_title(title, unit, grain)
    if frame.empty or frame["value"].isna().all():
        return empty_chart(palette, title=title, unit=unit, grain=grain, frame=frame)
    data = frame if "series" in frame else frame.assign(series=title)
    names = list(dict.fromkeys(str(name) for name in data["series"]))
    focal = [name for name in names if name != comparison]
    colors = {name: palette.series[turn % len(palette.series)] for turn, name in enumerate(focal)}
    if len(focal) == 1:
        colors[focal[0]] = palette.accent
    traces, ends = [], []
    for name in names:
        rows = data[data["series"].astype(str) == name]
        compared = name == comparison
        color = palette.usual if compared else colors[name]
        trace = _line_trace(rows, name, color, "dot" if compared else "solid", unit, grain)
        traces += _split_partial(trace, rows)
        known = rows.dropna(subset=["value"])
        if not known.empty:
            last = known.iloc[-1]
            ends.append(
                (
                    name,
                    dates([last["bucket"]])[0],
                    float(last["value"]),
                    palette.muted if compared else color,
                )
            )
    shapes, words = annotation_shapes(annotations, palette)
    if len(names) > 1:
        low, high = data["value"].min(), data["value"].max()
        spots = _spread([end[2] for end in ends], (high - low) * 17 / (height - 80))
        words += [
            label_at(name, 1, spot, color) | {"xref": "paper", "xshift": 6}
            for (name, _day, _value, color), spot in zip(ends, spots, strict=True)
        ]
    days = sorted(set(dates(data["bucket"])))
    layout = {
        "xaxis": time_axis(days, grain, palette),
        "yaxis": value_axis(palette, unit, zero=False),
        "shapes": shapes,
        "annotations": words,
        "hoverdistance": 40,
    }
    widest = max((sum(13 if ord(s) > 0x2E7F else 8 for s in name) for name in names), default=0)
    right = min(24 + widest, 150) if len(names) > 1 else 20
    figure = finish(traces, layout, palette, title=heading, height=height, margin={"r": right})
    said = "；".join(f"{name} {formats.value(value, unit)}" for name, _day, value, _color in ends)
    last_day = bucket_label(max(end[1] for end in ends), grain)
    alt = _(
        "{title}：{count} 期，至 {bucket}：{shown}",
        title=heading,
        count=len(days),
        bucket=last_day,
        shown=said,
    )
    return Chart(figure, alt, frame, title, unit, grain)


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
    totals = frame.groupby(frame["series"].astype(str), sort=False)["value"].sum()
    names = list(totals.sort_values(ascending=False, kind="stable").index)
    colors = [palette.accent] if len(names) == 1 else list(palette.series)
    traces = []
    for turn, name in enumerate(names):
        rows = frame[frame["series"].astype(str) == name]
        days = dates(rows["bucket"])
        partial = list(rows["is_partial"]) if "is_partial" in rows else [False] * len(rows)
        words = [
            f"{bucket_label(day, grain)}<br>{name} <b>{formats.value(value, unit)}</b>"
            + (f"<br>{_('本期未结束')}" if open_ else "")
            for day, value, open_ in zip(days, rows["value"], partial, strict=True)
        ]
        marker: dict[str, Any] = {
            "color": colors[turn % len(colors)],
            "line": {"width": 0.5, "color": palette.paper},
        }
        if any(partial):
            marker["pattern"] = {
                "shape": ["/" if open_ else "" for open_ in partial],
                "size": 5,
                "solidity": 0.35,
                "fillmode": "replace",
            }
        traces.append(
            {
                "type": "bar",
                "name": name,
                "x": days,
                "y": rounded(rows["value"]),
                "marker": marker,
                "hovertext": words,
                "hovertemplate": "%{hovertext}<extra></extra>",
                "customdata": days,
            }
        )
    shapes, labels = annotation_shapes(annotations, palette)
    days = sorted(set(dates(frame["bucket"])))
    layout: dict[str, Any] = {
        "barmode": "stack",
        "bargap": 0.25,
        "xaxis": time_axis(days, grain, palette),
        "yaxis": value_axis(palette, unit, zero=True),
        "shapes": shapes,
        "annotations": labels,
    }
    if len(names) > 1:
        layout |= {
            "showlegend": True,
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": 1.02,
                "yanchor": "bottom",
                "traceorder": "normal",
                "itemclick": False,
                "itemdoubleclick": False,
                "font": {"size": 13, "color": palette.muted},
            },
        }
    figure = finish(
        traces,
        layout,
        palette,
        title=heading,
        height=height,
        margin={"t": 68 if len(names) > 1 else 44},
    )
    said = "；".join(f"{name} {formats.value(float(totals[name]), unit)}" for name in names[:5])
    alt = _("{title}：{count} 期合计，{shown}", title=heading, count=len(days), shown=said)
    return Chart(figure, alt, frame, title, unit, grain)
