"""Confidence sets for ranks from estimates and their standard errors.

A unit's rank is at least 1 + the number of units that are surely better and at most n - the
number surely worse. "Surely" holds for all of a unit's comparisons at once (marginal set), or for
those of all units (simultaneous sets).
Source: Mogstad, Romano, Shaikh & Wilhelm, Inference for Ranks with Applications to Mobility across
Neighbourhoods and Academic Achievement across Countries, Review of Economic Studies 91, 2024.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["possibly_best", "possibly_worst", "rank_confidence_sets"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def rank_confidence_sets(
    estimates: npt.ArrayLike,
    errors: npt.ArrayLike,
    *,
    level: float = 0.95,
    simultaneous: bool = False,
    n_draws: int = 10_000,
    seed: int = 0,
) -> tuple[Ints, Ints]:
    """Best and worst rank (low, high) of each unit at confidence `level`.

    estimates, errors: (n_units,), independent, higher is better. Two-sided, with step-down:
    comparisons already decided no longer widen the others. Simulated with `n_draws` seeded
    draws; memory is n_draws × n_units floats.
    """
    x, noise, scale = _prepare(estimates, errors, n_draws, seed)
    n_units = len(x)
    gap = (x[None, :] - x[:, None]) / scale  # how far the column stands above the row
    everyone = ~np.eye(n_units, dtype=np.bool_)
    if simultaneous:
        above = _step_down(gap, everyone, noise, scale, level)
        return above.sum(axis=1) + 1, n_units - above.sum(axis=0)
    low, high = np.ones(n_units, dtype=np.int64), np.full(n_units, n_units, dtype=np.int64)
    for unit in range(n_units):
        own = np.zeros_like(everyone)
        own[unit], own[:, unit] = everyone[unit], everyone[:, unit]
        above = _step_down(gap, own, noise, scale, level)
        low[unit] += above[unit].sum()
        high[unit] -= above[:, unit].sum()
    return low, high


def possibly_best(
    estimates: npt.ArrayLike,
    errors: npt.ArrayLike,
    k: int,
    *,
    level: float = 0.95,
    n_draws: int = 10_000,
    seed: int = 0,
) -> Bools:
    """Which units cannot be told from the best `k`: one-sided simultaneous set, (n_units,)."""
    x, noise, scale = _prepare(estimates, errors, n_draws, seed)
    gap = (x[None, :] - x[:, None]) / scale  # how far the column stands above the row
    pairs = ~np.eye(len(x), dtype=np.bool_)
    surely_better = _step_down(gap, pairs, noise, scale, level)
    return np.asarray(surely_better.sum(axis=1) < k, dtype=np.bool_)


def possibly_worst(
    estimates: npt.ArrayLike,
    errors: npt.ArrayLike,
    k: int,
    *,
    level: float = 0.95,
    n_draws: int = 10_000,
    seed: int = 0,
) -> Bools:
    """Which units cannot be told from the worst `k`, (n_units,)."""
    turned = -np.asarray(estimates, dtype=np.float64)
    return possibly_best(turned, errors, k, level=level, n_draws=n_draws, seed=seed)


def _prepare(
    estimates: npt.ArrayLike, errors: npt.ArrayLike, n_draws: int, seed: int
) -> tuple[Floats, Floats, Floats]:
    x = np.asarray(estimates, dtype=np.float64)
    se = np.asarray(errors, dtype=np.float64)
    if x.ndim != 1 or x.shape != se.shape or (se <= 0).any():
        raise ValueError("rank sets: (n_units,) estimates and positive standard errors expected")
    noise = np.random.default_rng(seed).normal(size=(n_draws, len(x))) * se
    return x, noise, np.sqrt(se[:, None] ** 2 + se[None, :] ** 2)


def _step_down(
    statistic: Floats, pairs: Bools, noise: Floats, scale: Floats, level: float
) -> Bools:
    """Ordered pairs whose column is surely above their row.

    Both directions of a pair are hypotheses of their own. Those whose statistic exceeds the
    critical value of the hypotheses still open are rejected, until none more is.
    """
    remaining, rejected = pairs.copy(), np.zeros_like(pairs)
    while remaining.any():
        worst = np.full(len(noise), -np.inf)
        for row in np.flatnonzero(remaining.any(axis=1)):
            others = np.flatnonzero(remaining[row])
            z = (noise[:, others] - noise[:, row, None]) / scale[row, others]
            np.maximum(worst, z.max(axis=1), out=worst)
        found = remaining & (statistic > np.quantile(worst, level))
        if not found.any():
            break
        rejected |= found
        remaining &= ~found
    return rejected
