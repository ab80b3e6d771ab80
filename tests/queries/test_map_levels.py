"""Which level a map shows first, by hand on a city, a community and a grid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gridgov.metrics import grids
from gridgov.metrics.grids import Node, Tree
from gridgov.queries import map_levels as module
from gridgov.queries.map_levels import map_levels, place_around
from gridgov.warehouse import Reader

# A city of 2 districts, 3 streets each, 2 communities each with its 总网格, 6 general grids each
# and 4 micro-grids in each of these; codes grow by the parent's.
_BELOW = (("区", 2), ("街道", 3), ("社区", 2), ("总", 1), ("一般", 6), ("微", 4))


def _city() -> Tree:
    nodes = {"C": Node("C", "市", None, date.min, date.max)}
    above = ["C"]
    for level, number in _BELOW:
        made = [(f"{name}{number_}", name) for name in above for number_ in range(number)]
        nodes |= {key: Node(key, level, parent, date.min, date.max) for key, parent in made}
        above = [key for key, _parent in made]
    children: dict[str, tuple[str, ...]] = {}
    for node in nodes.values():
        if node.parent_id:
            children[node.parent_id] = (*children.get(node.parent_id, ()), node.grid_id)
    return Tree(nodes=nodes, children=children, tops=("C",), sees_everything=True)


@pytest.fixture
def city(hard_reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Tree:
    tree = _city()
    monkeypatch.setitem(grids._TREES, hard_reader, tree)
    return tree


@pytest.mark.parametrize(
    ("chosen", "levels", "first"),
    [
        # No outline is known of these: the highest of five or more, six streets.
        (None, ("区", "街道", "社区", "一般", "微"), "街道"),
        ("C", ("区", "街道", "社区", "一般", "微"), "街道"),
        ("C0", ("区", "街道", "社区", "一般", "微"), "社区"),
        ("C00", ("街道", "社区", "一般", "微"), "一般"),
        ("C000", ("社区", "一般", "微"), "一般"),
        # A grid that people work in is looked at among its neighbours.
        ("C00001", ("一般", "微"), "一般"),
        ("C000012", ("微",), "微"),
    ],
)
def test_what_is_offered(
    city: Tree, hard_reader: Reader, chosen: str | None, levels: tuple[str, ...], first: str
) -> None:
    assert city.telling_levels == ("市", "区", "街道", "社区", "一般", "微")
    found = map_levels(hard_reader, chosen)
    assert (found.levels, found.first, found.crowded) == (levels, first, {})


def test_levels_with_outlines_come_first(
    city: Tree, hard_reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes = {
        key: replace(node, has_outline=node.level in {"社区", "微"})
        for key, node in city.nodes.items()
    }
    monkeypatch.setitem(grids._TREES, hard_reader, replace(city, nodes=nodes))
    assert map_levels(hard_reader, None).first == "社区"
    assert map_levels(hard_reader, "C0").first == "社区"
    assert map_levels(hard_reader, "C00").first == "微"


def test_too_many_for_one_map_are_said(
    city: Tree, hard_reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_GRIDS", 72)
    found = map_levels(hard_reader, None)
    assert found.levels == ("区", "街道", "社区", "一般")
    assert found.crowded == {"微": 2 * 3 * 2 * 6 * 4}
    # Inside a street they are few enough.
    assert map_levels(hard_reader, "C00").crowded == {}


def test_neighbours_are_those_below_the_same_parent(city: Tree) -> None:
    assert place_around(city, "C00001", "一般") == "C0000"
    assert place_around(city, "C00001", "微") == "C00001"
    assert place_around(city, "C000012", "社区") == "C00"
    assert place_around(city, "C", "市") is None
    assert place_around(city, None, "一般") is None
    assert place_around(city, "nowhere", "一般") == "nowhere"


def test_one_community_opens_on_its_general_grids(hard_reader: Reader) -> None:
    found = map_levels(hard_reader, None)
    assert found.first == "一般"
    assert "一般" in found.levels
