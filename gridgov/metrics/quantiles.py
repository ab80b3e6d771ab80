"""Kaplan-Meier quantiles from cases counted by whole hours (metric C10)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gridgov.metrics.figures import Cell

__all__ = ["grouped_quantiles", "quantile_cells"]

_ROUNDING = 1e-12  # as in gridgov.stats.survival, so that both find the same hour


def quantile_cells(table: pa.Table, width: int) -> dict[tuple[object, ...], Cell]:
    """Key → P50 as value, P90, closed, all, and those closed in the second they were opened.

    table: the key's `width` columns, then hours, is_closed, cases, instant, in the keys' order.
    """
    if table.num_rows == 0:
        return {}
    # Dates and labels become Python objects only once a group, which is where the time would go.
    codes = [
        table.column(i).combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
        for i in range(width)
    ]
    changes = np.flatnonzero(np.any([np.diff(code) != 0 for code in codes], axis=0)) + 1
    starts = [0, *changes.tolist()]
    firsts = table.take(starts)
    keys = list(zip(*(firsts.column(i).to_pylist() for i in range(width)), strict=True))
    part = np.column_stack(
        [
            table.column(name).to_numpy().astype(np.float64)
            for name in ("hours", "is_closed", "cases", "instant")
        ]
    )
    edges = pairwise([*starts, table.num_rows])
    return {key: _cell(part[begin:end]) for key, (begin, end) in zip(keys, edges, strict=True)}


def _cell(part: npt.NDArray[np.float64]) -> Cell:
    hours, closed, cases, instant = part.T
    half, most = grouped_quantiles(hours, cases, closed > 0, (0.5, 0.9))
    everything = float(cases.sum())
    return Cell(
        numerator=float((cases * closed).sum()),
        denominator=everything,
        n=everything,
        value=half,
        p90=most,
        instant=float(instant.sum()),
    )


def grouped_quantiles(
    hours: npt.NDArray[np.float64],
    cases: npt.NDArray[np.float64],
    closed: npt.NDArray[np.bool_],
    qs: Sequence[float],
) -> list[float]:
    """Time by which each share of `qs` is closed; NaN where the curve does not get there.

    hours: (n,); cases: (n,) how many cases a row stands for; closed: (n,) booleans. The same
    estimate as `gridgov.stats.survival.quantile` over the single cases.
    """
    times, place = np.unique(hours, return_inverse=True)
    ended = np.bincount(place, weights=cases * closed, minlength=len(times))
    left = np.bincount(place, weights=cases, minlength=len(times))
    at_risk = left[::-1].cumsum()[::-1]
    open_share = np.cumprod(1.0 - ended / at_risk)
    found = []
    for q in qs:
        reached = np.flatnonzero((open_share <= 1 - q + _ROUNDING) & (ended > 0))
        found.append(float(times[reached[0]]) if len(reached) else float("nan"))
    return found
