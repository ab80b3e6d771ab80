"""One series judged with limits that follow its denominator: p' and u' charts (Laney).

A month of 12 cases moves more by chance alone than one of 120. The XmR chart does not know that;
here every period has the range of its own denominator, widened by how much more (or less) the
series really moves than chance alone would have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from gridgov.judgement import Tone, improvement_of, tone_of
from gridgov.metrics import METRICS, Metric
from gridgov.stats.rate_charts import RateChart, p_chart, u_chart
from gridgov.trends.series import SeriesSet, place_of_points

__all__ = ["ByDenominator", "RateKind", "judged_by_denominator", "rate_kind"]

RateKind = Literal["p", "u"]


@dataclass(frozen=True, eq=False)
class ByDenominator:
    """`frame` as `SeriesSet.frame` gives it, with limits by denominator; they are NaN where a
    period takes no part (unfinished, too few). tone, assurance: of the newest period that does.
    dispersion: how many times as much the series moves as by chance alone. trial: fewer than 13
    periods since the last rebase.
    """

    kind: RateKind
    frame: pd.DataFrame
    tone: Tone
    assurance: str | None
    dispersion: float
    trial: bool


def rate_kind(metric: Metric) -> RateKind | None:
    """ "p" for a share of counted cases, "u" for events per exposure, None for all else.

    A load (SV8) is a rate in per cent whose numerator is no chance count; a share of grids that
    hold something (PB1) does not scatter by chance.
    """
    if metric.is_share and metric.kind in ("ratio", "reach"):
        return "p"
    return "u" if metric.kind == "rate" and not metric.is_share else None


def judged_by_denominator(
    series: SeriesSet,
    row: int,
    *,
    rebase: Sequence[date] = (),
    target: float | None = None,
) -> ByDenominator | None:
    """One series of a set on its p' or u' chart; target in the metric's own unit.

    None where the metric has no such chart, the series is not judged at all, figures are kept back,
    or a numerator exceeds its denominator (more came than had enrolled).
    """
    metric = METRICS[series.metric[row]]
    kind = rate_kind(metric)
    if kind is None or not series.is_judged[row] or series.hidden[row].any():
        return None
    counted = place_of_points(series)[row]
    top = np.where(counted, series.numerator[row], np.nan)
    base = np.where(counted, series.denominator[row], np.nan)
    if kind == "p" and (top > base).any():
        return None
    starts = sorted(
        {
            at
            for day in rebase
            for at, (first, last) in enumerate(zip(series.buckets, series.ends, strict=True))
            if first <= day <= last
        }
    )
    improvement = improvement_of(metric)
    if kind == "p":
        chart = p_chart(top, base, improvement=improvement, target=target, rebase=starts)
    else:
        exposure = base / metric.scale
        chart = u_chart(top, exposure, improvement=improvement, target=target, rebase=starts)
    return ByDenominator(
        kind,
        _frame(series, row, chart),
        tone_of(chart.variation),
        chart.assurance,
        chart.sigma_z,
        chart.trial,
    )


def _frame(series: SeriesSet, row: int, chart: RateChart) -> pd.DataFrame:
    return series.frame(row).assign(
        mean=np.where(np.isnan(chart.upper), np.nan, chart.mean),
        lower=chart.lower,
        upper=chart.upper,
        point=chart.point,
        signal=chart.signal,
    )
