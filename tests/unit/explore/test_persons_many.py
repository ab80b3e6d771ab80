"""The shortcut for large numbers never passes a small cell, and does pass large ones."""

from __future__ import annotations

from datetime import date

import pytest

from gridgov.access.policy import Scope
from gridgov.access.roles import Role
from gridgov.explore import persons_many
from gridgov.explore.builder import Cut
from gridgov.explore.builder_answer import ask
from gridgov.explore.persons import persons_in_cells
from gridgov.filters import Filters, Span
from gridgov.metrics import METRICS, Grain
from gridgov.warehouse import Reader, Warehouse
from tests.warehouses import sample_warehouse

HALF = Span(date(2026, 1, 1), date(2026, 6, 30), date(2026, 6, 30))
CUTS: list[tuple[str, str | None, tuple[str, ...], Grain | None, bool]] = [
    ("SV4", None, (), "month", True),
    ("SV5", None, (), None, True),
    ("SV5", None, ("mode",), None, False),
    ("SV5", "微", (), None, False),
    ("SV9", None, ("person_category",), None, False),
    ("ML2", None, (), "week", False),
    ("SV6", None, (), None, False),
    ("SV1", None, (), None, False),
]


@pytest.fixture
def leader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    monkeypatch.setattr(persons_many, "_WORTH_IT", 0)
    return Warehouse(sample_warehouse()).reader(Scope(frozenset({Role.LEADER})))


@pytest.mark.parametrize(("code", "level", "dimensions", "grain", "is_plain"), CUTS)
def test_what_passes_holds_five_persons_everywhere(
    leader: Reader,
    code: str,
    level: str | None,
    dimensions: tuple[str, ...],
    grain: Grain | None,
    is_plain: bool,
) -> None:
    passed = persons_many.has_many_everywhere(
        leader, METRICS[code], HALF, level=level, dimensions=dimensions, grain=grain, grid_id=None
    )
    pairs = persons_in_cells(
        leader, code, HALF, level=level, dimensions=dimensions, grain=grain, grid_id=None
    )
    names = [name for name in pairs.columns if name != "who"]
    smallest = pairs.groupby(names)["who"].nunique().min() if names else pairs["who"].nunique()
    assert not passed or smallest >= 5
    assert passed or not is_plain


def test_an_answer_is_the_same_by_either_way(leader: Reader) -> None:
    filters = Filters(today=date(2026, 10, 31), period="first_half")
    for cut in (
        Cut(("SV4",), grain="month"),
        Cut(("SV5",), ("mode",)),
        Cut(("SV5",), ("grid:一般",)),
    ):
        quick = ask(leader, filters, cut).rows
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(persons_many, "_WORTH_IT", float("inf"))
            slow = ask(leader, filters, cut).rows
        assert quick.equals(slow)
