"""Two forecasts of daily counts: the calendar regression and the seasonal naive."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gridgov.stats.calendar import (
    days_from_spring_festival,
    is_holiday,
    is_swapped_working_day,
)

__all__ = ["fit_predict", "seasonal_naive"]

Floats = npt.NDArray[np.float64]
Dates = npt.NDArray[np.datetime64]

# Stretches around 春节, in days from it, that share one effect: people leave, stay away, return.
_FESTIVAL = ((-21, -15), (-14, -8), (-7, -1), (0, 2), (3, 6), (7, 9), (10, 15), (16, 22))
_YEAR = 365.2425
_SEASON_DAYS = 550  # a season can be told from a trend once one and a half years are there
_EFFECT_SD = 0.5  # prior standard deviations of effects on the log scale: e^0.5 is 65 % more
_SEASON_SD = 0.3
_HALF_LIFE = 180.0  # days after which a day's weight in the fit is halved
_LEVEL_DAYS = 56
_STEPS = 12


def seasonal_naive(counts: Floats, horizon: int) -> Floats:
    """Each day as the newest known value of its weekday; (n,) daily counts to (horizon,)."""
    week = np.empty(7)
    overall = float(np.nanmean(counts))
    for back in range(7):
        same = counts[len(counts) - 7 + back :: -7] if len(counts) >= 7 - back else counts[:0]
        known = same[~np.isnan(same)]
        week[back] = known[0] if len(known) else overall
    return np.resize(week, horizon)


def fit_predict(days: Dates, counts: Floats, future: Dates) -> Floats:
    """Expected counts of `future` days from consecutive `days` and their counts (NaN: unknown)."""
    known = ~np.isnan(counts)
    design, spread = _design(days, days)
    y, x = counts[known], design[known]
    age = (days[-1] - days[known]).astype(np.float64)
    weight = 0.5 ** (age / _HALF_LIFE)
    beta = _fit(x, y, weight, 1 / spread**2)
    ahead, _spread = _design(future, days)
    recent = age < _LEVEL_DAYS
    fitted = np.exp(x @ beta)
    # The level of the last weeks overrules the regression's; a few counts of caution keep an
    # empty stretch from forecasting nothing for ever.
    level = (y[recent].sum() + 2.0) / (fitted[recent].sum() + 2.0)
    predicted: Floats = np.exp(ahead @ beta) * level
    ceiling = 3.0 * float(y.max()) + 3.0  # no calendar effect makes days unlike any seen
    return np.minimum(predicted, ceiling)


def _fit(x: Floats, y: Floats, weight: Floats, penalty: Floats) -> Floats:
    """Penalised Poisson regression by iteratively reweighted least squares."""
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(np.average(y, weights=weight) + 0.1)
    scatter = 1.0
    for _step in range(_STEPS):
        eta = np.clip(x @ beta, -8.0, 16.0)
        mu = np.exp(eta)
        pull = weight * mu
        # Counts that scatter more than Poisson say less: the penalty weighs as much more.
        scatter = max(1.0, float(np.average((y - mu) ** 2 / (mu + 0.1), weights=weight)))
        normal = (x * pull[:, None]).T @ x + np.diag(penalty * scatter)
        change = np.linalg.solve(normal, x.T @ (weight * (y - mu)) - penalty * scatter * beta)
        beta = beta + np.clip(change, -1.0, 1.0)
        if float(np.abs(change).max()) < 1e-8:
            break
    return beta


def _design(days: Dates, training: Dates) -> tuple[Floats, Floats]:
    """Columns of the regression, and the prior standard deviation of each coefficient."""
    number = days.astype(np.int64)
    weekday = (number + 3) % 7  # 1970-01-01 was a Thursday; Monday is 0
    off, swapped = is_holiday(days), is_swapped_working_day(days)
    ordinary = ~off & ~swapped
    away = days_from_spring_festival(days)
    near = (away >= _FESTIVAL[0][0]) & (away <= _FESTIVAL[-1][1])
    columns: list[npt.NDArray[np.float64 | np.bool_]] = [np.ones(len(days))]
    columns += [(weekday == day) & (ordinary | (day < 5)) for day in range(7)]
    columns += [off & ~near, off & near, swapped]
    columns += [(away >= low) & (away <= high) for low, high in _FESTIVAL]
    spread = [10.0] + [_EFFECT_SD] * (len(columns) - 1)
    span = float(len(training))
    if span >= _SEASON_DAYS:
        angle = 2 * np.pi * number / _YEAR
        columns += [np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle)]
        spread += [_SEASON_SD] * 4
    # The trend is held where the training ends: it explains the past, it does not run on.
    elapsed = np.minimum((days - training[-1]).astype(np.float64), 0.0)
    columns.append(elapsed / max(span, 1.0))
    spread.append(_EFFECT_SD)
    return np.column_stack(columns).astype(np.float64), np.array(spread)
