"""The control chart: a metric over time against its own usual range."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date, timedelta
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
from gridgov.figures.marks import rule
from gridgov.figures.palette import Palette, state_of_point
from gridgov.locale import _

__all__ = [
    "annotated_range",
    "annotation_room",
    "annotation_shapes",
    "control_chart",
    "signal_words",
    "state_words",
]


# Characters of an annotation: half a phone's plot in Chinese.
_ANNOTATION_WIDTH = 14
# One period. Records, not a frame: reading rows of pandas one by one would be most of the time.
_Row = dict[Hashable, Any]


def signal_words(signal: str) -> str:
    """A signal of `gridgov.stats.spc.xmr` in plain words; "" where there is none."""
    return {
        "outside": _("超出正常波动范围"),
        "trend": _("连续同向变化"),
        "two_in_three": _("三期中两期贴近范围边缘"),
        "shift": _("连续位于平均值同一侧"),
    }.get(signal, "")


def state_words(state: str) -> str:
    """A state in the words of the tags: 改善, 变差, 有变化, 正常波动, 数据不足."""
    return {
        "better": _("改善"),
        "worse": _("变差"),
        "changed": _("有变化"),
        "missing": _("数据不足"),
    }.get(state, _("正常波动"))


_LINES, _LINE_HEIGHT = 4, 16


def annotated_range(annotations: Sequence[Annotation], days: Sequence[str]) -> dict[str, Any]:
    """The axis's own ends: left to plotly it would grow until all words of events fit over it."""
    if not annotations or not days:
        return {}
    first, last = (date.fromisoformat(day) for day in (days[0], days[-1]))
    step = max((last - first) / max(len(days) - 1, 1), timedelta(days=1))
    # Behind the newest period's first day lie the events of that period.
    return {"range": [str(first - step * 0.6), str(last + step)], "autorange": False}


def annotation_room(annotations: Sequence[Annotation]) -> int:
    """Pixels above the plot that the words of events take."""
    return _LINE_HEIGHT * min(len(annotations), _LINES)


