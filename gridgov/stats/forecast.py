"""Daily volumes of the coming weeks, with intervals and an honest record of the past.

The model is a penalised Poisson regression on weekday, official days off, swapped working days,
days from 春节, the season and a trend, with the level of the last weeks put right at the end; the
trend is not carried into the future. It is tried on the past (rolling origin) beside the seasonal
naive forecast (each day as the same weekday of the last week), and where it does not have the
smaller error the naive forecast is what is returned.
Sources: Hyndman & Koehler, International Journal of Forecasting 22, 2006 (MASE); Hyndman &
Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., section 5.10 (rolling origin).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.stats._daily_model import fit_predict, seasonal_naive
from gridgov.stats.calendar import covered_until

__all__ = ["HORIZON_DAYS", "MIN_DAYS", "Accuracy", "Forecast", "forecast"]

Floats = npt.NDArray[np.float64]
Dates = npt.NDArray[np.datetime64]
Method = Literal["model", "seasonal_naive"]

HORIZON_DAYS = 84
MIN_DAYS = 28
_MIN_TRAIN = 56
_ORIGIN_STEP = 28
_MAX_ORIGINS = 8


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How one method did on the past; NaN where there is too little of it.

    mase: mean absolute error over that of the one-week seasonal naive within the training data,
    under 1 is better. coverage: share of days inside the interval, whose width was learned from
    the other origins only.
    """

    mase: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """dates: (horizon,), mean, lower, upper: (horizon,) in counts a day.

    method: which of the two is shown. origins: how often the past was tried. calendar_until:
    after this day swaps of working days are not announced yet.
    """

    dates: Dates
    mean: Floats
    lower: Floats
    upper: Floats
    method: Method
    level: float
    model: Accuracy
    naive: Accuracy
    origins: int
    calendar_until: date


@dataclass(frozen=True, slots=True)
class _Trial:
    """Errors of one origin: predicted and actual counts, and the yardstick of MASE."""

    predicted: Floats
    actual: Floats
    yardstick: float


@dataclass(frozen=True, slots=True)
class _Scatter:
    """Past errors in standard deviations of the count forecast, and the share beyond Poisson."""

    errors: Floats
    beyond: float


def forecast(
    dates: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    horizon: int = HORIZON_DAYS,
    level: float = 0.90,
) -> Forecast:
    """Forecast the `horizon` days after the last of `dates`.

    dates: (n,) days without repeats, in any order; values: (n,) counts ≥ 0 of those days. Days in
    between that are not listed, and NaN, count as unknown, not as zero: leave out an unfinished
    last day. UsageError with fewer than 28 known days.
    """
    days, counts = _series(dates, values)
    known = int((~np.isnan(counts)).sum())
    if known < MIN_DAYS:
        raise UsageError(
            _("预测至少需要 {need} 天的数据，现只有 {n} 天，请选更长的期间", need=MIN_DAYS, n=known)
        )
    future = days[-1] + np.arange(1, horizon + 1)
    trials = _try_past(days, counts, horizon)
    model, naive = (_accuracy([pair[i] for pair in trials], level) for i in (0, 1))
    use_model = bool(trials) and model.mase < naive.mase
    chosen = [pair[0 if use_model else 1] for pair in trials]
    mean = fit_predict(days, counts, future) if use_model else seasonal_naive(counts, horizon)
    lower, upper = _interval(mean, _past_scatter(chosen, counts), level)
    return Forecast(
        dates=future,
        mean=mean,
        lower=lower,
        upper=upper,
        method="model" if use_model else "seasonal_naive",
        level=level,
        model=model,
        naive=naive,
        origins=len(trials),
        calendar_until=covered_until(),
    )


