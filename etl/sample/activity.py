"""The activity log: which activities a community holds, where and when."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from etl.sample.days import START, Days
from etl.sample.outline import GENERAL
from etl.sample.place import Community
from etl.sample.planted import PLANTED
from etl.sample.streams import Integers, pick, stream
from etl.sample.words import WORDS

__all__ = ["COURSE", "SERIES", "SPEAKERS", "TEAMS", "TYPES", "Plan", "Type", "plan"]


@dataclass(frozen=True)
class Type:
    """An activity type: its pillar, what metrics count it as, its five-micro label, how many people
    come (`low` to `high`), how long it takes, how many a month there are on average (times `busy`
    in some months of the year), and the share held at weekends."""

    name: str
    pillar: str
    code: str
    micro: str | None
    low: int
    high: int
    minutes: int
    a_month: float = 0.0
    weekend: float = 0.2
    everywhere: bool = False
    busy: dict[int, float] = field(default_factory=dict)
    title: str = ""


_SPRING = {month: float(month in (2, 3, 4)) for month in range(1, 13)}
TYPES = (
    Type("邻里日", "民生", "邻里日", "微公益", 60, 180, 180),
    Type("微党课", "党建", "微党课", "微课堂", 12, 36, 50),
    Type("格格讲堂", "党建", "格格讲堂", "微课堂", 25, 60, 75, 2.0, everywhere=True),
    Type("文艺展演", "幸福", "展演", None, 60, 240, 100, 7.0, 0.6),
    Type("市民艺术学校", "幸福", "课程", None, 10, 26, 90),
    Type(
        "招聘会", "民生", "招聘会", None, 110, 260, 180, 2.0, 0.5, everywhere=True, busy=_SPRING,
        title="春风行动招聘会",
    ),
    Type(
        "年审服务", "民生", "年审", "微站点", 20, 60, 150, 1.5, busy={3: 2.3, 4: 2.3, 9: 2.0},
        title="待遇资格年审集中服务",
    ),
    Type("义务服务", "民生", "义务服务", "微公益", 30, 90, 150, 2.4),
    Type("经营点集市", "发展", "经营点", None, 150, 420, 300, 4.0, 1.0, True, title="周末经营点"),
    Type("商户服务", "发展", "商户服务", "微项目", 8, 26, 90, 2.2, title="商户政策上门讲"),
    Type(
        "退役军人服务", "服务", "退役军人服务", "微组织", 15, 45, 90, 1.0, busy={7: 3.0, 8: 3.0},
        title="退役军人座谈服务",
    ),
    Type("院落微组织议事", "党建", "其他", "微组织", 8, 22, 60, 5.0, title="院落议事会"),
    Type("微项目", "服务", "其他", "微项目", 10, 30, 90, 3.0, title="微项目共创"),
    Type("便民微站点", "服务", "其他", "微站点", 15, 40, 150, 3.0, title="便民微站点服务日"),
)  # fmt: skip
_NEIGHBOUR, _LESSON, _LECTURE, _SHOW, COURSE, _FREE = 0, 1, 2, 3, 4, 7
TEAMS: tuple[str, ...] = tuple(WORDS["teams"])
_TEAM_WEIGHT = tuple([1.0] * 17 + [0.12] * 3)  # three teams hardly perform
SERIES: tuple[str, ...] = tuple(WORDS["series"])
_TERM = {1: 0.6, 2: 0.0, 8: 0.4}  # share of the courses that are held in a month; else all
_LESSONS: tuple[str, ...] = tuple(WORDS["lessons"])
_FREE_KINDS = ("义缝", "义剪", "义磨", "义修", "义诊")
SPEAKERS = ("书记", "居民", "物业", "格格")
_SPEAKER_WEIGHT = (0.36, 0.16, 0.20, 0.28)
_MINUTES = np.array([540, 570, 600, 870, 900, 930, 1140])


@dataclass(frozen=True)
class Plan:
    """Activities in order of time. `grid` 0 to 10: a general grid, -1: the whole community;
    `choice` numbers the speaker, team, series, lesson or kind of free service, by type."""

    kind: Integers
    day: Integers
    minute: Integers
    grid: Integers
    choice: Integers
    lesson: Integers
    planned: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.kind)

    def of(self, kind: int) -> Integers:
        """`choice` where the activity is of this kind, else -1."""
        return np.where(self.kind == kind, self.choice, -1)

    @property
    def speaker(self) -> Integers:
        return self.of(_LECTURE)

    @property
    def team(self) -> Integers:
        return self.of(_SHOW)

    @property
    def series(self) -> Integers:
        return self.of(COURSE)

    def names(self, days: Days) -> list[str]:
        """What each activity is called."""
        rows = zip(
            self.kind.tolist(), self.choice.tolist(), self.lesson.tolist(),
            days.month_of_year[self.day].tolist(), strict=True,
        )  # fmt: skip
        return [_name(kind, choice, lesson, month) for kind, choice, lesson, month in rows]


def _name(kind: int, choice: int, lesson: int, month: int) -> str:
    if kind == _NEIGHBOUR:
        return f"{month}月邻里日"
    if kind == _LESSON:
        return f"微党课：{_LESSONS[choice]}"
    if kind == _LECTURE:
        return f"格格讲堂：{SPEAKERS[choice]}讲"
    if kind == _SHOW:
        return f"{TEAMS[choice]}专场展演"
    if kind == COURSE:
        return f"{SERIES[choice]}班第{lesson}课"
    if kind == _FREE:
        return f"{_FREE_KINDS[choice]}进院落"
    return TYPES[kind].title


def _counted(rng: np.random.Generator, year_month: Integers) -> tuple[Integers, Integers]:
    """Kind and month of the activities that come so many a month."""
    usual = np.array([kind.a_month for kind in TYPES])[:, None]
    factor = np.array([[kind.busy.get(m + 1, 1.0) for m in year_month % 12] for kind in TYPES])
    mean = usual * factor * rng.uniform(0.85, 1.15, factor.shape)
    times = np.floor(mean + rng.random(mean.shape)).astype(np.int64)
    kind, month = np.indices(times.shape)
    return np.repeat(kind.ravel(), times.ravel()), np.repeat(month.ravel(), times.ravel())


def _fixed(
    rng: np.random.Generator, year_month: Integers
) -> tuple[Integers, Integers, Integers, Integers, Integers]:
    """Kind, month, grid, choice and lesson of neighbour days, party lessons and courses."""
    months = np.arange(len(year_month))
    missed = [year * 12 + month - 1 for year, month in PLANTED.neighbour_day_missed]
    held = months[~np.isin(year_month, missed)]
    # Every general grid in turn, in a new order each round.
    laps = [rng.permutation(GENERAL) for _lap in range(len(held) // GENERAL + 1)]
    host = np.concatenate(laps)[: len(held)]
    lesson_month, lesson_grid = np.repeat(months, GENERAL), np.tile(np.arange(GENERAL), len(months))
    share = np.array([_TERM.get(int(m) % 12 + 1, 1.0) for m in year_month])
    open_term = np.nonzero(rng.random((len(months), len(SERIES))) < share[:, None])
    course_month, series = (np.repeat(axis, 2) for axis in open_term)
    sizes = (len(held), len(lesson_month), len(series))
    return (
        np.repeat([_NEIGHBOUR, _LESSON, COURSE], sizes),
        np.concatenate([held, lesson_month, course_month]),
        np.concatenate([host, lesson_grid, np.full(len(series), -1)]),
        np.concatenate([np.zeros(len(held)), rng.integers(0, len(_LESSONS), sizes[1]), series]),
        np.concatenate([np.zeros(sum(sizes[:2])), np.arange(sizes[2]) % 2 + 1]),
    )  # fmt: skip


def _days(rng: np.random.Generator, days: Days, kind: Integers, month: Integers) -> Integers:
    """A day for each activity, none in the week of 春节."""
    free = ~((days.from_spring_festival >= 0) & (days.from_spring_festival < 7))
    weekend_share = np.array([t.weekend for t in TYPES])
    weekend_share[_NEIGHBOUR], weekend_share[COURSE] = 1.0, 0.3
    at_weekend = rng.random(len(kind)) < weekend_share[kind]
    draw = rng.random(len(kind))
    found = np.empty(len(kind), dtype=np.int64)
    for rows, allowed in ((at_weekend, free & (days.weekday >= 5)), (~at_weekend, free)):
        pool = np.flatnonzero(allowed)
        edges = np.searchsorted(days.month[pool], np.arange(days.months + 1))
        low, high = edges[month[rows]], edges[month[rows] + 1]
        found[rows] = pool[low + (draw[rows] * (high - low)).astype(np.int64)]
    return found


def plan(place: Community, days: Days) -> Plan:
    """All activities of a community in order of time; none after the last day."""
    rng = stream(place.seed, "activity", place.index)
    year_month = START.year * 12 + START.month - 1 + np.arange(days.months)
    kind, month = _counted(rng, year_month)
    everywhere = np.array([t.everywhere for t in TYPES])[kind]
    grid = np.where(everywhere, -1, rng.integers(0, GENERAL, len(kind)))
    choice = np.zeros(len(kind), dtype=np.int64)
    for one, weights in (
        (_LECTURE, _SPEAKER_WEIGHT), (_SHOW, _TEAM_WEIGHT), (_FREE, (1.0,) * len(_FREE_KINDS)),
    ):  # fmt: skip
        rows = kind == one
        choice[rows] = pick(rng, weights, int(rows.sum()))
    fixed = _fixed(rng, year_month)
    drawn = (kind, month, grid, choice, np.zeros(len(kind)))
    kind, month, grid, choice, lesson = (
        np.concatenate([a, b]).astype(np.int64) for a, b in zip(drawn, fixed, strict=True)
    )
    day = _days(rng, days, kind, month)
    found = Plan(
        kind, day, _MINUTES[rng.integers(0, len(_MINUTES), len(kind))], grid, choice, lesson,
        rng.random(len(kind)) < 0.88,
    )  # fmt: skip
    order = np.lexsort((found.grid, found.kind, found.minute, found.day))
    order = order[found.day[order] < days.count]
    return Plan(*(getattr(found, column.name)[order] for column in fields(Plan)))
