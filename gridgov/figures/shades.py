"""A table in shades of one hue: where is much, where is little. No state and no judgement in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from gridgov import formats
from gridgov.figures.bars import alt_rows
from gridgov.figures.chart import Chart, axis, empty_chart, finish, full_title
from gridgov.figures.marks import label_width, rows_axis
from gridgov.figures.palette import Palette, ink_on

__all__ = ["shade_table"]

_MOST_TEXTS = 14


def shade_table(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "",
    grain: str = "",
    columns: Sequence[str] = (),
) -> Chart:
    """Rows × columns, each cell deeper for more, its value written where there is room.

    `frame`: `row`, `column`, `value`; where known `note` (a line for the hover). Rows and columns
    in the order of first appearance, columns in that of `columns` where given; a missing value
    leaves its cell open.
    """
    heading = full_title(title, unit, grain)
    if frame.empty or frame["value"].isna().all():
        return empty_chart(palette, title=title, unit=unit, grain=grain, frame=frame)
    rows = list(dict.fromkeys(map(str, frame["row"])))
    columns = list(columns) or list(dict.fromkeys(map(str, frame["column"])))
    down = {row: place for place, row in enumerate(rows)}
    across = {column: place for place, column in enumerate(columns)}
    values: list[list[float | None]] = [[None] * len(columns) for _row in rows]
    hover = [[""] * len(columns) for _row in rows]
    for record in frame.to_dict("records"):
        y, x = down[str(record["row"])], across[str(record["column"])]
        values[y][x] = (
            None if formats.is_missing(record["value"]) else round(float(record["value"]), 5)
        )
        note = f"<br>{record['note']}" if record.get("note") else ""
        text = formats.value(record["value"], unit)
        hover[y][x] = f"{record['row']} · {record['column']}<br><b>{text}</b>{note}"
    layout = {
        "xaxis": axis(
            palette, side="top", tickmode="array", tickangle=0 if len(columns) <= 12 else -60,
            tickvals=list(range(len(columns))), ticktext=columns,
            range=[-0.5, len(columns) - 0.5],
        ),
        "yaxis": rows_axis(rows, palette),
        "annotations": _texts(values, palette, unit) if len(columns) <= _MOST_TEXTS else [],
    }  # fmt: skip
    trace = {
        "type": "heatmap", "name": title, "z": values, "text": hover, "xgap": 2, "ygap": 2,
        "hovertemplate": "%{text}<extra></extra>", "showscale": False, "hoverongaps": False,
        "colorscale": _scale(palette),
    }  # fmt: skip
    top = 70 if len(columns) <= 12 else 120
    figure = finish(
        [trace], layout, palette, title=heading, height=top + 14 + 28 * len(rows),
        margin={"l": label_width(rows), "r": 4, "t": top, "b": 8},
    )  # fmt: skip
    largest = frame.dropna(subset=["value"]).nlargest(5, "value")
    names = [
        f"{row} {column}" for row, column in zip(largest["row"], largest["column"], strict=True)
    ]
    texts = [formats.value(value, unit) for value in largest["value"]]
    return Chart(figure, alt_rows(heading, names, texts), frame, title, unit, grain)


def _scale(palette: Palette) -> list[list[Any]]:
    last = len(palette.steps) - 1
    return [[place / last, color] for place, color in enumerate(palette.steps)]


def _texts(values: list[list[float | None]], palette: Palette, unit: str) -> list[dict[str, Any]]:
    """Each cell's figure in ink or paper, whichever reads better on its shade."""
    known = [value for row in values for value in row if value is not None]
    low, high = min(known), max(known)
    last = len(palette.steps) - 1
    found = []
    for y, row in enumerate(values):
        for x, value in enumerate(row):
            if value is None:
                continue
            part = (value - low) / (high - low) if high > low else 0.0
            ground = palette.steps[int(np.clip(round(part * last), 0, last))]
            found.append(
                {
                    "x": x,
                    "y": y,
                    "text": formats.bare(value, unit),
                    "showarrow": False,
                    "font": {"size": 12, "color": ink_on(ground, palette)},
                }
            )
    return found
