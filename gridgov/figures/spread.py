"""Spread and uncertainty: how long it takes, how wide a group lies, how wide a rank may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
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
from gridgov.figures.marks import (
    column_or,
    dots,
    label_width,
    labels_of,
    quiet_line,
    rows_axis,
    rule,
)
from gridgov.figures.palette import Palette
from gridgov.locale import _

__all__ = ["box", "rank_bands", "survival_curve"]


# A figure's height is some 250 pixels: finer steps of a curve lie on the same one.
_STEP = 1 / 250


def _drawn(data: pd.DataFrame) -> pd.DataFrame:
    """The rows of curves that can be told apart when drawn: ten thousand cases fall in a thousand
    steps, each a text and three numbers to send."""
    height = np.floor(data["open_share"].to_numpy(dtype=np.float64) / _STEP)
    series = data["series"].to_numpy()
    is_seen = np.ones(len(data), dtype=np.bool_)
    is_seen[1:] = (height[1:] != height[:-1]) | (series[1:] != series[:-1])
    # The last one of each series says where it ends.
    is_seen[:-1] |= series[1:] != series[:-1]
    is_seen[-1] = True
    return data[is_seen]


def _curves(
    data: pd.DataFrame, palette: Palette, unit: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A falling step a series, and its name at its end where there is more than one."""
    names = list(dict.fromkeys(str(name) for name in data["series"]))
    traces, words = [], []
    for turn, name in enumerate(names):
        rows = data[data["series"].astype(str) == name]
        color = palette.accent if len(names) == 1 else palette.series[turn % len(palette.series)]
        hover = [
            f"{formats.with_unit(formats.number(t), unit, t)}<br>{name} <b>{formats.percent(s)}</b>"
            for t, s in zip(rows["time"], rows["open_share"], strict=True)
        ]
        trace = quiet_line(name, rows["time"], rows["open_share"], color=color, width=2, shape="hv")
        del trace["hoverinfo"]
        traces.append({**trace, "text": hover, "hovertemplate": "%{text}<extra></extra>"})
        if len(names) > 1:
            last = rows.iloc[-1]
            end = label_at(name, float(last["time"]), float(last["open_share"]), color)
            words.append(end | {"xshift": 6})
    return traces, words


