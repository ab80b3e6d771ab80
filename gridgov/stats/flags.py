"""Arithmetic of the review flags: many tests at once, robust scale, too-even counts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

__all__ = ["benjamini_hochberg", "even_counts", "mad_scores"]

Floats = npt.NDArray[np.float64]


def benjamini_hochberg(p_values: npt.ArrayLike) -> Floats:
    """Adjusted p-values (q-values), same shape; NaN stays NaN and does not count as a test.

    Those at most q are a set of which a share q at most is expected to be false alarms.
    Source: Benjamini & Hochberg, JRSS B 57, 1995.
    """
    p = np.asarray(p_values, dtype=np.float64)
    flat = p.ravel()
    known = np.flatnonzero(~np.isnan(flat))
    order = known[np.argsort(flat[known], kind="stable")]
    raw = flat[order] * len(order) / np.arange(1, len(order) + 1)
    adjusted = np.full(flat.shape, np.nan)
    adjusted[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return adjusted.reshape(p.shape)


def mad_scores(values: npt.ArrayLike) -> Floats:
    """Distance of each value (n,) from the median in robust standard deviations (1.4826 MAD).

    Where over half of the values are equal the MAD is zero; the mean absolute deviation
    (× 1.2533) takes its place, and with all values equal every score is 0. NaN stays NaN.
    """
    x = np.asarray(values, dtype=np.float64)
    known = x[~np.isnan(x)]
    if len(known) == 0:
        return np.full(x.shape, np.nan)
    away = x - np.median(known)
    distance = np.abs(away[~np.isnan(x)])
    scale = 1.4826 * float(np.median(distance)) or 1.2533 * float(distance.mean())
    return np.asarray(away / scale if scale > 0 else away * 0.0, dtype=np.float64)


def even_counts(counts: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Index of dispersion and lower-tail p of rows of counts (n_units, n_days), NaN for no day.

    Counts that real life produces scatter at least as a Poisson variable does (index 1); a small
    p says: more even than chance. NaN with fewer than two days or no count at all.
    """
    x = np.atleast_2d(np.asarray(counts, dtype=np.float64))
    known = ~np.isnan(x)
    n = known.sum(axis=1)
    total = np.where(known, x, 0.0).sum(axis=1)
    valid = (n >= 2) & (total > 0)
    mean = np.where(valid, total / np.maximum(n, 1), 1.0)
    square = np.where(known, (x - mean[:, None]) ** 2, 0.0).sum(axis=1) / mean
    freedom = np.maximum(n - 1, 1)
    index = np.where(valid, square / freedom, np.nan)
    return index, np.where(valid, chi2.cdf(square, freedom), np.nan)
