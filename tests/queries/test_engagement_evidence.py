"""The engagement page's queries against plain Python, over the hard cases."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta

import pandas as pd
import pytest

from gridgov.queries.engagement_evidence import (
    PILLAR_METRICS,
    activity_days,
    activity_list,
    activity_types,
    grids_reached,
    kinds_reached,
    participation_months,
    pillar_cells,
    rotation,
    teams,
)
from gridgov.warehouse import Reader
from tests.queries.evidence_cases import END, START, UNITS, filters_of, leader_of, rows_of
from tests.queries.oracle import World
from tests.queries.oracle_metrics import reckon


def test_every_grid_has_a_cell_of_every_pillar(hard_reader: Reader, hard_world: World) -> None:
    frame = pillar_cells(hard_reader, filters_of(hard_reader, "C1"))
    grids = list(dict.fromkeys(frame["grid_id"]))
    assert len(frame) == 5 * len(grids)
    assert list(frame["pillar"][:5]) == list(PILLAR_METRICS)
    for row in frame.to_dict("records"):
        assert PILLAR_METRICS[row["pillar"]] == row["metric"]
        want = reckon(hard_world, row["metric"], START, END, row["grid_id"])
        if want.value is None:
            assert row["value"] != row["value"]
        else:
            assert row["value"] == pytest.approx(want.value)
        if row["state"] != "ok":
            assert row["tone"] == "missing"


@pytest.mark.parametrize("unit", UNITS)
def test_participation_by_month(unit: str | None, hard_reader: Reader, hard_world: World) -> None:
    frame = participation_months(hard_reader, filters_of(hard_reader, unit))
    got = {
        (row["part"], row["bucket"].date()): row["value"]
        for row in frame.to_dict("records")
        if row["bucket"].date() in {date(2025, 8, 1), date(2025, 9, 1), date(2025, 10, 1)}
    }
    people: Counter[date] = Counter()
    homes: dict[date, set[str]] = defaultdict(set)
    for row in rows_of(hard_world, "activities", unit):
        people[row["day"].replace(day=1)] += row["attendances"] or 0
    for sign in hard_world.sign_ins:
        if hard_world.is_inside(sign["home"], unit) and sign["household"]:
            homes[sign["day"].replace(day=1)].add(sign["household"])
    for (part, month), value in got.items():
        if part == "attendances":
            assert value == people[month]
        if part == "households":
            assert value == len(homes[month])
    assert {part for part, _month in got} == {"attendances", "households", "first_timers"}


def test_the_unfinished_month_is_marked(hard_reader: Reader) -> None:
    frame = participation_months(hard_reader, filters_of(hard_reader))
    last = frame[frame["bucket"] == frame["bucket"].max()]
    assert last["is_partial"].all()


@pytest.mark.parametrize("unit", UNITS)
def test_types(unit: str | None, hard_reader: Reader, hard_world: World) -> None:
    rows = list(rows_of(hard_world, "activities", unit))
    for row in activity_types(hard_reader, filters_of(hard_reader, unit)).to_dict("records"):
        here = [r for r in rows if (r["type"], r["pillar"]) == (row["type"], row["pillar"])]
        assert row["activities"] == len(here)
        known = [r for r in here if r["satisfied"] is not None and r["rated"] is not None]
        rated = sum(r["rated"] for r in known)
        assert row["rated"] == rated
        if rated:
            assert row["rate"] == pytest.approx(sum(r["satisfied"] for r in known) / rated)
        else:
            assert row["rate"] != row["rate"]


@pytest.mark.parametrize("unit", UNITS)
def test_every_day_of_the_period_is_there(
    unit: str | None, hard_reader: Reader, hard_world: World
) -> None:
    want = Counter(row["day"] for row in rows_of(hard_world, "activities", unit))
    frame = activity_days(hard_reader, filters_of(hard_reader, unit))
    assert len(frame) == (END - START).days + 1
    for row in frame.to_dict("records"):
        assert row["value"] == want[row["day"].date()]


def test_grids_reached(hard_reader: Reader, hard_world: World) -> None:
    for row in grids_reached(hard_reader, filters_of(hard_reader, "C1")).to_dict("records"):
        want = reckon(hard_world, "HP1", START, END, row["grid_id"])
        assert row["reached"] == want.numerator
        if want.denominator is not None:
            assert row["unreached"] == pytest.approx(want.denominator - want.numerator)


def test_a_leader_sees_no_small_count_of_a_kind(hard_reader: Reader) -> None:
    everything = kinds_reached(hard_reader, filters_of(hard_reader, "G1")).set_index("category")
    hidden = kinds_reached(leader_of(hard_reader), filters_of(hard_reader, "G1")).set_index(
        "category"
    )
    small = everything.index[everything["attended"].between(1, 4)]
    assert len(small), "the hard cases should hold a small count"
    assert hidden.loc[small, ["attended", "rate"]].isna().all().all()
    assert not hidden["listed"].between(1, 4).any()
    assert not everything["is_suppressed"].any()


def test_least_reached_kinds_come_first(hard_reader: Reader) -> None:
    rates = kinds_reached(hard_reader, filters_of(hard_reader))["rate"].dropna()
    assert len(rates) > 1
    assert rates.is_monotonic_increasing


def test_missed_months_are_those_of_the_log(hard_reader: Reader, hard_world: World) -> None:
    found = rotation(hard_reader, filters_of(hard_reader))
    assert found.held.shape[1] == 12
    assert pd.Timestamp(found.held.columns[-1]).date() == END.replace(day=1)
    first = min(row["day"] for row in hard_world.activities).replace(day=1)
    hosted = {
        row["day"].replace(day=1)
        for row in hard_world.activities
        if row["code"] == "neighbour_day"
        and row["day"] <= END
        and row["grid_id"]
        and any(hard_world.grids[g]["level"] == "一般" for g in hard_world.above(row["grid_id"]))
    }
    months = {pd.Timestamp(column).date() for column in found.held.columns}
    assert set(found.missed) == {m for m in months - hosted if m >= first}
    assert found.hosts == (found.held.sum(axis=1) > 0).sum()


def test_teams_of_the_quarter(hard_reader: Reader, hard_world: World) -> None:
    found = teams(hard_reader, filters_of(hard_reader, "C1"))
    assert found.start == date(2025, 10, 1)
    shows: Counter[str] = Counter()
    for row in hard_world.activities:
        if (
            row["code"] == "show"
            and row["day"] <= END
            and hard_world.is_inside(row["grid_id"], "C1")
        ):
            for team in filter(None, (row["team"] or "").split("、")):
                shows[team] += row["day"] >= found.start
    assert dict(zip(found.frame["team"], found.frame["shows"], strict=True)) == dict(shows)
    assert found.performed == sum(count > 0 for count in shows.values())
    assert (found.known, found.expected) == (len(shows), 20)


def test_teams_belong_to_no_grid(hard_reader: Reader) -> None:
    assert teams(hard_reader, filters_of(hard_reader, "G1")).expected is None
    assert teams(hard_reader, filters_of(hard_reader)).expected == 40


def test_the_list_is_the_period_s(hard_reader: Reader, hard_world: World) -> None:
    frame = activity_list(hard_reader, filters_of(hard_reader, "C1"))
    rows = [r for r in rows_of(hard_world, "activities", "C1") if r["attendances"] is not None]
    assert len(frame) == len(rows)
    assert frame["started_at"].is_monotonic_decreasing
    one = activity_list(hard_reader, filters_of(hard_reader, "C1", pillar="党建"))
    assert len(one) == sum(r["pillar"] == "党建" for r in rows)
    assert END + timedelta(days=1) > frame["started_at"].max().date() >= START
