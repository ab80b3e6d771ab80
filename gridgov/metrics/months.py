"""The figures of whole months, laid out for adding up: grids by months, a layer a column.

`mart_month` has every monthly figure of a grid in one row. A version never changes, so what a
reader asks for most, the upper grids, is read once and held in memory; single small grids are read
when somebody asks for them. After that a question about whole months costs no statement at all.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from gridgov.metrics.grids import ALL, Tree, tree_of
from gridgov.metrics.question import Ints
from gridgov.warehouse import Reader

__all__ = ["Months", "held_upper", "months_of", "upper_units"]

Floats = npt.NDArray[np.float64]

# Cells held of the upper grids of one reader: 64 MB. A city of 14,000 general grids holds its
# communities and what is above them; the others are read when they are asked for.
_HELD_CELLS = 8_000_000
# Of so few other grids every column is read, so that the next question finds them.
_FEW_UNITS = 40
_ASKED_CELLS = 2_000_000
_KEYS = ("grid_id", "month")


@dataclass(frozen=True, eq=False)
class Months:
    """`values` are (columns, grids, months), NaN where nothing is known; in memory the grids of a
    month lie side by side, for they are read together. `first` is the number of the first month
    (12 × year + month - 1), `places` and `columns` say where a grid and a column stand."""

    first: int
    places: Mapping[str, int]
    columns: Mapping[str, int]
    values: Floats

    @property
    def end(self) -> int:
        """The number of the month after the last."""
        return self.first + int(self.values.shape[2])

    def taken(self, names: Sequence[str], units: Sequence[str], first: int, end: int) -> Floats:
        """(names, units, end - first): the months from number `first` to before `end`.

        As in `values` the grids of a month lie side by side.
        """
        begin, stop = max(first, self.first), min(end, self.end)
        if begin >= stop:
            return np.full((len(names), len(units), max(end - first, 0)), np.nan)
        layers = np.array([self.columns[name] for name in names], dtype=np.intp)
        held = self.values.transpose(0, 2, 1)
        months = np.arange(begin - self.first, stop - self.first)
        places = np.array([self.places[unit] for unit in units], dtype=np.intp)
        if len(places) and (np.diff(places) == 1).all():
            # Grids that follow each other are copied in one go.
            inside = slice(months[0], months[-1] + 1)
            part = held[layers, inside, places[0] : places[-1] + 1]
        else:
            part = held[layers[:, None, None], months[:, None], places]
        if (begin, stop) == (first, end):
            return part.transpose(0, 2, 1)
        found = np.full((len(names), end - first, len(units)), np.nan)
        found[:, begin - first : stop - first] = part
        return found.transpose(0, 2, 1)


class _Store:
    """What one reader holds: the upper grids, and the blocks that were asked for last."""

    def __init__(self, upper: Months) -> None:
        self.upper = upper
        self._asked: OrderedDict[object, Months] = OrderedDict()
        self._lock = Lock()

    def find(self, key: object) -> Months | None:
        with self._lock:
            found = self._asked.get(key)
            if found is not None:
                self._asked.move_to_end(key)
            return found

    def keep(self, key: object, found: Months) -> None:
        with self._lock:
            self._asked[key] = found
            while sum(one.values.size for one in self._asked.values()) > _ASKED_CELLS:
                self._asked.popitem(last=False)


_STORES: WeakKeyDictionary[Reader, _Store] = WeakKeyDictionary()
_LOCK = Lock()
_READING: WeakKeyDictionary[Reader, Lock] = WeakKeyDictionary()


def months_of(reader: Reader, units: Sequence[str], columns: Sequence[str]) -> Months:
    """A block that has at least these grids and columns, every month of them."""
    store = _store_of(reader)
    if all(unit in store.upper.places for unit in units):
        return store.upper
    few = len(units) <= _FEW_UNITS
    key = (tuple(units), None if few else tuple(sorted(columns)))
    found = store.find(key)
    if found is None:
        found = _read(reader, units, None if few else columns)
        store.keep(key, found)
    return found


def held_upper(reader: Reader) -> Months:
    """The block of the upper grids, held as long as the reader lives."""
    return _store_of(reader).upper


def _store_of(reader: Reader) -> _Store:
    with _LOCK:
        reading = _READING.setdefault(reader, Lock())
    with reading:
        found = _STORES.get(reader)
        if found is None:
            found = _Store(_read(reader, upper_units(tree_of(reader), _most(reader)), None))
            _STORES[reader] = found
        return found


def upper_units(tree: Tree, most: int) -> list[str]:
    """The upper grids from the highest level down, whole levels while they are at most `most`."""
    found = [ALL] if tree.sees_everything else []
    level = list(tree.tops)
    while level and len(found) + len(level) <= most:
        found += [unit for unit in level if tree.is_upper(unit)]
        level = [child for unit in level for child in tree.children.get(unit, ())]
    return found


def _most(reader: Reader) -> int:
    months = int(reader.rows("SELECT count(DISTINCT month) FROM mart_stock_month")[0][0])
    return _HELD_CELLS // max(months * len(_columns(reader)), 1)


def _columns(reader: Reader) -> tuple[str, ...]:
    names = reader.columns("SELECT * FROM mart_month LIMIT 0")
    return tuple(name for name in names if name not in _KEYS)


def _read(reader: Reader, units: Sequence[str], columns: Sequence[str] | None) -> Months:
    """Of few or upper grids every column; `columns` are names out of the metrics' own files."""
    chosen = "*" if columns is None else ", ".join((*_KEYS, *sorted(columns)))
    test, asked = _within(units)
    rows = reader.columns(f"SELECT {chosen} FROM mart_month WHERE grid_id {test}", **asked)
    return _laid_out(rows, units)


def _within(units: Sequence[str]) -> tuple[str, dict[str, object]]:
    if len(units) == 1:
        return "= $unit", {"unit": units[0]}
    return "IN (SELECT unnest($units::VARCHAR[]))", {"units": list(units)}


def _laid_out(rows: Mapping[str, npt.NDArray[Any]], units: Sequence[str]) -> Months:
    names = [name for name in rows if name not in _KEYS]
    numbers = rows["month"].astype("datetime64[M]").astype(np.int64) + 1970 * 12
    first = int(numbers.min()) if len(numbers) else 0
    width = int(numbers.max()) - first + 1 if len(numbers) else 0
    places = {unit: place for place, unit in enumerate(units)}
    at: Ints = np.fromiter((places[unit] for unit in rows["grid_id"]), np.intp, len(numbers))
    cell = (numbers - first) * len(units) + at
    values = np.full((len(names), width * len(units)), np.nan)
    for layer, name in enumerate(names):
        column = rows[name]
        if isinstance(column, np.ma.MaskedArray):
            column = np.ma.filled(column.astype(np.float64), np.nan)
        values[layer, cell] = column
    return Months(
        first=first,
        places=places,
        columns={name: layer for layer, name in enumerate(names)},
        values=values.reshape(len(names), width, len(units)).transpose(0, 2, 1),
    )
