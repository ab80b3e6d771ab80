"""What every metric declares, and the document made from it."""

from __future__ import annotations

import itertools
import re
from datetime import date
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.errors import UsageError
from gridgov.metrics import METRICS
from gridgov.metrics.compose import FOLDED, MARKED
from gridgov.metrics.document import dictionary
from gridgov.metrics.formula import formula_of
from gridgov.metrics.quantiles import grouped_quantiles
from gridgov.metrics.spans import is_month_aligned, months_between, quarters_between, spans
from gridgov.queries.records import RECORDS
from gridgov.stats.survival import quantile
from gridgov.warehouse import sql_text

ROOT = Path(__file__).resolve().parents[3]
CODES = (
    [f"PB{i}" for i in range(1, 6)] + [f"SV{i}" for i in range(1, 11)]
    + [f"ML{i}" for i in range(1, 7)] + [f"DV{i}" for i in range(1, 5)]
    + [f"HP{i}" for i in range(1, 7)] + [f"C{i}" for i in range(1, 15)]
)  # fmt: skip
CONTEXT = {
    "PB3",
    "PB5",
    "SV3",
    "SV4",
    "SV5",
    "SV10",
    "ML2",
    "ML5",
    "DV1",
    "HP5",
    "C1",
    "C7",
    "C11",
    "C14",
}
DOWN = {"SV2", "SV8", "SV9", "DV4", "C8", "C9", "C10", "C13"}


def test_all_metrics_of_the_dictionary_are_there() -> None:
    assert list(METRICS) == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_declaration_is_complete(code: str) -> None:
    metric = METRICS[code]
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for text in (metric.zh, metric.definition_zh, metric.numerator_zh):
        assert chinese.search(text)
    for text in (metric.en, metric.definition_en, metric.numerator_en, metric.denominator_en):
        assert text and not chinese.search(text)
    assert (ROOT / "gridgov" / metric.sql).read_text(encoding="utf-8").startswith("-- ")
    expected = "context" if code in CONTEXT else "down" if code in DOWN else "up"
    assert metric.direction == expected


def test_every_metric_leads_to_its_records() -> None:
    assert list(RECORDS) == list(METRICS)


def test_the_written_dictionary_is_fresh() -> None:
    assert (ROOT / "docs/metrics.md").read_text(encoding="utf-8") == dictionary()


def test_buckets_by_the_calendar() -> None:
    found = spans(date(2025, 12, 30), date(2026, 1, 6), "week")
    assert [(s.bucket, s.start, s.end) for s in found] == [
        (date(2025, 12, 29), date(2025, 12, 30), date(2026, 1, 4)),
        (date(2026, 1, 5), date(2026, 1, 5), date(2026, 1, 6)),
    ]
    assert [s.bucket for s in spans(date(2025, 5, 2), date(2026, 2, 1), "half")] == [
        date(2025, 1, 1), date(2025, 7, 1), date(2026, 1, 1),
    ]  # fmt: skip


def test_what_makes_a_bucket_unfinished() -> None:
    first, last = date(2025, 1, 1), date(2025, 10, 31)
    (whole,) = spans(date(2025, 10, 1), date(2025, 10, 31), "month")
    assert not whole.is_partial(first, last)
    assert whole.is_partial(first, date(2025, 10, 30))  # not over
    assert whole.is_partial(date(2025, 10, 2), last)  # the log begins inside
    (cut,) = spans(date(2025, 10, 2), date(2025, 10, 31), "month")
    assert cut.is_partial(first, last)


def test_a_period_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(UsageError, match="晚于"):
        spans(date(2025, 2, 1), date(2025, 1, 1), None)


@given(st.dates(date(2020, 1, 1), date(2026, 12, 31)), st.integers(0, 900))
def test_buckets_cover_the_period_once(start: date, days: int) -> None:
    end = date.fromordinal(start.toordinal() + days)
    for grain in ("day", "week", "month", "quarter", "half", "year"):
        found = spans(start, end, grain)  # type: ignore[arg-type]
        assert found[0].start == start and found[-1].end == end
        for one, following in itertools.pairwise(found):
            assert following.start.toordinal() == one.end.toordinal() + 1
    assert months_between(start, end) == len(spans(start, end, "month"))
    assert quarters_between(start, end) == len(spans(start, end, "quarter"))


def test_whole_months_are_enough_only_where_they_are_whole() -> None:
    today = date(2026, 10, 31)
    assert is_month_aligned(date(2026, 1, 1), date(2026, 6, 30), "month", today)
    assert is_month_aligned(date(2026, 10, 1), date(2026, 12, 25), None, today)
    assert not is_month_aligned(date(2026, 1, 1), date(2026, 6, 29), "month", today)
    assert not is_month_aligned(date(2026, 1, 2), date(2026, 6, 30), "month", today)
    assert not is_month_aligned(date(2026, 1, 1), date(2026, 6, 30), "week", today)


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(1, 5), st.booleans()),
        max_size=60,
    ),
    st.sampled_from([0.1, 0.5, 0.9]),
    st.sampled_from([1, 7, 1_000_000]),
)
def test_quantiles_of_counted_cases_are_those_of_single_ones(
    rows: list[tuple[int, int, int, bool]], q: float, cells: int
) -> None:
    """Group by group, however many of them are laid side by side."""
    group, hours, cases, closed = (
        np.array([row[at] for row in rows], dtype=kind)
        for at, kind in enumerate((np.intp, float, float, bool))
    )
    with mock.patch("gridgov.metrics.quantiles._CELLS", cells):
        (got,) = grouped_quantiles(group, hours, cases, closed, 5, (q,))
    for number in range(5):
        mine = group == number
        times = cases[mine].astype(int)
        want = quantile(np.repeat(hours[mine], times), np.repeat(closed[mine], times), q)
        assert got[number] == want or (np.isnan(got[number]) and np.isnan(want))


def test_every_sum_says_which_columns_it_adds() -> None:
    """What is read together in one statement is what the metric's own SQL says."""
    for metric in METRICS.values():
        if metric.kind in FOLDED | MARKED:
            formula = formula_of(metric.sql)
            text = sql_text(metric.sql)
            assert f"{formula.numerator.column} AS numerator" in text
            assert (formula.only is not None) == ("WHERE" in text)
            if metric.denominator == "measure":
                assert formula.denominator is not None
    stalls = formula_of("metrics/dv3.sql")
    assert stalls.denominator is not None and stalls.denominator.factor == 200
    assert formula_of("metrics/dv2.sql").only == ("source", "商户")
    assert formula_of("metrics/sv2.sql").names == {"tier": "part"}


def test_a_file_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="pb4"):
        formula_of("metrics/pb4.sql")
