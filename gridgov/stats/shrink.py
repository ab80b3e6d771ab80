"""Shrinkage: how much of a small group's extreme figure is luck.

Empirical Bayes: the spread between units is estimated from all of them, and each unit is then
drawn towards the common level the more, the less it was observed.
Sources: Efron & Morris, JASA 70, 1975 (James-Stein); Clayton & Kaldor, Biometrics 43, 1987
(Gamma-Poisson); Casella, American Statistician 39, 1985; Morris & Tang, Statistical Science 26,
2011 (adjustment for density maximisation).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import betaln, digamma, expit, gammaln

__all__ = [
    "MAX_STRENGTH",
    "beta_binomial_fit",
    "gamma_poisson_fit",
    "information",
    "james_stein",
    "shrink_counts",
    "shrink_rates",
]

Floats = npt.NDArray[np.float64]
Objective = Callable[[Floats], tuple[float, Floats]]

# Prior strength (a + b, or the shape of the Gamma) at which units no longer differ for any
# practical purpose; the likelihood is flat beyond it and a fit would run to infinity.
MAX_STRENGTH = 1e6
_MIN_STRENGTH = 1e-2
_STARTS = (1.0, 10.0, 100.0, 3000.0)


def beta_binomial_fit(
    successes: npt.ArrayLike, trials: npt.ArrayLike, *, adjusted: bool = False
) -> tuple[float, float]:
    """(a, b) of the Beta distribution of the units' true rates, by marginal maximum likelihood.

    successes, trials: (n_units,), counts with successes ≤ trials; units without trials are left
    out. Where the units do not differ by more than chance, or could not show it (one unit, one
    trial each), a + b is MAX_STRENGTH: all are taken to share one rate. The mean stays off 0 and
    1 by half a success. Without any trial: (1, 1). Raises ValueError for impossible counts.

    adjusted: maximise likelihood / (a + b) instead. A dozen units often leave the likelihood at
    its edge, "no difference at all", although differences that matter are as likely; the adjusted
    maximum lies near the mean of what is possible and never at the edge (Morris & Tang 2011).
    """
    y, n = _counts(successes, trials)
    if (y > n).any():
        raise ValueError("beta_binomial_fit: successes exceed trials")
    if len(y) == 0:
        return 1.0, 1.0
    total = float(n.sum())
    mean = (float(y.sum()) + 0.5) / (total + 1.0)
    if len(y) == 1 or float(n.max()) <= 1 or y.sum() in (0.0, total):
        return mean * MAX_STRENGTH, (1 - mean) * MAX_STRENGTH
    y, n, weight = _grouped(y, n)
    units = float(weight.sum())  # per unit: the search is then scaled alike for ten and for 126,000
    adjustment = 1.0 if adjusted else 0.0

    def objective(theta: Floats) -> tuple[float, Floats]:
        share, strength = float(expit(theta[0])), float(np.exp(theta[1]))
        a, b = share * strength, (1 - share) * strength
        value = weight @ (betaln(a + y, b + n - y) - betaln(a, b))
        both = digamma(a + b) - digamma(a + b + n)
        d_a = weight @ (digamma(a + y) - digamma(a) + both)
        d_b = weight @ (digamma(b + n - y) - digamma(b) + both)
        value -= adjustment * theta[1]
        slope = np.array(
            [(d_a - d_b) * strength * share * (1 - share), d_a * a + d_b * b - adjustment]
        )
        return -float(value) / units, -slope / units

    centre = float(np.log(mean / (1 - mean)))
    theta = _best(objective, centre)
    share, strength = float(expit(theta[0])), float(np.exp(theta[1]))
    return share * strength, (1 - share) * strength


def gamma_poisson_fit(
    observed: npt.ArrayLike, expected: npt.ArrayLike, *, adjusted: bool = False
) -> tuple[float, float]:
    """(alpha, beta) of the Gamma distribution of the units' true ratios observed / expected.

    observed: (n_units,) counts; expected: (n_units,) > 0, units without are left out.
    Marginal maximum likelihood (negative binomial). alpha is at most MAX_STRENGTH, reached where
    the ratios do not differ by more than chance. Without any expected count: (1, 1).
    adjusted: maximise likelihood / alpha instead, as in `beta_binomial_fit`.
    """
    y, e = _counts(observed, expected)
    if len(y) == 0:
        return 1.0, 1.0
    ratio = (float(y.sum()) + 0.5) / (float(e.sum()) + 0.5)
    if len(y) == 1 or y.sum() == 0:
        return MAX_STRENGTH, MAX_STRENGTH / ratio
    y, e, weight = _grouped(y, e)
    units = float(weight.sum())
    adjustment = 1.0 if adjusted else 0.0

    def objective(theta: Floats) -> tuple[float, Floats]:
        level, alpha = float(np.exp(theta[0])), float(np.exp(theta[1]))
        beta = alpha / level
        rest = np.log1p(e / beta)  # log((beta + e) / beta)
        value = weight @ (gammaln(alpha + y) - gammaln(alpha) - alpha * rest - y * np.log(beta + e))
        d_alpha = weight @ (digamma(alpha + y) - digamma(alpha) - rest)
        d_beta = weight @ (alpha / beta - (alpha + y) / (beta + e))
        value -= adjustment * theta[1]
        slope = np.array([-d_beta * beta, d_alpha * alpha + d_beta * beta - adjustment])
        return -float(value) / units, -slope / units

    theta = _best(objective, float(np.log(ratio)))
    level, alpha = float(np.exp(theta[0])), float(np.exp(theta[1]))
    return alpha, alpha / level


def shrink_rates(successes: npt.ArrayLike, trials: npt.ArrayLike, a: float, b: float) -> Floats:
    """Posterior mean rates (a + y) / (a + b + n), (n_units,)."""
    y, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    return np.asarray((a + y) / (a + b + n), dtype=np.float64)


def shrink_counts(
    observed: npt.ArrayLike, expected: npt.ArrayLike, alpha: float, beta: float
) -> Floats:
    """Posterior mean ratios (α + O) / (β + E), (n_units,)."""
    y, e = np.asarray(observed, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    return np.asarray((alpha + y) / (beta + e), dtype=np.float64)


def information(trials: npt.ArrayLike, strength: float) -> Floats:
    """Share n / (n + strength) of a shrunken figure that is the unit's own, 0 to 1."""
    n = np.asarray(trials, dtype=np.float64)
    return np.asarray(n / (n + strength), dtype=np.float64)


