"""What answers weigh, against what they are made of."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gridgov.ui.weight import weight


@dataclass(frozen=True)
class _Pair:
    left: object
    right: object


def test_containers_weigh_what_lies_in_them() -> None:
    text = "网格" * 5_000
    held = sys.getsizeof(text)
    for whole in (text, [text], (text,), {"a": text}, {text}, _Pair(text, 1), [[_Pair(text, 1)]]):
        assert held <= weight(whole) < held + 2_000


def test_arrays_weigh_their_buffers_and_frames_their_cells() -> None:
    numbers = np.arange(100_000, dtype=float)
    assert weight(numbers) == 800_000
    for one in (pd.DataFrame({"a": numbers}), pd.Series(numbers), pd.Index(numbers)):
        assert 800_000 <= weight([one]) < 2_000_000


def test_each_object_once() -> None:
    text = "x" * 10_000
    assert weight([text] * 50) < 12_000
    circle: list[object] = []
    circle.append(circle)
    assert weight(circle) >= 1


def test_what_the_program_shares_weighs_nothing() -> None:
    assert weight(pd.DataFrame) == 1
    shared = [sys, weight, str]
    assert weight(shared) == sys.getsizeof(shared)
