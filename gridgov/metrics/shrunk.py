"""Small grids' rates drawn towards their parent's (metrics C6 and HP6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan
from typing import Any

import numpy as np
import numpy.typing as npt

from gridgov.metrics.compose import Question
from gridgov.metrics.metric import Metric

__all__ = ["SHRUNK_BELOW", "shrunk_values"]

SHRUNK_BELOW = 30
"""Below this many cases a shrunken value is given; the parent's rate weighs as many cases."""


def shrunk_values(
    columns: Mapping[str, Sequence[Any]], metrics: Mapping[str, Metric], question: Question
) -> npt.NDArray[np.float64]:
    """(y + 30 p) / (n + 30) for 0 < n < 30, else NaN; p is the rate of all grids under one parent.

    The parent's rate is pooled over the rows that share metric, bucket, further splits and parent
    grid. Without a split by grid there is no parent, and nothing is shrunk.
    """
    codes = columns["metric"]
    if not question.by_grid:
        return np.full(len(codes), nan)
    nodes = question.tree.nodes
    splits = [columns[name] for name in ("bucket", *question.by)]
    groups = [
        (code, nodes[grid].parent_id, *parts)
        for code, grid, *parts in zip(codes, columns["grid_id"], *splits, strict=True)
    ]
    counts = list(zip(columns["numerator"], columns["denominator"], strict=True))
    pooled: dict[tuple[object, ...], list[float]] = {}
    for group, (y, n) in zip(groups, counts, strict=True):
        if n > 0:
            total = pooled.setdefault(group, [0.0, 0.0])
            total[0] += y
            total[1] += n
    found = np.full(len(codes), nan)
    for place, (group, (y, n)) in enumerate(zip(groups, counts, strict=True)):
        if metrics[codes[place]].is_shrunk and 0 < n < SHRUNK_BELOW:
            rate = pooled[group][0] / pooled[group][1]
            found[place] = (y + SHRUNK_BELOW * rate) / (n + SHRUNK_BELOW)
    return found
