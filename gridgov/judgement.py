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
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.comparison import is_covered
from gridgov.filters import Filters
from gridgov.metrics import METRICS, Grain, Metric
from gridgov.metrics.answer import Answer
from gridgov.metrics.evaluate import answer
from gridgov.metrics.figures import STATES, Figures, first_day_of
from gridgov.metrics.grids import tree_of
from gridgov.small_counts import HIDDEN, hidden_figures, judged_only, told
from gridgov.stats.spc import POINTS, SIGNALS, Improvement, XmrBatch, xmr_batch
from gridgov.warehouse import Reader

__all__ = [
    "History",
    "Judged",
    "NewestPoint",
    "Tone",
    "improvement_of",
    "judge",
    "judged_history",
    "newest_points",
    "same_filters",
    "tone_of",
]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Tone = Literal["better", "worse", "changed", "usual", "missing"]
_TONES: dict[str, Tone] = {
    "improvement": "better",
    "concern": "worse",
    "high": "changed",
    "low": "changed",
    "common": "usual",
}
_FEW = STATES.index("few")
# What a figure and a month of a past weigh in a store of answers: their columns.
_CELLS = 12


@dataclass(frozen=True, eq=False)
class History:
    """One metric by period, oldest first, with its limits; arrays of (periods,).

    `bucket` is the first day of each; `state`, `point` and `signal` count by STATES, POINTS and
    SIGNALS; `p90` and `instant` only where the metric has them.
    """

    metric: Metric
    bucket: npt.NDArray[np.datetime64]
    numerator: Floats
    denominator: Floats
    value: Floats
    n: Floats
    state: npt.NDArray[np.int8]
    is_partial: npt.NDArray[np.bool_]
    mean: Floats
    lower: Floats
    upper: Floats
    point: npt.NDArray[np.int8]
    signal: npt.NDArray[np.int8]
    p90: Floats | None = None
    instant: Floats | None = None

    @property
    def newest(self) -> int | None:
        """Position of the newest period that is finished and rests on enough cases."""
        usable = np.flatnonzero(~np.isnan(_finished(self.value, self.state, self.is_partial)))
        return int(usable[-1]) if len(usable) else None

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row a period, as the control chart takes it."""
        columns: dict[str, object] = {
            "metric": pd.array([self.metric.code], dtype="str").take([0] * len(self.value))
        }
        for name in ("bucket", "numerator", "denominator", "value", "n"):
            columns[name] = getattr(self, name)
        columns["state"] = pd.array(STATES, dtype="str").take(self.state)
        columns["is_partial"] = self.is_partial
        if self.p90 is not None:
            columns |= {"p90": self.p90, "instant": self.instant}
        columns |= {"mean": self.mean, "lower": self.lower, "upper": self.upper}
        columns["point"] = pd.array(POINTS, dtype="str").take(self.point)
        columns["signal"] = pd.array(SIGNALS, dtype="str").take(self.signal)
        return pd.DataFrame(columns)


@dataclass(frozen=True)
class Judged:
    """One metric of one grid subtree in one period.

    `value`, `numerator`, `denominator`, `n`, `state` are those of `evaluate` over the period;
    `compared` is the value of the compared period (None without one, and where the records do not
    reach back so far). `past` is the metric by month; `tone` is the state of its newest finished
    month, `signal` the rule that says so.
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
    past: History

    @property
    def history(self) -> pd.DataFrame:
        """The past as rows: bucket, value, numerator, denominator, mean, lower, upper, point,
        signal, is_partial and more."""
        return self.past.frame

    @property
    def difference(self) -> float | None:
        """Value minus compared value, in the metric's own unit."""
        if self.value is None or self.compared is None:
            return None
        return self.value - self.compared


@dataclass(frozen=True)
class NewestPoint:
    """The newest finished value of one metric and grid, and what it is among the others."""

    metric: Metric
    grid_id: str
    value: float
    mean: float
    upper: float
    point: str
    signal: str


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
    tree = tree_of(reader)
    comparable = [
        code
        for code in codes
        if span is not None
        and (METRICS[code].kind == "stock" or METRICS[code].source == "grid"
             or is_covered(span, first_day_of(METRICS[code], tree)))
    ]  # fmt: skip
    before = _by_metric(reader, comparable, span.start, span.end, place, filters) if span else {}
    histories = _histories(reader, codes, filters, place)
    found = []
    for code in codes:
        past, shown = histories[code]
        # The state of what is overdue is judged on every month, its figures are shown where large.
        judged = _judged(METRICS[code], now.get(code), before.get(code), past)
        found.append(judged if shown is past else replace(judged, past=shown))
    return found


