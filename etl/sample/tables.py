"""The generated community as tables in the shape of the schema (pyarrow, one function a table)."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from etl.sample.activity import SPEAKERS, TEAMS, TYPES, Plan
from etl.sample.attendance import Attended
from etl.sample.complaint import CATEGORY, NATURES, SETTLED, SOURCES, Complaints
from etl.sample.contact import MODES, PURPOSES
from etl.sample.days import START, Days
from etl.sample.outline import GENERAL, MICRO, geometry, tiling, union
from etl.sample.people import Posts
from etl.sample.place import CATEGORIES, CITY_ID, Community, Place
from etl.sample.said import contents, replies
from etl.sample.streams import Integers, stream
from etl.sample.visit import NEEDS, Visits
from etl.sample.words import ESTATES, NOTES, WORDS
from gridgov.schema.values import TIERS

__all__ = [
    "above", "activities", "activity_types", "attendances", "calendar_days", "complaint_categories",
    "complaint_log", "grid_months", "grids", "households", "key_persons", "tenures", "visit_log",
    "worker_aliases", "workers",
]  # fmt: skip

_EMPTY = np.iinfo(np.int64).min
_EPOCH = np.datetime64(START, "s").astype(np.int64)
_ID = 10_000_000  # log numbers a community may use
_NOTES = pa.array(NOTES.texts, pa.string())
_PARTNERS: list[str] = WORDS["partners"]


def labels(number: Integers, texts: Sequence[str] | pa.Array) -> pa.Array:
    """Text by number; empty where the number is negative."""
    index = pa.array(number.astype(np.int32), mask=number < 0)
    known = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())
    return pa.DictionaryArray.from_arrays(index, known)


def moments(seconds: Integers) -> pa.Array:
    """Seconds since START as local timestamps; empty where they are int64 minimum."""
    at = np.where(seconds == _EMPTY, 0, seconds + _EPOCH).astype("datetime64[s]")
    return pa.array(at, pa.timestamp("s"), mask=seconds == _EMPTY)


def whole(values: Integers) -> pa.Array:
    """Counts; empty where negative."""
    return pa.array(values, pa.int64(), mask=values < 0)


def said(values: NDArray[np.bool_] | Integers) -> pa.Array:
    """是, 否, or empty where a number is negative."""
    return labels(values.astype(np.int64), ("否", "是"))


def day_of(number: int | None) -> date | None:
    """The date of a day's number."""
    return None if number is None else START + timedelta(days=int(number))


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


