"""Long rows of the metric engine as matrices: a row a series, a column a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Columns"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """The matrices of a set before it is judged."""

    value: Floats
    numerator: Floats
    denominator: Floats
    n: Floats
    few: Bools
    partial: Bools

    @classmethod
    def of(cls, part: pd.DataFrame, cell: npt.NDArray[np.intp], size: tuple[int, int]) -> Columns:
        """Long rows laid into their cells; a cell without a row has no value."""

        def laid(values: npt.NDArray[np.float64]) -> Floats:
            block = np.full(size, np.nan)
            block.ravel()[cell] = values
            return block

        value, numerator, denominator, n = (
            laid(part[name].to_numpy(np.float64))
            for name in ("value", "numerator", "denominator", "n")
        )
        few, partial = np.zeros(size, dtype=np.bool_), np.ones(size, dtype=np.bool_)
        few.ravel()[cell] = (part["state"] == "few").to_numpy(np.bool_)
        partial.ravel()[cell] = part["is_partial"].to_numpy(np.bool_)
        return cls(value, numerator, denominator, n, few, partial)

    @classmethod
    def joined(cls, blocks: Sequence[Columns], width: int) -> Columns:
        empty, no = np.full((0, width), np.nan), np.zeros((0, width), dtype=np.bool_)

        def figures(name: str) -> Floats:
            return np.concatenate([getattr(block, name) for block in blocks] or [empty])

        def flags(name: str) -> Bools:
            return np.concatenate([getattr(block, name) for block in blocks] or [no])

        return cls(
            figures("value"), figures("numerator"), figures("denominator"), figures("n"),
            flags("few"), flags("partial"),
        )  # fmt: skip
