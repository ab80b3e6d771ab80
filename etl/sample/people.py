"""The workers of a community: who held which grid on which day, and how they write their names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.sample.days import Days
from etl.sample.outline import GENERAL, MICRO
from etl.sample.place import Community
from etl.sample.planted import PLANTED
from etl.sample.streams import Floats, Integers, stream
from etl.sample.words import names

__all__ = ["Posts", "Stint", "posts"]

_LEAVERS = 13  # micro-grid workers who left and were replaced, some after a gap
_MOVERS = 3  # pairs of micro-grid workers who changed places


@dataclass(frozen=True)
class Stint:
    """One tenure: days `since` (-1: before START) to `until` (None: still in post)."""

    worker: int
    post: int
    since: int
    until: int | None


@dataclass(frozen=True)
class Posts:
    """Posts 0 to 126 are the micro-grids, 127 to 137 the general grids.

    `holder[post, day]` is the worker, -1 where the post is vacant; `active[post, month]` is False
    in months in which its micro-grid worker did nothing; `diligence[post, month]` is the chance
    that a contact due is made; `extra[post]` weights visits that nobody owed.
    """

    name: list[str]
    is_general: NDArray[np.bool_]
    is_paid: NDArray[np.bool_]
    capacity: Integers
    stints: tuple[Stint, ...]
    holder: Integers
    active: NDArray[np.bool_]
    diligence: Floats
    extra: Floats
    fabricated: tuple[int, ...]
    spellings: list[tuple[str, int]]

    def leave_days(self, stint: Stint, days: Days) -> int:
        """Days of leave in a stint: five for each month of inactivity, more or less."""
        if stint.post >= MICRO:
            return 4 + stint.worker % 9
        last = days.count - 1 if stint.until is None else stint.until
        months = slice(int(days.month[max(stint.since, 0)]), int(days.month[last]) + 1)
        idle = int((~self.active[stint.post, months]).sum())
        return idle * 5 + stint.worker % 6


def _unique_names(rng: np.random.Generator, size: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < size:
        found.update(dict.fromkeys(names(rng, size).tolist()))
    return list(found)[:size]


def _stints(rng: np.random.Generator, days: Days, fixed: tuple[int, ...]) -> list[Stint]:
    """Stints of all posts; the fabricators and two thirds of the others never change."""
    free = rng.permutation([post for post in range(MICRO) if post not in fixed])
    since = -1 - rng.integers(30, 1500, MICRO + GENERAL)
    leavers, movers = free[:_LEAVERS], free[_LEAVERS : _LEAVERS + 2 * _MOVERS]
    found = []
    newcomer = MICRO + GENERAL
    for post in range(MICRO + GENERAL):
        if post in leavers and days.count > 120:
            left = int(rng.integers(60, days.count - 40))
            gap = int(rng.choice([1, 1, 1, 12, 25]))
            found += [
                Stint(post, post, int(since[post]), left),
                Stint(newcomer, post, left + gap, None),
            ]
            newcomer += 1
        elif post not in movers or days.count <= 120:
            found.append(Stint(post, post, int(since[post]), None))
    if days.count > 120:
        for one, other in movers.reshape(-1, 2).tolist():
            swap = int(rng.integers(90, days.count - 60))
            for worker, here, there in ((one, one, other), (other, other, one)):
                found.append(Stint(worker, here, int(since[worker]), swap))
                found.append(Stint(worker, there, swap + 1, None))
    return found


def _spellings(rng: np.random.Generator, people: list[str], number: int) -> list[tuple[str, int]]:
    """Further spellings: accounts of 60 workers, and 张三2 for twelve with a second account."""
    chosen = rng.permutation(len(people))[:72].tolist()
    accounts = [(f"dsgg{number:02d}{w + 1:04d}", w) for w in chosen[:60]]
    return accounts + [(f"{people[w]}2", w) for w in chosen[60:]]


def posts(place: Community, days: Days) -> Posts:
    """The workers of `place`: 138 in post, and those who left."""
    rng = stream(place.seed, "people", place.index)
    fixed = tuple(place.micro_number(*pair) for pair in PLANTED.fabricators)
    stints = _stints(rng, days, fixed)
    people = max(stint.worker for stint in stints) + 1
    holder = np.full((MICRO + GENERAL, days.count), -1)
    for stint in stints:
        last = days.count if stint.until is None else stint.until + 1
        holder[stint.post, max(stint.since, 0) : last] = stint.worker
    general = np.zeros(people, dtype=np.bool_)
    general[MICRO : MICRO + GENERAL] = True
    diligence = np.clip(rng.beta(24, 0.95, (MICRO + GENERAL, 1)), 0.5, 0.995)
    monthly = np.clip(diligence + rng.normal(0, 0.03, (MICRO + GENERAL, days.months)), 0.3, 1)
    active = rng.random((MICRO + GENERAL, days.months)) >= 0.08
    active[MICRO:] = True
    for post in fixed:
        monthly[post], active[post] = 1.0, True
    who = _unique_names(rng, people)
    return Posts(
        who, general, general | (rng.random(people) < 0.06), np.where(general, 110, 30),
        tuple(stints), holder, active, monthly, rng.gamma(3.0, 1 / 3.0, MICRO + GENERAL), fixed,
        _spellings(rng, who, place.index + 1),
    )  # fmt: skip
