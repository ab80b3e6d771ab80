"""Activities: who takes part, where, how often, and who is not reached."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from gridgov.metrics import evaluate
from gridgov.metrics.place_rows import place_rows
from gridgov.queries.listed_homes import kinds_of_months
from gridgov.queries.months import whole_months
from gridgov.queries.place_sums import between, is_text, place_sums
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


_COUNTED = ("activities", "planned", "attendances", "first_timers", "first_base", "satisfied",
            "rated")  # fmt: skip


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
    units = whole_months(reader, start, end, grid_id)
    if units is None or len(units) > 1:
        return reader.frame(
            "queries/participation.sql", start=start, finish=end, grid_id=grid_id, pillar=pillar
        )
    # As the metrics by type and pillar ask.
    rows = place_rows(
        reader, "SELECT * FROM mart_activity_month WHERE grid_id = $unit", unit=units[0]
    )
    inside = between(rows["month"], start, end) & is_text(rows["pillar"], pillar)
    labels, sums = place_sums(rows, inside, ("pillar", "type"), _COUNTED)
    held = sums["activities"]
    # Without a pillar or a type last.
    order = sorted(
        range(len(labels)),
        key=lambda at: (-held[at], *((part is None, part or "") for part in labels[at])),
    )
    texts = {
        name: pd.array([labels[at][place] for at in order], dtype="str")
        for place, name in enumerate(("pillar", "type"))
    }
    return pd.DataFrame({**texts, **{name: column[order] for name, column in sums.items()}})


def activity_calendar(
    reader: Reader,
    start: date,
    end: date,
    *,
    grid_id: str | None = None,
    pillar: str | None = None,
) -> pd.DataFrame:
    """on_date, activities, attendances; days without an activity are absent."""
    rows = place_rows(reader, "queries/activity_calendar.sql", grid_id=grid_id)
    inside = between(rows["on_date"], start, end) & is_text(rows["pillar"], pillar)
    days, place = np.unique(rows["on_date"][inside], return_inverse=True)
    sums = {
        name: np.bincount(place, weights=rows[name][inside], minlength=len(days)).astype(np.int64)
        for name in ("activities", "attendances")
    }
    return pd.DataFrame({"on_date": days.astype("datetime64[us]"), **sums})


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
    rows = place_rows(reader, "queries/team_performances.sql", grid_id=grid_id)
    known = rows["on_date"] <= np.datetime64(end)
    days, shows = rows["on_date"][known], rows["shows"][known]
    codes, teams = pd.factorize(rows["team"][known])
    is_now = days >= np.datetime64(start)
    counts = np.bincount(codes, weights=shows * is_now, minlength=len(teams)).astype(np.int64)
    last = np.zeros(len(teams), dtype="datetime64[us]")
    # Days stand in their order: the last one stays.
    last[codes] = days
    order = sorted(range(len(teams)), key=lambda at: (-counts[at], teams[at]))
    return pd.DataFrame(
        {
            "team": pd.array([teams[at] for at in order], dtype="str"),
            "shows": counts[order],
            "last_on": last[order],
        }
    )


def course_attendance(
    reader: Reader, start: date, end: date, *, grid_id: str | None = None
) -> pd.DataFrame:
    """course, lessons, enrolled, attended, rate; lessons that state both figures."""
    return reader.frame("queries/course_attendance.sql", start=start, finish=end, grid_id=grid_id)
