"""What each role's connection holds, read table by table: nothing outside its scope."""

from __future__ import annotations

import shutil
from pathlib import Path
from secrets import token_hex

import duckdb
import pytest

from gridgov.access.policy import Level, Scope, scope_of
from gridgov.access.roles import Identity, Role
from gridgov.errors import AccessDenied
from gridgov.explore import copy
from gridgov.explore.copy import deidentified_copy
from gridgov.warehouse import Reader, Warehouse
from tests.warehouses import sample_warehouse

PERSONAL = {"household", "person", "note", "content", "reply"}


@pytest.fixture(scope="module")
def everything() -> Reader:
    return Warehouse(sample_warehouse()).reader()


def reader_for(role: Role, *grid_ids: str) -> Reader:
    return Warehouse(sample_warehouse()).reader(Scope(frozenset({role}), grid_ids))


def columns(reader: Reader, table: str) -> set[str]:
    return set(reader.frame(f'SELECT * FROM "{table}" LIMIT 0').columns)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.LEADER, Role.COMMITTEE, Role.ANALYST])
def test_a_scope_holds_its_own_grids_alone(role: Role, everything: Reader) -> None:
    own = everything.rows("SELECT grid_id FROM grid WHERE level = '一般' ORDER BY grid_id LIMIT 1")[
        0
    ][0]
    inside = {
        grid_id
        for (grid_id,) in everything.rows(
            "SELECT grid_id FROM grid_closure WHERE ancestor_id = $own", own=own
        )
    }
    reader = reader_for(role, own)
    checked = 0
    for table in reader.tables():
        names = columns(reader, table)
        for name in names & {"grid_id", "ancestor_id"}:
            found = {value for (value,) in reader.rows(f'SELECT DISTINCT "{name}" FROM "{table}"')}
            # "*" in the roll-up stands for all that this connection holds.
            found -= {"*"}
            assert found <= inside, f"{table}.{name} holds other grids"
            checked += 1
    assert checked > 15
    assert reader.rows("SELECT count(*) FROM fact_visit")[0][0] > 0
    workers = {value for (value,) in everything.rows(
        "SELECT DISTINCT worker_id FROM tenure JOIN grid_closure USING (grid_id) "
        "WHERE ancestor_id = $own",
        own=own,
    )}  # fmt: skip
    if role is not Role.ANALYST:
        assert {value for (value,) in reader.rows("SELECT worker_id FROM worker")} == workers


def stored(everything: Reader, column: str) -> set[str]:
    table = {"person": "key_person", "household": "household"}[column]
    return {value for (value,) in everything.rows(f'SELECT DISTINCT "{column}" FROM "{table}"')}


@pytest.mark.parametrize("role", [Role.LEADER, Role.ANALYST, Role.CLERK])
def test_no_person_can_be_singled_out(role: Role, everything: Reader) -> None:
    reader = reader_for(role)
    known = {name: stored(everything, name) for name in ("person", "household")}
    for table in reader.tables():
        for name in columns(reader, table) & PERSONAL:
            values = {v for (v,) in reader.rows(f'SELECT DISTINCT "{name}" FROM "{table}"')} - {
                None
            }
            if name in known:
                assert not values & known[name], f"{table}.{name} shows stored pseudonyms"
            else:
                assert not values, f"{table}.{name} shows free text"


def test_distinct_counts_survive_hashing(everything: Reader) -> None:
    sql = "SELECT count(DISTINCT household) FROM fact_visit"
    assert reader_for(Role.LEADER).rows(sql) == everything.rows(sql)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.WORKER])
def test_these_roles_hold_no_data(role: Role) -> None:
    assert not reader_for(role).tables()


def test_a_clerk_sees_books_but_no_events_of_residents() -> None:
    tables = reader_for(Role.CLERK).tables()
    assert {"load_file", "load_finding", "mart_coverage_day"} <= tables
    assert not {"fact_visit", "fact_complaint", "key_person", "household", "visit"} & tables


