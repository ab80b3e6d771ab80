"""Forecast: the calendar is learned, the past is honest, naive is shown where it is better."""

from __future__ import annotations

import numpy as np
import pytest

from gridgov.errors import UsageError
from gridgov.stats._daily_model import fit_predict, seasonal_naive
from gridgov.stats.calendar import covered_until, days_from_spring_festival, is_working_day
from gridgov.stats.forecast import forecast

DAYS = np.arange(np.datetime64("2025-01-01"), np.datetime64("2026-11-22"))


def _calendar_mean(days: np.ndarray) -> np.ndarray:
    away = days_from_spring_festival(days)
    festive = (away >= -2) & (away <= 6)
    return 30.0 * np.where(is_working_day(days), 1.3, 0.6) * np.where(festive, 0.3, 1.0)


def test_a_calendar_series_is_forecast_better_than_naively() -> None:
    counts = np.random.default_rng(0).poisson(_calendar_mean(DAYS))
    found = forecast(DAYS, counts)
    assert found.method == "model"
    assert found.model.mase < 0.8 * found.naive.mase
    assert found.origins == 8
    assert found.dates[0] == np.datetime64("2026-11-22")
    assert len(found.dates) == len(found.mean) == 84
    truth = _calendar_mean(found.dates)
    assert np.abs(found.mean / truth - 1).mean() < 0.15
    assert 0.82 <= found.model.coverage <= 0.97
    assert found.calendar_until == covered_until()


def test_the_festival_is_in_the_forecast() -> None:
    """Trained to the end of 2026, the model must see the fall around 6 February 2027 coming."""
    days = np.arange(np.datetime64("2025-01-01"), np.datetime64("2027-01-01"))
    counts = np.random.default_rng(1).poisson(_calendar_mean(days))
    found = forecast(days, counts)
    away = days_from_spring_festival(found.dates)
    festive, ordinary = (away >= 0) & (away <= 6), np.abs(away) > 25
    assert found.mean[festive].mean() < 0.5 * found.mean[ordinary].mean()


def test_the_naive_forecast_is_shown_where_it_is_better() -> None:
    """A repeated week without noise cannot be beaten: naive is exact, and said to be naive."""
    counts = np.resize([3, 9, 1, 7, 5, 0, 12], len(DAYS))
    found = forecast(DAYS, counts)
    assert found.method == "seasonal_naive"
    assert found.mean[:7].tolist() == counts[-7:].tolist()


def test_intervals_hold_the_mean_and_are_whole_counts() -> None:
    counts = np.random.default_rng(2).poisson(4, size=len(DAYS))
    found = forecast(DAYS, counts, level=0.8)
    assert (found.lower <= found.mean).all()
    assert (found.mean <= found.upper).all()
    assert (found.lower >= 0).all()
    assert (found.upper == np.round(found.upper)).all()
    wider = forecast(DAYS, counts, level=0.95)
    assert (wider.upper - wider.lower).mean() > (found.upper - found.lower).mean()


def test_held_out_future_falls_inside_as_often_as_promised() -> None:
    inside = []
    for seed in range(12):
        counts = np.random.default_rng(seed).poisson(_calendar_mean(DAYS))
        found = forecast(DAYS[:-84], counts[:-84])
        inside.append(((counts[-84:] >= found.lower) & (counts[-84:] <= found.upper)).mean())
    assert 0.84 <= np.mean(inside) <= 0.97


def test_order_of_days_and_unknown_days() -> None:
    counts = np.random.default_rng(3).poisson(20, size=len(DAYS)).astype(float)
    shuffled = np.random.default_rng(4).permutation(len(DAYS))
    one, other = forecast(DAYS, counts), forecast(DAYS[shuffled], counts[shuffled])
    np.testing.assert_array_equal(one.mean, other.mean)
    counts[100:130] = np.nan
    known = ~np.isnan(counts)
    gappy, absent = forecast(DAYS, counts), forecast(DAYS[known], counts[known])
    np.testing.assert_array_equal(gappy.mean, absent.mean)
    assert np.isfinite(gappy.mean).all()


def test_a_step_in_the_level_is_followed() -> None:
    counts = np.random.default_rng(5).poisson(np.where(np.arange(len(DAYS)) < 600, 10, 40))
    assert forecast(DAYS, counts).mean.mean() == pytest.approx(40, rel=0.2)


def test_a_rising_series_is_not_carried_on_for_ever() -> None:
    mean = np.linspace(5, 60, len(DAYS))
    counts = np.random.default_rng(6).poisson(mean)
    ahead = fit_predict(DAYS, counts.astype(float), DAYS[-1] + np.arange(1, 85))
    assert 40 < ahead.mean() < 70


def test_little_history_is_naive_without_a_record_and_less_is_refused() -> None:
    counts = np.random.default_rng(7).poisson(20, size=40)
    found = forecast(DAYS[:40], counts)
    assert found.method == "seasonal_naive"
    assert found.origins == 0
    assert np.isnan(found.naive.mase)
    assert np.isfinite(found.upper).all()
    with pytest.raises(UsageError, match="28"):
        forecast(DAYS[:27], counts[:27])
    with pytest.raises(UsageError, match="0 天"):
        forecast([], [])


def test_nothing_ever_happens() -> None:
    found = forecast(DAYS, np.zeros(len(DAYS)))
    assert (found.mean < 0.01).all()
    assert np.isfinite(found.upper).all()


def test_seasonal_naive_takes_the_newest_known_weekday() -> None:
    counts = np.array([1.0, 2, 3, 4, 5, 6, 7, 11, 12, np.nan, 14, 15, 16, 17])
    assert seasonal_naive(counts, 9).tolist() == [11, 12, 3, 14, 15, 16, 17, 11, 12]


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        forecast(DAYS[:30], [-1] * 30)
    with pytest.raises(ValueError, match="repeat"):
        forecast(np.repeat(DAYS[:15], 2), [1] * 30)
    with pytest.raises(ValueError, match="arrays"):
        forecast(DAYS[:30], [1] * 29)
