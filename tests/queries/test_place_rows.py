"""What is added up from the months of a place is what the cells and facts give, day by day."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pandas as pd
import pytest

from gridgov.access.policy import Scope
from gridgov.answers import Answers
from gridgov.filters import Filters
from gridgov.metrics.place_rows import place_rows
from gridgov.queries.cases import complaint_cohort, overdue_categories
from gridgov.queries.engagement import participation
from gridgov.queries.visits_evidence import mode_shares, need_kinds, visit_hours
from gridgov.warehouse import Reader, Warehouse
from tests.queries.oracle import World
from tests.queries.oracle_metrics import reckon

PLACES = (None, "C1", "G1", "G21")
COUNTS = ("found", "due", "in_time", "still_open")
PILLAR = "幸福"


def periods(reader: Reader) -> list[tuple[date, date]]:
    """Whole months, one of several, and one that is cut at the data date."""
    last = reader.data_date
    assert last is not None
    return [
        (date(2025, 8, 1), date(2025, 8, 31)),
        (date(2025, 5, 1), date(2025, 10, 31)),
        (date(last.year, last.month, 1), last),
    ]


def filters_of(reader: Reader, place: str | None, start: date, end: date, **more: Any) -> Filters:
    assert reader.data_date is not None
    return Filters(
        today=reader.data_date, period="custom", start=start, end=end, grid_id=place, **more
    )


def listed(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Rows with None for what is missing."""
    rows = frame.astype(object).itertuples(index=False, name=None)
    return [tuple(None if pd.isna(part) else part for part in row) for row in rows]


@pytest.mark.parametrize("place", PLACES)
def test_needs(place: str | None, hard_reader: Reader) -> None:
    for start, end in periods(hard_reader):
        want = hard_reader.frame("queries/visits_needs.sql", start=start, finish=end, grid_id=place)
        found = need_kinds(hard_reader, filters_of(hard_reader, place, start, end))
        assert listed(found[["need", *COUNTS]]) == listed(want[["need", *COUNTS]])


def test_some_needs_are_closed_after_the_month_in_which_they_were_due(hard_reader: Reader) -> None:
    start, end = date(2025, 8, 1), date(2025, 8, 31)
    frame = need_kinds(hard_reader, filters_of(hard_reader, None, start, end))
    never = hard_reader.rows(
        "SELECT count(*) FROM fact_visit WHERE need IS NOT NULL AND need_closed_at IS NULL"
        " AND need_due BETWEEN $start AND $finish", start=start, finish=end,
    )[0][0]  # fmt: skip
    assert frame["still_open"].sum() > never


@pytest.mark.parametrize("place", [None, "C1", "G1"])
def test_hours(place: str | None, hard_reader: Reader) -> None:
    for start, end in periods(hard_reader):
        want = hard_reader.frame("queries/visits_hours.sql", start=start, finish=end, grid_id=place)
        found = visit_hours(hard_reader, filters_of(hard_reader, place, start, end))
        assert listed(found[["weekday", "hour", "visits"]]) == listed(want)
        assert set(found["total"]) <= {want["visits"].sum()}


@pytest.mark.parametrize("place", [None, "C1", "G1"])
def test_modes(place: str | None, hard_reader: Reader, hard_world: World) -> None:
    start, end = date(2025, 5, 1), date(2025, 10, 31)
    for row in mode_shares(hard_reader, filters_of(hard_reader, place, start, end)).itertuples():
        if isinstance(row.mode, str):
            want = reckon(hard_world, "SV4", start, end, place, mode=row.mode)
            assert row.met_n == (want.denominator or 0)


@pytest.mark.parametrize("place", [None, "C1", "G1"])
def test_cohorts(place: str | None, hard_reader: Reader) -> None:
    kinds = hard_reader.rows("SELECT category, source FROM fact_complaint WHERE category IS NOT NULL"
                             " AND source IS NOT NULL ORDER BY 1, 2 LIMIT 1")[0]  # fmt: skip
    for start, end in periods(hard_reader):
        for category, source in ((None, None), (kinds[0], None), (None, kinds[1]), kinds):
            want = hard_reader.frame(
                "queries/complaint_cohort_days.sql", start=start, finish=end, grid_id=place,
                category=category, source=source,
            )  # fmt: skip
            found = complaint_cohort(
                hard_reader, start, end, grid_id=place, category=category, source=source
            )
            assert list(found) == list(want)
            assert listed(found) == listed(want)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("pillar", [None, PILLAR])
def test_kinds_of_activities(place: str | None, pillar: str | None, hard_reader: Reader) -> None:
    for start, end in periods(hard_reader):
        want = hard_reader.frame(
            "queries/participation.sql", start=start, finish=end, grid_id=place, pillar=pillar
        )
        found = participation(hard_reader, start, end, grid_id=place, pillar=pillar)
        assert list(found) == list(want)
        assert listed(found) == listed(want)


@pytest.mark.parametrize("place", PLACES)
def test_overdue_categories(place: str | None, hard_reader: Reader, hard_world: World) -> None:
    today = hard_reader.data_date
    assert today is not None
    rows = hard_reader.rows(
        "SELECT category, grid_id, CAST(due_at AS DATE) FROM fact_complaint"
        " WHERE closed_at IS NULL AND CAST(due_at AS DATE) < $today", today=today,
    )  # fmt: skip
    rows = [row for row in rows if hard_world.is_inside(row[1], place)]
    cases = Counter(category for category, _grid, _due in rows)
    found = overdue_categories(hard_reader, today, place)
    assert {one.category: one.cases for one in found} == cases
    for one in found:
        of_one = [(due, grid) for category, grid, due in rows if category == one.category]
        assert one.longest_days == max((today - due).days for due, _grid in of_one)
        assert one.over_30_days == sum((today - due).days > 30 for due, _grid in of_one)
        known = [(due, grid) for due, grid in of_one if grid is not None]
        assert one.worst_grid_id == (min(known)[1] if known else None)
    keys = [(-one.over_30_days, -one.cases) for one in found]
    assert keys == sorted(keys)


def test_a_place_is_read_once_for_all_periods(hard_reader: Reader) -> None:
    version = Warehouse(hard_reader.version.path.parent).current()
    reader = Reader(version, Scope.everything(), Answers())
    asked: list[str] = []
    execute = reader._execute

    def counted(text: str, used: Any) -> Any:
        asked.append(text)
        return execute(text, used)

    reader._execute = counted  # type: ignore[method-assign]
    for start, end in periods(reader):
        reader._answers = Answers()
        visit_hours(reader, filters_of(reader, None, start, end))
    assert len([text for text in asked if "mart_visit_hour_month" in text]) == 1


def test_equal_texts_are_one_object_and_arrays_are_read_only(hard_reader: Reader) -> None:
    rows = place_rows(hard_reader, "queries/complaint_cohort.sql", units=["*"])
    texts = [text for text in rows["source"].tolist() if text]
    assert len({id(text) for text in texts}) == len(set(texts)) < len(texts)
    assert not any(column.flags.writeable for column in rows.values())
