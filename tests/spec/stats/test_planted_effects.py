"""The effects planted in the committed sample are found by the rules, where they were planted.

Read straight from the exported files, so that a fault of the loader cannot hide one of the rules.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from etl.sample.planted import PLANTED
from gridgov.stats.changepoint import change_points
from gridgov.stats.forecast import forecast
from gridgov.stats.spc import xmr
from gridgov.stats.survival import quantile

SAMPLE = Path(__file__).resolve().parents[3] / "data" / "sample"
MONTHS = 22  # 2025-01 to 2026-10
pytestmark = pytest.mark.skipif(
    not any(SAMPLE.glob("诉求工单_*.csv")),
    reason="the sample has not been made: python -m etl sample",
)
Row = dict[str, str]


@cache
def _complaints() -> tuple[Row, ...]:
    rows: list[Row] = []
    for path in sorted(SAMPLE.glob("诉求工单_*.csv")):
        data = path.read_bytes()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
        rows += csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    return tuple(rows)


def _month(row: Row) -> int:
    received = datetime.fromisoformat(row["受理时间"].replace("/", "-"))
    return (received.year - 2025) * 12 + received.month - 1


def _index(day: object) -> int:
    return (day.year - 2025) * 12 + day.month - 1  # type: ignore[attr-defined]


def _monthly(wanted: Callable[[Row], bool]) -> np.ndarray:
    counts = np.zeros(MONTHS)
    for row in _complaints():
        if wanted(row):
            counts[_month(row)] += 1
    return counts


def _of_general(number: int) -> Callable[[Row], bool]:
    return lambda row: f"社区{number}-" in row["所属网格"]


def test_the_worsening_grid_stands_out_from_its_month_on() -> None:
    series = _monthly(_of_general(PLANTED.worsening_general + 1))
    judged = xmr(series, improvement="down")
    start = _index(PLANTED.worsening_from)
    assert judged.variation == "concern"
    assert (judged.point[start:] == "concern").mean() > 0.8
    found = [p for p in change_points(series) if p.first <= start <= p.last]
    assert len(found) == 1
    assert found[0].confidence > 0.99
    assert found[0].after > 1.5 * found[0].before


def test_the_other_grids_are_not_accused() -> None:
    others = [n for n in range(1, 12) if n != PLANTED.worsening_general + 1]
    series = [_monthly(_of_general(n)) for n in others]
    concerned = [xmr(s, improvement="down").variation == "concern" for s in series]
    assert sum(concerned) <= 1
    assert all(s.sum() > 50 for s in series)


def test_the_rising_category_is_found() -> None:
    series = _monthly(lambda row: row["问题类型"] == PLANTED.rising_category)
    assert xmr(series, improvement="down").variation == "concern"
    start = _index(PLANTED.rising_from)
    assert any(p.first <= start <= p.last and p.after > p.before for p in change_points(series))


def test_the_intervention_is_seen_in_the_median_handling_time() -> None:
    rows = [r for r in _complaints() if r["问题类型"] == PLANTED.faster_category]
    until = datetime(2026, 11, 1)
    hours, closed = np.zeros(len(rows)), np.zeros(len(rows), dtype=bool)
    for i, row in enumerate(rows):
        received = datetime.fromisoformat(row["受理时间"].replace("/", "-"))
        done = row["办结时间"].replace("/", "-")
        closed[i] = bool(done)
        end = datetime.fromisoformat(done) if done else until
        hours[i] = max(0.0, (end - received).total_seconds() / 3600)
    month = np.array([_month(row) for row in rows])
    median = np.array([quantile(hours[month == m], closed[month == m], 0.5) for m in range(MONTHS)])
    start = _index(PLANTED.faster_from)
    assert any(p.first <= start <= p.last and p.after < p.before for p in change_points(median))


def test_daily_volumes_are_forecast_better_than_naively() -> None:
    received = np.array([r["受理时间"][:10].replace("/", "-") for r in _complaints()])
    days = np.arange(np.datetime64("2025-01-01"), np.datetime64("2026-11-01"))
    place = (received.astype("datetime64[D]") - days[0]).astype(int)
    counts = np.bincount(place[(place >= 0) & (place < len(days))], minlength=len(days))
    found = forecast(days, counts)
    assert found.method == "model"
    assert found.model.mase < 0.9 * found.naive.mase
    assert 0.8 < found.model.coverage < 0.99
