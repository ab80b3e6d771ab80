"""Which grids have micro-grids without a recent visit, from what a reader holds of each grid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from gridgov.metrics.grids import tree_of
from gridgov.warehouse import Reader

__all__ = ["SilentGrids", "silent_below"]

Days = npt.NDArray[np.datetime64]
_LOWEST = "微"


@dataclass(frozen=True)
class SilentGrids:
    """`count` micro-grids without a recent visit; `parent_id`: the grid with most of them, which
    has `at_parent`."""

    count: int
    parent_id: str | None
    at_parent: int


@dataclass(frozen=True, eq=False)
class _Newest:
    """Every micro-grid: its parent's place in `parents` (sorted), the days on which it is valid,
    and that of its newest visit (NaT: none); arrays of (micro-grids,)."""

    places: dict[str, int]
    parents: tuple[str | None, ...]
    parent: npt.NDArray[np.intp]
    opens: Days
    closes: Days
    visited: Days


_HELD: WeakKeyDictionary[Reader, _Newest] = WeakKeyDictionary()
_LOCK = Lock()


def silent_below(
    reader: Reader, as_of: date, days: int, grid_id: str | None = None
) -> SilentGrids | None:
    """Micro-grids at or below `grid_id` (None: all) that are valid on `as_of` and have had no visit
    on record for `days` days or more, or never; None where there is none."""
    held, today = _newest(reader), np.datetime64(as_of)
    # A comparison with NaT is false: a grid without any visit is silent.
    seen = today - held.visited < np.timedelta64(days, "D")
    silent = (held.opens <= today) & (held.closes >= today) & ~seen
    if grid_id is not None:
        names = tree_of(reader).below(grid_id)
        below = [held.places[name] for name in names if name in held.places]
        inside = np.zeros(len(silent), dtype=np.bool_)
        inside[below] = True
        silent &= inside
    if not silent.any():
        return None
    counts = np.bincount(held.parent[silent], minlength=len(held.parents))
    # Of equal ones the first by number, as `parents` are sorted.
    most = int(counts.argmax())
    return SilentGrids(int(counts.sum()), held.parents[most], int(counts[most]))


def _newest(reader: Reader) -> _Newest:
    with _LOCK:
        found = _HELD.get(reader)
    if found is None:
        found = _read(reader)
        with _LOCK:
            _HELD[reader] = found
    return found


def _read(reader: Reader) -> _Newest:
    nodes = [node for node in tree_of(reader).nodes.values() if node.level == _LOWEST]
    visited = dict(reader.rows("SELECT grid_id, last_on FROM mart_grid_last WHERE log = 'visit'"))
    known = sorted({node.parent_id for node in nodes if node.parent_id is not None})
    # Without a parent last, as the engine sorts what is missing.
    parents: tuple[str | None, ...] = (*known, None)
    at = {parent: place for place, parent in enumerate(parents)}
    return _Newest(
        places={node.grid_id: place for place, node in enumerate(nodes)},
        parents=parents,
        parent=np.array([at[node.parent_id] for node in nodes], dtype=np.intp),
        opens=np.array([node.valid_from for node in nodes], dtype="datetime64[D]"),
        closes=np.array([node.valid_to for node in nodes], dtype="datetime64[D]"),
        visited=np.array([visited.get(node.grid_id) for node in nodes], dtype="datetime64[D]"),
    )
