"""What the tests of the evidence pages' queries share: a period over the hard cases, and eyes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from gridgov.access.policy import Scope
from gridgov.access.roles import Role
from gridgov.filters import Filters
from gridgov.warehouse import Reader, Warehouse
from tests.queries.oracle import World

__all__ = ["END", "START", "UNITS", "filters_of", "leader_of", "rows_of"]

START, END = date(2025, 7, 8), date(2025, 11, 20)
UNITS = (None, "C1", "G1", "G21")
Row = dict[str, Any]


def filters_of(reader: Reader, grid_id: str | None = None, **more: Any) -> Filters:
    """A period that begins and ends within months, compared with the days before it."""
    assert reader.data_date is not None
    given: dict[str, Any] = {"period": "custom", "start": START, "end": END}
    given |= {"comparison": "previous"} | more
    return Filters(today=reader.data_date, grid_id=grid_id, **given)


def leader_of(reader: Reader) -> Reader:
    """The same version through the eyes of a leader, who sees no single person."""
    root = reader.version.path.parent
    return Warehouse(root).reader(Scope(frozenset({Role.LEADER})))


def rows_of(
    world: World, name: str, unit: str | None, when: Callable[[Row], Any] = lambda row: row["day"]
) -> Iterator[Row]:
    """Records of the period in the grid."""
    for row in getattr(world, name):
        day = when(row)
        if day is not None and START <= day <= END and world.is_inside(row["grid_id"], unit):
            yield row
