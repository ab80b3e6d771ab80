"""How complete and how fresh the data is, by log, grid and day."""

from __future__ import annotations

from datetime import date

import pandas as pd

from gridgov.metrics.grids import tree_of
from gridgov.warehouse import Reader

__all__ = ["coverage_by_day", "coverage_by_grid", "log_freshness", "silent_grids"]


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
