"""Bars: counts and rates side by side, from zero, labelled where they end."""

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

__all__ = ["bars", "funnel_stages", "grouped_bars", "pareto", "stacked_contributions", "waterfall"]

_ROW = 26


def _tall(rows: int, row: int = _ROW) -> int:
    """Rows decide the height of a figure of rows; never lower than the small figures."""
    return max(160, 44 + 20 + rows * row)


def _label_margin(labels: Sequence[str]) -> int:
    """Room for the longest label in pixels: a Chinese character is 13 px wide, a Latin one 7."""
    widest = max(
        (sum(13 if ord(sign) > 0x2E7F else 7 for sign in text) for text in labels), default=0
    )
    return min(max(widest + 14, 40), 190)


def _rows_axis(labels: Sequence[str], palette: Palette) -> dict[str, Any]:
    """Rows from top to bottom by place, so that two rows of one name stay two."""
    return axis(
        palette,
        tickmode="array",
        tickvals=list(range(len(labels))),
        ticktext=list(labels),
        range=[len(labels) - 0.5, -0.5],
        tickfont={"size": 13, "color": palette.ink},
    )


def _alt_rows(heading: str, labels: Sequence[str], texts: Sequence[str]) -> str:
    """The first five rows in words, and how many there are."""
    shown = "；".join(
        f"{label} {text}" for label, text in list(zip(labels, texts, strict=True))[:5]
    )
    return _("{title}：共 {count} 项。{shown}", title=heading, count=len(labels), shown=shown)


def bars(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "",
    grain: str = "",
    reference: float | None = None,
    reference_name: str = "",
) -> Chart:
    """Horizontal bars in the order of the rows.

    `frame`: `label`, `value`; where known `state` (better, worse, changed, usual), `key` (comes
    back on a click), `n`, `note` (a line for the hover). `reference` draws one thin vertical.
    """
    rows = frame.dropna(subset=["value"]) if not frame.empty else frame
    heading = full_title(title, unit, grain)
    if rows.empty:
        return empty_chart(palette, title=title, unit=unit, grain=grain, frame=frame)
    labels = [str(label) for label in rows["label"]]
    texts = [formats.value(value, unit) for value in rows["value"]]
    states = rows["state"] if "state" in rows else ["usual"] * len(rows)
    keys = rows["key"] if "key" in rows else rows["label"]
    notes = list(rows["note"]) if "note" in rows else [""] * len(rows)
    trace = {
        "type": "bar",
        "orientation": "h",
        "name": title,
        "x": rounded(rows["value"]),
        "y": list(range(len(rows))),
        "marker": {"color": [palette.state(str(state)) for state in states]},
        "text": texts,
        "textposition": "outside",
        "textfont": {"color": palette.ink, "size": 13},
        "cliponaxis": False,
        "hovertext": [
            f"{a}<br><b>{b}</b>{'<br>' + str(c) if c else ''}"
            for a, b, c in zip(labels, texts, notes, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [str(key) for key in keys],
    }
    layout: dict[str, Any] = {
        "xaxis": axis(palette, visible=False, rangemode="tozero"),
        "yaxis": _rows_axis(labels, palette),
    }
    if reference is not None:
        layout["shapes"] = [_vertical(reference, palette)]
        words = f"{reference_name} {formats.value(reference, unit)}".strip()
        layout["annotations"] = [
            label_at(words, reference, 1, palette.muted, size=12)
            | {"yref": "paper", "yanchor": "bottom", "xanchor": "center"}
        ]
    margin = {"l": _label_margin(labels), "r": 76, "b": 12}
    figure = finish([trace], layout, palette, title=heading, height=_tall(len(rows)), margin=margin)
    return Chart(figure, _alt_rows(heading, labels, texts), frame, title, unit, grain)


def _vertical(x: float, palette: Palette) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"width": 1, "color": palette.muted, "dash": "dot"},
    }


def grouped_bars(
    frame: pd.DataFrame, palette: Palette, *, title: str, unit: str = "", grain: str = ""
) -> Chart:
    """Vertical bars, a group for each label, one bar a series (at most three read well).

    `frame`: `label`, `series`, `value`; the first series is the one the reader came for and is
    dark, a second one (the comparison) pale.
    """
    heading = full_title(title, unit, grain)
    if frame.empty or frame["value"].isna().all():
        return empty_chart(palette, title=title, unit=unit, grain=grain, frame=frame)
    labels = list(dict.fromkeys(str(label) for label in frame["label"]))
    names = list(dict.fromkeys(str(name) for name in frame["series"]))
    colors = (
        [palette.accent, palette.centre, *palette.series]
        if len(names) < 3
        else list(palette.series)
    )
    traces = []
    for place, name in enumerate(names):
        part = frame[frame["series"].astype(str) == name]
        texts = [formats.value(value, unit) for value in part["value"]]
        traces.append(
            {
                "type": "bar",
                "name": name,
                "x": [str(label) for label in part["label"]],
                "y": rounded(part["value"]),
                "marker": {"color": colors[place % len(colors)]},
                "text": texts if len(labels) * len(names) <= 14 else None,
                "textposition": "outside",
                "textangle": 0,
                "textfont": {"size": 12, "color": palette.muted},
                "cliponaxis": False,
                "hovertext": texts,
                "hovertemplate": f"%{{x}}<br>{name} <b>%{{hovertext}}</b><extra></extra>",
                "customdata": [str(label) for label in part["label"]],
            }
        )
    layout = {
        "barmode": "group",
        "bargap": 0.3,
        "bargroupgap": 0.08,
        "xaxis": axis(palette, type="category"),
        "yaxis": value_axis(palette, unit, zero=True),
        **_legend(palette),
    }
    figure = finish(traces, layout, palette, title=heading, margin={"t": 68})
    first = frame[frame["series"].astype(str) == names[0]]
    alt = _alt_rows(
        heading, [str(x) for x in first["label"]], [formats.value(x, unit) for x in first["value"]]
    )
    return Chart(figure, alt, frame, title, unit, grain)


