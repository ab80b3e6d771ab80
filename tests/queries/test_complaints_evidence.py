"""The complaints page's queries against plain Python, over the hard cases."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from gridgov.queries.complaints_evidence import (
    authority_standing,
    category_standing,
    funnel,
    grid_volumes,
    handling,
    open_ages,
    open_cases,
)
from gridgov.warehouse import Reader
from tests.queries.evidence_cases import END, START, UNITS, filters_of, rows_of
from tests.queries.oracle import World
from tests.queries.oracle_metrics import reckon
from tests.warehouses import make_warehouse

COMMUNITY = {"grid_id": "C", "name": "东山社区", "level": "社区"}


def same(got: float, want: float | None) -> bool:
    return bool(np.isnan(got)) if want is None else got == pytest.approx(want)


@pytest.mark.parametrize("unit", UNITS)
def test_each_stage_has_its_own_base(
    unit: str | None, hard_reader: Reader, hard_world: World
) -> None:
    rows = list(rows_of(hard_world, "complaints", unit))
    closed = [row for row in rows if row["closed_at"]]
    called = [row for row in closed if row["called_back"] is not None]
    answered = [row for row in called if row["called_back"]]
    want = {
        "received": (len(rows), None),
        "contacted": (sum(row["contacted_at"] is not None for row in rows), len(rows)),
        "closed": (len(closed), len(rows)),
        "called": (len(called), len(closed)),
        "answered": (len(answered), len(called)),
        "resolved": (sum(bool(row["resolved"]) for row in answered), len(answered)),
        "satisfied": (sum(row["satisfied"] == "满意" for row in answered), len(answered)),
    }
    frame = funnel(hard_reader, filters_of(hard_reader, unit))
    assert list(frame["stage"]) == list(want)
    for row in frame.to_dict("records"):
        value, base = want[row["stage"]]
        assert row["value"] == value
        assert same(row["base"], base)


@pytest.mark.parametrize("unit", UNITS)
def test_time_to_close(unit: str | None, hard_reader: Reader, hard_world: World) -> None:
    found = handling(hard_reader, filters_of(hard_reader, unit))
    rows = list(rows_of(hard_world, "complaints", unit))
    want = reckon(hard_world, "C10", START, END, unit)
    assert found.half == (None if want.value is None else want.value / 24)
    assert found.most == (None if want.p90 is None else want.p90 / 24)
    assert found.n == len(rows)
    assert found.open_cases == sum(row["closed_at"] is None for row in rows)
    assert found.instant == sum(row["closed_at"] == row["created_at"] for row in rows)
    curve = found.curve
    assert curve["open_share"].iloc[0] == 1.0
    assert curve["time"].is_monotonic_increasing
    assert (curve["low"] <= curve["open_share"] + 1e-12).all()
    assert (curve["high"] >= curve["open_share"] - 1e-12).all()
    assert curve[["low", "high"]].min().min() >= 0
    assert curve[["low", "high"]].max().max() <= 1


def test_the_band_of_four_cases_by_hand(tmp_path: Path) -> None:
    """Closed after 1, 2, 3 and 4 hours. After the first: share 3/4, Greenwood's sum 1/(4·3), so the
    log-log band is 0.75 ^ exp(±1.96 · √(1/12) / |ln 0.75|) = 0.1279 to 0.9605."""
    rows = [
        {
            "complaint_id": str(hour),
            "grid": "C",
            "created_at": f"2026-03-0{hour} 10:00",
            "closed_at": f"2026-03-0{hour} {10 + hour}:00",
        }
        for hour in (1, 2, 3, 4)
    ]
    reader = make_warehouse(tmp_path / "warehouse", grid=[COMMUNITY], complaint=rows)
    march = filters_of(reader, start=date(2026, 3, 1), end=date(2026, 3, 31))
    first = handling(reader, march).curve.iloc[1]
    assert first["time"] == pytest.approx(1 / 24)
    assert first["open_share"] == pytest.approx(0.75)
    assert (first["low"], first["high"]) == pytest.approx((0.1279, 0.9605), abs=5e-5)


@pytest.mark.parametrize("unit", UNITS)
def test_categories(unit: str | None, hard_reader: Reader, hard_world: World) -> None:
    filters = filters_of(hard_reader, unit)
    before = filters.compared
    assert before is not None
    length = ((END - START).days + 1) / ((before.end - before.start).days + 1)
    want = Counter(row["category"] for row in rows_of(hard_world, "complaints", unit))
    past = Counter(
        row["category"]
        for row in hard_world.complaints
        if before.start <= row["day"] <= before.end and hard_world.is_inside(row["grid_id"], unit)
    )
    frame = category_standing(hard_reader, filters)
    kinds = [None if kind != kind else kind for kind in frame["category"]]
    assert dict(zip(kinds, frame["cases"], strict=True)) == want
    assert frame["cases"].is_monotonic_decreasing
    for row in frame.to_dict("records"):
        kind = row["category"]
        if kind is None or kind != kind:
            continue
        assert row["expected"] == pytest.approx(past[kind] * length)
        assert row["change"] == pytest.approx(want[kind] - past[kind] * length)
        for name, code in (("on_time", "C3"), ("repeat", "C9")):
            assert same(row[name], reckon(hard_world, code, START, END, unit, category=kind).value)
        overdue = reckon(hard_world, "C13", START, END, unit, category=kind).value
        assert row["overdue"] == overdue


def test_a_change_beyond_chance_is_said(tmp_path: Path) -> None:
    """停车 from 10 to 60 is no accident, 噪声 from 20 to 24 may well be one."""
    counts = {("停车", 1): 10, ("停车", 2): 60, ("噪声", 1): 20, ("噪声", 2): 24}
    rows = [
        {
            "complaint_id": f"{kind}{month}{number}",
            "grid": "C",
            "category": kind,
            "created_at": f"2026-0{month}-{number % 28 + 1:02d} 10:00",
        }
        for (kind, month), count in counts.items()
        for number in range(count)
    ]
    reader = make_warehouse(tmp_path / "warehouse", grid=[COMMUNITY], complaint=rows)
    frame = category_standing(
        reader, filters_of(reader, start=date(2026, 2, 1), end=date(2026, 2, 28))
    )
    said = dict(zip(frame["category"], frame["is_changed"], strict=True))
    assert said == {"停车": True, "噪声": False}
    alone = category_standing(
        reader,
        filters_of(reader, start=date(2026, 2, 1), end=date(2026, 2, 28), comparison="none"),
    )
    assert not alone["is_changed"].any()
    assert alone["change"].isna().all()


@pytest.mark.parametrize("unit", UNITS)
def test_authority(unit: str | None, hard_reader: Reader, hard_world: World) -> None:
    rows = list(rows_of(hard_world, "complaints", unit))
    frame = authority_standing(hard_reader, filters_of(hard_reader, unit))
    got = {
        (None if row["in_scope"] != row["in_scope"] else row["in_scope"]): row
        for row in frame.to_dict("records")
    }
    assert set(got) == {row["in_scope"] for row in rows}
    for scope, row in got.items():
        here = [r for r in rows if r["in_scope"] is scope]
        due = [r for r in here if r["due_at"] and r["due_at"].date() <= hard_world.data_date]
        on_time = [r for r in due if r["closed_at"] and r["closed_at"] <= r["due_at"]]
        assert (row["received"], row["closed"]) == (
            len(here),
            sum(r["closed_at"] is not None for r in here),
        )
        assert (row["due"], row["on_time"]) == (len(due), len(on_time))


@pytest.mark.parametrize("unit", UNITS)
def test_what_is_open(unit: str | None, hard_reader: Reader, hard_world: World) -> None:
    want = {
        row["complaint_id"]: row
        for row in hard_world.complaints
        if row["closed_at"] is None and hard_world.is_inside(row["grid_id"], unit)
    }
    filters = filters_of(hard_reader, unit)
    frame = open_cases(hard_reader, filters)
    assert set(frame["complaint_id"]) == set(want)
    for row in frame.to_dict("records"):
        known = want[row["complaint_id"]]
        assert row["age_days"] == (hard_world.data_date - known["day"]).days
        assert row["is_repeat"] == known["is_repeat"]
    assert open_ages(hard_reader, filters)["cases"].sum() == len(want)
    dues = [day for day in frame["due_on"] if day == day]
    assert dues == sorted(dues)


def test_volumes_of_the_grids(hard_reader: Reader, hard_world: World) -> None:
    frame = grid_volumes(hard_reader, filters_of(hard_reader, "C1"))
    for row in frame.to_dict("records"):
        want = reckon(hard_world, "C1", START, END, row["grid_id"])
        assert row["cases"] == want.numerator
        assert same(row["per_thousand"], want.value)
