"""Natural breaks against every possible grouping, tried one by one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from gridgov.figures.breaks import natural_breaks


def scatter(groups: list[np.ndarray]) -> float:
    return float(sum(((part - part.mean()) ** 2).sum() for part in groups))


def tried(values: np.ndarray, classes: int) -> float:
    """The least scatter over all ways to cut the sorted distinct values."""
    distinct = np.unique(values)
    ways = combinations(distinct[:-1], min(classes, len(distinct)) - 1)
    return min(scatter(cut(values, np.array(way))) for way in ways)


def cut(values: np.ndarray, edges: np.ndarray) -> list[np.ndarray]:
    place = np.searchsorted(edges, values, side="left")
    return [values[place == turn] for turn in range(len(edges) + 1)]


@pytest.mark.parametrize("seed", range(12))
def test_no_other_grouping_is_closer(seed: int) -> None:
    random = np.random.default_rng(seed)
    values = random.choice([random.normal(size=14), random.lognormal(1, 1, 14).round(1)])
    edges = natural_breaks(values, 4)
    assert scatter(cut(values, edges)) == pytest.approx(tried(values, 4))


def test_a_place_apart_has_a_class_of_its_own() -> None:
    values = [61.0, 62, 63, 64, 65, 66, 67, 68, 69, 69.7, 51.7]
    assert natural_breaks(values, 5)[0] == 51.7


@pytest.mark.parametrize("values", [[], [3.0], [2.0, 2, 2]])
def test_one_value_is_one_class(values: list[float]) -> None:
    assert len(natural_breaks(values)) == 0


def test_fewer_values_than_classes() -> None:
    assert natural_breaks([1.0, 5, 5, 9]).tolist() == [1.0, 5.0]


def test_a_city_of_grids_is_cut_at_values_that_occur() -> None:
    values = np.random.default_rng(1).gamma(2, size=30_000)
    edges = natural_breaks(values)
    assert len(edges) == 4 and set(edges) <= set(values) and (np.diff(edges) > 0).all()
    quintiles = np.quantile(values, [0.2, 0.4, 0.6, 0.8])
    assert scatter(cut(values, edges)) < 0.8 * scatter(cut(values, quintiles))
