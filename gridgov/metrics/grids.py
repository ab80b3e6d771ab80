"""Which grids a question is about.

The grid tree of a reader is read once and kept: it never changes within a version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from threading import Lock
from weakref import WeakKeyDictionary

from gridgov.warehouse import Reader

__all__ = ["ALL", "Node", "Tree", "tree_of"]

ALL = "*"
"""The unit that stands for everything, records of unknown grids included."""
# A page asks for the grids of the same level a dozen times; each is a walk over the whole tree.
_MOST_KEPT = 256


@dataclass(frozen=True)
class Node:
    """One grid of the tree."""

    grid_id: str
    level: str
    parent_id: str | None
    valid_from: date
    valid_to: date
    name: str = ""
    kind: str | None = None
    has_party_organisation: bool | None = None
    has_outline: bool = False


@dataclass(frozen=True)
class Tree:
    """The grids that a reader sees, and the first day of each log."""

    nodes: Mapping[str, Node]
    children: Mapping[str, tuple[str, ...]]
    tops: tuple[str, ...]
    sees_everything: bool
    first_on: Mapping[str, date | None] = field(default_factory=dict)
    _levels: dict[object, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    _inside: dict[str, int] = field(default_factory=dict, compare=False, repr=False)
    _counts: dict[str | None, Mapping[str, int]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @cached_property
    def names(self) -> dict[str, tuple[str, str]]:
        """Grid → (name, level); shared, not to be changed."""
        return {key: (node.name, node.level) for key, node in self.nodes.items()}

    @cached_property
    def outlined_levels(self) -> frozenset[str]:
        """Levels of which some grid has an outline."""
        return frozenset(node.level for node in self.nodes.values() if node.has_outline)

    @cached_property
    def telling_levels(self) -> tuple[str, ...]:
        """Levels from the highest down, without one on which every grid is the only one below."""
        found: list[str] = []
        waiting = list(self.tops)
        repeats = False
        while waiting:
            if not repeats:
                found += [self.nodes[name].level for name in waiting]
            below = [self.children.get(name, ()) for name in waiting]
            repeats = all(len(children) == 1 for children in below)
            waiting = [child for children in below for child in children]
        return tuple(dict.fromkeys(found))

    def roots(self, grid_id: str | None) -> tuple[str, ...]:
        """The units of a question without a split by grid."""
        if grid_id is not None:
            return (grid_id,)
        return (ALL,) if self.sees_everything else self.tops

    def at_level(self, grid_id: str | None, level: str, start: date, end: date) -> tuple[str, ...]:
        """Grids of a level ("children": directly below), valid on some day of the period."""
        key = (grid_id, level, start, end)
        found = self._levels.get(key)
        if found is None:
            found = self._at_level(grid_id, level, start, end)
            if len(self._levels) >= _MOST_KEPT:
                self._levels.clear()
            self._levels[key] = found
        return found

    def _at_level(self, grid_id: str | None, level: str, start: date, end: date) -> tuple[str, ...]:
        if level == "children":
            found = self.children.get(grid_id, ()) if grid_id is not None else self._first_fork()
        else:
            inside = self.below(grid_id) if grid_id is not None else self.nodes
            found = tuple(name for name in inside if self.nodes[name].level == level)
        return tuple(
            name
            for name in sorted(found)
            if self.nodes[name].valid_from <= end and self.nodes[name].valid_to >= start
        )

    def below(self, grid_id: str) -> list[str]:
        """A grid and everything under it."""
        if grid_id not in self.nodes:
            return []
        found = [grid_id]
        for name in found:
            found.extend(self.children.get(name, ()))
        return found

    def is_upper(self, unit: str) -> bool:
        """Whether there are grids below, so that the marts for upper grids hold the unit."""
        return unit == ALL or unit in self.children

    def communities(self, unit: str) -> int:
        """Communities in the unit, at least one."""
        found = self._inside.get(unit)
        if found is None:
            inside = self.nodes if unit == ALL else self.below(unit)
            found = max(1, sum(1 for name in inside if self.nodes[name].level == "社区"))
            self._inside[unit] = found
        return found

    def count_levels(self, grid_id: str | None) -> Mapping[str, int]:
        """How many grids of each level there are at and below a grid, or altogether."""
        found = self._counts.get(grid_id)
        if found is None:
            inside = self.nodes if grid_id is None else self.below(grid_id)
            found = Counter(self.nodes[name].level for name in inside)
            if len(self._counts) >= _MOST_KEPT:
                self._counts.clear()
            self._counts[grid_id] = found
        return found

    def _first_fork(self) -> tuple[str, ...]:
        """Below the tops; a single top is passed through."""
        return tuple(child for top in self.tops for child in self.children.get(top, ()))


_TREES: WeakKeyDictionary[Reader, Tree] = WeakKeyDictionary()
_LOCK = Lock()


def tree_of(reader: Reader) -> Tree:
    """The grid tree that `reader` sees."""
    found = _TREES.get(reader)
    if found is None:
        found = _read(reader)
        with _LOCK:
            _TREES[reader] = found
    return found


def _read(reader: Reader) -> Tree:
    nodes = {
        grid_id: Node(grid_id, level, parent_id, opens or date.min, closes or date.max, *others)
        for grid_id, level, parent_id, opens, closes, *others in reader.rows(
            "SELECT grid_id, level, parent_id, valid_from, valid_to, name, kind,"
            " has_party_organisation, outline IS NOT NULL FROM grid ORDER BY grid_id"
        )
    }
    children: dict[str, list[str]] = {}
    tops = []
    for node in nodes.values():
        if node.parent_id in nodes:
            children.setdefault(str(node.parent_id), []).append(node.grid_id)
        else:
            tops.append(node.grid_id)
    first = reader.rows(
        "SELECT first_visit_on, first_activity_on, first_complaint_on FROM mart_as_of"
    )[0]
    return Tree(
        nodes=nodes,
        children={name: tuple(found) for name, found in children.items()},
        tops=tuple(tops),
        sees_everything=not reader.scope.grid_ids,
        first_on=dict(zip(("visit", "activity", "complaint"), first, strict=True)),
    )
