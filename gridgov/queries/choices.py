"""What the shared filters can be set to: the grid tree and the complaint categories."""

from __future__ import annotations

from dataclasses import dataclass

from gridgov.metrics.grids import tree_of
from gridgov.warehouse import Reader

__all__ = ["GridChoice", "children_of", "choices_around", "filter_choices", "grid_path"]

# Above this many grids a drop-down no longer helps; the upper levels and the way down remain.
MAX_CHOICES = 400


@dataclass(frozen=True)
class GridChoice:
    """One grid in the tree; `depth` counts from the root of what the reader may see."""

    grid_id: str
    name: str
    level: str
    parent_id: str | None
    depth: int

    @property
    def label(self) -> str:
        return "\u3000" * self.depth + self.name


def filter_choices(reader: Reader) -> tuple[tuple[GridChoice, ...], tuple[str, ...]]:
    """The grids in tree order (root first) and the complaint categories that occur.

    Where there are more than 400 grids, only as many upper levels as fit are listed.
    """
    cached = getattr(reader, "_choices", None)
    if cached is None:
        cached = (_grids(reader), _categories(reader))
        # A reader never changes: what it can be filtered by is found once for all sessions.
        reader._choices = cached  # type: ignore[attr-defined]
    found: tuple[tuple[GridChoice, ...], tuple[str, ...]] = cached
    return found


def _grids(reader: Reader) -> tuple[GridChoice, ...]:
    if "grid" not in reader.tables():
        return ()
    rows = reader.rows("queries/grid_tree.sql")
    listed = [GridChoice(*row) for row in rows]
    depth = max((choice.depth for choice in listed), default=0)
    while len(listed) > MAX_CHOICES and depth > 1:
        depth -= 1
        listed = [choice for choice in listed if choice.depth <= depth]
    return tuple(_in_tree_order(listed))


def choices_around(reader: Reader, grid_id: str | None) -> tuple[GridChoice, ...]:
    """The listed grids, and where these are only the upper levels the way down to `grid_id`, the
    grids beside each step of it and those directly below.

    Without them a link to a micro-grid of a city would open as the whole city.
    """
    listed = filter_choices(reader)[0]
    nodes = tree_of(reader).nodes
    if grid_id is None or grid_id not in nodes or len(listed) >= len(nodes):
        return listed
    depths = {choice.grid_id: choice.depth for choice in listed}
    found = list(listed)
    steps = [choice.grid_id for choice in grid_path(reader, grid_id)]
    for step in steps:
        for child in tree_of(reader).children.get(step, ()):
            if child not in depths:
                node, depths[child] = nodes[child], depths[step] + 1
                found.append(GridChoice(child, node.name, node.level, step, depths[child]))
    return tuple(_in_tree_order(found))


def _in_tree_order(grids: list[GridChoice]) -> list[GridChoice]:
    known = {choice.grid_id for choice in grids}
    below: dict[str | None, list[GridChoice]] = {}
    for choice in grids:
        parent = choice.parent_id if choice.parent_id in known else None
        below.setdefault(parent, []).append(choice)
    ordered: list[GridChoice] = []
    pending = list(reversed(below.get(None, [])))
    while pending:
        choice = pending.pop()
        ordered.append(choice)
        pending.extend(reversed(below.get(choice.grid_id, [])))
    return ordered


def _categories(reader: Reader) -> tuple[str, ...]:
    if "complaint_category" not in reader.tables():
        return ()
    return tuple(name for (name,) in reader.rows("queries/complaint_categories.sql"))


def grid_path(reader: Reader, grid_id: str) -> list[GridChoice]:
    """The grids from the root of what the reader may see down to `grid_id`."""
    return [GridChoice(*row) for row in reader.rows("queries/grid_path.sql", grid_id=grid_id)]


def children_of(reader: Reader, grid_id: str | None) -> list[GridChoice]:
    """The grids directly below one; below the roots when it is None."""
    return [GridChoice(*row) for row in reader.rows("queries/grid_children.sql", grid_id=grid_id)]
