"""Durations with open cases."""

from __future__ import annotations

import numpy as np
import pytest

from gridgov.stats.survival import curve, quantile, quantiles_by_group, wilson


def test_without_open_cases_it_is_the_ordinary_quantile() -> None:
    assert quantile([4.0, 1.0, 3.0, 2.0], [True] * 4, 0.5) == 2.0
    assert quantile([4.0, 1.0, 3.0, 2.0], [True] * 4, 0.9) == 4.0


def test_open_cases_move_the_median_up_or_out_of_sight() -> None:
    closed_only = quantile([1.0, 2.0, 3.0], [True] * 3, 0.5)
    with_open = quantile([1.0, 2.0, 3.0, 9.0, 9.0], [True, True, True, False, False], 0.5)
    assert (closed_only, with_open) == (2.0, 3.0)
    assert np.isnan(quantile([1.0, 9.0, 9.0], [True, False, False], 0.5))
    assert np.isnan(quantile([], [], 0.5))
    assert np.isnan(quantile([np.nan], [True], 0.5))


def test_a_case_open_at_a_closing_time_is_still_at_risk() -> None:
    found = curve([2.0, 2.0, 5.0], [True, False, True])
    assert found.at_risk.tolist() == [3, 1]
    assert found.open_share == pytest.approx([2 / 3, 0.0])


def test_many_equal_steps_reach_the_half_in_spite_of_rounding() -> None:
    durations = np.arange(1.0, 101.0)
    assert quantile(durations, np.ones(100, dtype=bool), 0.5) == 50.0
    assert quantile(durations, np.ones(100, dtype=bool), 0.9) == 90.0


def test_groups_agree_with_one_by_one() -> None:
    rng = np.random.default_rng(0)
    time, closed = rng.exponential(5, 400), rng.random(400) < 0.7
    group = rng.choice(["甲", "乙", "丙"], 400)
    keys, found = quantiles_by_group(time, closed, group, (0.5, 0.9))
    for key, row in zip(keys, found, strict=True):
        here = group == key
        expected = [quantile(time[here], closed[here], q) for q in (0.5, 0.9)]
        np.testing.assert_array_equal(row, expected)
    assert quantiles_by_group([], [], [], (0.5,))[1].shape == (0, 1)


def test_wilson_edges_and_shapes() -> None:
    low, high = wilson([0, 5, 10, 0], [10, 10, 10, 0])
    assert low[0] == 0.0
    assert high[2] == 1.0
    assert np.isnan([low[3], high[3]]).all()
    assert low[1] + high[1] == pytest.approx(1.0)
    assert all(isinstance(bound, float) for bound in wilson(5, 10))
    narrow, wide = wilson(50, 100, level=0.5), wilson(50, 100, level=0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        curve([-1.0], [True])
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantile([1.0], [True], 1.0)
    with pytest.raises(ValueError, match="arrays"):
        curve([1.0, 2.0], [True])
