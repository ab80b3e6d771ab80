"""No small count follows from the tables that are open: random tables against dense algebra."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridgov.explore.disclosure import Lattice

Cell = tuple[object, ...]
# Hidden whole, and yet each cell would follow: the only one of its row or column, but for one.
ALONE = pd.DataFrame(
    [("1", "1", who) for who in range(5)]
    + [("2", "1", 0)]
    + [("2", "2", who) for who in range(10, 15)],
    columns=["a", "b", "who"],
)


@st.composite
def populations(draw: st.DrawFn) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Persons in cells of a table of two or three dimensions; some are in several cells."""
    shape = draw(st.sampled_from([(3, 3), (5, 3), (2, 2, 3), (4, 2, 2), (6,)]))
    dims = tuple("abc"[: len(shape)])
    rows = []
    for cell in product(*map(range, shape)):
        many = draw(st.integers(0, 12))
        first = draw(st.sampled_from([0, 0, 100 * cell[0], 10_000 + 100 * sum(cell)]))
        rows += [(*cell, first + at + 7 * cell[-1]) for at in range(many)]
    frame = pd.DataFrame(rows, columns=[*dims, "who"])
    return frame.astype(dict.fromkeys(dims, str)), dims


def tables(frame: pd.DataFrame, dims: tuple[str, ...]) -> dict[tuple[str, ...], dict[Cell, int]]:
    """Persons of every table of the lattice, empty cells too, counted by pandas."""
    values = {name: sorted(frame[name].unique()) for name in dims}
    found: dict[tuple[str, ...], dict[Cell, int]] = {(): {(): frame["who"].nunique()}}
    for count in range(1, len(dims) + 1):
        for by in combinations(dims, count):
            counted = frame.groupby(list(by))["who"].nunique()
            known = {cell_of(by, key): int(number) for key, number in counted.items()}
            found[by] = {key: known.get(key, 0) for key in product(*(values[n] for n in by))}
    return found


def cell_of(by: tuple[str, ...], key: object) -> Cell:
    return key if isinstance(key, tuple) else (key,)


def is_shown(lattice: Lattice, by: tuple[str, ...], keys: list[Cell]) -> np.ndarray:
    cells = pd.DataFrame(keys, columns=list(by)) if by else pd.DataFrame(index=[0])
    return ~lattice.hidden(cells)


@given(populations())
@example((ALONE, ("a", "b")))
@settings(max_examples=120, deadline=None)
def test_no_small_cell_is_shown_or_follows(case: tuple[pd.DataFrame, tuple[str, ...]]) -> None:
    frame, dims = case
    if frame.empty:
        return
    lattice = Lattice(frame, dims)
    place: dict[tuple[tuple[str, ...], Cell], int] = {}
    persons: list[int] = []
    shown: list[bool] = []
    counted = tables(frame, dims)
    for by, cells in counted.items():
        flags = is_shown(lattice, by, list(cells))
        for (key, number), flag in zip(cells.items(), flags, strict=True):
            place[by, key] = len(persons)
            persons.append(number)
            shown.append(bool(flag))
    # What is shown of an empty cell is known as well.
    small, known = np.isin(persons, [1, 2, 3, 4]), np.array(shown)
    assert not (small & known).any()
    equations = []
    for by, cells in counted.items():
        for drop in range(len(by)):
            left = (*by[:drop], *by[drop + 1 :])
            rows: dict[Cell, np.ndarray] = {}
            for key in cells:
                total = (*key[:drop], *key[drop + 1 :])
                row = rows.setdefault(total, np.zeros(len(persons)))
                row[place[by, key]] = 1.0
                row[place[left, total]] = -1.0
            equations += list(rows.values())
    if not equations or known.all():
        return
    unknown = np.array(equations)[:, ~known]
    # A cell is told when no change that keeps all sums moves it.
    _u, sizes, v = np.linalg.svd(unknown)
    free = v[(sizes > 1e-9).sum() :]
    told = (np.abs(free) < 1e-8).all(axis=0)
    assert not (told & small[~known]).any()


@given(populations(), st.data())
@settings(max_examples=80, deadline=None)
def test_what_two_filters_tell_apart_is_never_fewer_than_five(
    case: tuple[pd.DataFrame, tuple[str, ...]], data: st.DataObject
) -> None:
    """Two questions that differ in the values of one filter, and the difference of their sums."""
    frame, dims = case
    if frame.empty or len(dims) < 2:
        return
    lattice, name = Lattice(frame, dims), dims[-1]
    values = sorted(frame[name].unique())
    wide = data.draw(st.lists(st.sampled_from(values), min_size=1, unique=True))
    narrow = data.draw(st.lists(st.sampled_from(wide), min_size=1, unique=True))
    by = list(dims[:-1])
    cells = frame[by].drop_duplicates(ignore_index=True)
    both = ~lattice.hidden(cells, {name: wide}) & ~lattice.hidden(cells, {name: narrow})
    for row in cells[both].itertuples(index=False):
        inside = frame[(frame[by] == list(row)).all(axis=1)]
        for chosen in (wide, narrow, [value for value in wide if value not in narrow]):
            persons = inside[inside[name].isin(chosen)]["who"].nunique()
            assert persons == 0 or persons >= 5
