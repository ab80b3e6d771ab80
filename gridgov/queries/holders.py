"""Who leads a grid, asked once a reader: a version never changes, and the same few grids are named
in every period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from threading import Lock
from weakref import WeakKeyDictionary

from gridgov.warehouse import Reader

__all__ = ["holders_of"]

Names = tuple[str, ...]
_KNOWN: WeakKeyDictionary[Reader, dict[tuple[date, str], Names]] = WeakKeyDictionary()
_LOCK = Lock()


def holders_of(reader: Reader, grid_ids: Iterable[str], as_of: date) -> Mapping[str, Names]:
    """Grid → the names of those who hold it on that day, in order; none where nobody does.

    Raises AccessDenied where this reader has no grids' holders.
    """
    wanted = {grid_id: (as_of, grid_id) for grid_id in grid_ids}
    with _LOCK:
        known = _KNOWN.setdefault(reader, {})
        missing = sorted(grid_id for grid_id, key in wanted.items() if key not in known)
    if missing:
        found: dict[str, set[str]] = {grid_id: set() for grid_id in missing}
        for grid_id, name in reader.rows("queries/grid_holders.sql", grid_ids=missing, as_of=as_of):
            if name is not None:
                found[grid_id].add(str(name))
        with _LOCK:
            known.update(
                {(as_of, grid_id): tuple(sorted(names)) for grid_id, names in found.items()}
            )
    with _LOCK:
        return {grid_id: known[key] for grid_id, key in wanted.items()}
