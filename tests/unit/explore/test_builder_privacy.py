"""Small counts of persons in a cross table: no total gives them away."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.explore.builder_privacy import counts_persons, protect
from gridgov.metrics import METRICS


def _cells(counts: list[list[int]]) -> pd.DataFrame:
    rows = [
        {"metric": "SV2", "key_1": f"r{y}", "key_2": f"c{x}", "numerator": float(n)}
        for y, row in enumerate(counts)
        for x, n in enumerate(row)
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(denominator=np.nan, value=frame["numerator"], n=frame["numerator"])


@given(
    st.integers(1, 5).flatmap(
        lambda wide: st.lists(
            st.lists(st.integers(0, 12), min_size=wide, max_size=wide), min_size=1, max_size=5
        )
    )
)
@settings(max_examples=150)
def test_no_line_of_the_table_has_a_single_hidden_cell(counts: list[list[int]]) -> None:
    found, hidden = protect(_cells(counts), ("key_1", "key_2"))
    grid = found["is_suppressed"].to_numpy().reshape(len(counts), -1)
    known = np.array(counts)
    shown = known[~grid]
    assert not ((shown > 0) & (shown < 5)).any()
    assert hidden == grid.sum()
    for lines, numbers in ((grid, known), (grid.T, known.T)):
        for line, values in zip(lines, numbers, strict=True):
            if line.any():
                assert line.all() or (line.sum() >= 2 and values[line].sum() >= 5)


def test_what_is_hidden_is_hidden_in_every_column() -> None:
    frame = _cells([[3, 20, 30]]).assign(compared=1.0, difference=2.0, share=0.1)
    found, hidden = protect(frame, ("key_1", "key_2"))
    assert hidden == 2
    gone = found[found["is_suppressed"]]
    columns = ["numerator", "value", "n", "compared", "difference", "share"]
    assert gone[columns].isna().all().all()
    assert found[~found["is_suppressed"]]["value"].tolist() == [30.0]


def test_large_counts_and_other_things_are_left_alone() -> None:
    _found, hidden = protect(_cells([[5, 0, 30]]), ("key_1", "key_2"))
    assert hidden == 0
    _found, hidden = protect(_cells([[3, 4, 1]]).assign(metric="C13"), ("key_1", "key_2"))
    assert hidden == 0


def test_which_metrics_count_persons() -> None:
    persons = {code for code, metric in METRICS.items() if counts_persons(metric)}
    assert {"SV1", "SV2", "SV4", "SV7", "ML2"} <= persons
    assert not persons & {"C1", "C3", "HP1", "PB1", "DV1"}