def _legend(palette: Palette) -> dict[str, Any]:
    """Names of the series on one line under the title, where labels beside the marks have no room."""
    return {
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
            "traceorder": "normal",
            "itemclick": False,
            "itemdoubleclick": False,
            "font": {"size": 13, "color": palette.muted},
        },
    }


def pareto(
    frame: pd.DataFrame, palette: Palette, *, title: str, unit: str = "件", share: float = 0.8
) -> Chart:
    """Categories from the most frequent, with the running share; those that make up `share` dark.

    `frame`: `label`, `value`; where known `key`.
    """
    heading = full_title(title, unit)
    if frame.empty or not frame["value"].sum():
        return empty_chart(palette, title=title, unit=unit, frame=frame)
    rows = frame.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)
    running = rows["value"].cumsum() / rows["value"].sum()
    before = running.shift(fill_value=0.0)
    labels = [str(label) for label in rows["label"]]
    texts = [
        f"{formats.whole(v)}  {_('累计')} {formats.percent(r, 0)}"
        for v, r in zip(rows["value"], running, strict=True)
    ]
    keys = rows["key"] if "key" in rows else rows["label"]
    base = {
        "type": "bar",
        "orientation": "h",
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"color": palette.ink, "size": 13},
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    traces = []
    vital = before < share
    for name, mask, color in (
        (_("前 {share} 的类别", share=formats.percent(share, 0)), vital, palette.accent),
        (_("其余类别"), ~vital, palette.usual),
    ):
        places = [place for place, chosen in enumerate(mask) if chosen]
        if places:
            traces.append(
                {
                    **base,
                    "name": name,
                    "x": rounded(rows["value"].iloc[places]),
                    "y": places,
                    "marker": {"color": color},
                    "text": [texts[place] for place in places],
                    "hovertext": [f"{labels[place]}<br><b>{texts[place]}</b>" for place in places],
                    "customdata": [str(keys.iloc[place]) for place in places],
                }
            )
    layout = {
        "barmode": "overlay",
        "xaxis": axis(palette, visible=False, rangemode="tozero"),
        "yaxis": _rows_axis(labels, palette),
    }
    margin = {"l": _label_margin(labels), "r": 120, "b": 12}
    figure = finish(traces, layout, palette, title=heading, height=_tall(len(rows)), margin=margin)
    alt = _(
        "{title}：{few} 类占 {share}，最多的是 {label}（{value}）。",
        title=heading,
        few=int(vital.sum()),
        share=formats.percent(running[int(vital.sum()) - 1]),
        label=labels[0],
        value=formats.value(rows["value"][0], unit),
    )
    return Chart(figure, alt, rows, title, unit)


