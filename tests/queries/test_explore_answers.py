"""The builder's figures are those of the pages, of the engine, and of an independent count."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from gridgov.access.policy import Scope
from gridgov.access.roles import Role
from gridgov.explore.builder import Cut, allowed_grains, allowed_splits
from gridgov.explore.builder_answer import REST, Answer, ask
from gridgov.explore.builder_chart import answer_chart
from gridgov.explore.chart_choice import possible_charts, shape_of
from gridgov.explore.pivot import long_frame, pivot
from gridgov.figures import palette
from gridgov.filters import Filters
from gridgov.judgement import judge
from gridgov.metrics import METRICS, evaluate
from gridgov.warehouse import Reader, Warehouse
from tests.warehouses import sample_warehouse

START, END = date(2026, 1, 1), date(2026, 6, 30)


@pytest.fixture(scope="module")
def filters(sample_reader: Reader) -> Filters:
    assert sample_reader.data_date is not None
    return Filters(today=sample_reader.data_date, period="first_half")


def test_the_numbers_are_those_of_the_pages(sample_reader: Reader, filters: Filters) -> None:
    # The pages judge by month: what has no months is on none of their cards.
    codes = [code for code in sorted(METRICS) if "month" in METRICS[code].grains]
    judged = {item.metric.code: item for item in judge(sample_reader, codes, filters)}
    for code in codes:
        row = ask(sample_reader, filters, Cut((code,), compare=True)).grand.iloc[0]
        page = judged[code]
        assert (page.value is None) == pd.isna(row["value"]), code
        if page.value is not None:
            assert row["value"] == page.value, code
            assert row["n"] == page.n, code
        if page.compared is not None:
            assert row["compared"] == page.compared, code


def test_shared_filters_act_as_on_the_pages(sample_reader: Reader, filters: Filters) -> None:
    narrowed = filters.changed(source="12345", grid_id="51011200100107")
    page = judge(sample_reader, ["C3", "SV1"], narrowed)
    row = ask(sample_reader, narrowed, Cut(("C3", "SV1"))).grand.set_index("metric")["value"]
    assert [row["C3"], row["SV1"]] == [page[0].value, page[1].value]
    assert row["C3"] != ask(sample_reader, filters, Cut(("C3",))).grand["value"].iloc[0]


@pytest.mark.parametrize("code", ["C3", "C5", "HP2"])
def test_margins_are_evaluated_not_summed(
    sample_reader: Reader, filters: Filters, code: str
) -> None:
    split = "type" if code == "HP2" else "category"
    answer = ask(sample_reader, filters, Cut((code,), ("grid:一般", split)))
    by_grid = evaluate(sample_reader, code, START, END, by=("grid:一般",)).set_index("grid_id")
    for record in answer.row_margin.to_dict("records"):
        expected = by_grid.loc[record["key_1"], "value"]
        assert record["value"] == expected or (pd.isna(record["value"]) and pd.isna(expected))
    by_split = evaluate(sample_reader, code, START, END, by=(split,)).set_index(split)["value"]
    margin = answer.column_margin.set_index("key_2")["value"]
    assert dict(margin.dropna()) == dict(by_split.dropna())
    whole = evaluate(sample_reader, code, START, END)["value"].iloc[0]
    assert answer.grand["value"].iloc[0] == whole
    table = pivot(answer)
    assert table.rows[-1]["_kind"] == "total" and table.columns[-1].kind == "total"


def test_the_rest_of_a_dimension(sample_reader: Reader, filters: Filters) -> None:
    answer = ask(sample_reader, filters, Cut(("C4",), ("category",), top=3))
    kept = [key for key in answer.rows["key_1"] if key != REST]
    assert len(kept) == 3
    due, closed = sample_reader.rows(
        "SELECT count(*) FILTER (WHERE is_due), "
        "count(*) FILTER (WHERE is_due AND closed_at IS NOT NULL) "
        "FROM fact_complaint WHERE due_at::DATE BETWEEN $a AND $b "
        "AND category NOT IN (SELECT unnest($kept::VARCHAR[]))",
        a=START, b=END, kept=kept,
    )[0]  # fmt: skip
    rest = answer.rows[answer.rows["key_1"] == REST].iloc[0]
    assert (rest["numerator"], rest["denominator"]) == (closed, due)
    assert rest["value"] == closed / due
    assert "其余 7 项合并" in answer.notes[0]


def test_the_rest_of_grids_is_worked_out_from_counts(
    sample_reader: Reader, filters: Filters
) -> None:
    cut = Cut(("C3", "C1"), ("grid:一般",), top=4, compare=True)
    answer = ask(sample_reader, filters, cut)
    full = ask(sample_reader, filters, cut.changed(top=None))
    shown = [key for key in answer.of("C3")["key_1"] if key != REST]
    for code in cut.metrics:
        others = full.of(code)[~full.of(code)["key_1"].isin(shown)]
        rest = answer.of(code)[answer.of(code)["key_1"] == REST].iloc[0]
        top, bottom = others["numerator"].sum(), others["denominator"].sum()
        assert (rest["numerator"], rest["denominator"]) == (top, bottom)
        assert rest["value"] == pytest.approx(top * METRICS[code].scale / bottom)
        assert not pd.isna(rest["compared"])


def test_where_grids_do_not_add_up_the_rest_is_not_made_up(
    sample_reader: Reader, filters: Filters
) -> None:
    answer = ask(sample_reader, filters, Cut(("HP1",), ("grid:一般",), top=4))
    assert len(answer.rows) == 4 and REST not in set(answer.rows["key_1"])
    assert "不能跨网格相加" in answer.notes[0]


def test_shares_make_a_whole(sample_reader: Reader, filters: Filters) -> None:
    answer = ask(sample_reader, filters, Cut(("C1", "C3"), ("category",), share=True))
    assert answer.of("C1")["share"].sum() == pytest.approx(1)
    assert answer.of("C3")["share"].isna().all()
    over_time = ask(sample_reader, filters, Cut(("ML2",), ("grid:一般",), "month", share=True))
    by_month = over_time.rows.groupby("bucket")["share"].sum()
    assert np.allclose(by_month[by_month > 0], 1)


def test_the_comparison_lies_on_the_same_turn(sample_reader: Reader, filters: Filters) -> None:
    rows = ask(sample_reader, filters, Cut(("C3",), grain="month", compare=True)).rows
    before = evaluate(
        sample_reader, "C3", date(2025, 1, 1), date(2025, 6, 30), grain="month"
    )  # fmt: skip
    assert rows["compared"].tolist() == before["value"].tolist()
    assert (rows["difference"] == rows["value"] - rows["compared"]).all()


def test_the_order_asked_for(sample_reader: Reader, filters: Filters) -> None:
    def order(sort: str) -> list[str]:
        cut = Cut(("C3",), ("grid:一般",), "month", sort=sort)  # type: ignore[arg-type]
        return list(dict.fromkeys(ask(sample_reader, filters, cut).rows["key_1"]))

    whole = evaluate(sample_reader, "C3", START, END, by=("grid:一般",)).set_index("grid_id")
    assert order("high") == list(whole["value"].sort_values(ascending=False, kind="stable").index)
    assert order("high")[0] == order("low")[-1]
    assert order("natural") == sorted(order("natural"))


def test_a_leader_sees_no_small_count_of_persons(filters: Filters) -> None:
    reader = Warehouse(sample_warehouse()).reader(Scope(frozenset({Role.LEADER})))
    cut = Cut(("SV2",), ("grid:微", "tier"))
    answer = ask(reader, filters, cut)
    known = answer.rows["numerator"].dropna()
    assert not ((known > 0) & (known < 5)).any()
    assert answer.rows["is_suppressed"].sum() > 10
    assert any("少于 5 人" in note for note in answer.notes)
    assert "<5" in {text for row in pivot(answer).rows for text in row.values()}
    full = ask(Warehouse(sample_warehouse()).reader(), filters, cut)
    assert ((full.rows["numerator"] > 0) & (full.rows["numerator"] < 5)).any()


def test_every_metric_by_every_split_in_every_figure(
    sample_reader: Reader, filters: Filters
) -> None:
    colors = palette("light")
    drawn: dict[str, int] = {}
    for code in sorted(METRICS):
        for by in [(), ("grid:一般",), *((split,) for split in allowed_splits([code]))]:
            grains = (None, allowed_grains([code])[-3]) if by in ((), ("grid:一般",)) else (None,)
            for grain in grains:
                answer = ask(sample_reader, filters, Cut((code,), by, grain))
                for kind in possible_charts(_shape(answer)):
                    chart, _note = answer_chart(answer, kind, sample_reader, colors)
                    assert (chart is None) == (kind == "table" or answer.rows.empty)
                    drawn[kind] = drawn.get(kind, 0) + 1
                assert len(long_frame(answer)) == len(answer.rows)
                assert pivot(answer).rows
    assert set(drawn) == {"line", "bar", "heat", "box", "map", "table"}


def _shape(answer: Answer):  # type: ignore[no-untyped-def]
    counts = [
        answer.rows[name].nunique() if name in answer.rows else 0
        for name in ("key_1", "key_2", "bucket")
    ]
    return shape_of(answer.cut, *counts)


def test_two_metrics_against_each_other(sample_reader: Reader, filters: Filters) -> None:
    answer = ask(sample_reader, filters, Cut(("SV1", "C3"), ("grid:一般",)))
    chart, _note = answer_chart(answer, "scatter", sample_reader, palette("dark"))
    assert chart is not None and len(chart.frame) == 11
    wide = evaluate(sample_reader, "C3", START, END, by=("grid:一般",)).set_index("grid_id")
    found = chart.frame.set_index("key")["y"]
    assert found.to_dict() == wide["value"].to_dict()


def test_a_world_of_hard_cases(hard_reader: Reader) -> None:
    """Unknown grids and values, an empty log, a grid that closed: rows add up or say why not."""
    assert hard_reader.data_date is not None
    filters = Filters(today=hard_reader.data_date, period="last_12_months", comparison="none")
    for code in sorted(METRICS):
        for by in [("grid:微",), *((split,) for split in allowed_splits([code]))]:
            answer = ask(hard_reader, filters, Cut((code,), by, top=1, share=True))
            assert len(pivot(answer).rows) >= 1, (code, by)
