"""Which kinds of residents take part: households of key persons and when they attended, in memory.

Households are numbers here that mean nothing outside this process: who may count them may not
always see them, and hashing each anew for every look took longer than the counting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from gridgov.metrics.grids import tree_of
from gridgov.metrics.spans import month_number
from gridgov.warehouse import Reader

__all__ = ["kinds_of_months"]

Ints = npt.NDArray[np.int32]
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True, eq=False)
class _Homes:
    """Spells on the list: `cell` (kind × size + home), grid, from_on, to_on (spells,). Attendance:
    met_grid, met_month, met_home (months of homes,), by month. Grids by `places`, -1 for one that
    is not known."""

    kinds: tuple[str, ...]
    places: Mapping[str, int]
    size: int
    cell: npt.NDArray[np.intp]
    grid: Ints
    from_on: Days
    to_on: Days
    met_grid: Ints
    met_month: Ints
    met_home: Ints


_HELD: WeakKeyDictionary[Reader, _Homes] = WeakKeyDictionary()
_LOCK = Lock()
_READING: WeakKeyDictionary[Reader, Lock] = WeakKeyDictionary()


def kinds_of_months(
    reader: Reader, start: date, end: date, grid_id: str | None
) -> list[tuple[str, int, int]]:
    """(kind, households listed, how many of them attended) over whole months, by kind.

    Raises AccessDenied for a reader without residents, counted or not.
    """
    held = _homes_of(reader)
    listed = (held.from_on <= np.datetime64(end)) & (held.to_on >= np.datetime64(start))
    months = (month_number(start), month_number(end) + 1)
    run = slice(*np.searchsorted(held.met_month, months).tolist())
    homes = held.met_home[run]
    if grid_id is not None:
        inside = np.zeros(len(held.places) + 1, dtype=np.bool_)
        inside[[held.places[name] for name in tree_of(reader).below(grid_id)]] = True
        listed &= inside[held.grid]
        homes = homes[inside[held.met_grid[run]]]
    attended = np.zeros(held.size, dtype=np.bool_)
    attended[homes] = True
    found = np.zeros(len(held.kinds) * held.size, dtype=np.bool_)
    found[held.cell[listed]] = True
    counts = []
    for kind, of_kind in zip(held.kinds, found.reshape(len(held.kinds), held.size), strict=True):
        every = int(np.count_nonzero(of_kind))
        if every:
            counts.append((kind, every, int(np.count_nonzero(of_kind & attended))))
    return counts


def _homes_of(reader: Reader) -> _Homes:
    with _LOCK:
        reading = _READING.setdefault(reader, Lock())
    with reading:
        found = _HELD.get(reader)
        if found is None:
            found = _HELD[reader] = _read(reader)
        return found


def _read(reader: Reader) -> _Homes:
    spells = reader.columns("queries/listed_homes.sql")
    months = reader.columns("queries/listed_homes_attended.sql")
    places = {name: at for at, name in enumerate(tree_of(reader).nodes)}
    kinds = tuple(sorted(set(spells["category"].tolist())))
    number = {kind: at for at, kind in enumerate(kinds)}
    home = np.asarray(spells["home"]).astype(np.int32)
    met = np.asarray(months["month"]).astype("datetime64[M]").astype(np.int64) + 1970 * 12
    order = np.argsort(met, kind="stable")
    size = int(home.max()) + 1 if len(home) else 0
    kind = np.array([number[kind] for kind in spells["category"]], dtype=np.intp)
    return _Homes(
        kinds=kinds,
        places=places,
        size=size,
        cell=kind * size + home,
        grid=_placed(spells["grid_id"], places),
        from_on=np.asarray(spells["from_on"]).astype("datetime64[D]"),
        to_on=np.asarray(spells["to_on"]).astype("datetime64[D]"),
        met_grid=_placed(months["grid_id"], places)[order],
        met_month=met.astype(np.int32)[order],
        met_home=np.asarray(months["home"]).astype(np.int32)[order],
    )


def _placed(grid_ids: npt.NDArray[Any], places: Mapping[str, int]) -> Ints:
    names = np.ma.filled(np.ma.asarray(grid_ids), "")
    return np.array([places.get(name, -1) for name in names], dtype=np.int32)
