"""The activity log: which activities a community holds, where, when and who runs them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from etl.sample.days import Days
from etl.sample.outline import GENERAL
from etl.sample.place import Community
from etl.sample.planted import PLANTED
from etl.sample.streams import Integers, stream

__all__ = ["SERIES", "SPEAKERS", "TEAMS", "TYPES", "Plan", "Planned", "Type", "plan"]


@dataclass(frozen=True)
class Type:
    """An activity type: its pillar, what metrics count it as, its five-micro label, and how many
    people come (`low` to `high`)."""

    name: str
    pillar: str
    code: str
    micro: str | None
    low: int
    high: int
    minutes: int


TYPES = (
    Type("邻里日", "民生", "邻里日", "微公益", 60, 180, 180),
    Type("微党课", "党建", "微党课", "微课堂", 12, 36, 50),
    Type("格格讲堂", "党建", "格格讲堂", "微课堂", 25, 60, 75),
    Type("文艺展演", "幸福", "展演", None, 60, 240, 100),
    Type("市民艺术学校", "幸福", "课程", None, 10, 26, 90),
    Type("招聘会", "民生", "招聘会", None, 110, 260, 180),
    Type("年审服务", "民生", "年审", "微站点", 20, 60, 150),
    Type("义务服务", "民生", "义务服务", "微公益", 30, 90, 150),
    Type("经营点集市", "发展", "经营点", None, 150, 420, 300),
    Type("商户服务", "发展", "商户服务", "微项目", 8, 26, 90),
    Type("退役军人服务", "服务", "退役军人服务", "微组织", 15, 45, 90),
    Type("院落微组织议事", "党建", "其他", "微组织", 8, 22, 60),
    Type("微项目", "服务", "其他", "微项目", 10, 30, 90),
    Type("便民微站点", "服务", "其他", "微站点", 15, 40, 150),
)
_INDEX = {kind.name: number for number, kind in enumerate(TYPES)}
TEAMS = (
    "东山舞蹈队", "龙锦合唱团", "柏合太极队", "翠湖旗袍队", "成洛腰鼓队", "桃源川剧社", "同安二胡队", "书香朗诵团", "怡和广场舞队", "青龙舞龙队",
    "驿都民乐团", "夕阳红合唱团", "银发模特队", "巾帼健身队", "老兵军乐队", "童声合唱团", "葫芦丝班队", "客家山歌队", "空竹队", "摄影文艺队",
)  # fmt: skip
_DORMANT = (17, 18, 19)  # teams that hardly perform
SERIES = (
    "书法", "国画", "声乐", "民族舞", "太极拳", "二胡", "智能手机", "摄影", "剪纸", "烘焙", "少儿美术", "八段锦",
)  # fmt: skip
SPEAKERS = ("书记", "居民", "物业", "格格")
_LESSONS = (
    "学习党的二十届三中全会精神",
    "身边的先锋",
    "一线工作法",
    "物业矛盾怎么谈",
    "党员认领微心愿",
    "老党员讲初心",
    "反诈先锋行",
    "红色院落故事",
)


@dataclass(frozen=True)
class Planned:
    """One activity: `grid` 0 to 10 a general grid, -1 the whole community; `speaker`, `team`,
    `series` number into the tuples above, -1 none."""

    kind: int
    day: int
    minute: int
    grid: int
    name: str
    speaker: int = -1
    team: int = -1
    series: int = -1
    planned: bool = True


Plan = list[Planned]


class _Month:
    """Draws the days of one month's activities."""

    def __init__(self, rng: np.random.Generator, days: Days, month: int) -> None:
        inside = np.flatnonzero(days.month == month)
        festival = days.from_spring_festival[inside]
        self.rng, self.days = rng, inside[(inside < days.count)]
        self.whole = inside
        self.weekend = inside[(days.weekday[inside] >= 5)]
        self.quiet = inside[(festival >= 0) & (festival < 7)]
        self.number = int(days.month_of_year[inside[0]])
        self.year = int(str(days.dates[inside[0]])[:4])
        self.end = days.count

    def draw(self, kind: str, name: str, weekend: float = 0.2, grid: int | None = None,
             repeat: float = 1.0, **more: int) -> Plan:  # fmt: skip
        """`repeat` activities (on average) of a kind, on free days; those after the end drop out."""
        rng, found = self.rng, []
        for _one in range(int(repeat) + int(rng.random() < repeat % 1)):
            pool = self.weekend if rng.random() < weekend else self.whole
            day = int(rng.choice(pool))
            minute = int(rng.choice((540, 570, 600, 870, 900, 930, 1140)))
            where = int(rng.integers(0, GENERAL)) if grid is None else grid
            extra = bool(rng.random() < 0.88)
            if day in self.quiet or day >= self.end:
                continue
            found.append(Planned(_INDEX[kind], day, minute, where, name, planned=extra, **more))
        return found


