"""Change points: planted shifts are found, noise is mostly left alone."""

from __future__ import annotations

import numpy as np
import pytest

from gridgov.stats.changepoint import change_points
from gridgov.stats.noise import false_alarms, news_by_chance
from gridgov.stats.signals import signal_runs
from gridgov.stats.spc import xmr_batch


def _noise(seed: int, n: int = 22) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=n)


def test_a_planted_shift_is_found_where_it_is() -> None:
    hits = 0
    for seed in range(40):
        values = _noise(seed)
        values[13:] += 3.0
        found = change_points(values)
        hits += any(p.first <= 13 <= p.last for p in found)
    assert hits >= 36


def test_two_shifts_and_their_levels() -> None:
    values = _noise(3, 36) * 0.5
    values[12:24] += 5.0
    found = change_points(values)
    assert [p.position for p in found] == [12, 24]
    assert found[0].before == pytest.approx(values[:12].mean())
    assert found[0].after == found[1].before == pytest.approx(values[12:24].mean())
    assert all(p.confidence > 0.95 for p in found)


def test_gaps_do_not_move_the_position() -> None:
    values = _noise(5)
    values[12:] += 6.0
    values[[2, 11, 17]] = np.nan
    (found,) = change_points(values)
    assert found.position == 12
    assert found.first <= 12 <= found.last


def test_same_seed_same_answer() -> None:
    values = _noise(8)
    values[9:] += 2.0
    assert change_points(values, seed=4) == change_points(values, seed=4)


@pytest.mark.parametrize("values", [[], [1.0, 2.0], [5.0] * 30, [np.nan] * 30, [0.1] * 7])
def test_nothing_to_find(values: list[float]) -> None:
    assert change_points(values) == ()


def test_many_points_are_tested_in_blocks() -> None:
    values = _noise(2, 3000)
    values[1500:] += 0.5
    found = change_points(values, n_permutations=999)
    assert any(abs(p.position - 1500) < 60 for p in found)


def test_a_table_is_refused() -> None:
    with pytest.raises(ValueError, match="one-dimensional"):
        change_points([[1.0, 2.0]])


def test_false_alarms_on_noise_stay_near_what_theory_gives() -> None:
    """A point leaves ±2.66 mean ranges by chance about 1 in 100 times with 22 points."""
    found = false_alarms(400)
    assert found.change_point <= 0.075
    assert 0.002 <= found.newest <= 0.035
    assert 0.10 <= found.anywhere <= 0.25
    assert set(found.by_rule) == {"outside", "trend", "two_in_three", "shift"}
    assert max(found.by_rule.values()) <= found.anywhere <= sum(found.by_rule.values())


@pytest.mark.parametrize("points", [1, 3, 6, 22])
def test_news_by_chance_is_what_noise_gives(points: int) -> None:
    quiet = np.random.default_rng(points).normal(size=(6000, 22))
    runs = signal_runs(xmr_batch(quiet)).since(22 - points)
    measured = len(np.unique(runs.row)) / len(quiet)
    expected = float(news_by_chance(points))
    assert measured == pytest.approx(expected, abs=4 * (expected / len(quiet)) ** 0.5)
    assert news_by_chance([0, 30]).tolist() == [0, float(news_by_chance(22))]
