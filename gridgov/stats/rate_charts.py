"""Control charts for rates and counts whose denominators change: p' and u' charts (Laney).

A p chart allows each point only the binomial scatter of its own denominator, which real services
exceed: with large denominators nearly every point becomes a signal. Laney scales the limits by
σz, the scatter between neighbouring points measured in binomial (or Poisson) units.
Source: D. B. Laney, Improved control charts for attributes, Quality Engineering 14(4), 2002.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from gridgov.stats._patterns import POINTS, SIGNALS, judge, point_codes

__all__ = ["RateChart", "p_chart", "u_chart"]

Floats = npt.NDArray[np.float64]
Improvement = Literal["up", "down"]

_D2 = 1.128  # mean range of two normal values, in standard deviations
_SCREEN = 3.267
_TRIAL_POINTS = 13


@dataclass(frozen=True, slots=True)
class RateChart:
    """A judged rate; fields as in `spc.Xmr`, and limits that widen where the denominator is small.

    value: numerator / denominator, NaN where the denominator is zero or missing.
    sigma_z: the over-dispersion factor in force at the newest value, 1 where the plain chart was
    asked for.
    """

    value: Floats
    mean: Floats
    lower: Floats
    upper: Floats
    signal: npt.NDArray[np.str_]
    point: npt.NDArray[np.str_]
    variation: str
    assurance: Literal["pass", "fail", "hit_or_miss"] | None
    trial: bool
    sigma_z: float


def p_chart(
    successes: npt.ArrayLike,
    trials: npt.ArrayLike,
    *,
    improvement: Improvement | None = None,
    target: float | None = None,
    rebase: Sequence[int] = (),
    laney: bool = True,
    screen_outliers: bool = True,
) -> RateChart:
    """Judge a share successes / trials (each (n_points,), counts); limits stay within 0 and 1.

    rebase: 0-based positions at which centre and limits begin anew; patterns do not reach across.
    Raises ValueError where a count is negative or exceeds its trials, or a position lies outside.
    """
    x, n = _pair(successes, trials)
    if (x > n).any():
        raise ValueError("p_chart: successes exceed trials")
    rule = _Rule(True, improvement, target, laney, screen_outliers)
    return _stretches(x, n, rebase, rule)


def u_chart(
    events: npt.ArrayLike,
    exposure: npt.ArrayLike,
    *,
    improvement: Improvement | None = None,
    target: float | None = None,
    rebase: Sequence[int] = (),
    laney: bool = True,
    screen_outliers: bool = True,
) -> RateChart:
    """Judge a rate events / exposure (each (n_points,)); the lower limit stays at or above 0.

    rebase as in `p_chart`. Raises ValueError where a count or an exposure is negative.
    """
    x, n = _pair(events, exposure)
    return _stretches(x, n, rebase, _Rule(False, improvement, target, laney, screen_outliers))


@dataclass(frozen=True, slots=True)
class _Rule:
    """How one stretch is judged; `is_share`: binomial scatter, limits at most 1."""

    is_share: bool
    improvement: Improvement | None
    target: float | None
    laney: bool
    screen: bool


def _stretches(x: Floats, n: Floats, rebase: Sequence[int], rule: _Rule) -> RateChart:
    """Stretches between rebases, each with limits of its own, laid end to end."""
    starts = sorted({int(at) for at in rebase} | {0})
    if starts[0] < 0 or (len(x) and starts[-1] >= len(x)):
        raise ValueError(f"rebase: positions must lie in 0..{len(x) - 1}, got {list(rebase)}")
    ends = [*starts[1:], len(x)]
    parts = [_chart(x[a:b], n[a:b], rule) for a, b in zip(starts, ends, strict=True)]
    # A stretch without a value leaves the state of the one before in force.
    known = [part for part in parts if not np.isnan(part.value).all()]
    newest = known[-1] if known else parts[-1]
    return replace(
        newest,
        value=np.concatenate([part.value for part in parts]),
        mean=np.concatenate([part.mean for part in parts]),
        lower=np.concatenate([part.lower for part in parts]),
        upper=np.concatenate([part.upper for part in parts]),
        signal=np.concatenate([part.signal for part in parts]),
        point=np.concatenate([part.point for part in parts]),
    )


def _pair(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> tuple[Floats, Floats]:
    x = np.asarray(numerator, dtype=np.float64)
    n = np.asarray(denominator, dtype=np.float64)
    if x.ndim != 1 or x.shape != n.shape:
        raise ValueError(
            f"rate chart: two equal one-dimensional arrays expected, got {x.shape}, {n.shape}"
        )
    if (x < 0).any() or (n < 0).any():
        raise ValueError("rate chart: counts and denominators must not be negative")
    present = np.isfinite(x) & np.isfinite(n) & (n > 0)
    return np.where(present, x, np.nan), np.where(present, n, np.nan)


def _ratio(x: Floats, n: Floats) -> float:
    total = float(np.nansum(n))
    return float(np.nansum(x)) / total if total > 0 else float("nan")


def _chart(x: Floats, n: Floats, rule: _Rule) -> RateChart:
    centre = _ratio(x, n)
    variance, ceiling = (centre * (1 - centre), 1.0) if rule.is_share else (centre, np.inf)
    shown = ~np.isnan(n)
    value = x / n
    spread = np.sqrt(variance / n)
    sigma = (
        _sigma_z((value[shown] - centre) / spread[shown], rule.screen)
        if rule.laney and variance > 0
        else 1.0
    )
    half = 3 * sigma * spread
    mean = np.full(len(value), centre)
    code, sign = judge(
        value[None, shown],
        mean[None, shown],
        (mean - half)[None, shown],
        (mean + half)[None, shown],
        (half * 2 / 3)[None, shown],
    )
    way = {None: 0, "up": 1, "down": -1}[rule.improvement]
    points = point_codes(sign[0], np.array(way, dtype=np.int8))
    signal_names = np.full(len(value), SIGNALS[0], dtype="<U12")
    point_names = np.full(len(value), POINTS[0], dtype="<U11")
    signal_names[shown] = np.array(SIGNALS)[code[0]]
    point_names[shown] = np.array(POINTS)[points]
    lower, upper = np.maximum(mean - half, 0.0), np.minimum(mean + half, ceiling)
    newest = int(np.flatnonzero(shown)[-1]) if shown.any() else None
    return RateChart(
        value=value,
        mean=mean,
        lower=lower,
        upper=upper,
        signal=signal_names,
        point=point_names,
        variation=POINTS[0] if newest is None else str(point_names[newest]),
        assurance=None
        if newest is None
        else _assurance(lower[newest], upper[newest], rule.target, way),
        trial=int(shown.sum()) < _TRIAL_POINTS,
        sigma_z=sigma,
    )


def _sigma_z(z: Floats, screen: bool) -> float:
    """Mean moving range of the standardised rates over d2; 1 where it cannot be measured."""
    ranges = np.abs(np.diff(z))
    if len(ranges) == 0:
        return 1.0
    if screen:
        kept = ranges[ranges < _SCREEN * ranges.mean()]
        ranges = kept if len(kept) and kept.mean() > 0 else ranges
    average = float(ranges.mean())
    return average / _D2 if average > 0 else 1.0


def _assurance(
    lower: float, upper: float, target: float | None, way: int
) -> Literal["pass", "fail", "hit_or_miss"] | None:
    if target is None or way == 0:
        return None
    side = way * (1 if target < lower else -1 if target > upper else 0)
    return "pass" if side > 0 else "fail" if side < 0 else "hit_or_miss"
