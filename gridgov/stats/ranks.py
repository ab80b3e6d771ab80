"""How sure an order is: draws, bands, acceptability, confidence sets for ranks.

Rank 1 is the best; equal values share the better place (1-2-2-4). Higher is better throughout.
Sources: Mogstad, Romano, Shaikh & Wilhelm, Inference for Ranks, Review of Economic Studies 91,
2024 (confidence sets); Lahdelma & Salminen, SMAA-2, Operations Research 49, 2001 (acceptability).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = [
    "band_positions",
    "central_weights",
    "confidence_factors",
    "rank_acceptability",
    "rank_band",
    "ranks",
    "reliability",
    "reliability_of_draws",
    "top_k_probability",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def ranks(draws: npt.ArrayLike) -> Ints:
    """Place of every unit in every draw: (n_draws, n_units) or (n_units,), same shape back.

    Single precision stays single: half the memory, and faster.
    """
    values = np.asarray(draws)
    if values.dtype != np.float32:
        values = values.astype(np.float64, copy=False)
    flat = np.atleast_2d(values)
    order = np.argsort(-flat, axis=1)  # equal values get one place, so stability is not needed
    ordered = np.take_along_axis(flat, order, axis=1)
    place = np.ones(flat.shape, dtype=np.int64)
    fresh = ordered[:, 1:] != ordered[:, :-1]
    place[:, 1:] = fresh * np.arange(2, flat.shape[1] + 1)
    np.maximum.accumulate(place, axis=1, out=place)
    found = np.empty_like(place)
    np.put_along_axis(found, order, place, axis=1)
    return found.reshape(values.shape)


def top_k_probability(draws: npt.ArrayLike, k: int) -> Floats:
    """Share of the draws (n_draws, n_units) in which each unit is among the best `k`.

    Units tied at the k-th place share the places that are left, so the result sums to
    min(k, n_units) whatever the ties and does not depend on the order of the columns.
    """
    values = _draws(draws)
    n_units = values.shape[1]
    if k <= 0:
        return np.zeros(n_units)
    if k >= n_units:
        return np.ones(n_units)
    edge = -np.partition(-values, k - 1, axis=1)[:, k - 1 : k]
    better, equal = values > edge, values == edge
    share = (k - better.sum(axis=1)) / equal.sum(axis=1)
    return np.asarray((better + equal * share[:, None]).mean(axis=0), dtype=np.float64)


def rank_band(draws: npt.ArrayLike, level: float = 0.90) -> tuple[Ints, Ints]:
    """Best and worst rank (low, high) of each unit, leaving (1 - level) / 2 out at either end.

    draws: (n_draws, n_units); whole ranks that occur, not interpolated ones.
    """
    places = np.sort(ranks(_draws(draws)), axis=0)
    first, last = band_positions(len(places), level)
    return places[first], places[last]


def band_positions(n_draws: int, level: float = 0.90) -> tuple[int, int]:
    """Positions (first, last) of a band among sorted ranks, with as many left out at either end."""
    # Rounding first: 0.05 * 10000 need not be 500 in binary.
    left_out = int(round((1 - level) / 2 * n_draws, 6))
    return left_out, n_draws - 1 - left_out


def rank_acceptability(draws: npt.ArrayLike) -> Floats:
    """Share of the draws in which each unit (row) takes each rank (column), (n_units, n_units)."""
    places = ranks(_draws(draws))
    n_draws, n_units = places.shape
    cells = np.arange(n_units) * n_units + (places - 1)
    counts = np.bincount(cells.ravel(), minlength=n_units * n_units)
    return np.asarray(counts.reshape(n_units, n_units) / n_draws, dtype=np.float64)


def central_weights(draws: npt.ArrayLike, weights: npt.ArrayLike) -> Floats:
    """Mean of the weight draws (n_draws, n_criteria) in which each unit is first.

    Returns (n_units, n_criteria); NaN for a unit that is never first.
    """
    first = (ranks(_draws(draws)) == 1).astype(np.float64)
    used = np.asarray(weights, dtype=np.float64)
    count = first.sum(axis=0)[:, None]
    total = first.T @ used
    central: Floats = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return central


def confidence_factors(measurements: npt.ArrayLike, central: npt.ArrayLike) -> Floats:
    """Share of the measurement draws in which each unit is first under its own central weights.

    measurements: (n_draws, n_units, n_criteria); central: (n_units, n_criteria). NaN where the
    unit has no central weights.
    """
    values = np.asarray(measurements, dtype=np.float64)
    own = np.asarray(central, dtype=np.float64)
    found = np.full(len(own), np.nan)
    for unit, weight in enumerate(own):
        if not np.isnan(weight).any():
            score = values @ weight
            found[unit] = float((score[:, unit] >= score.max(axis=1)).mean())
    return found


def reliability(scores: npt.ArrayLike, error_variance: npt.ArrayLike) -> float:
    """Share 0 to 1 of the differences between scores (n_units,) that is not sampling error.

    error_variance: (n_units,) or one number. NaN with fewer than two units or equal scores.
    """
    x = np.asarray(scores, dtype=np.float64)
    spread = float(x.var(ddof=1)) if len(x) > 1 else 0.0
    if spread <= 0:
        return float("nan")
    noise = float(np.mean(np.asarray(error_variance, dtype=np.float64)))
    return min(1.0, max(0.0, 1.0 - noise / spread))


def reliability_of_draws(draws: npt.ArrayLike) -> float:
    """Variance between units over all variance, from posterior draws (n_draws, n_units).

    Posterior means are already shrunken, so the error adds to, not hides in, their spread.
    """
    values = _draws(draws)
    if values.shape[1] < 2:
        return float("nan")
    between = float(values.mean(axis=0).var(ddof=1))
    within = float(values.var(axis=0).mean())
    return between / (between + within) if between + within > 0 else float("nan")


def _draws(draws: npt.ArrayLike) -> Floats:
    values = np.asarray(draws)
    if values.dtype != np.float32:
        values = values.astype(np.float64, copy=False)
    if values.ndim != 2 or len(values) == 0:
        raise ValueError(
            f"draws: (n_draws, n_units) with at least one draw expected, got {values.shape}"
        )
    return values
