"""Speed and false alarms of the trends: `python benchmarks/trends.py [--warehouse DIR] [--city]`.

Prints one line a measurement. The two speeds of the specification: a community (139 grids × all
metrics × 22 months, at most 1 s) and, with --city, 126,000 grids × 10 metrics × 22 months (at most
60 s). With a warehouse the first is also measured from the published version on: reading, laying
out and judging apart, wall clock and processor time.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from gridgov.metrics import evaluate
from gridgov.stats.changepoint import change_points
from gridgov.stats.forecast import forecast
from gridgov.stats.noise import false_alarms
from gridgov.stats.signals import attention_order, signal_runs
from gridgov.stats.spc import POINTS, xmr_batch
from gridgov.trends import explain_change, forecast_of, judged_series, newest_signals
from gridgov.trends.places import all_levels
from gridgov.trends.spans import codes_with, history_from
from gridgov.warehouse import Reader, Warehouse


def judge(n_series: int, n_points: int, missing: float) -> float:
    """Seconds to judge, order and list the signals of so many series, a share of them with gaps."""
    rng = np.random.default_rng(1)
    values = rng.poisson(12.0, size=(n_series, n_points)).astype(np.float64)
    values[rng.random(values.shape) < missing] = np.nan
    target = np.full(n_series, 10.0)
    begin = time.perf_counter()
    batch = xmr_batch(values, improvement="up", target=target)
    attention_order(batch)
    signal_runs(batch)
    return time.perf_counter() - begin


def forecast_seconds() -> float:
    """Seconds for one forecast of 84 days from 690, with its eight rolling origins."""
    days = np.arange(np.datetime64("2025-01-01"), np.datetime64("2026-11-22"))
    counts = np.random.default_rng(1).poisson(30.0, size=len(days)).astype(np.float64)
    forecast(days[:400], counts[:400])  # the first call loads the calendar
    begin = time.perf_counter()
    forecast(days, counts)
    return time.perf_counter() - begin


def detection(size: float, n_series: int = 500) -> tuple[float, float]:
    """Share of series of 22 points whose last six stand `size` standard deviations higher that
    are noticed: newest point marked by XmR, and a change point whose interval holds the truth."""
    noise = np.random.default_rng(3).normal(size=(n_series, 22))
    noise[:, 16:] += size
    marked = float((xmr_batch(noise).point[:, -1] == POINTS.index("high")).mean())
    found = [
        any(p.first <= 16 <= p.last for p in change_points(row, n_permutations=999))
        for row in noise
    ]
    return marked, float(np.mean(found))


def timed(label: str, work: Callable[[], object]) -> object:
    """Run once, print wall clock and processor seconds, give what came back."""
    wall, processor = time.perf_counter(), time.process_time()
    found = work()
    print(
        f"{label:44s}{time.perf_counter() - wall:8.3f} s wall,"
        f"{time.process_time() - processor:8.3f} s processor"
    )
    return found


def from_the_warehouse(reader: Reader) -> None:
    """The page's own work, nothing kept from before; each asked with another last day."""
    last = reader.data_date
    assert last is not None, "the warehouse holds no log"
    levels, codes = all_levels(reader), codes_with("month")
    start = history_from(last, "month", _first(reader))
    # The first question of a process opens the file and loads the calendar.
    judged_series(reader, ["C1"], levels=levels[:1], end=last)

    def read() -> None:
        # Another last day, so that what follows finds nothing kept of it.
        end = last - timedelta(days=2)
        for level in levels:
            evaluate(reader, codes, start, end, grain="month", by=(f"grid:{level}",))

    timed("metric engine alone, all metrics, all grids", read)
    series = timed("read, laid out and judged", lambda: judged_series(reader, levels=levels))
    cells = series.value.shape  # type: ignore[attr-defined]
    print(f"  {cells[0]:,} series x {cells[1]} months, {int(series.is_judged.sum()):,} judged")  # type: ignore[attr-defined]
    timed("  the same again (kept)", lambda: judged_series(reader, levels=levels))
    batch = np.where(series.few | series.partial, np.nan, series.value)  # type: ignore[attr-defined]
    timed("  judging alone", lambda: attention_order(xmr_batch(batch)))
    timed("  new signals from it", lambda: newest_signals(reader, last.replace(day=1)))
    earlier = last - timedelta(days=1)
    upper = [level for level in levels if level != "微"]
    timed(
        "page: new signals, upper levels, cold",
        lambda: newest_signals(reader, last.replace(day=1), levels=upper, end=earlier),
    )
    timed(
        "page: one metric, all micro-grids, cold",
        lambda: judged_series(reader, ["SV1"], levels=levels[-1:], end=earlier),
    )
    timed("page: one grid, all metrics, cold", lambda: judged_series(reader, end=earlier))
    timed("page: one series, cold", lambda: judged_series(reader, ["C3"], end=earlier))
    before = (last.replace(year=last.year - 1, day=1), last.replace(year=last.year - 1, day=28))
    now = (last.replace(day=1), last.replace(day=28))
    timed("page: explained change by grid", lambda: explain_change(reader, "C3", now, before))
    timed("page: forecast with its past", lambda: forecast_of(reader, "complaint"))


def _first(reader: Reader) -> date:
    rows = reader.rows(
        "SELECT least(first_visit_on, first_activity_on, first_complaint_on) FROM mart_as_of"
    )
    first: date = rows[0][0]
    return first


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warehouse", type=Path, help="measure from a published version on too")
    parser.add_argument("--city", action="store_true", help="126,000 grids x 10 metrics too")
    asked = parser.parse_args()
    print(
        f"community  139 x 45 series x 22 months  {judge(139 * 45, 22, 0.05):7.3f} s  (limit 1 s)"
    )
    if asked.city:
        print(
            "city  126,000 x 10 series x 22 months   "
            f"{judge(1_260_000, 22, 0.05):7.3f} s  (limit 60 s)"
        )
    print(f"forecast  690 days, 84 ahead, 8 origins {forecast_seconds():7.3f} s")
    if asked.warehouse:
        from_the_warehouse(Warehouse(asked.warehouse).reader())
    begin = time.perf_counter()
    found = false_alarms()
    print(
        f"noise  {found.n_series} series x {found.n_points} points: "
        f"newest point a signal {found.newest:.1%}, any point {found.anywhere:.1%}, "
        f"change point {found.change_point:.1%}  ({time.perf_counter() - begin:.1f} s)"
    )
    print("       by rule: " + ", ".join(f"{k} {v:.1%}" for k, v in found.by_rule.items()))
    for size in (1.0, 2.0, 3.0):
        marked, placed = detection(size)
        print(f"shift of {size:.0f} sd in the last 6 of 22: XmR {marked:.1%}, placed {placed:.1%}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MiB")


if __name__ == "__main__":
    main()
