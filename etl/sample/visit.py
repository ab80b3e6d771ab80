"""The visit log: when, how long, whether anyone was met, what was needed, when it was keyed in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.sample.contact import Contacts
from etl.sample.days import Days
from etl.sample.outline import MICRO
from etl.sample.people import Posts
from etl.sample.place import CATEGORIES, Community
from etl.sample.streams import Integers, in_order, pick, stream
from etl.sample.words import NOTES

__all__ = ["NEEDS", "Visits", "visits"]

NEEDS = (
    "年审认证",
    "就医取药",
    "家政维修",
    "助餐助浴",
    "政策咨询",
    "就业帮扶",
    "矛盾调解",
    "设施报修",
    "证件代办",
)
_DAY, _NOBODY = 86_400, np.iinfo(np.int64).min
_PHONE, _VIDEO, _OLD_WORD = 1, 2, 3
_YEARLY, _FESTIVAL = 3, 4  # purposes


@dataclass(frozen=True)
class Visits:
    """The log in order of `started`. Times are seconds since START, int64 minimum where empty;
    `worker` and `second` are workers' numbers, `second` -1 where one went alone."""

    rows: Contacts
    started: Integers
    ended: Integers
    entered: Integers
    worker: Integers
    second: Integers
    mode: Integers
    met: NDArray[np.bool_]
    need: Integers
    need_due: Integers
    need_closed: Integers
    note: Integers
    is_invented: NDArray[np.bool_]


def _clock(rng: np.random.Generator, rows: Contacts, days: Days, minutes: Integers) -> Integers:
    """Start of each visit in seconds: a worker's visits of one day follow each other."""
    evening = rng.random(len(rows)) < 0.158
    slot = (rows.post * (days.count + 1) + rows.day) * 2 + evening
    order = in_order(slot)
    head = np.concatenate([[True], np.diff(slot[order]) != 0])
    begin = np.where(
        evening, 18 * 60 + rng.integers(0, 80, len(rows)), 510 + rng.integers(0, 420, len(rows))
    )
    begin -= np.where(rng.random(len(rows)) < 0.4, begin % 10, 0)
    spent = np.concatenate([[0], (minutes + 2 + rng.integers(0, 14, len(rows)))[order]])
    total = np.cumsum(spent)[:-1]
    group = np.cumsum(head) - 1
    minute = begin[order][head][group] + total - total[head][group]
    found = np.empty(len(rows), dtype=np.int64)
    found[order] = rows.day[order] * _DAY + np.minimum(minute, 22 * 60) * 60
    return found


def _entered(rng: np.random.Generator, days: Days, day: Integers, ended: Integers) -> Integers:
    """When it was keyed in: mostly at once, later at the end of a month."""
    draw = rng.random(len(day))
    delay = np.exp(rng.normal(np.log(2_400), 1.1, len(day)))
    next_days = draw > 0.80
    delay[next_days] += _DAY * rng.integers(0, 3, int(next_days.sum()))
    left = days.days_left_in_month[day]
    late = rng.random(len(day)) < np.where(left < 5, 0.15, 0.035)
    delay[late] = _DAY * (3.1 + rng.gamma(1.5, 2.5, int(late.sum())))
    catch_up = (rng.random(len(day)) < 0.035) & (left >= 5)
    delay[catch_up] = _DAY * left[catch_up] + rng.integers(0, 30_000, int(catch_up.sum()))
    found: Integers = ended + np.maximum(delay, 20).astype(np.int64)
    return found


def _needs(
    rng: np.random.Generator, days: Days, rows: Contacts, met: NDArray[np.bool_], ended: Integers
) -> tuple[Integers, Integers, Integers]:
    """What was needed (-1: nothing), by which day, and when it was done."""
    yearly = rows.purpose == _YEARLY
    found = (rng.random(len(rows)) < np.where(met, 0.086, 0.012)) & ~yearly
    need = np.where(found, 1 + pick(rng, (20, 18, 12, 16, 7, 7, 12, 8), len(rows)), -1)
    need[yearly] = 0
    term = np.array([7, 10, 15, 30])[rng.integers(0, 4, len(rows))]
    due = np.where(need >= 0, rows.day + np.where(yearly, rng.integers(2, 40, len(rows)), term), -1)
    speed = np.exp(rng.normal(np.log(0.36), 0.85, len(rows)))
    closed = ended + (speed * np.maximum(due - rows.day, 1) * _DAY).astype(np.int64)
    helped = yearly & met & (rng.random(len(rows)) < 0.8)
    closed = np.where(helped, ended, closed)
    never = (need < 0) | (rng.random(len(rows)) < 0.04) | (closed >= days.count * _DAY)
    return need, due, np.where(never, _NOBODY, closed)


