"""A community's ground: its grids, households, shops and key persons."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from etl.sample.days import Days
from etl.sample.outline import GENERAL, MICRO, tiling
from etl.sample.streams import Floats, Integers, pick, split_whole, stream
from etl.sample.words import ESTATES, PLACE_FIRST, PLACE_SECOND, names
from gridgov.schema.values import PERSON_CATEGORIES, TIERS

__all__ = [
    "CATEGORIES",
    "CITY_ID",
    "HOUSEHOLDS",
    "KEY_PERSONS",
    "RESIDENTS",
    "SHOPS",
    "Community",
    "Homes",
    "Persons",
    "Place",
    "community",
]

CITY_ID = "5101"
HOUSEHOLDS, RESIDENTS, SHOPS = 9_190, 23_903, 430
KEY_PERSONS = (150, 1_200, 900)  # weekly, monthly, quarterly
_LEFT = (14, 60, 40)  # key persons of each tier who were struck off before the end
_VACANT = 0.04
CATEGORIES = tuple(value.code for value in PERSON_CATEGORIES)
# Which kinds of person stand in a tier; in the order of CATEGORIES, key persons' kinds alone.
_BY_TIER = (
    (40, 8, 4, 8, 28, 10, 0, 2),
    (34, 22, 14, 6, 6, 2, 4, 12),
    (14, 18, 18, 3, 1, 1, 26, 19),
)
assert len(TIERS) == len(KEY_PERSONS)


@dataclass(frozen=True)
class Homes:
    """Dwellings in order of micro-grid; `first[g]:first[g + 1]` are those of micro-grid g."""

    grid: Integers
    first: Integers
    label: list[str]
    building: list[str]
    is_occupied: NDArray[np.bool_]


@dataclass(frozen=True)
class Persons:
    """Key persons, also those struck off; `since` and `until` are days, -1: before START, and
    `until` = number of days: still on the list."""

    home: Integers
    grid: Integers
    tier: Integers
    category: Integers
    since: Integers
    until: Integers
    label: list[str]


@dataclass(frozen=True)
class Community:
    """`index` counts communities from 0; `seed` opens its random streams; micro-grids are numbered
    0 to 126, general grids 0 to 10."""

    index: int
    seed: int
    grid_id: str
    name: str
    general_of: Integers
    number_in_general: Integers
    homes: Homes
    persons: Persons
    shops: Integers
    shop_label: list[str]
    shop_grid: Integers
    residents: Integers
    has_party: NDArray[np.bool_]

    @property
    def street_id(self) -> str:
        return self.grid_id[:9]

    @property
    def main_id(self) -> str:
        return f"{self.grid_id}00"

    @property
    def general_ids(self) -> list[str]:
        return [f"{self.grid_id}{k + 1:02d}" for k in range(GENERAL)]

    @property
    def general_names(self) -> list[str]:
        return [f"{self.name}第{k + 1}网格" for k in range(GENERAL)]

    @property
    def micro_ids(self) -> list[str]:
        pairs = zip(self.general_of, self.number_in_general, strict=True)
        return [f"{self.grid_id}{k + 1:02d}{n:02d}" for k, n in pairs]

    @property
    def micro_names(self) -> list[str]:
        pairs = zip(self.general_of, self.number_in_general, strict=True)
        return [f"{self.name}{k + 1}-{n:02d}微网格" for k, n in pairs]

    def micro_number(self, general: int, number: int) -> int:
        """The micro-grid called `general`-`number` (both from 1); -1 where there is none."""
        here = (self.general_of == general - 1) & (self.number_in_general == number)
        return int(np.flatnonzero(here)[0]) if here.any() else -1


@dataclass(frozen=True)
class Place:
    """Where a community stands in the tree: ten make a street, twelve streets a district."""

    grid_id: str
    name: str
    street_id: str
    street_name: str
    district_id: str
    district_name: str

    @classmethod
    def of(cls, index: int) -> Place:
        """The place of the `index`-th community."""
        street, district = index // 10, index // 120
        # 510112 is 龙泉驿; the districts after it are made up.
        district_id = str(510112 + district)
        street_id = f"{district_id}{street % 12 + 1:03d}"
        return cls(
            f"{street_id}{index % 10 + 1:03d}",
            f"{_place_name(index)}社区",
            street_id,
            f"{_place_name(street * 10)}街道",
            district_id,
            "龙泉驿区" if district == 0 else f"{_place_name(district * 120)}区",
        )


def _place_name(index: int) -> str:
    """东山 first, then every other pair of characters once, then numbered."""
    size = len(PLACE_FIRST) * len(PLACE_SECOND)
    # 37 shares no factor with the number of pairs, so that each comes once a lap.
    first, second = divmod(index * 37 % size, len(PLACE_SECOND))
    lap = index // size
    return PLACE_FIRST[first] + PLACE_SECOND[second] + (str(lap + 1) if lap else "")


@cache
def _doors(kind: str) -> list[str]:
    """The doors of a building of this housing kind, from the ground up, unit by unit."""
    floors, doors, units = {"商品房": (17, 2, 2), "安置小区": (11, 2, 2)}.get(kind, (6, 2, 3))
    return [
        f"{unit}单元{floor}{door:02d}号"
        for unit in range(1, units + 1)
        for floor in range(1, floors + 1)
        for door in range(1, doors + 1)
    ]


def _homes(sizes: Integers, general_of: Integers, prefix: str, vacant: NDArray[np.bool_]) -> Homes:
    labels: list[str] = []
    buildings: list[str] = []
    towers = [0] * GENERAL
    for size, general in zip(sizes.tolist(), general_of.tolist(), strict=True):
        estate, kind = ESTATES[general]
        doors = _doors(kind)
        for first in range(0, size, len(doors)):
            towers[general] += 1
            building = f"{prefix}{estate}{towers[general]}栋"
            inside = doors[: size - first]
            buildings += [building] * len(inside)
            labels += [building + door for door in inside]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    return Homes(np.repeat(np.arange(MICRO), sizes), starts, labels, buildings, ~vacant)


def _persons(
    rng: np.random.Generator, homes: Homes, weight: Floats, days: Days, index: int
) -> Persons:
    """Key persons live in occupied homes of their grid; a few joined or left on the way."""
    current, left = np.array(KEY_PERSONS), np.array(_LEFT)
    tier = np.repeat(np.arange(3), current + left)
    gone = np.concatenate([np.arange(c + g) >= c for c, g in zip(current, left, strict=True)])
    grid = np.empty(len(tier), dtype=np.int64)
    for k in range(3):
        here = np.flatnonzero(tier == k)
        grid[here] = rng.permutation(np.repeat(np.arange(MICRO), split_whole(weight, len(here))))
    occupied = np.flatnonzero(homes.is_occupied)
    first = np.searchsorted(homes.grid[occupied], np.arange(MICRO + 1))
    home = occupied[first[grid] + (rng.random(len(grid)) * np.diff(first)[grid]).astype(np.int64)]
    category = np.empty(len(tier), dtype=np.int64)
    for k in range(3):
        category[tier == k] = pick(rng, _BY_TIER[k], int((tier == k).sum()))
    since = np.full(len(tier), -1)
    until = np.full(len(tier), days.count)
    moment = rng.integers(20, max(days.count - 5, 21), len(tier))
    until[gone] = np.minimum(moment[gone], days.count - 1)
    joined = ~gone & (rng.random(len(tier)) < sum(_LEFT) / sum(KEY_PERSONS))
    since[joined] = np.minimum(moment[joined], days.count - 1)
    serial = (index + 1) * 10_000 + np.arange(len(tier))
    label = [f"{n}#{s}" for n, s in zip(names(rng, len(tier)), serial.tolist(), strict=True)]
    return Persons(home, grid, tier, category, since, until, label)


def community(index: int, seed: int, days: Days, scale: int = 1) -> Community:
    """The `index`-th community. Ten make a street, twelve streets a district."""
    rng = stream(seed, "place", index)
    general_of = tiling().general_of
    starts = np.searchsorted(general_of, np.arange(GENERAL))
    # Ranked gamma quantities: very unequal grids, but every community has the same inequality.
    order = rng.permutation(MICRO)
    spread = np.empty(MICRO)
    spread[order] = np.sort(rng.gamma(3.2, 1.0, MICRO))
    sizes = split_whole(spread, HOUSEHOLDS, least=14)
    here = Place.of(index)
    prefix = "" if scale == 1 else here.name
    homes = _homes(sizes, general_of, prefix, rng.random(HOUSEHOLDS) < _VACANT)
    old = np.array([{"老旧院落": 1.5, "安置小区": 1.2}.get(kind, 0.75) for _, kind in ESTATES])
    pull = sizes**0.75 * old[general_of] * np.exp(rng.normal(0, 0.42, MICRO))
    persons = _persons(stream(seed, "persons", index), homes, pull, days, index)
    shops = split_whole(rng.gamma(0.8, 1.0, MICRO), SHOPS)
    shop_grid = np.repeat(np.arange(MICRO), shops)
    shop_label = [
        f"{prefix}{ESTATES[general_of[g]][0]}临街{i + 1}号商铺" for i, g in enumerate(shop_grid)
    ]
    occupied = np.bincount(homes.grid[homes.is_occupied], minlength=MICRO)
    residents = split_whole(occupied * np.exp(rng.normal(0, 0.08, MICRO)), RESIDENTS)
    return Community(
        index, seed, here.grid_id, here.name, general_of,
        np.arange(MICRO) - starts[general_of] + 1, homes, persons, shops, shop_label, shop_grid,
        residents, rng.random(GENERAL) < 0.82,
    )  # fmt: skip
