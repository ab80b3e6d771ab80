"""Places, quotas and who is proposed: 1-2-2-4 inside a stratum, floors first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridgov.awards.scheme import Scheme, Tier, Track
from gridgov.awards.score import MISSING, Scores

__all__ = ["Order", "order", "places_left", "tie_keys"]

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Order:
    """place: (n,) 1 = first, 0 = not eligible. shared: how many hold that place.

    quota: (n, n_tiers) places of the tier in the candidate's stratum. tier: index of the highest
    tier proposed by the order alone, -1 none. tied: (n, n_tiers) the shared place straddles the
    cut, so that the order cannot decide.
    """

    place: Ints
    shared: Ints
    quota: Ints
    tier: Ints
    tied: Bools


def places_left(tier: Tier, eligible: int) -> int:
    """Places of a tier among `eligible` candidates: rounded half up, at least one if any."""
    if eligible <= 0 or tier.quota <= 0:
        return 0
    return min(eligible, max(1, (tier.quota * eligible + 5000) // 10_000))


def tie_keys(track: Track, scores: Scores, ties: Sequence[str]) -> Ints:
    """Points of the tie-breaking indicators (n, len(ties)); a missing one ranks last."""
    codes = [indicator.code for indicator in track.indicators]
    columns = [codes.index(code) for code in ties]
    points, state = scores.points[:, columns], scores.state[:, columns]
    return np.where(state == MISSING, -1, points)


def order(
    scheme: Scheme, track: Track, scores: Scores, eligible: Bools, strata: Sequence[str]
) -> Order:
    """Order candidates inside their strata. eligible, strata: (n,)."""
    n = len(scores.workers)
    _names, stratum = np.unique(np.asarray(strata, dtype=np.str_), return_inverse=True)
    quotas = _quotas(scheme.tiers, stratum, eligible)
    place, shared = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    rows = np.flatnonzero(eligible)
    if len(rows):
        keys = tie_keys(track, scores, scheme.ties)
        merit = np.column_stack([scores.passes, scores.total, keys])[rows]
        place[rows], shared[rows] = _places(stratum[rows], merit)
    listed = (place > 0)[:, None]
    inside = listed & (place[:, None] + shared[:, None] - 1 <= quotas)
    tied = listed & (place[:, None] <= quotas) & ~inside & scores.passes[:, None]
    won = inside & scores.passes[:, None]
    best = np.where(won, np.arange(quotas.shape[1]), -1).max(axis=1, initial=-1)
    return Order(place, shared, quotas, best, tied)


def _quotas(tiers: Sequence[Tier], stratum: Ints, eligible: Bools) -> Ints:
    size = np.bincount(stratum, weights=eligible, minlength=1).astype(np.int64)
    table = np.array([[places_left(tier, int(n)) for tier in tiers] for n in size], dtype=np.int64)
    return table.reshape(len(size), len(tiers))[stratum]


def _places(stratum: Ints, merit: Ints) -> tuple[Ints, Ints]:
    """Places inside strata; merit: (n, k), compared left to right, higher is better."""
    n = len(stratum)
    sequence = np.lexsort((*(-merit[:, ::-1]).T, stratum))
    sorted_stratum, sorted_merit = stratum[sequence], merit[sequence]
    new_stratum = np.ones(n, dtype=np.bool_)
    new_stratum[1:] = sorted_stratum[1:] != sorted_stratum[:-1]
    new_run = new_stratum.copy()
    new_run[1:] |= (sorted_merit[1:] != sorted_merit[:-1]).any(axis=1)
    index = np.arange(n)
    start = np.maximum.accumulate(np.where(new_stratum, index, 0))
    first = np.maximum.accumulate(np.where(new_run, index, 0))
    run = np.cumsum(new_run) - 1
    sizes = np.bincount(run)
    place, shared = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    place[sequence] = first - start + 1
    shared[sequence] = sizes[run]
    return place, shared
