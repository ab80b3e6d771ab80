"""Which levels of the grid tree a map of a place can show, and which it shows first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gridgov.metrics.grids import Tree, tree_of
from gridgov.schema.values import GRID_LEVELS
from gridgov.warehouse import Reader

__all__ = ["MOST_GRIDS", "MapLevels", "map_levels", "place_around"]

MOST_GRIDS = 3_000
"""More areas than these are a few pixels each, and megabytes to send."""
# Fewer areas than these are no map yet: a city of two districts opens on what is below them.
_FEWEST = 5
# A grid that people work in is looked at among its neighbours, a place above it for what is inside.
_AMONG_NEIGHBOURS = frozenset({"一般", "微", "专属"})


@dataclass(frozen=True)
class MapLevels:
    """levels: from the highest down; first: the one to open with; crowded: level → its grids, where
    there are too many to draw."""

    levels: tuple[str, ...]
    first: str
    crowded: dict[str, int]


def map_levels(reader: Reader, grid_id: str | None) -> MapLevels:
    """Levels of which `place_around` holds at least two grids that are valid on the data date.

    Levels above the place's own are left out, and one on which every grid is the only one of the
    level above.
    """
    tree, today = tree_of(reader), reader.data_date or date.max
    counts = {
        level.code: len(tree.at_level(place_around(tree, grid_id, level.code), level.code, today,
                                      today))
        for level in GRID_LEVELS
    }  # fmt: skip
    told = _from(tree, grid_id)
    offered = tuple(level for level in told if 2 <= counts.get(level, 0) <= MOST_GRIDS)
    crowded = {level: counts[level] for level in told if counts.get(level, 0) > MOST_GRIDS}
    return MapLevels(offered, _first(tree, grid_id, offered, counts), crowded)


def _from(tree: Tree, grid_id: str | None) -> tuple[str, ...]:
    levels, chosen = tree.telling_levels, tree.nodes.get(grid_id or "")
    if chosen is None or chosen.level not in levels:
        return levels
    return levels[levels.index(chosen.level) :]


def _first(
    tree: Tree, grid_id: str | None, offered: tuple[str, ...], counts: dict[str, int]
) -> str:
    """The chosen grid's own level, or the highest below the place that makes a map."""
    chosen = tree.nodes.get(grid_id or "")
    own = chosen.level if chosen else ""
    if own in _AMONG_NEIGHBOURS and own in offered:
        return own
    below = offered[offered.index(own) + 1 :] if own in offered else offered
    many = [level for level in below if counts[level] >= _FEWEST]
    known = [level for level in many if level in tree.outlined_levels]
    most = sorted(below or offered, key=lambda level: -counts[level])
    return next(iter((*known, *many, *most)), "一般")


def place_around(tree: Tree, grid_id: str | None, level: str) -> str | None:
    """The place whose grids of the level are drawn: a chosen grid is shown among its neighbours."""
    node = tree.nodes.get(grid_id or "")
    while node is not None:
        if node.level == level:
            return node.parent_id if node.parent_id in tree.nodes else None
        node = tree.nodes.get(node.parent_id or "")
    return grid_id
