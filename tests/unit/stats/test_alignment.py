"""Comparisons like for like."""

from __future__ import annotations

import numpy as np
import pytest

from gridgov.stats.alignment import festival_matrix, same_offset_totals, working_day_factors
from gridgov.stats.calendar import is_working_day


def test_working_day_factors_by_hand() -> None:
    """2026: January has 20 weekdays left after 1 and 2, and Sunday 4 worked: 21; March has 22."""
    january, march = working_day_factors(["2026-01", "2026-03"])
    assert (january, march) == pytest.approx((21.5 / 21, 21.5 / 22))
    assert working_day_factors([]).shape == (0,)


def test_a_count_that_only_follows_working_days_becomes_flat() -> None:
    days = np.arange(np.datetime64("2025-01-01"), np.datetime64("2026-01-01"))
    month = days.astype("datetime64[M]").astype(int) - (2025 - 1970) * 12
    counts = np.bincount(month, weights=is_working_day(days) * 7.0)
    flat = counts * working_day_factors([f"2025-{m:02d}" for m in range(1, 13)])
    assert np.ptp(flat) < 1e-9
    assert np.ptp(counts) > 20


def test_years_side_by_side_on_the_festival() -> None:
    days = np.arange(np.datetime64("2025-01-01"), np.datetime64("2026-03-01"))
    values = np.arange(len(days), dtype=float)
    years, offsets, matrix = festival_matrix(days, values, -10, 20)
    assert years.tolist() == [2025, 2026]
    assert (offsets[0], offsets[-1]) == (-10, 20)
    at_festival = matrix[:, 10]
    assert at_festival.tolist() == [
        values[days == np.datetime64("2025-01-29")][0],
        values[days == np.datetime64("2026-02-17")][0],
    ]
    # 2026 is known up to 28 February, eleven days after the festival.
    assert np.isnan(matrix[1, 22:]).all()
    assert same_offset_totals(matrix).tolist() == [matrix[0, :22].sum(), matrix[1, :22].sum()]


def test_december_belongs_to_the_coming_festival() -> None:
    years, _offsets, matrix = festival_matrix(["2025-12-31"], [4.0], -60, 0)
    assert years.tolist() == [2026]
    assert np.nansum(matrix) == 4.0
    assert festival_matrix([], [])[2].shape == (0, 76)


def test_unequal_arrays_are_refused() -> None:
    with pytest.raises(ValueError, match="arrays"):
        festival_matrix(["2025-01-01"], [1.0, 2.0])
