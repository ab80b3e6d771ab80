"""What a reader holds in memory gives what the facts and lists give, asked one by one."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pandas as pd
import pytest

from gridgov import queries
from gridgov.access.policy import Scope
from gridgov.access.roles import Role
from gridgov.answers import Answers
from gridgov.errors import AccessDenied
from gridgov.filters import Filters
from gridgov.metrics.grids import tree_of
from gridgov.queries.complaints_evidence import open_cases
from gridgov.queries.held_rows import held_rows
from gridgov.queries.listed_homes import kinds_of_months
from gridgov.queries.silent_parents import silent_below
from gridgov.warehouse import Reader, Warehouse
from tests.warehouses import sample_warehouse

_RANK = {"每周": 1, "每月": 2, "每季": 3}


@pytest.fixture(scope="module")
def reader() -> Reader:
    """The sample, with nothing held yet."""
    warehouse = Warehouse(sample_warehouse())
    return Reader(warehouse.current(), Scope.everything(), Answers())


def _places(reader: Reader) -> list[str | None]:
    tree, today = tree_of(reader), reader.data_date
    assert today is not None
    levels = ("社区", "一般", "微")
    return [None, *(tree.at_level(None, level, today, today)[-1] for level in levels)]


def _inside(reader: Reader, place: str | None) -> set[str | None]:
    tree = tree_of(reader)
    return {*tree.nodes, None} if place is None else set(tree.below(place))


def test_overdue_persons_are_the_open_spells(reader: Reader) -> None:
    spells = reader.rows(
        "SELECT person, grid_id, tier, category, last_on, since_on FROM fact_overdue_spell"
        " WHERE until_on IS NULL"
    )
    names = dict(reader.rows("SELECT grid_id, name FROM grid"))
    today = reader.data_date
    assert today is not None
    for place in _places(reader):
        for tier in (None, "每月"):
            want = [row for row in spells if row[1] in _inside(reader, place)]
            want = [row for row in want if tier in (None, row[2])]
            want.sort(key=lambda row: (_RANK.get(row[2], 3), row[5], row[0]))
            got = queries.overdue_persons(reader, place, tier=tier, rows=40)
            assert got["person"].tolist() == [row[0] for row in want[:40]]
            assert got["grid_name"].tolist() == [names.get(row[1]) for row in want[:40]]
            assert got["overdue_days"].tolist() == [(today - row[5]).days + 1 for row in want[:40]]
    assert len(spells) > 40


def test_open_complaints_are_those_of_the_log(reader: Reader) -> None:
    cases = reader.rows(
        "SELECT complaint_id, grid_id, category, source, due_at, on_date, is_overdue, holder_id"
        " FROM fact_complaint WHERE closed_at IS NULL"
    )
    names = dict(reader.rows("SELECT worker_id, name FROM worker"))
    today = reader.data_date
    assert today is not None
    category, source = cases[0][2], cases[0][3]
    for place in _places(reader):
        for only in ({}, {"category": category}, {"source": source, "category": category}):
            want = [row for row in cases if row[1] in _inside(reader, place)]
            want = [row for row in want if only.get("category") in (None, row[2])]
            want = [row for row in want if only.get("source") in (None, row[3])]
            want.sort(key=lambda row: (row[4] is None, row[4], row[0]))
            got = open_cases(reader, Filters(today=today, grid_id=place, **only), rows=30)
            assert got["complaint_id"].tolist() == [row[0] for row in want[:30]]
            holders = [None if pd.isna(name) else name for name in got["holder_name"]]
            assert holders == [names.get(row[7]) for row in want[:30]]
            ages = queries.open_complaint_ages(reader, place, **only)
            assert (ages["cases"].sum(), ages["overdue"].sum()) == (
                len(want), sum(row[6] for row in want),
            )  # fmt: skip
            late = queries.overdue_complaints(reader, place, rows=10_000, **only)
            assert set(late["complaint_id"]) == {row[0] for row in want if row[6]}


@pytest.mark.parametrize("days", [1, 5, 14, 400])
def test_silent_grids_are_those_without_a_visit_in_the_log(reader: Reader, days: int) -> None:
    newest = dict(reader.rows("SELECT grid_id, max(on_date) FROM fact_visit GROUP BY grid_id"))
    today = reader.data_date
    assert today is not None
    for as_of in (today, today - timedelta(days=60)):
        for place in _places(reader):
            silent: Counter[str | None] = Counter()
            for name in _inside(reader, place) - {None}:
                node = tree_of(reader).nodes[str(name)]
                last = newest.get(name, date.min)
                is_valid = node.valid_from <= as_of <= node.valid_to
                if node.level == "微" and is_valid and (as_of - last).days >= days:
                    silent[node.parent_id] += 1
            got = silent_below(reader, as_of, days, place)
            if got is None:
                assert not silent
                continue
            assert got.count == sum(silent.values())
            most = max(silent.values())
            assert got.parent_id == min(str(name) for name in silent if silent[name] == most)


def test_a_card_says_what_the_lists_say(hard_reader: Reader) -> None:
    for grid_id in tree_of(hard_reader).nodes:
        want = hard_reader.rows(
            "SELECT g.name, g.kind, p.name, g.has_party_organisation, g.valid_from, g.valid_to,"
            " s.households, s.residents, s.shops, CAST(s.capacity AS DOUBLE),"
            " (SELECT count(*) FROM grid_closure WHERE ancestor_id = $grid_id AND depth > 0)"
            " FROM grid AS g LEFT JOIN grid AS p ON p.grid_id = g.parent_id"
            " LEFT JOIN mart_stock_month AS s ON s.grid_id = g.grid_id AND s.month ="
            " (SELECT max(month) FROM mart_stock_month WHERE grid_id = $grid_id)"
            " WHERE g.grid_id = $grid_id",
            grid_id=grid_id,
        )
        card = queries.grid_card(hard_reader, grid_id)
        assert card is not None
        names = ("name", "kind", "parent_name", "has_party_organisation", "valid_from", "valid_to",
                 "households", "residents", "shops", "capacity", "grids_below")  # fmt: skip
        assert tuple(card[name] for name in names) == want[0]


def test_peers_share_level_and_parent(hard_reader: Reader) -> None:
    today = hard_reader.data_date
    assert today is not None
    for grid_id in tree_of(hard_reader).nodes:
        want = hard_reader.rows(
            "SELECT g.grid_id, coalesce(g.kind = me.kind, false) AS same, s.households"
            " FROM grid AS me JOIN grid AS g ON g.level = me.level"
            " AND g.parent_id IS NOT DISTINCT FROM me.parent_id AND g.grid_id <> me.grid_id"
            " LEFT JOIN mart_stock_month AS s ON s.grid_id = g.grid_id AND s.month = $month"
            " WHERE me.grid_id = $grid_id AND coalesce(g.valid_to, $today) >= $today"
            " ORDER BY same DESC, g.grid_id",
            grid_id=grid_id, today=today, month=today.replace(day=1),
        )  # fmt: skip
        got = queries.grid_peers(hard_reader, grid_id)
        homes = [None if pd.isna(one) else one for one in got["households"]]
        assert list(zip(got["grid_id"], got["same_kind"], homes, strict=True)) == want


def test_kinds_reached_are_the_homes_of_the_lists(reader: Reader) -> None:
    start, end = date(2026, 3, 1), date(2026, 5, 31)
    listed = reader.rows(
        "SELECT category, household, grid_id FROM key_person WHERE category IS NOT NULL"
        " AND household IS NOT NULL AND coalesce(valid_from, $start) <= $end_on"
        " AND coalesce(valid_to, $end_on) >= $start",
        start=start, end_on=end,
    )  # fmt: skip
    came = reader.rows(
        "SELECT household, home_grid_id FROM fact_attendance WHERE on_date BETWEEN $start"
        " AND $end_on AND household IS NOT NULL",
        start=start, end_on=end,
    )  # fmt: skip
    for place in _places(reader):
        inside = _inside(reader, place)
        there = {home for home, grid in came if place is None or grid in inside}
        homes: dict[str, set[str]] = {}
        for kind, home, grid in listed:
            if place is None or grid in inside:
                homes.setdefault(kind, set()).add(home)
        want = [(kind, len(homes[kind]), len(homes[kind] & there)) for kind in sorted(homes)]
        assert kinds_of_months(reader, start, end, place) == want


def test_who_may_not_see_residents_is_refused_what_is_held() -> None:
    clerk = Scope(frozenset({Role.CLERK}))
    refused = Reader(Warehouse(sample_warehouse()).current(), clerk, Answers())
    for ask in (queries.overdue_persons, queries.open_complaint_ages):
        with pytest.raises(AccessDenied):
            ask(refused)


def test_a_subtree_holds_its_own_cases_alone() -> None:
    warehouse = Warehouse(sample_warehouse())
    everything = Reader(warehouse.current(), Scope.everything(), Answers())
    own = _places(everything)[2]
    assert own is not None
    scope = Scope(frozenset({Role.SUPERVISOR}), (own,))
    reader = Reader(warehouse.current(), scope, Answers())
    for name in ("open_complaint", "overdue_person"):
        grids = set(held_rows(reader, name).frame["grid_id"])
        assert grids <= _inside(everything, own)
        assert grids


def test_threads_that_ask_at_once_find_one_table() -> None:
    warehouse = Warehouse(sample_warehouse())
    reader = Reader(warehouse.current(), Scope.everything())
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(queries.open_complaint_ages, reader) for _ in range(16)]
        totals = {int(one.result()["cases"].sum()) for one in asked}
    want = reader.rows("SELECT count(*) FROM fact_complaint WHERE is_open")[0][0]
    assert totals == {want}
