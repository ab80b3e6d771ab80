"""Which residents stand behind the cells of a cut.

A few persons over many periods make a large number of person-periods: it is the persons that must
be five, not the periods. So they are counted one by one, whatever the cut splits or filters by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from gridgov.filters import Span
from gridgov.metrics import METRICS, Grain
from gridgov.metrics.grids import tree_of
from gridgov.metrics.spans import spans
from gridgov.small_counts import counts_persons
from gridgov.warehouse import Reader

__all__ = ["DIMENSIONS", "counts_persons", "persons_in_cells", "wider_grids", "wider_times"]

DIMENSIONS = ("tier", "person_category", "mode", "worker")
"""What figures about residents are split or filtered by, besides grids and time."""
_NESTED: Mapping[Grain, tuple[str, ...]] = {
    # Weeks and months cut across each other: of the two, months.
    "day": ("month", "quarter", "half", "year"),
    "week": (),
    "month": ("quarter", "half", "year"),
    "quarter": ("half", "year"),
    "half": ("year",),
    "year": (),
}


def persons_in_cells(
    reader: Reader,
    code: str,
    span: Span,
    *,
    level: str | None,
    dimensions: Sequence[str],
    grain: Grain | None,
    grid_id: str | None,
    days: Sequence[date] | None = None,
    hour: int | None = None,
) -> pd.DataFrame:
    """One row a cell and person: `grid` (with a level), the dimensions, `bucket`, `who` (a code).

    Unfiltered in the dimensions; "" where the data says nothing or no grid of the level holds it.
    bucket: first day of the bucket as datetime64[s]; a stock has one (the period's first day)
    even without a grain. days, hour: visits of these alone, so some of the persons. Raises
    ValueError for a metric that counts no residents.
    """
    metric = METRICS[code]
    if not counts_persons(metric) or set(dimensions) - set(DIMENSIONS):
        raise ValueError(f"{code} by {dimensions}")
    units = None
    if level is not None:
        units = list(tree_of(reader).at_level(grid_id, level, span.start, span.end))
    wanted = ["grid"] * (level is not None) + list(dimensions)
    if metric.kind == "stock":
        cuts = spans(span.start, span.end, grain)
        found = reader.frame(
            "explore/persons_overdue.sql", buckets=[cut.bucket for cut in cuts],
            ends=[cut.end for cut in cuts], grid_id=grid_id, units=units,
            by_tier="tier" in dimensions,
        )  # fmt: skip
    else:
        found = reader.frame(
            "explore/persons.sql", metric=code, start=span.start, finish=span.end, grid_id=grid_id,
            units=units, by_tier="tier" in dimensions, by_mode="mode" in dimensions,
            by_category="person_category" in dimensions, by_worker="worker" in dimensions,
            grain=grain or "", days=None if days is None else list(days), hour=hour,
        )  # fmt: skip
    if grain is not None or metric.kind == "stock":
        wanted.append("bucket")
        found["bucket"] = found["bucket"].astype("datetime64[s]")
    return found[[*wanted, "who"]]


def wider_grids(reader: Reader, units: Sequence[str], grid_id: str | None) -> list[list[str]]:
    """Of each unit the grid one, two … levels above it, up to but not with the place itself.

    A question by those grids gives their totals: they must not give a hidden unit away.
    """
    nodes = tree_of(reader).nodes
    found: list[list[str]] = []
    above = list(units)
    while True:
        parents = []
        for unit in above:
            parent = nodes[unit].parent_id if unit in nodes else None
            parents.append(parent if parent in nodes and parent != grid_id else "")
        if len(set(parents)) <= 1:
            return found
        found.append([str(parent) for parent in parents])
        above = found[-1]


def wider_times(days: pd.DatetimeIndex, grain: Grain) -> list[list[str]]:
    """Of each bucket the month, quarter … that holds it: by each may be asked, too."""
    named: dict[str, list[str]] = {
        "month": [str(day) for day in days.to_period("M")],
        "quarter": [str(day) for day in days.to_period("Q")],
        "half": [f"{day.year} {day.month > 6}" for day in days],
        "year": [str(day.year) for day in days],
    }
    return [named[name] for name in _NESTED[grain]]
