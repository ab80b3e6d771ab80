"""Published numbers for the smaller methods, each with its source."""

from __future__ import annotations

import numpy as np
import pytest

from gridgov.stats.ahp import ahp
from gridgov.stats.explain import explain_ratio
from gridgov.stats.fairness import fishers_exact, four_fifths
from gridgov.stats.flags import benjamini_hochberg
from gridgov.stats.survival import curve, quantile, wilson

# Freireich et al. 1963: weeks of remission under 6-mercaptopurine; minus: still in remission.
REMISSION = [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32]
REMISSION += [-34, -35]


def test_kaplan_meier_of_the_remission_times() -> None:
    """Kleinbaum & Klein, Survival Analysis, table 2.1: 0.857, 0.807, 0.753 …; median 23."""
    weeks = np.abs(REMISSION).astype(float)
    closed = np.array(REMISSION) > 0
    found = curve(weeks, closed)
    assert found.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    expected = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert found.open_share == pytest.approx(expected, abs=5e-5)
    assert quantile(weeks, closed, 0.5) == 23
    assert quantile(weeks, closed, 0.25) == 13
    assert np.isnan(quantile(weeks, closed, 0.9))


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval_of_newcombe(successes: int, trials: int, low: float, high: float) -> None:
    """R. G. Newcombe, Statistics in Medicine 17, 1998, table I, method 3."""
    found = wilson(successes, trials)
    assert found[0] == pytest.approx(low, abs=5e-5)
    assert found[1] == pytest.approx(high, abs=5e-5)


def test_ahp_of_the_leader_example() -> None:
    """Choosing a leader by experience, education, charisma, age: CR 0.044."""
    table = [[1, 4, 3, 7], [1 / 4, 1, 1 / 3, 3], [1 / 3, 3, 1, 5], [1 / 7, 1 / 3, 1 / 5, 1]]
    found = ahp(table)
    assert found.weights == pytest.approx([0.547, 0.127, 0.270, 0.056], abs=1e-3)
    assert found.consistency_ratio == pytest.approx(0.044, abs=5e-4)
    assert found.acceptable


def test_four_fifths_of_the_uniform_guidelines() -> None:
    """EEOC Questions and Answers 1979: 48 of 80 against 12 of 40 is half the rate."""
    assert four_fifths([48, 12], [80, 40]) == pytest.approx([1.0, 0.5])


def test_fishers_tea() -> None:
    """Three of four cups told right: p = 0.4857 two-sided (Agresti, Categorical Data Analysis)."""
    assert fishers_exact(3, 4, 1, 4) == pytest.approx(0.4857, abs=5e-5)


def test_benjamini_hochberg_1995() -> None:
    """The fifteen p-values of their section 4.1: the first four are rejected at 0.05."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert (benjamini_hochberg(p) <= 0.05).tolist() == [True] * 4 + [False] * 11


def test_decomposition_by_hand() -> None:
    """Two grids, A 50 of 100 then 60 of 100, B 90 of 100 then 270 of 300.

    From 140/200 = 70 % to 330/400 = 82.5 %. Rate: A (0.5+0.25)/2 × 0.1 = 3.75 points, B 0.
    Mix around 76.25 %: A -0.25 × (0.55 - 0.7625) = 5.3125, B 0.25 × (0.9 - 0.7625) = 3.4375.
    """
    found = explain_ratio([50, 90], [100, 100], [60, 270], [100, 300])
    assert (found.before, found.after) == pytest.approx((0.70, 0.825))
    assert found.rate == pytest.approx([0.0375, 0.0])
    assert found.mix == pytest.approx([0.053125, 0.034375])
    assert found.total.sum() == pytest.approx(0.125)
