"""A shortcut for large numbers: that all cells hold five persons may be plain from a few days.

Counting everybody in ten million visits takes seconds; a cell of five persons on some days has five
persons in all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from gridgov.access.privacy import THRESHOLD
from gridgov.explore.persons import persons_in_cells
from gridgov.filters import Span
from gridgov.metrics import Grain, Metric, evaluate
from gridgov.metrics.spans import spans
from gridgov.warehouse import Reader

__all__ = ["has_many_everywhere"]

_WORTH_IT = 100_000
_LISTED_BY_DUE_DATE = frozenset({"SV6", "ML1"})
_MANY_A_DAY = 5_000
_HOUR = 10


def has_many_everywhere(
    reader: Reader,
    metric: Metric,
    span: Span,
    *,
    level: str | None,
    dimensions: Sequence[str],
    grain: Grain | None,
    grid_id: str | None,
) -> bool:
    """True only where every cell that counts anything holds at least five persons.

    The arguments are those of `persons_in_cells`. False where that is not so, or not quickly seen.
    """
    is_fit = metric.source == "visit" and metric.code not in _LISTED_BY_DUE_DATE
    if not is_fit or grain == "day" or "worker" in dimensions:
        return False
    base = "denominator" if metric.denominator == "measure" else "numerator"

    def counted(by: tuple[str, ...]) -> pd.DataFrame:
        found = evaluate(
            reader, metric.code, span.start, span.end, grain=grain, by=by, grid_id=grid_id
        )
        return found[found[base] > 0]

    cells = counted((*((f"grid:{level}",) if level else ()), *dimensions))
    total = float(cells[base].sum())
    if total < _WORTH_IT:
        return False
    if level is not None and total != counted(tuple(dimensions))[base].sum():
        # Some lie in no grid of the level: a cell that is not listed.
        return False
    pairs = persons_in_cells(
        reader, metric.code, span, level=level, dimensions=dimensions, grain=grain,
        grid_id=grid_id, days=_some_days(span, grain),
        hour=_HOUR if total > _MANY_A_DAY * span.days else None,
    )  # fmt: skip
    names = [name for name in pairs.columns if name != "who"]
    if not names:
        return bool(pairs["who"].nunique() >= THRESHOLD)
    keys = cells.rename(columns={"grid_id": "grid"})[names].reset_index(drop=True)
    for name in names:
        keys[name] = (
            keys[name].astype(pairs[name].dtype) if name == "bucket" else keys[name].fillna("")
        )
    behind = pairs.groupby(names, as_index=False)["who"].nunique()
    found = keys.merge(behind, on=names, how="left")["who"]
    return bool((np.nan_to_num(found.to_numpy(dtype=np.float64)) >= THRESHOLD).all())


def _some_days(span: Span, grain: Grain | None) -> list[date]:
    """A day from the middle of each bucket, on a working day of the week where it can be."""
    days = []
    for cut in spans(span.start, span.end, grain):
        day = cut.start + timedelta(days=(cut.end - cut.start).days // 2)
        days.append(max(cut.start, day - timedelta(days=max(0, day.weekday() - 4))))
    return days
