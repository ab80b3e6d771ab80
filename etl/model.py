"""Builds facts and marts from the logs inside a version that is about to be published.

Every model is a `SELECT` in `etl/models/<name>.sql` whose header says what a row is, what it reads
and by which date it is cut up. A load rebuilds only the parts that it touched (DELETE, then
INSERT); whatever a changed reference table feeds is rebuilt whole. The result equals a rebuild
from nothing, which a property test checks.

Header lines of a model::

    -- grain: …                      what a row is
    -- partition: on_date | month | period_start | month of on_date     (absent: always whole)
    -- reads: visit, complaint[-8,0], fact_visit*, mart_as_of~
             x[a,b]  a day of x concerns the days from a before to b after ("all": to the end)
             x*      also the days that its `reach` dates name
             x~      read for a value that alone spoils nothing already built
    -- reach: date expressions of this model's rows that later models file them under
    -- changes: date columns of a model without parts: after it is built, the dates of the rows that
             came, went or differ are all that is touched of it
    -- stale: rows for which this holds are rebuilt when the data date moves ($since: the older one)
    -- @column description           becomes the column's comment
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import duckdb

from etl.ddl import quote, text
from gridgov.schema import TABLES

__all__ = ["ORDER", "Model", "Read", "build", "load_models", "models_hash"]

_FOLDER = Path(__file__).with_name("models")
_META = "model_hash"
_LAST = date(2199, 12, 31)
_FIRST = date(1900, 1, 1)

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
    "mart_complaint_day",
    "mart_complaint_cohort_month",
    "mart_contact_cell",
    "mart_contact_month",
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


@dataclass(frozen=True)
class Read:
    """One relation that a model reads, and how far a touched day of it reaches."""

    name: str
    before: int = 0
    after: int | None = 0  # None: to the end of the data
    by_reach: bool = False
    passive: bool = False


@dataclass(frozen=True)
class Model:
    """One model file, read."""

    name: str
    sql: str
    grain: str
    partition: str | None
    reads: tuple[Read, ...]
    reach: tuple[str, ...]
    stale: str | None
    changes: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]

    @property
    def part(self) -> str:
        """The SQL that gives a row's part."""
        if self.partition == "month of on_date":
            return "CAST(date_trunc('month', on_date) AS DATE)"
        return self.partition or ""

    def parts(self, days: frozenset[date]) -> frozenset[date]:
        """The parts that these days lie in."""
        if self.partition == "on_date":
            return days
        if self.partition == "period_start":
            return frozenset(start for day in days for start in _period_starts(day))
        return frozenset(day.replace(day=1) for day in days)

    def days(self, parts: frozenset[date]) -> frozenset[date]:
        """The days that a rebuilt part stands for, for whatever reads this model."""
        if self.partition in ("month", "month of on_date"):
            return frozenset(day for part in parts for day in _month(part))
        return parts


@dataclass
class _Touched:
    """What a build has found to be touched so far. None stands for everything."""

    days: dict[str, frozenset[date] | None] = field(default_factory=dict)
    reach: dict[str, frozenset[date]] = field(default_factory=dict)


def build(con: duckdb.DuckDBPyConnection, changed: Mapping[str, frozenset[date] | None]) -> None:
    """Bring facts and marts up to date with the logs and reference tables in `con`.

    `changed`: table → days whose rows were added, altered or taken away (both the old day and the
    new one of a row that moved), None for all of it; tables that are not named did not change. For
    `attendance` the days are those of the activities. Everything is rebuilt where a model is
    missing or the model files are not those that built it. Neither begins nor ends a transaction.
    """
    _prepare(con)
    models = load_models()
    full = _must_rebuild(con, models)
    before = None if full else _as_of(con)
    touched = _Touched({name: days for name, days in changed.items() if days is None or days})
    for model in models:
        if full or model.partition is None:
            _build_whole(con, model, touched, full=full)
        else:
            _build_parts(con, model, touched, before)
        if model.name == "mart_as_of" and not full:
            _note_as_of(con, before, touched)
    con.execute("DROP TABLE IF EXISTS touched")
    con.execute("DELETE FROM model_book")
    con.execute("INSERT INTO model_book VALUES (?, ?)", [_META, models_hash()])


