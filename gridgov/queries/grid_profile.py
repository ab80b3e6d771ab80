"""Everything about one grid that is not a metric, and what a map of the grids needs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from gridgov.metrics.evaluate import answer
from gridgov.metrics.grids import tree_of
from gridgov.small_counts import told
from gridgov.warehouse import Reader

__all__ = ["grid_card", "grid_peers", "grid_workers", "load_balance", "map_attributes"]


_CARD = (
    "grid_id", "name", "level", "kind", "parent_id", "parent_name", "has_party_organisation",
    "valid_from", "valid_to", "households", "residents", "shops", "capacity", "grids_below",
)  # fmt: skip


def grid_card(reader: Reader, grid_id: str) -> dict[str, Any] | None:
    """grid_id, name, level, kind, parent_id, parent_name, has_party_organisation, valid_from,
    valid_to, households, residents, shops, capacity, grids_below; None for an unknown grid."""
    rows = reader.rows("queries/grid_card.sql", grid_id=grid_id)
    return dict(zip(_CARD, rows[0], strict=True)) if rows else None


def grid_workers(reader: Reader, grid_id: str) -> pd.DataFrame:
    """worker_id, name, kind, grid_id, grid_name, role, valid_from, valid_to, leave_days,
    is_current: spells of workers in the grid and in those directly below, newest first."""
    return reader.frame("queries/grid_workers.sql", grid_id=grid_id)


def grid_peers(reader: Reader, grid_id: str) -> pd.DataFrame:
    """grid_id, name, kind, same_kind, households: grids of the level under the same parent."""
    return reader.frame("queries/grid_peers.sql", grid_id=grid_id)


def load_balance(
    reader: Reader, start: date, end: date, *, level: str = "一般", grid_id: str | None = None
) -> pd.DataFrame:
    """As `evaluate` for SV8 by grid of the level, the heaviest load first.

    What this reader must not see is missing, its state "hidden".
    """
    asked = answer(reader, "SV8", start, end, by=(f"grid:{level}",), grid_id=grid_id)
    frame = told(reader, asked).frame()
    return frame.sort_values(["value", "grid_id"], ascending=[False, True], ignore_index=True)


def map_attributes(
    reader: Reader, *, level: str = "一般", grid_id: str | None = None
) -> pd.DataFrame:
    """grid_id, name, level, parent_id, kind, outline, households, residents, shops.

    `outline` is GeoJSON text, or empty.

    Grids of the level that are valid on the data date.
    """
    today = reader.data_date or date.max
    units = tree_of(reader).at_level(grid_id, level, today, today)
    return reader.frame("queries/map_attributes.sql", units=list(units))
