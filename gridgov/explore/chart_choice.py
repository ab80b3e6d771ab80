"""Which picture suits an answer: chosen from its shape alone, changeable by the reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridgov.explore.builder import ChartKind, Cut
from gridgov.metrics import METRICS

__all__ = [
    "MAX_BARS",
    "MAX_HEAT_ROWS",
    "MAX_LINES",
    "Shape",
    "choose_chart",
    "possible_charts",
    "shape_of",
]

# What the eye can follow: lines told apart, bars on a screen, bars in a group, cells of a heat map.
MAX_LINES = 6
MAX_BARS = 30
MAX_BARS_IN_GROUP = 3
MAX_HEAT_ROWS, MAX_HEAT_COLUMNS = 60, 26
_ENOUGH_POINTS = 8


@dataclass(frozen=True)
class Shape:
    """What matters of an answer.

    `first`, `second`: how many values the splits have (0: no such split). `buckets`: periods (0:
    not over time). `units`: in how many units the metrics are. `adds_up`: parts may be stacked.
    """

    metrics: int = 1
    units: int = 1
    first: int = 0
    second: int = 0
    buckets: int = 0
    is_grid: bool = False
    adds_up: bool = False

    @property
    def is_over_time(self) -> bool:
        return self.buckets > 0


def shape_of(cut: Cut, first: int, second: int, buckets: int) -> Shape:
    """The shape of an answer to `cut` with so many values and periods."""
    return Shape(
        metrics=len(cut.metrics),
        units=len({METRICS[code].unit for code in cut.metrics}),
        first=first if cut.by else 0,
        second=second if len(cut.by) == 2 else 0,
        buckets=buckets if cut.grain else 0,
        is_grid=cut.grid_split is not None and len(cut.by) == 1,
        adds_up=all(METRICS[code].kind in ("count", "stock") for code in cut.metrics)
        and first <= MAX_LINES,
    )


def possible_charts(shape: Shape) -> tuple[ChartKind, ...]:
    """The kinds that can show such an answer, in the order of `CHARTS`; the table always can."""
    one = shape.metrics == 1
    plain = not shape.second
    found: list[ChartKind] = []
    if shape.is_over_time and plain and (shape.units == 1 or one):
        found.append("line")
    if (
        (shape.first and plain and not shape.is_over_time and shape.units == 1)
        or (shape.second and one and not shape.is_over_time)
        or (shape.is_over_time and plain and one)
    ):
        found.append("bar")
    if one and shape.first and (shape.second or shape.is_over_time) and not _is_deep(shape):
        found.append("heat")
    if shape.metrics >= 2 and shape.first and plain and not shape.is_over_time:
        found.append("scatter")
    if one and shape.first and not _is_deep(shape) and _has_spread(shape):
        found.append("box")
    if shape.is_grid and one and not shape.is_over_time:
        found.append("map")
    return (*found, "table")


def _is_deep(shape: Shape) -> bool:
    """Two splits over time: more than a plane can hold."""
    return bool(shape.second) and shape.is_over_time


def _has_spread(shape: Shape) -> bool:
    """Whether there are several values to each group that a box would stand for."""
    if shape.second or shape.is_over_time:
        return max(shape.second, shape.buckets) >= 4
    return shape.is_grid and shape.first >= _ENOUGH_POINTS


def choose_chart(shape: Shape, wanted: ChartKind | None = None) -> ChartKind:
    """`wanted` where it can show the answer, else the kind that suits it best."""
    possible = possible_charts(shape)
    if wanted is not None and wanted in possible:
        return wanted
    for kind in _preferred(shape):
        if kind in possible:
            return kind
    return "table"


def _preferred(shape: Shape) -> Sequence[ChartKind]:
    if shape.is_over_time:
        series = max(shape.first, 1) * shape.metrics
        if series <= MAX_LINES:
            return ("line",)
        fits = shape.first <= MAX_HEAT_ROWS and shape.buckets <= MAX_HEAT_COLUMNS
        return ("heat",) if fits else ("box", "table")
    if shape.second:
        if shape.second <= MAX_BARS_IN_GROUP and shape.first <= 12:
            return ("bar", "heat")
        fits = shape.first <= MAX_HEAT_ROWS and shape.second <= MAX_HEAT_COLUMNS
        return ("heat",) if fits else ("table",)
    if shape.metrics >= 2:
        if shape.metrics == 2 and shape.first >= _ENOUGH_POINTS:
            return ("scatter",)
        return ("bar",) if shape.metrics <= MAX_BARS_IN_GROUP and shape.first <= 12 else ("table",)
    if shape.first > MAX_BARS:
        return ("map", "box", "table")
    return ("bar",)
