"""Grids as the trends need them: names, levels worth judging, where a place divides."""

from __future__ import annotations

from gridgov.metrics.grids import tree_of
from gridgov.warehouse import Reader

__all__ = ["all_levels", "fork_below", "grid_names"]


def all_levels(reader: Reader) -> tuple[str, ...]:
    """Levels of the reader's grids from the highest down, without those that repeat another.

    A level on which every grid is the only one below its parent (总网格 under a community) would
    show each series twice.
    """
    return tree_of(reader).telling_levels


def fork_below(reader: Reader, grid_id: str | None) -> str | None:
    """The grid at or below `grid_id` (None: all) whose children are more than one.

    None stays None where the reader's tops themselves are several.
    """
    tree = tree_of(reader)
    if grid_id is None:
        if len(tree.tops) != 1:
            return None
        grid_id = tree.tops[0]
    while len(tree.children.get(grid_id, ())) == 1:
        grid_id = tree.children[grid_id][0]
    return grid_id


def grid_names(reader: Reader) -> dict[str, tuple[str, str]]:
    """Grid → (name, level)."""
    return tree_of(reader).names
