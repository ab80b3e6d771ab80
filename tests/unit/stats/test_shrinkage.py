"""Marginal maximum likelihood against brute force, and the degenerate inputs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import betabinom, nbinom

from gridgov.stats.shrink import (
    MAX_STRENGTH,
    beta_binomial_fit,
    gamma_poisson_fit,
    information,
    james_stein,
    shrink_counts,
    shrink_rates,
)


def _rates(seed: int, units: int = 60) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    trials = rng.integers(1, 80, units)
    return rng.binomial(trials, rng.beta(8, 2, units)), trials


@pytest.mark.parametrize("seed", range(4))
def test_beta_binomial_beats_a_grid_of_its_neighbours(seed: int) -> None:
    y, n = _rates(seed)
    a, b = beta_binomial_fit(y, n)
    best = betabinom.logpmf(y, n, a, b).sum()
    for up in (0.5, 0.9, 0.99, 1.01, 1.1, 2.0):
        for side in (0.9, 0.99, 1.0, 1.01, 1.1):
            assert betabinom.logpmf(y, n, a * up, b * up * side).sum() <= best + 1e-7


@pytest.mark.parametrize("seed", range(4))
def test_gamma_poisson_beats_a_grid_of_its_neighbours(seed: int) -> None:
    rng = np.random.default_rng(seed)
    expected = rng.uniform(0.5, 20, 80)
    observed = rng.poisson(expected * rng.gamma(5, 0.2, 80))
    alpha, beta = gamma_poisson_fit(observed, expected)

    def loglik(shape: float, rate: float) -> float:
        return float(nbinom.logpmf(observed, shape, rate / (rate + expected)).sum())

    best = loglik(alpha, beta)
    for up in (0.5, 0.9, 0.99, 1.01, 1.1, 2.0):
        for side in (0.9, 0.99, 1.0, 1.01, 1.1):
            assert loglik(alpha * up, beta * up * side) <= best + 1e-7


def test_the_adjusted_fit_is_the_best_of_its_own_objective_and_never_at_the_edge() -> None:
    """Eleven grids that differ less than chance would: likelihood / (a + b), by brute force."""
    n = np.array([49, 60, 93, 97, 104, 104, 113, 120, 132, 135, 140])
    y = np.round(n * 0.92).astype(int)
    assert sum(beta_binomial_fit(y, n)) > 0.9 * MAX_STRENGTH
    a, b = beta_binomial_fit(y, n, adjusted=True)
    mean, strength = a / (a + b), a + b
    grid = strength * np.exp(np.linspace(-3, 3, 121))
    shares = mean + np.linspace(-0.02, 0.02, 41)
    values = np.array(
        [[betabinom.logpmf(y, n, m * s, (1 - m) * s).sum() - np.log(s) for s in grid]
         for m in shares]
    )  # fmt: skip
    at = np.unravel_index(values.argmax(), values.shape)
    assert (int(at[0]), int(at[1])) == (20, 60)
    assert strength < 1000


def test_the_adjusted_gamma_fit_likewise_and_both_agree_where_there_is_enough_to_see() -> None:
    e = np.array([7.8, 8.5, 9.0, 9.8, 9.9, 10.2, 10.9, 11.5, 12.0, 13.1, 13.5])
    y = np.round(e)
    assert gamma_poisson_fit(y, e)[0] > 0.9 * MAX_STRENGTH
    alpha, beta = gamma_poisson_fit(y, e, adjusted=True)
    grid = alpha * np.exp(np.linspace(-3, 3, 121))
    level = alpha / beta
    values = [nbinom.logpmf(y, s, (s / level) / (s / level + e)).sum() - np.log(s) for s in grid]
    assert int(np.argmax(values)) == 60
    many, trials = _rates(3, 5000)
    plain, adjusted = (beta_binomial_fit(many, trials, adjusted=way) for way in (False, True))
    assert adjusted == pytest.approx(plain, rel=0.01)


def test_a_city_of_workers_gives_back_what_was_planted() -> None:
    rng = np.random.default_rng(1)
    trials = rng.integers(0, 60, 50_000)
    a, b = beta_binomial_fit(rng.binomial(trials, rng.beta(8, 2, 50_000)), trials)
    assert (a, b) == pytest.approx((8, 2), rel=0.03)


def test_row_order_and_repetition_of_the_call_change_nothing() -> None:
    y, n = _rates(9)
    order = np.random.default_rng(0).permutation(len(y))
    assert beta_binomial_fit(y, n) == beta_binomial_fit(y[order], n[order])
    assert gamma_poisson_fit(y, n) == gamma_poisson_fit(y[order], n[order])


@pytest.mark.parametrize(
    ("successes", "trials"),
    [([], []), ([0], [0]), ([np.nan], [5])],
)
def test_no_information_is_a_flat_prior(successes: list[float], trials: list[float]) -> None:
    assert beta_binomial_fit(successes, trials) == (1.0, 1.0)
    assert gamma_poisson_fit(successes, trials) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("successes", "trials"),
    [
        ([3], [10]),  # one unit cannot differ from itself
        ([1, 0, 1, 1], [1, 1, 1, 1]),  # one trial each shows no spread
        ([0, 0, 0], [10, 20, 30]),
        ([10, 20, 30], [10, 20, 30]),
    ],
)
def test_units_that_cannot_differ_are_pooled(successes: list[int], trials: list[int]) -> None:
    a, b = beta_binomial_fit(successes, trials)
    assert a + b == pytest.approx(MAX_STRENGTH)
    assert 0 < a / (a + b) < 1
    total = (sum(successes) + 0.5) / (sum(trials) + 1)
    assert a / (a + b) == pytest.approx(total)


def test_less_than_chance_spread_is_pooled_and_more_is_not() -> None:
    a, b = beta_binomial_fit([30] * 20, [50] * 20)
    assert a + b > 1e4
    a, b = beta_binomial_fit([0, 50] * 10, [50] * 20)
    assert a + b < 0.2
    alpha, _beta = gamma_poisson_fit([10] * 20, [10.0] * 20)
    assert alpha > 1e4
    assert gamma_poisson_fit([0, 0], [3.0, 4.0])[0] == MAX_STRENGTH


def test_posterior_means_lie_between_own_and_common_rate() -> None:
    rate = shrink_rates([0, 9, 90], [1, 10, 100], 8.0, 2.0)
    assert rate == pytest.approx([8 / 11, 17 / 20, 98 / 110])
    assert shrink_counts([0, 30], [2.0, 10.0], 5.0, 5.0) == pytest.approx([5 / 7, 35 / 15])
    assert information([10, 0, 30], 10.0) == pytest.approx([0.5, 0.0, 0.75])


def test_james_stein_edges() -> None:
    few, factor = james_stein([0.1, 0.9, 0.5], 0.01)
    assert factor == 1.0
    assert few.tolist() == [0.1, 0.9, 0.5]
    same, factor = james_stein([0.5] * 6, 0.01)
    assert factor == 0.0
    assert same.tolist() == [0.5] * 6
    _all, factor = james_stein([0.4, 0.5, 0.6, 0.5], 10.0)
    assert factor == 0.0, "the positive part: never beyond the mean"


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="exceed"):
        beta_binomial_fit([3], [2])
    with pytest.raises(ValueError, match="negative"):
        gamma_poisson_fit([-1], [2])
    with pytest.raises(ValueError, match="one length"):
        gamma_poisson_fit([1, 2], [2])
