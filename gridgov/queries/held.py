"""What a reader holds in its memory because many questions look through it, and names of grids.

Open complaints and overdue persons are few, and lie scattered among all that ever were: found once,
they are looked through in a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from gridgov.metrics.grids import tree_of
from gridgov.warehouse import Reader

__all__ = ["grid_names", "hold_open_complaints", "hold_overdue_persons"]


def hold_open_complaints(reader: Reader) -> None:
    """Makes `held_open_complaint`. Raises AccessDenied for a reader without complaints."""
    reader.held("queries/held_open_complaint.sql")


def hold_overdue_persons(reader: Reader) -> None:
    """Makes `held_overdue_person`. Raises AccessDenied for a reader without rows of residents."""
    reader.held("queries/held_overdue_person.sql")


def grid_names(reader: Reader, grid_ids: Iterable[str]) -> pd.Series:
    """The name of each grid, missing for one that this reader does not know; as a column."""
    names = tree_of(reader).names
    found = (names.get(grid_id) for grid_id in grid_ids)
    return pd.Series([None if one is None else one[0] for one in found])
