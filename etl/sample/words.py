"""Words of the sample, read from words.toml: names, and what workers and residents write."""

from __future__ import annotations

import tomllib
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from etl.sample.streams import Integers, Strings, pick

__all__ = ["ESTATES", "NOTES", "PLACE_FIRST", "PLACE_SECOND", "WORDS", "Notes", "names"]

WORDS: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("words.toml").read_text(encoding="utf-8")
)
PLACE_FIRST: str = WORDS["place_first"]
PLACE_SECOND: str = WORDS["place_second"]
ESTATES = (
    ("东山家园", "安置小区"),
    ("龙锦花园", "商品房"),
    ("柏合老街", "老旧院落"),
    ("翠湖东岸", "商品房"),
    ("成洛苑", "安置小区"),
    ("桃源里", "商品房"),
    ("同安路宿舍", "老旧院落"),
    ("书香名邸", "商品房"),
    ("怡和新居", "安置小区"),
    ("青龙巷", "老旧院落"),
    ("驿都锦城", "商品房"),
)
_SURNAMES = WORDS["surnames"].split()
_SURNAME = np.array(_SURNAMES[0::2], dtype=object)
_SURNAME_WEIGHT = tuple(float(weight) for weight in _SURNAMES[1::2])
_FIRST = np.array(list(WORDS["first"]))
_SECOND = np.array(list(WORDS["second"]))


def names(rng: np.random.Generator, size: int) -> Strings:
    """`size` Chinese personal names of two or three characters; duplicates occur as in life."""
    first = _FIRST[rng.integers(0, len(_FIRST), size)].astype(object)
    first[rng.random(size) < 0.16] = ""
    second = _SECOND[rng.integers(0, len(_SECOND), size)].astype(object)
    joined: Strings = _SURNAME[pick(rng, _SURNAME_WEIGHT, size)] + first + second
    return joined


class Notes:
    """All notes that can be written, in one list `texts`, so that a log holds numbers alone."""

    def __init__(self) -> None:
        note = WORDS["note"]
        self._openings, self._closings = len(note["opening"]), len(note["closing"])
        # The last two closings give a telephone number, which few workers write down.
        self._weights = (24,) * (self._closings - 2) + (1, 1)
        self.texts: list[str] = []
        self._first: dict[str, int] = {}
        self._middles: dict[str, int] = {}
        for category, about in note["about"].items():
            self._first[category], self._middles[category] = len(self.texts), len(about)
            self.texts += map("".join, product(note["opening"], about, note["closing"]))
        self._festival = len(self.texts)
        self.texts += map("".join, product(note["opening"], WORDS["holiday_notes"]))
        self._invented = len(self.texts)
        self.texts += WORDS["invented_notes"]

    def usual(
        self, rng: np.random.Generator, categories: tuple[str, ...], which: Integers
    ) -> Integers:
        """A note for each row, given the number of its kind of person in `categories`."""
        first = np.array([self._first[name] for name in categories])[which]
        middles = np.array([self._middles[name] for name in categories])[which]
        opening = rng.integers(0, self._openings, len(which))
        middle = (rng.random(len(which)) * middles).astype(np.int64)
        closing = pick(rng, self._weights, len(which))
        found: Integers = first + (opening * middles + middle) * self._closings + closing
        return found

    def festival(self, rng: np.random.Generator, size: int) -> Integers:
        """Notes of the round before 春节."""
        return rng.integers(self._festival, self._invented, size)

    def invented(self, rng: np.random.Generator, size: int) -> Integers:
        """The three wordings that fabricators copy."""
        return rng.integers(self._invented, len(self.texts), size)


NOTES = Notes()
