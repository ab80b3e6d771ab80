"""Words inside sentences: comparisons, percentage points, English set in the one typeface."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from gridgov import formats
from gridgov.filters import Filters
from gridgov.locale import catalogue, set_language

FILTERS = Filters(today=date(2026, 10, 31))


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    set_language("zh_CN")
    yield
    set_language("zh_CN")


def test_a_comparison_reads_inside_a_sentence() -> None:
    aligned = replace(FILTERS, comparison="spring_festival")
    assert FILTERS.compared_name == "去年同期"
    assert f"较{aligned.compared_name}" == "较去年（按春节对齐）"
    set_language("en")
    assert FILTERS.compared_name == "same period last year"
    assert aligned.compared_name == "last year (aligned on Spring Festival)"


def test_percentage_points_keep_their_decimal_in_a_column() -> None:
    assert formats.points_bare(-0.05) == "−5.0"
    assert formats.points_bare(0.0) == "0"
    assert formats.points_bare(None) == formats.MISSING


def test_english_has_no_quotes_that_the_typeface_draws_wide() -> None:
    assert not [text for text in catalogue().values() if set("“”‘’") & set(text)]
