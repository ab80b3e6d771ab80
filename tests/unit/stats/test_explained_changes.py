"""Contributions: by hand, at the edges, and on paper."""

from __future__ import annotations

import numpy as np
import pytest

from gridgov.stats.explain import explain_count, explain_ratio, round_to_total


def test_pure_rate_and_pure_mix_do_not_leak() -> None:
    rate = explain_ratio([5, 5], [10, 10], [7, 5], [10, 10])
    assert rate.rate == pytest.approx([0.1, 0.0])
    assert rate.mix == pytest.approx([0.0, 0.0])
    mix = explain_ratio([2, 8], [10, 10], [4, 4], [20, 5])
    assert mix.rate == pytest.approx([0.0, 0.0])
    assert mix.mix.sum() == pytest.approx(8 / 25 - 0.5)


def test_a_member_that_appears_is_all_mix() -> None:
    found = explain_ratio([5, 0], [10, 0], [5, 9], [10, 10])
    assert found.rate == pytest.approx([0.0, 0.0])
    assert found.total.sum() == pytest.approx(0.7 - 0.5)
    assert found.mix[1] > 0


def test_swapping_the_periods_turns_the_sign() -> None:
    one = explain_ratio([3, 8], [10, 12], [6, 2], [11, 9])
    back = explain_ratio([6, 2], [11, 9], [3, 8], [10, 12])
    np.testing.assert_allclose(one.rate, -back.rate)
    np.testing.assert_allclose(one.mix, -back.mix)


def test_counts_with_and_without_exposure() -> None:
    plain = explain_count([10, 20], [15, 18])
    assert plain.rate.tolist() == [5.0, -2.0]
    assert plain.exposure.tolist() == [0.0, 0.0]
    # 10 in 100 residents, then 24 in 200: 2 more a hundred × 150 = 3, the rest are residents.
    sized = explain_count([10], [24], [100], [200])
    assert sized.rate == pytest.approx([3.0])
    assert sized.exposure == pytest.approx([11.0])
    new = explain_count([0], [7], [0], [50])
    assert (new.rate[0], new.exposure[0]) == (0.0, 7.0)


def test_a_period_without_cases_is_refused() -> None:
    with pytest.raises(ValueError, match="without cases"):
        explain_ratio([0], [0], [1], [2])
    with pytest.raises(ValueError, match="one length"):
        explain_ratio([0], [1], [1], [2, 3])
    with pytest.raises(ValueError, match="one length"):
        explain_count([0], [1, 2])


def test_rounded_parts_add_up() -> None:
    parts = [0.333, 0.333, 0.334, -1.27]
    rounded = round_to_total(parts, 1)
    assert rounded.sum() == pytest.approx(-0.3)
    assert np.abs(rounded - parts).max() < 0.1
    assert round_to_total([], 1).tolist() == []
