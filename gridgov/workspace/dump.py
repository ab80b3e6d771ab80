"""The workspace as plain lines of JSON: what a backup holds and a restore reads.

The same lines from SQLite and PostgreSQL, so that a backup of one can be restored into the other.
Sessions and throttles are left out: a restore must not bring back old log-ins.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Date, DateTime, Engine, Table, func, insert, select, text

from gridgov.errors import WorkspaceError
from gridgov.locale import _
from gridgov.workspace.engine import writing
from gridgov.workspace.migrate import current_revision
from gridgov.workspace.tables import login_throttle, metadata, session

__all__ = ["dump", "is_empty", "load"]

_LEFT_OUT = frozenset({session.name, login_throttle.name})
_BATCH = 500


def dump(engine: Engine) -> Iterator[str]:
    """One JSON line for the revision, then one a row, all from one moment."""
    options = {"isolation_level": "REPEATABLE READ"} if _is_server(engine) else {}
    with engine.connect().execution_options(**options) as connection:
        yield json.dumps({"revision": current_revision(connection)})
        for table in _tables():
            found = connection.execute(select(table).order_by(*table.primary_key.columns))
            for row in found.mappings():
                values = {name: _plain(value) for name, value in row.items()}
                yield json.dumps({"table": table.name, "row": values}, ensure_ascii=False)


def is_empty(engine: Engine) -> bool:
    """Whether nothing has been written yet, apart from the server's own key."""
    with engine.connect() as connection:
        return not any(
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in _tables()
            if table.name != "setting"
        )


def load(engine: Engine, lines: Iterable[str]) -> int:
    """Put the rows of a dump into an empty workspace; returns how many. All or nothing.

    Raises `WorkspaceError` when there is something in it, or the dump is of another revision.
    """
    rows = iter(lines)
    found = json.loads(next(rows, "{}")).get("revision")
    tables = {table.name: table for table in _tables()}
    count = 0
    with writing(engine) as connection:
        if found != current_revision(connection):
            raise WorkspaceError(
                _("备份的工作库版本是 {found}，请用写备份的那一版程序恢复后再升级", found=found)
            )
        if not is_empty(engine):
            raise WorkspaceError(_("工作库已有内容，只能恢复到空的工作库"))
        connection.execute(tables["setting"].delete())
        for name, batch in _batches(rows):
            table = tables[name]
            connection.execute(insert(table), [_typed(table, values) for values in batch])
            count += len(batch)
        if _is_server(engine):
            _move_sequences(connection)
    return count


def _tables() -> list[Table]:
    return [table for table in metadata.sorted_tables if table.name not in _LEFT_OUT]


def _is_server(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"


def _batches(lines: Iterator[str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    name, batch = "", list[dict[str, Any]]()
    for line in lines:
        if not line.strip():
            continue
        entry = json.loads(line)
        if batch and (entry["table"] != name or len(batch) == _BATCH):
            yield name, batch
            batch = []
        name = entry["table"]
        batch.append(entry["row"])
    if batch:
        yield name, batch


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _typed(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    typed = dict(values)
    for column in table.columns:
        value = typed.get(column.name)
        if value is None:
            continue
        if isinstance(column.type, DateTime):
            typed[column.name] = datetime.fromisoformat(value)
        elif isinstance(column.type, Date):
            typed[column.name] = date.fromisoformat(value)
    return typed


def _move_sequences(connection: Connection) -> None:
    """Let new rows count on after the restored ones."""
    for table in _tables():
        if "id" in table.columns and table.columns["id"].autoincrement is True:
            quoted = connection.dialect.identifier_preparer.format_table(table)
            connection.execute(
                text(
                    "SELECT setval(pg_get_serial_sequence(:name, 'id'), "
                    f"coalesce((SELECT max(id) FROM {quoted}), 0) + 1, false)"
                ),
                {"name": quoted},
            )
