"""How complete and how fresh the data is, by log, grid and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from weakref import WeakKeyDictionary

import pandas as pd

from gridgov.metrics.grids import tree_of
from gridgov.warehouse import Reader

__all__ = [
    "COVERAGE_DAYS",
    "Coverage",
    "coverage",
    "coverage_by_day",
    "coverage_by_grid",
    "log_freshness",
    "silent_grids",
]


COVERAGE_DAYS = 14
"""A grid without any record for so long is said not to report, and a log to lag behind."""


@dataclass(frozen=True)
class Coverage:
    """Of `grids` grids of `level`, `reported` have a record of any kind in the last days.

    `late`: logs that end so many days before the newest record of all, with their last day.
    """

    level: str
    grids: int
    reported: int
    late: tuple[tuple[str, date], ...]


_COVERAGE: WeakKeyDictionary[Reader, Coverage] = WeakKeyDictionary()
_LOCK = Lock()


def coverage(reader: Reader) -> Coverage:
    """How completely the reader's grids have reported as of the data date; read once."""
    found = _COVERAGE.get(reader)
    if found is None:
        found = _coverage(reader)
        with _LOCK:
            _COVERAGE[reader] = found
    return found


def _coverage(reader: Reader) -> Coverage:
    today, tree = reader.data_date or date.max, tree_of(reader)
    level = "一般"
    units = tree.at_level(None, level, today, today)
    if len(units) < 2:
        # Who sees one general grid asks for what lies below it.
        level, units = "微", tree.at_level(None, "微", today, today) or units
    since = today - timedelta(days=COVERAGE_DAYS - 1)
    reported = reader.rows("queries/grids_reported.sql", units=list(units), since=since)[0][0]
    logs = log_freshness(reader)
    late = tuple(
        (str(log), last.date())
        for log, last in zip(logs["log"], pd.to_datetime(logs["last_on"]), strict=True)
        if last.date() < since
    )
    return Coverage(level, len(units), int(reported), late)


def coverage_by_day(
    reader: Reader, start: date, end: date, grid_id: str | None = None
) -> pd.DataFrame:
    """log, on_date, records, grids (how many grids have records); days without any are absent."""
    return reader.frame("queries/coverage_by_day.sql", start=start, finish=end, grid_id=grid_id)


def coverage_by_grid(
    reader: Reader, start: date, end: date, *, level: str = "一般", grid_id: str | None = None
) -> pd.DataFrame:
    """log, grid_id, records, days (with a record), last_on, for every grid of the level."""
    units = tree_of(reader).at_level(grid_id, level, start, end)
    return reader.frame("queries/coverage_by_grid.sql", start=start, finish=end, units=list(units))


def log_freshness(reader: Reader, grid_id: str | None = None) -> pd.DataFrame:
    """log, first_on, last_on, records."""
    units = tree_of(reader).roots(grid_id)
    return reader.frame("queries/log_freshness.sql", units=list(units))


def silent_grids(
    reader: Reader,
    log: str = "visit",
    *,
    days: int = 14,
    level: str = "微",
    grid_id: str | None = None,
) -> pd.DataFrame:
    """grid_id, name, last_on (empty: never), days_silent (> `days`), the longest first.

    Grids of the level that are valid on the data date. `log`: visit, activity or complaint.
    """
    today = reader.data_date or date.max
    units = tree_of(reader).at_level(grid_id, level, today, today)
    return reader.frame("queries/silent_grids.sql", units=list(units), log=log, days=days)
