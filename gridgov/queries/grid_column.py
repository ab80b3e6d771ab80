"""Names of grids as a column, from the tree that a reader knows by heart."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from gridgov.metrics.grids import tree_of
from gridgov.warehouse import Reader

__all__ = ["grid_column"]


def grid_column(reader: Reader, grid_ids: Iterable[str]) -> pd.Series:
    """The name of each grid, missing for one that this reader does not know."""
    names = tree_of(reader).names
    found = (names.get(grid_id) for grid_id in grid_ids)
    return pd.Series([None if one is None else one[0] for one in found])
