"""Review flags (metric SV10), one visit against every other."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import Any

from tests.queries.oracle import World, plain

__all__ = ["flagged_visits"]

Row = dict[str, Any]


def flagged_visits(world: World) -> set[str]:
    """Numbers of the visits that any default rule points at."""
    found: set[str] = set()
    complaints: dict[str, list[datetime]] = defaultdict(list)
    for row in world.complaints:
        complaints[row["household"]].append(row["created_at"])
    homes = {row["household"]: row for row in world.tables["household"]}
    by_worker: dict[str, list[Row]] = defaultdict(list)
    for visit in world.visits:
        for worker in world.shares(visit["worker"]):
            if worker is not None:
                by_worker[worker].append(visit)
        home = homes.get(visit["household"])
        if home and home["is_occupied"] is False and visit["mode"] == "上门":
            found.add(visit["visit_id"])
        if visit["need"] is None and visit["household"] is not None:
            later = complaints[visit["household"]]
            if any(_within_week(visit["occurred_at"], at) for at in later):
                found.add(visit["visit_id"])
    for visits in by_worker.values():
        for rule in (_twice, _alike, _batch, _clock):
            found |= rule(visits, homes)
    return found


def _within_week(visit: datetime, complaint: datetime) -> bool:
    return visit < complaint and (complaint.date() - visit.date()).days <= 7


def _twice(visits: list[Row], homes: dict[str, Row]) -> set[str]:
    groups: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for row in visits:
        if row["household"] is not None:
            key = (row["day"], row["household"], row["person"] or "", row["purpose"] or "")
            groups[key].append(row["visit_id"])
    return {number for listed in groups.values() if len(listed) > 1 for number in listed}


def _alike(visits: list[Row], homes: dict[str, Row]) -> set[str]:
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in visits:
        groups[row["day"].replace(day=1), plain(row["note"] or "")].append(row)
    found: set[str] = set()
    for listed in groups.values():
        long = [row for row in listed if len(row["note"] or "") >= 8 and row["household"]]
        if len({row["household"] for row in long}) >= 3:
            found |= {row["visit_id"] for row in listed if row["note"]}
    return found


def _batch(visits: list[Row], homes: dict[str, Row]) -> set[str]:
    """Five entries or more of one month's visits in ten minutes, for more than one building."""
    found: set[str] = set()
    months: dict[Any, list[Row]] = defaultdict(list)
    for row in visits:
        if row["entered_at"] is not None:
            months[row["day"].replace(day=1)].append(row)
    for listed in months.values():
        for last in listed:
            window = [
                row
                for row in listed
                if timedelta(0) <= last["entered_at"] - row["entered_at"] <= timedelta(minutes=10)
            ]
            buildings = {
                homes[row["household"]]["building"] for row in window if row["household"] in homes
            }
            if len(window) >= 5 and len(buildings - {None}) > 1:
                found |= {row["visit_id"] for row in window}
    return found


def _clock(visits: list[Row], homes: dict[str, Row]) -> set[str]:
    found: set[str] = set()
    timed = [row for row in visits if row["occurred_at"].time() != time(0)]
    days: dict[Any, list[Row]] = defaultdict(list)
    hours: dict[Any, list[str]] = defaultdict(list)
    for row in timed:
        days[row["day"]].append(row)
        hours[row["occurred_at"].replace(minute=0, second=0)].append(row["visit_id"])
        if row["occurred_at"].hour < 5:
            found.add(row["visit_id"])
        ended = row["ended_at"]
        if ended is not None and ended - row["occurred_at"] < timedelta(seconds=60):
            found.add(row["visit_id"])
    for listed in hours.values():
        if len(listed) > 12:
            found |= set(listed)
    for listed in days.values():
        listed.sort(key=lambda row: (row["occurred_at"], row["visit_id"]))
        for i, row in enumerate(listed):
            before = [past["ended_at"] for past in listed[:i] if past["ended_at"] is not None]
            if any(ended > row["occurred_at"] for ended in before):
                found.add(row["visit_id"])
            if (
                row["ended_at"]
                and i + 1 < len(listed)
                and listed[i + 1]["occurred_at"] < row["ended_at"]
            ):
                found.add(row["visit_id"])
    return found
