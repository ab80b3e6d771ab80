"""Fairness audit of a track: who is chosen how often, and which figures are not explained by size.

A small ratio in a small group is often chance, so that every ratio stands beside its p. Nothing
here changes a score: the audit is for the committee's eyes before it signs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr

from gridgov.awards.evaluate import TrackResult
from gridgov.locale import N_
from gridgov.stats.fairness import FOUR_FIFTHS, GroupSelection, selection_audit
from gridgov.stats.funnel import (
    Dispersion,
    overdispersed_limits,
    proportion_dispersion,
    ratio_dispersion,
)

__all__ = ["DIMENSIONS", "Audit", "Correlation", "Funnel", "audit", "funnel"]

Floats = npt.NDArray[np.float64]

DIMENSIONS: dict[str, str] = {
    "kind": N_("网格类型"),
    "size": N_("网格大小"),
    "tenure": N_("任职年限"),
    "leader": N_("一般网格（带队人）"),
}
_YEAR = 365


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation of the score with the size of the grid; NaN with too few."""

    rho: float
    p_value: float
    n: int


@dataclass(frozen=True)
class Audit:
    """groups: dimension → one row a group. concerns: groups under four fifths whose p is below
    0.05, to be answered for."""

    groups: dict[str, list[GroupSelection]] = field(repr=False)
    size: Correlation
    concerns: list[tuple[str, GroupSelection]]


@dataclass(frozen=True)
class Funnel:
    """One indicator's figures against exposure, sorted by worker; limits on the figure's scale.

    low, high: (n, 2) at 95 % and 99.8 %, widened by over-dispersion. outside: -1 below, 1 above
    the 99.8 % limits, else 0.
    """

    indicator: str
    workers: tuple[str, ...]
    exposure: Floats
    value: Floats
    target: float
    low: Floats
    high: Floats
    outside: npt.NDArray[np.int64]
    phi: float
    tau2: float


def audit(result: TrackResult) -> Audit:
    """The audit of a track's proposed selection among the eligible."""
    rows = np.flatnonzero(result.eligible)
    chosen = result.proposed[rows]
    people = [result.candidate[row] for row in rows]
    labels = {
        "kind": [row["kind"] or "—" for row in people],
        "size": _thirds([row["households"] for row in people]),
        "tenure": [_tenure(row["tenure_days"]) for row in people],
        "leader": [_leader(row) for row in people],
    }
    groups = {
        name: selection_audit(values, chosen) if len(rows) else []
        for name, values in labels.items()
    }
    concerns = [
        (name, group)
        for name, listed in groups.items()
        for group in listed
        if group.ratio < FOUR_FIFTHS and group.p_value < 0.05
    ]
    sizes = np.array([row["households"] for row in people])
    return Audit(groups, _correlation(result.scores.total[rows], sizes), concerns)


def funnel(result: TrackResult, code: str) -> Funnel | None:
    """Funnel of one indicator over the eligible with exposure; None where fewer than four have."""
    names = [indicator.code for indicator in result.track.indicators]
    column = names.index(code)
    indicator = result.track.indicators[column]
    if indicator.kind == "rated":
        return None
    start = sum(len(ind.components) for ind in result.track.indicators[:column])
    cut = slice(start, start + len(indicator.components))
    observed = result.measures.observed[:, cut].sum(axis=1)
    exposure = result.measures.exposure[:, cut].sum(axis=1)
    rows = np.flatnonzero(result.eligible & (exposure > 0))
    if len(rows) < 4 or observed[rows].sum() <= 0:
        return None
    y, n = observed[rows], exposure[rows]
    if indicator.kind == "rate":
        spread = proportion_dispersion(y, n)
        value, target = y / n, float(np.sin(spread.target) ** 2)
    else:
        pooled = float(y.sum() / n.sum())
        spread = ratio_dispersion(y, n * pooled)
        value, target = y / n, pooled
    low, high = _limits(spread, indicator.kind, target)
    outside = np.where(value < low[:, 1], -1, np.where(value > high[:, 1], 1, 0))
    workers = tuple(result.workers[row] for row in rows)
    return Funnel(code, workers, n, value, target, low, high, outside, spread.phi, spread.tau2)


def _limits(spread: Dispersion, kind: str, target: float) -> tuple[Floats, Floats]:
    lows, highs = [], []
    for level in (0.95, 0.998):
        low, high = overdispersed_limits(spread, level)
        if kind == "rate":
            low = np.sin(np.clip(low, 0, np.pi / 2)) ** 2
            high = np.sin(np.clip(high, 0, np.pi / 2)) ** 2
        else:
            low, high = np.maximum(low, 0) ** 2 * target, high**2 * target
        lows.append(low)
        highs.append(high)
    return np.column_stack(lows), np.column_stack(highs)


def _thirds(sizes: list[float]) -> list[str]:
    """Small, middle and large by thirds of the eligible."""
    if not sizes:
        return []
    first, second = np.quantile(sizes, [1 / 3, 2 / 3])
    return ["小" if size <= first else "中" if size <= second else "大" for size in sizes]


def _tenure(days: int) -> str:
    if days < _YEAR:
        return "1 年以内"
    return "1–3 年" if days < 3 * _YEAR else "3 年以上"


def _leader(row: dict[str, Any]) -> str:
    name, leader = row["general_name"] or "—", row["leader"]
    return f"{name}（{leader}）" if leader else name


def _correlation(score: npt.NDArray[np.int64], size: Floats) -> Correlation:
    if len(score) < 4 or score.std() == 0 or size.std() == 0:
        return Correlation(float("nan"), float("nan"), len(score))
    found = spearmanr(score, size)
    return Correlation(float(found.statistic), float(found.pvalue), len(score))
