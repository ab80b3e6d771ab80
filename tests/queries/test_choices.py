"""Where only the upper grids are listed, a deep one that is chosen is offered with its way down."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridgov.queries import choices
from gridgov.queries.choices import choices_around, filter_choices
from gridgov.warehouse import Reader, Warehouse
from tests.warehouses import sample_warehouse

DEEP = "5101120010010701"


@pytest.fixture
def city(monkeypatch: pytest.MonkeyPatch) -> Reader:
    """A reader of which fewer grids fit a list than there are."""
    monkeypatch.setattr(choices, "MAX_CHOICES", 20)
    return Warehouse(Path(sample_warehouse())).reader()


def test_a_deep_grid_can_be_chosen(city: Reader) -> None:
    listed = [choice.grid_id for choice in filter_choices(city)[0]]
    assert DEEP not in listed
    offered = choices_around(city, DEEP)
    ids = [choice.grid_id for choice in offered]
    assert DEEP in ids
    assert set(listed) < set(ids)
    # Its neighbours stand below the same parent, one step further in.
    parent = next(choice for choice in offered if choice.grid_id == DEEP).parent_id
    beside = [choice for choice in offered if choice.parent_id == parent]
    assert len(beside) > 1
    at = ids.index(str(parent))
    assert ids[at + 1 : at + 1 + len(beside)] == [choice.grid_id for choice in beside]
    assert {choice.depth for choice in beside} == {offered[at].depth + 1}


def test_what_nobody_knows_adds_nothing(city: Reader) -> None:
    assert choices_around(city, "?") == filter_choices(city)[0]
    assert choices_around(city, None) == filter_choices(city)[0]
