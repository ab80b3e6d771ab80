"""The map: 127 micro-grids tile 3.51 km², general grids and the community are their unions."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from .conftest import Sample

Ring = list[tuple[float, float]]
AREA = 3.51e6


def metres(ring: Ring) -> np.ndarray:
    """Longitude and latitude to metres on the sphere of the Earth's mean radius."""
    points = np.radians(np.array(ring))
    return 6_371_008.8 * np.column_stack([points[:, 0] * np.cos(np.radians(30.56)), points[:, 1]])


def area(ring: Ring) -> float:
    """The shoelace formula, as a plain loop."""
    total = 0.0
    for (x, y), (u, v) in pairwise(metres(ring).tolist()):
        total += x * v - u * y
    return total / 2


@pytest.fixture(scope="module")
def rings(sample: Sample) -> pd.DataFrame:
    frame = sample["grid"].copy()
    shapes = frame["outline"].map(json.loads)
    assert set(shapes.map(lambda s: s["type"])) == {"Polygon"}
    assert set(shapes.map(lambda s: len(s["coordinates"]))) == {1}
    frame["ring"] = shapes.map(lambda s: [tuple(point) for point in s["coordinates"][0]])
    return frame


def test_there_are_so_many_grids_of_each_level(sample: Sample) -> None:
    levels = sample["grid"]["level"].value_counts().to_dict()
    assert levels == {"社区": 1, "总": 1, "一般": 11, "微": 127}


def test_rings_are_closed_counter_clockwise_and_near_longquanyi(rings: pd.DataFrame) -> None:
    for ring in rings["ring"]:
        assert ring[0] == ring[-1]
        assert len(set(ring)) == len(ring) - 1
        assert area(ring) > 0
        assert all(abs(x - 104.27) < 0.03 and abs(y - 30.56) < 0.03 for x, y in ring)


@pytest.mark.parametrize("level", ["社区", "总", "一般", "微"])
def test_each_level_adds_up_to_the_area(rings: pd.DataFrame, level: str) -> None:
    total = rings.loc[rings["level"] == level, "ring"].map(area).sum()
    assert total == pytest.approx(AREA, rel=0.005)


def test_micro_grids_neither_overlap_nor_leave_gaps(rings: pd.DataFrame) -> None:
    """Every edge inside is walked once in each direction; those walked once make up the border."""
    edges = Counter(
        edge for ring in rings.loc[rings["level"] == "微", "ring"] for edge in pairwise(ring)
    )
    assert set(edges.values()) == {1}
    border = {edge for edge in edges if edge[::-1] not in edges}
    whole = rings.loc[rings["level"] == "社区", "ring"].iloc[0]
    assert border == set(pairwise(whole))


def test_no_corner_lies_inside_another_micro_grid(rings: pd.DataFrame) -> None:
    micro = rings.loc[rings["level"] == "微", "ring"].tolist()
    middles = [np.array(ring[:-1]).mean(axis=0) for ring in micro]
    for number, middle in enumerate(middles):
        inside = [k for k, ring in enumerate(micro) if contains(ring, middle)]
        assert inside in ([number], [])  # a bent cell need not hold its own middle


def contains(ring: Ring, point: np.ndarray) -> bool:
    """Ray casting."""
    x, y = point
    odd = False
    for (a, b), (c, d) in pairwise(ring):
        if (b > y) != (d > y) and x < a + (y - b) * (c - a) / (d - b):
            odd = not odd
    return odd


def test_general_grids_are_the_unions_of_their_micro_grids(rings: pd.DataFrame) -> None:
    by_id = rings.set_index("grid_id")
    for general in rings.loc[rings["level"] == "一般", "grid_id"]:
        parts = by_id.loc[by_id["parent_id"] == general, "ring"]
        edges = {edge for ring in parts for edge in pairwise(ring)}
        border = {edge for edge in edges if edge[::-1] not in edges}
        assert border == set(pairwise(by_id.loc[general, "ring"]))
        assert len(parts) >= 3


def test_most_grids_have_a_party_organisation_and_all_a_housing_kind(sample: Sample) -> None:
    low = sample["grid"][sample["grid"]["level"].isin(["一般", "微"])]
    assert 0.4 < (low["has_party_organisation"] == "是").mean() < 0.95
    assert set(low["kind"]) == {"商品房", "老旧院落", "安置小区"}
