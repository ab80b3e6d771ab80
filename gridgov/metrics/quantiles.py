"""Kaplan-Meier quantiles from cases counted by whole hours (metric C10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gridgov.metrics.figures import Cell

__all__ = ["grouped_quantiles", "quantile_cells"]

_ROUNDING = 1e-12  # as in gridgov.stats.survival, so that both find the same hour


def quantile_cells(rows: Sequence[tuple[Any, ...]], width: int) -> dict[tuple[object, ...], Cell]:
    """Key → P50 as value, P90, closed, all, and those closed in the second they were opened.

    rows: the key's `width` columns, then hours, is_closed, cases, instant.
    """
    grouped: dict[tuple[object, ...], list[tuple[Any, ...]]] = {}
    for row in rows:
        grouped.setdefault(row[:width], []).append(row[width:])
    return {key: _cell(np.array(part, dtype=np.float64)) for key, part in grouped.items()}


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
