"""Priors that calibration makes: how strong, for whom, and whether the rule keeps its promise."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.award_priors import SITUATIONS, distances
from gridgov.awards.calibrate import limited
from gridgov.awards.scheme import PriorLimit

LIMIT = PriorLimit()


@pytest.mark.parametrize("strength", [1e6, 717.0, 60.0, 5.0])
@pytest.mark.parametrize("median", [7.0, 56.0, 950.0])
def test_whoever_has_the_usual_number_of_cases_keeps_most_of_the_weight(
    strength: float, median: float
) -> None:
    exposure = median * np.array([0.3, 0.8, 1.0, 1.0, 1.7, 2.5])
    prior, _remarks = limited(0.9 * strength, 0.1 * strength, exposure, LIMIT)
    made = prior.a + prior.b
    assert made <= min(strength, max(0.75 * median, 30.0)) + 1e-9
    assert made == pytest.approx(min(strength, max(0.75 * median, 30.0)), rel=0.02)
    assert prior.a / made == pytest.approx(0.9, abs=0.01)
    if median >= 40:
        assert median / (median + made) > 0.5


def test_a_limit_that_bites_and_an_indicator_that_says_little_are_told() -> None:
    _prior, told = limited(900.0, 100.0, np.full(11, 104.0), LIMIT)
    assert told == ("按上期数据先验应值 1000 次，按上限取 78 次",)
    _prior, told = limited(900.0, 100.0, np.array([2.0, 3.0, 5.0, 40.0, 0.0]), LIMIT)
    assert told[1] == "75% 的人次数少于先验的 30 次，会读作数据不足；可减少权重"
    assert limited(9.0, 1.0, np.full(11, 104.0), LIMIT)[1] == ()


@pytest.mark.parametrize("spread", [0.0, 0.04, 0.08])
def test_what_is_scored_is_nearer_to_the_truth_than_what_was_counted(spread: float) -> None:
    """Workers with known true rates, prior from one half-year, scores of the next."""
    for situation in (SITUATIONS[1], SITUATIONS[2]):
        found = distances(situation, spread, repeats=24, seed=11)
        chosen = found["cap 0.75"]
        assert chosen[0] < found["raw"][0]
        # The bare likelihood leaves nearly all without a word of their own where it sees nothing.
        assert chosen[1] < 0.3 and chosen[1] <= found["fit"][1] + 0.02
        if spread == 0.0:
            assert found["fit"][1] > 0.8
        else:
            assert chosen[0] < 1.05 * found["fit"][0]


def test_with_a_handful_of_cases_thirty_may_be_asked_for() -> None:
    """Complaints resolved of micro-grid workers: four cases a half-year are luck."""
    found = distances(SITUATIONS[4], 0.04, repeats=8, seed=11)
    assert found["cap 0.75"][0] < 0.7 * found["no least"][0] < found["raw"][0]
