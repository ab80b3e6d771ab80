"""Which residents stand behind the cells of a cut.

A few persons over many periods make a large number of person-periods: it is the persons that must
be five, not the periods. So they are counted one by one, whatever the cut splits or filters by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from gridgov.explore.persons_codes import coded, days_of, named
from gridgov.explore.persons_listed import due_persons
from gridgov.filters import Span
from gridgov.metrics import METRICS, Grain
from gridgov.metrics.grids import tree_of
from gridgov.metrics.spans import spans
from gridgov.small_counts import counts_persons
from gridgov.warehouse import Reader

__all__ = [
    "DIMENSIONS",
    "Part",
    "counts_persons",
    "persons_in_cells",
    "wider_grids",
    "wider_times",
]

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


@dataclass(frozen=True)
class Part:
    """Which of the visits: all; "inside", those of `units` alone; "unknown", those without a grid.

    units: grids of the level, in place of all of them. days, hour: visits of these alone.
    """

    kind: Literal["all", "inside", "unknown"] = "all"
    units: tuple[str, ...] | None = None
    days: tuple[date, ...] | None = None
    hour: int | None = None


ALL = Part()


def persons_in_cells(
    reader: Reader,
    code: str,
    span: Span,
    *,
    level: str | None,
    dimensions: Sequence[str],
    grain: Grain | None,
    grid_id: str | None,
    part: Part = ALL,
) -> pd.DataFrame:
    """A row a cell and person (of SV1 and SV8 now and then two): `grid` (with a level), the
    dimensions, `bucket`, `who` (a number).

    Unfiltered in the dimensions; categories, "" where the data says nothing or no grid of the level
    holds it. bucket: first day of the bucket as datetime64[s]; a stock has one (the period's first
    day) even without a grain. part: some of the visits, so some of the persons. Raises ValueError
    for a metric that counts no residents.
    """
    metric = METRICS[code]
    if not counts_persons(metric) or set(dimensions) - set(DIMENSIONS):
        raise ValueError(f"{code} by {dimensions}")
    units = part.units
    if units is None and level is not None:
        units = tree_of(reader).at_level(grid_id, level, span.start, span.end)
    if metric.kind == "stock":
        cuts = spans(span.start, span.end, grain)
        found = reader.arrow(
            "explore/persons_overdue.sql", buckets=[cut.bucket for cut in cuts],
            ends=[cut.end for cut in cuts], grid_id=grid_id, units=_listed(units),
            by_tier="tier" in dimensions,
        )  # fmt: skip
    elif metric.source == "contact" and "worker" not in dimensions:
        return due_persons(
            reader, span, units=units, dimensions=dimensions, grain=grain, grid_id=grid_id
        )
    else:
        found = reader.arrow(
            "explore/persons.sql", metric=code, start=span.start, finish=span.end, grid_id=grid_id,
            units=_listed(units), by_tier="tier" in dimensions, by_mode="mode" in dimensions,
            by_category="person_category" in dimensions, by_worker="worker" in dimensions,
            grain=grain or "", part=part.kind, days=_listed(part.days), hour=part.hour,
        )  # fmt: skip
    return _laid_out(
        found, units, dimensions, has_bucket=grain is not None or metric.kind == "stock"
    )


def _listed(values: Sequence[object] | None) -> list[object] | None:
    return None if values is None else list(values)


def _laid_out(
    found: pa.Table, units: Sequence[str] | None, dimensions: Sequence[str], *, has_bucket: bool
) -> pd.DataFrame:
    columns: dict[str, object] = {}
    if units is not None:
        columns["grid"] = named(found["grid"].to_numpy(), ["", *units])
    for name in dimensions:
        if name in found.column_names:
            columns[name] = named(*coded(found[name]))
        else:
            columns[name] = named(np.zeros(len(found), dtype=np.int64), ("",))
    if has_bucket:
        days = days_of(found["bucket"])
        columns["bucket"] = days.astype("datetime64[D]").astype("datetime64[s]")
    return pd.DataFrame({**columns, "who": found["who"].to_numpy()})


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
