"""Funnel limits beyond the published cases."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from gridgov.stats.funnel import (
    binomial_limits,
    overdispersed_limits,
    overdispersion,
    poisson_limits,
    proportion_dispersion,
    ratio_dispersion,
)


def test_limits_narrow_with_size_and_clip_keeps_them_inside() -> None:
    n = np.array([5, 20, 80, 320, 5000])
    low, high = binomial_limits(0.8, n, 0.95)
    assert (np.diff(high - low) < 0).all()
    low, high = binomial_limits(0.97, n, 0.998, clip=True)
    assert (low >= 0).all()
    assert (high <= 1).all()


def test_about_five_percent_fall_outside() -> None:
    low, high = binomial_limits(0.7, 400, 0.95)
    k = np.arange(401)
    outside = binom.pmf(k, 400, 0.7)[(k / 400 < low) | (k / 400 > high)].sum()
    assert 0.03 < outside < 0.07


def test_nothing_to_draw_where_there_is_nothing() -> None:
    for low, high in (binomial_limits(0.5, [0, 10], 0.95), poisson_limits(1.0, [0.0, 10], 0.95)):
        assert np.isnan(low[0])
        assert np.isnan(high[0])
        assert low[1] < high[1]
    assert np.isnan(binomial_limits(1.0, 10, 0.95)[0])


def test_poisson_limits_scale_with_the_target() -> None:
    low, high = poisson_limits(2.5, 10.0, 0.95)
    ratio_low, ratio_high = poisson_limits(1.0, 25.0, 0.95)
    assert low == pytest.approx(ratio_low * 2.5)
    assert high == pytest.approx(ratio_high * 2.5)


def test_no_spread_beyond_chance_gives_no_tau() -> None:
    rng = np.random.default_rng(1)
    n = np.full(60, 200)
    calm = proportion_dispersion(rng.binomial(n, 0.8), n)
    assert calm.phi < 1.3
    wild = proportion_dispersion(rng.binomial(n, rng.beta(8, 2, 60)), n)
    assert wild.tau2 > calm.tau2
    assert wild.phi > 3
    low, high = overdispersed_limits(wild, 0.95)
    assert ((wild.value < low) | (wild.value > high)).mean() < 0.12


def test_left_out_extremes_do_not_count() -> None:
    value = np.array([0.0] * 18 + [50.0, -50.0])
    found = overdispersion(value, np.ones(20), 0.0, leave_out=True)
    assert found.phi == 0.0
    assert np.isnan(found.trimmed[-2:]).all()


def test_bad_units_are_refused() -> None:
    with pytest.raises(ValueError, match="trial"):
        proportion_dispersion([1], [0])
    with pytest.raises(ValueError, match="positive"):
        ratio_dispersion([0, 1], [1, 1], method="log")