def _quantile_marks(
    marks: Sequence[tuple[float, float | None, str]], palette: Palette, unit: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """From the axis to the curve and across: where a share of the cases is done."""
    shapes, words = [], []
    thin = {"type": "line", "line": {"width": 1, "color": palette.muted, "dash": "dot"}}
    for share, time, words_of in marks:
        if time is None or formats.is_missing(time):
            continue
        shapes.append({**thin, "x0": time, "x1": time, "y0": 0, "y1": share})
        shapes.append({**thin, "x0": 0, "x1": time, "y0": share, "y1": share})
        text = words_of.format(time=formats.with_unit(formats.number(time), unit, time))
        words.append(label_at(text, time, share, palette.ink) | {"xshift": 8, "yanchor": "bottom"})
    return shapes, words


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
    data = _drawn(frame if "series" in frame else frame.assign(series=_("仍未办结")))
    band: list[dict[str, Any]] = []
    if {"low", "high"} <= set(data.columns) and data["series"].nunique() == 1:
        edge: dict[str, Any] = {"width": 0, "shape": "hv"}
        fill: dict[str, Any] = {"fill": "tonexty", "fillcolor": palette.band}
        band.append(quiet_line(_("下限"), data["time"], data["low"], **edge))
        band.append(quiet_line(_("95% 区间"), data["time"], data["high"], **edge, **fill))
    curves, names = _curves(data, palette, unit)
    wanted = ((0.5, median, _("一半在 {time}内办结")), (0.1, p90, _("九成在 {time}内办结")))
    shapes, marks = _quantile_marks(wanted, palette, unit)
    below = {
        "text": _("受理后（{unit}）", unit=formats.unit_name(unit)),
        "font": {"size": 13},
        "standoff": 6,
    }
    layout = {
        "xaxis": axis(palette, rangemode="tozero", nticks=8, title=below),
        "yaxis": value_axis(palette, "%", zero=True),
        "shapes": shapes,
        "annotations": names + marks,
        "hoverdistance": 40,
    }
    right = label_width([str(name) for name in data["series"].unique()]) if names else 24
    margin = {"b": 52, "r": right}
    figure = finish(band + curves, layout, palette, title=heading, margin=margin)
    reached = formats.listing(mark["text"] for mark in marks) or _("不到一半办结")
    alt = _("{title}：{reached}。", title=heading, reached=reached)
    if n is not None:
        alt += f" n = {formats.whole(n)}"
    return Chart(figure, alt, frame, title, unit)


def _box_hover(frame: pd.DataFrame, unit: str) -> list[str]:
    found = []
    for record in frame.to_dict("records"):
        more = f"  n = {formats.whole(record['n'])}" if "n" in record else ""
        half = _("中间一半 {span}", span=formats.interval(record["q1"], record["q3"], unit))
        middle = formats.value(record["median"], unit)
        found.append(f"{record['label']}{more}<br>{_('中位数')} <b>{middle}</b><br>{half}")
    return found


def box(frame: pd.DataFrame, palette: Palette, *, title: str, unit: str = "") -> Chart:
    """Spread by group from quantiles worked out before: a box of the middle half, whiskers.

    `frame`: `label`, `low`, `q1`, `median`, `q3`, `high`; where known `n`, `key`.
    """
    heading = full_title(title, unit)
    if frame.empty:
        return empty_chart(palette, title=title, unit=unit, frame=frame)
    labels, places = labels_of(frame), list(range(len(frame)))
    boxes = {
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
    middles = dots(
        _("中位数"),
        frame["median"],
        places,
        color=palette.accent,
        hover=_box_hover(frame, unit),
        keys=column_or(frame, "key", "label"),
    )
    layout = {"xaxis": value_axis(palette, unit, zero=False), "yaxis": rows_axis(labels, palette)}
    height = max(160, 84 + 28 * len(labels))
    margin = {"l": label_width(labels)}
    figure = finish([boxes, middles], layout, palette, title=heading, height=height, margin=margin)
    texts = [formats.value(value, unit) for value in frame["median"]]
    shown = formats.listing(f"{a} {b}" for a, b in list(zip(labels, texts, strict=True))[:5])
    alt = _("{title}：{count} 组，中位数：{shown}", title=heading, count=len(labels), shown=shown)
    return Chart(figure, alt, frame, title, unit)


def _rank_hover(frame: pd.DataFrame, undecided: Sequence[bool]) -> list[str]:
    found = []
    for record, flag in zip(frame.to_dict("records"), undecided, strict=True):
        low, high = int(record["low"]), int(record["high"])
        said = _("名次 {rank}，区间 {low}–{high}", rank=record["rank"], low=low, high=high)
        lines = [str(record["label"]), said]
        if "probability" in record:
            lines.append(_("进入名额的可能性 {p}", p=formats.percent(record["probability"], 0)))
        if flag:
            lines.append(_("提请评议"))
        found.append("<br>".join(lines))
    return found


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
    labels, places = labels_of(frame), list(range(len(frame)))
    undecided = (
        [bool(flag) for flag in frame["is_open"]] if "is_open" in frame else [False] * len(frame)
    )
    bands = {
        "type": "bar",
        "orientation": "h",
        "name": _("名次区间（5%–95%）"),
        "y": places,
        "base": rounded(frame["low"] - 0.5),
        "x": rounded(frame["high"] - frame["low"] + 1),
        "marker": {"color": [palette.tint_changed if flag else palette.rule for flag in undecided]},
        "width": 0.55,
        "hoverinfo": "skip",
    }
    ranks = dots(
        _("名次"),
        frame["rank"],
        places,
        color=[palette.changed if flag else palette.muted for flag in undecided],
        hover=_rank_hover(frame, undecided),
        keys=column_or(frame, "key", "label"),
    )
    across = {"showgrid": True, "gridcolor": palette.grid, "tickformat": "d", "nticks": 8}
    span = [0.3, float(frame["high"].max()) + 0.7]
    layout: dict[str, Any] = {
        "xaxis": axis(palette, side="top", range=span, **across),
        "yaxis": rows_axis(labels, palette),
    }
    if cutoff is not None:
        words = cutoff_name or _("名额 {count}", count=cutoff)
        below = {"yref": "paper", "yanchor": "top", "xanchor": "center"}
        layout["shapes"] = [
            rule(palette, x=cutoff + 0.5, color=palette.ink, dash="dash", layer="above")
        ]
        layout["annotations"] = [label_at(words, cutoff + 0.5, 0, palette.ink, size=12) | below]
    height = max(180, 92 + 24 * len(labels))
    margin = {"l": label_width(labels), "t": 68, "b": 24}
    figure = finish([bands, ranks], layout, palette, title=title, height=height, margin=margin)
    said = {"title": title, "count": len(labels), "open": sum(undecided)}
    alt = _("{title}：{count} 名候选人，{open} 名提请评议。", **said)
    return Chart(figure, alt, frame, title)
