"""Targets beside the usual range: will it be met as things are done now?

A target says nothing about one month. Beside the usual range it says much: wholly below it (where
more is better) the target is met every time, wholly above it never, and inside it by luck alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import nan
from typing import Protocol

import numpy as np
import numpy.typing as npt

from gridgov import formats
from gridgov.errors import UsageError
from gridgov.judgement import improvement_of
from gridgov.locale import _
from gridgov.metrics import METRICS, Metric
from gridgov.metrics.grids import Tree, tree_of
from gridgov.stats.spc import assurance_codes
from gridgov.trends.series import SeriesSet
from gridgov.warehouse import Reader

__all__ = [
    "ASSURANCE",
    "Targets",
    "assurance_words",
    "check_target",
    "holds_below",
    "place_of_target",
    "takes_target",
    "target_words",
    "with_targets",
]

Floats = npt.NDArray[np.float64]

ASSURANCE = ("", "pass", "fail", "hit_or_miss")
"""Names of the codes of `XmrBatch.assurance`."""
_SIZED = frozenset({"count", "stock"})


class _Kept(Protocol):
    """A row of `gridgov.workspace.target`."""

    @property
    def metric(self) -> str: ...
    @property
    def grid_id(self) -> str | None: ...
    @property
    def value(self) -> float: ...


@dataclass(frozen=True)
class Targets:
    """(metric, grid or "" for all) → value in the metric's own unit."""

    values: Mapping[tuple[str, str], float] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[_Kept]) -> Targets:
        """From the workspace; rows of metrics that no longer take a target are left out."""
        return cls(
            {
                (row.metric, row.grid_id or ""): row.value
                for row in rows
                if row.metric in METRICS and takes_target(METRICS[row.metric])
            }
        )

    def __bool__(self) -> bool:
        return bool(self.values)

    def value(self, tree: Tree, code: str, grid_id: str) -> float:
        """The target of a metric in a place ("": the whole view), NaN where there is none.

        A share or rate takes that of the nearest grid at or above the place, else that for all. A
        number of cases depends on a place's size, so it holds for the very place alone.
        """
        if code not in {name for name, _grid in self.values}:
            return nan
        at: str | None = grid_id or (tree.tops[0] if len(tree.tops) == 1 else None)
        seen: set[str] = set()
        while at is not None and at not in seen:
            if (code, at) in self.values:
                return self.values[code, at]
            if not holds_below(METRICS[code]):
                break
            seen.add(at)
            node = tree.nodes.get(at)
            at = node.parent_id if node is not None else None
        if holds_below(METRICS[code]) or (not grid_id and tree.sees_everything):
            return self.values.get((code, ""), nan)
        return nan


def takes_target(metric: Metric) -> bool:
    """Only where one way is better; what is shown for context is never judged."""
    return metric.direction != "context"


def holds_below(metric: Metric) -> bool:
    """Whether a target for a place holds for the grids below it too."""
    return metric.kind not in _SIZED


def place_of_target(tree: Tree, code: str, grid_id: str | None, *, everywhere: bool) -> str | None:
    """The grid under which a target is kept, None for all grids.

    A number of cases is kept for the one grid at the top rather than for all.
    """
    top = tree.tops[0] if len(tree.tops) == 1 else None
    if holds_below(METRICS[code]) and tree.sees_everything:
        return None if everywhere or grid_id in (None, top) else grid_id
    return grid_id or top


def check_target(code: str, value: float) -> float:
    """A value that this metric can have as a target. Raises `UsageError` saying why not."""
    metric = METRICS[code]
    if not takes_target(metric):
        raise UsageError(_("{metric}只作背景，不分好坏，不设目标", metric=metric.label))
    if not np.isfinite(value) or value < 0 or (metric.is_share and value > 1):
        if metric.is_share:
            raise UsageError(_("{metric}的目标应在 0 至 100 之间", metric=metric.label))
        raise UsageError(_("{metric}的目标应是不小于 0 的数", metric=metric.label))
    return value


def assurance_words(assurance: str | None) -> str:
    """Whether the target is met as things are done now; "" where that cannot be said."""
    return {
        "pass": _("稳定达标"),
        "fail": _("稳定不达标"),
        "hit_or_miss": _("时达时不达"),
    }.get(assurance or "", "")


def target_words(code: str, value: float, assurance: str | None) -> str:
    """目标 90%：稳定不达标; "" without a target."""
    if np.isnan(value):
        return ""
    amount, told = formats.value(value, METRICS[code].unit), assurance_words(assurance)
    if not told:
        return _("目标 {value}", value=amount)
    return _("目标 {value}：{told}", value=amount, told=told)


def with_targets(reader: Reader, series: SeriesSet, targets: Targets) -> tuple[SeriesSet, Floats]:
    """The set with its assurance, and the target of each series (n_series,), NaN where none.

    Assurance is told only of series that are judged, by the range in force at the newest point.
    """
    values = np.full(len(series), nan)
    if targets:
        tree, codes = tree_of(reader), {code for code, _grid in targets.values}
        for row, (code, grid) in enumerate(zip(series.metric, series.grid_id, strict=True)):
            if code in codes:
                values[row] = targets.value(tree, code, grid)
    rows = np.flatnonzero(~np.isnan(values) & series.is_judged)
    if not len(rows):
        return series, values
    lower, upper = np.full(len(series), nan), np.full(len(series), nan)
    for row in rows.tolist():
        at = series.newest(row)
        if at is not None:
            lower[row], upper[row] = series.judged.lower[row, at], series.judged.upper[row, at]
    codes_of = assurance_codes(
        lower, upper, [improvement_of(METRICS[code]) for code in series.metric], values
    )
    return replace(series, judged=replace(series.judged, assurance=codes_of)), values
