"""Which visits happen: contacts that are due to key persons, and visits that nobody owed."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from etl.sample.days import Days
from etl.sample.outline import MICRO
from etl.sample.people import Posts
from etl.sample.place import CATEGORIES, Community
from etl.sample.planted import PLANTED
from etl.sample.streams import Floats, Integers, pick, stream

__all__ = ["MODES", "PURPOSES", "Contacts", "contacts"]

PURPOSES = ("重点人员探访", "日常走访", "商户走访", "年审协助", "春节慰问", "政策宣传", "隐患排查")
MODES = ("上门", "电话", "视频", "入户")
_ROUTINE, _SHOP, _YEARLY, _FESTIVAL = 1, 2, 3, 4
_BY_GENERAL = 0.205  # of the contacts due, made by the general grid worker
_AGAIN = 0.02  # of the contacts, a second one in the same period
_ORDINARY_MICRO, _ORDINARY_GENERAL = 1.85, 9.5  # a month, beside the contacts due
_FORTNIGHT = 0.60  # more in the fortnight before 春节


@dataclass(frozen=True)
class Contacts:
    """Visits, a row each: `post` is who goes (0 to 137), `grid` where, `home` which dwelling (-1:
    none), `shop` which shop (-1: none), `person` which key person (-1: none)."""

    day: Integers
    post: Integers
    grid: Integers
    home: Integers
    shop: Integers
    person: Integers
    category: Integers
    purpose: Integers

    def __len__(self) -> int:
        return len(self.day)

    def where(self, rows: NDArray[np.bool_] | Integers) -> Contacts:
        """The chosen rows."""
        return Contacts(*(getattr(self, field.name)[rows] for field in fields(self)))

    @staticmethod
    def joined(parts: list[Contacts]) -> Contacts:
        """Several sets of visits as one."""
        return Contacts(
            *(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Contacts))
        )


def _periods(days: Days, tier: int) -> tuple[Integers, Integers]:
    """First day and day after the last of the weeks, months or quarters up to the end."""
    reach = np.arange(len(days.dates))
    if tier == 0:
        starts = np.flatnonzero(days.weekday == 0)
        edges = starts if starts[0] == 0 else np.concatenate([[0], starts])
    else:
        step = (days.month if tier == 1 else days.month // 3)[reach]
        edges = np.concatenate([[0], np.flatnonzero(np.diff(step)) + 1])
    first, after = edges[:-1], edges[1:]
    inside = first < days.count
    return first[inside], after[inside]


def _day_between(
    rng: np.random.Generator, days: Days, first: Integers, after: Integers
) -> Integers:
    """A day in [first, after), likelier on ordinary working days."""
    edges = np.concatenate([[0.0], np.cumsum(days.visit_weight)])
    low, high = edges[first], edges[after]
    at = low + rng.random(len(first)) * (high - low)
    found: Integers = np.clip(np.searchsorted(edges, at, side="right") - 1, first, after - 1)
    return found


def _diligence(place: Community, staff: Posts, days: Days) -> Floats:
    """Chance that a contact due on a day is made: (127, days)."""
    month = days.month[: days.count]
    chance = staff.diligence[:MICRO][:, month]
    # A micro-grid worker's idle month is mostly made up for by the general grid worker.
    chance = np.where(staff.active[:MICRO][:, month], chance, 0.78 * chance)
    worse = np.zeros((MICRO, days.count), dtype=np.bool_)
    worse[place.general_of == PLANTED.worsening_general, days.index(PLANTED.worsening_from) :] = (
        True
    )
    return np.where(worse, chance * PLANTED.worsening_contact, chance)


def _due(place: Community, staff: Posts, days: Days, rng: np.random.Generator) -> Contacts:
    """Contacts made with key persons in their weeks, months and quarters."""
    people, chance = place.persons, _diligence(place, staff, days)
    parts = []
    for tier in range(3):
        first, after = _periods(days, tier)
        who = np.flatnonzero(people.tier == tier)
        low = np.maximum(first[None, :], people.since[who][:, None])
        high = np.minimum(after[None, :], people.until[who][:, None] + 1)
        high = np.where(people.until[who][:, None] >= days.count, after[None, :], high)
        keep = high - low >= 3
        person = np.broadcast_to(who[:, None], keep.shape)[keep]
        low, high = low[keep], high[keep]
        again = np.flatnonzero(rng.random(len(person)) < _AGAIN)
        rows = np.concatenate([np.arange(len(person)), again])
        day = _day_between(rng, days, low[rows], high[rows])
        person = person[rows]
        grid = people.grid[person]
        ok = day < days.count
        ok[ok] = rng.random(int(ok.sum())) < chance[grid[ok], day[ok]]
        parts.append((day[ok], person[ok]))
    day = np.concatenate([part[0] for part in parts])
    person = np.concatenate([part[1] for part in parts])
    grid = people.grid[person]
    idle = ~staff.active[grid, days.month[day]]
    invented = np.isin(grid, staff.fabricated)
    by_general = (idle | (rng.random(len(day)) < _BY_GENERAL)) & ~invented
    post = np.where(by_general, MICRO + place.general_of[grid], grid)
    none = np.full(len(day), -1)
    return Contacts(
        day, post, grid, people.home[person], none, person, people.category[person],
        np.zeros(len(day), dtype=np.int64),
    )  # fmt: skip


def ordinary(
    place: Community, days: Days, rng: np.random.Generator, post: Integers, day: Integers
) -> Contacts:
    """Visits that nobody owed, made by `post` on `day`: homes, shops, yearly certifications."""
    homes = place.homes
    grid = post.copy()
    for general in range(11):
        mine = np.flatnonzero(post == MICRO + general)
        grid[mine] = rng.choice(np.flatnonzero(place.general_of == general), len(mine))
    size = np.diff(homes.first)
    home = homes.first[grid] + (rng.random(len(grid)) * size[grid]).astype(np.int64)
    purpose = pick(rng, (0, 58, 19, 0, 0, 13, 10), len(grid))
    yearly = rng.random(len(grid)) < 0.12
    purpose[yearly] = _YEARLY
    shops = np.concatenate([[0], np.cumsum(place.shops)])
    is_shop = (purpose == _SHOP) & (place.shops[grid] > 0)
    purpose[(purpose == _SHOP) & ~is_shop] = _ROUTINE
    shop = np.where(
        is_shop, shops[grid] + (rng.random(len(grid)) * place.shops[grid]).astype(np.int64), -1
    )
    kinds = [CATEGORIES.index(c) for c in ("普通居民", "租户", "独居老人", "商户")]
    kind = pick(rng, (0.8, 0.2), len(grid))
    category = np.array(kinds)[np.where(is_shop, 3, np.where(yearly, 2, kind))]
    return Contacts(
        day,
        post,
        grid,
        np.where(is_shop, -1, home),
        shop,
        np.full(len(grid), -1),
        category,
        purpose,
    )


def _unowed(place: Community, staff: Posts, days: Days, rng: np.random.Generator) -> Contacts:
    """Ordinary visits of every post and month, and the round before 春节."""
    mean = np.where(np.arange(MICRO + 11) < MICRO, _ORDINARY_MICRO, _ORDINARY_GENERAL)
    month = days.month[: days.count]
    weight = days.visit_weight[: days.count] / 4.5
    noise = rng.gamma(2.0, 0.5, (MICRO + 11, days.months))
    rate = (mean * staff.extra)[:, None] * noise * staff.active
    daily = rate[:, month] * weight[None, :]
    post, day = np.nonzero(np.ones_like(daily, dtype=np.bool_))
    times = rng.poisson(daily[post, day])
    usual = ordinary(place, days, rng, np.repeat(post, times), np.repeat(day, times))
    before = days.from_spring_festival[: days.count]
    window = np.flatnonzero((before >= -14) & (before < 0))
    load = np.bincount(place.persons.grid, minlength=MICRO).astype(np.float64)
    load = np.concatenate([0.3 * MICRO * load / load.sum(), np.zeros(11)]) + mean / 8
    daily = np.zeros_like(daily)
    scale = _FORTNIGHT * 73.0 / load.sum()
    daily[:, window] = load[:, None] * scale * staff.active[:, month[window]]
    times = rng.poisson(daily[post, day])
    festival = ordinary(place, days, rng, np.repeat(post, times), np.repeat(day, times))
    festival.purpose[festival.shop < 0] = _FESTIVAL
    return Contacts.joined([usual, festival])


def _invented(
    place: Community, staff: Posts, days: Days, rng: np.random.Generator, rows: Contacts
) -> Contacts:
    """The rows with the fabricators' months cut or filled up to exactly their target."""
    drop = np.zeros(len(rows), dtype=np.bool_)
    fill_post, fill_day = [], []
    last = np.searchsorted(days.month, np.arange(days.months), side="right") - 1
    for post, target in zip(staff.fabricated, PLANTED.fabricator_target, strict=True):
        mine = np.flatnonzero(rows.post == post)
        month = days.month[rows.day[mine]]
        for m in range(days.months):
            here = mine[month == m]
            drop[rng.permutation(here)[target:]] = True
            lacking = max(target - len(here), 0)
            begin = last[m - 1] + 1 if m else 0
            fill_post.append(np.full(lacking, post))
            fill_day.append(rng.integers(begin, min(last[m] - 5, days.count - 1) + 1, lacking))
    filled = ordinary(place, days, rng, np.concatenate(fill_post), np.concatenate(fill_day))
    return Contacts.joined([rows.where(~drop), filled])


def contacts(place: Community, staff: Posts, days: Days) -> Contacts:
    """All visits of a community, in no particular order."""
    rng = stream(place.seed, "contact", place.index)
    rows = Contacts.joined([_due(place, staff, days, rng), _unowed(place, staff, days, rng)])
    return _invented(place, staff, days, rng, rows)
