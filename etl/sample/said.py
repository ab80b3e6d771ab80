"""What residents say in a complaint, and what they are answered."""

from __future__ import annotations

from itertools import product

import numpy as np

from etl.sample.complaint import CATEGORY
from etl.sample.streams import Integers
from etl.sample.words import WORDS

__all__ = ["CONTENTS", "REPLIES", "content_numbers"]

_WORDS = WORDS["complaint"]
_WHO, _ASK = len(_WORDS["who"]), len(_WORDS["ask"])
_WHATS = np.array([len(_WORDS["what"][kind.name]) for kind in CATEGORY])
_FIRST = np.concatenate([[0], np.cumsum(_WHATS)]) * _WHO * _ASK
CONTENTS: list[str] = [
    "".join(parts)
    for kind in CATEGORY
    for parts in product(_WORDS["who"], _WORDS["what"][kind.name], _WORDS["ask"])
]
REPLIES: list[str] = _WORDS["reply"]


def content_numbers(category: Integers, text: Integers) -> Integers:
    """What was said, as numbers into CONTENTS; `text` is a random whole number for each row."""
    rest, who = np.divmod(text, _WHO)
    rest, what = np.divmod(rest, _WHATS[category])
    # The last phrase gives a telephone number: one in forty-one does.
    ask = np.where(rest % 41 == 0, _ASK - 1, rest % 41 % (_ASK - 1))
    found: Integers = _FIRST[category] + (who * _WHATS[category] + what) * _ASK + ask
    return found
