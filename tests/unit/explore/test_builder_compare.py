"""The compared period beside an answer: what only one of the periods has stays a row."""

from __future__ import annotations

import pandas as pd
import pytest

from gridgov.explore.builder import Cut
from gridgov.explore.builder_answer import ask
from gridgov.explore.builder_compare import with_compared
from gridgov.filters import Filters
from gridgov.warehouse import Reader, Warehouse
from tests.warehouses import sample_warehouse


def _figures(metric: str, cells: dict[tuple[str, str], int], **more: object) -> pd.DataFrame:
    """Rows by (key, month) as the engine gives them."""
    rows = [
        {
            "metric": metric, "bucket": pd.Timestamp(month), "key_1": key, "numerator": count,
            "denominator": float("nan"), "value": float(count), "n": count, "state": "ok",
            "is_partial": False, **more,
        }
        for (key, month), count in cells.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_what_was_counted_only_then_is_a_row_of_nothing_now() -> None:
    now = _figures("ML5", {("甲", "2026-01"): 3, ("甲", "2026-02"): 4, ("乙", "2026-02"): 2})
    then = _figures("ML5", {("乙", "2025-01"): 7, ("甲", "2025-02"): 1})
    both = with_compared(now, then, ("key_1", "bucket"))
    told = both[["key_1", "bucket", "value", "compared"]].astype(object)
    assert told.where(told.notna(), None).values.tolist() == [
        ["甲", pd.Timestamp("2026-01"), 3.0, None],
        ["甲", pd.Timestamp("2026-02"), 4.0, 1.0],
        ["乙", pd.Timestamp("2026-02"), 2.0, None],
        ["乙", pd.Timestamp("2026-01"), 0.0, 7.0],
    ]
    alone = both.iloc[3]
    assert (alone["numerator"], alone["n"], alone["difference"]) == (0, 0, -7.0)
    kinds = now.dtypes.to_dict()
    assert {name: both[name].dtype for name in kinds} == kinds


def test_a_rate_of_nothing_is_missing_and_not_zero() -> None:
    now = _figures("C3", {("甲", "2026-01"): 3})
    then = _figures("C3", {("甲", "2025-01"): 3, ("乙", "2025-01"): 7})
    alone = with_compared(now, then, ("key_1", "bucket")).iloc[1]
    assert alone["state"] == "missing" and pd.isna(alone["value"]) and pd.isna(alone["difference"])
    assert alone["compared"] == 7.0


def test_what_is_hidden_of_the_compared_period_says_so() -> None:
    now = _figures("ML2", {("甲", "2026-01"): 9}, is_suppressed=False)
    then = _figures("ML2", {("甲", "2025-01"): 9, ("乙", "2025-01"): 0}, is_suppressed=False)
    then.loc[1, ["is_suppressed", "value"]] = [True, float("nan")]
    both = with_compared(now, then, ("key_1", "bucket"))
    assert both["is_suppressed"].tolist() == [False, False]
    assert both["is_compared_suppressed"].tolist() == [False, True]


@pytest.mark.parametrize("grain", [None, "month"])
def test_the_compared_column_adds_up_to_its_total(sample_reader: Reader, grain: str | None) -> None:
    assert sample_reader.data_date is not None
    filters = Filters(today=sample_reader.data_date)
    cut = Cut(("ML2",), ("grid:微",), grain, compare=True)  # type: ignore[arg-type]
    answer = ask(sample_reader, filters, cut)
    assert answer.rows["compared"].sum() == answer.grand["compared"].iloc[0] > 0
    assert answer.rows["value"].sum() == answer.grand["value"].iloc[0]
    names = [name for name in ("metric", "key_1", "bucket") if name in answer.rows]
    assert not answer.rows.duplicated(names).any()


@pytest.fixture(scope="module")
def sample_reader() -> Reader:
    return Warehouse(sample_warehouse()).reader()
