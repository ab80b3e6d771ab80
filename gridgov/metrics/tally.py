"""Which relation answers a question: the coarsest mart that can, else the facts.

A metric's file reads a relation called `tally`; this is it. Every identifier comes from the tables
below; every value is a parameter.
"""

from __future__ import annotations

from collections.abc import Set

from gridgov.metrics.grids import ALL
from gridgov.metrics.metric import Source
from gridgov.metrics.question import Question
from gridgov.warehouse import sql_text

__all__ = [
    "handling_months_sql",
    "has_all_months",
    "is_few",
    "is_plain",
    "months_sql",
    "stock_months_sql",
    "tally_sql",
    "units_sql",
    "where_sql",
]

# Split columns that the monthly roll-ups of each source keep.
_MONTHLY: dict[Source, tuple[str, ...]] = {
    "visit": (),
    "complaint": (),
    "activity": ("type", "pillar"),
    "contact": ("tier",),
}
_BY_CATEGORY = ("category",)
# Have a monthly mart with all splits, for upper grids.
_SPLIT: dict[Source, tuple[str, ...]] = {
    "visit": ("person_category", "mode", "tier"),
    "complaint": ("category", "source", "nature"),
}
_DAILY = frozenset({"visit", "complaint"})  # have a daily roll-up for upper grids

# Of so few units all months are read at once: the period, the one it is compared with and the
# history behind both are then one statement, and a page asks for all three.
_FEW_UNITS = 40

# A single grid is compared directly: the engine plans that in half the time of a list.
_ONE_UNIT = "= $unit"
_MANY_UNITS = "IN (SELECT unnest($units::VARCHAR[]))"


def units_sql(question: Question) -> str:
    """The right side of a comparison with the question's units."""
    return _one_or_many(question.units)


def _one_or_many(units: tuple[str, ...]) -> str:
    return _ONE_UNIT if len(units) == 1 else _MANY_UNITS


def where_sql(question: Question) -> str:
    """The question's filters as a condition."""
    tests = [f"{name} IN (SELECT unnest($only_{name}::VARCHAR[]))" for name in question.where]
    return " AND ".join(tests) or "true"


def is_few(question: Question) -> bool:
    """Whether the units are so few that all months of them are read at once."""
    return len(question.units) <= _FEW_UNITS


def is_plain(source: Source, question: Question) -> bool:
    """Whether the rows of a monthly mart can be read as they are, without adding up in SQL."""
    found = _month_table(source, question)
    if found is None or question.selects_by:
        return False
    if found[1] in _SPLIT.values():
        return len(question.units) == 1
    return is_few(question) or (source != "activity" and found[1] != _BY_CATEGORY)


def _month_table(source: Source, question: Question) -> tuple[str, tuple[str, ...]] | None:
    """The smallest monthly mart that has the question's splits, and what it keeps besides."""
    if not question.is_aligned or source not in _MONTHLY:
        return None
    if question.splits <= set(_MONTHLY[source]):
        return f"mart_{source}_month", _MONTHLY[source]
    if source == "complaint" and question.splits <= set(_BY_CATEGORY) and _are_upper(question):
        return "mart_complaint_category_month", _BY_CATEGORY
    if question.splits <= set(_SPLIT.get(source, ())) and _are_upper(question):
        return f"mart_{source}_split_month", _SPLIT[source]
    return None


def _are_upper(question: Question) -> bool:
    return all(question.tree.is_upper(unit) for unit in question.units)


def months_sql(source: Source, question: Question, columns: tuple[str, ...]) -> str:
    """Rows of a monthly mart as they are: month, grid_id, what it keeps, `columns`.

    Of a few units every month and every column, whatever the question: so that others that follow
    find the same answer kept. Raises ValueError where no such mart answers (see `is_plain`).
    """
    found = _month_table(source, question)
    if found is None:
        raise ValueError(f"no monthly mart of {source} has {sorted(question.splits)}")
    table, kept = found
    if _is_whole(kept, question):
        return f"SELECT * FROM {table} WHERE grid_id {units_sql(question)}"
    listed = ", ".join(("month", "grid_id", *kept, *columns))
    return (
        f"SELECT {listed} FROM {table}"
        f" WHERE month BETWEEN $from_day AND $to_day AND grid_id {units_sql(question)}"
    )


def has_all_months(source: Source, question: Question) -> bool:
    """Whether `months_sql` gives every month of the place, whatever the period."""
    found = _month_table(source, question)
    return is_plain(source, question) and found is not None and _is_whole(found[1], question)


def _is_whole(kept: tuple[str, ...], question: Question) -> bool:
    # Of several grids the categories are ten times as many rows, and asked for but once a page.
    return is_few(question) and (kept != _BY_CATEGORY or len(question.units) == 1)


def stock_months_sql(question: Question, kinds: Set[tuple[str, str] | None]) -> str:
    """Every month's changes of a few units; of upper ones those of cases are held."""
    table = "mart_stock_change_month"
    if kinds == {("kind", "case")} and _are_upper(question):
        table = "held_case_change"
    return (
        f"SELECT month AS on_date, grid_id, kind, part, change FROM {table}"
        f" WHERE grid_id {units_sql(question)}"
    )


