"""A query that runs while the page goes on.

A page script runs anew at every click. The job lives in the session between the runs:

    job = SqlJob(database, sql, owner=user).start()
    ...                       # at each run of the page
    if job.poll() == "done":
        show(job.result())
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from gridgov.errors import QueryError
from gridgov.explore.limits import Limits
from gridgov.explore.result import SqlResult
from gridgov.explore.sandbox import MAX_PAGE_ROWS, run_sql
from gridgov.explore.sandbox_process import Cancel, spares
from gridgov.locale import _, language, set_language

__all__ = ["JobState", "SqlJob"]

JobState = Literal["new", "running", "done", "failed", "cancelled"]


class SqlJob:
    """One query in a thread of its own. Every method may be called from any thread."""

    def __init__(
        self,
        database: Path,
        sql: str,
        *,
        parameters: Mapping[str, object] | None = None,
        max_rows: int = MAX_PAGE_ROWS,
        limits: Limits | None = None,
        owner: str | None = None,
        lead: int = 0,
    ) -> None:
        self.sql = sql
        self._call = (database, dict(parameters or {}), max_rows, limits, owner, lead)
        self._language = language()
        self._cancel = Cancel()
        self._lock = threading.Lock()
        self._finished = threading.Event()
        self._state: JobState = "new"
        self._result: SqlResult | None = None
        self._error: BaseException | None = None
        self._started_at = self._ended_at = 0.0

    def start(self) -> SqlJob:
        """Begin; a second call does nothing. From now on spare children are kept."""
        spares.wanted = True
        with self._lock:
            if self._state == "new":
                self._state = "running"
                self._started_at = time.perf_counter()
                threading.Thread(target=self._run, name="gridgov-sql", daemon=True).start()
        return self

    def poll(self) -> JobState:
        """The state now, without waiting."""
        with self._lock:
            return self._state

    def wait(self, seconds: float | None = None) -> JobState:
        """The state after the end, or after `seconds`."""
        if self.poll() != "new":
            self._finished.wait(seconds)
        return self.poll()

    def cancel(self) -> None:
        """Ask to stop; the child is killed at once. Harmless after the end."""
        with self._lock:
            if self._state == "new":
                self._state = "cancelled"
                self._error = QueryError(_("已取消"))
                self._finished.set()
        self._cancel()

    @property
    def elapsed_seconds(self) -> float:
        """Seconds since the start, up to the end."""
        with self._lock:
            if self._state == "new" or not self._started_at:
                return 0.0
            return (self._ended_at or time.perf_counter()) - self._started_at

    def result(self) -> SqlResult:
        """The answer; waits for it. Raises the QueryError that ended the query."""
        if self.poll() == "new":
            self.start()
        self._finished.wait()
        if self._error is not None:
            raise self._error
        assert self._result is not None
        return self._result

    def _run(self) -> None:
        database, parameters, max_rows, limits, owner, lead = self._call
        set_language(self._language)
        state: JobState = "failed"
        result: SqlResult | None = None
        error: BaseException | None = None
        try:
            result = run_sql(
                database,
                self.sql,
                parameters=parameters,
                max_rows=max_rows,
                limits=limits,
                owner=owner,
                cancel=self._cancel,
                lead=lead,
            )
            state = "done"
        except QueryError as refused:
            state, error = ("cancelled" if self._cancel.wanted else "failed"), refused
        except BaseException as defect:  # a defect must reach the page, not die in a thread
            error = defect
        with self._lock:
            self._state, self._result, self._error = state, result, error
            self._ended_at = time.perf_counter()
        self._finished.set()
