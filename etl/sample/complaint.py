"""The complaint log (诉求工单): who complained of what, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from etl.sample.days import Days
from etl.sample.outline import MICRO
from etl.sample.people import Posts
from etl.sample.place import Community
from etl.sample.planted import PLANTED
from etl.sample.streams import Floats, Integers, pick, split_whole, stream

__all__ = ["CATEGORY", "NATURES", "SETTLED", "SOURCES", "Complaints", "complaints"]

_DAY, _NOBODY = 86_400, np.iinfo(np.int64).min


@dataclass(frozen=True)
class Kind:
    """A category: its share in percent, median handling time in days, and its place in the list."""

    name: str
    share: float
    median_days: float
    level_1: str
    level_2: str
    own_authority: bool
    deadline_days: int


CATEGORY = (
    Kind("物业", 24, 4.5, "住房管理", "物业服务", True, 10),
    Kind("市容占道", 16, 1.2, "城市管理", "占道经营", True, 5),
    Kind("噪声", 12, 1.0, "生态环境", "社会生活噪声", True, 5),
    Kind("停车", 12, 2.5, "城市管理", "停车秩序", True, 5),
    Kind("水电气设施", 11, 2.0, "市政设施", "水电气", True, 5),
    Kind("邻里", 7, 3.0, "社会治安", "邻里纠纷", True, 10),
    Kind("民政社保", 6, 1.5, "民生保障", "民政社保", True, 5),
    Kind("消防", 5, 1.1, "公共安全", "消防隐患", True, 5),
    Kind("违建", 4, 12.0, "城市管理", "违法建设", False, 10),
    Kind("其他", 3, 2.0, "其他", "其他", True, 10),
)
NATURES = ("投诉", "求助", "咨询", "建议", "表扬")
_NATURE_SHARE = (45, 35, 10, 8, 2)
_DEADLINE = np.array([10, 5, 1, 10, 5])  # working days, by nature
_ENQUIRY_MEDIAN, _SIGMA = 0.3, 0.9
SOURCES = ("12345", "网格", "来访", "网络", "商户")
SETTLED = ("网格", "社区", "街道", "部门")
_A_MONTH = 184.0
_REPEATS = 0.18
_BLOCK = 8


@dataclass(frozen=True)
class Complaints:
    """The log in order of `created`; times in seconds since START (int64 minimum: empty), numbers
    into the tuples above, -1 where a cell is empty. `home` -1 and `shop` -1: none given."""

    created: Integers
    dispatched: Integers
    accepted: Integers
    contacted: Integers
    due: Integers
    closed: Integers
    grid: Integers
    home: Integers
    shop: Integers
    category: Integers
    nature: Integers
    source: Integers
    worker: Integers
    found_by_worker: NDArray[np.bool_]
    settled: Integers
    in_scope: NDArray[np.bool_]
    called_back: Integers
    resolved: Integers
    satisfied: Integers
    reopened: Integers
    text: Integers


def _first(
    place: Community, days: Days, rng: np.random.Generator
) -> tuple[Integers, Integers, Integers]:
    """Day, category and micro-grid of complaints that repeat no other."""
    share = np.array([kind.share for kind in CATEGORY])
    daily = np.full((days.count, len(share)), _A_MONTH * (1 - _REPEATS) / 30.44 / 100) * share
    daily *= np.where(days.weekday[: days.count] >= 5, 0.85, 1.06)[:, None]
    summer = np.isin(days.month_of_year[: days.count], (6, 7, 8))
    daily[summer] *= 1.15
    festival = days.from_spring_festival[: days.count]
    daily[(festival >= 0) & (festival < 7)] *= 0.5
    rising = [kind.name for kind in CATEGORY].index(PLANTED.rising_category)
    daily[max(days.index(PLANTED.rising_from), 0) :, rising] *= PLANTED.rising_factor
    weight = np.bincount(place.homes.grid, minlength=MICRO) * np.exp(rng.normal(0, 0.35, MICRO))
    here = place.general_of == PLANTED.worsening_general
    before = weight / weight.sum()
    more = float(before[here].sum()) * (PLANTED.worsening_complaints - 1)
    worse = days.index(PLANTED.worsening_from)
    times = rng.poisson(daily)
    day, category = (
        np.repeat(axis, times.ravel()) for axis in np.indices(times.shape).reshape(2, -1)
    )
    grid = pick(rng, before, len(day))
    late = np.flatnonzero((day >= worse) & (rng.random(len(day)) < more))
    extra = pick(rng, before * here, len(late))
    return (
        np.concatenate([day, day[late]]),
        np.concatenate([category, category[late]]),
        np.concatenate([grid, extra]),
    )


def _time_of_day(rng: np.random.Generator, size: int) -> Integers:
    """Seconds after midnight: mostly 8 to 22 o'clock, two humps."""
    hour = np.where(
        rng.random(size) < 0.55, rng.normal(10.2, 1.6, size), rng.normal(17.6, 2.6, size)
    )
    return (np.clip(hour, 0.3, 23.8) * 3600).astype(np.int64)


