"""From counts to points: shrinkage, fixed goalposts, whole hundredths.

Nothing here looks at another candidate: a score depends on the candidate's own counts and on the
scheme alone, so that no one's presence can move anyone else. All sums are of whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gridgov.awards.scheme import Indicator, Track
from gridgov.stats.shrink import information, shrink_counts, shrink_rates

__all__ = [
    "INSUFFICIENT",
    "MISSING",
    "OK",
    "SUFFICIENT_INFORMATION",
    "Measures",
    "Scores",
    "contributions",
    "group_points",
    "points_of",
    "score",
    "value_of",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

OK, INSUFFICIENT, MISSING = 0, 1, 2
SUFFICIENT_INFORMATION = 0.5


@dataclass(frozen=True)
class Measures:
    """Counts of candidates (rows) by component (columns, `Track.components`).

    observed: numerators; exposure: trials of a rate, expected count of a breadth pillar, number of
    marks of a rating. bonus, deduction: (n,) whole hundredths, as entered and confirmed.
    """

    workers: tuple[str, ...]
    observed: Floats
    exposure: Floats
    bonus: Ints
    deduction: Ints

    def take(self, rows: npt.NDArray[Any]) -> Measures:
        """The same for some candidates; `rows`: positions or a mask."""
        index = np.arange(len(self.workers))[rows]
        return Measures(
            tuple(self.workers[i] for i in index),
            self.observed[index],
            self.exposure[index],
            self.bonus[index],
            self.deduction[index],
        )


@dataclass(frozen=True)
class Scores:
    """Scored candidates; columns of (n, k) arrays are the track's indicators in order.

    value: what the goalposts were applied to. information: share of it that is the candidate's own.
    state: OK, INSUFFICIENT (scores the prior mean) or MISSING (weight spread over the rest).
    points, contribution, total, bonus, deduction, groups: hundredths of a point. weight: basis
    points of 10,000 after spreading, for display; groups: (n, n_groups), -1 where nothing to judge.
    """

    workers: tuple[str, ...]
    value: Floats
    information: Floats
    state: Ints
    points: Ints
    weight: Floats
    contribution: Ints
    bonus: Ints
    deduction: Ints
    total: Ints
    groups: Ints
    passes: Bools


def score(track: Track, measures: Measures, bonus_max: int) -> Scores:
    """Score every candidate of a track. `bonus_max`: hundredths."""
    columns = _columns(track)
    parts = [
        _judge(indicator, measures.observed[:, cut], measures.exposure[:, cut])
        for indicator, cut in zip(track.indicators, columns, strict=True)
    ]
    value = np.column_stack([part[0] for part in parts])
    information_ = np.column_stack([part[1] for part in parts])
    state = np.column_stack([part[2] for part in parts])
    points = np.column_stack(
        [points_of(ind, value[:, i]) for i, ind in enumerate(track.indicators)]
    )
    points[state == MISSING] = 0
    present = state != MISSING
    contribution, weight = contributions(track, points, present)
    bonus = np.minimum(measures.bonus, bonus_max)
    groups = group_points(track, points, present)
    return Scores(
        workers=measures.workers,
        value=np.where(present, value, np.nan),
        information=information_,
        state=state,
        points=points,
        weight=weight,
        contribution=contribution,
        bonus=bonus,
        deduction=measures.deduction,
        total=contribution.sum(axis=1) + bonus - measures.deduction,
        groups=groups,
        passes=_passes(track, groups),
    )


def value_of(indicator: Indicator, observed: Floats, exposure: Floats) -> Floats:
    """Shrunken figure (n,) of one indicator from its components (n, c)."""
    if indicator.kind == "rate":
        prior = indicator.priors[0]
        value = shrink_rates(observed[:, 0], exposure[:, 0], prior.a, prior.b)
    elif indicator.kind == "breadth":
        value = np.zeros(len(observed))
        for column, (prior, goal) in enumerate(zip(indicator.priors, indicator.goals, strict=True)):
            ratio = shrink_counts(observed[:, column], exposure[:, column], prior.a, prior.b)
            value = value + np.minimum(ratio / goal, 1.0)
    else:
        marks = exposure[:, 0]
        value = np.divide(observed[:, 0], marks, out=np.zeros(len(marks)), where=marks > 0)
    return value if indicator.cap is None else np.minimum(value, indicator.cap)


def points_of(indicator: Indicator, value: Floats) -> Ints:
    """Hundredths of a point: clip(60 + 40 · (x − floor) / (goal − floor), 0, 100)."""
    scaled = (value - indicator.floor) / (indicator.goal - indicator.floor)
    hundredths = np.floor((60.0 + 40.0 * scaled) * 100.0 + 0.5)
    points: Ints = np.clip(np.nan_to_num(hundredths), 0, 10_000).astype(np.int64)
    return points


def contributions(track: Track, points: Ints, present: Bools) -> tuple[Ints, Floats]:
    """Each indicator's part of the score (hundredths, half up) and the weight it carried.

    What is missing spreads its weight over the rest in proportion.
    """
    weights = np.array([indicator.weight for indicator in track.indicators], dtype=np.int64)
    used = np.where(present, weights, 0)
    total = np.maximum(used.sum(axis=1, keepdims=True), 1)
    contribution = (2 * used * points + total) // (2 * total)
    return contribution, used * 10_000.0 / total


def group_points(track: Track, points: Ints, present: Bools) -> Ints:
    """Mean points of each group (n, n_groups) in hundredths; -1 where nothing to judge."""
    columns = []
    for group in track.groups:
        weights = np.array([ind.weight if ind.group == group else 0 for ind in track.indicators])
        used = np.where(present, weights, 0)
        total = used.sum(axis=1)
        safe = np.maximum(total, 1)
        mean = (2 * (used * points).sum(axis=1) + safe) // (2 * safe)
        columns.append(np.where(total > 0, mean, -1))
    return np.column_stack(columns).astype(np.int64)


def _passes(track: Track, groups: Ints) -> Bools:
    floors = np.array([track.floors.get(group, 0) for group in track.groups], dtype=np.int64)
    return np.asarray(((groups >= floors) | (groups < 0)).all(axis=1), dtype=np.bool_)


def _columns(track: Track) -> list[slice]:
    cuts, start = [], 0
    for indicator in track.indicators:
        cuts.append(slice(start, start + len(indicator.components)))
        start = cuts[-1].stop
    return cuts


def _judge(indicator: Indicator, observed: Floats, exposure: Floats) -> tuple[Floats, Floats, Ints]:
    """Value, information and state (n,) of one indicator."""
    total = exposure.sum(axis=1)
    value = value_of(indicator, observed, exposure)
    if indicator.kind == "rated":
        known = (total > 0).astype(np.float64)
        return value, known, np.where(total > 0, OK, MISSING).astype(np.int64)
    if indicator.kind == "rate":
        strength = indicator.priors[0].a + indicator.priors[0].b
    else:
        strength = sum(prior.b for prior in indicator.priors)
    own = information(total, strength)
    few = own < SUFFICIENT_INFORMATION
    typical = value_of(
        indicator, np.zeros((1, observed.shape[1])), np.zeros((1, observed.shape[1]))
    )
    value = np.where(few, typical[0], value)
    state = np.where(total <= 0, MISSING, np.where(few, INSUFFICIENT, OK))
    return value, own, state.astype(np.int64)
