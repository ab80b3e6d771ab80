"""Daily volumes: what was, and what is expected with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from gridgov import formats
from gridgov.figures.chart import (
    Chart,
    axis,
    dates,
    empty_chart,
    finish,
    full_title,
    label_at,
    rounded,
    value_axis,
)
from gridgov.figures.palette import Palette
from gridgov.locale import _

__all__ = ["ahead_chart"]


def ahead_chart(
    past: pd.DataFrame,
    ahead: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "",
    days_off: Sequence[str] = (),
    covered_until: str = "",
    height: int = 300,
) -> Chart:
    """Past days as grey dots, the days ahead as a line on its interval.

    `past`: `bucket`, `value`. `ahead`: `bucket`, `value`, `lower`, `upper`. `days_off`: ISO days
    of official holidays, drawn as faint stripes. `covered_until`: the last day whose swaps of
    working days are announced; drawn and named where it falls among the days ahead.
    """
    heading = full_title(title, unit, "day")
    rows = pd.concat([past.assign(part="past"), ahead.assign(part="ahead")], ignore_index=True)
    if ahead.empty:
        return empty_chart(palette, title=title, unit=unit, grain="day", frame=rows)
    before, after = dates(past["bucket"]), dates(ahead["bucket"])
    off = set(days_off)
    traces = _traces(past, ahead, before, after, palette, unit, off)
    shapes = [_stripe(day, palette) for day in sorted(off & set(after + before))]
    words = []
    if covered_until and after[0] <= covered_until < after[-1]:
        shapes.append(_edge(covered_until, palette))
        said = _("此后调休未公布")
        # Past the middle the words stand to the left: they must not stretch the axis.
        late = covered_until > after[len(after) // 2]
        side = {"xanchor": "right", "xshift": -4} if late else {"xshift": 4}
        words.append(
            label_at(said, covered_until, 0.99, palette.muted, size=12)
            | {"yref": "paper", "yanchor": "top", **side}
        )
    layout = {
        "xaxis": _months_axis([*before, *after], palette),
        "yaxis": value_axis(palette, unit, zero=True),
        "shapes": shapes,
        "annotations": words,
        "hoverdistance": 30,
    }
    figure = finish(traces, layout, palette, title=heading, height=height)
    alt = _(
        "{title}：{first} 至 {last}，每天预计 {low} 到 {high}。",
        title=heading,
        first=after[0],
        last=after[-1],
        low=formats.value(float(ahead["value"].min()), unit),
        high=formats.value(float(ahead["value"].max()), unit),
    )
    return Chart(figure, alt, rows, title, unit, "day")


def _traces(
    past: pd.DataFrame,
    ahead: pd.DataFrame,
    before: Sequence[str],
    after: Sequence[str],
    palette: Palette,
    unit: str,
    off: set[str],
) -> list[dict[str, Any]]:
    """Dots of the past, the band, the line ahead."""
    edge = {"type": "scatter", "mode": "lines", "x": after, "hoverinfo": "skip"}
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": _("已发生"),
            "x": before,
            "y": rounded(past["value"]),
            "marker": {"size": 4, "color": palette.usual, "opacity": 1},
            "text": [
                f"{day}<br><b>{formats.value(value, unit)}</b>"
                for day, value in zip(before, past["value"], strict=True)
            ],
            "hovertemplate": "%{text}<extra></extra>",
        },
        {**edge, "name": _("下限"), "y": rounded(ahead["lower"]), "line": {"width": 0}},
        {
            **edge,
            "name": _("区间"),
            "y": rounded(ahead["upper"]),
            "line": {"width": 0},
            "fill": "tonexty",
            "fillcolor": palette.band,
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": _("预计"),
            "x": after,
            "y": rounded(ahead["value"]),
            "line": {"width": 2, "color": palette.accent},
            "text": _hover(after, ahead, unit, off),
            "hovertemplate": "%{text}<extra></extra>",
        },
    ]


def _months_axis(days: Sequence[str], palette: Palette) -> dict[str, Any]:
    """Ticks on the first of each month: few enough for a phone; the year where it turns."""
    firsts = [day for day in days if day.endswith("-01")]
    texts = []
    for at, day in enumerate(firsts):
        turns = at == 0 or day[5:7] == "01"
        texts.append(formats.month(day, short=True) + (f"<br>{day[:4]}" if turns else ""))
    return axis(
        palette,
        type="date",
        tickmode="array",
        tickvals=firsts,
        ticktext=texts,
        tickangle=0,
        range=[days[0], days[-1]],
    )


def _hover(days: Sequence[str], ahead: pd.DataFrame, unit: str, off: set[str]) -> list[str]:
    texts = []
    columns = (ahead["value"], ahead["lower"], ahead["upper"])
    for day, value, low, high in zip(days, *columns, strict=True):
        lines = [day, _("预计 {value}", value=f"<b>{formats.value(value, unit)}</b>")]
        if not formats.is_missing(low):
            lines.append(_("区间 {span}", span=formats.interval(low, high, unit)))
        if day in off:
            lines.append(_("法定节假日"))
        texts.append("<br>".join(lines))
    return texts


def _stripe(day: str, palette: Palette) -> dict[str, Any]:
    begin, finish_ = pd.Timestamp(day), pd.Timestamp(day) + pd.Timedelta(days=1)
    half = pd.Timedelta(hours=12)
    return {
        "type": "rect",
        "x0": (begin - half).isoformat(),
        "x1": (finish_ - half).isoformat(),
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "fillcolor": palette.grid,
        "opacity": 0.6,
        "line": {"width": 0},
        "layer": "below",
    }


def _edge(day: str, palette: Palette) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": day,
        "x1": day,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"width": 1, "color": palette.muted, "dash": "1px 3px"},
    }