def test_an_analyst_sees_no_colleague_by_name(everything: Reader) -> None:
    names = {name for (name,) in everything.rows("SELECT name FROM worker")}
    ids = {value for (value,) in everything.rows("SELECT worker_id FROM worker")}
    reader = reader_for(Role.ANALYST)
    assert not names & {name for (name,) in reader.rows("SELECT name FROM worker")}
    for table in ("worker", "tenure", "fact_visit_worker", "grid_holder"):
        assert not ids & {value for (value,) in reader.rows(f"SELECT worker_id FROM {table}")}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM query_table('{c}.main.visit')",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM {c}.main.visit",
        "SELECT * FROM {c}.visit",
        "ATTACH '/tmp/other.duckdb'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SET lock_configuration = false",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "SELECT * FROM visit",
    ],
)
def test_ways_around_the_views_are_refused(sql: str) -> None:
    reader = reader_for(Role.LEADER)
    hidden = reader._catalogue
    with pytest.raises((AccessDenied, duckdb.Error)):
        reader.rows(sql.format(c=hidden))


def test_an_account_tied_to_grids_but_without_any_sees_nothing() -> None:
    identity = Identity(7, "someone", frozenset({Role.SUPERVISOR}))
    reader = Warehouse(sample_warehouse()).reader(scope_of(identity))
    assert reader.rows("SELECT count(*) FROM fact_visit")[0][0] == 0
    assert reader.rows("SELECT count(*) FROM grid")[0][0] == 0


def test_the_levels_say_what_the_views_do() -> None:
    assert reader_for(Role.SUPERVISOR).level("fact_visit") is Level.FULL
    assert reader_for(Role.LEADER).level("fact_visit") is Level.COUNTED
    assert reader_for(Role.ANALYST).level("fact_visit") is Level.DEIDENTIFIED
    assert reader_for(Role.CLERK).level("fact_visit") is Level.ABSENT


def test_the_copy_does_not_keep_the_order_of_the_files(
    everything: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tenth row of a list would be the tenth person on it. Nor is the salt in the file."""
    made: list[str] = []
    monkeypatch.setattr(
        copy.secrets, "token_hex", lambda size: made.append(token_hex(size)) or made[-1]
    )
    root = tmp_path / "warehouse"
    shutil.copytree(sample_warehouse(), root, ignore=shutil.ignore_patterns("share"))
    path = deidentified_copy(Warehouse(root).current())
    with duckdb.connect(str(path), read_only=True) as con:
        for table, key, day in (
            ("key_person", "person", "valid_from"),
            ("household", "household", "valid_from"),
            ("fact_visit", "visit_id", "on_date"),
            ("fact_complaint", "complaint_id", "on_date"),
        ):
            rows = con.execute(f"SELECT {day}, {key} FROM {table}").fetchall()
            stored_rows = everything.rows(f"SELECT {day}, count(*) FROM {table} GROUP BY ALL")
            assert rows == sorted(rows) and len(rows) == sum(count for _, count in stored_rows)
    salt = max(made, key=len)
    assert len(salt) == 32 and salt.encode() not in path.read_bytes()


def test_the_copy_holds_what_an_analyst_may_see_and_no_more(everything: Reader) -> None:
    path = deidentified_copy(Warehouse(sample_warehouse()).current())
    with duckdb.connect(str(path), read_only=True) as con:
        tables = {
            name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        }
        assert tables == set(reader_for(Role.ANALYST).tables())
        assert (
            con.execute("SELECT count(*) FROM fact_visit").fetchone()
            == (everything.rows("SELECT count(*) FROM fact_visit")[0])
        )
        comment = con.execute(
            "SELECT comment FROM duckdb_columns() "
            "WHERE table_name = 'worker' AND column_name = 'name'"
        ).fetchone()
    assert comment and comment[0]
    assert path.stat().st_mode & 0o077 == 0
    blob = path.read_bytes()
    found = [*sorted(stored(everything, "person"))[:200]]
    for query in (
        "SELECT DISTINCT name FROM worker",
        "SELECT DISTINCT worker_id FROM worker",
        "SELECT DISTINCT note FROM fact_visit WHERE len(note) > 5 LIMIT 200",
        "SELECT DISTINCT content FROM fact_complaint WHERE len(content) > 5 LIMIT 200",
    ):
        found += [text for (text,) in everything.rows(query)]
    assert len(found) > 500
    assert not [text for text in found if text.encode() in blob]
