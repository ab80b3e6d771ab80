"""Every statement of the program, every metric, every list of records and every award step, asked
through the connection of every role: an answer holds nothing outside the role's scope."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import pytest

from gridgov.access.policy import Level, Scope
from gridgov.access.roles import Role
from gridgov.awards.evaluate import Evaluation
from gridgov.awards.evaluate import evaluate as evaluate_awards
from gridgov.awards.explain import sheet
from gridgov.awards.inputs import freeze
from gridgov.awards.part import part_of
from gridgov.awards.scheme_file import read_scheme
from gridgov.awards.whatif import try_out
from gridgov.errors import AccessDenied
from gridgov.explore.builder import Cut
from gridgov.explore.builder_answer import ask
from gridgov.filters import Filters
from gridgov.metrics import METRICS, evaluate
from gridgov.queries.records import RECORDS, metric_records
from gridgov.warehouse import Reader, Warehouse
from tests.warehouses import sample_warehouse

ROOT = Path(__file__).resolve().parents[2]
SCHEME = ROOT / "data/schemes/2026H1.toml"
START, END = date(2026, 1, 1), date(2026, 6, 30)
DATA = (Role.SUPERVISOR, Role.LEADER, Role.COMMITTEE, Role.ANALYST, Role.CLERK)
NO_DATA = (Role.ADMINISTRATOR, Role.WORKER)
# Filled in by code before they run: `metric_records` asks them below. The pieces in
# gridgov/metrics are asked by `evaluate`, those in gridgov/awards/sql by `freeze`, or run over
# frozen tables.
FILLED_IN = re.compile(r"records_\w+")


@cache
def warehouse() -> Warehouse:
    return Warehouse(sample_warehouse())


@cache
def everything() -> Reader:
    return warehouse().reader()


@cache
def values(sql: str) -> frozenset[str]:
    return frozenset(value for (value,) in everything().rows(sql) if value is not None)


@cache
def own_grid() -> str:
    sql = "SELECT grid_id FROM grid WHERE level = '一般' ORDER BY grid_id LIMIT 1 OFFSET 2"
    return str(everything().rows(sql)[0][0])


@cache
def outside() -> frozenset[str]:
    """Ids and names of grids, and of the workers of grids, that are not the subtree's. The grids
    that it is part of are no secret to it: its own grid says what it lies in."""
    inside = f"SELECT grid_id FROM grid_closure WHERE ancestor_id = '{own_grid()}'"
    above = f"SELECT ancestor_id FROM grid_closure WHERE grid_id = '{own_grid()}'"
    grids = f"FROM grid WHERE grid_id NOT IN ({inside}) AND grid_id NOT IN ({above})"
    held = f"SELECT worker_id FROM tenure WHERE grid_id IN ({inside})"
    return (
        values(f"SELECT grid_id {grids}")
        | values(f"SELECT name {grids}")
        | values(f"SELECT worker_id FROM worker WHERE worker_id NOT IN ({held})")
    )


@cache
def residents() -> frozenset[str]:
    return values("SELECT DISTINCT person FROM key_person") | values(
        "SELECT DISTINCT household FROM household"
    )


@cache
def colleagues() -> frozenset[str]:
    return values("SELECT name FROM worker") | values("SELECT worker_id FROM worker")


@cache
def reader_of(role: Role, scoped: bool) -> Reader:
    return warehouse().reader(Scope(frozenset({role}), (own_grid(),) if scoped else ()))


def statements() -> list[str]:
    folders = ("queries", "trends", "explore/examples")
    paths = [path for folder in folders for path in (ROOT / "gridgov" / folder).glob("*.sql")]
    return sorted(
        path.relative_to(ROOT / "gridgov").as_posix()
        for path in paths
        if not FILLED_IN.fullmatch(path.stem)
    )


def given() -> dict[str, object]:
    """A value for every parameter that a statement of the program names."""
    return {
        "start": START, "finish": END, "end": END, "as_of": END, "since": START, "grid_id": None, "days": 3,
        "pillar": None, "category": None, "source": None, "tier": None, "rows": 500, "log": "visit",
        "units": ["*", own_grid()], "grid_ids": [own_grid()], "month": END.replace(day=1),
        "ids": sorted(values("SELECT visit_id FROM fact_visit LIMIT 300")),
    }  # fmt: skip


def cells(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    for row in rows:
        for cell in row:
            if isinstance(cell, str):
                yield cell
            elif isinstance(cell, list | tuple):
                yield from cells([cell])


def breaches(role: Role, scoped: bool, texts: Iterable[str]) -> set[str]:
    """What stands among the texts and may not: other grids, residents, colleagues."""
    found = set(texts)
    told = found & outside() if scoped else set()
    if reader_of(role, scoped).level("fact_visit") is not Level.FULL:
        told |= found & residents()
    if role in (Role.ANALYST, Role.CLERK):
        told |= found & colleagues()
    return told


def asked(role: Role, scoped: bool, name: str) -> list[tuple[object, ...]] | None:
    """Rows of a statement; None where it is refused."""
    try:
        return reader_of(role, scoped).rows(name, **given())
    except AccessDenied:
        return None


@pytest.mark.parametrize("scoped", [False, True], ids=["all", "one-grid"])
@pytest.mark.parametrize("role", DATA)
def test_every_statement_keeps_to_the_scope(role: Role, scoped: bool) -> None:
    answered = refused = 0
    for name in statements():
        rows = asked(role, scoped, name)
        if rows is None:
            refused += 1
            continue
        answered += bool(rows)
        assert not breaches(role, scoped, cells(rows)), name
    assert answered > (8 if role is Role.CLERK else 25), "the test asked, and got nothing"
    assert refused or role is not Role.CLERK


@pytest.mark.parametrize("role", NO_DATA)
def test_roles_without_data_get_no_answer_from_any_statement(role: Role) -> None:
    for name in statements():
        assert not asked(role, False, name), name
    assert len(statements()) > 45


def test_the_check_itself_sees_what_it_looks_for() -> None:
    """Asked without a scope the same statements do give other grids, residents and colleagues."""
    found: set[str] = set()
    for name in statements():
        try:
            found |= set(cells(everything().rows(name, **given())))
        except duckdb.Error as error:  # pragma: no cover (names the file)
            raise AssertionError(f"{name} does not run: {error}") from error
    assert len(found & outside()) > 100
    assert found & residents() and found & colleagues()


@pytest.mark.parametrize("scoped", [False, True], ids=["all", "one-grid"])
@pytest.mark.parametrize("role", [*DATA, *NO_DATA])
def test_every_metric_and_its_records_keep_to_the_scope(role: Role, scoped: bool) -> None:
    reader = reader_of(role, scoped)
    answered = 0
    for code in METRICS:
        try:
            by = ("grid:一般",) if "grid" in METRICS[code].dimensions else ()
            frame = evaluate(reader, [code], START, END, by=by)
            assert not breaches(role, scoped, cells(frame.itertuples(index=False))), code
            answered += bool(frame["n"].fillna(0).gt(0).any())
        except AccessDenied:
            pass
        if code not in RECORDS:
            continue
        try:
            frame = metric_records(reader, code, START, END, rows=300)
        except AccessDenied:
            continue
        assert not breaches(role, scoped, cells(frame.itertuples(index=False))), code
    assert answered == 0 if role in NO_DATA else answered > 5


@pytest.mark.parametrize("scoped", [False, True], ids=["all", "one-grid"])
@pytest.mark.parametrize("role", [*DATA, *NO_DATA])
def test_an_export_of_the_builder_keeps_to_the_scope(role: Role, scoped: bool) -> None:
    filters = Filters(today=END, comparison="none").changed(period="custom", start=START, end=END)
    cut = Cut(metrics=("C3", "C1"), by=("grid:一般", "category"))
    try:
        rows = ask(reader_of(role, scoped), filters, cut).rows
    except AccessDenied:
        rows = None
    if role in NO_DATA:
        assert rows is None or rows.empty
    else:
        assert rows is not None and len(rows) > 10
        assert not breaches(role, scoped, cells(rows.itertuples(index=False)))


@cache
def judged() -> Evaluation:
    """Everybody's evaluation, ranked inside general grids: of those there are eleven."""
    scheme = replace(read_scheme(SCHEME), draws=200, rank_within="一般")
    return evaluate_awards(scheme, freeze(everything(), scheme))


