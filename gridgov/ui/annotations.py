"""The annotations that a chart over time carries."""

from __future__ import annotations

from datetime import date

from gridgov.figures import Annotation
from gridgov.locale import _
from gridgov.metrics.grids import tree_of
from gridgov.ui.view import View, workspace
from gridgov.workspace.annotation import list_annotations

__all__ = ["annotations_of"]


def annotations_of(view: View, grid_id: str | None, since: date, until: date) -> list[Annotation]:
    """Annotations that concern a grid: for all, for it, and for the grids above and below it.

    `grid_id` None: everything that this person may see. An event of a grid below says of which.
    """
    tree = tree_of(view.reader)
    shown = (grid_id,) if grid_id else tree.tops
    below = {name for top in shown for name in tree.below(top)} - set(shown)
    found = list_annotations(
        workspace(), since=since, until=until, grid_ids=(*shown, *_above(view, shown), *below)
    )
    return [
        Annotation(
            one.on_date.isoformat(),
            _("{name}：{text}", name=tree.nodes[one.grid_id].name, text=one.text)
            if one.grid_id in below
            else one.text,
        )
        for one in found
    ]


def _above(view: View, shown: tuple[str, ...]) -> list[str]:
    """The grids above, up to the one just above what this person may see."""
    nodes, found = tree_of(view.reader).nodes, list[str]()
    for name in shown:
        node = nodes.get(name)
        while node is not None and node.parent_id is not None:
            found.append(node.parent_id)
            node = nodes.get(node.parent_id)
    return found
