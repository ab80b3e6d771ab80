"""How often the rules cry wolf: series of pure noise, judged as real ones are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridgov.stats.changepoint import change_points
from gridgov.stats.spc import SIGNALS, xmr_batch

__all__ = ["FalseAlarms", "false_alarms", "news_by_chance"]

# Share of 20,000 seeded series of normal noise, 22 points each, in which a signal could first be
# seen at one of the newest so many points. Not the newest one's share times their number: a series
# is counted once, and the patterns of neighbours hang together.
_POINTS = (0, 1, 2, 3, 4, 6, 9, 12, 16, 22)
_SHARES = (0.0, 0.0121, 0.0223, 0.0318, 0.0418, 0.0626, 0.0902, 0.1158, 0.1468, 0.1687)


def news_by_chance(points: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Share of quiet series with a signal first seen within the newest `points` (any shape)."""
    return np.asarray(np.interp(np.asarray(points, dtype=np.float64), _POINTS, _SHARES))


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """Shares, 0 to 1, of series of independent normal noise.

    newest: the newest point is a signal (what a reader of one month is told). anywhere: any
    point of the series is. by_rule: any point carries that rule. change_point: at least one
    shift of level is reported at 95 %.
    """

    n_series: int
    n_points: int
    newest: float
    anywhere: float
    by_rule: dict[str, float]
    change_point: float


def false_alarms(n_series: int = 1000, n_points: int = 22, seed: int = 2026) -> FalseAlarms:
    """Judge `n_series` seeded noise series of `n_points` by XmR and for change points."""
    noise = np.random.default_rng(seed).normal(size=(n_series, n_points))
    signal = xmr_batch(noise).signal
    shifted = [len(change_points(row, n_permutations=999)) > 0 for row in noise]
    return FalseAlarms(
        n_series=n_series,
        n_points=n_points,
        newest=float((signal[:, -1] > 0).mean()),
        anywhere=float((signal > 0).any(axis=1).mean()),
        by_rule={
            name: float((signal == code).any(axis=1).mean())
            for code, name in enumerate(SIGNALS)
            if name
        },
        change_point=float(np.mean(shifted)),
    )
