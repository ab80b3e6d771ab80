"""Trends over the shipped sample: numbers as `evaluate` gives them, planted effects found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from etl.sample.planted import PLANTED
from gridgov.access.policy import Scope
from gridgov.access.roles import Role
from gridgov.errors import UsageError
from gridgov.judgement import improvement_of
from gridgov.metrics import METRICS, evaluate
from gridgov.stats.calendar import spring_festival, working_days_between
from gridgov.stats.spc import xmr
from gridgov.trends import (
    change_points_of,
    dimensions_of,
    expected_false_alarms,
    explain_change,
    festival_frame,
    forecast_of,
    judged_series,
    last_year_frame,
    newest_signals,
    to_date_frame,
)
from gridgov.trends.explain import OTHER
from gridgov.trends.places import all_levels, fork_below
from gridgov.trends.series import LEAST_POINTS
from gridgov.warehouse import Reader, Warehouse
from tests.warehouses import sample_warehouse

START, END = date(2025, 1, 1), date(2026, 10, 31)
NOW = (date(2026, 7, 1), date(2026, 10, 31))
BEFORE = (date(2025, 7, 1), date(2025, 10, 31))


@pytest.fixture(scope="module")
def worsening(sample_reader: Reader) -> str:
    """The general grid that gets worse."""
    rows = sample_reader.rows(
        "SELECT grid_id FROM grid WHERE level = '一般' AND name LIKE $name",
        name=f"%第{PLANTED.worsening_general + 1}网格",
    )
    assert len(rows) == 1
    return str(rows[0][0])


def test_every_value_is_that_of_evaluate(sample_reader: Reader) -> None:
    codes = [code for code, metric in METRICS.items() if "month" in metric.grains]
    series = judged_series(sample_reader, levels=("社区", "一般"))
    assert len(series) == len(codes) * 12
    place = {key: at for at, key in enumerate(zip(series.metric, series.grid_id, strict=True))}
    bucket = {pd.Timestamp(day): at for at, day in enumerate(series.buckets)}
    checked = 0
    for level in ("社区", "一般"):
        frame = evaluate(sample_reader, codes, START, END, grain="month", by=(f"grid:{level}",))
        for name in ("value", "numerator", "denominator", "n"):
            found = np.array(
                [
                    getattr(series, name)[place[code, grid], bucket[when]]
                    for code, grid, when in zip(
                        frame["metric"], frame["grid_id"], frame["bucket"], strict=True
                    )
                ]
            )
            np.testing.assert_array_equal(found, frame[name].to_numpy(np.float64))
            checked += len(found)
    assert checked == 4 * len(codes) * 12 * 22


def test_a_batch_judges_as_one_series_alone(sample_reader: Reader) -> None:
    series = judged_series(sample_reader, levels=("一般",))
    for row in range(0, len(series), 17):
        metric = METRICS[series.metric[row]]
        values = np.where(series.few[row] | series.partial[row], np.nan, series.value[row])
        alone = xmr(values, improvement=improvement_of(metric))
        frame = series.frame(row)
        if series.is_judged[row]:
            assert list(frame["point"]) == list(alone.point)
            assert list(frame["signal"]) == list(alone.signal)
            np.testing.assert_allclose(frame["mean"], alone.mean)
        else:
            assert set(frame["point"]) == {"common"}
            assert frame["mean"].isna().all()


def test_a_series_on_too_few_cases_says_nothing(sample_reader: Reader) -> None:
    series = judged_series(sample_reader, ["C8", "C13"], levels=("微",))
    assert len(series) == 2 * 127
    for row in np.flatnonzero(series.is_judged):
        usable = ~np.isnan(series.value[row]) & ~series.few[row] & ~series.partial[row]
        assert usable.sum() >= LEAST_POINTS
        moving = np.ptp(series.value[row][usable]) > 0
        assert not moving or series.numerator[row][usable].mean() >= 1
    assert (~series.is_judged).sum() > 100
    silent = int(np.flatnonzero(~series.is_judged)[0])
    assert series.tone(silent) == "missing"


def test_the_worsening_grid_comes_first_among_the_grids(
    sample_reader: Reader, worsening: str
) -> None:
    for code, state in (("SV1", "worse"), ("C1", "changed")):
        series = judged_series(sample_reader, [code], levels=("一般",))
        first = series.order()[0]
        assert series.grid_id[first] == worsening
        assert series.tone(first) == state


def test_its_signals_are_new_in_the_month_in_which_it_began(
    sample_reader: Reader, worsening: str
) -> None:
    start = PLANTED.worsening_from
    month_end = (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    found = newest_signals(sample_reader, start, levels=("一般",), end=month_end)
    mine = {signal.metric for signal in found if signal.grid_id == worsening}
    assert "C1" in mine
    assert all(signal.seen_on == month_end for signal in found)


def test_levels_shift_where_it_was_planted(sample_reader: Reader, worsening: str) -> None:
    (grid,) = change_points_of(sample_reader, "C1", grid_id=worsening)
    assert grid.first <= PLANTED.worsening_from <= grid.last
    assert grid.confidence > 0.99
    assert grid.after > 1.5 * grid.before
    where = {"category": [PLANTED.rising_category]}
    (rising,) = change_points_of(sample_reader, "C1", where=where)
    assert rising.first <= PLANTED.rising_from <= rising.last
    assert rising.after > 1.8 * rising.before
    where = {"category": [PLANTED.faster_category]}
    (faster,) = change_points_of(sample_reader, "C10", where=where)
    assert faster.first <= PLANTED.faster_from <= faster.last
    assert faster.after < 0.75 * faster.before


def test_the_change_is_put_down_to_what_was_planted(sample_reader: Reader, worsening: str) -> None:
    by_category = explain_change(sample_reader, "C1", NOW, BEFORE, "category")
    assert by_category.frame["key"].iloc[0] == PLANTED.rising_category
    by_grid = explain_change(sample_reader, "C1", NOW, BEFORE, "grid")
    assert by_grid.frame["key"].iloc[0] == worsening
    visits = explain_change(sample_reader, "SV1", NOW, BEFORE, "grid")
    assert visits.frame["key"].iloc[0] == worsening


@pytest.mark.parametrize(
    ("code", "by"),
    [(code, by) for code in METRICS for by in dimensions_of(code)],
    ids=lambda part: str(part),
)
def test_contributions_add_up_exactly(sample_reader: Reader, code: str, by: str) -> None:
    ends = [
        evaluate(sample_reader, code, start, end)["value"].iloc[0] for start, end in (BEFORE, NOW)
    ]
    if any(np.isnan(value) for value in ends):
        with pytest.raises(UsageError):
            explain_change(sample_reader, code, NOW, BEFORE, by)
        return
    found = explain_change(sample_reader, code, NOW, BEFORE, by)
    assert found.before == pytest.approx(ends[0], rel=1e-12)
    assert found.after == pytest.approx(ends[1], rel=1e-12)
    total = float(found.frame["total"].sum())
    assert total == pytest.approx(ends[1] - ends[0], abs=1e-9)
    np.testing.assert_allclose(found.frame["rate"] + found.frame["mix"], found.frame["total"])
    members = found.frame[found.frame["key"] != OTHER]
    assert len(members) >= 1


def test_a_split_that_makes_no_sense_is_refused(sample_reader: Reader) -> None:
    for code, by in (("C10", "grid"), ("SV1", "category"), ("C1", "worker")):
        with pytest.raises(UsageError):
            explain_change(sample_reader, code, NOW, BEFORE, by)


def test_the_forecast_counts_every_complaint_and_beats_the_naive_one(
    sample_reader: Reader,
) -> None:
    found = forecast_of(sample_reader, "complaint")
    ((total, days),) = sample_reader.rows(
        "SELECT count(*), date_diff('day', min(on_date), $last) + 1 FROM fact_complaint "
        "WHERE on_date <= $last",
        last=END,
    )
    assert found.counts.sum() == total
    assert len(found.days) == days
    assert found.ahead.dates[0] == np.datetime64("2026-11-01")
    assert len(found.ahead.dates) == 84
    assert found.ahead.method == "model"
    assert found.ahead.model.mase < found.ahead.naive.mase
    visits = forecast_of(sample_reader, "visit")
    ((walked,),) = sample_reader.rows("SELECT count(*) FROM fact_visit")
    assert visits.counts.sum() == walked


def test_the_forecast_of_one_category(sample_reader: Reader) -> None:
    where = {"category": [PLANTED.rising_category], "tier": ["每周"]}
    found = forecast_of(sample_reader, "complaint", where=where)
    ((total,),) = sample_reader.rows(
        "SELECT count(*) FROM fact_complaint WHERE category = $name", name=PLANTED.rising_category
    )
    assert found.counts.sum() == total
    early = forecast_of(sample_reader, "complaint", until=date(2026, 6, 30))
    assert early.ahead.dates[0] == np.datetime64("2026-07-01")
    with pytest.raises(UsageError):
        forecast_of(sample_reader, "complaint", until=date(2025, 1, 10))


def test_weeks_lie_on_the_festival(sample_reader: Reader) -> None:
    frame = festival_frame(sample_reader, "C1")
    assert set(frame["year"]) == {2025, 2026}
    for year in (2025, 2026):
        first = spring_festival(year)
        ((count,),) = sample_reader.rows(
            "SELECT count(*) FROM fact_complaint WHERE on_date BETWEEN $a AND $b",
            a=first,
            b=first + timedelta(days=6),
        )
        row = frame[(frame["year"] == year) & (frame["offset"] == 0)]
        assert float(row["numerator"].iloc[0]) == count
        assert row["bucket"].iloc[0] == pd.Timestamp(spring_festival(2026))
    quiet = frame[frame["offset"] == 0]["value"].mean()
    assert quiet < 0.75 * frame[frame["offset"].between(2, 6)]["value"].mean()


def test_last_year_lies_under_the_same_month(sample_reader: Reader) -> None:
    series = judged_series(sample_reader, ["C3"])
    frame = last_year_frame(series, 0)
    last = frame[frame["series"] == "last"]
    assert len(last) == 10
    for _index, row in last.iterrows():
        assert row["of"] == row["bucket"] - pd.DateOffset(years=1)
        at = series.buckets.index(row["of"].date())
        assert row["value"] == series.value[0, at]


def test_months_at_equal_working_days(sample_reader: Reader) -> None:
    series = judged_series(sample_reader, ["C1"])
    frame = last_year_frame(series, 0, working_days=True)
    days = {
        row.of: int(
            working_days_between(row.of - pd.Timedelta(days=1), row.of + pd.offsets.MonthEnd(0))
        )
        for row in frame.itertuples()
    }
    # February 2026: 20 weekdays, six of them off (16 to 20 and 23), two Saturdays worked.
    assert days[pd.Timestamp("2026-02-01")] == 16
    assert len(days) == 20
    mean = np.mean(list(days.values()))
    for row in frame.itertuples():
        plain = series.value[0, series.buckets.index(row.of.date())]
        assert row.value == pytest.approx(plain * mean / days[row.of], rel=1e-12)


def test_half_years_are_cut_on_the_same_day(sample_reader: Reader) -> None:
    frame = to_date_frame(sample_reader, "C1", "half")
    assert list(frame["bucket"].dt.date) == [
        date(2025, 1, 1), date(2025, 7, 1), date(2026, 1, 1), date(2026, 7, 1)
    ]  # fmt: skip
    ends = [date(2025, 4, 30), date(2025, 10, 31), date(2026, 4, 30), date(2026, 10, 31)]
    for row, end in zip(frame.itertuples(), ends, strict=True):
        alone = evaluate(sample_reader, "C1", row.bucket.date(), end)
        assert row.value == alone["value"].iloc[0]


def test_school_years_are_whole_or_marked(sample_reader: Reader) -> None:
    series = judged_series(sample_reader, ["C1"], grain="school_year")
    assert series.buckets == (date(2024, 9, 1), date(2025, 9, 1), date(2026, 9, 1))
    assert list(series.partial[0]) == [True, False, True]
    alone = evaluate(sample_reader, "C1", date(2025, 9, 1), date(2026, 8, 31))
    assert series.value[0, 1] == alone["value"].iloc[0]
    assert not series.is_judged.any()


def test_limits_begin_anew_where_told(sample_reader: Reader, worsening: str) -> None:
    plain = judged_series(sample_reader, ["C1"], grid_id=worsening).frame(0)
    anew = judged_series(
        sample_reader, ["C1"], grid_id=worsening, rebase=(PLANTED.worsening_from,)
    ).frame(0)
    at = list(plain["bucket"]).index(pd.Timestamp(PLANTED.worsening_from))
    assert plain["mean"].nunique() == 1
    assert anew["mean"].iloc[at] > 1.5 * anew["mean"].iloc[at - 1]
    assert (plain["signal"] != "").sum() > (anew["signal"] != "").sum()


def test_an_answer_is_kept_and_another_scope_has_its_own(sample_reader: Reader) -> None:
    first = judged_series(sample_reader, ["C1"], levels=("一般",))
    assert judged_series(sample_reader, ["C1"], levels=("一般",)) is first
    assert judged_series(sample_reader, ["C1"], levels=("社区",)) is not first


def test_chance_is_said_beside_the_list(sample_reader: Reader) -> None:
    series = judged_series(sample_reader, levels=("社区", "一般"))
    month = expected_false_alarms(series, date(2026, 10, 1))
    quarter = expected_false_alarms(series, date(2026, 8, 1))
    judged = int(series.is_judged.sum())
    assert 0.008 * judged < month <= 0.014 * judged
    assert 2.5 * month < quarter < 3.5 * month
    # A series is counted once, however far back one looks.
    assert 0.12 * judged < expected_false_alarms(series, date(2020, 1, 1)) < 0.18 * judged
    assert expected_false_alarms(series, date(2027, 1, 1)) == 0


def test_nothing_is_new_after_the_data(sample_reader: Reader) -> None:
    assert newest_signals(sample_reader, date(2027, 1, 1)) == ()


def test_places(sample_reader: Reader, worsening: str) -> None:
    # The main grid is the only one below its community: it would repeat every series.
    assert all_levels(sample_reader) == ("社区", "一般", "微")
    fork = fork_below(sample_reader, None)
    below: Mapping[str, object] = dict(
        sample_reader.rows("SELECT grid_id, name FROM grid WHERE parent_id = $fork", fork=fork)
    )
    assert worsening in below
    assert len(below) == 11
    assert fork_below(sample_reader, worsening) == worsening


def test_a_world_of_two_communities(hard_reader: Reader) -> None:
    assert fork_below(hard_reader, None) is None
    series = judged_series(hard_reader, levels=all_levels(hard_reader))
    assert len(series) > 0
    assert set(series.grid_id) >= {"C1", "C2", "G1"}
    for by in dimensions_of("C1"):
        found = explain_change(
            hard_reader, "C1",
            (date(2025, 9, 1), date(2025, 11, 30)), (date(2025, 6, 1), date(2025, 8, 31)), by,
        )  # fmt: skip
        total = float(found.frame["total"].sum())
        assert found.before + total == pytest.approx(found.after, abs=1e-9)


@pytest.fixture(scope="module")
def leader_reader() -> Reader:
    """What a leader sees: everything, but no single person."""
    return Warehouse(sample_warehouse()).reader(Scope(frozenset({Role.LEADER})))


def test_small_counts_of_persons_are_not_shown_to_a_leader(
    sample_reader: Reader, leader_reader: Reader
) -> None:
    full = judged_series(sample_reader, ["SV2"], levels=("微",))
    seen = judged_series(leader_reader, ["SV2"], levels=("微",))
    assert not full.hidden.any()
    small = (full.value > 0) & (full.value < 5)
    assert small.sum() > 100
    assert seen.hidden[small].all()
    assert np.nanmin(np.where(seen.drawn > 0, seen.drawn, np.nan)) >= 5
    row = int(np.flatnonzero(seen.hidden.any(axis=1))[0])
    frame = seen.frame(row)
    assert frame.loc[seen.hidden[row], ["value", "numerator", "n"]].isna().all().all()
    # The judgement is the same for both: only the figures are kept back.
    np.testing.assert_array_equal(full.judged.signal, seen.judged.signal)


def test_a_split_of_persons_gathers_the_small_ones(
    leader_reader: Reader, sample_reader: Reader, worsening: str
) -> None:
    told = explain_change(leader_reader, "SV2", NOW, BEFORE, "grid", grid_id=worsening)
    full = explain_change(sample_reader, "SV2", NOW, BEFORE, "grid", grid_id=worsening)
    assert told.difference == full.difference
    assert float(told.frame["total"].sum()) == told.difference
    counts = told.frame[["numerator_before", "numerator_after"]].to_numpy()
    assert not ((counts > 0) & (counts < 5)).any()
    assert len(told.frame) < len(full.frame)
