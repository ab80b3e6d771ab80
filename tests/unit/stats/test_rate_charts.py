"""p' and u' charts: limits follow the denominator, over-dispersion widens them."""

from __future__ import annotations

import numpy as np
import pytest

from gridgov.stats.spc import p_chart, u_chart


def test_plain_p_limits_by_hand() -> None:
    """30 of 300 altogether: centre 0.1, half width 3·√(0.09/n): 0.09 at 100, 0.1273 at 50."""
    chart = p_chart([8, 12, 4, 6], [100, 100, 50, 50], laney=False)
    assert chart.mean == pytest.approx([0.1] * 4)
    assert chart.upper == pytest.approx([0.19, 0.19, 0.2272792206, 0.2272792206])
    assert chart.lower == pytest.approx([0.01, 0.01, 0.0, 0.0])
    assert chart.sigma_z == 1.0


def test_laney_factor_by_hand() -> None:
    """z in units of 0.03: +2, -2, +2, -2, so each moving range is 4 and σz = 4 / 1.128."""
    chart = p_chart([16, 4, 16, 4], [100] * 4)
    assert chart.sigma_z == pytest.approx(4 / 1.128)
    assert chart.upper[0] == pytest.approx(0.1 + 3 * 0.03 * 4 / 1.128)
    assert set(chart.signal) == {""}


def test_large_denominators_flood_the_plain_chart_but_not_laneys() -> None:
    rng = np.random.default_rng(3)
    n = np.full(24, 20_000)
    rate = np.clip(rng.normal(0.8, 0.02, size=24), 0, 1)  # real months differ by more than chance
    successes = rng.binomial(n, rate)
    plain, laney = p_chart(successes, n, laney=False), p_chart(successes, n)
    assert (plain.signal == "outside").sum() > 8
    assert (laney.signal == "outside").sum() <= 1


def test_u_chart_by_hand_and_lower_limit_stays_at_zero() -> None:
    """40 events in 20 thousand residents: centre 2, half width 3·√(2/5)."""
    chart = u_chart([8, 12, 9, 11], [5, 5, 5, 5], laney=False)
    assert chart.mean[0] == 2.0
    assert chart.upper[0] == pytest.approx(2 + 3 * np.sqrt(2 / 5))
    assert chart.lower[0] == pytest.approx(2 - 3 * np.sqrt(2 / 5))
    small = u_chart([1, 3, 2, 2], [1, 1, 1, 1], laney=False)
    assert small.lower.tolist() == [0.0] * 4


def test_signals_states_and_assurance_follow_the_direction() -> None:
    chart = p_chart([*[50, 52] * 7, 95], [100] * 15, improvement="up", target=0.9, laney=False)
    assert chart.signal[-1] == "outside"
    assert chart.variation == "improvement"
    assert chart.assurance == "fail"
    assert p_chart([50, 52] * 7, [100] * 14, improvement="down", target=0.9).assurance == "pass"
    assert (
        p_chart([50, 52] * 7, [100] * 14, improvement="up", target=0.51).assurance == "hit_or_miss"
    )
    assert p_chart([50, 52] * 7, [100] * 14, target=0.51).assurance is None


def test_seven_rising_rates_are_a_trend_and_a_run_is_a_shift() -> None:
    chart = p_chart([*[50, 52] * 7, 44, 46, 48, 50, 52, 54, 56], [100] * 21, laney=False)
    assert chart.signal[-7:].tolist() == ["trend"] * 7
    assert chart.variation == "high"
    chart = p_chart([*[48, 52] * 7, *[54, 55] * 4], [100] * 22)
    assert chart.signal[-8:].tolist() == ["shift"] * 8


def test_months_without_a_case_are_gaps() -> None:
    chart = p_chart([5, 0, 6, np.nan, 5], [10, 0, 10, 10, 10], laney=False)
    assert np.isnan(chart.value[[1, 3]]).all()
    assert np.isnan(chart.upper[[1, 3]]).all()
    assert chart.mean[0] == pytest.approx(16 / 30)
    assert chart.trial


@pytest.mark.parametrize("successes", [[0, 0, 0], [5, 5, 5]])
def test_none_and_all_have_no_scatter_and_no_signal(successes: list[int]) -> None:
    chart = p_chart(successes, [5, 5, 5], improvement="up")
    assert set(chart.signal) == {""}
    assert chart.sigma_z == 1.0


def test_nothing_at_all() -> None:
    chart = u_chart([0, 0], [0, 0], improvement="up", target=1.0)
    assert chart.variation == "common"
    assert chart.assurance is None
    assert len(p_chart([], []).signal) == 0


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="exceed"):
        p_chart([3], [2])
    with pytest.raises(ValueError, match="negative"):
        u_chart([-1], [2])
    with pytest.raises(ValueError, match="arrays"):
        u_chart([1, 2], [2])


def test_a_rebase_is_two_charts_end_to_end() -> None:
    x, n = [8, 12, 4, 6, 40, 44, 21, 19, 45], [100, 100, 50, 50, 100, 100, 50, 50, 100]
    whole = p_chart(x, n, rebase=[4], improvement="up", target=0.9)
    first = p_chart(x[:4], n[:4], improvement="up")
    second = p_chart(x[4:], n[4:], improvement="up", target=0.9)
    for name in ("mean", "lower", "upper"):
        parts = [getattr(first, name), getattr(second, name)]
        np.testing.assert_array_equal(getattr(whole, name), np.concatenate(parts))
    assert whole.signal.tolist() == [*first.signal, *second.signal]
    assert (whole.variation, whole.assurance, whole.trial, whole.sigma_z) == (
        second.variation,
        "fail",
        True,
        second.sigma_z,
    )
    assert "outside" in p_chart(x, n, laney=False).signal  # without it the jump is a signal


def test_patterns_do_not_reach_across_a_rebase() -> None:
    rising = [40, 42, 44, 46, 48, 50, 52]
    assert set(u_chart(rising, [100] * 7, laney=False).signal) == {"trend"}
    assert set(u_chart(rising, [100] * 7, laney=False, rebase=[3]).signal) == {""}


def test_a_stretch_without_a_value_leaves_the_state_before_it() -> None:
    values = [*[50, 52] * 7, 95, np.nan, np.nan]
    chart = p_chart(values, [100] * 17, improvement="down", target=0.9, rebase=[15])
    assert chart.variation == "concern"
    assert chart.assurance == "pass"
    assert np.isnan(chart.upper[-2:]).all()


@pytest.mark.parametrize("at", [-1, 4])
def test_a_rebase_outside_is_refused(at: int) -> None:
    with pytest.raises(ValueError, match="positions"):
        p_chart([1, 2, 3, 4], [9] * 4, rebase=[at])
