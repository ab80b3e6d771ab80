"""From one level to another by the steps between, as rows: what carries a change.

The steps float between two rules, the level before and the level after. No bar stands on zero,
so the axis may begin where the change does; a waterfall of columns from zero would show a change
of three percentage points in ninety as a hair.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from gridgov import formats
from gridgov.figures.bars import alt_rows
from gridgov.figures.chart import Chart, axis, empty_chart, finish, full_title, label_at, rounded
from gridgov.figures.marks import label_width, labels_of, rows_axis, rows_height, rule
from gridgov.figures.palette import Palette
from gridgov.locale import _

__all__ = ["change_steps"]


def _colors(values: list[float], up_is_better: bool | None, palette: Palette) -> list[str]:
    if up_is_better is None:
        return [palette.usual for _value in values]
    return [
        palette.usual if not value else palette.better if (value > 0) == up_is_better
        else palette.worse
        for value in values
    ]  # fmt: skip


def change_steps(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "",
    up_is_better: bool | None = None,
) -> Chart:
    """A waterfall of rows.

    `frame`: `label`, `value`, `kind`; the first and the last row are of kind "total", the others
    "step" and add up to their difference; where known `key` (comes back on a click). Unit "%"
    means that fractions are given. With `up_is_better` steps are coloured by what they mean.
    """
    # A step between two percentages is counted in percentage points.
    heading = full_title(title, _("个百分点") if unit == "%" else unit)
    if len(frame) < 3:
        return empty_chart(palette, title=title, unit=unit, frame=frame)
    values = [float(value) for value in frame["value"]]
    start, end, steps = values[0], values[-1], values[1:-1]
    bases, level = [], start
    for step in steps:
        bases.append(level)
        level += step
    texts = [formats.signed(step * 100 if unit == "%" else step) for step in steps]
    labels = labels_of(frame)
    ends = [formats.bare(start, unit), formats.bare(end, unit)]
    inside = labels[1:-1]
    trace = {
        "type": "bar",
        "orientation": "h",
        "name": title,
        "base": rounded(bases, 6),
        "x": rounded(steps, 6),
        "y": list(range(len(steps))),
        "marker": {"color": _colors(steps, up_is_better, palette)},
        "text": texts,
        "textposition": "outside",
        "constraintext": "none",
        "textfont": {"color": palette.ink, "size": 13},
        "cliponaxis": False,
        "hovertext": [
            f"{label}<br><b>{text}</b>" for label, text in zip(inside, texts, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": list(frame["key"])[1:-1] if "key" in frame else inside,
    }
    layout = _layout(bases, steps, inside, (start, end), (labels[0], labels[-1]), ends, palette)
    figure = finish(
        [trace],
        layout,
        palette,
        title=heading,
        height=rows_height(len(steps), 26) + 26,
        margin={"l": label_width(inside), "r": 64, "t": 66, "b": 14},
    )
    alt = alt_rows(heading, labels, [ends[0], *texts, ends[1]])
    return Chart(figure, alt, frame, title, unit)


def _layout(
    bases: list[float],
    steps: list[float],
    inside: list[str],
    levels: tuple[float, float],
    names: tuple[str, str],
    ends: list[str],
    palette: Palette,
) -> dict[str, Any]:
    """Two rules with their names above, and room at both sides for the texts of the steps."""
    reached = [*bases, *(base + step for base, step in zip(bases, steps, strict=True)), *levels]
    low, high = min(reached), max(reached)
    air = (high - low or abs(high) or 1.0) * 0.16
    start_left = levels[0] <= levels[1]
    words = []
    for at, (level, name, text) in enumerate(zip(levels, names, ends, strict=True)):
        left = (at == 0) == start_left
        words.append(
            label_at(f"{name} {text}", level, 1, palette.muted, size=12)
            | {"yref": "paper", "yanchor": "bottom", "xanchor": "right" if left else "left"}
            | {"xshift": 3 if left else -3, "yshift": 2}
        )
    gap = levels[1] - levels[0]
    if abs(gap) < (high - low) * 0.02:
        # Two names on one spot: say both in one.
        both = _("{first} → {second}", first=words[0]["text"], second=words[1]["text"])
        words = [words[0] | {"text": both, "xanchor": "center", "xshift": 0}]
    return {
        "xaxis": axis(palette, visible=False, range=[low - air, high + air]),
        "yaxis": rows_axis(inside, palette),
        "shapes": [
            rule(palette, x=levels[0], color=palette.rule, dash="solid"),
            rule(palette, x=levels[1], color=palette.centre, dash="solid"),
        ],
        "annotations": words,
    }
