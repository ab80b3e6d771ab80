"""Questions that counted months answer: the same as from the records themselves."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from gridgov.filters import Filters
from gridgov.queries.cases import complaint_cohort, handling_curve
from gridgov.queries.engagement import listed_reached, reach_by_category
from gridgov.queries.months import upper_units, whole_months
from gridgov.queries.visits_evidence import need_kinds, visit_hours
from gridgov.warehouse import Reader

START, END = date(2025, 7, 1), date(2025, 12, 31)
UNITS = (None, "C1", "G1", "G2", "C2")


def from_records(reader: Reader, sql: str, grid_id: str | None, **more: object) -> pd.DataFrame:
    return reader.frame(sql, start=START, finish=END, grid_id=grid_id, **more)


def test_which_places_months_can_answer(hard_reader: Reader) -> None:
    assert upper_units(hard_reader, START, END, None) == ["*"]
    assert upper_units(hard_reader, START, END, "G1") == ["G1"]
    assert whole_months(hard_reader, START, END, "G1M1") == ["G1M1"]
    assert upper_units(hard_reader, START, END, "G1M1") is None  # nothing below: not in these marts
    assert whole_months(hard_reader, date(2025, 7, 2), END, None) is None
    assert whole_months(hard_reader, START, date(2025, 9, 29), None) is None


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("category", [None, "停车"])
def test_how_far_complaints_have_come(
    hard_reader: Reader, unit: str | None, category: str | None
) -> None:
    got = complaint_cohort(hard_reader, START, END, grid_id=unit, category=category)
    want = from_records(
        hard_reader, "queries/complaint_cohort_days.sql", unit, category=category, source=None
    )
    pd.testing.assert_frame_equal(got, want)


@pytest.mark.parametrize("unit", [*UNITS, "G1M1"])
def test_handling_curve(hard_reader: Reader, unit: str | None) -> None:
    got = handling_curve(hard_reader, START, END, grid_id=unit)
    rows = from_records(hard_reader, "queries/handling_curve.sql", unit, category=None, source=None)
    closed = rows[rows["is_closed"]].set_index("hours")["cases"]
    assert dict(zip(got["hours"], got["closed"], strict=True)) == closed.to_dict()
    at_risk = [rows.loc[rows["hours"] >= hours, "cases"].sum() for hours in got["hours"]]
    assert list(got["at_risk"]) == at_risk


@pytest.mark.parametrize("unit", UNITS)
def test_hours_of_visits(hard_reader: Reader, unit: str | None) -> None:
    filters = Filters(today=hard_reader.data_date or END, period="this_half", grid_id=unit)
    span = filters.span
    # G2 has nothing below it any more: its records themselves are read.
    assert (upper_units(hard_reader, span.start, span.end, unit) is None) == (unit == "G2")
    got = visit_hours(hard_reader, filters)
    want = hard_reader.frame(
        "queries/visits_hours.sql", start=span.start, finish=span.end, grid_id=unit
    )
    pd.testing.assert_frame_equal(got[list(want)], want)
    assert set(got["total"]) == {want["visits"].sum()}


@pytest.mark.parametrize("unit", [*UNITS, "G1M1"])
def test_needs(hard_reader: Reader, unit: str | None) -> None:
    """Found, due, in time and still open, counted one by one."""
    filters = Filters(today=hard_reader.data_date or END, period="this_half", grid_id=unit)
    span = filters.span
    inside = (
        ""
        if unit is None
        else f" AND grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = '{unit}')"
    )
    rows = hard_reader.rows(
        "SELECT need, on_date, need_due, CAST(need_closed_at AS DATE) FROM fact_visit"
        f" WHERE need IS NOT NULL{inside}"
    )
    want: dict[str, list[int]] = {}
    for need, found_on, due_on, closed_on in rows:
        is_due = due_on is not None and span.start <= due_on <= span.end
        is_found = span.start <= found_on <= span.end
        if is_due or is_found:
            counts = want.setdefault(need, [0, 0, 0, 0])
            counts[0] += is_found
            counts[1] += is_due
            counts[2] += is_due and closed_on is not None and closed_on <= due_on
            counts[3] += is_due and (closed_on is None or closed_on > span.end)
    frame = need_kinds(hard_reader, filters)
    columns = ["found", "due", "in_time", "still_open"]
    assert {row["need"]: [row[name] for name in columns] for _, row in frame.iterrows()} == want
    assert list(frame["found"]) == sorted(frame["found"], reverse=True)


@pytest.mark.parametrize("unit", (*UNITS, "G1M1"))
def test_which_kinds_of_residents_took_part(hard_reader: Reader, unit: str | None) -> None:
    every = reach_by_category(hard_reader, START, END, grid_id=unit)
    want = every[every["listed"] > 0].reset_index(drop=True)
    got = listed_reached(hard_reader, START, END, grid_id=unit)
    assert unit is not None or got["listed_attended"].sum() > 0
    wanted = want[["category", "listed", "listed_attended"]]
    pd.testing.assert_frame_equal(got, wanted)


@pytest.mark.parametrize("unit", (*UNITS, "G1M1"))
def test_how_many_are_listed(hard_reader: Reader, unit: str | None) -> None:
    want = dict(hard_reader.rows("queries/key_person_tiers.sql", grid_id=unit))
    got = dict(hard_reader.rows("queries/key_person_tiers_grid.sql", units=[unit or "*"]))
    assert unit is not None or want
    assert {tier: count for tier, count in got.items() if count} == want