def test_the_part_of_an_evaluation_holds_its_candidates_alone_as_they_stand_in_the_whole() -> None:
    whole = judged()
    part = part_of(whole, {own_grid()})
    people = [worker for result in part.tracks for worker in result.workers]
    assert 5 < len(people) < 40 and not set(people) & outside()
    for worker in people:
        # As text: a missing figure is NaN, and equals not even itself.
        assert str(sheet(part, worker)) == str(sheet(whole, worker)), "a part's order is all's"
    for table in (
        part.credited.event, part.credited.left_out, part.credited.candidate,
        part.flagged.flag, part.flagged.record, part.callbacks,
    ):  # fmt: skip
        assert set(table.column("worker_id").to_pylist()) <= set(people)
    for result in part.tracks:
        other = whole.track(result.track.name)
        assert {"place", "top"} <= {*vars(result.order), *vars(result.certainty)}
        for row, worker in enumerate(result.workers):
            at = other.workers.index(worker)
            assert result.order.place[row] == other.order.place[at]
            assert result.certainty.top[row].tolist() == other.certainty.top[at].tolist()
            assert result.candidate[row] == other.candidate[at]
    assert part_of(whole, set()).tracks[0].workers == ()


def test_what_if_over_a_part_moves_those_whom_it_moves_in_the_whole() -> None:
    whole = judged()
    part = part_of(whole, {own_grid()})
    asked_for = {"weights": {"SV1": 60.0}, "draws": 200}
    name = part.tracks[1].track.name
    one, all_ = (try_out(given_to, name, **asked_for) for given_to in (part, whole))
    workers = set(part.tracks[1].workers)
    told = {m.worker_id: m for m in one.moves}
    assert told == {m.worker_id: m for m in all_.moves if m.worker_id in workers}


@pytest.mark.parametrize("role", [Role.CLERK, *NO_DATA])
def test_roles_without_residents_cannot_freeze_an_evaluation(role: Role) -> None:
    with pytest.raises(AccessDenied):
        freeze(reader_of(role, False), read_scheme(SCHEME))
