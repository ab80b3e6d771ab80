"""The generated community's reference tables in the shape of the schema (pyarrow)."""

from __future__ import annotations

import calendar
import math
from datetime import date

import numpy as np
import pyarrow as pa

from etl.sample.activity import TYPES
from etl.sample.cells import day_of, labels, said
from etl.sample.complaint import CATEGORY
from etl.sample.days import START, Days
from etl.sample.outline import GENERAL, MICRO, geometries, outlines
from etl.sample.people import Posts
from etl.sample.place import CATEGORIES, CITY_ID, Community, Place
from etl.sample.streams import stream
from etl.sample.words import ESTATES
from gridgov.schema.values import TIERS

__all__ = [
    "above", "activity_types", "calendar_days", "complaint_categories", "grid_months", "grids",
    "households", "key_persons", "tenures", "worker_aliases", "worker_ids", "workers",
]  # fmt: skip


def above(communities: int) -> pa.Table:
    """The streets of ten communities, the districts of twelve streets, and the city."""
    streets = [Place.of(index) for index in range(0, communities, 10)]
    districts = streets[::12]
    rows: list[tuple[str, str, str, str | None]] = [(CITY_ID, "成都市", "市", None)]
    rows += [(one.district_id, one.district_name, "区", CITY_ID) for one in districts]
    rows += [(one.street_id, one.street_name, "街道", one.district_id) for one in streets]
    ids, names, levels, parents = zip(*rows, strict=True)
    text = pa.nulls(len(rows), pa.string())
    return pa.table({
        "grid_id": ids, "name": names, "level": levels, "parent_id": pa.array(parents, pa.string()),
        "kind": text, "has_party_organisation": labels(np.ones(len(rows), np.int64), ("否", "是")),
        "valid_from": [date(2023, 7, 1)] * len(rows), "valid_to": pa.nulls(len(rows), pa.date32()),
        "outline": text,
    })  # fmt: skip


def _square(index: int) -> tuple[int, int]:
    """Column and row of the n-th place: any number of places fills a square from its corner."""
    shell = math.isqrt(index)
    along = index - shell * shell
    return (shell, along) if along <= shell else (2 * shell - along, shell)


def grids(place: Community, has_street: bool) -> pa.Table:
    """The community, its 总网格, general and micro-grids."""
    column, row = _square(place.index)
    offset = 2_700.0 * column, 2_300.0 * row
    shapes = geometries(list(outlines()), offset)
    shapes = [shapes[0], *shapes]
    ids = [place.grid_id, place.main_id, *place.general_ids, *place.micro_ids]
    parents = [place.street_id if has_street else None, place.grid_id]
    parents += [place.main_id] * GENERAL + [place.general_ids[k] for k in place.general_of]
    levels = ["社区", "总"] + ["一般"] * GENERAL + ["微"] * MICRO
    kinds = [None, None, *(kind for _, kind in ESTATES)]
    kinds += [ESTATES[k][1] for k in place.general_of]
    party = [True, True, *place.has_party.tolist()]
    rng = stream(place.seed, "party", place.index)
    party += [bool(place.has_party[k] and rng.random() < 0.72) for k in place.general_of]
    names = [place.name, f"{place.name}总网格", *place.general_names, *place.micro_names]
    return pa.table({
        "grid_id": ids, "name": names, "level": levels, "parent_id": parents, "kind": kinds,
        "has_party_organisation": said(np.array(party)),
        "valid_from": [date(2023, 7, 1)] * len(ids),
        "valid_to": pa.nulls(len(ids), pa.date32()), "outline": shapes,
    })  # fmt: skip


