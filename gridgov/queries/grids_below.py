"""Metrics of the grids that a place divides into, each judged against its own past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.filters import Filters
from gridgov.metrics.evaluate import answer
from gridgov.metrics.figures import STATES, Figures
from gridgov.metrics.grids import tree_of
from gridgov.small_counts import told
from gridgov.trends.places import fork_below, grid_names
from gridgov.trends.series import judged_series
from gridgov.trends.spans import TrendGrain, fitting
from gridgov.warehouse import Reader

__all__ = ["Below", "below", "division", "grids_below", "short_names"]

_STATE_WORDS = np.array(STATES, dtype=object)


_COLUMNS = ("metric", "grid_id", "name", "label", "numerator", "denominator", "value", "n", "state",
            "tone")  # fmt: skip


def division(reader: Reader, grid_id: str | None) -> tuple[str | None, str] | None:
    """The place at or below `grid_id` that divides, and the level it divides into.

    As `evaluate` takes them: `grid_id=place, by=("grid:" + level,)`. A grid without any below
    divides into itself. None where the reader sees no grid.
    """
    tree = tree_of(reader)
    place = fork_below(reader, grid_id)
    if place is None:
        tops = tree.tops
        return (None, tree.nodes[tops[0]].level) if tops else None
    if place not in tree.nodes:
        return None
    if place in tree.children:
        return place, "children"
    return place, tree.nodes[place].level


@dataclass(frozen=True, eq=False)
class Below:
    """Metrics of the grids that a place divides into; grids in the order of their numbers.

    grid_ids, names, labels: of each grid; `labels` without what all names begin with. figures: of
    each metric, (1, grids, 1) arrays, as this reader may see them. tones: (metric, grid) → the
    state of the newest finished period against 24 months of the grid's own history.
    """

    grid_ids: tuple[str, ...]
    names: list[str]
    labels: list[str]
    figures: dict[str, Figures]
    tones: dict[tuple[str, str], str]

    def of(self, code: str, name: str) -> npt.NDArray[Any]:
        """One column of one metric, (grids,): a figure, or state or tone as words."""
        if name == "tone":
            found = [self.tones.get((code, unit), "missing") for unit in self.grid_ids]
            return np.array(found, dtype=object)
        column = getattr(self.figures[code], name)[0, :, 0]
        return _STATE_WORDS[column] if name == "state" else np.asarray(column)


def below(
    reader: Reader, filters: Filters, codes: Sequence[str], grain: TrendGrain = "month"
) -> Below | None:
    """Metrics by grid over the filters' period; None where the place divides into nothing."""
    found = division(reader, filters.grid_id)
    if found is None:
        return None
    place, level = found
    asked = [
        told(
            reader,
            answer(
                reader, group, filters.span.start, filters.span.end,
                by=(f"grid:{level}",), grid_id=place, where=dict(kept),
            ),
        )
        for kept, group in _same_filters(codes, filters)
    ]  # fmt: skip
    units = asked[0].question.units
    known = grid_names(reader)
    names = [known.get(unit, (unit, ""))[0] for unit in units]
    return Below(
        grid_ids=units,
        names=names,
        labels=short_names(names),
        figures={one.metric.code: one for each in asked for one in each.figures},
        tones=_tones(reader, filters, tuple(codes), grain, place, level),
    )


def grids_below(
    reader: Reader, filters: Filters, codes: Sequence[str], grain: TrendGrain = "month"
) -> pd.DataFrame:
    """One row a metric and grid: metric, grid_id, name, label, numerator, denominator, value, n,
    state, tone.

    `label` is the name without what the names of all these grids begin with.
    Figures are those of the filters' period, `tone` the state of the newest finished period of
    `grain` against 24 months of the grid's own history. Grids stand in the order of their numbers:
    this is no ranking. A figure that this reader must not see is missing, its state "hidden".
    """
    found = below(reader, filters, codes, grain)
    if found is None:
        return pd.DataFrame(columns=_COLUMNS)
    times, grids = len(found.figures), len(found.grid_ids)
    columns: dict[str, Any] = {
        "metric": np.repeat(np.array(list(found.figures), dtype=object), grids),
        "grid_id": list(found.grid_ids) * times,
        "name": found.names * times,
        "label": found.labels * times,
    }
    for name in ("numerator", "denominator", "value", "n", "state", "tone"):
        columns[name] = np.concatenate([found.of(code, name) for code in found.figures])
    return pd.DataFrame(columns)


def short_names(names: Sequence[str]) -> list[str]:
    """Names without their common beginning: 东山社区第1网格, 东山社区第2网格 → 第1网格, 第2网格.

    Numbers are never cut apart, and a single name stays whole.
    """
    if len(names) < 2:
        return list(names)
    # What the first and the last in order share, all of them share.
    first, last = min(names), max(names)
    cut = 0
    for one, other in zip(first, last, strict=False):
        if one != other or one.isdigit() or one == "第":
            break
        cut += 1
    if min(map(len, names)) - cut < 2:
        return list(names)
    return [name[cut:] for name in names]


def _same_filters(
    codes: Sequence[str], filters: Filters
) -> list[tuple[tuple[tuple[str, tuple[str, ...]], ...], list[str]]]:
    """Metrics that take the same of the filters go in one question."""
    groups: dict[tuple[tuple[str, tuple[str, ...]], ...], list[str]] = {}
    for code in codes:
        groups.setdefault(tuple(fitting(code, filters.where()).items()), []).append(code)
    return list(groups.items())


def _tones(
    reader: Reader,
    filters: Filters,
    codes: tuple[str, ...],
    grain: TrendGrain,
    place: str | None,
    level: str,
) -> dict[tuple[str, str], str]:
    """State by metric and grid; nothing for a period that ends before there is any data."""
    first = min((day for day in tree_of(reader).first_on.values() if day), default=None)
    if first is None or filters.span.end < first:
        return {}
    series = judged_series(
        reader, codes, grain=grain, levels=(level,), grid_id=place,
        where=filters.where(), end=filters.span.end,
    )  # fmt: skip
    return {
        (series.metric[row], series.grid_id[row]): series.tone(row) for row in range(len(series))
    }
