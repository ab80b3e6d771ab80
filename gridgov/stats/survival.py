"""Durations with open cases, and intervals for shares.

An average over closed cases only flatters whoever leaves hard cases open; the Kaplan-Meier
estimate counts an open case for as long as it has been watched.
Sources: Kaplan & Meier, JASA 53, 1958; Wilson, JASA 22, 1927.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

__all__ = ["Curve", "curve", "quantile", "quantiles_by_group", "wilson"]

Floats = npt.NDArray[np.float64]
_ROUNDING = 1e-12  # a product of many ratios may miss 0.5 by a few units in the last place


@dataclass(frozen=True, slots=True)
class Curve:
    """Kaplan-Meier steps: at each distinct closing time, the share still open just after it."""

    times: Floats
    open_share: Floats
    at_risk: npt.NDArray[np.int64]
    closed: npt.NDArray[np.int64]


def curve(durations: npt.ArrayLike, closed: npt.ArrayLike) -> Curve:
    """Kaplan-Meier curve.

    durations: (n,) ≥ 0, any unit, time watched so far for open cases; closed: (n,) booleans.
    Cases without a duration (NaN) are left out; a case open at a closing time is at risk there.
    """
    time = np.asarray(durations, dtype=np.float64)
    done = np.asarray(closed, dtype=np.bool_)
    if time.ndim != 1 or time.shape != done.shape:
        raise ValueError(
            f"curve: two equal one-dimensional arrays expected, got {time.shape}, {done.shape}"
        )
    known = ~np.isnan(time)
    time, done = time[known], done[known]
    if (time < 0).any():
        raise ValueError("curve: a duration is negative")
    times, events = np.unique(time[done], return_counts=True)
    at_risk = len(time) - np.searchsorted(np.sort(time), times, side="left")
    share = np.cumprod(1.0 - events / at_risk, dtype=np.float64)
    return Curve(times, share, at_risk.astype(np.int64), events.astype(np.int64))


def quantile(durations: npt.ArrayLike, closed: npt.ArrayLike, q: float) -> float:
    """Time by which a share `q` (0 to 1) of the cases is closed, in the unit of `durations`.

    The smallest closing time at which the open share is at most 1 - q; NaN where so many are
    still open that the curve never gets there, and for no case at all.
    """
    if not 0 < q < 1:
        raise ValueError(f"quantile: q must lie between 0 and 1, got {q}")
    steps = curve(durations, closed)
    reached = np.flatnonzero(steps.open_share <= 1 - q + _ROUNDING)
    return float(steps.times[reached[0]]) if len(reached) else float("nan")


def quantiles_by_group(
    durations: npt.ArrayLike, closed: npt.ArrayLike, group: npt.ArrayLike, qs: Sequence[float]
) -> tuple[npt.NDArray[np.generic], Floats]:
    """`quantile` for every group at once: the sorted groups, and (n_groups, len(qs)) times."""
    keys, member = np.unique(np.asarray(group), return_inverse=True)
    order = np.argsort(member, kind="stable")
    time = np.asarray(durations, dtype=np.float64)[order]
    done = np.asarray(closed, dtype=np.bool_)[order]
    edges = np.searchsorted(member[order], np.arange(len(keys) + 1))
    found = np.full((len(keys), len(qs)), np.nan)
    for i, (start, stop) in enumerate(pairwise(edges)):
        steps = curve(time[start:stop], done[start:stop])
        for j, q in enumerate(qs):
            reached = np.flatnonzero(steps.open_share <= 1 - q + _ROUNDING)
            if len(reached):
                found[i, j] = steps.times[reached[0]]
    return keys, found


def wilson(
    successes: npt.ArrayLike, trials: npt.ArrayLike, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Wilson score interval (low, high) of a share, elementwise; NaN where trials are zero.

    Arrays of any shapes that broadcast; two numbers give two numbers.
    """
    y, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    z = float(ndtri(0.5 + level / 2))
    n = np.where(n > 0, n, np.nan)
    share = y / n
    spread = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    middle = share + z * z / (2 * n)
    low = np.clip((middle - spread) / scale, 0.0, 1.0)
    high = np.clip((middle + spread) / scale, 0.0, 1.0)
    # At none and at all the bound is 0 or 1 exactly; rounding would leave 1e-17.
    # [()] turns a 0-dimensional array into a plain number and leaves others alone.
    return np.where(y == 0, low * 0, low)[()], np.where(y == n, high * 0 + 1, high)[()]
