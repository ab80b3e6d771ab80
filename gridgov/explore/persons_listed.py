"""Which key persons a contact was due with: from the stretches of days over which they are listed.

A contact is due with a person in every week (month, quarter) that lies wholly in such a stretch.
The facts hold those periods one by one, millions of them; the stretches are few, and a reader holds
them in memory as numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.explore.persons_codes import coded, days_of, named
from gridgov.filters import Span
from gridgov.metrics import Grain
from gridgov.metrics.grids import tree_of
from gridgov.metrics.spans import spans
from gridgov.warehouse import Reader

__all__ = ["due_persons"]

Ints = npt.NDArray[np.int64]
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class _Listed:
    """Stretches, (n,) each: who, codes into `grids`, `tiers` and `categories`, first and last day
    as days since 1970. periods: tier → first and last days of its periods, in their order."""

    who: npt.NDArray[np.uint64]
    grid: Ints
    grids: tuple[str | None, ...]
    tier: Ints
    tiers: tuple[str | None, ...]
    category: Ints
    categories: tuple[str | None, ...]
    first: Ints
    last: Ints
    periods: Mapping[str, tuple[Ints, Ints]]


_HELD: WeakKeyDictionary[Reader, _Listed] = WeakKeyDictionary()
_LOCK = Lock()


def due_persons(
    reader: Reader,
    span: Span,
    *,
    units: Sequence[str] | None,
    dimensions: Sequence[str],
    grain: Grain | None,
    grid_id: str | None,
) -> pd.DataFrame:
    """At least one row a cell and person with whom a contact was due: columns as of
    `persons_in_cells`, categorical but for `bucket` (with a grain) and `who`."""
    held = _listed_of(reader)
    place = _places(reader, held, units, grid_id)
    inside = place[held.grid] >= 0
    rows, buckets, days = [], [], []
    for number, cut in enumerate(spans(span.start, span.end, grain)):
        days.append(np.datetime64(cut.bucket, "s"))
        for tier, (starts, ends) in held.periods.items():
            found = _with_a_period(held, inside, tier, starts, ends, (cut.start, cut.end))
            rows.append(found)
            buckets.append(np.full(len(found), number, dtype=np.int64))
    at = np.concatenate([np.zeros(0, dtype=np.int64), *rows])
    columns: dict[str, object] = {}
    if units is not None:
        columns["grid"] = named(place[held.grid[at]], ["", *units])
    known = {"tier": (held.tier, held.tiers), "person_category": (held.category, held.categories)}
    nothing: tuple[Ints, tuple[str | None, ...]] = (np.zeros_like(held.tier), ("",))
    for name in dimensions:
        codes, texts = known.get(name, nothing)
        columns[name] = named(codes[at], texts)
    if grain is not None:
        turns = np.concatenate([np.zeros(0, dtype=np.int64), *buckets])
        columns["bucket"] = np.array(days, dtype="datetime64[s]")[turns]
    return pd.DataFrame({**columns, "who": held.who[at]})


def _with_a_period(
    held: _Listed,
    inside: npt.NDArray[np.bool_],
    tier: str,
    starts: Ints,
    ends: Ints,
    bounds: tuple[date, date],
) -> Ints:
    """Stretches under `tier` that hold a whole period which ends within the days of `bounds`."""
    first, last = ((day - _EPOCH).days for day in bounds)
    chosen = slice(np.searchsorted(ends, first), np.searchsorted(ends, last, side="right"))
    starts, ends = starts[chosen], ends[chosen]
    if not len(starts) or tier not in held.tiers:
        return np.zeros(0, dtype=np.int64)
    rows = np.flatnonzero(inside & (held.tier == held.tiers.index(tier)))
    # Of the periods that begin within a stretch the earliest ends first.
    earliest = np.searchsorted(starts, held.first[rows])
    begins = earliest < len(starts)
    rows, earliest = rows[begins], earliest[begins]
    return rows[ends[earliest] <= held.last[rows]]


def _places(
    reader: Reader, held: _Listed, units: Sequence[str] | None, grid_id: str | None
) -> Ints:
    """Of each grid in `held.grids` the place of the unit that holds it, from 1; 0: none of them;
    -1: outside `grid_id`."""
    nodes = tree_of(reader).nodes
    known: dict[str | None, int] = {None: 0 if grid_id is None else -1}
    if grid_id is not None:
        known[grid_id] = 0
    known |= {unit: place for place, unit in enumerate(units or (), start=1)}
    for grid in held.grids:
        passed: list[str | None] = []
        upwards = grid
        while upwards is not None and upwards not in known:
            passed.append(upwards)
            parent = nodes[upwards].parent_id if upwards in nodes else None
            # A tree that runs in a circle ends at the top.
            upwards = None if parent in passed else parent
        known |= dict.fromkeys(passed, known[upwards])
    return np.array([known[grid] for grid in held.grids], dtype=np.int64)


def _listed_of(reader: Reader) -> _Listed:
    found = _HELD.get(reader)
    if found is None:
        found = _read(reader)
        with _LOCK:
            _HELD[reader] = found
    return found


def _read(reader: Reader) -> _Listed:
    table = reader.arrow("explore/persons_listed.sql")
    periods = reader.arrow("explore/persons_periods.sql")
    tiers = np.array(periods["tier"].to_pylist(), dtype=object)
    starts, ends = (days_of(periods[name]) for name in ("period_start", "period_end"))
    codes = {name: coded(table[name]) for name in ("grid_id", "tier", "person_category")}
    return _Listed(
        who=table["who"].to_numpy(),
        grid=codes["grid_id"][0], grids=codes["grid_id"][1],
        tier=codes["tier"][0], tiers=codes["tier"][1],
        category=codes["person_category"][0], categories=codes["person_category"][1],
        first=days_of(table["valid_from"]), last=days_of(table["valid_to"]),
        periods={str(tier): (starts[tiers == tier], ends[tiers == tier]) for tier in set(tiers)},
    )  # fmt: skip
