"""Kaplan-Meier quantiles of many groups at once, from cases counted by whole hours (metric C10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["grouped_quantiles"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_ROUNDING = 1e-12  # as in gridgov.stats.survival, so that both find the same hour
_CELLS = 1_000_000
"""Groups are laid side by side, filled up to the longest; so many cells at a time."""


def grouped_quantiles(
    group: Ints,
    hours: Floats,
    cases: Floats,
    closed: npt.NDArray[np.bool_],
    n_groups: int,
    qs: Sequence[float],
) -> list[Floats]:
    """Time by which each share of `qs` is closed, (n_groups,) each; NaN where it is not reached.

    group: (n,) 0 to n_groups - 1; hours: (n,); cases: (n,) how many cases a row stands for;
    closed: (n,) booleans. The same estimate as `gridgov.stats.survival.quantile` over the single
    cases of each group.
    """
    found = [np.full(n_groups, np.nan) for _q in qs]
    if not len(group):
        return found
    order = np.lexsort((hours, group))
    group, hours = group[order], hours[order]
    opens = np.r_[True, (group[1:] != group[:-1]) | (hours[1:] != hours[:-1])]
    step = np.cumsum(opens) - 1
    cases = cases[order]
    ended = np.bincount(step, weights=cases * closed[order])
    left = np.bincount(step, weights=cases)
    group, hours = group[opens], hours[opens]
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    lengths = np.diff(np.r_[starts, len(group)])
    for chosen in _batches(lengths):
        place = starts[chosen, None] + np.arange(lengths[chosen].max())
        inside = np.arange(place.shape[1]) < lengths[chosen, None]
        place = np.where(inside, place, 0)
        block = [np.where(inside, part[place], 0.0) for part in (ended, left)]
        reached = _first_reached(block[0], block[1], qs)
        for values, first in zip(found, reached, strict=True):
            known = first >= 0
            values[group[starts[chosen[known]]]] = hours[place[known, first[known]]]
    return found


def _batches(lengths: Ints) -> Iterator[Ints]:
    """Groups of like length together, so that little is filled up."""
    by_length = np.argsort(lengths, kind="stable")
    begin = 0
    while begin < len(by_length):
        # The longest of a batch is its last: so many fit that all of them may be as long.
        end = begin + 1
        reach = lengths[by_length[begin:]] * np.arange(1, len(by_length) - begin + 1)
        end = begin + max(1, int(np.searchsorted(reach, _CELLS, side="right")))
        yield by_length[begin:end]
        begin = end


def _first_reached(ended: Floats, left: Floats, qs: Sequence[float]) -> list[Ints]:
    """The step at which each share is closed, (groups,) for each of `qs`; -1 where it is not."""
    at_risk = left[:, ::-1].cumsum(axis=1)[:, ::-1]
    open_share = np.cumprod(1.0 - ended / np.maximum(at_risk, 1.0), axis=1)
    found = []
    for q in qs:
        reached = (open_share <= 1 - q + _ROUNDING) & (ended > 0)
        found.append(np.where(reached.any(axis=1), reached.argmax(axis=1), -1))
    return found