def _durations(
    rng: np.random.Generator, place: Community, days: Days, at: Integers, grid: Integers,
    category: Integers, nature: Integers,
) -> Floats:  # fmt: skip
    """Handling time in days, lognormal."""
    median = np.array([kind.median_days for kind in CATEGORY])[category]
    median = np.where(nature == 2, _ENQUIRY_MEDIAN, median)
    faster = [kind.name for kind in CATEGORY].index(PLANTED.faster_category)
    sooner = (category == faster) & (at >= days.index(PLANTED.faster_from)) & (nature != 2)
    median = np.where(sooner, median * PLANTED.faster_factor, median)
    worse = (place.general_of[grid] == PLANTED.worsening_general) & (
        at >= days.index(PLANTED.worsening_from)
    )
    median = np.where(worse, median * PLANTED.worsening_duration, median)
    order = np.lexsort((at, category))
    score = np.empty(len(at))
    score[order] = _even_normals(rng, len(at))
    return np.asarray(median * np.exp(_SIGMA * score))


def _even_normals(rng: np.random.Generator, size: int) -> Floats:
    """Standard normal numbers, one of each eighth of the distribution in every eight in a row.

    A month has some twenty cases of a category; without this their median would show chance more
    than what was planted.
    """
    rank = np.lexsort((rng.random(size), np.arange(size) // _BLOCK)) % _BLOCK
    rank[size - size % _BLOCK :] = rng.integers(0, _BLOCK, size % _BLOCK)
    return np.asarray(ndtri((rank + rng.uniform(1e-9, 1, size)) / _BLOCK))


def _outcome(
    rng: np.random.Generator, is_closed: NDArray[np.bool_], late: NDArray[np.bool_]
) -> tuple[Integers, Integers, Integers, Integers]:
    """Call-back, resolved, satisfied and times reopened; -1 where nothing was asked."""
    size = len(is_closed)
    called = is_closed & (rng.random(size) < 0.93)
    asked = np.where(called, _even(rng, called) < 0.55, -1).astype(np.int64)
    answered = asked == 1
    resolved = np.full(size, -1)
    for rows, share in ((answered & ~late, 0.855), (answered & late, 0.70)):
        resolved = np.where(rows, _even(rng, rows) < share, resolved)
    satisfied = np.full(size, -1)
    for rows, edges in ((resolved == 1, (0.942, 0.975)), (resolved == 0, (0.68, 0.85))):
        satisfied = np.where(rows, np.searchsorted(edges, _even(rng, rows)), satisfied)
    again = np.where(is_closed, pick(rng, (0.915, 0.07, 0.015), size), 0)
    return asked, resolved, satisfied, again


def _even(rng: np.random.Generator, rows: NDArray[np.bool_]) -> Floats:
    """Numbers from 0 to 1 that are spread evenly over the chosen rows; 0 elsewhere."""
    found = np.zeros(len(rows))
    chosen = int(rows.sum())
    found[rows] = (rng.permutation(chosen) + 0.5) / max(chosen, 1)
    return found


def complaints(place: Community, staff: Posts, days: Days) -> Complaints:
    """The log of a community: about 200 a month."""
    rng = stream(place.seed, "complaint", place.index)
    day, category, grid = _first(place, days, rng)
    base = len(day)
    size = np.diff(place.homes.first)
    # A few households complain often: the square of a uniform number piles them up.
    home = place.homes.first[grid] + (rng.random(base) ** 1.7 * size[grid]).astype(np.int64)
    created = day * _DAY + _time_of_day(rng, base)
    again = rng.integers(0, base, rng.binomial(base, _REPEATS / (1 - _REPEATS) * 1.13))
    echo = created[again] + (rng.uniform(0.6, 29, len(again)) * _DAY).astype(np.int64)
    created = np.concatenate([created, echo])
    keep = np.flatnonzero(created < days.count * _DAY)
    order = keep[np.argsort(created[keep], kind="stable")]
    created = created[order]
    grid, home, category = (
        np.concatenate([values, values[again]])[order] for values in (grid, home, category)
    )
    return _handled(place, staff, days, rng, created, grid, home, category)


def _handled(
    place: Community, staff: Posts, days: Days, rng: np.random.Generator, created: Integers,
    grid: Integers, home: Integers, category: Integers,
) -> Complaints:  # fmt: skip
    """What became of complaints of which time, place and category are known."""
    count, end = len(created), days.count * _DAY
    at = created // _DAY
    shares = split_whole(np.array(_NATURE_SHARE), count)
    nature = rng.permutation(np.repeat(np.arange(len(shares)), shares))
    source = pick(rng, (46, 24, 13, 13, 4), count)
    closed = created + (_durations(rng, place, days, at, grid, category, nature) * _DAY).astype(
        np.int64
    )
    closed = np.maximum(closed, created + 240)
    closed[rng.random(count) < 0.025] = 0
    closed = np.where(closed == 0, created, closed)
    due = days.due(at, _DEADLINE[nature]) * _DAY + created % _DAY
    is_closed = (closed < end) & (rng.random(count) >= 0.006)
    waits = np.exp(
        rng.normal(np.log([[900], [4_500], [21_000]]), [[0.9], [1.0], [1.25]], (3, count))
    )
    stages = created + np.cumsum(waits, axis=0).astype(np.int64)
    stages = np.minimum(stages, np.maximum(closed, created))
    stages[stages >= end] = _NOBODY
    called_back, resolved, satisfied, reopened = _outcome(rng, is_closed, closed > due)
    by_micro = rng.random(count) < 0.62
    post = np.where(by_micro, grid, MICRO + place.general_of[grid])
    worker = staff.holder[post, at]
    worker = np.where(worker < 0, staff.holder[MICRO + place.general_of[grid], at], worker)
    found = rng.random(count) < np.where(source == 1, 0.86, 0.03)
    out = rng.random(count) < np.where(category == 8, 0.45, np.where(source == 0, 0.075, 0.03))
    level = pick(rng, (56, 27, 11, 6), count)
    level = np.where(out, 2 + rng.integers(0, 2, count), level)
    shops = np.concatenate([[0], np.cumsum(place.shops)])
    is_shop = (source == 4) & (place.shops[grid] > 0)
    shop = np.where(
        is_shop, shops[grid] + (rng.random(count) * place.shops[grid]).astype(np.int64), -1
    )
    unknown = rng.random(count) < 0.012  # the caller gave no address that leads to a grid
    return Complaints(
        created, stages[0], stages[1], stages[2], np.where(rng.random(count) < 0.03, _NOBODY, due),
        np.where(is_closed, closed, _NOBODY), np.where(unknown, -1, grid),
        np.where(is_shop | unknown, -1, home), shop, category, nature, source, worker, found,
        np.where(is_closed, level, -1), ~out, called_back, resolved, satisfied, reopened,
        rng.integers(0, 1 << 30, count),
    )  # fmt: skip
