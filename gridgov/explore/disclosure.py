"""Which cells of a table of persons must be hidden so that nothing shown is about fewer than five.

A table by several dimensions is asked for with all its totals, here or in the next question. So
all tables of the lattice are taken as open to the reader: by all dimensions, by all but one, … In
each of them

* a cell with one to four persons is hidden,
* in a line whose total is shown, at least two cells are hidden or none, and those hidden hold at
  least five different persons together: they are what the total less the shown cells tells,
* a line whose total is hidden has a hidden cell,

and no hidden small cell follows from all the sums together (`disclosure_audit`). What is hidden
depends on the data alone, not on order, filters or the form of the question: two questions with
the same dimensions hide the same.

Method: cell suppression, Hundepool et al., Statistical Disclosure Control (2012), chapter 4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.access.privacy import THRESHOLD
from gridgov.explore.disclosure_audit import Sums, told_by
from gridgov.explore.persons_codes import coded_values, distinct_of, numbered

__all__ = ["Lattice"]

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
_ROUNDS = 20
_MOSTLY = 0.9
_SHORT = (4, 16, 64)


Level = tuple[str, int]
"""A dimension, and how wide: 0 its values, 1, 2 … the groupings that may be asked for."""


@dataclass(eq=False)
class _Line:
    """One way of adding up a table's cells: which cell of `total` each belongs to, (n_cells,).

    is_next: no other way lies between: sums by year are those of the quarters' sums.
    """

    of_cell: Ints
    total: _Table
    is_next: bool

    @property
    def is_told(self) -> Bools:
        return np.asarray(~self.total.hidden, dtype=np.bool_)


@dataclass(eq=False)
class _Table:
    """The cells of the lattice by some dimensions that hold anybody.

    keys (n_cells, n_levels); persons (n_cells,); cell_of, who: (n_pairs,) who is in which of the
    small cells, all that is ever asked: together with a large one they are five anyway. is_closed:
    not even which cells are empty is shown.
    """

    levels: tuple[Level, ...]
    keys: Ints
    persons: Ints
    cell_of: Ints
    who: Ints
    hidden: Bools
    lines: list[_Line] = field(default_factory=list)
    is_closed: bool = False

    @property
    def above(self) -> list[_Table]:
        """All tables that this one adds up to, each once."""
        found = [self]
        for table in found:
            found += [line.total for line in table.lines if line.total not in found]
        return found[1:]


class Lattice:
    """Persons by dimensions, all tables of them protected together.

    pairs: a row a cell and person, columns `dims` and `who`. pinned: dimensions whose values do not
    add up to anything (moments of a stock). wider: for a dimension, groupings of its values (value
    → group) that may be asked for instead.
    """

    def __init__(
        self,
        pairs: pd.DataFrame,
        dims: Sequence[str],
        *,
        pinned: Sequence[str] = (),
        wider: Mapping[str, Sequence[Mapping[object, str]]] | None = None,
    ) -> None:
        self._dims = tuple(dims)
        self._pinned = frozenset(pinned)
        self._values: dict[str, pd.Index] = {}
        self._codes: dict[Level, Ints] = {}
        self._groups: dict[Level, Ints] = {}
        self._nests: dict[Level, list[Level]] = {}
        self._who: Ints = pd.factorize(pairs["who"])[0].astype(np.int64)
        for name in self._dims:
            found, self._values[name] = coded_values(pairs[name])
            self._add_levels(name, found, (wider or {}).get(name, ()))
        self._tables: dict[tuple[Level, ...], _Table] = {}
        finest = self._counted(_leaves(self._dims))
        # Where all cells hold five persons, so does every sum of them, and nothing is hidden.
        self._is_open = not finest.hidden.any()
        if not self._is_open:
            self._finish(finest)
        # All tables that protect each other are there: one stands for all persons of a cell now,
        # for nothing else is asked any more of a table that comes later than whom it holds.
        self._who = np.zeros(len(finest.keys), dtype=np.int64)
        for (name, wide), of_value in self._groups.items():
            self._codes[name, wide] = of_value[finest.keys[:, self._dims.index(name)]]

    def _add_levels(self, name: str, codes: Ints, wider: Sequence[Mapping[object, str]]) -> None:
        values = self._values[name]
        groups = [np.arange(len(values), dtype=np.int64)]
        for group in wider:
            named = [group.get(value, f"\x00{value}") for value in values]
            found = pd.factorize(np.array(named, dtype=object))[0].astype(np.int64)
            count = int(found.max(initial=0)) + 1
            if 1 < count < len(values) and not any((found == known).all() for known in groups):
                groups.append(found)
        levels = [(name, at) for at in range(len(groups))]
        for level, of_value in zip(levels, groups, strict=True):
            self._groups[level], self._codes[level] = of_value, of_value[codes]
            self._nests[level] = [
                other for other, wide in zip(levels, groups, strict=True)
                if other != level and _refines(of_value, wide)
            ]  # fmt: skip

    def hidden(
        self, cells: pd.DataFrame, chosen: Mapping[str, Sequence[object]] | None = None
    ) -> Bools:
        """Which figures must not be shown, (n,).

        cells: a figure a row, by some of the dimensions. chosen: for others the values that the
        figures are over; over all where neither names the dimension. A figure over some of the
        values is shown only where it takes in all or none of what is hidden among them: then it is
        a sum or a difference of figures that are shown.
        """
        if self._is_open:
            return np.zeros(len(cells), dtype=np.bool_)
        by = tuple(name for name in self._dims if name in cells)
        parts = {
            name: self._codes_of(name, values)
            for name, values in (chosen or {}).items()
            if name not in by
        }
        parts = {n: c for n, c in parts.items() if len(c) < len(self._values[n])}
        at, known = self._places(by, cells)
        dims = tuple(name for name in self._dims if name in by or name in parts)
        if self._table(_leaves(dims)).is_closed:
            return np.ones(len(cells), dtype=np.bool_)
        if not parts:
            return _at(self._table(_leaves(by)).hidden, at, known)
        return _at(self._hidden_parts(by, parts), at, known)

    def holds(self, cells: pd.DataFrame) -> Bools:
        """Whether anybody stands behind each cell by some of the dimensions, (n,)."""
        by = tuple(name for name in self._dims if name in cells)
        return self._places(by, cells)[1]

    def _hidden_parts(self, by: tuple[str, ...], parts: Mapping[str, Ints]) -> Bools:
        """For each cell by `by`: whether its part that `parts` chooses must be hidden."""
        whole = self._table(_leaves(by))
        dims = tuple(name for name in self._dims if name in by or name in parts)
        fine = self._table(_leaves(dims))
        columns = {name: dims.index(name) for name in dims}
        inside = np.ones(len(fine.keys), dtype=np.bool_)
        for name, codes in parts.items():
            inside &= np.isin(fine.keys[:, columns[name]], codes)
        keys = fine.keys[:, [columns[name] for name in by]]
        line = self._line(_leaves(by), keys).of_cell
        size = len(whole.keys)
        hidden = np.bincount(line[fine.hidden], minlength=size)
        hidden_inside = np.bincount(line[fine.hidden & inside], minlength=size)
        persons = _together(fine, line, inside, size)
        splits = (hidden_inside > 0) & ((hidden_inside < hidden) | whole.hidden)
        few = (persons > 0) & (persons < THRESHOLD)
        return np.asarray(splits | few, dtype=np.bool_)

    # The tables and their lines

    @property
    def size(self) -> int:
        """About how many numbers it holds."""
        width = 2 * len(self._groups) + 4
        return len(self._who) * width + sum(len(one.keys) for one in self._tables.values()) * width

    def _table(self, levels: tuple[Level, ...]) -> _Table:
        if levels not in self._tables:
            table = self._counted(levels)
            if self._is_open:
                self._tables[levels] = table
            else:
                self._finish(table)
        return self._tables[levels]

    def _finish(self, table: _Table) -> None:
        table.lines = list(self._lines_of(table))
        self._close(table)
        self._tables[table.levels] = table

    def _counted(self, levels: tuple[Level, ...]) -> _Table:
        """The table with its small cells hidden, and nothing else."""
        codes = self._stacked([self._codes[level] for level in levels], len(self._who))
        first, cell = numbered(self._ids(levels, codes))
        width = int(self._who.max(initial=0)) + 1
        pairs = distinct_of(cell * width + self._who)
        cell_of, who = pairs // width, pairs % width
        persons = np.bincount(cell_of, minlength=len(first))
        is_small = persons < THRESHOLD
        kept = is_small[cell_of]
        return _Table(levels, codes[first], persons, cell_of[kept], who[kept], is_small)

    def _lines_of(self, table: _Table) -> Iterator[_Line]:
        for place, level in enumerate(table.levels):
            if level[0] in self._pinned:
                continue
            before, after = table.levels[:place], table.levels[place + 1 :]
            nests = self._nests[level]
            for wide in nests:
                group = _group_of(self._groups[level], self._groups[wide])
                keys = table.keys.copy()
                keys[:, place] = group[keys[:, place]]
                is_next = not any(wide in self._nests[between] for between in nests)
                yield self._line((*before, wide, *after), keys, is_next=is_next)
            keys = np.delete(table.keys, place, axis=1)
            yield self._line((*before, *after), keys, is_next=not nests)

    def _line(self, levels: tuple[Level, ...], keys: Ints, *, is_next: bool = True) -> _Line:
        total = self._table(levels)
        known = self._ids(levels, total.keys)
        return _Line(np.searchsorted(known, self._ids(levels, keys)), total, is_next)

    def _close(self, table: _Table) -> None:
        """Hide more cells of `table` until its lines and the audit are content."""
        if any(line.total.is_closed for line in table.lines):
            table.hidden[:] = table.is_closed = True
            return
        if not table.hidden.any() and not any(one.hidden.any() for one in table.above):
            return
        for _turn in range(_ROUNDS):
            _complete(table)
            if table.hidden.mean() > _MOSTLY:
                break
            told = _told(table)
            if not told.any():
                return
            _hide_near(table, told)
        # So fine a table shows next to nothing: then nothing. Where that is not enough, because
        # cells are alone in their lines, nobody is told either which cells are empty.
        table.hidden[:] = True
        table.is_closed = bool(_told(table).any())

    def _stacked(self, columns: list[Ints], rows: int) -> Ints:
        return np.stack(columns, axis=1) if columns else np.zeros((rows, 0), dtype=np.int64)

    def _ids(self, levels: Sequence[Level], keys: Ints) -> Ints:
        """One number a combination of values, rising with them."""
        ids = np.zeros(len(keys), dtype=np.int64)
        for place, (name, _wide) in enumerate(levels):
            ids = ids * max(1, len(self._values[name])) + keys[:, place]
        return ids

    def _codes_of(self, name: str, values: Sequence[object]) -> Ints:
        found = self._values[name].get_indexer(
            pd.Index(list(values)).astype(self._values[name].dtype)
        )
        return found[found >= 0].astype(np.int64)

    def _places(self, by: tuple[str, ...], cells: pd.DataFrame) -> tuple[Ints, Bools]:
        """Where in the table by `by` each of `cells` stands, and whether it is there at all."""
        known = np.ones(len(cells), dtype=np.bool_)
        keys = np.zeros((len(cells), len(by)), dtype=np.int64)
        for place, name in enumerate(by):
            values = self._values[name]
            keys[:, place] = values.get_indexer(pd.Index(cells[name]).astype(values.dtype))
            known &= keys[:, place] >= 0
        ids = self._ids(_leaves(by), self._table(_leaves(by)).keys)
        wanted = self._ids(_leaves(by), keys)
        at = np.minimum(np.searchsorted(ids, wanted), max(0, len(ids) - 1))
        known &= (ids[at] == wanted) if len(ids) else False
        return at, known


def _leaves(names: Sequence[str]) -> tuple[Level, ...]:
    return tuple((name, 0) for name in names)


def _refines(fine: Ints, wide: Ints) -> bool:
    """Whether all values of a group of `fine` lie in one group of `wide`."""
    return bool((_group_of(fine, wide)[fine] == wide).all())


def _group_of(fine: Ints, wide: Ints) -> Ints:
    found = np.zeros(int(fine.max(initial=-1)) + 1, dtype=np.int64)
    found[fine] = wide
    return found


def _told(table: _Table) -> Bools:
    """Which small cells follow from the sums of all tables; those of `table`, then those above."""
    tables = [table, *table.above]
    starts = np.cumsum([0, *(len(one.keys) for one in tables)])
    first = {id(one): int(start) for one, start in zip(tables, starts[:-1], strict=True)}
    sums = Sums()
    for one in tables:
        # The others follow from these.
        for line in (line for line in one.lines if line.is_next):
            sums.add(line.of_cell, first[id(one)], first[id(line.total)], len(line.total.keys))
    told = told_by(sums, np.concatenate([one.hidden for one in tables]))
    small = np.concatenate([one.persons < THRESHOLD for one in tables])
    return np.asarray(told & small, dtype=np.bool_)


def _at(flags: Bools, at: Ints, known: Bools) -> Bools:
    return np.asarray(known & flags[at] if len(flags) else known & False, dtype=np.bool_)


def _together(table: _Table, line: Ints, chosen: Bools, lines: int) -> Ints:
    """How many different persons the chosen cells of each line hold; exact below five.

    line: (n_cells,), which of `lines` each cell belongs to.
    """
    taken = chosen[table.cell_of]
    who, width = table.who[taken], int(table.who.max(initial=0)) + 1
    of_small = distinct_of(line[table.cell_of[taken]] * width + who) // width
    large = chosen & (table.persons >= THRESHOLD)
    found = np.bincount(of_small, minlength=lines)
    return found + THRESHOLD * np.bincount(line[large], minlength=lines)


def _complete(table: _Table) -> None:
    """Hide cells, those with fewest persons first, until every line is content."""
    changing = True
    while changing:
        changing = False
        for line in table.lines:
            wanting = _wanting(table, line)
            while wanting.any() and _hide_one_each(table, line, wanting):
                changing = True
                wanting = _wanting(table, line)


def _wanting(table: _Table, line: _Line) -> Bools:
    """Which lines need one more hidden cell, (n_lines,)."""
    size = len(line.is_told)
    count = np.bincount(line.of_cell[table.hidden], minlength=size)
    # A hidden total of cells that are all shown would be no secret.
    exposed: Bools = np.asarray(line.total.hidden & (count == 0), dtype=np.bool_)
    some = line.is_told & (count > 0)
    if not some.any():
        return exposed
    together = _together(table, line.of_cell, table.hidden & some[line.of_cell], size)
    return np.asarray(exposed | (some & ((count < 2) | (together < THRESHOLD))), dtype=np.bool_)


def _hide_one_each(table: _Table, line: _Line, wanting: Bools) -> bool:
    """In each wanting line hide the shown cell with the fewest persons; False if none is left."""
    open_cells = np.flatnonzero(~table.hidden & wanting[line.of_cell])
    if not len(open_cells):
        return False
    # A cell that is alone in a line whose total is shown hides nothing: last resort.
    ordered = open_cells[np.lexsort((table.persons[open_cells], _is_alone(table)[open_cells]))]
    _lines, first = np.unique(line.of_cell[ordered], return_index=True)
    table.hidden[ordered[first]] = True
    return True


def _is_alone(table: _Table) -> Bools:
    found = np.zeros(len(table.keys), dtype=np.bool_)
    for line in table.lines:
        count = np.bincount(line.of_cell, minlength=len(line.is_told))
        found |= (count == 1)[line.of_cell] & line.is_told[line.of_cell]
    return found


def _hide_near(table: _Table, told: Bools) -> None:
    """Hide the cells with fewest persons among those that stand nearest to the small ones told."""
    shown = np.zeros(0, dtype=np.int64)
    for length in (*_SHORT, len(table.keys)):
        near = _reached(table, told[: len(table.keys)], length)
        shown = np.flatnonzero(near & ~table.hidden)
        if len(shown):
            break
    if not len(shown):
        shown = np.flatnonzero(~table.hidden)
    order = np.lexsort((table.persons[shown], _is_alone(table)[shown]))
    table.hidden[shown[order[: max(1, int(told.sum()))]]] = True


def _reached(table: _Table, start: Bools, length: int) -> Bools:
    """Cells that share a line of at most `length` cells with those of `start`, or with hidden cells
    so reached; until one is shown."""
    near, before = start.copy(), np.zeros_like(start)
    while (near != before).any() and not (near & ~table.hidden).any():
        before = near.copy()
        for line in table.lines:
            size = np.bincount(line.of_cell, minlength=len(line.total.keys))
            reached = np.zeros(len(size), dtype=np.bool_)
            reached[line.of_cell[before]] = True
            near |= (reached & (size <= length))[line.of_cell]
    return near
