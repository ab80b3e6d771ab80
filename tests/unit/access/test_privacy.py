"""Small counts of persons cannot be read, nor worked out from a total."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.access.privacy import THRESHOLD, mask_name, small_cells, suppress


def ways(counts: list[int], hidden: list[bool]) -> set[tuple[int, ...]]:
    """All values of the hidden cells that fit the total: what an attacker can conclude."""
    total = sum(n for n, h in zip(counts, hidden, strict=True) if h)
    places = sum(hidden)
    return {way for way in itertools.product(range(total + 1), repeat=places) if sum(way) == total}


@given(st.lists(st.integers(0, 12), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_no_small_count_follows_from_the_total(counts: list[int]) -> None:
    hidden = small_cells(counts).tolist()
    for count, is_hidden in zip(counts, hidden, strict=True):
        assert is_hidden or not 0 < count < THRESHOLD
    if any(hidden) and len(counts) > 1:
        assert sum(hidden) >= 2
        possible = ways(counts, hidden)
        for place in range(sum(hidden)):
            assert len({way[place] for way in possible}) > 1, "a hidden cell has one value only"


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert small_cells([5, 0, 17, 0]).tolist() == [False] * 4


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([3, 20, 30], [True, True, False]),
        ([1, 1, 40], [True, True, True]),
        ([4, 4, 40], [True, True, False]),
        ([2], [True]),
        ([2, 0], [True, True]),
        ([], []),
    ],
)
def test_neighbours_are_hidden_too(counts: list[int], hidden: list[bool]) -> None:
    assert small_cells(counts).tolist() == hidden


def test_suppress_keeps_totals_apart_and_hides_companions() -> None:
    frame = pd.DataFrame(
        {"grid": ["a", "a", "b", "b"], "persons": [2, 30, 8, 9], "rate": [0.5, 0.4, 0.3, 0.2]}
    )
    shown = suppress(frame, "persons", also=["rate"], within=["grid"])
    assert shown["is_suppressed"].tolist() == [True, True, False, False]
    assert shown["persons"].isna().tolist() == [True, True, False, False]
    assert shown["rate"].isna().tolist() == [True, True, False, False]
    assert frame["persons"].tolist() == [2, 30, 8, 9], "the given frame is left alone"


def test_suppress_an_empty_frame() -> None:
    assert suppress(pd.DataFrame({"n": pd.Series([], dtype="int64")}), "n").empty


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("欧阳小三", "欧**三"),
        ("王", "*"),
        (" 李四 ", "李*"),
        ("", ""),
    ],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked
