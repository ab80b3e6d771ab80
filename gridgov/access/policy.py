"""What each role's connection holds: one rule per table, applied as views in the warehouse layer.

Levels, from most to least:

full        rows as published, inside the scope's grids: persons under their stored pseudonym,
            free text with its numbers already struck out
counted     rows in which nobody can be singled out: persons, households and record numbers are
            hashed with a salt that lives only as long as the server (distinct counts and joins
            inside one connection still work), free text is gone, moments are cut to the hour
deidentified  as `counted`, and colleagues are hashed too: what an analyst's SQL runs on
absent      the table is not there

Several roles add up: the highest level counts. The grid scope narrows every level alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from gridgov.access.roles import Identity, Role

__all__ = ["EVERYTHING", "Level", "Scope", "level_of", "scope_of", "view_sql"]


class Level(IntEnum):
    """How much of a table a scope sees; ordered."""

    ABSENT = 0
    DEIDENTIFIED = 1
    COUNTED = 2
    FULL = 3


@dataclass(frozen=True)
class Scope:
    """Whose eyes a connection has. `grid_ids` are roots of grid subtrees; empty means all grids.

    `unrestricted` is for commands run on the server itself and for tests; no log-in yields it.
    """

    roles: frozenset[Role] = frozenset()
    grid_ids: tuple[str, ...] = ()
    worker_id: str | None = None
    unrestricted: bool = field(default=False)

    @classmethod
    def everything(cls) -> Scope:
        return cls(unrestricted=True)

    @property
    def sees_persons(self) -> bool:
        """True when rows about single residents may be shown (under pseudonyms)."""
        return self.unrestricted or bool(self.roles & {Role.SUPERVISOR, Role.COMMITTEE})


EVERYTHING = Scope.everything()


def scope_of(identity: Identity) -> Scope:
    """The scope of a logged-in person.

    A supervisor's or worker's own account without any grid must not mean "all grids": it sees
    nothing until an administrator assigns one.
    """
    grid_ids = identity.grid_ids
    tied = {Role.SUPERVISOR, Role.WORKER}
    if not grid_ids and identity.roles and identity.roles <= tied:
        grid_ids = ("",)
    return Scope(identity.roles, grid_ids, identity.worker_id)


# Tables without anybody in them: stock, calendars, categories, marts.
_OPEN = frozenset(
    {
        "grid", "grid_month", "calendar", "activity_type", "complaint_category", "grid_closure",
        "fact_activity", "warehouse_meta", "model_day", "model_rollup",
    }
)  # fmt: skip
_COLLEAGUES = frozenset(
    {
        "worker", "tenure", "grid_holder", "fact_visit_worker", "fact_activity_worker",
    }
)  # fmt: skip
_RESIDENTS = frozenset(
    {
        "fact_visit", "fact_visit_flag", "fact_complaint", "fact_attendance",
        "fact_contact_period", "key_person", "household", "model_key_person",
        "fact_overdue_spell",
    }
)  # fmt: skip
_BOOKS = frozenset({"load_batch", "load_file"})
_CLERK_BOOKS = frozenset({"load_finding", "worker_alias"})

_RESIDENT_LEVEL: Mapping[Role, Level] = {
    Role.SUPERVISOR: Level.FULL,
    Role.COMMITTEE: Level.FULL,
    Role.LEADER: Level.COUNTED,
    Role.ANALYST: Level.DEIDENTIFIED,
}
_COLLEAGUE_LEVEL: Mapping[Role, Level] = {
    Role.SUPERVISOR: Level.FULL,
    Role.COMMITTEE: Level.FULL,
    Role.LEADER: Level.FULL,
    Role.ANALYST: Level.DEIDENTIFIED,
}
_READERS = frozenset({Role.LEADER, Role.SUPERVISOR, Role.COMMITTEE, Role.ANALYST})
# File names tell more than a notebook needs: an analyst's copy is without the books.
_BOOK_READERS = frozenset({Role.LEADER, Role.SUPERVISOR, Role.COMMITTEE, Role.CLERK})


def level_of(table: str, scope: Scope) -> Level:
    """How much of `table` the scope sees. A table that no rule names is absent."""
    if scope.unrestricted:
        return Level.FULL
    if table in _RESIDENTS or (table.startswith("mart_") and "household" in table):
        return _highest(_RESIDENT_LEVEL, scope.roles)
    if table in _COLLEAGUES:
        return _highest(_COLLEAGUE_LEVEL, scope.roles)
    if table in _OPEN or table.startswith("mart_"):
        return Level.FULL if scope.roles & (_READERS | {Role.CLERK}) else Level.ABSENT
    if table in _BOOKS:
        return Level.FULL if scope.roles & _BOOK_READERS else Level.ABSENT
    if table in _CLERK_BOOKS:
        return Level.FULL if Role.CLERK in scope.roles else Level.ABSENT
    return Level.ABSENT


def _highest(levels: Mapping[Role, Level], roles: Iterable[Role]) -> Level:
    return max((levels.get(role, Level.ABSENT) for role in roles), default=Level.ABSENT)


_HASHED = frozenset(
    {"household", "person", "visit_id", "complaint_id", "building", "household_key", "person_key"}
)
_DROPPED = frozenset({"note", "content", "reply", "grid_text", "worker_text", "purpose_text"})
_HASHED_COLLEAGUE = frozenset({"worker_id", "holder_id"})
# Where a row stood in which file would lead whoever has the file back to the person.
_LINEAGE = frozenset({"batch_id", "file_id", "row_number"})
_MASKED_NAME = {("worker", "name")}


def view_sql(
    table: str,
    columns: Sequence[tuple[str, str]],
    scope: Scope,
    *,
    source: str,
    salt: str,
) -> str | None:
    """The SELECT that stands for `table` in the scope's connection, or None where it is absent.

    `columns` are (name, DuckDB type) of the published table, `source` the qualified name of the
    catalogue it lies in, `salt` a random text that lives as long as the connection. Identifiers
    come from the published file's own catalogue; grid ids are quoted as literals because a view
    takes no parameters.
    """
    level = level_of(table, scope)
    if level is Level.ABSENT:
        return None
    chosen = ", ".join(
        _expression(table, name, kind, _column_level(table, name, level, scope), salt)
        for name, kind in columns
    )
    select = f'SELECT {chosen} FROM {source}."{table}"'
    names = {name for name, _ in columns}
    if scope.grid_ids and "home_grid_id" in names:
        # A visitor's home lies in a grid that is none of this scope's business.
        select = select.replace('"home_grid_id"', _HOME.format(inside=_inside(scope, source)), 1)
    if scope.grid_ids and "grid_id" in names:
        inside = _inside(scope, source)
        select += f" WHERE grid_id IN {inside}"
        if table in _TREES:
            # "*" stands for all that this connection holds.
            select += f" AND (ancestor_id = '*' OR ancestor_id IN {inside})"
    elif scope.grid_ids and table in {"worker"}:
        select += (
            f" WHERE worker_id IN (SELECT worker_id FROM {source}.tenure WHERE grid_id IN"
            f" {_inside(scope, source)})"
        )
    elif scope.grid_ids and table in _SCOPED_BY:
        other, key = _SCOPED_BY[table]
        select += (
            f" WHERE {key} IN (SELECT {key} FROM {source}.{other} WHERE grid_id IN"
            f" {_inside(scope, source)})"
        )
    elif scope.grid_ids and table in _WHOLE_WAREHOUSE:
        select += " WHERE false"
    return select


# A record's number must read alike in both of its tables, or nothing joins, and no better in one.
_NUMBERED_BY = {("fact_visit_worker", "visit_id"): "fact_visit"}


def _column_level(table: str, name: str, level: Level, scope: Scope) -> Level:
    """The level of one column: the table's, or a lower one of the table whose key it is."""
    other = _NUMBERED_BY.get((table, name))
    return level if other is None else min(level, level_of(other, scope))


_HOME = 'CASE WHEN "home_grid_id" IN {inside} THEN "home_grid_id" END AS "home_grid_id"'


def _inside(scope: Scope, source: str) -> str:
    roots = ", ".join(_literal(grid_id) for grid_id in scope.grid_ids)
    return f"(SELECT grid_id FROM {source}.grid_closure WHERE ancestor_id IN ({roots}))"


# Upper grids outside the scope are no business of it either.
_TREES = frozenset({"grid_closure", "model_rollup"})
# Tables without a grid column follow the record that they belong to.
_SCOPED_BY = {
    "fact_visit_worker": ("fact_visit", "visit_id"),
    "fact_activity_worker": ("fact_activity", "activity_id"),
}
# Books that would tell of other grids' files.
_WHOLE_WAREHOUSE = frozenset({"load_finding"})


def _expression(table: str, name: str, kind: str, level: Level, salt: str) -> str:
    quoted = f'"{name}"'
    if level is Level.FULL:
        return quoted
    if name in _DROPPED:
        return f"CAST(NULL AS {kind}) AS {quoted}"
    if name in _LINEAGE and level is Level.DEIDENTIFIED:
        return f"CAST(NULL AS {kind}) AS {quoted}"
    hide = name in _HASHED or (level is Level.DEIDENTIFIED and name in _HASHED_COLLEAGUE)
    if hide:
        mark = _literal(f"{salt}:{'worker' if name in _HASHED_COLLEAGUE else name}")
        return (
            f"CASE WHEN {quoted} IS NULL THEN NULL "
            f"ELSE substr(md5({mark} || CAST({quoted} AS VARCHAR)), 1, 16) END AS {quoted}"
        )
    if level is Level.DEIDENTIFIED and (table, name) in _MASKED_NAME:
        return f"concat(substr({quoted}, 1, 1), '**') AS {quoted}"
    if kind.startswith("TIMESTAMP"):
        return f"date_trunc('hour', {quoted}) AS {quoted}"
    return quoted


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
