"""The same as a table: what every figure offers as rows is in words, not in the code's names."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from gridgov.labels import labelled
from tests.pages.conftest import OpenPage

IDENTIFIER = re.compile(r"^[a-z][a-z0-9_]*$")
PAGES = ["overview", "engagement", "visits", "complaints", "grid"]


def raw_words(frame: pd.DataFrame) -> set[str]:
    """Column names and cells that only a programmer would write."""
    shown = labelled(frame)
    found = {str(name) for name in shown.columns if IDENTIFIER.match(str(name))}
    for name in shown.columns:
        cells = shown[name].dropna()
        found |= {
            f"{name}: {cell}" for cell in cells if isinstance(cell, str) and IDENTIFIER.match(cell)
        }
    return found


@pytest.mark.parametrize("page", PAGES)
def test_rows_are_in_words(open_page: OpenPage, page: str) -> None:
    app = open_page(page)
    shown = app.session_state["_shown_in_this_run"].shown
    assert len(shown) >= 3
    raw = {item.title: raw_words(item.rows()) for item in shown}
    assert not {title: words for title, words in raw.items() if words}