def funnel_stages(frame: pd.DataFrame, palette: Palette, *, title: str, unit: str = "件") -> Chart:
    """The steps of a process as bars, each with its share of the step that it is measured against.

    `frame`: `label`, `value`, and where it is not the row before, `base` (the denominator of the
    step's rate; missing for the first); where known `key`.
    """
    heading = full_title(title, unit)
    if frame.empty or not frame["value"].max():
        return empty_chart(palette, title=title, unit=unit, frame=frame)
    labels = [str(label) for label in frame["label"]]
    bases = frame["base"] if "base" in frame else frame["value"].shift()
    texts = []
    for value, base in zip(frame["value"], bases, strict=True):
        rate = formats.share(value, base)
        texts.append(formats.whole(value) + ("" if rate == formats.MISSING else f"  {rate}"))
    keys = frame["key"] if "key" in frame else frame["label"]
    trace = {
        "type": "bar",
        "orientation": "h",
        "name": title,
        "x": rounded(frame["value"]),
        "y": list(range(len(frame))),
        "marker": {"color": palette.accent, "opacity": 0.85},
        "text": texts,
        "textposition": "outside",
        "textfont": {"color": palette.ink, "size": 13},
        "cliponaxis": False,
        "hovertext": [
            f"{label}<br><b>{text}</b>" for label, text in zip(labels, texts, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [str(key) for key in keys],
    }
    layout = {
        "xaxis": axis(palette, visible=False, rangemode="tozero"),
        "yaxis": _rows_axis(labels, palette),
        "bargap": 0.25,
    }
    margin = {"l": _label_margin(labels), "r": 110, "b": 12}
    figure = finish(
        [trace], layout, palette, title=heading, height=_tall(len(frame), 34), margin=margin
    )
    return Chart(figure, _alt_rows(heading, labels, texts), frame, title, unit)


def waterfall(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "",
    up_is_better: bool | None = None,
) -> Chart:
    """From one total to another by the steps between.

    `frame`: `label`, `value`, `kind` ("total" or "step"; a total stands on zero, a step begins
    where the one before ended). With `up_is_better` steps are coloured by what they mean.
    """
    heading = full_title(title, unit)
    if frame.empty:
        return empty_chart(palette, title=title, unit=unit, frame=frame)
    level, bases, lengths, colors, texts = 0.0, [], [], [], []
    for value, kind in zip(frame["value"].astype(float), frame["kind"], strict=True):
        if kind == "total":
            bases.append(0.0)
            level = value
            colors.append(palette.muted)
            texts.append(formats.value(value, unit))
        else:
            bases.append(level)
            level += value
            good = None if up_is_better is None or not value else (value > 0) == up_is_better
            colors.append(
                palette.usual if good is None else palette.better if good else palette.worse
            )
            texts.append(formats.signed(value * 100 if unit == "%" else value))
        lengths.append(value)
    trace = {
        "type": "bar",
        "name": title,
        "x": [str(label) for label in frame["label"]],
        "base": rounded(bases),
        "y": rounded(lengths),
        "marker": {"color": colors},
        "text": texts,
        "textposition": "outside",
        "textfont": {"color": palette.ink, "size": 13},
        "cliponaxis": False,
        "hovertemplate": "%{x}<br><b>%{text}</b><extra></extra>",
    }
    layout = {
        "xaxis": axis(palette, type="category"),
        "yaxis": value_axis(palette, unit, zero=True),
    }
    figure = finish([trace], layout, palette, title=heading)
    return Chart(
        figure, _alt_rows(heading, [str(x) for x in frame["label"]], texts), frame, title, unit
    )


def stacked_contributions(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "分",
    reference: float | None = None,
    reference_name: str = "",
) -> Chart:
    """What a score is made of: a row for each label, a piece for each part, deductions to the left.

    `frame`: `label`, `part`, `value` (negative for a deduction), in the order to be drawn; where
    known `key`. `reference` draws the cut-off.
    """
    heading = full_title(title, unit)
    if frame.empty:
        return empty_chart(palette, title=title, unit=unit, frame=frame)
    labels = list(dict.fromkeys(str(label) for label in frame["label"]))
    parts = list(dict.fromkeys(str(part) for part in frame["part"]))
    totals = frame.groupby(frame["label"].astype(str))["value"].sum()
    place = {label: row for row, label in enumerate(labels)}
    # Neighbouring pieces alternate in depth, so that they part without needing as many hues.
    shades = [*palette.series, *palette.steps[2:]]
    traces = []
    for turn, part in enumerate(parts):
        rows = frame[frame["part"].astype(str) == part]
        texts = [formats.number(value) for value in rows["value"]]
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": part,
                "x": rounded(rows["value"], 2),
                "y": [place[str(label)] for label in rows["label"]],
                "marker": {
                    "color": shades[turn % len(shades)],
                    "line": {"width": 1, "color": palette.paper},
                },
                "hovertext": [
                    f"{a}<br>{part} <b>{b}</b>" for a, b in zip(rows["label"], texts, strict=True)
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
                "customdata": [
                    str(key) for key in (rows["key"] if "key" in rows else rows["label"])
                ],
            }
        )
    right = frame[frame["value"] > 0].groupby(frame["label"].astype(str))["value"].sum()
    words = [
        label_at(
            formats.number(totals[label]), float(right.get(label, 0.0)), place[label], palette.ink
        )
        | {"xshift": 4}
        for label in labels
    ]
    layout: dict[str, Any] = {
        "barmode": "relative",
        "xaxis": axis(palette, visible=False, rangemode="tozero"),
        "yaxis": _rows_axis(labels, palette),
        **_legend(palette),
        "annotations": words,
    }
    if reference is not None:
        layout["shapes"] = [_vertical(reference, palette)]
        text = f"{reference_name} {formats.value(reference, unit)}".strip()
        words.append(
            label_at(text, reference, 0, palette.muted, size=12)
            | {"yref": "paper", "yanchor": "top", "xanchor": "center"}
        )
    # The legend wraps on narrow screens: about four parts a line at the least width.
    top = 50 + 22 * -(-len(parts) // 5)
    margin = {"l": _label_margin(labels), "r": 60, "t": top, "b": 24}
    figure = finish(
        traces, layout, palette, title=heading, height=_tall(len(labels)) + top - 44, margin=margin
    )
    texts = [formats.value(round(float(totals[label]), 2), unit) for label in labels]
    return Chart(figure, _alt_rows(heading, labels, texts), frame, title, unit)
