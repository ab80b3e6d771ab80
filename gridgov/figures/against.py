"""One measure against another: a rate against the size it rests on, and two measures of a grid."""

from __future__ import annotations

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
    value_axis,
)
from gridgov.figures.marks import (
    column_or,
    dots,
    labels_of,
    quiet_line,
    rule,
    signal_sizes,
    states_of,
)
from gridgov.figures.palette import Palette
from gridgov.locale import _

__all__ = ["funnel_plot", "scatter"]


def _below(text: str) -> dict[str, Any]:
    return {"text": text, "font": {"size": 13}, "standoff": 6}


def _limit_labels(
    limits: pd.DataFrame, target: float, unit: str, palette: Palette
) -> list[dict[str, Any]]:
    """The limits and the average, named at the right where they end."""
    right = {"xref": "paper", "xshift": 4}
    said = _("平均 {value}", value=formats.value(target, unit))
    names = [(said, target)]
    if not limits.empty:
        end = limits.iloc[-1]
        names.append((_("99.8% 界限"), float(end["high998"])))
        names.append((_("95% 界限"), float(end["low95"])))
    return [label_at(text, 1, y, palette.muted, size=12) | right for text, y in names]


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
    bounds = [
        quiet_line(side + level, limits["n"], limits[side + level], color=palette.centre, dash=dash)
        for level, dash in (("95", "dot"), ("998", "solid"))
        for side in ("low", "high")
    ]
    states, labels = states_of(frame), labels_of(frame)
    hover = [
        f"{label}<br><b>{formats.value(value, unit)}</b>  n = {formats.whole(n)}"
        for label, value, n in zip(labels, frame["value"], frame["n"], strict=True)
    ]
    colors = [palette.state(state) for state in states]
    keys, sizes = column_or(frame, "key", "label"), signal_sizes(states)
    points = dots(
        title, frame["n"], frame["value"], color=colors, hover=hover, keys=keys, size=sizes
    )
    outside = [
        place for place, state in enumerate(states) if state in ("better", "worse", "changed")
    ]
    words = [
        label_at(labels[at], float(frame["n"].iloc[at]), float(frame["value"].iloc[at]), colors[at])
        | {"xshift": 7}
        for at in outside
    ]
    across = {"rangemode": "tozero", "nticks": 8, "tickformat": ",d"}
    layout = {
        "xaxis": axis(palette, title=_below(size_name or _("样本量")), **across),
        "yaxis": value_axis(palette, unit, zero=False),
        "shapes": [rule(palette, y=target, color=palette.centre, dash="solid")],
        "annotations": words + _limit_labels(limits, target, unit, palette),
        "hoverdistance": 30,
    }
    margin = {"b": 52, "r": 96}
    figure = finish([*bounds, points], layout, palette, title=heading, height=320, margin=margin)
    some = formats.listing(labels[at] for at in outside[:5])
    named = _("（{names}）", names=some) if outside else ""
    counts = {"count": len(frame), "outside": len(outside), "names": named}
    alt = _("{title}：{count} 个单位，{outside} 个超出界限{names}。", title=heading, **counts)
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
    """Two measures against each other, with the medians of both; `name_points` rows are named.

    `frame`: `label`, `x`, `y`; where known `state`, `key`.
    """
    known = frame.dropna(subset=["x", "y"]) if not frame.empty else frame
    if known.empty:
        return empty_chart(palette, title=title, frame=frame)
    states, labels = states_of(known), labels_of(known)
    hover = [
        f"{label}<br>{x_name} <b>{formats.value(x, x_unit)}</b>"
        f"<br>{y_name} <b>{formats.value(y, y_unit)}</b>"
        for label, x, y in zip(labels, known["x"], known["y"], strict=True)
    ]
    colors, keys = [palette.state(state) for state in states], column_or(known, "key", "label")
    points = dots(title, known["x"], known["y"], color=colors, hover=hover, keys=keys)
    x_mid, y_mid = float(known["x"].median()), float(known["y"].median())
    named = list(zip(labels, known["x"], known["y"], strict=True))[:name_points]
    words = [
        label_at(a, float(x), float(y), palette.muted, size=12) | {"xshift": 7} for a, x, y in named
    ]
    # The name of the upright axis lies level above it: turned Chinese is hard to read.
    top = {"xref": "paper", "yref": "paper", "xshift": -46, "yanchor": "bottom", "yshift": 8}
    words.append(label_at(full_title(y_name, y_unit), 0, 1, palette.muted) | top)
    middle = {"xref": "paper", "xanchor": "right", "yanchor": "bottom"}
    words.append(label_at(_("中位数"), 1, y_mid, palette.muted, size=12) | middle)
    under = {"showgrid": False, "title": _below(full_title(x_name, x_unit))}
    layout = {
        "xaxis": value_axis(palette, x_unit, zero=False) | under,
        "yaxis": value_axis(palette, y_unit, zero=False),
        "shapes": [rule(palette, x=x_mid), rule(palette, y=y_mid)],
        "annotations": words,
        "hoverdistance": 30,
    }
    margin = {"b": 52, "r": 64 if name_points else 16, "t": 68}
    figure = finish([points], layout, palette, title=title, height=320, margin=margin)
    said = {"x": x_name, "y": y_name, "count": len(known), "x_mid": formats.value(x_mid, x_unit)}
    alt = _(
        "{title}：{count} 个单位，{x}中位数 {x_mid}，{y}中位数 {y_mid}。",
        title=title,
        y_mid=formats.value(y_mid, y_unit),
        **said,
    )
    return Chart(figure, alt, frame, title, y_unit)
