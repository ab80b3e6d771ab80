"""Ranks of draws: ties, probabilities, bands, reliability, confidence sets."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata

from gridgov.stats.rank_sets import possibly_best, possibly_worst, rank_confidence_sets
from gridgov.stats.ranks import (
    central_weights,
    confidence_factors,
    rank_acceptability,
    rank_band,
    ranks,
    reliability,
    reliability_of_draws,
    top_k_probability,
)


def test_equal_values_share_the_better_place() -> None:
    assert ranks([5.0, 7.0, 7.0, 1.0]).tolist() == [3, 1, 1, 4]
    assert ranks([[5.0, 5.0, 5.0], [1.0, 2.0, 1.0]]).tolist() == [[1, 1, 1], [2, 1, 2]]


def test_ranks_agree_with_scipy() -> None:
    draws = np.random.default_rng(0).integers(0, 6, size=(200, 9)).astype(float)
    np.testing.assert_array_equal(ranks(draws), rankdata(-draws, method="min", axis=1))


def test_top_k_by_hand_with_a_tie_at_the_edge() -> None:
    draws = [[3.0, 2.0, 1.0], [1.0, 2.0, 3.0], [3.0, 1.0, 1.0], [2.0, 2.0, 2.0]]
    assert top_k_probability(draws, 1) == pytest.approx([(1 + 0 + 1 + 1 / 3) / 4, 1 / 12, 4 / 12])
    assert top_k_probability(draws, 2).sum() == pytest.approx(2.0)
    assert top_k_probability(draws, 0).tolist() == [0.0] * 3
    assert top_k_probability(draws, 7).tolist() == [1.0] * 3


def test_band_leaves_out_the_tails() -> None:
    """In 100 draws unit 0 is first 95 times and last 5 times: the band at 90 % is rank 1 alone."""
    draws = np.tile([3.0, 2.0, 1.0], (100, 1))
    draws[:5, 0] = 0.0
    low, high = rank_band(draws)
    assert low.tolist() == [1, 2, 3]
    assert high.tolist() == [1, 2, 3]
    assert rank_band(draws, level=0.98)[1].tolist() == [3, 2, 3]
    assert rank_band(draws[:1])[0].tolist() == [3, 1, 2]


def test_acceptability_rows_are_whole_and_tell_the_top_k() -> None:
    draws = np.random.default_rng(2).normal(size=(500, 7)) + np.arange(7) / 3
    share = rank_acceptability(draws)
    assert share.sum(axis=1) == pytest.approx([1.0] * 7)
    assert share.sum(axis=0) == pytest.approx([1.0] * 7)
    np.testing.assert_allclose(share[:, :3].sum(axis=1), top_k_probability(draws, 3))


def test_a_unit_that_is_never_first_has_no_central_weights() -> None:
    draws = np.array([[3.0, 1.0], [5.0, 2.0]])
    weights = np.array([[0.5, 0.5], [1.0, 0.0]])
    central = central_weights(draws, weights)
    assert central[0] == pytest.approx([0.75, 0.25])
    assert np.isnan(central[1]).all()
    factors = confidence_factors(np.ones((2, 2, 2)), central)
    assert factors[0] == 1.0
    assert np.isnan(factors[1])


def test_reliability_is_the_share_that_is_not_error() -> None:
    scores = np.array([60.0, 70.0, 80.0, 90.0])
    assert reliability(scores, 0.0) == 1.0
    assert reliability(scores, scores.var(ddof=1) / 4) == pytest.approx(0.75)
    assert reliability(scores, 1e6) == 0.0
    assert np.isnan(reliability([5.0, 5.0], 1.0))
    rng = np.random.default_rng(0)
    sure = rng.normal(size=(4000, 50)) * 0.1 + np.linspace(0, 5, 50)
    unsure = rng.normal(size=(4000, 50)) * 5 + np.linspace(0, 5, 50)
    assert reliability_of_draws(sure) > 0.98
    assert reliability_of_draws(unsure) < 0.15
    assert np.isnan(reliability_of_draws(sure[:, :1]))
    assert np.isnan(reliability_of_draws(np.ones((5, 3))))


def test_sets_of_far_and_of_equal_units() -> None:
    low, high = rank_confidence_sets([30.0, 20.0, 10.0], [0.1] * 3, n_draws=2000)
    assert low.tolist() == high.tolist() == [1, 2, 3]
    low, high = rank_confidence_sets([10.0, 10.0, 10.0], [1.0] * 3, simultaneous=True, n_draws=2000)
    assert low.tolist() == [1] * 3
    assert high.tolist() == [3] * 3
    assert possibly_best([30.0, 20.0, 10.0], [0.1] * 3, 1, n_draws=2000).tolist() == [1, 0, 0]
    assert possibly_worst([30.0, 20.0, 10.0], [0.1] * 3, 2, n_draws=2000).tolist() == [0, 1, 1]


def test_sets_cover_the_true_rank_as_often_as_they_say() -> None:
    rng = np.random.default_rng(4)
    truth = np.linspace(0, 4, 8)
    covered = []
    for trial in range(150):
        low, high = rank_confidence_sets(
            truth + rng.normal(size=8), np.ones(8), simultaneous=True, n_draws=500, seed=trial
        )
        true_rank = 8 - np.arange(8)
        covered.append(((low <= true_rank) & (true_rank <= high)).all())
    assert np.mean(covered) >= 0.92


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="n_draws"):
        top_k_probability([1.0, 2.0], 1)
    with pytest.raises(ValueError, match="positive standard errors"):
        rank_confidence_sets([1.0, 2.0], [1.0, 0.0])