def grids(place: Community, has_street: bool) -> pa.Table:
    """The community, its 总网格, general and micro-grids."""
    cells, offset = tiling().cells, (2_700.0 * (place.index % 40), 2_300.0 * (place.index // 40))
    general = [
        union([c for c, k in zip(cells, place.general_of, strict=True) if k == g])
        for g in range(GENERAL)
    ]
    shapes = [geometry(union(list(cells)), offset)] * 2
    shapes += [geometry(ring, offset) for ring in (*general, *cells)]
    ids = [place.grid_id, place.main_id, *place.general_ids, *place.micro_ids]
    parents = [place.street_id if has_street else None, place.grid_id]
    parents += [place.main_id] * GENERAL + [place.general_ids[k] for k in place.general_of]
    levels = ["社区", "总"] + ["一般"] * GENERAL + ["微"] * MICRO
    kinds = [None, None, *(kind for _, kind in ESTATES)]
    kinds += [ESTATES[k][1] for k in place.general_of]
    party = [True, True, *place.has_party.tolist()]
    rng = stream(place.index, "party")
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
    rng = stream(place.index, "stock")
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


def _signed(place: Community, staff: Posts, worker: Integers, rng: np.random.Generator,
            coded: bool) -> tuple[Integers, list[str]]:  # fmt: skip
    """How workers wrote themselves down: by name, some by account, a few with a space inside."""
    if coded:
        return worker, worker_ids(place, staff)
    texts = [*staff.name, *(alias for alias, _ in staff.spellings)]
    other = np.full(len(staff.name), -1)
    for number, (_, who) in enumerate(staff.spellings):
        other[who] = len(staff.name) + number
    written = np.where(
        (rng.random(len(worker)) < 0.12) & (other[worker] >= 0), other[worker], worker
    )
    for row in rng.integers(0, max(len(worker), 1), 12 if len(worker) > 1000 else 0).tolist():
        name = staff.name[worker[row]]
        texts.append(f"{name[0]} {name[1:]}")
        written[row] = len(texts) - 1
    return written, texts


def visit_log(place: Community, staff: Posts, log: Visits, coded: bool) -> pa.Table:
    """The visit log; with `coded`, workers and grids stand as numbers instead of names."""
    rows, rng = log.rows, stream(place.index, "signed visits")
    written, texts = _signed(place, staff, log.worker, rng, coded)
    both = np.flatnonzero(log.second >= 0)
    if len(both):
        # Pairs of names become further texts of the dictionary.
        plain = worker_ids(place, staff) if coded else staff.name
        pairs, number = np.unique(
            log.worker[both] * len(plain) + log.second[both], return_inverse=True
        )
        base = len(texts)
        texts = texts + [
            f"{plain[p // len(plain)]}、{plain[p % len(plain)]}" for p in pairs.tolist()
        ]
        written = written.copy()
        written[both] = base + number
    at_shop = rows.shop >= 0
    address = np.where(at_shop, len(place.homes.label) + rows.shop, rows.home)
    due = np.where(log.need_due < 0, _EMPTY, log.need_due)
    count = len(rows)
    return pa.table({
        "visit_id": (place.index + 1) * _ID + 1 + np.arange(count),
        "occurred_at": moments(log.started), "ended_at": moments(log.ended),
        "entered_at": moments(log.entered), "worker": labels(written, texts),
        "grid": labels(rows.grid, place.micro_ids if coded else place.micro_names),
        "household": labels(address, place.homes.label + place.shop_label),
        "person": labels(rows.person, place.persons.label),
        "category": labels(rows.category, CATEGORIES), "mode": labels(log.mode, MODES),
        "met": said(log.met), "purpose": labels(rows.purpose, PURPOSES),
        "need": labels(log.need, NEEDS),
        "need_due": pa.array(
            (np.where(due == _EMPTY, 0, due) + _EPOCH // 86_400).astype("datetime64[D]"),
            mask=due == _EMPTY,
        ),
        "need_closed_at": moments(log.need_closed), "note": labels(log.note, _NOTES),
    })  # fmt: skip


def activities(
    place: Community, staff: Posts, days: Days, plan: Plan, came: Attended, coded: bool
) -> pa.Table:
    """The activity log."""
    rng, size = stream(place.index, "organisers"), len(plan)
    kind, grid = plan.kind.tolist(), plan.grid
    start = plan.day * 86_400 + plan.minute * 60
    long = np.array([t.minutes for t in TYPES])[plan.kind] * 60
    general = np.where(grid >= 0, grid, rng.integers(0, GENERAL, size))
    who = staff.holder[MICRO + general, plan.day]
    names = worker_ids(place, staff) if coded else staff.name
    partners = rng.integers(0, len(_PARTNERS), (size, 2))
    joint = [
        None
        if draw > 0.55
        else _PARTNERS[a]
        if draw > 0.2 or a == b
        else f"{_PARTNERS[a]}、{_PARTNERS[b]}"
        for draw, (a, b) in zip(rng.random(size).tolist(), partners.tolist(), strict=True)
    ]
    grid_text = [*place.general_ids, place.grid_id] if coded else [*place.general_names, place.name]
    spots = [f"{estate}党群服务点" for estate, _ in ESTATES] + [f"{place.name}文化广场"]
    at = np.where(grid >= 0, grid, GENERAL)
    return pa.table({
        "activity_id": (place.index + 1) * _ID + 1 + np.arange(size),
        "name": plan.names(days), "started_at": moments(start),
        "ended_at": moments(start + long), "pillar": [TYPES[k].pillar for k in kind],
        "type": [TYPES[k].name for k in kind], "grid": labels(at, grid_text),
        "place": labels(at, spots), "planned": said(plan.planned),
        "attendances": whole(came.attendances), "households": whole(came.households),
        "first_timers": whole(came.first_timers), "partners": pa.array(joint),
        "speaker": labels(plan.speaker, SPEAKERS),
        "team": labels(plan.team, TEAMS),
        "services": whole(came.services), "enrolled": whole(came.enrolled),
        "satisfied": whole(came.satisfied), "rated": whole(came.rated),
        "workers": labels(who, names),
    })  # fmt: skip


def attendances(place: Community, came: Attended) -> pa.Table:
    """The sign-in lists."""
    return pa.table({
        "activity_id": (place.index + 1) * _ID + 1 + came.activity,
        "household": labels(came.home, place.homes.label), "persons": came.persons,
        "category": labels(came.category, CATEGORIES), "first_time": said(came.first_time),
    })  # fmt: skip


def complaint_log(
    place: Community, staff: Posts, log: Complaints, coded: bool, unknown_grids: int = 0
) -> pa.Table:
    """The complaint log; `unknown_grids` rows name a grid that is in no list."""
    rng, size = stream(place.index, "signed complaints"), len(log.created)
    written, texts = _signed(place, staff, log.worker, rng, coded)
    address = np.where(log.shop >= 0, len(place.homes.label) + log.shop, log.home)
    grid = log.grid.copy()
    grid[rng.integers(0, max(size, 1), unknown_grids if size else 0)] = MICRO
    names = place.micro_ids if coded else place.micro_names
    is_closed = log.closed != _EMPTY
    year = (log.created + _EPOCH).astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64)
    number = (year + 1970) * 10**9 + place.index * 100_000 + np.arange(size) + 1
    return pa.table({
        "complaint_id": number, "source": labels(log.source, SOURCES),
        "nature": labels(log.nature, NATURES),
        "category": labels(log.category, [k.name for k in CATEGORY]),
        "grid": labels(grid, [*names, f"{place.name}12-01微网格"]),
        "worker": labels(written, texts),
        "household": labels(address, place.homes.label + place.shop_label),
        "content": contents(log.category, log.text), "created_at": moments(log.created),
        "dispatched_at": moments(log.dispatched), "accepted_at": moments(log.accepted),
        "contacted_at": moments(log.contacted), "due_at": moments(log.due),
        "closed_at": moments(log.closed),
        "found_by": labels(log.found_by_worker.astype(np.int64), ("居民", "网格员")),
        "settled_level": labels(log.settled, SETTLED), "in_scope": said(log.in_scope),
        "called_back": said(log.called_back), "resolved": said(log.resolved),
        "satisfied": labels(log.satisfied, ("满意", "一般", "不满意")),
        "reopened": log.reopened, "reply": pa.array(replies(is_closed, log.text), pa.string()),
    })  # fmt: skip
