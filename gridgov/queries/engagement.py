"""Activities: who takes part, where, how often, and who is not reached."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from gridgov.metrics import evaluate
from gridgov.queries.listed_homes import kinds_of_months
from gridgov.queries.months import whole_months
from gridgov.warehouse import Reader

__all__ = [
    "activity_calendar",
    "course_attendance",
    "listed_reached",
    "neighbour_day_rotation",
    "participation",
    "reach_by_category",
    "reach_by_grid",
    "team_performances",
]


def participation(
    reader: Reader,
    start: date,
    end: date,
    *,
    grid_id: str | None = None,
    pillar: str | None = None,
) -> pd.DataFrame:
    """pillar, type, activities, planned, attendances, first_timers, first_base, satisfied, rated.

    first_base: attendances of the activities that state first-timers.
    """
    return reader.frame(
        "queries/participation.sql", start=start, finish=end, grid_id=grid_id, pillar=pillar
    )


def activity_calendar(
    reader: Reader,
    start: date,
    end: date,
    *,
    grid_id: str | None = None,
    pillar: str | None = None,
) -> pd.DataFrame:
    """on_date, activities, attendances; days without an activity are absent."""
    return reader.frame(
        "queries/activity_calendar.sql", start=start, finish=end, grid_id=grid_id, pillar=pillar
    )


def reach_by_grid(
    reader: Reader, start: date, end: date, *, level: str = "一般", grid_id: str | None = None
) -> pd.DataFrame:
    """As `evaluate` for HP1 by grid of the level, the least reached first."""
    frame = evaluate(reader, "HP1", start, end, by=(f"grid:{level}",), grid_id=grid_id)
    return frame.sort_values(["value", "grid_id"], ignore_index=True)


def reach_by_category(
    reader: Reader, start: date, end: date, *, grid_id: str | None = None
) -> pd.DataFrame:
    """category, households, listed, listed_attended.

    households: distinct ones that attended; listed: those of key persons of the kind.
    """
    return reader.frame("queries/reach_by_category.sql", start=start, finish=end, grid_id=grid_id)


def listed_reached(
    reader: Reader, start: date, end: date, *, grid_id: str | None = None
) -> pd.DataFrame:
    """category, listed, listed_attended as `reach_by_category`, of the kinds that are listed."""
    if whole_months(reader, start, end, grid_id) is None:
        frame = reach_by_category(reader, start, end, grid_id=grid_id)
        chosen = frame[frame["listed"] > 0].reset_index(drop=True)
        return chosen[["category", "listed", "listed_attended"]]
    rows = kinds_of_months(reader, start, end, grid_id)
    kinds, listed, attended = zip(*rows, strict=True) if rows else ((), (), ())
    return pd.DataFrame(
        {
            "category": pd.array(list(kinds), dtype="str"),
            "listed": np.array(listed, dtype=np.int64),
            "listed_attended": np.array(attended, dtype=np.int64),
        }
    )


def neighbour_day_rotation(
    reader: Reader, start: date, end: date, *, grid_id: str | None = None
) -> pd.DataFrame:
    """grid_id, name, month, times: every general grid and month, 0 where none was held."""
    return reader.frame(
        "queries/neighbour_day_rotation.sql", start=start, finish=end, grid_id=grid_id
    )


def team_performances(
    reader: Reader, start: date, end: date, *, grid_id: str | None = None
) -> pd.DataFrame:
    """team, shows (in the period), last_on; teams known from before that did not perform have 0."""
    return reader.frame("queries/team_performances.sql", start=start, finish=end, grid_id=grid_id)


def course_attendance(
    reader: Reader, start: date, end: date, *, grid_id: str | None = None
) -> pd.DataFrame:
    """course, lessons, enrolled, attended, rate; lessons that state both figures."""
    return reader.frame("queries/course_attendance.sql", start=start, finish=end, grid_id=grid_id)
