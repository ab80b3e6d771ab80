"""Small counts of persons in a table: no total, part or coarser table gives them away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gridgov.explore.builder_privacy import HIDDEN, masked
from gridgov.explore.disclosure import Lattice
from gridgov.explore.disclosure_audit import Sums, told_by
from gridgov.explore.persons import DIMENSIONS, counts_persons
from gridgov.metrics import METRICS


def people(**cells: int | list[str]) -> pd.DataFrame:
    """Cells "row_column" → how many persons of their own, or which."""
    rows = [
        {"key": name.split("_")[0], "across": name.split("_")[1], "who": who}
        for name, persons in cells.items()
        for who in (
            persons if isinstance(persons, list) else [f"{name}{at}" for at in range(persons)]
        )
    ]
    return pd.DataFrame(rows)


def hidden(pairs: pd.DataFrame, **options: object) -> set[str]:
    """Names of the hidden cells of the whole table."""
    cells = pairs[["key", "across"]].drop_duplicates(ignore_index=True)
    found = Lattice(pairs, ("key", "across"), **options).hidden(cells)  # type: ignore[arg-type]
    return {f"{row.key}_{row.across}" for row in cells[found].itertuples()}


def test_a_small_cell_takes_three_others_with_it() -> None:
    table = people(a_x=3, a_y=20, a_z=40, b_x=30, b_y=9, b_z=50, c_x=60, c_y=70, c_z=80)
    assert hidden(table) == {"a_x", "a_y", "b_x", "b_y"}


def test_five_persons_stay_and_an_empty_cell_is_no_person() -> None:
    table = people(a_x=5, a_y=30, b_y=6)
    assert hidden(table) == set()
    lattice = Lattice(table, ("key", "across"))
    empty = pd.DataFrame({"key": ["b", "?"], "across": ["x", "x"]})
    assert lattice.hidden(empty).tolist() == [False, False]
    assert lattice.holds(empty).tolist() == [False, False]
    assert lattice.holds(pd.DataFrame({"key": ["b"], "across": ["y"]})).tolist() == [True]


def test_it_is_different_persons_that_must_be_five_together() -> None:
    same = ["p", "q", "r"]
    others = [f"o{at}" for at in range(9)]
    table = people(a_x=same, a_y=same, a_z=[*others, *same], b_x=others, b_y=others, b_z=others)
    # Three persons in x and the same three in y would be told by the total less z.
    assert {"a_x", "a_y", "a_z"} <= hidden(table)


def test_a_hidden_total_has_a_hidden_part() -> None:
    # By key alone a (2) goes, and b (6) with it: then b must not be told by its parts.
    table = people(a_x=1, a_y=1, b_x=6, c_x=20, c_y=20, d_x=20, d_y=20)
    whole = Lattice(table, ("key", "across"))
    assert whole.hidden(pd.DataFrame({"key": list("abcd")})).tolist() == [True, True, False, False]
    assert {"a_x", "a_y", "b_x"} <= hidden(table)


def test_siblings_of_one_parent_are_hidden_together() -> None:
    pairs = people(a_x=3, b_x=30, c_x=8, d_x=90)
    above: dict[object, str] = {"a": "north", "b": "north", "c": "south", "d": "south"}
    cells = pd.DataFrame({"key": list("abcd")})
    alone = Lattice(pairs, ("key",)).hidden(cells)
    assert alone.tolist() == [True, False, True, False]
    family = Lattice(pairs, ("key",), wider={"key": [above]}).hidden(cells)
    assert family.tolist() == [True, True, False, False]


def test_moments_of_a_stock_add_up_to_nothing() -> None:
    table = people(a_x=3, a_y=20, b_x=20, b_y=20, c_x=30, c_y=30)
    assert hidden(table, pinned=("across",)) == {"a_x", "b_x"}
    assert len(hidden(table)) == 4


def test_a_part_is_shown_only_with_all_or_none_of_what_is_hidden() -> None:
    lattice = Lattice(people(a_x=3, a_y=6, a_z=30, b_x=40, b_y=40, b_z=40), ("key", "across"))
    cells = pd.DataFrame({"key": ["a", "b"]})

    def part(*values: str) -> list[bool]:
        found: list[bool] = lattice.hidden(cells, {"across": values}).tolist()
        return found

    # x is small; y goes with it, and so do both in row b.
    assert part("x") == [True, True] and part("y") == [True, True]
    assert part("z") == [False, False] and part("x", "y") == [False, False]
    assert part("x", "z") == [True, True] and part("x", "y", "z") == [False, False]
    # Together with another part the small one would be a difference.
    assert part("y", "z") == [True, True]


def test_a_chain_of_sums_is_seen_through() -> None:
    """Every line has two unknown cells and yet one of them follows: a bridge between two blocks."""
    rows = np.array([0, 0, 1, 1, 1, 2, 2, 3, 3])
    columns = np.array([0, 1, 0, 1, 2, 2, 3, 2, 3])
    # Cells (0,0) (0,1) (1,0) (1,1) | (1,2) bridge | (2,2) (2,3) (3,2) (3,3).
    sums = Sums()
    sums.add(rows, 0, 9, 4)
    sums.add(columns, 0, 13, 4)
    unknown = np.array([True] * 9 + [False] * 8)
    assert told_by(sums, unknown)[:9].tolist() == [at == 4 for at in range(9)]


def test_nothing_is_left_of_a_hidden_figure() -> None:
    frame = pd.DataFrame(
        {"numerator": [3.0, 20.0], "state": ["ok", "few"], "is_partial": [False] * 2}
    )
    frame = frame.assign(denominator=frame["numerator"], value=0.5, n=frame["numerator"])
    found = masked(frame, np.array([True, False]))
    gone = found[found["is_suppressed"]]
    assert gone[["numerator", "denominator", "value", "n"]].isna().all().all()
    assert found["state"].tolist() == [HIDDEN, "few"]
    assert found["value"].tolist()[1] == 0.5


def test_which_metrics_count_persons() -> None:
    persons = {code for code, metric in METRICS.items() if counts_persons(metric)}
    assert persons == {
        "SV1", "SV2", "SV4", "SV5", "SV6", "SV7", "SV8", "SV9", "SV10", "ML1", "ML2",
    }  # fmt: skip


@pytest.mark.parametrize("code", [code for code, m in METRICS.items() if counts_persons(m)])
def test_persons_can_be_counted_by_all_that_their_metrics_split_by(code: str) -> None:
    assert set(METRICS[code].dimensions) <= set(DIMENSIONS)
