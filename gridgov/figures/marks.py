"""What figures are made of: dots, quiet lines, bars in rows, thin rules; as plain dicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from gridgov.figures.chart import axis, rounded
from gridgov.figures.palette import Palette

__all__ = [
    "column_or",
    "dots",
    "label_width",
    "labels_of",
    "legend",
    "legend_top",
    "quiet_line",
    "row_bars",
    "rows_axis",
    "rows_height",
    "rule",
    "signal_sizes",
    "states_of",
]

_SIGNALS = frozenset({"better", "worse", "changed"})


def column_or(frame: pd.DataFrame, name: str, other: str) -> list[str]:
    """The column `name` as text, or `other` where the frame has no such column."""
    return [str(value) for value in frame[name if name in frame else other]]


def labels_of(frame: pd.DataFrame) -> list[str]:
    """The labels of the rows; plotly reads tags in a text, so a "<" from data is disarmed."""
    return [str(label).replace("<", "&lt;") for label in frame["label"]]


def states_of(frame: pd.DataFrame) -> list[str]:
    """The states of the rows; usual where the frame does not say."""
    return [str(state) for state in frame["state"]] if "state" in frame else ["usual"] * len(frame)


def dots(
    name: str,
    x: Iterable[object],
    y: Iterable[object],
    *,
    color: str | Sequence[str],
    hover: Sequence[str],
    keys: Sequence[object],
    size: int | Sequence[int] = 8,
) -> dict[str, Any]:
    """Dots that can be hovered and clicked: `hover` is shown, `keys` come back."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": rounded(x),
        "y": rounded(y),
        # plotly fades and rings dots whose sizes differ unless told not to.
        "marker": {"size": size, "color": color, "opacity": 1, "line": {"width": 0}},
        "text": list(hover),
        "hovertemplate": "%{text}<extra></extra>",
        "customdata": list(keys),
    }


def signal_sizes(states: Sequence[str]) -> list[int]:
    """Dots with something to say are larger: colour is never the only sign."""
    return [9 if state in _SIGNALS else 7 for state in states]


def quiet_line(
    name: str,
    x: Iterable[object],
    y: Iterable[object],
    *,
    color: str = "",
    width: float = 1,
    **more: Any,
) -> dict[str, Any]:
    """A line that takes no part in hovering: limits, bands, guides.

    `more`: `shape`, `dash`, `fill`, `fillcolor` as in plotly.
    """
    line = {"width": width, **({"color": color} if color else {})}
    for key in ("shape", "dash"):
        if key in more:
            line[key] = more.pop(key)
    base = {"type": "scatter", "mode": "lines", "name": name, "hoverinfo": "skip"}
    return {**base, "x": rounded(x, 2), "y": rounded(y), "line": line, **more}


def row_bars(
    name: str,
    places: Sequence[int],
    lengths: Iterable[object],
    *,
    color: str | Sequence[str],
    texts: Sequence[str],
    hover: Sequence[str],
    keys: Sequence[object],
    palette: Palette,
) -> dict[str, Any]:
    """Horizontal bars at the rows `places`, their texts where they end."""
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "x": rounded(lengths),
        "y": list(places),
        "marker": {"color": color},
        "text": list(texts),
        "textposition": "outside",
        "textfont": {"color": palette.ink, "size": 13},
        "constraintext": "none",
        "cliponaxis": False,
        "hovertext": list(hover),
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": list(keys),
    }


def rows_axis(labels: Sequence[str], palette: Palette) -> dict[str, Any]:
    """Rows from top to bottom by place, so that two rows of one name stay two."""
    return axis(
        palette,
        tickmode="array",
        tickvals=list(range(len(labels))),
        ticktext=list(labels),
        range=[len(labels) - 0.5, -0.5],
        tickfont={"size": 13, "color": palette.ink},
    )


def rows_height(rows: int, row: int = 26, around: int = 64) -> int:
    """Rows decide the height of a figure of rows; never lower than the small figures."""
    return max(160, around + rows * row)


def label_width(labels: Sequence[str], least: int = 40, most: int = 190) -> int:
    """Room for the longest label in pixels: a Chinese character is 13 px wide, a Latin one 7."""
    widths = (sum(13 if ord(sign) > 0x2E7F else 7 for sign in text) for text in labels)
    return min(max(max(widths, default=0) + 14, least), most)


def rule(
    palette: Palette,
    *,
    x: float | None = None,
    y: float | None = None,
    color: str = "",
    dash: str = "dot",
    layer: str = "below",
) -> dict[str, Any]:
    """A thin line across the whole figure: upright at `x`, or level at `y`."""
    line = {"width": 1, "color": color or palette.muted, "dash": dash}
    base = {"type": "line", "line": line, "layer": layer}
    if x is not None:
        return {**base, "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1}
    return {**base, "y0": y, "y1": y, "xref": "paper", "x0": 0, "x1": 1}


def legend_top(names: int) -> int:
    """The upper margin in pixels that leaves room for the title and for a legend that wraps.

    A phone holds about three names a line.
    """
    return 46 + 22 * -(-names // 3)


def legend(palette: Palette, y: float = 1.02) -> dict[str, Any]:
    """Names of the series under the title, where labels beside the marks have no room."""
    return {
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": y,
            "yanchor": "bottom",
            "traceorder": "normal",
            "itemclick": False,
            "itemdoubleclick": False,
            "font": {"size": 13, "color": palette.muted},
        },
    }
