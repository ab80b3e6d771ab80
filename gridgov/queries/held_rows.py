"""Short lists that many questions look through, in memory as they are shown: open cases, overdue
persons. Each is read once by a reader, from its own views, in the order in which its rows stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.metrics.grids import tree_of
from gridgov.queries.grid_column import grid_column
from gridgov.warehouse import Reader

__all__ = ["HeldRows", "held_rows"]

Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class HeldRows:
    """`frame`: all rows, with `grid_name`; `columns`: those that are counted or compared, as arrays
    (n,), texts among them as numbers (-1: empty) by `texts` (column → text → number). `place` is
    the grid of each row by `places`, -1 where it has none."""

    frame: pd.DataFrame
    columns: Mapping[str, npt.NDArray[Any]]
    texts: Mapping[str, Mapping[object, int]]
    places: Mapping[str, int]
    place: Ints

    def chosen(self, reader: Reader, grid_id: str | None, **only: str | None) -> Ints:
        """Positions of the rows at or below a grid (None: all) with these texts (None: any)."""
        inside = np.ones(len(self.place), dtype=np.bool_)
        if grid_id is not None:
            flags = np.zeros(len(self.places) + 1, dtype=np.bool_)
            below = tree_of(reader).below(grid_id)
            # The last flag stands for rows without a grid.
            flags[[self.places[name] for name in below if name in self.places]] = True
            inside &= flags[self.place]
        for name, text in only.items():
            if text is not None:
                inside &= self.columns[name] == self.texts[name].get(text, -1)
        return np.flatnonzero(inside)


_HELD: WeakKeyDictionary[Reader, dict[str, HeldRows]] = WeakKeyDictionary()
_LOCK = Lock()
_READING: WeakKeyDictionary[Reader, Lock] = WeakKeyDictionary()


def held_rows(reader: Reader, name: str) -> HeldRows:
    """The rows of `queries/held_<name>.sql`. Raises AccessDenied where this reader has none."""
    with _LOCK:
        reading = _READING.setdefault(reader, Lock())
    with reading:
        held = _HELD.setdefault(reader, {})
        if name not in held:
            held[name] = _read(reader, f"queries/held_{name}.sql")
        return held[name]


def _read(reader: Reader, sql: str) -> HeldRows:
    frame = reader.frame(sql)
    frame["grid_name"] = grid_column(reader, frame["grid_id"])
    columns: dict[str, npt.NDArray[Any]] = {}
    texts: dict[str, Mapping[object, int]] = {}
    for name in ("category", "source", "tier"):
        if name in frame:
            codes, values = pd.factorize(frame[name])
            columns[name] = codes
            texts[name] = {value: at for at, value in enumerate(values)}
    if "age_days" in frame:
        columns["age_days"] = frame["age_days"].to_numpy()
        columns["is_overdue"] = frame["is_overdue"].to_numpy() == np.True_
        columns["due_on"] = frame["due_on"].to_numpy().astype("datetime64[D]")
    place, grids = pd.factorize(frame["grid_id"])
    places = {str(grid): at for at, grid in enumerate(grids)}
    return HeldRows(frame, columns, texts, places, place.astype(np.intp))
