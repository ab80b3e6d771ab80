"""What is judged once is judged alike under every other filter that has no part in it."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from gridgov.access.policy import scope_of
from gridgov.access.roles import Identity, Role
from gridgov.filters import Filters
from gridgov.judgement import History, Judged, judge
from gridgov.ui.overview import HEADLINES
from gridgov.warehouse import Reader, Warehouse
from tests.warehouses import sample_warehouse

SEVENTH = "51011200100107"
CODES = (*HEADLINES, "HP4", "C10")


def readers(role: Role) -> tuple[Reader, Reader]:
    """One that keeps what it has made, and one that makes everything anew."""
    scope = scope_of(Identity(user_id=0, name="x", roles=frozenset({role}), demo=True))
    keeping = Warehouse(sample_warehouse()).reader(scope)
    return keeping, Reader(keeping.version, keeping.scope, None)


def alike(one: object, other: object) -> bool:
    if isinstance(one, History) and isinstance(other, History):
        return all(
            alike(getattr(one, field.name), getattr(other, field.name)) for field in fields(one)
        )
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        if one.dtype.kind == "f":
            return bool(np.array_equal(one, other, equal_nan=True))
        return bool(np.array_equal(one, other))
    return one == other or (one != one and other != other)


def all_alike(one: list[Judged], other: list[Judged]) -> bool:
    return len(one) == len(other) and all(
        alike(getattr(a, field.name), getattr(b, field.name))
        for a, b in zip(one, other, strict=True)
        for field in fields(a)
    )


@pytest.mark.parametrize("role", [Role.LEADER, Role.SUPERVISOR])
def test_kept_judgements_are_those_made_anew(role: Role) -> None:
    keeping, fresh = readers(role)
    assert keeping.data_date is not None
    base = Filters(today=keeping.data_date)
    for period in ("this_half", "this_month", "last_month", "last_12_months"):
        for comparison in ("same_last_year", "previous", "none"):
            for grid_id in (None, SEVENTH):
                for category in (None, "停车"):
                    filters = base.changed(
                        period=period, comparison=comparison, grid_id=grid_id, category=category
                    )
                    kept = judge(keeping, CODES, filters)
                    assert all_alike(kept, judge(fresh, CODES, filters)), filters
                    assert all_alike(kept, judge(keeping, CODES, filters)), filters


def test_another_comparison_and_beginning_leave_the_past(sample_reader: Reader) -> None:
    assert sample_reader.data_date is not None
    filters = Filters(today=sample_reader.data_date)
    first = judge(sample_reader, CODES, filters)
    for changes in ({"comparison": "none"}, {"period": "this_month"}):
        other = judge(sample_reader, CODES, filters.changed(**changes))
        assert [one.past is two.past for one, two in zip(first, other, strict=True)] == [
            True
        ] * len(CODES)
    ended = judge(sample_reader, CODES, filters.changed(period="last_month"))
    assert first[0].past is not ended[0].past
    assert replace(first[0]) == first[0]
