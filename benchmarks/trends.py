"""Speed and false alarms of the trend rules: `python benchmarks/trends.py [--city]`.

Prints one line a measurement. The two speeds of the specification: a community (139 grids ×
45 metrics × 22 months, at most 1 s) and, with --city, 126,000 grids × 10 metrics × 22 months
(at most 60 s).
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from gridgov.stats.changepoint import change_points
from gridgov.stats.forecast import forecast
from gridgov.stats.noise import false_alarms
from gridgov.stats.signals import attention_order, signal_runs
from gridgov.stats.spc import POINTS, xmr_batch


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


def main() -> None:
    print(
        f"community  139 x 45 series x 22 months  {judge(139 * 45, 22, 0.05):7.3f} s  (limit 1 s)"
    )
    if "--city" in sys.argv[1:]:
        print(
            "city  126,000 x 10 series x 22 months   "
            f"{judge(1_260_000, 22, 0.05):7.3f} s  (limit 60 s)"
        )
    print(f"forecast  690 days, 84 ahead, 8 origins {forecast_seconds():7.3f} s")
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
