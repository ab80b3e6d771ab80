"""Page queries against plain Python, over the hard cases; the records behind every metric."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from gridgov import queries
from gridgov.metrics import METRICS, evaluate
from gridgov.warehouse import Reader
from tests.queries.oracle import World
from tests.queries.oracle_metrics import curve_quantile, reckon, stock_of

START, END = date(2025, 7, 8), date(2025, 11, 20)
UNITS = (None, "C1", "G1", "G21")
Row = dict[str, Any]
SUMMED = {
    "HP2": "first_timers",
    "HP4": "attendances",
    "HP5": "attendances",
    "HP6": "satisfied",
    "ML5": "services",
    "ML6": "enrolled",
    "DV3": "services",
}


def rows_in(world: World, name: str, unit: str | None) -> list[Row]:
    listed: list[Row] = getattr(world, name)
    return [
        row
        for row in listed
        if START <= row["day"] <= END and world.is_inside(row["grid_id"], unit)
    ]


@pytest.mark.parametrize("unit", UNITS)
class TestByUnit:
    def test_coverage_by_day(
        self, unit: str | None, hard_reader: Reader, hard_world: World
    ) -> None:
        want: dict[tuple[str, date], list[str | None]] = defaultdict(list)
        for log, name in (
            ("visit", "visits"),
            ("activity", "activities"),
            ("complaint", "complaints"),
        ):
            for row in rows_in(hard_world, name, unit):
                want[log, row["day"]].append(row["grid_id"])
        frame = queries.coverage_by_day(hard_reader, START, END, unit)
        got = {(r.log, r.on_date.date()): (r.records, r.grids) for r in frame.itertuples()}
        assert got == {k: (len(v), len(set(v) - {None})) for k, v in want.items()}

    def test_coverage_by_grid(
        self, unit: str | None, hard_reader: Reader, hard_world: World
    ) -> None:
        frame = queries.coverage_by_grid(hard_reader, START, END, grid_id=unit)
        for row in frame.itertuples():
            name = {"visit": "visits", "activity": "activities", "complaint": "complaints"}[row.log]
            listed = rows_in(hard_world, name, row.grid_id)
            assert (row.records, row.days) == (len(listed), len({r["day"] for r in listed}))
        assert set(frame["grid_id"]) == {
            g
            for g, row in hard_world.grids.items()
            if row["level"] == "一般" and hard_world.is_inside(g, unit)
        }

    def test_freshness(self, unit: str | None, hard_reader: Reader, hard_world: World) -> None:
        got = {row.log: row for row in queries.log_freshness(hard_reader, unit).itertuples()}
        days = [r["day"] for r in hard_world.visits if hard_world.is_inside(r["grid_id"], unit)]
        visit = got["visit"]
        assert (visit.first_on.date(), visit.last_on.date(), visit.records) == (
            min(days),
            max(days),
            len(days),
        )

    def test_silent_grids(self, unit: str | None, hard_reader: Reader, hard_world: World) -> None:
        frame = queries.silent_grids(hard_reader, "complaint", days=3, level="一般", grid_id=unit)
        want = {}
        for grid, row in hard_world.grids.items():
            if row["level"] != "一般" or not hard_world.is_inside(grid, unit):
                continue
            if not hard_world.is_valid(grid, hard_world.data_date):
                continue
            days = [
                r["day"] for r in hard_world.complaints if hard_world.is_inside(r["grid_id"], grid)
            ]
            silent = (hard_world.data_date - max(days)).days if days else None
            if silent is None or silent > 3:
                want[grid] = silent
        got = {
            r.grid_id: None if math.isnan(r.days_silent) else r.days_silent
            for r in frame.itertuples()
        }
        assert got == want

    def test_overdue_persons(
        self, unit: str | None, hard_reader: Reader, hard_world: World
    ) -> None:
        frame = queries.overdue_persons(hard_reader, unit)
        expected = reckon(hard_world, "SV2", START, hard_world.data_date, unit)
        assert len(frame) == expected.numerator
        allowed = {"每周": 7, "每月": 31, "每季": 92}
        for row in frame.itertuples():
            days = [d for d in hard_world.contacts().get(row.person, []) if d >= date(2025, 1, 1)]
            if str(row.last_on) != "NaT":
                assert row.last_on.date() == max(days)
                assert (
                    row.overdue_days == (hard_world.data_date - max(days)).days - allowed[row.tier]
                )
        assert list(frame["tier"]) == sorted(frame["tier"], key=list(allowed).index)

    def test_tiers(self, unit: str | None, hard_reader: Reader, hard_world: World) -> None:
        for row in queries.key_person_tiers(hard_reader, START, END, unit).itertuples():
            due = reckon(hard_world, "SV1", START, END, unit, tier=row.tier)
            overdue = reckon(hard_world, "SV2", START, END, unit, tier=row.tier)
            today = hard_world.data_date
            listed = {
                s["person"]
                for s in hard_world.tables["key_person"]
                if s["tier"] == row.tier
                and hard_world.is_inside(s["grid_id"], unit)
                and (s["valid_from"] or date.min) <= today <= (s["valid_to"] or date.max)
            }
            assert (row.due, row.contacted, row.overdue) == (
                due.denominator,
                due.numerator,
                overdue.numerator,
            )
            assert row.listed == len(listed)

    def test_overdue_complaints(
        self, unit: str | None, hard_reader: Reader, hard_world: World
    ) -> None:
        frame = queries.overdue_complaints(hard_reader, unit)
        today = hard_world.data_date
        want = {
            r["complaint_id"]: (today - r["due_at"].date()).days
            for r in hard_world.complaints
            if r["closed_at"] is None
            and r["due_at"] is not None
            and r["due_at"].date() <= today
            and hard_world.is_inside(r["grid_id"], unit)
        }
        assert dict(zip(frame["complaint_id"], frame["overdue_days"], strict=True)) == want
        assert frame["due_at"].is_monotonic_increasing

    def test_open_ages(self, unit: str | None, hard_reader: Reader, hard_world: World) -> None:
        ages = [
            (hard_world.data_date - r["day"]).days
            for r in hard_world.complaints
            if r["closed_at"] is None and hard_world.is_inside(r["grid_id"], unit)
        ]
        frame = queries.open_complaint_ages(hard_reader, unit)
        for row in frame.itertuples():
            upper = math.inf if pd.isna(row.to_days) else row.to_days
            assert row.cases == sum(row.from_days <= age <= upper for age in ages)
        assert frame["cases"].sum() == len(ages)

    def test_funnel(self, unit: str | None, hard_reader: Reader, hard_world: World) -> None:
        rows = rows_in(hard_world, "complaints", unit)
        closed = [r for r in rows if r["closed_at"]]
        answered = [r for r in closed if r["called_back"]]
        frame = queries.complaint_funnel(hard_reader, START, END, grid_id=unit)
        assert dict(zip(frame["stage"], frame["cases"], strict=True)) == {
            "received": len(rows),
            "contacted": sum(r["contacted_at"] is not None for r in rows),
            "closed": len(closed),
            "called": sum(r["called_back"] is not None for r in closed),
            "answered": len(answered),
            "resolved": sum(bool(r["resolved"]) for r in answered),
            "satisfied": sum(r["satisfied"] == "满意" for r in answered),
        }

    def test_pareto(self, unit: str | None, hard_reader: Reader, hard_world: World) -> None:
        want = Counter(r["category"] for r in rows_in(hard_world, "complaints", unit))
        frame = queries.complaint_pareto(hard_reader, START, END, grid_id=unit)
        got = {
            None if r.category != r.category else r.category: r.cases for r in frame.itertuples()
        }
        assert got == dict(want)
        assert frame["cumulative"].iloc[-1] == pytest.approx(1)
        assert frame["cases"].is_monotonic_decreasing

    def test_repeats(self, unit: str | None, hard_reader: Reader, hard_world: World) -> None:
        groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in rows_in(hard_world, "complaints", unit):
            groups[row["household"], row["category"]].append(row)
        want = {
            key: len(rows)
            for key, rows in groups.items()
            if key[0] is not None and any(r["is_repeat"] for r in rows)
        }
        frame = queries.repeat_complaints(hard_reader, START, END, grid_id=unit)
        got = {(r.household, r.category): r.times for r in frame.itertuples()}
        assert got == want

    def test_participation(self, unit: str | None, hard_reader: Reader, hard_world: World) -> None:
        frame = queries.participation(hard_reader, START, END, grid_id=unit)
        rows = rows_in(hard_world, "activities", unit)
        assert dict(zip(frame["type"], frame["activities"], strict=True)) == Counter(
            r["type"] for r in rows
        )
        assert frame["attendances"].sum() == sum(r["attendances"] or 0 for r in rows)

    def test_calendar(self, unit: str | None, hard_reader: Reader, hard_world: World) -> None:
        frame = queries.activity_calendar(hard_reader, START, END, grid_id=unit)
        want = Counter(r["day"] for r in rows_in(hard_world, "activities", unit))
        assert {r.on_date.date(): r.activities for r in frame.itertuples()} == want

    def test_reach_by_category(
        self, unit: str | None, hard_reader: Reader, hard_world: World
    ) -> None:
        here = [
            s
            for s in hard_world.sign_ins
            if START <= s["day"] <= END and hard_world.is_inside(s["home"], unit)
        ]
        homes: dict[str, set[str]] = defaultdict(set)
        for sign in here:
            if sign["category"]:
                homes[sign["category"]].add(sign["household"])
        everybody = {s["household"] for s in here}
        for row in queries.reach_by_category(hard_reader, START, END, grid_id=unit).itertuples():
            listed = {
                k["household"]
                for k in hard_world.tables["key_person"]
                if k["category"] == row.category
                and k["household"]
                and hard_world.is_inside(k["grid_id"], unit)
                and (k["valid_from"] or date.min) <= END
                and (k["valid_to"] or date.max) >= START
            }
            assert row.households == len(homes.get(row.category, ()))
            assert (row.listed, row.listed_attended) == (len(listed), len(listed & everybody))

    def test_teams(self, unit: str | None, hard_reader: Reader, hard_world: World) -> None:
        shows: Counter[str] = Counter()
        for row in hard_world.activities:
            if (
                row["code"] == "show"
                and row["day"] <= END
                and hard_world.is_inside(row["grid_id"], unit)
            ):
                for team in (row["team"] or "").split("、"):
                    if team:
                        shows[team] += row["day"] >= START
        frame = queries.team_performances(hard_reader, START, END, grid_id=unit)
        assert dict(zip(frame["team"], frame["shows"], strict=True)) == dict(shows)

    def test_courses(self, unit: str | None, hard_reader: Reader, hard_world: World) -> None:
        totals: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for row in rows_in(hard_world, "activities", unit):
            if row["code"] == "course" and None not in (row["enrolled"], row["attendances"]):
                for place, figure in enumerate((1, row["enrolled"], row["attendances"])):
                    totals[row["name"]][place] += figure
        frame = queries.course_attendance(hard_reader, START, END, grid_id=unit)
        got = {r.course: [r.lessons, r.enrolled, r.attended] for r in frame.itertuples()}
        assert got == dict(totals)

    def test_rotation(self, unit: str | None, hard_reader: Reader, hard_world: World) -> None:
        want: Counter[tuple[str, date]] = Counter()
        for row in rows_in(hard_world, "activities", None):
            if row["code"] == "neighbour_day" and row["grid_id"]:
                for grid in hard_world.above(row["grid_id"]):
                    want[grid, row["day"].replace(day=1)] += 1
        frame = queries.neighbour_day_rotation(hard_reader, START, END, grid_id=unit)
        for row in frame.itertuples():
            assert row.times == want[row.grid_id, row.month.date()]
        inside = [
            g
            for g, r in hard_world.grids.items()
            if r["level"] == "一般" and hard_world.is_inside(g, unit)
        ]
        assert len(frame) == 5 * len(inside)

    def test_curve(self, unit: str | None, hard_reader: Reader, hard_world: World) -> None:
        curve = queries.handling_curve(hard_reader, START, END, grid_id=unit)
        for q in (0.25, 0.5, 0.9):
            reached = curve[curve["open_share"] <= 1 - q + 1e-9]
            got = reached["hours"].iloc[0] if len(reached) else None
            if q == 0.5:
                assert got == reckon(hard_world, "C10", START, END, unit).value
            if q == 0.9:
                assert got == reckon(hard_world, "C10", START, END, unit).p90
        assert curve["open_share"].is_monotonic_decreasing


def test_curve_of_known_cases() -> None:
    """Two closed, one lost in between: 1 → 2/3 → 0 by hand."""
    assert curve_quantile([(1, True), (2, False), (3, True)], 0.3) == 1
    assert curve_quantile([(1, True), (2, False), (3, True)], 0.9) == 3
    assert curve_quantile([(1, True), (2, False)], 0.9) is None


def test_compared_categories(hard_reader: Reader, hard_world: World) -> None:
    period, before = (date(2025, 9, 1), date(2025, 9, 30)), (date(2025, 6, 1), date(2025, 8, 30))
    found = queries.compared_categories(hard_reader, period, before, None, None)
    days: dict[str, list[date]] = {}
    for row in hard_world.complaints:
        if row["category"] and any(a <= row["day"] <= b for a, b in (period, before)):
            days.setdefault(row["category"], []).append(row["day"])
    assert list(found.categories) == sorted(days)
    for at, category in enumerate(found.categories):
        cases = sum(period[0] <= day <= period[1] for day in days[category])
        past = sum(before[0] <= day <= before[1] for day in days[category])
        assert (found.cases[at], found.before[at]) == (cases, past)
        assert found.expected[at] == pytest.approx(past * 30 / 91)
        share = 30 / 121
        deviation = math.sqrt((cases + past) * share * (1 - share))
        assert found.surprise[at] == pytest.approx((cases - (cases + past) * share) / deviation)


def test_grid_card_and_peers(hard_reader: Reader, hard_world: World) -> None:
    card = queries.grid_card(hard_reader, "G1")
    assert card is not None
    assert (card["name"], card["level"], card["grids_below"]) == ("东山社区第1网格", "一般", 3)
    assert card["households"] == stock_of(hard_world, "households", "G1", date(2025, 12, 1))
    assert queries.grid_card(hard_reader, "nowhere") is None
    assert set(queries.grid_peers(hard_reader, "G1")["grid_id"]) == {"G21", "G22"}


def test_grid_workers(hard_reader: Reader) -> None:
    frame = queries.grid_workers(hard_reader, "G1")
    current = {(r.worker_id, r.grid_id): r.is_current for r in frame.itertuples()}
    assert current == {("W2", "G1"): True, ("W1", "G1"): False, ("W4", "G1M1"): False}


def test_map_leaves_out_grids_that_are_no_more(hard_reader: Reader) -> None:
    assert set(queries.map_attributes(hard_reader)["grid_id"]) == {"G1", "G21", "G22", "G9"}


def test_ordered_by_need(hard_reader: Reader) -> None:
    load = queries.load_balance(hard_reader, date(2025, 7, 1), date(2025, 9, 30))
    reach = queries.reach_by_grid(hard_reader, date(2025, 7, 1), date(2025, 9, 30))
    assert load["value"].dropna().is_monotonic_decreasing
    assert reach["value"].dropna().is_monotonic_increasing


@pytest.mark.parametrize("code", list(METRICS))
@pytest.mark.parametrize("unit", UNITS)
def test_records_are_those_that_the_metric_counts(
    code: str, unit: str | None, hard_reader: Reader
) -> None:
    metric = METRICS[code]
    records = queries.metric_records(hard_reader, code, START, END, grid_id=unit, rows=10**9)
    figure = evaluate(hard_reader, code, START, END, grid_id=unit).iloc[0].fillna(0)
    if code in SUMMED:
        assert records[SUMMED[code]].sum() == figure["numerator"]
    elif metric.kind in ("ratio", "quantile", "as_of"):
        counted = int(records["is_counted"].sum())
        assert (counted, len(records)) == (figure["numerator"], figure["denominator"])
    elif metric.kind == "reach":
        assert records["household"].nunique() == figure["numerator"]
    elif metric.source == "item":
        assert code in ("PB4", "ML4") or (len(records) > 0) == (figure["numerator"] > 0)
        assert len(records) >= figure["numerator"] or code in ("PB3", "PB4", "HP3")
    else:
        assert len(records) == figure["numerator"]


def test_records_are_limited_and_newest_first(hard_reader: Reader) -> None:
    frame = queries.metric_records(hard_reader, "SV4", START, END, rows=5)
    assert len(frame) == 5
    assert frame["occurred_at"].is_monotonic_decreasing
    assert frame["occurred_at"].iloc[0].date() > END - timedelta(days=10)


def test_records_are_narrowed_as_the_figures_are(hard_reader: Reader) -> None:
    everything = queries.metric_records(hard_reader, "C1", START, END, rows=10**9)
    category = everything["category"].dropna().iloc[0]
    few = queries.metric_records(
        hard_reader, "C1", START, END, where={"category": [category]}, rows=10**9
    )
    assert len(few) == int((everything["category"] == category).sum()) < len(everything)
    figure = numerator_of(hard_reader, "C1", {"category": [category]})
    assert figure == len(few)
    # A filter that complaints know nothing of leaves them alone.
    same = queries.metric_records(
        hard_reader, "C1", START, END, where={"pillar": ["党建"]}, rows=10**9
    )
    assert len(same) == len(everything)


def numerator_of(reader: Reader, code: str, where: dict[str, list[str]]) -> float:
    return float(evaluate(reader, [code], START, END, where=where)["numerator"].iloc[0])
