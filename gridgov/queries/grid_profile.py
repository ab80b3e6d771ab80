"""Everything about one grid that is not a metric, and what a map of the grids needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.metrics.evaluate import answer
from gridgov.metrics.grids import Node, Tree, tree_of
from gridgov.metrics.months import held_upper, months_of
from gridgov.metrics.place_rows import place_rows
from gridgov.metrics.spans import month_number
from gridgov.queries.grid_column import grid_column
from gridgov.small_counts import told
from gridgov.warehouse import Reader

__all__ = ["grid_card", "grid_peers", "grid_workers", "load_balance", "map_attributes"]


_STOCKS = ("households", "residents", "shops", "capacity", "base_grids")


def grid_card(reader: Reader, grid_id: str) -> dict[str, Any] | None:
    """grid_id, name, level, kind, parent_id, parent_name, has_party_organisation, valid_from,
    valid_to, households, residents, shops, capacity, grids_below; None for an unknown grid."""
    tree = tree_of(reader)
    node = tree.nodes.get(grid_id)
    if node is None:
        return None
    parent = tree.nodes.get(node.parent_id or "")
    return {
        "grid_id": grid_id,
        "name": node.name,
        "level": node.level,
        "kind": node.kind,
        "parent_id": node.parent_id,
        "parent_name": parent.name if parent is not None else None,
        "has_party_organisation": node.has_party_organisation,
        "valid_from": None if node.valid_from == date.min else node.valid_from,
        "valid_to": None if node.valid_to == date.max else node.valid_to,
        **_newest_stock(reader, grid_id),
        "grids_below": len(tree.below(grid_id)) - 1,
    }


def _newest_stock(reader: Reader, grid_id: str) -> dict[str, float | int | None]:
    """Households, residents, shops and capacity of the newest month that has a row of them."""
    held = months_of(reader, (grid_id,), _STOCKS)
    *stocks, base = held.taken(_STOCKS, (grid_id,), held.first, held.end)[:, 0]
    # Every grid counts as one at least, so that the month's row is known by it.
    known = np.flatnonzero(~np.isnan(base))
    found: dict[str, float | int | None] = {}
    for name, months in zip(_STOCKS, stocks, strict=False):
        value = float(months[known[-1]]) if len(known) else np.nan
        whole = value if name == "capacity" or np.isnan(value) else int(value)
        found[name] = None if np.isnan(value) else whole
    return found


def grid_workers(reader: Reader, grid_id: str) -> pd.DataFrame:
    """worker_id, name, kind, grid_id, grid_name, role, valid_from, valid_to, leave_days,
    is_current: spells of workers in the grid and in those directly below, newest first."""
    tree = tree_of(reader)
    units = [grid_id, *tree.children.get(grid_id, ())] if grid_id in tree.nodes else []
    frame = reader.frame("queries/grid_workers.sql", grid_id=grid_id, units=units)
    frame.insert(4, "grid_name", grid_column(reader, frame["grid_id"]))
    return frame


def grid_peers(reader: Reader, grid_id: str) -> pd.DataFrame:
    """grid_id, name, kind, same_kind, households: grids of the level under the same parent."""
    tree, today = tree_of(reader), reader.data_date
    own = tree.nodes.get(grid_id)
    peers = _beside(tree, own, today) if own is not None and today is not None else []
    same = [_same_kind(node, own) for node in peers if own is not None]
    columns: dict[str, Sequence[object] | npt.NDArray[np.generic]] = {
        name: np.array([getattr(node, name) for node in peers], dtype=object)
        for name in ("grid_id", "name", "kind")
    }
    columns["same_kind"] = np.array(same, dtype=np.bool_)
    columns["households"] = _households(reader, [node.grid_id for node in peers], today)
    return pd.DataFrame(columns)


def _beside(tree: Tree, own: Node, today: date) -> list[Node]:
    """Grids of the same level under the same parent, those of the same kind first."""
    names = tree.tops if own.parent_id not in tree.nodes else tree.children[str(own.parent_id)]
    found = [
        node
        for node in (tree.nodes[name] for name in names if name != own.grid_id)
        if (node.level, node.parent_id) == (own.level, own.parent_id) and node.valid_to >= today
    ]
    return sorted(found, key=lambda node: (not _same_kind(node, own), node.grid_id))


def _same_kind(one: Node, other: Node) -> bool:
    return one.kind is not None and one.kind == other.kind


def _households(reader: Reader, units: Sequence[str], day: date | None) -> npt.NDArray[np.generic]:
    """Households of each grid in the month of `day`, (units,); whole where all are known."""
    if not units or day is None:
        return np.zeros(0, dtype=np.int32)
    held = held_upper(reader)
    if all(unit in held.places for unit in units):
        month = month_number(day)
        found = held.taken(("households",), units, month, month + 1)[0, :, 0]
    else:
        known = dict(
            reader.rows("queries/grid_households.sql", units=list(units), month=day.replace(day=1))
        )
        found = np.array([known.get(unit) for unit in units], dtype=np.float64)
    return found if np.isnan(found).any() else found.astype(np.int32)


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
    # The outlines of a city are a megabyte of text: read once a place, not once a metric.
    return pd.DataFrame(place_rows(reader, "queries/map_attributes.sql", units=list(units)))
