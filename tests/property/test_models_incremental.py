"""A load rebuilds only what it touched, and ends where a rebuild from nothing ends."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl import model
from etl.ddl import create_missing
from etl.model_span import person_spans, runs_of
from gridgov.schema import TABLES
from tests.queries.hard_cases import hard_cases

Row = dict[str, Any]
Tables = dict[str, list[Row]]
EVENT = {"visit": "occurred_at", "activity": "started_at", "complaint": "created_at"}


def put(con: duckdb.DuckDBPyConnection, tables: Tables) -> None:
    for name, rows in tables.items():
        if rows:
            columns = TABLES[name].column_names
            con.executemany(
                f'INSERT INTO "{name}" ({", ".join(columns)}) VALUES'
                f" ({', '.join('?' for _ in columns)})",
                [[row.get(column) for column in columns] for row in rows],
            )


def drop(con: duckdb.DuckDBPyConnection, tables: Tables) -> None:
    for name, rows in tables.items():
        keys = TABLES[name].key
        for row in rows:
            test = " AND ".join(f"{key} = ?" for key in keys)
            con.execute(f'DELETE FROM "{name}" WHERE {test}', [row[key] for key in keys])


def days_of(tables: Tables, everything: Tables) -> dict[str, frozenset[date] | None]:
    """What the loader says was touched."""
    starts = {row["activity_id"]: row["started_at"].date() for row in everything["activity"]}
    found: dict[str, frozenset[date] | None] = {}
    for name, rows in tables.items():
        if name in EVENT:
            found[name] = frozenset(row[EVENT[name]].date() for row in rows)
        elif name == "attendance":
            found[name] = frozenset(starts[row["activity_id"]] for row in rows)
        elif rows:
            found[name] = None
    return found


def contents(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    return {
        name: sorted(repr(row) for row in con.execute(f"SELECT * FROM {name}").fetchall())
        for name in model.ORDER
    }


def built(tables: Tables) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    create_missing(con)
    put(con, tables)
    model.build(con, {})
    return con


@cache
def rebuilt() -> dict[str, list[str]]:
    """The hard cases built from nothing, once for all tests."""
    return contents(built(hard_cases()))


def split(everything: Tables, choose: Callable[[str, Row], bool]) -> tuple[Tables, Tables]:
    now: Tables = {name: [] for name in everything}
    later: Tables = {name: [] for name in everything}
    for name, rows in everything.items():
        for row in rows:
            (later if choose(name, row) else now)[name].append(row)
    return now, later


def assert_same(got: dict[str, list[str]], want: dict[str, list[str]]) -> None:
    for name in model.ORDER:
        if got[name] != want[name]:
            missing = sorted(set(want[name]) - set(got[name]))
            extra = sorted(set(got[name]) - set(want[name]))
            pytest.fail(f"{name}: missing {missing[:2]}, left over {extra[:2]}")


@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 10_000),
    cut=st.dates(date(2025, 3, 10), date(2025, 12, 10)),
    late_share=st.sampled_from([0.0, 0.02, 0.3]),
)
def test_a_later_load_equals_a_rebuild(seed: int, cut: date, late_share: float) -> None:
    """Rows after `cut` and a few from before come in a second load, and are then undone."""
    pick = random.Random(seed)
    everything = hard_cases(seed)

    def is_late(name: str, row: Row) -> bool:
        if name in EVENT:
            at: datetime = row[EVENT[name]]
            return at.date() > cut or pick.random() < late_share
        return name == "attendance" and pick.random() < late_share

    first, later = split(everything, is_late)
    con = built(first)
    put(con, later)
    touched = days_of(later, everything)
    model.build(con, touched)
    assert_same(contents(con), contents(built(everything)))
    drop(con, later)
    model.build(con, touched)
    assert_same(contents(con), contents(built(first)))


@pytest.mark.parametrize(
    "table", ["grid_month", "tenure", "key_person", "calendar", "complaint_category", "household",
              "worker_alias", "activity_type", "grid"],
)  # fmt: skip
def test_a_corrected_reference_table_mends_history(table: str) -> None:
    everything = hard_cases()
    pick = random.Random(table)
    first, later = split(everything, lambda name, _row: name == table and pick.random() < 0.4)
    assert later[table]
    con = built(first)
    put(con, later)
    model.build(con, {table: None})
    assert_same(contents(con), rebuilt())


def events(everything: Tables, name: str, since: date, until: date) -> Tables:
    rows = [row for row in everything[name] if since <= row[EVENT[name]].date() <= until]
    return {name: rows}


def test_days_that_come_one_by_one_and_are_taken_back() -> None:
    """The data date moves past the days on which people become overdue or leave the list."""
    everything = hard_cases()
    last = date(2025, 10, 20)
    until = date(2025, 11, 22)

    def after(name: str, row: Row, day: date) -> bool:
        if name == "attendance":
            return False
        return name in EVENT and row[EVENT[name]].date() > day

    con = built(split(everything, lambda name, row: after(name, row, last))[0])
    steps = []
    day = last
    for length in (1, 2, 9, 1, 20):
        since, day = day + timedelta(days=1), day + timedelta(days=length)
        later = {k: v for name in EVENT for k, v in events(everything, name, since, day).items()}
        steps.append(later)
        put(con, later)
        model.build(con, days_of(later, everything))
    assert day == until
    now = split(everything, lambda name, row: after(name, row, until))[0]
    assert_same(contents(con), contents(built(now)))
    for later in reversed(steps):
        drop(con, later)
        model.build(con, days_of(later, everything))
    before = split(everything, lambda name, row: after(name, row, last))[0]
    assert_same(contents(con), contents(built(before)))


def moment(visit: Row) -> datetime:
    found: datetime = visit["occurred_at"]
    return found


def test_late_entries_and_corrections_far_apart() -> None:
    """Visits come into the oldest months, others move, lose their person or go; then all is undone.

    Eight places that lie more than two months apart at first and close together at last: more than
    are looked up one by one.
    """
    everything = hard_cases()
    con = built(everything)
    known = sorted(
        (row for row in everything["visit"] if row.get("person") and row["met"] is not False),
        key=moment,
    )
    gone, moved, nobody = known[3:200:40], known[7:300:60], known[9:400:50]
    elsewhere = [row | {"occurred_at": moment(row) - timedelta(days=70)} for row in moved]
    unnamed = [row | {"person": None, "household": None} for row in nobody]
    late = [
        row | {"visit_id": f"L{i}", "occurred_at": datetime(2024 + i // 9, 1 + i % 9, 9, 10)}
        for i, row in enumerate(known[:18])
    ]
    old: Tables = {"visit": [*gone, *moved, *nobody]}
    new: Tables = {"visit": [*elsewhere, *unnamed, *late]}
    drop(con, old)
    put(con, new)
    both: Tables = {"visit": [*old["visit"], *new["visit"]]}
    days = days_of(both, everything)
    model.build(con, days)
    keys = {row["visit_id"] for row in old["visit"]}
    rest = [row for row in everything["visit"] if row["visit_id"] not in keys]
    want = everything | {"visit": [*rest, *new["visit"]]}
    assert_same(contents(con), contents(built(want)))
    drop(con, new)
    put(con, old)
    model.build(con, days)
    assert_same(contents(con), rebuilt())


def test_one_visit_into_an_old_month_and_out_again() -> None:
    """A household's later months, a person's overdue days and a copied text follow one visit."""
    everything = hard_cases()
    con = built(everything)
    row: Row = {
        "visit_id": "L1", "occurred_at": datetime(2025, 4, 2, 10), "person": "换频",
        "household": "3栋101", "grid": "G22", "worker": "李四", "mode": "上门", "met": True,
        "note": "入户查看，一切正常，已提醒用电安全",
    }  # fmt: skip
    later: Tables = {"visit": [row]}
    put(con, later)
    model.build(con, days_of(later, everything))
    want = everything | {"visit": [*everything["visit"], row]}
    assert_same(contents(con), contents(built(want)))
    drop(con, later)
    model.build(con, days_of(later, everything))
    assert_same(contents(con), rebuilt())


def test_a_changed_tier_mends_history() -> None:
    everything = hard_cases()
    con = built(everything)
    con.execute("UPDATE key_person SET tier = '每季' WHERE tier = '每周'")
    model.build(con, {"key_person": None})
    changed = [
        row | ({"tier": "每季"} if row.get("tier") == "每周" else {})
        for row in everything["key_person"]
    ]
    assert_same(contents(con), contents(built(everything | {"key_person": changed})))


def test_runs_of_months_and_shares_of_persons_come_to_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Large warehouses are built a run at a time."""
    monkeypatch.setattr("etl.model_span._AT_ONCE", 40)
    con = built(hard_cases())
    assert len(runs_of(con)) == 10
    assert len(person_spans(len(runs_of(con)))) == 4
    assert_same(contents(con), rebuilt())


def test_nothing_touched_builds_nothing() -> None:
    con = built(hard_cases())
    con.execute("UPDATE mart_visit_month SET visits = -1")
    model.build(con, {"visit": frozenset()})
    assert set(con.execute("SELECT DISTINCT visits FROM mart_visit_month").fetchall()) == {(-1,)}
    model.build(con, {"visit": None})
    assert_same(contents(con), rebuilt())


def test_empty_logs_build_empty_models() -> None:
    con = duckdb.connect()
    create_missing(con)
    model.build(con, {})
    assert con.execute("SELECT data_date FROM mart_as_of").fetchall() == [(None,)]
    assert con.execute("SELECT count(*) FROM fact_visit").fetchall() == [(0,)]
