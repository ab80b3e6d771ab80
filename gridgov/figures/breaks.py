"""Classes of values for a map: natural breaks, so that a place apart gets a shade apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["natural_breaks"]

# The search is quadratic: more distinct values are first gathered into so many of equal count.
_MOST = 400


def natural_breaks(values: ArrayLike, classes: int = 5) -> NDArray[np.float64]:
    """The largest value of every class but the last, ascending.

    The classes have the least sum of squared differences from their own means (Fisher 1958, "On
    grouping for maximum homogeneity"; in cartography the Jenks natural breaks); quintiles would
    shade a grid far from all others like the ones below it. `values`: finite numbers; as many
    classes as there are distinct values where those are fewer than `classes`.
    """
    points, weights = _gathered(np.asarray(values, dtype=float))
    count = len(points)
    classes = min(classes, count)
    if classes < 2:
        return np.empty(0)
    weight = np.concatenate([[0.0], np.cumsum(weights)])
    total = np.concatenate([[0.0], np.cumsum(weights * points)])
    square = np.concatenate([[0.0], np.cumsum(weights * points**2)])
    begin, end = np.ogrid[:count, 1 : count + 1]
    share = np.where(end > begin, weight[end] - weight[begin], np.inf)
    # cost[i, j]: points i to j (inclusive) as one class.
    cost = np.where(
        end > begin,
        square[end] - square[begin] - (total[end] - total[begin]) ** 2 / share,
        np.inf,
    )
    best, starts = cost[0], []
    for _turn in range(1, classes):
        # The last class starts at i; the classes before it end at i - 1.
        whole = np.concatenate([[np.inf], best[:-1]])[:, None] + cost
        starts.append(whole.argmin(axis=0))
        best = whole.min(axis=0)
    cuts, last = [], count - 1
    for start in reversed(starts):
        first = int(start[last])
        cuts.append(points[first - 1])
        last = first - 1
    return np.array(cuts[::-1])


def _gathered(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distinct values ascending and how often each occurs; neighbours are joined where many."""
    points, counts = np.unique(values, return_counts=True)
    weights = counts.astype(float)
    if len(points) <= _MOST:
        return points, weights
    run = np.searchsorted(
        np.linspace(0, weights.sum(), _MOST + 1)[1:-1], np.cumsum(weights), side="left"
    )
    starts = np.flatnonzero(np.diff(run, prepend=-1))
    # A run is cut at its largest value, so that a cut is always a value that occurs.
    largest = np.append(points[starts[1:] - 1], points[-1])
    return largest, np.add.reduceat(weights, starts)