def handling_months_sql(units: tuple[str, ...]) -> str:
    """Closed and open cases by month and hours; of a single grid every month of all."""
    if len(units) == 1:
        return (
            "SELECT month, grid_id, hours, is_closed, cases, instant FROM mart_handling_month"
            f" WHERE grid_id {_ONE_UNIT}"
        )
    return _from_month("mart_handling_month", units)


def tally_sql(source: Source, question: Question) -> str:
    """The relation that metrics of `source` read."""
    if source == "grid":
        return (
            "SELECT m.unit_id AS grid_id, g.level, g.has_party_organisation,"
            " coalesce(g.valid_from, DATE '1900-01-01') AS since_on,"
            " coalesce(g.valid_to, DATE '9999-12-31') AS until_on"
            f" FROM grid AS g JOIN {_members(question)} ON m.grid_id = g.grid_id"
        )
    if source == "stock":
        return _stock(question)
    if source == "reach":
        return _reach(question)
    if source == "case":
        return _case(question)
    if source == "item":
        return _from_cells("mart_activity_item", question)
    if "worker" in question.splits:
        return _from_cells(_file(f"metrics/worker_{source}.sql"), question)
    return _mart(source, question)


def _mart(source: Source, question: Question) -> str:
    splits, are_upper = question.splits, _are_upper(question)
    monthly = _month_table(source, question)
    if monthly is not None:
        return _from_month(monthly[0], question.units)
    if not splits and source in _DAILY and are_upper:
        return (
            f"SELECT * FROM mart_{source}_day"
            f" WHERE on_date BETWEEN $from_day AND $to_day AND grid_id {units_sql(question)}"
        )
    return _from_cells(f"mart_{source}_cell", question)


def _stock(question: Question) -> str:
    if question.ends_aligned:
        return (
            "SELECT month AS on_date, grid_id, kind, part, change FROM mart_stock_change_month"
            f" WHERE month <= $to_day AND grid_id {units_sql(question)}"
        )
    return (
        "SELECT * FROM mart_stock_change"
        f" WHERE on_date <= $to_day AND grid_id {units_sql(question)}"
    )


def _from_month(table: str, units: tuple[str, ...]) -> str:
    return (
        f"SELECT month AS on_date, * EXCLUDE (month) FROM {table}"
        f" WHERE month BETWEEN $from_day AND $to_day AND grid_id {_one_or_many(units)}"
    )


def _from_cells(relation: str, question: Question) -> str:
    """Rows of single grids under the unit that each belongs to; unknown grids belong to all."""
    days = "on_date BETWEEN $from_day AND $to_day"
    if question.units == (ALL,):
        return f"SELECT '{ALL}' AS grid_id, * EXCLUDE (grid_id) FROM {relation} AS c WHERE {days}"
    return (
        f"SELECT m.unit_id AS grid_id, c.* EXCLUDE (grid_id) FROM {relation} AS c"
        f" JOIN {_members(question)} ON m.grid_id = c.grid_id WHERE {days}"
    )


def _members(question: Question) -> str:
    if question.units == (ALL,):
        return f"(SELECT '{ALL}' AS unit_id, grid_id FROM grid) AS m"
    return (
        "(SELECT ancestor_id AS unit_id, grid_id FROM grid_closure"
        f" WHERE ancestor_id {units_sql(question)}) AS m"
    )


def _file(name: str) -> str:
    return f"(\n{sql_text(name)}\n)"


def _reach(question: Question) -> str:
    is_one_part = (
        not question.where or len(question.where["pillar"]) == 1 or "pillar" in question.by
    )
    if question.starts_a_month and is_one_part:
        part = "pillar <> ''" if "pillar" in question.splits else "pillar = ''"
        chosen = "month AS on_date" if question.is_aligned else "first_on AS on_date"
        table = "mart_reach_month" if question.is_aligned else "mart_reach_day"
        return (
            f"SELECT grid_id, kind, pillar, {chosen}, prev_month, households"
            f" FROM {table} WHERE month BETWEEN $from_day AND $to_day"
            f" AND grid_id {units_sql(question)} AND {part}"
        )
    inside = f" AND {where_sql(question)}" if question.where else ""
    kept = "pillar" if "pillar" in question.by else "max(pillar) AS pillar"
    grouped = ", pillar" if "pillar" in question.by else ""
    events = _from_cells(_file("metrics/reach_event.sql"), question)
    # Here a row is made once per bucket: nothing before it can have counted the household.
    return (
        f"SELECT grid_id, kind, {kept}, min(on_date) AS on_date, NULL::DATE AS prev_month,"
        f" 1 AS households FROM ({events}) AS event"
        " JOIN span AS s ON event.on_date BETWEEN s.from_on AND s.to_on"
        f" WHERE true{inside} GROUP BY grid_id, kind, household, s.bucket{grouped}"
    )


def _case(question: Question) -> str:
    if question.is_aligned and not question.splits:
        return handling_months_sql(question.units)
    return _from_cells(_file("metrics/case_event.sql"), question)
