"""Dates that say less than they seem to: no time of day, a mistyped year."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from etl.load import load
from tests.etl.conftest import ids, table
from tests.warehouses import make_warehouse, write_tables


def _case(number: str, created: str, closed: str) -> dict[str, object]:
    return {"complaint_id": number, "created_at": created, "closed_at": closed}


def test_a_date_without_a_time_is_no_closing_in_the_same_second(tmp_path: Path) -> None:
    folder = write_tables(
        tmp_path / "in",
        {"complaint": [_case("C1", "2025-01-03", "2025-01-03"), _case("C2", "2025-01-03", "")]},
    )
    (report,) = load([folder], tmp_path / "warehouse").files
    assert "W324" not in ids(report)
    assert table(
        tmp_path / "warehouse", "SELECT complaint_id, is_instant FROM fact_complaint ORDER BY 1"
    ) == [("C1", False), ("C2", False)]


def test_a_closing_in_the_same_second_is_still_told(tmp_path: Path) -> None:
    moment = "2025-01-03 08:05:07"
    folder = write_tables(tmp_path / "in", {"complaint": [_case("C1", moment, moment)]})
    (report,) = load([folder], tmp_path / "warehouse").files
    assert "W324" in ids(report)
    assert table(tmp_path / "warehouse", "SELECT is_instant FROM fact_complaint") == [(True,)]


def _visits(*days: str) -> list[dict[str, object]]:
    return [
        {"visit_id": f"V{at}", "grid": "M", "worker": "张三", "person": "王小明",
         "occurred_at": f"{day} 10:00"}
        for at, day in enumerate(days)
    ]  # fmt: skip


def _first_period(root: Path, first_visit: str, **key_person: object) -> date | None:
    make_warehouse(
        root,
        grid=[{"grid_id": "M", "name": "微网格一", "level": "微"}],
        tenure=[{"worker_id": "W1", "grid_id": "M", "valid_from": "2025-01-01"}],
        key_person=[{"person": "王小明", "grid_id": "M", "tier": "每周", **key_person}],
        visit=_visits(first_visit, "2025-01-08", "2025-02-05"),
    )
    ((first,),) = table(root, "SELECT min(period_start) FROM fact_contact_period")
    assert first is None or isinstance(first, date)
    return first


def test_one_visit_with_a_mistyped_year_makes_no_decades_of_empty_periods(tmp_path: Path) -> None:
    first = _first_period(tmp_path / "warehouse", "2003-01-07")
    assert first == date(2024, 12, 30)
    ((stretches,),) = table(
        tmp_path / "warehouse",
        "SELECT count(*) FROM fact_overdue_spell WHERE since_on < '2025-01-01'",
    )
    assert stretches == 0


def test_visits_a_little_before_the_first_tenure_count_as_ever(tmp_path: Path) -> None:
    assert _first_period(tmp_path / "warehouse", "2024-12-11") == date(2024, 12, 9)
