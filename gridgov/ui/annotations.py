"""The annotations that a chart over time carries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from gridgov.figures import Annotation
from gridgov.locale import _
from gridgov.metrics.grids import Node, tree_of
from gridgov.ui.view import View, workspace
from gridgov.workspace import annotation

__all__ = ["annotations_of"]


def annotations_of(view: View, grid_id: str | None, since: date, until: date) -> list[Annotation]:
    """Annotations that concern a grid: for all, for it, and for the grids above and below it.

    `grid_id` None: everything that this person may see. An event of a grid below says of which.
    """
    nodes = tree_of(view.reader).nodes
    shown = {grid_id} if grid_id else set(tree_of(view.reader).tops)
    near = shown.union(*(_above(nodes, name) for name in shown))
    found = []
    for one in _noted(view, since, until):
        if one.grid_id is None or one.grid_id in near:
            text = one.text
        elif shown.intersection(_above(nodes, one.grid_id)):
            text = _("{name}：{text}", name=nodes[one.grid_id].name, text=one.text)
        else:
            continue
        found.append(Annotation(one.on_date.isoformat(), text))
    return found


def _noted(view: View, since: date, until: date) -> tuple[annotation.Annotation, ...]:
    """What people noted in these days, asked for once a run: several charts carry it."""
    key = ("annotations", since, until)
    if key not in view.memory:
        view.memory[key] = annotation.list_annotations(workspace(), since=since, until=until)
    found: tuple[annotation.Annotation, ...] = view.memory[key]
    return found


def _above(nodes: Mapping[str, Node], grid_id: str) -> list[str]:
    """The grids above, up to the one just above what this person may see."""
    found = list[str]()
    node = nodes.get(grid_id)
    while node is not None and node.parent_id is not None:
        found.append(node.parent_id)
        node = nodes.get(node.parent_id)
    return found
