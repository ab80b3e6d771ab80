"""Funnel plots: which units stand outside what their size alone explains.

Source: D. J. Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in
Medicine 24, 2005; over-dispersion as in Spiegelhalter, Quality and Safety in Health Care 14, 2005.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, chi2, norm

__all__ = [
    "Dispersion",
    "binomial_limits",
    "overdispersed_limits",
    "overdispersion",
    "poisson_limits",
    "proportion_dispersion",
    "ratio_dispersion",
]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dispersion:
    """Spread of units beyond chance, on a scale where chance alone has variance `error` ** 2.

    value, error: (n_units,) transformed figure and its standard error. z: (value - target) / error.
    trimmed: z after winsorising, or after leaving the extremes out (NaN there). phi: mean of the
    squares of `trimmed`, 1 if only chance acts. tau2: variance between units, 0 if phi tells
    nothing beyond chance.
    """

    target: float
    value: Floats
    error: Floats
    z: Floats
    trimmed: Floats
    phi: float
    tau2: float


def binomial_limits(
    target: npt.ArrayLike, n: npt.ArrayLike, level: float, *, clip: bool = False
) -> tuple[Floats, Floats]:
    """Exact funnel limits (low, high) of a share around `target` (0 to 1), interpolated.

    n: trials, any shape; level: 0.95 or 0.998 as a rule. The interpolation between neighbouring
    counts makes the funnel smooth and can lead below 0 or above 1 where n is small, as in the
    source; `clip=True` keeps it inside for drawing. NaN where n is 0 or the target outside 0..1.
    """
    share, trials = np.broadcast_arrays(
        np.asarray(target, dtype=np.float64), np.asarray(n, dtype=np.float64)
    )
    valid = (trials >= 1) & (share > 0) & (share < 1)
    p_all, n_all = np.where(valid, share, 0.5), np.where(valid, np.floor(trials), 1.0)
    tail = (1 - level) / 2
    low, high = (_binomial_bound(tail_p, n_all, p_all) for tail_p in (tail, 1 - tail))
    if clip:
        low, high = np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
    return np.where(valid, low, np.nan)[()], np.where(valid, high, np.nan)[()]


def _binomial_bound(probability: float, n: Floats, p: Floats) -> Floats:
    count = binom.ppf(probability, n, p)
    reached = binom.cdf(count, n, p)
    excess = (reached - probability) / (reached - binom.cdf(count - 1, n, p))
    return np.asarray((count - excess) / n, dtype=np.float64)


def poisson_limits(
    target: npt.ArrayLike, exposure: npt.ArrayLike, level: float
) -> tuple[Floats, Floats]:
    """Exact funnel limits (low, high) of a rate events / exposure around `target`.

    With target 1 and expected counts as exposure: limits of a ratio observed / expected.
    From the chi-squared distribution (Garwood), as FunnelPlotR draws them. NaN where target or
    exposure is not positive.
    """
    rate, size = np.broadcast_arrays(
        np.asarray(target, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    )
    valid = (rate > 0) & (size > 0)
    expected = np.where(valid, rate * size, 1.0)
    over = np.where(valid, size, 1.0)
    tail = (1 - level) / 2
    low = chi2.ppf(tail, 2 * expected) / 2 / over
    high = chi2.ppf(1 - tail, 2 * (expected + 1)) / 2 / over
    return np.where(valid, low, np.nan)[()], np.where(valid, high, np.nan)[()]


def proportion_dispersion(
    successes: npt.ArrayLike, trials: npt.ArrayLike, *, trim: float = 0.1
) -> Dispersion:
    """Over-dispersion of shares on the arcsine scale, around the pooled share; (n_units,) each."""
    y, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    if len(y) == 0 or (n <= 0).any():
        raise ValueError("proportion_dispersion: every unit needs at least one trial")
    target = float(np.arcsin(np.sqrt(y.sum() / n.sum())))
    return overdispersion(np.arcsin(np.sqrt(y / n)), 1 / (2 * np.sqrt(n)), target, trim=trim)


def ratio_dispersion(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    method: Literal["sqrt", "log"] = "sqrt",
    trim: float = 0.1,
) -> Dispersion:
    """Over-dispersion of ratios observed / expected around 1; (n_units,) each, expected > 0.

    "sqrt": square roots, winsorised (as the Care Quality Commission does); "log": logarithms, the
    extremes left out rather than pulled in (as NHS England's SHMI does; needs observed > 0).
    """
    y, e = np.asarray(observed, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    if len(y) == 0 or (e <= 0).any() or (method == "log" and (y <= 0).any()):
        raise ValueError(
            "ratio_dispersion: positive expected (and, for log, observed) counts needed"
        )
    if method == "sqrt":
        return overdispersion(np.sqrt(y / e), 1 / (2 * np.sqrt(e)), 1.0, trim=trim)
    return overdispersion(np.log(y / e), 1 / np.sqrt(e), 0.0, trim=trim, leave_out=True)


def overdispersion(
    value: npt.ArrayLike,
    error: npt.ArrayLike,
    target: float,
    *,
    trim: float = 0.1,
    leave_out: bool = False,
) -> Dispersion:
    """phi and tau² from transformed values (n_units,) and their standard errors.

    trim: share of units at either end that is winsorised, or with `leave_out` ranked out.
    tau² is the method-of-moments variance of DerSimonian and Laird.
    """
    y, s = np.asarray(value, dtype=np.float64), np.asarray(error, dtype=np.float64)
    z = (y - target) / s
    if leave_out:
        rank = np.argsort(np.argsort(z, kind="stable"), kind="stable") + 1
        cut = int(np.floor(trim * len(z)))
        trimmed = np.where((rank > cut) & (rank <= len(z) - cut), z, np.nan)
    else:
        trimmed = np.clip(z, *np.quantile(z, [trim, 1 - trim]))
    kept = ~np.isnan(trimmed)
    count = int(kept.sum())
    phi = float(np.mean(trimmed[kept] ** 2))
    weight = 1 / s[kept] ** 2
    spare = float(weight.sum() - (weight**2).sum() / weight.sum())
    tau2 = max(0.0, (count * phi - (count - 1)) / spare) if spare > 0 else 0.0
    return Dispersion(target, y, s, z, trimmed, phi, tau2)


def overdispersed_limits(dispersion: Dispersion, level: float) -> tuple[Floats, Floats]:
    """Limits (low, high) on the transformed scale: target ± z · sqrt(error² + tau²), (n_units,)."""
    half = float(norm.ppf(0.5 + level / 2)) * np.sqrt(dispersion.error**2 + dispersion.tau2)
    return dispersion.target - half, dispersion.target + half