def _shown(past: History, hidden: Bools) -> History:
    """The past without the hidden periods, and without the limits where they were made of them."""
    if not hidden.any():
        return past
    state = np.where(hidden, np.int8(HIDDEN), past.state).astype(np.int8)
    nothing = np.full(len(hidden), np.nan)
    is_stock = past.metric.kind == "stock"
    return replace(
        past,
        numerator=np.where(hidden, np.nan, past.numerator),
        denominator=np.where(hidden, np.nan, past.denominator),
        value=np.where(hidden, np.nan, past.value),
        n=np.where(hidden, np.nan, past.n),
        state=state,
        mean=nothing if is_stock else past.mean,
        lower=nothing if is_stock else past.lower,
        upper=nothing if is_stock else past.upper,
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
) -> Mapping[str, Figures]:
    def counted() -> Mapping[str, Figures]:
        found: dict[str, Figures] = {}
        for where, group in same_filters(codes, filters):
            asked = told(reader, answer(reader, group, start, end, grid_id=grid_id, where=where))
            found.update({one.metric.code: one for one in asked.figures})
        return found

    # Another comparison leaves the period's own figures, another page both.
    key = ("figures", tuple(codes), start, end, grid_id, _dimensions(filters))
    return reader.made(key, counted, lambda found: _CELLS * len(found))


def same_filters(
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
    reader: Reader, codes: Sequence[str], filters: Filters, *, grid_id: str | None = None
) -> dict[str, pd.DataFrame]:
    """Each metric by month up to the data date, with limits and signals beside the values."""
    found = _histories(reader, codes, filters, grid_id)
    return {code: shown.frame for code, (_past, shown) in found.items()}


def _dimensions(filters: Filters) -> Hashable:
    return (filters.pillar, filters.source, filters.category)


def _histories(
    reader: Reader, codes: Sequence[str], filters: Filters, grid_id: str | None
) -> Mapping[str, tuple[History, History]]:
    """Each metric's past, and what of it this reader may see: the same one where that is all.

    Neither the comparison nor the beginning of the period has a part in it: most changes of the
    filters are given the same.
    """
    ends = (filters.history_start, filters.span.end)
    key = ("histories", tuple(codes), ends, grid_id, _dimensions(filters))

    def judged() -> Mapping[str, tuple[History, History]]:
        return {
            code: (past, _shown(past, hidden))
            for code, (past, hidden) in _judged_histories(reader, codes, filters, grid_id).items()
        }

    return reader.made(
        key, judged, lambda found: sum(_CELLS * len(past.value) for past, _shown in found.values())
    )


def _judged_histories(
    reader: Reader, codes: Sequence[str], filters: Filters, grid_id: str | None
) -> dict[str, tuple[History, Bools]]:
    """Each metric's past, and which periods of it are hidden from this reader, (periods,)."""
    asked: list[tuple[Answer, Figures]] = []
    masks: dict[str, Bools] = {}
    for fitting, listed in _by_grain(codes, "month").items():
        for where, group in same_filters(listed, filters):
            found = answer(
                reader, group, filters.history_start, filters.span.end,
                grain=fitting, grid_id=grid_id, where=where,
            )  # fmt: skip
            hidden = hidden_figures(reader, found)
            masks |= {
                one.metric.code: mask[:, 0, 0]
                for one, mask in zip(found.figures, hidden, strict=True)
            }
            kept = judged_only(reader, found, hidden)
            asked += [(kept, one) for one in kept.figures]
    chart = _charted([one for _found, one in asked])
    return {
        one.metric.code: (_history(found, one, chart, row), masks[one.metric.code])
        for row, (found, one) in enumerate(asked)
    }


def _by_grain(codes: Sequence[str], grain: Grain) -> dict[Grain, list[str]]:
    """The metrics by the grain asked for, or their shortest where they are not counted by it."""
    groups: dict[Grain, list[str]] = {}
    for code in codes:
        grains = METRICS[code].grains
        groups.setdefault(grain if grain in grains else grains[0], []).append(code)
    return groups


