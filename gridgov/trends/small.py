"""Small counts of persons: not shown to those who do not see persons, here as on every page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.access.privacy import THRESHOLD, small_cells
from gridgov.locale import _
from gridgov.metrics import METRICS, Metric
from gridgov.metrics.grids import tree_of
from gridgov.warehouse import Reader

__all__ = ["hidden_cells", "is_small", "pooled_small", "small_words", "without_small"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def _counts_persons(metric: Metric) -> bool:
    return metric.unit == "人"


def is_small(reader: Reader, metric: Metric, count: float) -> bool:
    """Whether a count of persons is too small for this reader."""
    return _counts_persons(metric) and not reader.scope.sees_persons and 0 < count < THRESHOLD


def small_words() -> str:
    """What stands in place of a hidden count."""
    return _("少于 {n} 人", n=THRESHOLD)


def hidden_cells(
    reader: Reader, metric: Sequence[str], grid_id: Sequence[str], value: Floats
) -> Bools:
    """Which values of (n_series, n_periods) must be hidden from this reader.

    Siblings of one parent and period count together, so that no hidden one follows from the sum.
    """
    hidden = np.zeros(value.shape, dtype=np.bool_)
    if reader.scope.sees_persons:
        return hidden
    nodes = tree_of(reader).nodes
    families: dict[tuple[str, str], list[int]] = {}
    for row, (code, grid) in enumerate(zip(metric, grid_id, strict=True)):
        if _counts_persons(METRICS[code]):
            parent = nodes[grid].parent_id if grid in nodes else None
            families.setdefault((code, parent or ""), []).append(row)
    for rows in families.values():
        for at in range(value.shape[1]):
            cells = value[rows, at]
            small = (cells > 0) & (cells < THRESHOLD)
            hidden[rows, at] = small_cells(cells) if len(rows) > 1 else small
    return hidden


def without_small(reader: Reader, code: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `evaluate` about one place whose small counts of persons are missing."""
    if reader.scope.sees_persons or not _counts_persons(METRICS[code]) or frame.empty:
        return frame
    small = (frame["value"] > 0) & (frame["value"] < THRESHOLD)
    return frame.assign(**{name: frame[name].mask(small) for name in ("value", "numerator", "n")})


def pooled_small(
    reader: Reader,
    metric: Metric,
    names: list[str],
    labels: list[str],
    pairs: list[npt.NDArray[np.float64]],
) -> tuple[list[str], list[str], list[npt.NDArray[np.float64]]]:
    """Members whose count is small in either period gathered into one, so that sums stay exact."""
    if reader.scope.sees_persons or not _counts_persons(metric) or not names:
        return names, labels, pairs
    hidden = small_cells(pairs[0][:, 0]) | small_cells(pairs[1][:, 0])
    if not hidden.any():
        return names, labels, pairs
    kept = np.flatnonzero(~hidden)
    label = _("人数少的 {n} 项", n=int(hidden.sum()))
    return (
        [*(names[at] for at in kept), "\x00small"],
        [*(labels[at] for at in kept), label],
        [np.vstack([pair[kept], pair[hidden].sum(axis=0)]) for pair in pairs],
    )