def _happiness(month: _Month, rng: np.random.Generator) -> Plan:
    alive = np.where(np.isin(np.arange(len(TEAMS)), _DORMANT), 0.12, 1.0)
    found: Plan = []
    for _show in range(int(rng.integers(6, 9))):
        team = int(rng.choice(len(TEAMS), p=alive / alive.sum()))
        found += month.draw("文艺展演", f"{TEAMS[team]}专场展演", weekend=0.6, team=team)
    share = {2: 0.0, 8: 0.4, 1: 0.6}.get(month.number, 1.0)
    for series, title in enumerate(SERIES):
        if rng.random() < share:
            for lesson in (1, 2):
                found += month.draw(
                    "市民艺术学校", f"{title}班第{lesson}课", weekend=0.3, grid=-1, series=series
                )
    return found


def _party(month: _Month, rng: np.random.Generator) -> Plan:
    found: Plan = []
    for grid in range(GENERAL):
        title = _LESSONS[int(rng.integers(0, len(_LESSONS)))]
        found += month.draw("微党课", f"微党课：{title}", grid=grid, repeat=1.02)
    for _talk in range(2):
        speaker = int(rng.choice(4, p=(0.36, 0.16, 0.2, 0.28)))
        found += month.draw(
            "格格讲堂", f"格格讲堂：{SPEAKERS[speaker]}讲", speaker=speaker, grid=-1
        )
    return found + month.draw("院落微组织议事", "院落议事会", repeat=5.0)


def _livelihood(month: _Month, rng: np.random.Generator, host: int) -> Plan:
    found: Plan = []
    if (month.year, month.number) not in PLANTED.neighbour_day_missed:
        held: Plan = []
        while not held and month.weekend[0] < month.end:
            held = month.draw("邻里日", f"{month.number}月邻里日", weekend=1.0, grid=host)
        found += held
    if month.number in (2, 3, 4):
        found += month.draw("招聘会", "春风行动招聘会", weekend=0.5, grid=-1, repeat=2)
    found += month.draw(
        "年审服务", "待遇资格年审集中服务", repeat=3.5 if month.number in (3, 4, 9) else 1.5
    )
    service = ("义缝", "义剪", "义磨", "义修", "义诊")[int(rng.integers(0, 5))]
    found += month.draw("义务服务", f"{service}进院落", repeat=2.4)
    return found


def _development(month: _Month) -> Plan:
    found = month.draw("经营点集市", "周末经营点", weekend=1.0, grid=-1, repeat=4)
    found += month.draw("商户服务", "商户政策上门讲", repeat=2.2)
    found += month.draw(
        "退役军人服务", "退役军人座谈服务", repeat=3 if month.number in (7, 8) else 1.0
    )
    found += month.draw("微项目", "微项目共创", repeat=3.0)
    return found + month.draw("便民微站点", "便民微站点服务日", repeat=3.0)


def plan(place: Community, days: Days, seed: int) -> Plan:
    """All activities of a community in order of time."""
    rng = stream(seed, "activity", place.index)
    found: Plan = []
    hosts: list[int] = []
    for number in range(days.months):
        month = _Month(rng, days, number)
        if not hosts:
            hosts = rng.permutation(GENERAL).tolist()
        found += _happiness(month, rng) + _party(month, rng) + _development(month)
        missed = (month.year, month.number) in PLANTED.neighbour_day_missed
        found += _livelihood(month, rng, -1 if missed else hosts.pop())
    return sorted(found, key=lambda one: (one.day, one.minute, one.kind, one.grid, one.name))


def minutes_of(found: Plan) -> Integers:
    """Length of each activity, minutes."""
    return np.array([TYPES[one.kind].minutes for one in found], dtype=np.int64)
