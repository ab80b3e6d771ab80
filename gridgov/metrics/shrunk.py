"""Small grids' rates drawn towards their parent's (metrics C6 and HP6)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from gridgov.metrics.grids import Tree
from gridgov.metrics.metric import Metric

__all__ = ["SHRUNK_BELOW", "shrunk_values"]

SHRUNK_BELOW = 30
"""Below this many cases a shrunken value is given; the parent's rate weighs as many cases."""


def shrunk_values(
    frame: pd.DataFrame, by_code: Mapping[str, Metric], tree: Tree, *, by_grid: bool
) -> pd.Series[float]:
    """(y + 30 p) / (n + 30) for 0 < n < 30, else NaN; p is the rate of all grids under one parent.

    The parent's rate is pooled over the rows of `frame` that share metric, bucket and parent grid,
    so it is that of the same period and the same splits. Without a split by grid there is none.
    """
    empty = pd.Series(np.nan, index=frame.index, dtype="float64")
    if not by_grid:
        return empty
    parents = frame["grid_id"].map(lambda name: tree.nodes[name].parent_id or "")
    together = [frame["metric"], frame["bucket"], parents]
    pooled = frame.groupby(together, sort=False)[["numerator", "denominator"]].transform("sum")
    rate = pooled["numerator"] / pooled["denominator"].where(pooled["denominator"] > 0)
    drawn = (frame["numerator"] + SHRUNK_BELOW * rate) / (frame["denominator"] + SHRUNK_BELOW)
    wanted = (
        frame["metric"].map(lambda code: by_code[code].is_shrunk)
        & (frame["denominator"] > 0)
        & (frame["denominator"] < SHRUNK_BELOW)
    )
    return drawn.where(wanted)
