"""The visits page's queries against plain Python, over the hard cases."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from gridgov.filters import Filters
from gridgov.queries.grids_below import division, grids_below, short_names
from gridgov.queries.visits_evidence import (
    grid_standing,
    mode_shares,
    need_kinds,
    tier_standing,
    visit_hours,
)
from gridgov.warehouse import Reader
from tests.queries.evidence_cases import END, START, UNITS, filters_of, leader_of, rows_of
from tests.queries.oracle import World
from tests.queries.oracle_metrics import reckon


def test_a_place_divides_into_the_next_grids_below(hard_reader: Reader) -> None:
    assert division(hard_reader, None) == (None, "社区")
    assert division(hard_reader, "C1") == ("C1", "children")
    assert division(hard_reader, "G21") == ("G21", "一般")
    assert division(hard_reader, "no such grid") is None


def test_a_single_top_is_passed_through(sample_reader: Reader) -> None:
    found = division(sample_reader, None)
    assert found is not None
    children = [row[0] for row in sample_reader.rows(
        "SELECT grid_id FROM grid WHERE parent_id = $place", place=found[0]
    )]  # fmt: skip
    assert len(children) == 11


def test_short_names_keep_numbers_whole() -> None:
    assert short_names(["东山社区第1网格", "东山社区第12网格"]) == ["第1网格", "第12网格"]
    assert short_names(["东山社区1-01微网格", "东山社区1-02微网格"]) == ["1-01微网格", "1-02微网格"]
    assert short_names(["东山社区第1网格"]) == ["东山社区第1网格"]
    assert short_names(["东山", "东山社区"]) == ["东山", "东山社区"]
    assert short_names([]) == []


@pytest.mark.parametrize("unit", [None, "C1", "G1", "G21"])
@pytest.mark.parametrize("code", ["SV1", "SV2", "SV4", "SV9", "HP1", "C1"])
def test_grids_below_are_the_engine_s_figures(
    unit: str | None, code: str, hard_reader: Reader, hard_world: World
) -> None:
    frame = grids_below(hard_reader, filters_of(hard_reader, unit), [code])
    assert len(frame)
    assert list(frame["grid_id"]) == sorted(frame["grid_id"])
    for row in frame.to_dict("records"):
        want = reckon(hard_world, code, START, END, row["grid_id"]).value
        if want is None:
            assert row["value"] != row["value"]
        else:
            assert row["value"] == pytest.approx(want)
        assert row["name"] == hard_world.grids[row["grid_id"]]["name"]
        assert row["tone"] in {"better", "worse", "changed", "usual", "missing"}


def test_nothing_is_judged_before_there_is_data(sample_reader: Reader) -> None:
    early = filters_of(sample_reader, start=date(2024, 2, 1), end=date(2024, 2, 29))
    frame = grids_below(sample_reader, early, ["SV1"])
    assert set(frame["tone"]) == {"missing"}
    assert frame["value"].isna().all()


@pytest.mark.parametrize("unit", UNITS)
def test_tiers_have_the_rate_of_the_compared_period(
    unit: str | None, hard_reader: Reader, hard_world: World
) -> None:
    filters = filters_of(hard_reader, unit)
    before = filters.compared
    assert before is not None
    assert (END - START).days == (before.end - before.start).days
    for row in tier_standing(hard_reader, filters).to_dict("records"):
        past = reckon(hard_world, "SV1", before.start, before.end, unit, tier=row["tier"]).value
        now = reckon(hard_world, "SV1", START, END, unit, tier=row["tier"]).value
        for got, want in ((row["rate_before"], past), (row["rate"], now)):
            assert (got != got) if want is None else got == pytest.approx(want)


def test_without_a_comparison_there_is_no_rate_before(hard_reader: Reader) -> None:
    frame = tier_standing(hard_reader, filters_of(hard_reader, comparison="none"))
    assert frame["rate_before"].isna().all()


def test_who_sees_persons_sees_every_count(hard_reader: Reader, hard_world: World) -> None:
    frame = grid_standing(hard_reader, filters_of(hard_reader, "C1"))
    assert not frame["is_suppressed"].any()
    for row in frame.to_dict("records"):
        assert row["overdue"] == reckon(hard_world, "SV2", START, END, row["grid_id"]).value
        due = reckon(hard_world, "SV1", START, END, row["grid_id"]).denominator
        assert (0.0 if row["due"] != row["due"] else row["due"]) == due


def test_a_leader_sees_no_small_count(sample_reader: Reader) -> None:
    first = "51011200100101"
    filters = Filters(today=sample_reader.data_date or date.max, grid_id=first)
    everything = grid_standing(sample_reader, filters)
    small = everything["overdue"].between(1, 4)
    assert small.any(), "the sample should hold a small count"
    hidden = grid_standing(leader_of(sample_reader), filters)
    assert hidden.loc[small, "overdue"].isna().all()
    assert hidden["is_suppressed"].sum() >= 2


@pytest.mark.parametrize("unit", UNITS)
def test_modes(unit: str | None, hard_reader: Reader, hard_world: World) -> None:
    rows = list(rows_of(hard_world, "visits", unit))
    want = Counter(row["mode"] for row in rows)
    frame = mode_shares(hard_reader, filters_of(hard_reader, unit))
    got = dict(zip(frame["mode"], frame["visits"], strict=True))
    assert got == want
    assert list(frame["visits"]) == sorted(frame["visits"], reverse=True)
    for row in frame.to_dict("records"):
        met = [r["met"] for r in rows if r["mode"] == row["mode"] and r["met"] is not None]
        assert row["met_n"] == len(met)
        if met:
            assert row["met"] == pytest.approx(sum(met) / len(met))


@pytest.mark.parametrize("unit", UNITS)
def test_needs(unit: str | None, hard_reader: Reader, hard_world: World) -> None:
    found = Counter(r["need"] for r in rows_of(hard_world, "visits", unit) if r["need"])
    due, in_time, still_open = Counter[str](), Counter[str](), Counter[str]()
    for need in rows_of(hard_world, "visits", unit, when=lambda row: row["need_due"]):
        if need["need"]:
            closed = need["need_closed_at"]
            due[need["need"]] += 1
            in_time[need["need"]] += closed is not None and closed.date() <= need["need_due"]
            still_open[need["need"]] += closed is None or closed.date() > END
    frame = need_kinds(hard_reader, filters_of(hard_reader, unit))
    assert set(frame["need"]) == set(found) | set(due)
    for row in frame.to_dict("records"):
        kind = row["need"]
        assert (row["found"], row["due"]) == (found[kind], due[kind])
        assert (row["in_time"], row["still_open"]) == (in_time[kind], still_open[kind])
        assert (row["rate"] != row["rate"]) == (due[kind] == 0)


@pytest.mark.parametrize("unit", UNITS)
def test_hours(unit: str | None, hard_reader: Reader, hard_world: World) -> None:
    want = Counter(
        (row["occurred_at"].isoweekday(), row["occurred_at"].hour)
        for row in rows_of(hard_world, "visits", unit)
        if row["occurred_at"].hour > 0
    )
    frame = visit_hours(hard_reader, filters_of(hard_reader, unit))
    assert {(r["weekday"], r["hour"]): r["visits"] for r in frame.to_dict("records")} == want


def test_hours_of_the_leader_are_the_same_where_they_are_shown(hard_reader: Reader) -> None:
    filters = filters_of(hard_reader)
    told, every = visit_hours(leader_of(hard_reader), filters), visit_hours(hard_reader, filters)
    assert not every["is_suppressed"].any()
    hidden = told["is_suppressed"]
    assert (told.loc[~hidden, "visits"] == every.loc[~hidden, "visits"]).all()
    assert (~hidden).any()
    assert hidden[every["visits"] < 5].all()
    assert hidden.sum() >= 2
