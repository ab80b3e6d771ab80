"""A metric as a leader wants it: its value, what it is made of, what it was, and whether the
movement is real.

`judge` joins the metric engine with the control charts: the value of the period, the value of the
compared period, and 24 months of history judged by XmR. Unfinished months are shown but take no
part in limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from gridgov.filters import Filters
from gridgov.metrics import METRICS, Grain, Metric, evaluate
from gridgov.stats.spc import Improvement, Xmr, xmr
from gridgov.warehouse import Reader

__all__ = ["Judged", "Tone", "judge", "judged_history", "tone_of"]

Tone = Literal["better", "worse", "changed", "usual", "missing"]
_TONES: dict[str, Tone] = {
    "improvement": "better",
    "concern": "worse",
    "high": "changed",
    "low": "changed",
    "common": "usual",
}


@dataclass(frozen=True)
class Judged:
    """One metric of one grid subtree in one period.

    `value`, `numerator`, `denominator`, `n`, `state` are those of `evaluate` over the period;
    `compared` is the value of the compared period (None without one). `history` has a row a month
    with `bucket, value, numerator, denominator, mean, lower, upper, point, signal, is_partial`;
    `tone` is the state of its newest finished month, `signal` the rule that says so.
    """

    metric: Metric
    value: float | None
    numerator: float | None
    denominator: float | None
    n: float | None
    state: str
    compared: float | None
    tone: Tone
    signal: str
    history: pd.DataFrame

    @property
    def difference(self) -> float | None:
        """Value minus compared value, in the metric's own unit."""
        if self.value is None or self.compared is None:
            return None
        return self.value - self.compared


def tone_of(point: str) -> Tone:
    """The colour word of a control chart's point."""
    return _TONES.get(point, "missing")


def judge(
    reader: Reader, codes: Sequence[str], filters: Filters, *, grid_id: str | None = None
) -> list[Judged]:
    """Judge metrics for the filters' period, place and dimensions, in the order of `codes`.

    A dimension filter that a metric does not have is left out for that metric.
    """
    place = grid_id if grid_id is not None else filters.grid_id
    now = _by_metric(reader, codes, filters.span.start, filters.span.end, place, filters)
    span = filters.compared
    before = _by_metric(reader, codes, span.start, span.end, place, filters) if span else {}
    histories = judged_history(reader, codes, filters, grid_id=place)
    return [
        _judged(METRICS[code], now.get(code), before.get(code), histories[code]) for code in codes
    ]


def _where(metric: Metric, filters: Filters) -> dict[str, list[str]]:
    return {name: values for name, values in filters.where().items() if name in metric.dimensions}


def _by_metric(
    reader: Reader,
    codes: Sequence[str],
    start: date,
    end: date,
    grid_id: str | None,
    filters: Filters,
) -> dict[str, pd.Series]:
    found: dict[str, pd.Series] = {}
    for where, group in _same_filters(codes, filters):
        frame = evaluate(reader, group, start, end, grid_id=grid_id, where=where)
        found.update({str(row["metric"]): row for _index, row in frame.iterrows()})
    return found


def _same_filters(
    codes: Sequence[str], filters: Filters
) -> list[tuple[dict[str, list[str]], list[str]]]:
    """Group metrics that take the same dimension filters, so that each group is one evaluation."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for code in codes:
        groups.setdefault(tuple(_where(METRICS[code], filters)), []).append(code)
    return [
        ({name: filters.where()[name] for name in names}, group) for names, group in groups.items()
    ]


def judged_history(
    reader: Reader,
    codes: Sequence[str],
    filters: Filters,
    *,
    grid_id: str | None = None,
    grain: Grain = "month",
    start: date | None = None,
) -> dict[str, pd.DataFrame]:
    """Each metric by period up to the data date, with limits and signals beside the values."""
    histories: dict[str, pd.DataFrame] = {}
    first = start or filters.history_start
    for where, group in _same_filters(codes, filters):
        frame = evaluate(
            reader, group, first, filters.span.end, grain=grain, grid_id=grid_id, where=where
        )
        for code in group:
            rows = frame[frame["metric"] == code].sort_values("bucket").reset_index(drop=True)
            histories[code] = with_limits(rows, METRICS[code])
    return histories


def with_limits(rows: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """`rows` of one series with the columns of its control chart."""
    values = rows["value"].to_numpy(dtype=np.float64, na_value=np.nan)
    finished = np.where(rows["is_partial"].to_numpy(dtype=bool), np.nan, values)
    chart = xmr(finished, improvement=improvement_of(metric))
    return rows.assign(
        mean=chart.mean, lower=_floor(chart, metric), upper=_ceiling(chart, metric),
        point=chart.point, signal=chart.signal,
    )  # fmt: skip


def _floor(chart: Xmr, metric: Metric) -> np.ndarray:
    """A share or a count has no value below zero: a limit there would only stretch the axis."""
    return np.where(np.isnan(chart.lower), np.nan, np.maximum(chart.lower, 0.0))


def _ceiling(chart: Xmr, metric: Metric) -> np.ndarray:
    """No share lies above all."""
    return np.minimum(chart.upper, 1.0) if metric.is_share else chart.upper


def improvement_of(metric: Metric) -> Improvement | None:
    """Which way is better, as the control charts take it."""
    return None if metric.direction == "context" else metric.direction


def _judged(
    metric: Metric, now: pd.Series | None, before: pd.Series | None, history: pd.DataFrame
) -> Judged:
    finished = history[~history["is_partial"].astype(bool) & history["value"].notna()]
    tone: Tone = "missing"
    signal = ""
    if len(finished):
        newest = finished.iloc[-1]
        tone, signal = tone_of(str(newest["point"])), str(newest["signal"])
    return Judged(
        metric=metric,
        value=_number(now, "value"),
        numerator=_number(now, "numerator"),
        denominator=_number(now, "denominator"),
        n=_number(now, "n"),
        state=str(now["state"]) if now is not None else "missing",
        compared=_number(before, "value"),
        tone=tone,
        signal=signal,
        history=history,
    )


def _number(row: pd.Series | None, name: str) -> float | None:
    if row is None or pd.isna(row[name]):
        return None
    return float(row[name])
