"""A metric as a leader wants it: its value, what it is made of, what it was, and whether the
movement is real.

`judge` joins the metric engine with the control charts: the value of the period, the value of the
compared period, and 24 months of history judged by XmR. Unfinished months are shown but take no
part in limits.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from gridgov.access.policy import Scope
from gridgov.access.privacy import THRESHOLD
from gridgov.filters import Filters
from gridgov.metrics import METRICS, Grain, Metric, evaluate
from gridgov.stats.spc import POINTS, SIGNALS, Improvement, xmr_batch
from gridgov.warehouse import Reader

__all__ = [
    "Judged",
    "Row",
    "Tone",
    "judge",
    "judged_history",
    "limits_by_series",
    "newest_points",
    "tone_of",
]

Row = Mapping[Hashable, Any]
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
        _protected(
            _judged(METRICS[code], now.get(code), before.get(code), histories[code]), reader.scope
        )
        for code in codes
    ]


# Metrics whose value is a number of residents: one to four of them could be pointed at.
_PERSON_COUNTS = frozenset({"SV2"})


def _protected(judged: Judged, scope: Scope) -> Judged:
    """Small numbers of residents taken out for those who may not see residents."""
    if judged.metric.code not in _PERSON_COUNTS or scope.sees_persons:
        return judged
    values = judged.history["value"]
    small = (values > 0) & (values < THRESHOLD)
    hidden = judged.value is not None and 0 < judged.value < THRESHOLD
    near = judged.compared is not None and 0 < judged.compared < THRESHOLD
    return replace(
        judged,
        value=None if hidden else judged.value,
        numerator=None if hidden else judged.numerator,
        n=None if hidden else judged.n,
        state="hidden" if hidden else judged.state,
        compared=None if near else judged.compared,
        history=judged.history.assign(value=values.mask(small), numerator=values.mask(small)),
    )


def _where(metric: Metric, filters: Filters) -> dict[str, list[str]]:
    return {name: values for name, values in filters.where().items() if name in metric.dimensions}


def _by_metric(
    reader: Reader,
    codes: Sequence[str],
    start: date,
    end: date,
    grid_id: str | None,
    filters: Filters,
) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for where, group in _same_filters(codes, filters):
        frame = evaluate(reader, group, start, end, grid_id=grid_id, where=where)
        found.update({str(row["metric"]): row for row in frame.to_dict("records")})
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
    for fitting, listed in _by_grain(codes, grain).items():
        for where, group in _same_filters(listed, filters):
            frame = evaluate(
                reader, group, first, filters.span.end, grain=fitting, grid_id=grid_id, where=where
            )
            histories.update(limits_by_series(frame))
    return histories


def _by_grain(codes: Sequence[str], grain: Grain) -> dict[Grain, list[str]]:
    """The metrics by the grain asked for, or their shortest where they are not counted by it."""
    groups: dict[Grain, list[str]] = {}
    for code in codes:
        grains = METRICS[code].grains
        groups.setdefault(grain if grain in grains else grains[0], []).append(code)
    return groups


def limits_by_series(frame: pd.DataFrame, by: str = "metric") -> dict[str, pd.DataFrame]:
    """Rows of many series (columns as from `evaluate`, `by` among them) as one frame a series,
    oldest first, with the columns of its control chart.

    Series that go together are judged in one pass: 13 of them cost little more than one. With a
    `by` other than "metric", all rows are of one metric.
    """
    judged, starts, lengths = _judged_together(frame, by)
    names = judged[by].astype(object).to_numpy()
    return {
        str(names[start]): judged.iloc[start : start + length].reset_index(drop=True)
        for start, length in zip(starts, lengths, strict=True)
    }


def newest_points(frame: pd.DataFrame, by: str, only: str | None = None) -> dict[str, Row]:
    """For each series of one metric that has a finished value: the row of its newest one.

    `only`: a point of a control chart; series whose newest value is another one are left out.
    """
    judged, starts, lengths = _judged_together(frame, by)
    series = np.repeat(np.arange(len(starts)), lengths)
    finished = np.flatnonzero(~np.isnan(_finished(judged)))
    # The last finished row of each series: the one before a row of another series.
    owners = series[finished]
    newest = finished[np.r_[owners[1:] != owners[:-1], True]] if len(finished) else finished
    if only is not None:
        newest = newest[(judged["point"].iloc[newest] == only).to_numpy(bool)]
    return {str(row[by]): row for row in judged.iloc[newest].to_dict("records")}


def _judged_together(frame: pd.DataFrame, by: str) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """The rows series after series with their limits; where each series starts, how long it is."""
    names = frame[by].to_numpy(dtype=object)
    # Sorting numbers is many times faster than sorting texts.
    codes, _names = pd.factorize(names)
    order = np.lexsort((frame["bucket"].to_numpy().view("int64"), codes))
    ordered = frame.take(order).reset_index(drop=True)
    names = names[order]
    if not len(names):
        return ordered, np.array([], dtype=np.intp), np.array([], dtype=np.intp)
    starts = np.flatnonzero(np.r_[True, names[1:] != names[:-1]])
    lengths = np.diff(np.r_[starts, len(names)])
    listed = ordered["metric"].iloc[starts]
    return _with_limits(ordered, [METRICS[str(code)] for code in listed], lengths), starts, lengths


def _with_limits(
    ordered: pd.DataFrame, metrics: Sequence[Metric], lengths: np.ndarray
) -> pd.DataFrame:
    """Series after series (metric and number of rows of each given) with their limits."""
    series = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(series)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    # Shorter series are filled up with missing values, which take no part in limits or patterns.
    matrix = np.full((len(lengths), int(lengths.max())), np.nan)
    matrix[series, place] = _finished(ordered)
    chart = xmr_batch(matrix, improvement=[improvement_of(metric) for metric in metrics])
    lower, upper = chart.lower[series, place], chart.upper[series, place]
    # A share or a count has no value below zero: a limit there would only stretch the axis.
    lower = np.where(np.isnan(lower), np.nan, np.maximum(lower, 0.0))
    # No share lies above all.
    is_share = np.array([metric.is_share and metric.kind != "rate" for metric in metrics])[series]
    return ordered.assign(
        mean=chart.mean[series, place],
        lower=lower,
        upper=np.where(is_share, np.minimum(upper, 1.0), upper),
        point=pd.array(POINTS, dtype="str").take(chart.point[series, place]),
        signal=pd.array(SIGNALS, dtype="str").take(chart.signal[series, place]),
    )


def _finished(rows: pd.DataFrame) -> np.ndarray:
    values = rows["value"].to_numpy(dtype=np.float64, na_value=np.nan)
    # A period on too few cases is shown, but neither sets limits nor is a signal.
    left_out = rows["is_partial"].to_numpy(dtype=bool) | (rows["state"] == "few").to_numpy(bool)
    return np.where(left_out, np.nan, values)


def improvement_of(metric: Metric) -> Improvement | None:
    """Which way is better, as the control charts take it."""
    return None if metric.direction == "context" else metric.direction


def _judged(metric: Metric, now: Row | None, before: Row | None, history: pd.DataFrame) -> Judged:
    finished = np.flatnonzero(~np.isnan(_finished(history)))
    tone: Tone = "missing"
    signal = ""
    if len(finished):
        newest = int(finished[-1])
        tone = tone_of(str(history["point"].iat[newest]))
        signal = str(history["signal"].iat[newest])
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


def _number(row: Row | None, name: str) -> float | None:
    if row is None or pd.isna(row[name]):
        return None
    return float(row[name])
