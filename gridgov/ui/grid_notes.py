"""Words beside figures of grids: how many are counted, and that some are not shown."""

from __future__ import annotations

import pandas as pd

from gridgov import formats
from gridgov.small_counts import small_note, small_words

__all__ = ["count_note", "hidden_note"]


def count_note(unit: str, n: float, state: object) -> str:
    """Of one grid: n, "too few" where that is so, or that it is not shown."""
    if state == "hidden":
        return small_words()
    if pd.isna(n):
        return ""
    words = f"n = {formats.whole(n)}"
    return f"{words} · {formats.too_few()}" if state == "few" else words


def hidden_note(frame: pd.DataFrame) -> str:
    """That some grids of a map or a comparison are not shown, where that is so."""
    return small_note() if (frame["note"] == small_words()).any() else ""