def james_stein(estimates: npt.ArrayLike, variance: float) -> tuple[Floats, float]:
    """James-Stein estimates and the factor c by which distances from the mean are multiplied.

    estimates: (n_units,) with one common sampling variance. Positive part; towards the grand
    mean, hence k - 3. With fewer than four units nothing is shrunk (c = 1).
    Source: Efron & Morris 1975, section 2.
    """
    x = np.asarray(estimates, dtype=np.float64)
    mean = float(x.mean()) if len(x) else float("nan")
    scatter = float(((x - mean) ** 2).sum())
    if len(x) < 4:
        return x.copy(), 1.0
    factor = max(0.0, 1.0 - (len(x) - 3) * variance / scatter) if scatter > 0 else 0.0
    return mean + factor * (x - mean), factor


def _counts(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> tuple[Floats, Floats]:
    y = np.asarray(numerator, dtype=np.float64).ravel()
    n = np.asarray(denominator, dtype=np.float64).ravel()
    if y.shape != n.shape:
        raise ValueError(f"counts: two arrays of one length expected, got {y.shape}, {n.shape}")
    keep = np.isfinite(y) & np.isfinite(n) & (n > 0)
    y, n = y[keep], n[keep]
    if (y < 0).any():
        raise ValueError("counts: negative counts")
    return y, n


def _grouped(y: Floats, n: Floats) -> tuple[Floats, Floats, Floats]:
    """Distinct pairs with how often each occurs, sorted: row order cannot change a fit."""
    pairs, often = np.unique(np.column_stack([y, n]), axis=0, return_counts=True)
    return pairs[:, 0], pairs[:, 1], often.astype(np.float64)


def _best(objective: Objective, centre: float) -> Floats:
    # The pooled level is near the fitted one; a wide search would let a first step leap away.
    bounds = [(centre - 6.0, centre + 6.0), (np.log(_MIN_STRENGTH), np.log(MAX_STRENGTH))]
    runs = [
        minimize(
            objective,
            np.array([centre, np.log(start)]),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 500},
        )
        for start in _STARTS
    ]
    # The first of equally good runs: the same data always give the same answer.
    return np.asarray(min(runs, key=lambda run: round(float(run.fun), 12)).x, dtype=np.float64)
