"""What residents say in a complaint, and what they are answered."""

from __future__ import annotations

import numpy as np

from etl.sample.complaint import CATEGORY
from etl.sample.streams import Integers
from etl.sample.words import WORDS

__all__ = ["contents", "replies"]

_WORDS = WORDS["complaint"]


def contents(category: Integers, text: Integers) -> list[str]:
    """What was said: `text` is a random whole number for each row."""
    who, ask = _WORDS["who"], _WORDS["ask"]
    kinds = [_WORDS["what"][kind.name] for kind in CATEGORY]
    found = []
    for kind, number in zip(category.tolist(), text.tolist(), strict=True):
        number, first = divmod(number, len(who))
        number, what = divmod(number, len(kinds[kind]))
        # The last phrase gives a telephone number: one in forty-one does.
        last = number % 41
        found.append(who[first] + kinds[kind][what] + ask[last % (len(ask) - 1) if last else -1])
    return found


def replies(closed: np.ndarray, text: Integers) -> list[str | None]:
    """What was answered; None while a case is open."""
    choice = _WORDS["reply"]
    rows = zip(closed.tolist(), (text // 7_919).tolist(), strict=True)
    return [choice[number % len(choice)] if done else None for done, number in rows]