@cache
def load_models() -> tuple[Model, ...]:
    """All models in the order in which they are built."""
    return tuple(_read_model(name) for name in ORDER)


@cache
def models_hash() -> str:
    """Changes when any model file changes."""
    mark = hashlib.sha256()
    for path in sorted(_FOLDER.glob("*.sql")):
        mark.update(path.name.encode() + b"\0" + path.read_bytes())
    return mark.hexdigest()[:16]


def _read_model(name: str) -> Model:
    sql = (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    header = dict(
        re.findall(r"^-- (grain|partition|reads|reach|stale|changes): (.+)$", sql, re.MULTILINE)
    )
    return Model(
        name=name,
        sql=sql,
        grain=header["grain"],
        partition=header.get("partition"),
        reads=tuple(
            _read(item) for item in re.findall(r"[^,\s\[]+(?:\[[^\]]*\])?", header["reads"])
        ),
        reach=tuple(re.split(r", (?![^(]*\))", header["reach"])) if "reach" in header else (),
        stale=header.get("stale"),
        changes=tuple(header["changes"].split(", ")) if "changes" in header else (),
        columns=tuple(re.findall(r"^-- @(\w+) (.+)$", sql, re.MULTILINE)),
    )


def _read(item: str) -> Read:
    found = re.fullmatch(r"(\w+)(?:\[(-?\d+),(all|\d+)\])?([*~]?)", item)
    if found is None:
        raise ValueError(f"model header: {item}")
    name, before, after, mark = found.groups()
    return Read(
        name=name,
        before=-int(before or 0),
        after=None if after == "all" else int(after or 0),
        by_reach=mark == "*",
        passive=mark == "~",
    )


def _prepare(con: duckdb.DuckDBPyConnection) -> None:
    # A long statement would draw its bar on standard output, into the middle of --json.
    con.execute("SET enable_progress_bar = false")
    dialect = (_FOLDER / "dialect.sql").read_text(encoding="utf-8")
    for statement in dialect.split(";"):
        if statement.strip():
            con.execute(statement)
    con.execute("CREATE TABLE IF NOT EXISTS model_book (key VARCHAR, value VARCHAR)")
    con.execute("CREATE OR REPLACE TEMP TABLE touched (part DATE)")


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


def _note_as_of(
    con: duckdb.DuckDBPyConnection,
    before: tuple[date | None, date | None] | None,
    touched: _Touched,
) -> None:
    """Days between the old and the new first and last date concern whatever depends on them."""
    after = _as_of(con)
    if before is None or None in before or None in after:
        touched.days["mart_as_of"] = frozenset() if before == after else None
        return
    days: set[date] = set()
    for old, new in zip(before, after, strict=True):
        if old is not None and new is not None and old != new:
            days |= _between(min(old, new), max(old, new))
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
            days |= _between(min(found), max(horizon, *found))
        elif read.before or read.after:
            days |= _spread(found, read.before, read.after or 0)
        else:
            days |= found
    return frozenset(days)


def _build_whole(
    con: duckdb.DuckDBPyConnection, model: Model, touched: _Touched, *, full: bool
) -> None:
    if not full and not any(
        touched.days.get(read.name, frozenset()) != frozenset() for read in model.reads
    ):
        return
    if model.changes and not full:
        con.execute(f"CREATE OR REPLACE TEMP TABLE was AS SELECT * FROM {quote(model.name)}")
    _fill_touched(con, None)
    con.execute(f"CREATE OR REPLACE TABLE {quote(model.name)} AS {model.sql}")
    _comment(con, model)
    if model.changes and not full:
        touched.days[model.name] = _changed_dates(con, model)
        return
    active = [touched.days.get(r.name, frozenset()) for r in model.reads if not r.passive]
    # A model that is always rebuilt whole still tells the next ones no more than it was told.
    if full or any(days is None for days in active):
        touched.days[model.name] = None
    else:
        touched.days[model.name] = frozenset(day for days in active if days for day in days)


def _changed_dates(con: duckdb.DuckDBPyConnection, model: Model) -> frozenset[date]:
    """The dates of the rows by which the model differs from what it `was`."""
    now = quote(model.name)
    dates = ", ".join(f"CAST({column} AS DATE)" for column in model.changes)
    rows = con.execute(
        f"SELECT DISTINCT unnest([{dates}]) FROM ("
        f"(SELECT * FROM was EXCEPT ALL SELECT * FROM {now}) UNION ALL "
        f"(SELECT * FROM {now} EXCEPT ALL SELECT * FROM was))"
    ).fetchall()
    con.execute("DROP TABLE was")
    return frozenset(day for (day,) in rows if day is not None)


def _build_parts(
    con: duckdb.DuckDBPyConnection,
    model: Model,
    touched: _Touched,
    before: tuple[date | None, date | None] | None,
) -> None:
    data_date = _as_of(con)[0]
    days = _wanted(model, touched, data_date or _LAST)
    if days is None:
        _fill_touched(con, None)
        con.execute(f"CREATE OR REPLACE TABLE {quote(model.name)} AS {model.sql}")
        _comment(con, model)
        touched.days[model.name] = None
        return
    parts = model.parts(days) | _stale_parts(con, model, before, data_date)
    if not parts:
        return
    _fill_touched(con, parts)
    reach = _reach(con, model)
    con.execute(f"DELETE FROM {quote(model.name)} WHERE {model.part} IN (SELECT part FROM touched)")
    con.execute(f"INSERT INTO {quote(model.name)} {model.sql}")
    touched.days[model.name] = model.days(parts)
    touched.reach[model.name] = reach | _reach(con, model)


def _stale_parts(
    con: duckdb.DuckDBPyConnection,
    model: Model,
    before: tuple[date | None, date | None] | None,
    data_date: date | None,
) -> frozenset[date]:
    old = before[0] if before else None
    if model.stale is None or old == data_date or old is None or data_date is None:
        return frozenset()
    sql = f"SELECT DISTINCT {model.part} FROM {quote(model.name)} WHERE {model.stale}"
    since = {"since": min(old, data_date)} if "$since" in model.stale else {}
    return frozenset(part for (part,) in con.execute(sql, since).fetchall())


def _reach(con: duckdb.DuckDBPyConnection, model: Model) -> frozenset[date]:
    """The dates that the rows of the touched parts are filed under by later models."""
    found: set[date] = set()
    for expression in model.reach:
        rows = con.execute(
            f"SELECT DISTINCT {expression} FROM {quote(model.name)}"
            f" WHERE {model.part} IN (SELECT part FROM touched)"
        ).fetchall()
        found |= {day for (day,) in rows if day is not None}
    return frozenset(found)


def _fill_touched(con: duckdb.DuckDBPyConnection, parts: frozenset[date] | None) -> None:
    con.execute("DELETE FROM touched")
    if parts is None:
        con.execute(
            "INSERT INTO touched SELECT CAST(day AS DATE)"
            " FROM generate_series(?::DATE, ?::DATE, INTERVAL 1 DAY) AS s (day)",
            [_FIRST, _LAST],
        )
        return
    con.execute("INSERT INTO touched SELECT unnest(?::DATE[])", [sorted(parts)])


def _comment(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    con.execute(f"COMMENT ON TABLE {quote(model.name)} IS {text(model.grain)}")
    for column, remark in model.columns:
        target = f"{quote(model.name)}.{quote(column)}"
        con.execute(f"COMMENT ON COLUMN {target} IS {text(remark)}")


def _period_starts(day: date) -> tuple[date, date, date]:
    week = day - timedelta(days=day.weekday())
    month = day.replace(day=1)
    return week, month, month.replace(month=(month.month - 1) // 3 * 3 + 1)


def _month(first: date) -> frozenset[date]:
    following = (first + timedelta(days=32)).replace(day=1)
    return _between(first, following - timedelta(days=1))


def _between(start: date, end: date) -> frozenset[date]:
    return frozenset(start + timedelta(days=i) for i in range((end - start).days + 1))


def _spread(days: frozenset[date], before: int, after: int) -> frozenset[date]:
    return frozenset(day + timedelta(days=i) for day in days for i in range(-before, after + 1))


def known_relations() -> frozenset[str]:
    """Every table that a model may read: the schema's and the models themselves."""
    return frozenset(TABLES) | frozenset(ORDER)
