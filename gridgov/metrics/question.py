"""What is asked of a group of metrics: resolved, checked, and as the parameters of a statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.metrics.grids import Tree
from gridgov.metrics.metric import Grain
from gridgov.metrics.spans import Span, is_month_aligned

__all__ = ["Days", "Ints", "Question"]

Ints = npt.NDArray[np.intp]
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Question:
    """What is asked of a group of metrics of one source: resolved, checked.

    `selects_by` are the columns that the metrics' own files filter on: the tally has to keep them.
    """

    start: date
    end: date
    grain: Grain | None
    units: tuple[str, ...]
    by_grid: bool
    by: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]
    buckets: tuple[Span, ...]
    data_date: date | None
    tree: Tree
    selects_by: tuple[str, ...] = ()

    @property
    def splits(self) -> frozenset[str]:
        """Columns besides the grid that the tally has to have."""
        return frozenset(self.by) | frozenset(self.where) | frozenset(self.selects_by)

    @property
    def is_aligned(self) -> bool:
        """Whether whole months answer it."""
        return is_month_aligned(self.start, self.end, self.grain, self.data_date)

    @property
    def ends_aligned(self) -> bool:
        """Whether whole months tell what there is at the end of each bucket, however it begins."""
        first = self.start.replace(day=1)
        return is_month_aligned(first, self.end, self.grain, self.data_date)

    @property
    def starts_a_month(self) -> bool:
        """True where every bucket begins with a month, wherever the last one ends."""
        return self.start.day == 1 and self.grain not in ("day", "week")

    @property
    def last_day(self) -> date:
        """The last day that counts: a deadline after the data date has not come yet."""
        return min(self.end, self.data_date) if self.data_date else self.end

    @property
    def parameters(self) -> dict[str, object]:
        """Values of the names in a statement, those that it does not use included."""
        found: dict[str, object] = {"from_day": self.start, "to_day": self.last_day}
        if len(self.units) == 1:
            found["unit"] = self.units[0]
        else:
            found["units"] = list(self.units)
        return found | {f"only_{name}": list(values) for name, values in self.where.items()}

    @property
    def shape(self) -> tuple[int, int]:
        """How many buckets and how many rows of grids the answer has."""
        return len(self.buckets), len(self.units) if self.by_grid else 1

    @cached_property
    def _opens(self) -> Days:
        return np.array([span.bucket for span in self.buckets], dtype="datetime64[D]")

    @cached_property
    def _unit_index(self) -> pd.Index:
        return pd.Index(self.units, dtype=object)

    def bucket_of(self, days: Days) -> Ints:
        """The bucket of each day, (n,); a day before the first bucket is given to that one."""
        if self.grain is None or len(self._opens) == 1:
            return np.zeros(len(days), dtype=np.intp)
        return np.maximum(np.searchsorted(self._opens, days, side="right") - 1, 0)

    def unit_of(self, grid_ids: npt.NDArray[np.generic]) -> Ints:
        """The position of each row's grid among the units, (n,)."""
        if len(self.units) == 1:
            return np.zeros(len(grid_ids), dtype=np.intp)
        return np.asarray(self._unit_index.get_indexer(pd.Index(grid_ids, dtype=object)))
