"""Builds facts and marts from the logs inside a version that is about to be published.

Every model is a `SELECT` in `etl/models/<name>.sql` whose header (see `etl.model_file`) says what a
row is, what it reads and by which date it is cut up. A load rebuilds only the parts that it touched
(DELETE, then INSERT); whatever a changed reference table feeds is rebuilt whole, a run of months at
a time, so that memory follows the run and not the warehouse. The result equals a rebuild from
nothing, which a property test checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import duckdb

from etl.ddl import quote, text
from etl.model_file import FOLDER, Model, Read, between, models_hash, read_model, spread
from etl.model_span import Span, person_spans, put, runs_of, spans_of
from gridgov.schema import TABLES

__all__ = ["ORDER", "Model", "Read", "build", "load_models", "models_hash"]

_META = "model_hash"
_LAST = date(2199, 12, 31)

ORDER = (
    "mart_as_of",
    "model_day",
    "grid_closure",
    "model_rollup",
    "model_grid_name",
    "model_worker_name",
    "model_key_person",
    "grid_holder",
    "fact_visit",
    "fact_visit_worker",
    "fact_activity",
    "fact_activity_worker",
    "fact_attendance",
    "fact_complaint",
    "fact_contact_period",
    "fact_overdue_spell",
    "fact_visit_flag",
    "mart_visit_cell",
    "mart_visit_month",
    "mart_visit_split_month",
    "mart_visit_day",
    "mart_visit_hour_month",
    "mart_need_cell",
    "mart_activity_cell",
    "mart_activity_month",
    "mart_activity_item",
    "mart_complaint_cell",
    "mart_complaint_month",
    "mart_complaint_split_month",
    "mart_complaint_category_month",
    "mart_complaint_day",
    "mart_complaint_cohort_month",
    "mart_contact_cell",
    "mart_contact_month",
    "mart_listed_change",
    "mart_stock_change",
    "mart_stock_change_month",
    "mart_household_month",
    "mart_reach_day",
    "mart_reach_month",
    "mart_capacity_month",
    "mart_stock_month",
    "mart_handling_month",
    "mart_handling_quantile_month",
    "mart_month",
    "mart_coverage_day",
    "mart_grid_last",
)


@dataclass
class _Touched:
    """What a build has found to be touched so far; None stands for everything. `before` is the data
    date and the first due day of the version that is built upon, None when all is built anew."""

    before: tuple[date | None, date | None] | None
    days: dict[str, frozenset[date] | None]
    reach: dict[str, frozenset[date]] = field(default_factory=dict)
    runs: tuple[Span, ...] | None = None
    remarks: list[str] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return self.before is None


def build(con: duckdb.DuckDBPyConnection, changed: Mapping[str, frozenset[date] | None]) -> None:
    """Bring facts and marts up to date with the logs and reference tables in `con`.

    `changed`: table → days whose rows were added, altered or taken away (both the old day and the
    new one of a row that moved), None for all of it; tables that are not named did not change. For
    `attendance` the days are those of the activities. Everything is rebuilt where a model is
    missing or the model files are not those that built it. Call it outside a transaction.
    """
    _prepare(con)
    models = load_models()
    before = None if _must_rebuild(con, models) else _as_of(con)
    touched = _Touched(
        before, {name: days for name, days in changed.items() if days is None or days}
    )
    for model in models:
        if touched.is_full or model.partition is None:
            _build_whole(con, model, touched)
        elif model.partition == "person":
            _build_persons(con, model, touched)
        else:
            _build_parts(con, model, touched)
        if model.name == "mart_as_of":
            _note_as_of(con, touched)
    # Many hundred remarks: with a transaction each they take as long as a day's file.
    con.execute("; ".join(["BEGIN", *touched.remarks, "COMMIT"]))
    con.execute("DROP TABLE IF EXISTS touched")
    con.execute("DROP TABLE IF EXISTS touched_person")
    con.execute("DELETE FROM model_book")
    con.execute("INSERT INTO model_book VALUES (?, ?)", [_META, models_hash()])


@cache
def load_models() -> tuple[Model, ...]:
    """All models in the order in which they are built."""
    return tuple(read_model(name) for name in ORDER)


def _prepare(con: duckdb.DuckDBPyConnection) -> None:
    # A long statement would draw its bar on standard output, into the middle of --json.
    con.execute("SET enable_progress_bar = false")
    dialect = (FOLDER / "dialect.sql").read_text(encoding="utf-8")
    for statement in dialect.split(";"):
        if statement.strip():
            con.execute(statement)
    con.execute("CREATE TABLE IF NOT EXISTS model_book (key VARCHAR, value VARCHAR)")
    con.execute("CREATE OR REPLACE TEMP TABLE touched (part DATE)")
    con.execute("CREATE OR REPLACE TEMP TABLE touched_person (person VARCHAR)")


def _must_rebuild(con: duckdb.DuckDBPyConnection, models: tuple[Model, ...]) -> bool:
    row = con.execute("SELECT value FROM model_book WHERE key = ?", [_META]).fetchone()
    present = {
        name
        for (name,) in con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()"
        ).fetchall()
    }
    return row != (models_hash(),) or any(model.name not in present for model in models)


def _as_of(con: duckdb.DuckDBPyConnection) -> tuple[date | None, date | None]:
    row = con.execute("SELECT data_date, first_due_on FROM mart_as_of").fetchone()
    return (row[0], row[1]) if row else (None, None)


def _note_as_of(con: duckdb.DuckDBPyConnection, touched: _Touched) -> None:
    """Days between the old and the new first and last date concern whatever depends on them."""
    before, after = touched.before, _as_of(con)
    if before is None:
        return
    if None in before or None in after:
        touched.days["mart_as_of"] = frozenset() if before == after else None
        return
    days: set[date] = set()
    for old, new in zip(before, after, strict=True):
        if old is not None and new is not None and old != new:
            days |= between(min(old, new), max(old, new))
    touched.days["mart_as_of"] = frozenset(days)


def _wanted(model: Model, touched: _Touched, horizon: date) -> frozenset[date] | None:
    """Days of `model` that are to be rebuilt; None for all."""
    days: set[date] = set()
    for read in model.reads:
        if read.passive or read.name not in touched.days:
            continue
        found = touched.days[read.name]
        if found is None:
            return None
        if read.by_reach:
            found = found | touched.reach.get(read.name, frozenset())
        if found and read.after is None:
            days |= between(min(found), max(horizon, *found))
        elif read.before or read.after:
            days |= spread(found, read.before, read.after or 0)
        else:
            days |= found
    return frozenset(days)


def _build_whole(con: duckdb.DuckDBPyConnection, model: Model, touched: _Touched) -> None:
    """Build a model that is not cut up, or all of one that is."""
    full = touched.is_full
    active = [touched.days.get(r.name, frozenset()) for r in model.reads if not r.passive]
    if not full and not any(
        touched.days.get(read.name, frozenset()) != frozenset() for read in model.reads
    ):
        return
    if model.changes and not full:
        con.execute(f"CREATE OR REPLACE TEMP TABLE was AS SELECT * FROM {quote(model.name)}")
    _create(con, model, touched)
    if model.changes and not full:
        touched.days[model.name] = _changed_dates(con, model, quote(model.name))
    # A model that is always rebuilt whole still tells the next ones no more than it was told.
    elif full or any(days is None for days in active):
        touched.days[model.name] = None
    else:
        touched.days[model.name] = frozenset(day for days in active if days for day in days)


def _create(con: duckdb.DuckDBPyConnection, model: Model, touched: _Touched) -> None:
    """Build all of a model, a run of months or a share of the persons at a time."""
    if touched.runs is None and model.partition:
        touched.runs = runs_of(con)
    runs = touched.runs or ()
    spans = person_spans(len(runs)) if model.partition == "person" else runs
    if model.partition is None:
        con.execute(f"CREATE OR REPLACE TABLE {quote(model.name)} AS {model.sql}")
    for at, span in enumerate(spans if model.partition else ()):
        put(con, span)
        into = "INSERT INTO {}" if at else "CREATE OR REPLACE TABLE {} AS"
        con.execute(f"{into.format(quote(model.name))} {span.sql(model.sql)}")
    touched.remarks.append(f"COMMENT ON TABLE {quote(model.name)} IS {text(model.grain)}")
    touched.remarks += [
        f"COMMENT ON COLUMN {quote(model.name)}.{quote(column)} IS {text(remark)}"
        for column, remark in model.columns
    ]


def _changed_dates(con: duckdb.DuckDBPyConnection, model: Model, now: str) -> frozenset[date]:
    """The dates of the rows by which the relation `now` differs from what it `was`."""
    dates = ", ".join(f"CAST({column} AS DATE)" for column in model.changes)
    rows = con.execute(
        f"SELECT DISTINCT unnest([{dates}]) FROM ("
        f"(SELECT * FROM was EXCEPT ALL SELECT * FROM {now}) UNION ALL "
        f"(SELECT * FROM {now} EXCEPT ALL SELECT * FROM was))"
    ).fetchall()
    con.execute("DROP TABLE was")
    return frozenset(day for (day,) in rows if day is not None)


def _build_parts(con: duckdb.DuckDBPyConnection, model: Model, touched: _Touched) -> None:
    """Build the touched parts of a model that is cut up by date."""
    data_date = _as_of(con)[0]
    days = _wanted(model, touched, data_date or _LAST)
    if days is None:
        _create(con, model, touched)
        touched.days[model.name] = None
        return
    parts = model.parts(days) | _stale_parts(con, model, touched, data_date)
    if not parts:
        return
    reach: frozenset[date] = frozenset()
    for span in spans_of(parts, by_month=model.is_by_month):
        put(con, span)
        reach |= _reach(con, model)
        con.execute(f"DELETE FROM {quote(model.name)} WHERE {model.where}")
        con.execute(f"INSERT INTO {quote(model.name)} {model.sql}")
        reach |= _reach(con, model)
    touched.days[model.name] = model.days(parts)
    touched.reach[model.name] = reach


def _moved(touched: _Touched, data_date: date | None) -> dict[str, date] | None:
    """The earlier and the later data date; None where it did not move."""
    old = touched.before[0] if touched.before else None
    if old is None or data_date is None or old == data_date:
        return None
    return {"since": min(old, data_date), "until": max(old, data_date)}


def _stale_parts(
    con: duckdb.DuckDBPyConnection, model: Model, touched: _Touched, data_date: date | None
) -> frozenset[date]:
    moved = _moved(touched, data_date)
    if model.stale is None or moved is None:
        return frozenset()
    sql = f"SELECT DISTINCT {model.part} FROM {quote(model.name)} WHERE {model.stale}"
    given = {name: day for name, day in moved.items() if f"${name}" in sql}
    return frozenset(part for (part,) in con.execute(sql, given).fetchall())


def _reach(con: duckdb.DuckDBPyConnection, model: Model) -> frozenset[date]:
    """The dates that the rows of the touched parts are filed under by later models; their persons
    are entered in `touched_person`."""
    found: set[date] = set()
    for expression in model.reach:
        rows = con.execute(
            f"SELECT DISTINCT {expression} FROM {quote(model.name)} WHERE {model.where}"
        ).fetchall()
        found |= {day for (day,) in rows if day is not None}
    if model.persons:
        con.execute(
            f"INSERT INTO touched_person SELECT DISTINCT person FROM {quote(model.name)}"
            f" WHERE {model.where} AND {model.persons}"
        )
    return frozenset(found)


def _build_persons(con: duckdb.DuckDBPyConnection, model: Model, touched: _Touched) -> None:
    """Build the rows of those persons whom a touched row or the moved data date concerns."""
    data_date, first_due_on = _as_of(con)
    sources = [touched.days.get(r.name, frozenset()) for r in model.reads if r.name != "mart_as_of"]
    before = touched.before or (None, None)
    # Before the first day on which contacts are due nothing counts: that can concern anybody.
    if None in sources or None in before or first_due_on != before[1] or data_date is None:
        if any(days is None or days for days in sources) or before != (data_date, first_due_on):
            _create(con, model, touched)
            touched.days[model.name] = None
        return
    moved = _moved(touched, data_date)
    if moved:
        given = {name: day for name, day in moved.items() if f"${name}" in model.moved}
        con.execute(f"INSERT INTO touched_person {model.moved}", given)
    name = quote(model.name)
    where = "person IN (SELECT person FROM touched_person)"
    con.execute(f"CREATE OR REPLACE TEMP TABLE was AS SELECT * FROM {name} WHERE {where}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE now_is AS {model.sql}")
    touched.days[model.name] = _changed_dates(con, model, "now_is")
    con.execute(f"DELETE FROM {name} WHERE {where}")
    con.execute(f"INSERT INTO {name} SELECT * FROM now_is")
    con.execute("DROP TABLE now_is")


def known_relations() -> frozenset[str]:
    """Every table that a model may read: the schema's and the models themselves."""
    return frozenset(TABLES) | frozenset(ORDER)