def grid_months(place: Community, days: Days) -> pa.Table:
    """Occupied households, residents and shops of each micro-grid by month; the newest month adds
    up to the community's residents."""
    rng = stream(place.seed, "stock", place.index)
    months = days.months
    occupied = np.bincount(place.homes.grid[place.homes.is_occupied], minlength=MICRO)
    back = np.arange(months)[::-1][:, None]
    drift = 1 - back * rng.normal(0.0006, 0.0012, MICRO)[None, :]
    first = [date(START.year + m // 12, m % 12 + 1, 1) for m in range(months)]
    return pa.table({
        "grid_id": place.micro_ids * months,
        "month": np.repeat(np.array(first, dtype="datetime64[D]"), MICRO),
        "households": np.rint(occupied * drift).astype(np.int64).ravel(),
        "residents": np.rint(place.residents * drift).astype(np.int64).ravel(),
        "shops": np.tile(place.shops, months),
    })  # fmt: skip


def worker_ids(place: Community, staff: Posts) -> list[str]:
    """工号 of every worker."""
    return [f"GG{place.grid_id[3:]}{w + 1:03d}" for w in range(len(staff.name))]


def workers(place: Community, staff: Posts) -> pa.Table:
    """Every worker who ever held a post."""
    return pa.table({
        "worker_id": worker_ids(place, staff), "name": staff.name,
        "kind": labels(staff.is_general.astype(np.int64), ("微", "一般")),
        "is_paid": said(staff.is_paid), "capacity": staff.capacity,
    })  # fmt: skip


def worker_aliases(place: Community, staff: Posts) -> pa.Table:
    """Accounts and second spellings."""
    ids = worker_ids(place, staff)
    return pa.table({
        "alias": [alias for alias, _ in staff.spellings],
        "worker_id": [ids[worker] for _, worker in staff.spellings],
    })  # fmt: skip


def tenures(place: Community, staff: Posts, days: Days) -> pa.Table:
    """Who held which grid from when to when."""
    ids, grid = worker_ids(place, staff), [*place.micro_ids, *place.general_ids]
    rows = staff.stints
    return pa.table({
        "worker_id": [ids[row.worker] for row in rows], "grid_id": [grid[row.post] for row in rows],
        "valid_from": [day_of(row.since) for row in rows],
        "valid_to": pa.array([day_of(row.until) for row in rows], pa.date32()),
        "role": ["一般网格员" if row.post >= MICRO else "微网实格员" for row in rows],
        "leave_days": [staff.leave_days(row, days) for row in rows],
    })  # fmt: skip


def households(place: Community) -> pa.Table:
    """Every dwelling, also the vacant ones."""
    homes, size = place.homes, len(place.homes.label)
    return pa.table({
        "household": homes.label, "grid_id": labels(homes.grid, place.micro_ids),
        "building": homes.building, "is_occupied": said(homes.is_occupied),
        "valid_from": [date(2023, 7, 1)] * size, "valid_to": pa.nulls(size, pa.date32()),
    })  # fmt: skip


def key_persons(place: Community, days: Days) -> pa.Table:
    """Key persons, also those struck off before the end."""
    people = place.persons
    since = [date(2024, 7, 1) if s < 0 else day_of(s) for s in people.since.tolist()]
    until = [None if u >= days.count else day_of(u) for u in people.until.tolist()]
    return pa.table({
        "person": people.label, "grid_id": labels(people.grid, place.micro_ids),
        "household": labels(people.home, place.homes.label),
        "category": labels(people.category, CATEGORIES),
        "tier": labels(people.tier, [value.code for value in TIERS]),
        "valid_from": since, "valid_to": pa.array(until, pa.date32()),
    })  # fmt: skip


def calendar_days(days: Days) -> pa.Table:
    """Every day of the sample and of the months after it, where deadlines may fall."""
    final = day_of(days.count + 90) or days.end
    size = days.index(final.replace(day=calendar.monthrange(final.year, final.month)[1])) + 1
    size = min(size, len(days.dates))
    return pa.table({
        "on_date": days.dates[:size], "is_working_day": said(days.is_working[:size]),
        "holiday": pa.array([name or None for name in days.holiday[:size]]),
        "days_from_spring_festival": days.from_spring_festival[:size],
    })  # fmt: skip


def activity_types() -> pa.Table:
    """The activity types and what metrics count them as."""
    return pa.table({
        "type": [t.name for t in TYPES], "pillar": [t.pillar for t in TYPES],
        "code": [t.code for t in TYPES], "micro": pa.array([t.micro for t in TYPES]),
    })  # fmt: skip


def complaint_categories() -> pa.Table:
    """The complaint categories with their deadlines."""
    return pa.table({
        "category": [k.name for k in CATEGORY], "level_1": [k.level_1 for k in CATEGORY],
        "level_2": [k.level_2 for k in CATEGORY],
        "own_authority": said(np.array([k.own_authority for k in CATEGORY])),
        "deadline_days": [k.deadline_days for k in CATEGORY],
        "is_working_days": ["是"] * len(CATEGORY),
    })  # fmt: skip
