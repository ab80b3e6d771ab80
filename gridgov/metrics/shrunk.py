"""Small grids' rates drawn towards their parent's (metrics C6 and HP6)."""

from __future__ import annotations

from math import nan

import numpy as np
import numpy.typing as npt

from gridgov.metrics.question import Question

__all__ = ["SHRUNK_BELOW", "shrunk_values"]

SHRUNK_BELOW = 30
"""Below this many cases a shrunken value is given; the parent's rate weighs as many cases."""

Floats = npt.NDArray[np.float64]


def shrunk_values(numerator: Floats, denominator: Floats, question: Question) -> Floats:
    """(y + 30 p) / (n + 30) for 0 < n < 30, else NaN; p is the rate of all grids under one parent.

    numerator, denominator: (buckets, grids, splits). The parent's rate is pooled over the grids
    that share bucket, splits and parent. Without a split by grid there is no parent, and nothing
    is shrunk.
    """
    if not question.by_grid or not numerator.size:
        return np.full(numerator.shape, nan)
    nodes = question.tree.nodes
    parents = [nodes[unit].parent_id for unit in question.units]
    places = {parent: place for place, parent in enumerate(dict.fromkeys(parents))}
    parent = np.array([places[name] for name in parents])
    has = denominator > 0
    buckets, _grids, splits = numerator.shape
    pooled = np.zeros((2, len(places), buckets, splits))
    for total, side in zip(pooled, (numerator, denominator), strict=True):
        np.add.at(total, parent, np.where(has, side, 0.0).transpose(1, 0, 2))
    rate = (pooled[0] / np.maximum(pooled[1], 1.0))[parent].transpose(1, 0, 2)
    n = np.where(has, denominator, 0.0)
    few = has & (n < SHRUNK_BELOW)
    return np.where(few, (numerator + SHRUNK_BELOW * rate) / (n + SHRUNK_BELOW), nan)
