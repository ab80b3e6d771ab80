"""Spread and uncertainty: how long it takes, how far chance reaches, how wide a rank may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from gridgov import formats
from gridgov.figures.chart import (
    Chart,
    axis,
    empty_chart,
    finish,
    full_title,
    label_at,
    rounded,
    value_axis,
)
from gridgov.figures.palette import Palette
from gridgov.locale import _

__all__ = ["box", "funnel_plot", "rank_bands", "scatter", "survival_curve"]


def _margin(labels: Sequence[str]) -> int:
    widest = max(
        (sum(13 if ord(sign) > 0x2E7F else 7 for sign in text) for text in labels), default=0
    )
    return min(max(widest + 14, 40), 190)


def _axis_title(text: str, palette: Palette) -> dict[str, Any]:
    return {"text": text, "font": {"size": 13, "color": palette.muted}, "standoff": 6}


def survival_curve(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    median: float | None = None,
    p90: float | None = None,
    unit: str = "天",
    n: int | None = None,
) -> Chart:
    """Share of cases still open by time since they came in, open cases counted as far as they go.

    `frame`: `time` (in `unit`), `open_share` (0–1, falling), where known `low`, `high` and
    `series`. `median` and `p90` are marked where they are reached; None or NaN: not reached.
    """
    heading = full_title(title, unit)
    if frame.empty:
        return empty_chart(palette, title=title, unit=unit, frame=frame)
    data = frame if "series" in frame else frame.assign(series=_("仍未办结"))
    names = list(dict.fromkeys(str(name) for name in data["series"]))
    traces: list[dict[str, Any]] = []
    if {"low", "high"} <= set(data.columns) and len(names) == 1:
        quiet = {
            "type": "scatter",
            "mode": "lines",
            "x": rounded(data["time"], 2),
            "hoverinfo": "skip",
            "line": {"width": 0, "shape": "hv"},
        }
        traces.append({**quiet, "name": _("下限"), "y": rounded(data["low"])})
        traces.append(
            {
                **quiet,
                "name": _("95% 区间"),
                "y": rounded(data["high"]),
                "fill": "tonexty",
                "fillcolor": palette.band,
            }
        )
    words = []
    for turn, name in enumerate(names):
        rows = data[data["series"].astype(str) == name]
        color = palette.accent if len(names) == 1 else palette.series[turn % len(palette.series)]
        hover = [
            f"{formats.with_unit(formats.number(t), unit, t)}<br>{name} <b>{formats.percent(s)}</b>"
            for t, s in zip(rows["time"], rows["open_share"], strict=True)
        ]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": rounded(rows["time"], 2),
                "y": rounded(rows["open_share"]),
                "line": {"width": 2, "color": color, "shape": "hv"},
                "text": hover,
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
        if len(names) > 1:
            last = rows.iloc[-1]
            words.append(
                label_at(name, float(last["time"]), float(last["open_share"]), color)
                | {"xshift": 6}
            )
    shapes, marks = _quantile_marks(
        ((0.5, median, _("一半在 {time} 内办结")), (0.1, p90, _("九成在 {time} 内办结"))),
        palette,
        unit,
    )
    layout = {
        "xaxis": axis(
            palette,
            rangemode="tozero",
            nticks=8,
            title=_axis_title(_("受理后（{unit}）", unit=unit), palette),
        ),
        "yaxis": value_axis(palette, "%", zero=True),
        "shapes": shapes,
        "annotations": words + marks,
        "hoverdistance": 40,
    }
    right = 24 + (13 * max(len(name) for name in names) if len(names) > 1 else 0)
    figure = finish(traces, layout, palette, title=heading, margin={"b": 52, "r": right})
    reached = [label["text"] for label in marks] or [_("不到一半办结")]
    alt = f"{heading}：{'，'.join(reached)}" + (
        f"（n = {formats.whole(n)}）" if n is not None else ""
    )
    return Chart(figure, alt, frame, title, unit)


def _quantile_marks(
    marks: Sequence[tuple[float, float | None, str]], palette: Palette, unit: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """From the axis to the curve and across: where a share of the cases is done."""
    shapes, words = [], []
    for share, time, words_of in marks:
        if time is None or formats.is_missing(time):
            continue
        thin = {"type": "line", "line": {"width": 1, "color": palette.muted, "dash": "dot"}}
        shapes.append({**thin, "x0": time, "x1": time, "y0": 0, "y1": share})
        shapes.append({**thin, "x0": 0, "x1": time, "y0": share, "y1": share})
        text = words_of.format(time=formats.with_unit(formats.number(time), unit, time))
        words.append(label_at(text, time, share, palette.ink) | {"xshift": 6, "yanchor": "bottom"})
    return shapes, words


def funnel_plot(
    frame: pd.DataFrame,
    limits: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "%",
    target: float,
    size_name: str = "",
) -> Chart:
    """A rate against the size it rests on, with the limits that chance alone would keep.

    `frame`: `label`, `n`, `value`, where known `state`, `key`. `limits`: `n` rising, `low95`,
    `high95`, `low998`, `high998` (see `gridgov.stats.funnel`).
    """
    heading = full_title(title, unit)
    if frame.empty:
        return empty_chart(palette, title=title, unit=unit, frame=frame)
    traces: list[dict[str, Any]] = []
    for level, dash in (("95", "dot"), ("998", "solid")):
        for side in ("low", "high"):
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": f"{side}{level}",
                    "x": rounded(limits["n"], 1),
                    "y": rounded(limits[f"{side}{level}"]),
                    "hoverinfo": "skip",
                    "line": {"width": 1, "color": palette.centre, "dash": dash},
                }
            )
    states = (
        [str(state) for state in frame["state"]] if "state" in frame else ["usual"] * len(frame)
    )
    labels = [str(label) for label in frame["label"]]
    keys = frame["key"] if "key" in frame else frame["label"]
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": title,
            "x": rounded(frame["n"], 1),
            "y": rounded(frame["value"]),
            "marker": {
                "size": [9 if state in ("better", "worse", "changed") else 7 for state in states],
                "color": [palette.state(state) for state in states],
            },
            "text": [
                f"{label}<br><b>{formats.value(v, unit)}</b>  n = {formats.whole(n)}"
                for label, v, n in zip(labels, frame["value"], frame["n"], strict=True)
            ],
            "hovertemplate": "%{text}<extra></extra>",
            "customdata": [str(key) for key in keys],
        }
    )
    words = [
        label_at(label, float(n), float(v), palette.state(state), size=12) | {"xshift": 7}
        for label, n, v, state in zip(labels, frame["n"], frame["value"], states, strict=True)
        if state in ("better", "worse", "changed")
    ]
    if not limits.empty:
        end = limits.iloc[-1]
        words += [
            label_at(text, 1, float(end[column]), palette.muted, size=12)
            | {"xref": "paper", "xshift": 4}
            for text, column in ((_("99.8% 界限"), "high998"), (_("95% 界限"), "low95"))
        ]
    words.append(
        label_at(
            _("平均 {value}", value=formats.value(target, unit)), 1, target, palette.muted, size=12
        )
        | {"xref": "paper", "xshift": 4}
    )
    name = size_name or _("样本量")
    layout = {
        "xaxis": axis(
            palette, rangemode="tozero", nticks=8, tickformat=",d", title=_axis_title(name, palette)
        ),
        "yaxis": value_axis(palette, unit, zero=False),
        "shapes": [
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": target,
                "y1": target,
                "layer": "below",
                "line": {"width": 1, "color": palette.centre},
            }
        ],
        "annotations": words,
        "hoverdistance": 30,
    }
    figure = finish(traces, layout, palette, title=heading, height=320, margin={"b": 52, "r": 96})
    outside = [label for label, state in zip(labels, states, strict=True) if state != "usual"]
    alt = _(
        "{title}：{count} 个单位，{outside} 个超出界限{names}。",
        title=heading,
        count=len(frame),
        outside=len(outside),
        names=f"（{'、'.join(outside[:5])}）" if outside else "",
    )
    return Chart(figure, alt, frame, title, unit)


def scatter(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    x_name: str,
    y_name: str,
    x_unit: str = "",
    y_unit: str = "",
    name_points: int = 0,
) -> Chart:
    """Two measures against each other, with the medians of both; the first `name_points` rows named.

    `frame`: `label`, `x`, `y`; where known `state`, `key`.
    """
    known = frame.dropna(subset=["x", "y"]) if not frame.empty else frame
    if known.empty:
        return empty_chart(palette, title=title, frame=frame)
    states = (
        [str(state) for state in known["state"]] if "state" in known else ["usual"] * len(known)
    )
    labels = [str(label) for label in known["label"]]
    keys = known["key"] if "key" in known else known["label"]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "name": title,
        "x": rounded(known["x"]),
        "y": rounded(known["y"]),
        "marker": {"size": 8, "color": [palette.state(state) for state in states], "opacity": 0.9},
        "text": [
            f"{label}<br>{x_name} <b>{formats.value(x, x_unit)}</b><br>{y_name} <b>{formats.value(y, y_unit)}</b>"
            for label, x, y in zip(labels, known["x"], known["y"], strict=True)
        ],
        "hovertemplate": "%{text}<extra></extra>",
        "customdata": [str(key) for key in keys],
    }
    middle = {
        "type": "line",
        "line": {"width": 1, "color": palette.centre, "dash": "dot"},
        "layer": "below",
    }
    x_mid, y_mid = float(known["x"].median()), float(known["y"].median())
    across = value_axis(palette, x_unit, zero=False)
    layout = {
        "xaxis": {
            **across,
            "showgrid": False,
            "title": _axis_title(full_title(x_name, x_unit), palette),
        },
        "yaxis": {
            **value_axis(palette, y_unit, zero=False),
            "title": _axis_title(full_title(y_name, y_unit), palette),
        },
        "shapes": [
            {**middle, "x0": x_mid, "x1": x_mid, "yref": "paper", "y0": 0, "y1": 1},
            {**middle, "y0": y_mid, "y1": y_mid, "xref": "paper", "x0": 0, "x1": 1},
        ],
        "annotations": [
            label_at(label, float(x), float(y), palette.muted, size=12) | {"xshift": 7}
            for label, x, y in list(zip(labels, known["x"], known["y"], strict=True))[:name_points]
        ]
        + [
            label_at(_("中位数"), x_mid, 1, palette.muted, size=12)
            | {"yref": "paper", "yanchor": "bottom", "xanchor": "center"}
        ],
        "hoverdistance": 30,
    }
    figure = finish(
        [trace],
        layout,
        palette,
        title=title,
        height=320,
        margin={"b": 52, "l": 72, "r": 60 if name_points else 16, "t": 56},
    )
    alt = _(
        "{title}：{count} 个单位，{x} 中位数 {x_mid}，{y} 中位数 {y_mid}。",
        title=title,
        count=len(known),
        x=x_name,
        y=y_name,
        x_mid=formats.value(x_mid, x_unit),
        y_mid=formats.value(y_mid, y_unit),
    )
    return Chart(figure, alt, frame, title, y_unit)


def box(frame: pd.DataFrame, palette: Palette, *, title: str, unit: str = "") -> Chart:
    """Spread by group from quantiles worked out before: a box of the middle half, whiskers to the ends given.

    `frame`: `label`, `low`, `q1`, `median`, `q3`, `high`; where known `n`, `key`.
    """
    heading = full_title(title, unit)
    if frame.empty:
        return empty_chart(palette, title=title, unit=unit, frame=frame)
    labels = [str(label) for label in frame["label"]]
    places = list(range(len(frame)))
    trace = {
        "type": "box",
        "orientation": "h",
        "name": title,
        "y": places,
        "lowerfence": rounded(frame["low"]),
        "q1": rounded(frame["q1"]),
        "median": rounded(frame["median"]),
        "q3": rounded(frame["q3"]),
        "upperfence": rounded(frame["high"]),
        "fillcolor": palette.band,
        "line": {"color": palette.muted, "width": 1.2},
        "width": 0.5,
        "hoverinfo": "skip",
        "boxpoints": False,
    }
    texts = [formats.value(value, unit) for value in frame["median"]]
    keys = frame["key"] if "key" in frame else frame["label"]
    hover = []
    for record, text in zip(frame.to_dict("records"), texts, strict=True):
        more = f"  n = {formats.whole(record['n'])}" if "n" in record else ""
        span = formats.interval(record["q1"], record["q3"], unit)
        hover.append(
            f"{record['label']}{more}<br>{_('中位数')} <b>{text}</b><br>{_('中间一半 {span}', span=span)}"
        )
    dots = {
        "type": "scatter",
        "mode": "markers",
        "name": _("中位数"),
        "x": rounded(frame["median"]),
        "y": places,
        "marker": {"size": 8, "color": palette.accent},
        "text": hover,
        "hovertemplate": "%{text}<extra></extra>",
        "customdata": [str(key) for key in keys],
    }
    layout = {
        "xaxis": value_axis(palette, unit, zero=True),
        "yaxis": axis(
            palette,
            tickmode="array",
            tickvals=places,
            ticktext=labels,
            range=[len(labels) - 0.5, -0.5],
            tickfont={"size": 13, "color": palette.ink},
        ),
    }
    figure = finish(
        [trace, dots],
        layout,
        palette,
        title=heading,
        height=max(160, 84 + 28 * len(labels)),
        margin={"l": _margin(labels)},
    )
    shown = "；".join(
        f"{label} {text}" for label, text in list(zip(labels, texts, strict=True))[:5]
    )
    alt = _("{title}：{count} 组，中位数 {shown}", title=heading, count=len(labels), shown=shown)
    return Chart(figure, alt, frame, title, unit)


def rank_bands(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    cutoff: int | None = None,
    cutoff_name: str = "",
) -> Chart:
    """A dot for the rank of each candidate and a bar for the ranks that chance leaves open.

    `frame`: `label`, `rank`, `low`, `high` (5th and 95th percentile of the rank); where known
    `key`, `probability` (of being inside the quota), `is_open` (for the committee to decide).
    First place is at the left. `cutoff` draws the end of the quota.
    """
    if frame.empty:
        return empty_chart(palette, title=title, frame=frame)
    labels = [str(label) for label in frame["label"]]
    places = list(range(len(labels)))
    open_ = (
        [bool(flag) for flag in frame["is_open"]] if "is_open" in frame else [False] * len(labels)
    )
    colors = [palette.changed if flag else palette.usual for flag in open_]
    bands = {
        "type": "bar",
        "orientation": "h",
        "name": _("名次区间（5%–95%）"),
        "y": places,
        "base": [float(low) - 0.5 for low in frame["low"]],
        "x": [
            float(high) - float(low) + 1
            for low, high in zip(frame["low"], frame["high"], strict=True)
        ],
        "marker": {
            "color": [palette.tint_changed if flag else palette.band for flag in open_],
            "line": {"width": 0.5, "color": palette.rule},
        },
        "width": 0.55,
        "hoverinfo": "skip",
    }
    keys = frame["key"] if "key" in frame else frame["label"]
    hover = []
    for record, flag in zip(frame.to_dict("records"), open_, strict=True):
        lines = [
            f"{record['label']}<br>{_('名次 {rank}，区间 {low}–{high}', rank=record['rank'], low=int(record['low']), high=int(record['high']))}"
        ]
        if "probability" in record:
            lines.append(_("进入名额的可能性 {p}", p=formats.percent(record["probability"], 0)))
        if flag:
            lines.append(_("提请评议"))
        hover.append("<br>".join(lines))
    dots = {
        "type": "scatter",
        "mode": "markers",
        "name": _("名次"),
        "x": [float(rank) for rank in frame["rank"]],
        "y": places,
        "marker": {"size": 8, "color": colors},
        "text": hover,
        "hovertemplate": "%{text}<extra></extra>",
        "customdata": [str(key) for key in keys],
    }
    layout: dict[str, Any] = {
        "xaxis": axis(
            palette,
            side="top",
            showgrid=True,
            gridcolor=palette.grid,
            tickformat="d",
            nticks=8,
            range=[0.3, float(frame["high"].max()) + 0.7],
        ),
        "yaxis": axis(
            palette,
            tickmode="array",
            tickvals=places,
            ticktext=labels,
            range=[len(labels) - 0.5, -0.5],
            tickfont={"size": 13, "color": palette.ink},
        ),
    }
    if cutoff is not None:
        edge = cutoff + 0.5
        layout["shapes"] = [
            {
                "type": "line",
                "x0": edge,
                "x1": edge,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"width": 1, "color": palette.ink, "dash": "dash"},
            }
        ]
        words = cutoff_name or _("名额 {count}", count=cutoff)
        layout["annotations"] = [
            label_at(words, edge, 0, palette.ink, size=12)
            | {"yref": "paper", "yanchor": "top", "xanchor": "center"}
        ]
    figure = finish(
        [bands, dots],
        layout,
        palette,
        title=title,
        height=max(180, 92 + 24 * len(labels)),
        margin={"l": _margin(labels), "t": 68, "b": 24},
    )
    alt = _(
        "{title}：{count} 名候选人，{open} 名提请评议。",
        title=title,
        count=len(labels),
        open=sum(open_),
    )
    return Chart(figure, alt, frame, title)