def _series(dates: npt.ArrayLike, values: npt.ArrayLike) -> tuple[Dates, Floats]:
    """Every day from the first to the last, NaN where unknown."""
    days = np.asarray(dates, dtype="datetime64[D]")
    counts = np.asarray(values, dtype=np.float64)
    if days.ndim != 1 or days.shape != counts.shape:
        raise ValueError(
            f"forecast: equal one-dimensional arrays expected, got {days.shape}, {counts.shape}"
        )
    if (counts < 0).any() or len(np.unique(days)) != len(days):
        raise ValueError("forecast: counts must not be negative, days must not repeat")
    seen = days[~np.isnan(counts)]
    if len(seen) == 0:
        return days[:0], counts[:0]
    every = np.arange(seen.min(), seen.max() + 1)
    full = np.full(len(every), np.nan)
    inside = (days >= every[0]) & (days <= every[-1])
    full[(days[inside] - every[0]).astype(np.int64)] = counts[inside]
    return every, full


def _try_past(days: Dates, counts: Floats, horizon: int) -> list[tuple[_Trial, _Trial]]:
    """Both methods from up to eight origins four weeks apart, newest first."""
    trials: list[tuple[_Trial, _Trial]] = []
    for step in range(1, _MAX_ORIGINS + 1):
        cut = len(days) - step * _ORIGIN_STEP
        if cut < _MIN_TRAIN or (~np.isnan(counts[:cut])).sum() < MIN_DAYS:
            break
        stop = min(len(days), cut + horizon)
        actual = counts[cut:stop]
        weekly = np.abs(counts[7:cut] - counts[: cut - 7])
        yardstick = float(np.nanmean(weekly)) if (~np.isnan(weekly)).any() else float("nan")
        predictions = (
            fit_predict(days[:cut], counts[:cut], days[cut:stop]),
            seasonal_naive(counts[:cut], stop - cut),
        )
        first, second = (_Trial(one, actual, yardstick) for one in predictions)
        trials.append((first, second))
    return trials


def _accuracy(trials: list[_Trial], level: float) -> Accuracy:
    ratios, inside = [], []
    for i, trial in enumerate(trials):
        known = ~np.isnan(trial.actual)
        if trial.yardstick > 0 and known.any():
            error = np.abs(trial.predicted - trial.actual)[known]
            ratios.append(float(error.mean()) / trial.yardstick)
        others = trials[:i] + trials[i + 1 :]
        if others:
            low, high = _interval(trial.predicted, _past_scatter(others, None), level)
            inside.append(((trial.actual >= low) & (trial.actual <= high))[known])
    return Accuracy(
        mase=float(np.mean(ratios)) if ratios else float("nan"),
        coverage=float(np.mean(np.concatenate(inside))) if inside else float("nan"),
    )


def _past_scatter(trials: list[_Trial], counts: Floats | None) -> _Scatter:
    """What the trials teach about the width; without any, week-to-week differences stand in."""
    pairs = [(trial.predicted, trial.actual) for trial in trials]
    if not pairs and counts is not None:
        pairs = [(counts[:-7], counts[7:])]
    predicted = np.concatenate([pair[0] for pair in pairs])
    actual = np.concatenate([pair[1] for pair in pairs])
    known = ~np.isnan(predicted + actual)
    predicted, actual = predicted[known], actual[known]
    square = float((predicted**2).sum())
    excess = float(((actual - predicted) ** 2 - predicted - 1).sum())
    beyond = max(0.0, excess / square) if square > 0 else 0.0
    return _Scatter((actual - predicted) / _scale(predicted, beyond), beyond)


def _scale(mean: Floats, beyond: float) -> Floats:
    """Standard deviation of a count: Poisson scatter, and a share of its size beyond it."""
    return np.asarray(np.sqrt(mean + 1 + beyond * mean**2), dtype=np.float64)


def _interval(mean: Floats, scatter: _Scatter, level: float) -> tuple[Floats, Floats]:
    if len(scatter.errors) == 0:
        empty = np.full(mean.shape, np.nan)
        return empty, empty
    low, high = np.quantile(scatter.errors, [(1 - level) / 2, (1 + level) / 2])
    scale = _scale(mean, scatter.beyond)
    # Counts are whole: the interval ends on the nearest count outside, never below none.
    return np.maximum(np.floor(mean + low * scale), 0.0), np.ceil(mean + high * scale)