def _modes(rng: np.random.Generator, rows: Contacts, days: Days, tier: Integers) -> Integers:
    """上门, 电话 or 视频; the system called 上门 入户 until the middle of 2025."""
    phone = np.array([0.24, 0.33, 0.38, 0.14])[tier]
    draw = rng.random(len(rows))
    mode = np.where(draw < phone, _PHONE, np.where(draw < phone + 0.025, _VIDEO, 0))
    mode[rows.shop >= 0] = 0
    return np.where((mode == 0) & (rows.day < 181), _OLD_WORD, mode)


def _fabricate(
    rng: np.random.Generator, days: Days, rows: Contacts, log: dict[str, Integers]
) -> None:
    """Overwrite the fabricators' rows: neat times by day, keyed in at night in one go."""
    month = days.month[rows.day]
    last = np.searchsorted(days.month, np.arange(days.months), side="right") - 1
    for mine in np.unique(rows.post):
        for m in range(days.months):
            here = np.flatnonzero((rows.post == mine) & (month == m))
            if len(here) == 0:
                continue
            here = here[np.argsort(rows.day[here], kind="stable")]
            final = min(int(last[m]), days.count - 1)
            # Nothing on the last day of the month: it is spent typing.
            day = np.clip(rows.day[here], None, max(final - 1, int(rows.day[here[0]])))
            log["started"][here] = day * _DAY + (540 + 30 * rng.integers(0, 16, len(here))) * 60
            log["ended"][here] = log["started"][here] + 600
            night = final * _DAY - 3_000 + int(rng.integers(0, 9_000))
            night = max(night, int(log["ended"][here].max()) + 600)
            log["entered"][here] = night + np.cumsum(rng.integers(14, 40, len(here)))
            log["note"][here] = NOTES.invented(rng, len(here))


def _holders(staff: Posts, place: Community, rows: Contacts) -> Integers:
    """Who held the post that day; the general grid worker where it was vacant."""
    worker = staff.holder[rows.post, rows.day]
    general = staff.holder[MICRO + place.general_of[rows.grid], rows.day]
    return np.where(worker < 0, general, worker)


def visits(place: Community, staff: Posts, days: Days, rows: Contacts) -> Visits:
    """The log of a community; what was keyed in after the end of the sample is not in it."""
    rng = stream(place.seed, "visit", place.index)
    tier = np.where(rows.person >= 0, place.persons.tier[rows.person], 3)
    mode = _modes(rng, rows, days, tier)
    by_wire = (mode == _PHONE) | (mode == _VIDEO)
    # People on the list are mostly at home or called ahead; strangers' doors stay shut by day.
    known = (rows.person >= 0) | (rows.purpose == _YEARLY)
    chance = np.where(by_wire, 0.84, np.where(rows.shop >= 0, 0.9, np.where(known, 0.718, 0.35)))
    invented = np.isin(rows.post, staff.fabricated)
    empty = np.where(rows.home >= 0, ~place.homes.is_occupied[rows.home], False)
    met = ((rng.random(len(rows)) < chance) & ~empty) | invented
    minutes = np.clip(
        np.exp(rng.normal(np.log(np.where(mode == _PHONE, 5, 13)), 0.55, len(rows))), 2, 75
    )
    minutes = np.where(met, minutes, np.minimum(minutes, 4)).astype(np.int64)
    started = _clock(rng, rows, days, minutes)
    ended = started + minutes * 60
    note = NOTES.usual(rng, CATEGORIES, rows.category)
    festival = rows.purpose == _FESTIVAL
    note[festival] = NOTES.festival(rng, int(festival.sum()))
    note[(~met & (rng.random(len(rows)) < 0.85)) | (rng.random(len(rows)) < 0.25)] = -1
    log = {
        "started": started,
        "ended": ended,
        "entered": _entered(rng, days, rows.day, ended),
        "note": note,
    }
    at = np.flatnonzero(invented)
    part = {name: values[at] for name, values in log.items()}
    _fabricate(rng, days, rows.where(at), part)
    for name, values in part.items():
        log[name][at] = values
    need, due, closed = _needs(rng, days, rows, met, log["ended"])
    need[at], due[at], closed[at] = -1, -1, _NOBODY
    worker = _holders(staff, place, rows)
    partner = staff.holder[MICRO + place.general_of[rows.grid], rows.day]
    together = (rng.random(len(rows)) < 0.03) & (partner != worker) & ~invented
    second = np.where(together, partner, -1)
    kept = log["entered"] < days.count * _DAY
    order = np.flatnonzero(kept)
    order = order[in_order(log["started"][order] * len(staff.name) + worker[order])]
    return Visits(
        rows.where(order), log["started"][order], log["ended"][order], log["entered"][order],
        worker[order], second[order], mode[order], met[order], need[order], due[order],
        closed[order], log["note"][order], invented[order],
    )  # fmt: skip
