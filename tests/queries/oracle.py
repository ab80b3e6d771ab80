"""The data read the slow and obvious way: loops over dicts, no SQL beyond SELECT *, no pandas.

`World` holds the published logs as lists of dicts, with what the models are to derive from them
worked out again one row at a time: grids and workers by name, tiers, deadlines, repeats, flags.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from gridgov.schema import TABLES
from gridgov.warehouse import Reader

__all__ = ["EVER", "World", "plain", "quarter_of", "week_of", "world_of"]

Row = dict[str, Any]
EVER = (date(1900, 1, 1), date(9999, 12, 31))
ALLOWED_DAYS = {"每周": 7, "每月": 31, "每季": 92}


@dataclass
class World:
    """Everything known, and the newest and first dates."""

    tables: dict[str, list[Row]]
    visits: list[Row] = field(default_factory=list)
    complaints: list[Row] = field(default_factory=list)
    activities: list[Row] = field(default_factory=list)
    sign_ins: list[Row] = field(default_factory=list)
    spells: list[Row] = field(default_factory=list)
    data_date: date = date.min
    first_on: date = date.max
    first_visit: date = date.max
    kept: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.grids = {row["grid_id"]: row for row in self.tables["grid"]}
        self.calendar = {row["on_date"]: row["is_working_day"] for row in self.tables["calendar"]}

    # grids -----------------------------------------------------------------------------------

    def above(self, grid_id: str) -> list[str]:
        """The grid and all grids above it."""
        found = []
        while grid_id in self.grids and grid_id not in found:
            found.append(grid_id)
            grid_id = self.grids[grid_id]["parent_id"]
        return found

    def is_inside(self, grid_id: str | None, unit: str | None) -> bool:
        return unit is None or (grid_id is not None and unit in self.above(grid_id))

    def is_valid(self, grid_id: str, day: date) -> bool:
        row = self.grids[grid_id]
        return (row["valid_from"] or EVER[0]) <= day <= (row["valid_to"] or EVER[1])

    def children(self, grid_id: str) -> list[str]:
        return [name for name, row in self.grids.items() if row["parent_id"] == grid_id]

    def grid_of(self, text: str | None) -> str | None:
        """Number, own name, name with upper names before it; else the longest name that it ends in."""
        if text is None:
            return None
        word = plain(text)
        for rank in (self._is_number, self._is_name):
            hits = {name for name in self.grids if rank(name, word)}
            if hits:
                return hits.pop() if len(hits) == 1 else None
        if len(word) < 2:
            return None
        endings = [
            (len(form), name)
            for name in self.grids
            for form in [*self._forms(name), plain(name)]
            if len(word) > len(form) >= 2 and word.endswith(form)
        ]
        if endings:
            longest = max(length for length, _name in endings)
            hits = {name for length, name in endings if length == longest}
        else:
            hits = {
                name
                for name in self.grids
                for form in self._forms(name)
                if len(form) > len(word) and form.endswith(word)
            }
        return hits.pop() if len(hits) == 1 else None

    def _is_number(self, grid_id: str, word: str) -> bool:
        return plain(grid_id) == word

    def _is_name(self, grid_id: str, word: str) -> bool:
        return word in self._forms(grid_id)

    def _forms(self, grid_id: str) -> list[str]:
        own, *upper = [plain(self.grids[name]["name"]) for name in self.above(grid_id)]
        forms = [own, *(name + own for name in upper)]
        if len(upper) > 1:
            forms += [name + upper[0] + own for name in upper[1:]]
        return forms

    # workers ---------------------------------------------------------------------------------

    def worker_of(self, text: str) -> str | None:
        word = plain(text)
        ids = {row["worker_id"] for row in self.tables["worker"] if plain(row["worker_id"]) == word}
        ids = ids or {
            row["worker_id"] for row in self.tables["worker_alias"] if plain(row["alias"]) == word
        }
        ids = ids or {
            row["worker_id"] for row in self.tables["worker"] if plain(row["name"]) == word
        }
        return ids.pop() if len(ids) == 1 else None

    def shares(self, cell: str | None) -> dict[str | None, float]:
        """Worker → share of an event; unknown names share under None."""
        names = [name for name in (cell or "").split("、") if name]
        people = {self.worker_of(name) or "?" + plain(name) for name in names}
        found: dict[str | None, float] = defaultdict(float)
        for person in people:
            found[None if person.startswith("?") else person] += round(1 / len(people), 6)
        return found

    def holder(self, grid_id: str | None, day: date) -> str | None:
        held = [
            (row["valid_from"], row["worker_id"])
            for row in self.tables["tenure"]
            if row["grid_id"] == grid_id
            and row["valid_from"] <= day <= (row["valid_to"] or EVER[1])
        ]
        latest = max((since for since, _worker in held), default=None)
        return min((worker for since, worker in held if since == latest), default=None)

    # key persons -----------------------------------------------------------------------------

    def tier_on(self, person: str | None, day: date) -> Row | None:
        for spell in self.spells:
            if spell["person"] == person and spell["since"] <= day <= spell["until"]:
                return spell
        return None

    def contacts(self) -> dict[str, list[date]]:
        """Days on which each key person was reached; worked out once."""
        if "contacts" not in self.kept:
            found: dict[str, list[date]] = defaultdict(list)
            for row in self.visits:
                if row["tier"] is not None and row["met"] is not False:
                    found[row["person"]].append(row["day"])
            self.kept["contacts"] = found
        known: dict[str, list[date]] = self.kept["contacts"]
        return known

    # days ------------------------------------------------------------------------------------

    def is_working(self, day: date) -> bool:
        known = self.calendar.get(day)
        return day.weekday() < 5 if known is None else bool(known)

    def deadline(self, created: datetime, category: str | None) -> datetime | None:
        rows = [row for row in self.tables["complaint_category"] if row["category"] == category]
        if not rows or rows[0]["deadline_days"] is None:
            return None
        left, day = rows[0]["deadline_days"], created.date()
        if rows[0]["is_working_days"] is False:
            day += timedelta(days=left)
        while rows[0]["is_working_days"] is not False and left:
            day += timedelta(days=1)
            left -= self.is_working(day)
        return datetime.combine(day, time(23, 59, 59))


def plain(text: str) -> str:
    """Without blanks, half width, small letters."""
    return unicodedata.normalize("NFKC", "".join(text.split())).lower()


def week_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def quarter_of(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def world_of(reader: Reader) -> World:
    """Read the raw tables of `reader` and work out the rest."""
    tables = {
        name: [
            dict(zip(table.column_names, row, strict=True))
            for row in reader.rows(f"SELECT {', '.join(table.column_names)} FROM {name}")
        ]
        for name, table in TABLES.items()
    }
    world = World(tables)
    days = {
        "visit": [row["occurred_at"].date() for row in tables["visit"]],
        "activity": [row["started_at"].date() for row in tables["activity"]],
        "complaint": [row["created_at"].date() for row in tables["complaint"]],
    }
    everything = [day for listed in days.values() for day in listed]
    world.data_date, world.first_on = max(everything), min(everything)
    world.first_visit = min(days["visit"], default=date.max)
    world.spells = _spells(tables["key_person"])
    _derive(world)
    return world


def _spells(rows: list[Row]) -> list[Row]:
    """One tier at a time: a later spell ends an earlier one, the stricter of two on one day holds."""
    strict = list(ALLOWED_DAYS)
    found = []
    by_person: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_person[row["person"]].append(row)
    for listed in by_person.values():
        starts: dict[date, Row] = {}
        for row in listed:
            since = row["valid_from"] or EVER[0]
            known = starts.get(since)
            if known is None or strict.index(row["tier"]) < strict.index(known["tier"]):
                starts[since] = row
        ordered = sorted(starts)
        for since, following in zip(ordered, [*ordered[1:], None], strict=True):
            until = starts[since]["valid_to"] or EVER[1]
            if following is not None:
                until = min(until, following - timedelta(days=1))
            found.append(starts[since] | {"since": since, "until": until})
    return found


def _derive(world: World) -> None:
    tables = world.tables
    places: dict[str | None, str | None] = {}
    by_person: dict[str, list[Row]] = defaultdict(list)
    for spell in world.spells:
        by_person[spell["person"]].append(spell)

    def place(text: str | None) -> str | None:
        if text not in places:
            places[text] = world.grid_of(text)
        return places[text]

    for row in tables["visit"]:
        day = row["occurred_at"].date()
        spell = next(
            (s for s in by_person.get(row["person"], []) if s["since"] <= day <= s["until"]), None
        )
        world.visits.append(
            row
            | {
                "day": day,
                "grid_id": place(row["grid"]),
                "tier": spell["tier"] if spell else None,
                "category": row["category"] or (spell["category"] if spell else None),
            }
        )
    _derive_complaints(world, place)
    _derive_activities(world, place)


def _derive_complaints(world: World, place: Any) -> None:
    categories = {row["category"]: row for row in world.tables["complaint_category"]}
    for row in world.tables["complaint"]:
        day = row["created_at"].date()
        known = categories.get(row["category"], {})
        scope = known.get("own_authority") if row["in_scope"] is None else row["in_scope"]
        world.complaints.append(
            row
            | {
                "day": day,
                "grid_id": place(row["grid"]),
                "due_at": row["due_at"] or world.deadline(row["created_at"], row["category"]),
                "in_scope": scope,
                "is_repeat": False,
            }
        )
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in world.complaints:
        if row["household"] is not None and row["category"] is not None:
            groups[row["household"], row["category"]].append(row)
    for listed in groups.values():
        listed.sort(key=lambda row: (row["created_at"], row["complaint_id"]))
        for i, row in enumerate(listed):
            row["is_repeat"] = any((row["day"] - past["day"]).days <= 30 for past in listed[:i])
    for row in world.complaints:
        row["holder"] = world.holder(row["grid_id"], row["day"])


def _derive_activities(world: World, place: Any) -> None:
    types = {row["type"]: row for row in world.tables["activity_type"]}
    signed: dict[str, list[Row]] = defaultdict(list)
    for row in world.tables["attendance"]:
        signed[row["activity_id"]].append(row)
    homes = {row["household"]: row["grid_id"] for row in world.tables["household"]}
    for row in world.tables["activity"]:
        kind = types.get(row["type"], {})
        listed = signed[row["activity_id"]]
        known_first = [s for s in listed if s["first_time"] is not None]
        first = sum(s["persons"] or 1 for s in listed if s["first_time"]) if known_first else None
        people = (
            sum(1 if s["persons"] is None else s["persons"] for s in listed) if listed else None
        )
        event = row | {
            "day": row["started_at"].date(),
            "grid_id": place(row["grid"]),
            "code": kind.get("code"),
            "micro": kind.get("micro"),
            "pillar": row["pillar"] or kind.get("pillar"),
            "attendances": people if row["attendances"] is None else row["attendances"],
            "first_timers": first if row["first_timers"] is None else row["first_timers"],
        }
        world.activities.append(event)
        for sign in listed:
            world.sign_ins.append(
                sign
                | {
                    "day": event["day"],
                    "pillar": event["pillar"],
                    "home": homes.get(sign["household"]) or event["grid_id"],
                }
            )
