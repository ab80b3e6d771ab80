"""A load rebuilds only what it touched, and ends where a rebuild from nothing ends."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl import model
from etl.ddl import create_missing
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
