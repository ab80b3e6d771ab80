"""The shortcut for large numbers never passes a small cell, and does pass large ones."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from gridgov.access.policy import Scope
from gridgov.access.roles import Role
from gridgov.explore import builder_privacy, persons_many
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
    ("SV4", "一般", (), None, True),
    ("SV9", "一般", (), "quarter", True),
    ("SV10", "社区", (), "month", True),
    ("SV5", "微", (), "month", False),
    ("SV7", None, ("mode",), "week", False),
    ("SV5", "一般", ("mode",), None, False),
    ("SV1", None, (), None, True),
    ("SV1", "一般", (), "month", True),
    ("SV1", "微", (), None, False),
    ("SV1", None, ("tier",), "month", True),
    ("SV1", None, ("tier",), "week", False),
    ("SV1", "一般", ("person_category",), None, False),
    ("SV8", "一般", (), "half", True),
    ("SV2", None, ("tier",), "month", True),
    ("SV2", "一般", (), None, True),
    ("SV2", "微", (), "quarter", False),
]


@pytest.fixture
def leader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    # The sample is small: as if to count all of it were dear.
    monkeypatch.setattr(persons_many, "_WORTH_IT", 0)
    monkeypatch.setattr(persons_many, "_SMALL_SHARE", 0.5)
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
    counted = pairs.groupby(names, observed=True)["who"].nunique() if names else None
    smallest = pairs["who"].nunique() if counted is None else counted.min()
    assert not passed or smallest >= 5
    assert passed or not is_plain


@pytest.mark.parametrize(
    "cut",
    [
        Cut(("SV4",), grain="month"),
        Cut(("SV5",), ("mode",)),
        Cut(("SV5",), ("grid:一般",)),
        Cut(("SV1", "SV2"), ("grid:一般",), "month"),
        Cut(("SV1",), ("tier",), "month"),
        Cut(("SV8",), ("grid:微",)),
    ],
    ids=str,
)
def test_an_answer_is_the_same_by_either_way(
    leader: Reader, cut: Cut, monkeypatch: pytest.MonkeyPatch
) -> None:
    filters = Filters(today=date(2026, 10, 31), period="first_half")
    builder_privacy.forget(leader)
    quick = ask(leader, filters, cut)
    builder_privacy.forget(leader)
    monkeypatch.setattr(builder_privacy, "has_many_everywhere", lambda *_a, **_k: False)
    slow = ask(leader, filters, cut)
    pd.testing.assert_frame_equal(quick.rows, slow.rows)
    pd.testing.assert_frame_equal(quick.grand, slow.grand)
    assert quick.notes == slow.notes


def test_a_period_before_all_records_is_no_error(leader: Reader) -> None:
    assert leader.data_date is not None
    filters = Filters(
        today=leader.data_date, period="custom", start=date(2020, 1, 1), end=date(2020, 3, 1)
    )
    for grain in (None, "month"):
        cut = Cut(("SV1", "SV8"), ("grid:一般",), grain, only=(("tier", ("每周",)),), top=3)  # type: ignore[arg-type]
        answer = ask(leader, filters, cut)
        assert answer.rows["value"].isna().all() and answer.grand["value"].isna().all()


def test_what_was_decided_is_kept_and_no_more_than_fits(leader: Reader) -> None:
    made: list[int] = []

    def make(number: int) -> None:
        made.append(number)

    builder_privacy.forget(leader)
    for number in (*range(80), 79, 0):
        builder_privacy._kept(leader, number, lambda number=number: make(number))  # type: ignore[misc]
    assert made == [*range(80), 0]
    builder_privacy.forget(leader)


@pytest.mark.parametrize("code", ["SV1", "SV8"])
@pytest.mark.parametrize("place", [None, "51011200100103"])
def test_those_whom_contacts_were_due_with_are_those_of_the_facts(
    leader: Reader, code: str, place: str | None
) -> None:
    """From the stretches over which persons are listed, and period by period from the facts."""
    span = Span(date(2026, 2, 10), date(2026, 6, 18), date(2026, 6, 18))
    facts = Warehouse(sample_warehouse()).reader().frame(
        "SELECT p.person, c.ancestor_id AS grid, p.tier, p.category AS person_category,"
        " date_trunc('week', p.period_end) AS bucket FROM fact_contact_period AS p"
        " JOIN grid_closure AS c ON c.grid_id = p.grid_id AND c.ancestor_level = '微'"
        " WHERE p.is_complete AND p.period_end BETWEEN $start AND $finish AND ($place IS NULL OR"
        " p.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $place))",
        start=span.start, finish=span.end, place=place,
    )  # fmt: skip
    facts["person_category"] = facts["person_category"].fillna("")
    names = ["grid", "tier", "person_category"]
    for grain, keys in (("week", [*names, "bucket"]), (None, names), (None, ["tier"])):
        level = "微" if "grid" in keys else None
        found = persons_in_cells(
            leader, code, span, level=level, grain=grain,  # type: ignore[arg-type]
            dimensions=[name for name in keys if name not in ("grid", "bucket")], grid_id=place,
        )  # fmt: skip
        expected = facts.groupby(keys)["person"].nunique()
        counted = found.groupby(keys, observed=True)["who"].nunique()
        assert len(expected) > 2
        assert dict(zip(expected.index, expected, strict=True)) == dict(
            zip(counted.index, counted, strict=True)
        )
