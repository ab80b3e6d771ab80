"""Kaplan-Meier quantiles from cases counted by whole hours (metric C10)."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["grouped_quantiles", "quantile_rows"]

_ROUNDING = 1e-12


def quantile_rows(frame: pd.DataFrame, code: str, keys: list[str]) -> pd.DataFrame:
    """One row per group of `keys`: value (P50), p90, numerator (closed), denominator (all), instant.

    `frame`: keys, hours, is_closed, cases, instant.
    """
    grouped = frame.groupby(keys, dropna=False, sort=False)
    rows = [
        (code, *(key if isinstance(key, tuple) else (key,)), *_measures(part)) for key, part in grouped
    ]
    figures = ["value", "p90", "numerator", "denominator", "n", "instant"]
    return pd.DataFrame(rows, columns=["metric", *keys, *figures])


def _measures(part: pd.DataFrame) -> tuple[float, float, float, float, float, float]:
    hours = part["hours"].to_numpy(dtype=np.float64)
    cases = part["cases"].to_numpy(dtype=np.float64)
    closed = part["is_closed"].to_numpy(dtype=bool)
    half, most = grouped_quantiles(hours, cases, closed, (0.5, 0.9))
    everything = float(cases.sum())
    return (
        half,
        most,
        float(cases[closed].sum()),
        everything,
        everything,
        float(part["instant"].sum()),
    )


def grouped_quantiles(
    hours: np.ndarray, cases: np.ndarray, closed: np.ndarray, qs: tuple[float, ...]
) -> list[float]:
    """Time by which each share of `qs` is closed; NaN where the curve does not get there.

    hours: (n,); cases: (n,) how many cases a row stands for; closed: (n,) booleans. The same
    estimate as `gridgov.stats.survival.quantile` over the single cases.
    """
    times, place = np.unique(hours, return_inverse=True)
    ended = np.bincount(place, weights=cases * closed, minlength=len(times))
    left = np.bincount(place, weights=cases, minlength=len(times))
    at_risk = left[::-1].cumsum()[::-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        open_share = np.cumprod(1.0 - ended / at_risk)
    found = []
    for q in qs:
        reached = np.flatnonzero((open_share <= 1 - q + _ROUNDING) & (ended > 0))
        found.append(float(times[reached[0]]) if len(reached) else float("nan"))
    return found
