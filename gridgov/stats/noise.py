"""How often the rules cry wolf: series of pure noise, judged as real ones are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gridgov.stats.changepoint import change_points
from gridgov.stats.spc import SIGNALS, xmr_batch

__all__ = ["FalseAlarms", "false_alarms"]


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
