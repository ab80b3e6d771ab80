"""Which hidden cells follow from the sums: against dense algebra, with places and times nested."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from gridgov.explore import disclosure
from gridgov.explore.disclosure import Lattice
from gridgov.explore.disclosure_audit import Sums, told_by

Bools = npt.NDArray[np.bool_]


def dense(matrix: npt.NDArray[np.float64]) -> Bools:
    """Columns that no vector of the null space touches, (n_columns,)."""
    _u, sizes, v = np.linalg.svd(matrix, full_matrices=True)
    free = v[(sizes > 1e-9).sum() :]
    return np.asarray((np.abs(free) < 1e-8).all(axis=0), dtype=np.bool_)


def people(seed: int) -> tuple[pd.DataFrame, dict[str, list[dict[object, str]]]]:
    """Few persons in twelve places by eight months; places and months belong to larger ones."""
    pick = np.random.default_rng(seed)
    many = pick.poisson(pick.gamma(1.0, 3.0, 12)[:, None] * np.ones(8))
    cell = np.repeat(np.arange(many.size), many.ravel())
    places, months = [f"G{at:02}" for at in range(12)], [f"2025-{at + 1:02}" for at in range(8)]
    frame = pd.DataFrame(
        {
            "grid": np.array(places)[cell // 8],
            "bucket": np.array(months)[cell % 8],
            "who": cell // 8 * 100 + pick.integers(0, 12, len(cell)),
        }
    )
    wider: dict[str, list[dict[object, str]]] = {
        "grid": [{name: f"C{at // size}" for at, name in enumerate(places)} for size in (3, 6)],
        "bucket": [{name: f"Q{at // 3}" for at, name in enumerate(months)}],
    }
    return frame, wider


@pytest.mark.parametrize("seed", range(12))
def test_what_follows_is_what_dense_algebra_says(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, wider = people(seed)
    found: list[int] = []

    def compared(sums: Sums, hidden: Bools) -> Bools:
        told = told_by(sums, hidden)
        assert not told[~hidden].any()
        if hidden.any():
            assert told[hidden].tolist() == dense(sums.over(hidden).toarray()).tolist()
        found.append(int(told.sum()))
        return told

    monkeypatch.setattr(disclosure, "told_by", compared)
    Lattice(frame, ("grid", "bucket"), wider=wider)
    assert found


def test_some_of_them_follow() -> None:
    """Else the test above would hold of an audit that never finds anything."""
    told = []
    for seed in range(12):
        frame, wider = people(seed)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                disclosure,
                "told_by",
                lambda sums, hidden: told.append(told_by(sums, hidden)) or told[-1],
            )
            Lattice(frame, ("grid", "bucket"), wider=wider)
    assert any(one.any() for one in told)


def test_sums_over_larger_steps_say_nothing_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """The audit adds up quarters from months and a year from quarters, not a year from months."""
    frame, wider = people(3)
    pairs: list[tuple[Bools, Bools]] = []
    audit = disclosure._told

    def both(table: disclosure._Table) -> Bools:
        short = audit(table)
        tables = [table, *table.above]
        lines = [line for one in tables for line in one.lines]
        kept = [line.is_next for line in lines]
        assert not all(kept) or len(table.levels) < 2
        for line in lines:
            object.__setattr__(line, "is_next", True)
        pairs.append((short, audit(table)))
        for line, is_next in zip(lines, kept, strict=True):
            object.__setattr__(line, "is_next", is_next)
        return short

    monkeypatch.setattr(disclosure, "_told", both)
    Lattice(frame, ("grid", "bucket"), wider=wider)
    assert len(pairs) > 3
    for short, long in pairs:
        assert short.tolist() == long.tolist()


def test_cells_that_no_sum_holds_do_not_follow() -> None:
    sums = Sums()
    sums.add(np.array([0, 0]), 0, 2, 1)
    hidden = np.array([False, False, False, True])
    assert told_by(sums, hidden).tolist() == [False] * 4


def test_a_city_of_grids_by_month_hides_every_small_cell() -> None:
    """Two thousand grids by twelve months, most cells small: the old way took half a minute."""
    pick = np.random.default_rng(1)
    many = pick.poisson(pick.gamma(1.0, 2.0, 2000)[:, None] * np.ones(12))
    cell = np.repeat(np.arange(many.size), many.ravel())
    frame = pd.DataFrame(
        {"grid": cell // 12, "bucket": cell % 12, "who": cell // 12 * 100 + pick.integers(0, 9)}
    )
    frame["who"] += pick.integers(0, 9, len(frame))
    wider = {"grid": [{at: f"C{at // size}" for at in range(2000)} for size in (10, 100)],
             "bucket": [{at: f"Q{at // 3}" for at in range(12)}]}  # fmt: skip
    lattice = Lattice(frame, ("grid", "bucket"), wider=wider)
    persons = frame.groupby(["grid", "bucket"])["who"].nunique().reset_index()
    found = lattice.hidden(persons[["grid", "bucket"]])
    assert found.sum() > 1_000
    assert found[persons["who"] < 5].all()
