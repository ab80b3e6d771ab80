"""Who came: the sign-in lists, and the figures of the activity log that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.sample.activity import COURSE, TYPES, Plan
from etl.sample.days import Days
from etl.sample.place import CATEGORIES, Community
from etl.sample.streams import Floats, Integers, pick, stream

__all__ = ["Attended", "attended"]

_WHO_COMES = (9, 3, 2, 2, 0, 0, 5, 5, 62, 9, 3)  # in the order of CATEGORIES
_NO_LIST = ("经营点集市",)


@dataclass(frozen=True)
class Attended:
    """`activity`, `home`, `persons`, `category`, `first_time`: the sign-in list, a row per activity
    and home. The others have one figure per activity; -1 where it is not known."""

    activity: Integers
    home: Integers
    persons: Integers
    category: Integers
    first_time: NDArray[np.bool_]
    attendances: Integers
    households: Integers
    first_timers: Integers
    services: Integers
    enrolled: Integers
    rated: Integers
    satisfied: Integers


def _draw_homes(
    rng: np.random.Generator, place: Community, weight: Floats, grid: Integers
) -> Integers:
    """A home for each place asked for: mostly of the grid that hosts, else from anywhere."""
    general = place.general_of[place.homes.grid]
    everywhere = np.cumsum(weight)
    order = np.argsort(general, kind="stable")
    inside = np.cumsum(weight[order])
    edges = np.concatenate([[0.0], inside])[np.searchsorted(general[order], np.arange(12))]
    local = (grid >= 0) & (rng.random(len(grid)) < 0.72)
    low = np.where(local, edges[np.maximum(grid, 0)], 0.0)
    high = np.where(local, edges[np.maximum(grid, 0) + 1], everywhere[-1])
    at = low + rng.random(len(grid)) * (high - low)
    here: Integers = order[np.minimum(np.searchsorted(inside, at, side="right"), len(order) - 1)]
    return here


def _places(
    rng: np.random.Generator, place: Community, weight: Floats, plan: Plan, people: Integers
) -> tuple[Integers, Integers, Integers]:
    """Activity and home of every person who came; pupils enrolled per activity, -1 where none."""
    kind, grid = plan.kind, plan.grid
    listed = ~np.isin(kind, [n for n, t in enumerate(TYPES) if t.name in _NO_LIST])
    course = kind == COURSE
    calls = np.where(listed & ~course, np.ceil(people / 1.55), 0).astype(np.int64)
    activity = np.repeat(np.arange(len(plan)), calls)
    home = _draw_homes(rng, place, weight, grid[activity])
    start = np.cumsum(calls) - calls
    persons = np.where(listed & ~course, people, 0)
    who = np.repeat(np.arange(len(plan)), persons)
    chosen = start[who] + (rng.random(len(who)) * calls[who]).astype(np.int64)
    series, term = plan.series, plan.day // 183
    roll = rng.integers(20, 31, (12, term.max(initial=0) + 1))
    roster = _draw_homes(rng, place, weight, np.full(roll.sum(), -1))
    first = np.concatenate([[0], np.cumsum(roll.ravel())])
    lessons = np.flatnonzero(course)
    group = series[lessons] * roll.shape[1] + term[lessons]
    width = roll.ravel()[group]
    rows = np.repeat(lessons, width)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(width) - width, width)
    came = rng.random(len(rows)) < 0.78
    pupil = roster[np.repeat(first[group], width) + within]
    enrolled = np.full(len(plan), -1)
    enrolled[lessons] = width
    who = np.concatenate([who, rows[came]])
    return who, np.concatenate([home[chosen], pupil[came]]), enrolled


def _services(rng: np.random.Generator, plan: Plan, attendances: Integers) -> Integers:
    """Services given; at a market the stalls used out of 200."""
    kind = np.array([t.code for t in TYPES])[plan.kind]
    services = np.full(len(plan), -1)
    given = np.isin(kind, ("年审", "义务服务", "商户服务", "退役军人服务"))
    services[given] = np.maximum(1, attendances[given] * rng.uniform(0.8, 1.3, int(given.sum())))
    stall = kind == "经营点"
    services[stall] = rng.integers(112, 187, int(stall.sum()))
    return services


def attended(place: Community, days: Days, plan: Plan) -> Attended:
    """The sign-in lists of a community's activities and the figures drawn from them."""
    rng = stream(place.seed, "attendance", place.index)
    weight = rng.gamma(0.35, 1.0, len(place.homes.grid)) * place.homes.is_occupied
    low = np.array([t.low for t in TYPES])[plan.kind]
    high = np.array([t.high for t in TYPES])[plan.kind]
    people = low + (rng.beta(1.8, 2.4, len(plan)) * (high - low)).astype(np.int64)
    activity, home, enrolled = _places(rng, place, weight, plan, people)
    homes = len(place.homes.grid)
    key, persons = np.unique(activity * homes + home, return_counts=True)
    activity, home = key // homes, key % homes
    known = rng.random(homes) < np.minimum(0.9, weight / weight.mean() * 0.10)
    seen, where = np.unique(home, return_index=True)
    first_time = np.zeros(len(key), dtype=np.bool_)
    first_time[where] = ~known[seen]
    size = len(plan)
    count = np.bincount(activity, weights=persons, minlength=size).astype(np.int64)
    households = np.bincount(activity, minlength=size)
    first = np.bincount(activity, weights=persons * first_time, minlength=size).astype(np.int64)
    listed = households > 0
    attendances = np.where(listed, count, people)
    rated = np.where(
        rng.random(size) < 0.7, (attendances * rng.uniform(0.2, 0.5, size)).astype(np.int64), -1
    )
    liking = np.clip(rng.beta(40, 3.2, size), 0.6, 1.0)
    satisfied = np.where(rated >= 0, rng.binomial(np.maximum(rated, 0), liking), -1)
    fair = np.array([t.code == "招聘会" for t in TYPES])[plan.kind]
    enrolled[fair] = rng.binomial(attendances[fair], 0.27)  # those who left their intent
    services = _services(rng, plan, attendances)
    forgotten = ~listed & (rng.random(size) < 0.15)
    return Attended(
        activity, home, persons, pick(rng, _WHO_COMES, len(key)), first_time,
        np.where(forgotten, -1, attendances), np.where(listed, households, -1),
        np.where(listed, first, -1), services, enrolled, rated, satisfied,
    )  # fmt: skip


assert len(CATEGORIES) == 11
