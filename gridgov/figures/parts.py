"""Wholes and their parts: from one total to another, and what a score is made of."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gridgov import formats
from gridgov.figures.bars import alt_rows
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
    label_width,
    labels_of,
    legend,
    legend_top,
    rows_axis,
    rows_height,
    rule,
)
from gridgov.figures.palette import Palette

__all__ = ["stacked_contributions", "waterfall"]


def _step_color(value: float, up_is_better: bool | None, palette: Palette) -> str:
    if up_is_better is None or not value:
        return palette.usual
    return palette.better if (value > 0) == up_is_better else palette.worse


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
    level, bases, colors, texts = 0.0, [], [], []
    for value, kind in zip(frame["value"].astype(float), frame["kind"], strict=True):
        if kind == "total":
            bases.append(0.0)
            level = value
            colors.append(palette.muted)
            texts.append(formats.bare(value, unit))
        else:
            bases.append(level)
            level += value
            colors.append(_step_color(value, up_is_better, palette))
            texts.append(formats.signed(value * 100 if unit == "%" else value))
    trace = {
        "type": "bar",
        "name": title,
        "x": labels_of(frame),
        "base": rounded(bases),
        "y": rounded(frame["value"]),
        "marker": {"color": colors},
        "text": texts,
        "textposition": "outside",
        "constraintext": "none",
        "textfont": {"color": palette.ink, "size": 13},
        "cliponaxis": False,
        "hovertemplate": "%{x}<br><b>%{text}</b><extra></extra>",
    }
    layout = {
        "xaxis": axis(palette, type="category"),
        "yaxis": value_axis(palette, unit, zero=True),
    }
    figure = finish([trace], layout, palette, title=heading)
    alt = alt_rows(heading, labels_of(frame), texts)
    return Chart(figure, alt, frame, title, unit)


def _piece(
    rows: pd.DataFrame, part: str, color: str, place: dict[str, int], palette: Palette
) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": part,
        "x": rounded(rows["value"], 2),
        "y": [place[str(label)] for label in rows["label"]],
        "marker": {"color": color, "line": {"width": 1, "color": palette.paper}},
        "hovertext": [
            f"{label}<br>{part} <b>{formats.number(value)}</b>"
            for label, value in zip(rows["label"], rows["value"], strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": column_or(rows, "key", "label"),
    }


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
    names = frame["label"].astype(str)
    labels = list(dict.fromkeys(names))
    parts = list(dict.fromkeys(str(part) for part in frame["part"]))
    totals = dict.fromkeys(labels, 0.0)
    for name, value in zip(names, frame["value"], strict=True):
        totals[name] += float(value)
    place = {label: row for row, label in enumerate(labels)}
    shades = [*palette.series, *palette.steps[2:]]
    traces = [
        _piece(
            frame[frame["part"].astype(str) == part],
            part,
            shades[turn % len(shades)],
            place,
            palette,
        )
        for turn, part in enumerate(parts)
    ]
    texts = [formats.number(round(totals[label], 2)) for label in labels]
    right = {"xref": "paper", "xshift": 6}
    words = [label_at(text, 1, row, palette.ink) | right for row, text in enumerate(texts)]
    layout: dict[str, Any] = {
        "barmode": "relative",
        "xaxis": axis(palette, visible=False, rangemode="tozero"),
        "yaxis": rows_axis(labels, palette),
        "annotations": words,
        **legend(palette),
    }
    if reference is not None:
        said = f"{reference_name} {formats.value(reference, unit)}".strip()
        below = {"yref": "paper", "yanchor": "top", "xanchor": "center"}
        layout["shapes"] = [rule(palette, x=reference, color=palette.ink, layer="above")]
        words.append(label_at(said, reference, 0, palette.muted, size=12) | below)
    top = legend_top(len(parts))
    margin = {"l": label_width(labels), "r": 56, "t": top, "b": 26}
    height = rows_height(len(labels)) + top - 32
    figure = finish(traces, layout, palette, title=heading, height=height, margin=margin)
    return Chart(figure, alt_rows(heading, labels, texts), frame, title, unit)