def _charted(listed: Sequence[Figures]) -> XmrBatch:
    """Every metric and grid judged in one pass: a row each, metric after metric."""
    blocks = [
        _finished(one.value[:, :, 0], one.state[:, :, 0], one.is_partial[:, None]).T
        for one in listed
    ]
    # Shorter series are filled up with missing values, which take no part in limits or patterns.
    width = max((block.shape[1] for block in blocks), default=0)
    rows = sum(len(block) for block in blocks)
    matrix, at = np.full((rows, width), np.nan), 0
    for block in blocks:
        matrix[at : at + len(block), : block.shape[1]] = block
        at += len(block)
    improvement = [
        improvement_of(one.metric) for one in listed for _grid in range(one.value.shape[1])
    ]
    return xmr_batch(matrix, improvement=improvement or None)


def _finished(
    value: Floats, state: npt.NDArray[np.int8], is_partial: npt.NDArray[np.bool_]
) -> Floats:
    """A period on too few cases is shown, but neither sets limits nor is a signal."""
    return np.where(is_partial | (state == _FEW), np.nan, value)


def _history(found: Answer, one: Figures, chart: XmrBatch, row: int) -> History:
    size = len(one.is_partial)
    lower, upper = chart.lower[row, :size], chart.upper[row, :size]
    # No share lies above all.
    is_share = one.metric.is_share and one.metric.kind != "rate"
    days = [span.bucket for span in found.question.buckets]
    return History(
        metric=one.metric,
        bucket=np.array(days, dtype="datetime64[us]"),
        numerator=one.numerator[:, 0, 0],
        denominator=one.denominator[:, 0, 0],
        value=one.value[:, 0, 0],
        n=one.n[:, 0, 0],
        state=one.state[:, 0, 0],
        is_partial=one.is_partial,
        mean=chart.mean[row, :size],
        # A share or a count has no value below zero: a limit there would only stretch the axis.
        lower=np.where(np.isnan(lower), np.nan, np.maximum(lower, 0.0)),
        upper=np.where(is_share, np.minimum(upper, 1.0), upper),
        point=chart.point[row, :size],
        signal=chart.signal[row, :size],
        p90=None if one.p90 is None else one.p90[:, 0, 0],
        instant=None if one.instant is None else one.instant[:, 0, 0],
    )


def newest_points(found: Answer, only: str | None = None) -> list[NewestPoint]:
    """The newest finished value of every metric and grid of an answer by grid and period.

    `only`: a point of a control chart; grids whose newest value is another one are left out.
    """
    chart, points, row = _charted(found.figures), [], 0
    for one in found.figures:
        usable = _finished(one.value[:, :, 0], one.state[:, :, 0], one.is_partial[:, None])
        known = ~np.isnan(usable)
        last = len(known) - 1 - known[::-1].argmax(axis=0) if len(known) else known
        rows = row + np.arange(usable.shape[1])
        row += usable.shape[1]
        chosen = known.any(axis=0)
        if only is not None and len(known):
            chosen &= chart.point[rows, last] == POINTS.index(only)
        for place in np.flatnonzero(chosen).tolist():
            at, series = int(last[place]), int(rows[place])
            upper = float(chart.upper[series, at])
            is_share = one.metric.is_share and one.metric.kind != "rate"
            points.append(
                NewestPoint(
                    metric=one.metric,
                    grid_id=found.question.units[place],
                    value=float(usable[at, place]),
                    mean=float(chart.mean[series, at]),
                    upper=min(upper, 1.0) if is_share else upper,
                    point=POINTS[int(chart.point[series, at])],
                    signal=SIGNALS[int(chart.signal[series, at])],
                )
            )
    return points


def improvement_of(metric: Metric) -> Improvement | None:
    """Which way is better, as the control charts take it."""
    return None if metric.direction == "context" else metric.direction


def _judged(metric: Metric, now: Figures | None, before: Figures | None, past: History) -> Judged:
    newest = past.newest
    return Judged(
        metric=metric,
        value=_number(now, "value"),
        numerator=_number(now, "numerator"),
        denominator=_number(now, "denominator"),
        n=_number(now, "n"),
        state=STATES[int(now.state[0, 0, 0])] if now is not None else "missing",
        compared=_number(before, "value"),
        tone="missing" if newest is None else tone_of(POINTS[int(past.point[newest])]),
        signal="" if newest is None else SIGNALS[int(past.signal[newest])],
        past=past,
    )


def _number(figures: Figures | None, name: str) -> float | None:
    if figures is None:
        return None
    value = float(getattr(figures, name)[0, 0, 0])
    return None if np.isnan(value) else value