def annotation_shapes(
    annotations: Sequence[Annotation],
    palette: Palette,
    days: Sequence[str],
    *,
    inside: bool = False,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Events as thin verticals with words above the plot, one under the other.

    The caller leaves `annotation_room` for them. `inside`: at the top of the plot itself, where a
    legend stands above it. `days`: the days of the axis in order. In its later half words stand
    before their line, for behind it the edge would cut them; long words are whole on hover.
    """
    middle = days[len(days) // 2] if days else ""
    shapes, labels = [], []
    for place, event in enumerate(sorted(annotations, key=lambda event: event.on)):
        shapes.append(
            {
                "type": "line",
                "x0": event.on,
                "x1": event.on,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"width": 1, "color": palette.muted, "dash": "1px 3px"},
            }
        )
        is_late = event.on > middle
        is_long = len(event.text) > _ANNOTATION_WIDTH
        words = event.text[: _ANNOTATION_WIDTH - 1] + "…" if is_long else event.text
        line = place % _LINES
        height = 0.99 - 0.09 * (place % 3) if inside else 1
        labels.append(
            label_at(words, event.on, height, palette.muted, size=12)
            | {
                "yref": "paper",
                "yanchor": "top" if inside else "bottom",
                "yshift": 0 if inside else _LINE_HEIGHT * line,
                "xanchor": "right" if is_late else "left",
                "align": "right" if is_late else "left",
                "xshift": -3 if is_late else 3,
                "hovertext": event.text if is_long else "",
                "bgcolor": palette.paper,
                "opacity": 0.9,
            }
        )
    return shapes, labels


def _hover(rows: Sequence[_Row], unit: str, grain: str, states: Sequence[str]) -> list[str]:
    texts = []
    for row, state in zip(rows, states, strict=True):
        lines = [bucket_label(row["_day"], grain), f"<b>{formats.value(row['value'], unit)}</b>"]
        if {"numerator", "denominator"} <= row.keys() and not formats.is_missing(
            row["denominator"]
        ):
            lines[1] += f"  {formats.ratio(row['numerator'], row['denominator'])}"
        if not formats.is_missing(row["lower"]):
            span = formats.interval(row["lower"], row["upper"], unit)
            lines.append(_("正常波动范围 {span}", span=span))
        if state not in ("usual", "missing"):
            signal = signal_words(str(row.get("signal") or ""))
            lines.append(formats.listing(part for part in (state_words(state), signal) if part))
        if row.get("is_partial"):
            lines.append(_("本期未结束"))
        texts.append("<br>".join(lines))
    return texts


def _band(days: list[str], rows: Sequence[_Row], palette: Palette) -> list[dict[str, Any]]:
    quiet = {"type": "scatter", "mode": "lines", "x": days, "hoverinfo": "skip"}
    edge = {"width": 0, "shape": "hvh"}
    return [
        {**quiet, "name": _("下限"), "y": rounded(row["lower"] for row in rows), "line": edge},
        {
            **quiet,
            "name": _("正常波动范围"),
            "y": rounded(row["upper"] for row in rows),
            "line": edge,
            "fill": "tonexty",
            "fillcolor": palette.band,
        },
        {
            **quiet,
            "name": _("平均"),
            "y": rounded(row["mean"] for row in rows),
            "line": {"width": 1, "color": palette.centre, "shape": "hvh"},
        },
    ]


def _values(
    days: list[str], rows: Sequence[_Row], palette: Palette, unit: str, grain: str
) -> list[dict[str, Any]]:
    y = rounded(row["value"] for row in rows)
    states = [state_of_point(str(row["point"])) for row in rows]
    partial = [bool(row["is_partial"]) for row in rows]
    colors = [palette.state(state) for state in states]
    signal = [state in ("better", "worse", "changed") for state in states]
    solid = [value if not flag else None for value, flag in zip(y, partial, strict=True)]
    line = {"width": 1.5, "color": palette.usual}
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": _("走势"),
            "x": days,
            "y": solid,
            "line": line,
            "hoverinfo": "skip",
            "connectgaps": False,
        }
    ]
    if any(partial) and len(y) > 1:
        first = max(partial.index(True) - 1, 0)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": _("未结束"),
                "x": days[first:],
                "y": y[first:],
                "line": {**line, "dash": "dot"},
                "hoverinfo": "skip",
            }
        )
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": _("数值"),
            "x": days,
            "y": y,
            "marker": {
                "opacity": 1,
                "size": [9 if flag else 6 for flag in signal],
                # An unfinished period is hollow: paper inside, its state around.
                "color": [palette.paper if p else c for c, p in zip(colors, partial, strict=True)],
                "line": {"width": [1.5 if p else 0 for p in partial], "color": colors},
            },
            "text": _hover(rows, unit, grain, states),
            "hovertemplate": "%{text}<extra></extra>",
            "customdata": days,
        }
    )
    return traces


# 件, 小时, % stand beside a limit; 件/千人 does not fit.
_SHORT_UNIT = 2


def _labels(rows: Sequence[_Row], palette: Palette, unit: str) -> list[dict[str, Any]]:
    """Mean and edges of the range, named at the right where they end."""
    known = [row for row in rows if not formats.is_missing(row["mean"])]
    if not known:
        return []
    row = known[-1]
    # A long unit would be cut at the edge of the figure; the title names it.
    unit = unit if len(unit) <= _SHORT_UNIT else ""
    names = [(f"{_('平均')} {formats.value(row['mean'], unit)}", row["mean"])]
    if not formats.is_missing(row["lower"]) and row["upper"] > row["lower"]:
        names += [(formats.value(row[edge], unit), row[edge]) for edge in ("lower", "upper")]
    right = {"xref": "paper", "xshift": 4, "xanchor": "left"}
    return [label_at(text, 1, float(y), palette.muted, size=12) | right for text, y in names]


def _alt(rows: Sequence[_Row], heading: str, unit: str, grain: str) -> str:
    known = [row for row in rows if not formats.is_missing(row["value"])]
    last, states = known[-1], [state_of_point(str(row["point"])) for row in known]
    return _(
        "{title}：{count} 期，最近一期（{bucket}）为 {value}，平均 {mean}，"
        "正常波动范围 {span}，{state}；共 {signals} 期有信号。",
        title=heading,
        count=len(known),
        bucket=bucket_label(last["_day"], grain),
        value=formats.value(last["value"], unit),
        mean=formats.value(last["mean"], unit),
        span=formats.interval(last["lower"], last["upper"], unit),
        state=state_words(states[-1]),
        signals=sum(state in ("better", "worse", "changed") for state in states),
    )


def _completed(frame: pd.DataFrame) -> list[_Row]:
    """The periods with all that the chart reads, and the ISO day of each bucket as `_day`."""
    nan = float("nan")
    absent: _Row = {"mean": nan, "lower": nan, "upper": nan, "point": "common"}
    absent |= {"signal": "", "is_partial": False}
    columns = {str(name): list(frame[name]) for name in frame}
    columns["_day"] = dates(frame["bucket"])
    rows = zip(*columns.values(), strict=True)
    return [absent | dict(zip(columns, row, strict=True)) for row in rows]


def control_chart(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "",
    grain: str = "month",
    target: float | None = None,
    annotations: Sequence[Annotation] = (),
    height: int = 290,
) -> Chart:
    """Values over time on their usual range, points grey except signals.

    `frame`: one row a period in order, with `bucket` (first day), `value`, and from
    `gridgov.stats.spc.xmr` `mean`, `lower`, `upper`, `point`, `signal`; where known
    `numerator`, `denominator`, `is_partial`. Unit "%" means that fractions are given.
    A period that is not over yet is hollow and dotted.
    """
    if frame.empty or frame["value"].isna().all():
        return empty_chart(palette, title=title, unit=unit, grain=grain, frame=frame)
    rows = _completed(frame)
    days = [str(row["_day"]) for row in rows]
    shapes, words = annotation_shapes(annotations, palette, days)
    labels = _labels(rows, palette, unit)
    band = _band(days, rows, palette) if labels else []
    if target is not None:
        shapes.append(rule(palette, y=target, color=palette.ink, dash="dash", layer="above"))
        aim = _("目标 {value}", value=formats.value(target, unit))
        # On the side of its line where the mean is not, so that the words cross neither.
        means = [row["mean"] for row in rows if not formats.is_missing(row["mean"])]
        side = "top" if means and target < means[-1] else "bottom"
        place = {"xref": "paper", "yanchor": side, "bgcolor": palette.paper, "opacity": 0.9}
        labels.append(label_at(aim, 0, target, palette.ink, size=12) | place)
    layout = {
        "xaxis": time_axis(days, grain, palette, **annotated_range(annotations, days)),
        "yaxis": value_axis(palette, unit, zero=False),
        "shapes": shapes,
        "annotations": words + labels,
        "hoverdistance": 40,
    }
    traces = band + _values(days, rows, palette, unit, grain)
    heading = full_title(title, unit, grain)
    room = annotation_room(annotations)
    figure = finish(
        traces, layout, palette,
        title=heading, height=height + room, margin={"r": 84, "t": 44 + room},
    )  # fmt: skip
    return Chart(figure, _alt(rows, heading, unit, grain), frame, title, unit, grain)
