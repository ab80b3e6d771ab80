"""What the SQL page remembers between runs: the text, its parameters, the query, the history."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from gridgov.access.sessions import actor_of
from gridgov.clock import now
from gridgov.errors import QueryError
from gridgov.explore.result import SqlResult
from gridgov.explore.sandbox_job import SqlJob
from gridgov.ui.view import View, workspace
from gridgov.warehouse import Version
from gridgov.workspace import audit
from gridgov.workspace.engine import writing
from gridgov.workspace.preference import read_preferences, set_preference

__all__ = [
    "Finished",
    "Past",
    "finish",
    "history",
    "owner_of",
    "put_text",
    "running_job",
    "start",
    "text_and_stamp",
]

_TEXT, _STAMP, _JOB, _DONE = "sql_text", "sql_stamp", "sql_job", "sql_done"
_HISTORY, _OWNER = "sql_history", "sql_owner"
_KEPT, _LONGEST_KEPT = 20, 4000


@dataclass(frozen=True)
class Past:
    """One query of the history; `rows` None where it gave none."""

    sql: str
    at: str
    rows: int | None
    seconds: float


@dataclass(frozen=True)
class Finished:
    """A query that has ended: its answer, or the sentence that ended it, and the data it ran on."""

    sql: str
    parameters: Mapping[str, object]
    database: Path
    version: Version
    result: SqlResult | None
    error: str


def text_and_stamp(first: str) -> tuple[str, int]:
    """What the page last put into the editor, and how often it has done so."""
    text = str(st.session_state.setdefault(_TEXT, first))
    return text, int(st.session_state.setdefault(_STAMP, 0))


def put_text(text: str, parameters: Mapping[str, str] | None = None) -> None:
    """Put a text into the editor (an example, the history, a saved query)."""
    st.session_state[_TEXT] = text
    st.session_state[_STAMP] = int(st.session_state.get(_STAMP, 0)) + 1
    for name, value in (parameters or {}).items():
        st.session_state[f"sql_param_{name}"] = value


def owner_of(view: View) -> str:
    """Who holds the places of running queries: a person, or one window of the demo."""
    if not view.identity.demo:
        return f"user-{view.identity.user_id}"
    return str(st.session_state.setdefault(_OWNER, f"demo-{secrets.token_hex(8)}"))


def running_job() -> SqlJob | None:
    """The query that runs, if one does."""
    job = st.session_state.get(_JOB)
    return job if isinstance(job, SqlJob) else None


def start(
    view: View, database: Path, sql: str, parameters: Mapping[str, object], lead: int = 0
) -> SqlJob:
    """Record the query and begin it; `lead`: characters before the person's own text."""
    version = view.reader.version
    _record(version, view, "sql.run", sql, {"parameters": _plain(parameters)})
    job = SqlJob(database, sql, parameters=parameters, owner=owner_of(view), lead=lead).start()
    st.session_state[_JOB] = job
    st.session_state["sql_call"] = (sql, dict(parameters), database, version)
    return job


def _plain(parameters: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in parameters.items()}


def _record(
    version: Version,
    view: View,
    action: str,
    sql: str,
    more: Mapping[str, Any],
    rows: int | None = None,
) -> None:
    first = next((line.strip() for line in sql.splitlines() if line.strip()), "")
    detail = {"sql": sql, "version": version.number, **more}
    with writing(workspace()) as connection:
        audit.record(connection, actor_of(view.identity), action, first, detail, rows)


def finish(view: View) -> Finished | None:
    """The query that ended last; a query that has just ended is recorded and remembered."""
    job = running_job()
    if job is not None and job.poll() not in ("new", "running"):
        sql, parameters, database, version = st.session_state["sql_call"]
        result, sentence = _outcome(job)
        st.session_state[_DONE] = Finished(sql, parameters, database, version, result, sentence)
        st.session_state[_JOB] = None
        rows = None if result is None else result.row_count
        more = {"outcome": job.poll(), "seconds": round(job.elapsed_seconds, 3)}
        _record(version, view, "sql.result", sql, more, rows)
        _remember(view, Past(sql, now().isoformat(), rows, job.elapsed_seconds))
    found = st.session_state.get(_DONE)
    return found if isinstance(found, Finished) else None


def _outcome(job: SqlJob) -> tuple[SqlResult | None, str]:
    try:
        return job.result(), ""
    except QueryError as error:
        return None, str(error)


def history(view: View) -> tuple[Past, ...]:
    """The newest queries first: a person's own from the workspace, the demo's of this session."""
    if view.identity.demo:
        return tuple(st.session_state.get(_HISTORY, ()))
    stored = read_preferences(workspace(), view.identity.user_id).get(_HISTORY, "[]")
    try:
        return tuple(Past(**item) for item in json.loads(stored))
    except (ValueError, TypeError):
        return ()


def _remember(view: View, past: Past) -> None:
    kept = [past, *(item for item in history(view) if item.sql != past.sql)]
    kept = [item for item in kept if len(item.sql) <= _LONGEST_KEPT][:_KEPT]
    if view.identity.demo:
        st.session_state[_HISTORY] = tuple(kept)
        return
    text = json.dumps([asdict(item) for item in kept], ensure_ascii=False)
    set_preference(workspace(), view.identity.user_id, _HISTORY, text)
