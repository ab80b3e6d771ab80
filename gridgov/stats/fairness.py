"""Fairness audit of a selection: the four-fifths ratio and Fisher's exact test.

Sources: US Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4 D, 1978 (four
fifths); R. A. Fisher, 1935.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import fisher_exact

__all__ = ["FOUR_FIFTHS", "GroupSelection", "fishers_exact", "four_fifths", "selection_audit"]

FOUR_FIFTHS = 0.8
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GroupSelection:
    """One group: selected of eligible, rate, rate over the best group's, p against all others."""

    group: str
    eligible: int
    selected: int
    rate: float
    ratio: float
    p_value: float


def four_fifths(selected: npt.ArrayLike, eligible: npt.ArrayLike) -> Floats:
    """Selection rate of each group (n_groups,) over the highest; under 0.8 asks for a reason.

    NaN for a group without eligible members, and for all where nobody was selected.
    """
    chosen, pool = np.asarray(selected, dtype=np.float64), np.asarray(eligible, dtype=np.float64)
    rate = np.divide(chosen, pool, out=np.full(chosen.shape, np.nan), where=pool > 0)
    best = float(np.nanmax(rate)) if np.isfinite(rate).any() else 0.0
    return rate / best if best > 0 else np.full(rate.shape, np.nan)


def fishers_exact(selected: int, eligible: int, others_selected: int, others: int) -> float:
    """Two-sided p that a group is selected as often as the others; NaN where either is empty."""
    if eligible == 0 or others == 0:
        return float("nan")
    table = np.array([[selected, eligible - selected], [others_selected, others - others_selected]])
    return float(fisher_exact(table).pvalue)


def selection_audit(groups: npt.ArrayLike, selected: npt.ArrayLike) -> list[GroupSelection]:
    """One row a group, sorted by name; groups: (n,) labels, selected: (n,) booleans.

    A small ratio in a small group is often chance: read it together with p.
    """
    labels, chosen = np.asarray(groups, dtype=np.str_), np.asarray(selected, dtype=np.bool_)
    if labels.shape != chosen.shape:
        raise ValueError(
            f"selection_audit: arrays of one length expected, got {labels.shape}, {chosen.shape}"
        )
    names, member = np.unique(labels, return_inverse=True)
    pool = np.bincount(member, minlength=len(names))
    won = np.bincount(member, weights=chosen, minlength=len(names)).astype(np.int64)
    ratio = four_fifths(won, pool)
    total, winners = len(labels), int(chosen.sum())
    return [
        GroupSelection(
            group=str(name),
            eligible=int(n),
            selected=int(k),
            rate=float(k / n),
            ratio=float(r),
            p_value=fishers_exact(int(k), int(n), winners - int(k), total - int(n)),
        )
        for name, n, k, r in zip(names, pool, won, ratio, strict=True)
    ]
