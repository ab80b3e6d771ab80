"""Weights from a table of pairwise comparisons (analytic hierarchy process).

Source: T. L. Saaty, The Analytic Hierarchy Process, 1980.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridgov.errors import UsageError
from gridgov.locale import _

__all__ = ["ACCEPTABLE", "AhpResult", "ahp"]

Floats = npt.NDArray[np.float64]

ACCEPTABLE = 0.10
# Saaty's mean consistency index of random tables of 1 to 15 criteria.
_RANDOM_INDEX = (
    0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AhpResult:
    """weights: (n,), sum 1. consistency_ratio: at most 0.10 is acceptable."""

    weights: Floats
    eigenvalue: float
    consistency_ratio: float

    @property
    def acceptable(self) -> bool:
        return self.consistency_ratio < ACCEPTABLE


def ahp(table: npt.ArrayLike) -> AhpResult:
    """Weights by the principal eigenvector of a reciprocal table (n, n), n from 1 to 15.

    table[i, j]: how many times as important i is as j (1/9 to 9 on Saaty's scale).
    Raises UsageError where the table is not square, positive and reciprocal.
    """
    a = _checked(np.asarray(table, dtype=np.float64))
    size = len(a)
    values, vectors = np.linalg.eig(a)
    principal = int(np.argmax(values.real))
    weights = np.abs(vectors[:, principal].real)
    weights = weights / weights.sum()
    largest = float(values[principal].real)
    index = max(0.0, (largest - size) / (size - 1)) if size > 1 else 0.0
    random = _RANDOM_INDEX[size - 1]
    return AhpResult(weights, largest, index / random if random > 0 else 0.0)


def _checked(a: Floats) -> Floats:
    if a.ndim != 2 or a.shape[0] != a.shape[1] or not 1 <= len(a) <= len(_RANDOM_INDEX):
        raise UsageError(_("两两比较表须为 1 至 {n} 行的方阵，请补齐后重试", n=len(_RANDOM_INDEX)))
    wrong = np.argwhere(~(np.isfinite(a) & (a > 0)))
    if len(wrong):
        raise UsageError(
            _(
                "两两比较表第 {row} 行第 {column} 列须为正数，请改正",
                row=int(wrong[0][0]) + 1,
                column=int(wrong[0][1]) + 1,
            )
        )
    # Tables are typed with 0.33 for 1/3: two decimals must pass.
    wrong = np.argwhere(np.abs(a * a.T - 1) > 0.05)
    if len(wrong):
        raise UsageError(
            _(
                "两两比较表第 {row} 行第 {column} 列与其对称位置不互为倒数，请改正",
                row=int(wrong[0][0]) + 1,
                column=int(wrong[0][1]) + 1,
            )
        )
    return a
