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
from gridgov.figures.marks import (
    column_or,
    label_width,
    labels_of,
    legend,
    legend_top,
    row_bars,
    rows_axis,
    rows_height,
    rule,
    states_of,
)
from gridgov.figures.palette import Palette
from gridgov.locale import _

__all__ = ["alt_rows", "bars", "funnel_stages", "grouped_bars", "pareto"]

_MAX_BAR_TEXTS = 14


def alt_rows(heading: str, labels: Sequence[str], texts: Sequence[str]) -> str:
    """The first five rows in words, and how many there are."""
    shown = formats.listing(f"{a} {b}" for a, b in list(zip(labels, texts, strict=True))[:5])
    return _("{title}：共 {count} 项。{shown}", title=heading, count=len(labels), shown=shown)


def _rows_figure(
    traces: Sequence[dict[str, Any]],
    labels: Sequence[str],
    palette: Palette,
    heading: str,
    *,
    row: int = 26,
    right: int = 76,
    **layout: Any,
) -> Any:
    """A figure of rows without an axis of values: the bars carry their own."""
    base = {
        "barmode": "overlay",
        "xaxis": axis(palette, visible=False, rangemode="tozero"),
        "yaxis": rows_axis(labels, palette),
    }
    margin = {"l": label_width(labels), "r": right, "b": 14}
    height = rows_height(len(labels), row)
    return finish(traces, base | layout, palette, title=heading, height=height, margin=margin)


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
    back on a click), `note` (a line for the hover). `reference` draws one thin vertical.
    """
    rows = frame.dropna(subset=["value"]) if not frame.empty else frame
    heading = full_title(title, unit, grain)
    if rows.empty:
        return empty_chart(palette, title=title, unit=unit, grain=grain, frame=frame)
    labels = labels_of(rows)
    texts = [formats.bare(value, unit) for value in rows["value"]]
    hover = [
        f"{a}<br><b>{formats.value(b, unit)}</b>"
        for a, b in zip(labels, rows["value"], strict=True)
    ]
    if "note" in rows:
        hover = [f"{a}<br>{b}" if b else a for a, b in zip(hover, rows["note"], strict=True)]
    trace = row_bars(
        title,
        range(len(rows)),
        rows["value"],
        color=[palette.state(state) for state in states_of(rows)],
        texts=texts,
        hover=hover,
        keys=column_or(rows, "key", "label"),
        palette=palette,
    )
    layout: dict[str, Any] = {}
    if reference is not None:
        words = f"{reference_name} {formats.value(reference, unit)}".strip()
        place = {"yref": "paper", "yanchor": "bottom", "xanchor": "center"}
        layout["shapes"] = [rule(palette, x=reference, color=palette.centre)]
        named = label_at(words, reference, 1, palette.muted, size=12) | place
        layout["annotations"] = [named, *_clear_texts(trace, palette)]
    figure = _rows_figure([trace], labels, palette, heading, **layout)
    return Chart(figure, alt_rows(heading, labels, texts), frame, title, unit, grain)


def _clear_texts(trace: dict[str, Any], palette: Palette) -> list[dict[str, Any]]:
    """The bars' texts on a ground of their own: a line that passes behind them stays behind."""
    texts = trace.pop("text")
    ground = {"bgcolor": palette.paper, "borderpad": 0, "xshift": 3}
    return [
        label_at(text, max(length or 0.0, 0.0), place, palette.ink) | ground
        for text, length, place in zip(texts, trace["x"], trace["y"], strict=True)
    ]


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
    names = list(dict.fromkeys(str(name) for name in frame["series"]))
    pair = [palette.accent, palette.centre]
    colors = pair if len(names) < 3 else list(palette.series)
    traces = []
    for place, name in enumerate(names):
        part = frame[frame["series"].astype(str) == name]
        trace: dict[str, Any] = {
            "type": "bar",
            "name": name,
            "x": [str(label) for label in part["label"]],
            "y": rounded(part["value"]),
            "marker": {"color": colors[place % len(colors)]},
            "hovertext": [formats.value(value, unit) for value in part["value"]],
            "hovertemplate": f"%{{x}}<br>{name} <b>%{{hovertext}}</b><extra></extra>",
            "customdata": [str(label) for label in part["label"]],
        }
        if len(frame) <= _MAX_BAR_TEXTS:
            trace |= {
                "text": [formats.bare(value, unit) for value in part["value"]],
                "textposition": "outside",
                "textangle": 0,
                "constraintext": "none",
                "textfont": {"size": 12, "color": palette.muted},
                "cliponaxis": False,
            }
        traces.append(trace)
    layout = {
        "barmode": "group",
        "bargap": 0.3,
        "bargroupgap": 0.08,
        "xaxis": axis(palette, type="category"),
        "yaxis": value_axis(palette, unit, zero=True),
        **legend(palette),
    }
    figure = finish(traces, layout, palette, title=heading, margin={"t": legend_top(len(names))})
    first = frame[frame["series"].astype(str) == names[0]]
    texts = [formats.value(value, unit) for value in first["value"]]
    alt = alt_rows(heading, labels_of(first), texts)
    return Chart(figure, alt, frame, title, unit, grain)


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
    vital = running.shift(fill_value=0.0) < share
    labels, keys = labels_of(rows), column_or(rows, "key", "label")
    texts = [
        f"{formats.whole(value)}  {_('累计')} {formats.percent(part, 0)}"
        for value, part in zip(rows["value"], running, strict=True)
    ]
    traces = []
    for name, chosen, color in (
        (_("前 {share} 的类别", share=formats.percent(share, 0)), vital, palette.accent),
        (_("其余类别"), ~vital, palette.usual),
    ):
        places = [place for place, flag in enumerate(chosen) if flag]
        if places:
            trace = row_bars(
                name,
                places,
                rows["value"].iloc[places],
                color=color,
                texts=[texts[place] for place in places],
                hover=[f"{labels[place]}<br><b>{texts[place]}</b>" for place in places],
                keys=[keys[place] for place in places],
                palette=palette,
            )
            traces.append(trace)
    figure = _rows_figure(traces, labels, palette, heading, right=120)
    few = int(vital.sum())
    alt = _(
        "{title}：{few} 类占 {share}，最多的是{label}（{value}）。",
        title=heading,
        few=few,
        share=formats.percent(running[few - 1]),
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
    labels = labels_of(frame)
    bases = frame["base"] if "base" in frame else frame["value"].shift()
    texts = []
    for value, base in zip(frame["value"], bases, strict=True):
        rate = formats.share(value, base)
        texts.append(formats.whole(value) + ("" if rate == formats.MISSING else f"  {rate}"))
    trace = row_bars(
        title,
        range(len(frame)),
        frame["value"],
        color=palette.accent,
        texts=texts,
        hover=[f"{label}<br><b>{text}</b>" for label, text in zip(labels, texts, strict=True)],
        keys=column_or(frame, "key", "label"),
        palette=palette,
    )
    figure = _rows_figure([trace], labels, palette, heading, row=34, right=110, bargap=0.25)
    return Chart(figure, alt_rows(heading, labels, texts), frame, title, unit)
