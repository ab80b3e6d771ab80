"""The generated community's logs in the shape of the schema (pyarrow)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from etl.sample.activity import SPEAKERS, TEAMS, TYPES, Plan
from etl.sample.attendance import Attended
from etl.sample.cells import EMPTY, days_at, labels, moments, said, whole
from etl.sample.complaint import CATEGORY, NATURES, SETTLED, SOURCES, Complaints
from etl.sample.contact import MODES, PURPOSES
from etl.sample.days import START, Days
from etl.sample.outline import GENERAL, MICRO
from etl.sample.people import Posts
from etl.sample.place import CATEGORIES, Community
from etl.sample.references import worker_ids
from etl.sample.said import CONTENTS, REPLIES, content_numbers
from etl.sample.streams import Integers, stream
from etl.sample.visit import NEEDS, Visits
from etl.sample.words import ESTATES, NOTES, WORDS

__all__ = ["activities", "attendances", "complaint_log", "visit_log"]

_ID = 10_000_000  # log numbers a community may use
_NOTES = pa.array(NOTES.texts, pa.string())
_CONTENTS = pa.array(CONTENTS, pa.string())
_PARTNERS: list[str] = WORDS["partners"]


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
    rows, rng = log.rows, stream(place.seed, "signed visits", place.index)
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
        "need_due": days_at(log.need_due),
        "need_closed_at": moments(log.need_closed), "note": labels(log.note, _NOTES),
    })  # fmt: skip


def activities(
    place: Community, staff: Posts, days: Days, plan: Plan, came: Attended, coded: bool
) -> pa.Table:
    """The activity log."""
    rng, size = stream(place.seed, "organisers", place.index), len(plan)
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
    rng, size = stream(place.seed, "signed complaints", place.index), len(log.created)
    written, texts = _signed(place, staff, log.worker, rng, coded)
    address = np.where(log.shop >= 0, len(place.homes.label) + log.shop, log.home)
    grid = log.grid.copy()
    grid[rng.integers(0, max(size, 1), unknown_grids if size else 0)] = MICRO
    names = place.micro_ids if coded else place.micro_names
    said_numbers = content_numbers(log.category, log.text)
    answer = np.where(log.closed == EMPTY, -1, log.text // 7_919 % len(REPLIES))
    day = np.datetime64(START) + log.created // 86_400
    year = day.astype("datetime64[Y]").astype(np.int64) + 1970
    number = year * 10**9 + place.index * 100_000 + np.arange(size) + 1
    return pa.table({
        "complaint_id": number, "source": labels(log.source, SOURCES),
        "nature": labels(log.nature, NATURES),
        "category": labels(log.category, [k.name for k in CATEGORY]),
        "grid": labels(grid, [*names, f"{place.name}12-01微网格"]),
        "worker": labels(written, texts),
        "household": labels(address, place.homes.label + place.shop_label),
        "content": labels(said_numbers, _CONTENTS), "created_at": moments(log.created),
        "dispatched_at": moments(log.dispatched), "accepted_at": moments(log.accepted),
        "contacted_at": moments(log.contacted), "due_at": moments(log.due),
        "closed_at": moments(log.closed),
        "found_by": labels(log.found_by_worker.astype(np.int64), ("居民", "网格员")),
        "settled_level": labels(log.settled, SETTLED), "in_scope": said(log.in_scope),
        "called_back": said(log.called_back), "resolved": said(log.resolved),
        "satisfied": labels(log.satisfied, ("满意", "一般", "不满意")),
        "reopened": log.reopened, "reply": labels(answer, REPLIES),
    })  # fmt: skip
