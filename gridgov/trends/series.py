"""All series at once: metrics × grids × periods from the metric engine, judged in one batch.

What is judged are finished periods that rest on enough cases. A series is not judged at all where
most of its periods rest on too few, or where a typical period has less than one case (for a share
also: less than one that goes the other way): its limits would be those of an empty series, and
every single case a signal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.judgement import Tone, improvement_of, tone_of
from gridgov.metrics import METRICS, Grain, Metric
from gridgov.metrics.answer import Answer
from gridgov.metrics.evaluate import answer
from gridgov.metrics.grids import tree_of
from gridgov.small_counts import told
from gridgov.stats.signals import attention_order
from gridgov.stats.spc import POINTS, SIGNALS, XmrBatch, sum_columns, xmr_batch
from gridgov.trends._columns import Columns, Part
from gridgov.trends._kept import KeptSets
from gridgov.trends.spans import (
    TrendGrain,
    Where,
    bounds,
    codes_with,
    fitting,
    history_from,
    timestamps,
)
from gridgov.warehouse import Reader

__all__ = [
    "LEAST_POINTS",
    "SeriesSet",
    "judged_series",
    "kept_sets",
    "place_of_points",
    "within",
]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LEAST_POINTS = 6
"""With fewer judged periods nothing is said about a series."""
_RARE = 1.0
_LOWEST = "微"
# Some 40 bytes each: 160 MB, and 240 MB of those that may go.
_KEEP_CELLS = 4_000_000
_KEEP_ALL_CELLS = 6_000_000
_PIECE_CELLS = 65_536
_SIDES = frozenset({"ratio", "distinct"})
_COUNTS = frozenset({"count", "rate", "stock", "reach", "distinct"})


@dataclass(frozen=True, eq=False)
class SeriesSet:
    """Judged series; arrays are (n_series, n_periods), `metric` and `grid_id` (n_series,).

    value, numerator, denominator, n as `evaluate` gives them; few: rests on too few cases;
    partial: not over; hidden: rests on a few persons (or tells of them), which this reader must
    not see. judged: the batch of `xmr_batch` over the values that are neither few nor partial nor
    hidden; of a stock the hidden ones count, for the state of what is overdue is told where its
    figures are not. is_judged: (n_series,) enough was there to say anything. grid_id "" is the
    reader's whole view.
    """

    grain: TrendGrain
    buckets: tuple[date, ...]
    ends: tuple[date, ...]
    metric: tuple[str, ...]
    grid_id: tuple[str, ...]
    value: Floats
    numerator: Floats
    denominator: Floats
    n: Floats
    few: Bools
    partial: Bools
    hidden: Bools
    judged: XmrBatch
    is_judged: Bools

    def __len__(self) -> int:
        return len(self.metric)

    @property
    def drawn(self) -> Floats:
        """Values that may be shown, (n_series, n_periods); NaN elsewhere."""
        return np.where(self.few | self.hidden, np.nan, self.value)

    def shown(self, row: int) -> Floats:
        """What `drawn` has of one series, (n_periods,), without looking at the others."""
        return np.where(self.few[row] | self.hidden[row], np.nan, self.value[row])

    def limits(self, row: int, at: int) -> tuple[float, float, float] | None:
        """Mean and lower and upper limit of a series at a period; None where they are not told."""
        if not self.is_judged[row] or not self.tells_limits(row):
            return None
        lower, upper = within(
            METRICS[self.metric[row]],
            self.judged.lower[row, at : at + 1],
            self.judged.upper[row, at : at + 1],
        )
        return float(self.judged.mean[row, at]), float(lower[0]), float(upper[0])

    @cached_property
    def counts(self) -> Bools:
        """Which values were judged, (n_series, n_periods)."""
        out = self.few | self.partial | self.hidden
        rows = np.flatnonzero(self.hides_limits)
        out[rows] = self.few[rows] | self.partial[rows]
        return np.asarray(~np.isnan(self.value) & ~out)

    def tells_limits(self, row: int) -> bool:
        """Whether the limits of a series were made of nothing that is hidden."""
        return not self.hides_limits[row]

    @cached_property
    def hides_limits(self) -> Bools:
        """Series whose limits were made of hidden figures, (n_series,)."""
        found: Bools = np.asarray(self.hidden.any(axis=1))
        for row in np.flatnonzero(found).tolist():
            found[row] = METRICS[self.metric[row]].kind == "stock"
        return found

    def order(self) -> list[int]:
        """Series numbers, what needs eyes most first; those not judged last."""
        by_attention = attention_order(self.judged)
        judged = [int(row) for row in by_attention if self.is_judged[row]]
        return judged + [int(row) for row in by_attention if not self.is_judged[row]]

    def tone(self, row: int) -> Tone:
        """State of the newest judged period; "missing" where nothing can be said."""
        if not self.is_judged[row]:
            return "missing"
        return tone_of(POINTS[int(self.judged.variation[row])])

    def newest(self, row: int) -> int | None:
        """Position of the newest finished period with a value that counts."""
        known = np.flatnonzero(self.counts[row])
        return int(known[-1]) if len(known) else None

    def frame(self, row: int) -> pd.DataFrame:
        """One series as the control chart takes it; a value on too few cases is left out."""
        metric, chart = METRICS[self.metric[row]], self.judged
        shown, hidden = self.shown(row), self.hidden[row]
        lower, upper = within(metric, chart.lower[row], chart.upper[row])
        is_told = bool(self.is_judged[row]) and self.tells_limits(row)
        told = bool(self.is_judged[row])
        state = np.where(self.few[row], "few", np.where(np.isnan(shown), "missing", "ok"))
        state = np.where(hidden, "hidden", state)
        return pd.DataFrame(
            {
                "bucket": timestamps(list(self.buckets)),
                "value": shown,
                "numerator": np.where(hidden, np.nan, self.numerator[row]),
                "denominator": np.where(hidden, np.nan, self.denominator[row]),
                "n": np.where(hidden, np.nan, self.n[row]),
                "state": state,
                "is_partial": self.partial[row],
                "mean": chart.mean[row] if is_told else np.nan,
                "lower": lower if is_told else np.nan,
                "upper": upper if is_told else np.nan,
                "point": np.array(POINTS)[chart.point[row]] if told else "common",
                "signal": np.array(SIGNALS)[chart.signal[row]] if told else "",
            }
        )


def place_of_points(series: SeriesSet) -> Bools:
    """Which values were judged, (n_series, n_periods)."""
    return series.counts


def within(metric: Metric, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Limits of a metric, (n_periods,): no value lies below none and no share above all."""
    low = np.where(np.isnan(lower), np.nan, np.maximum(lower, 0.0))
    high = np.where(np.isnan(upper), np.nan, np.minimum(upper, 1.0)) if metric.is_share else upper
    return low, np.array(high)


kept_sets: KeptSets[SeriesSet] = KeptSets(_KEEP_CELLS, _KEEP_ALL_CELLS)


def judged_series(
    reader: Reader,
    codes: Sequence[str] | None = None,
    *,
    grain: TrendGrain = "month",
    levels: Sequence[str] = (),
    grid_id: str | None = None,
    where: Where | None = None,
    end: date | None = None,
    rebase: Sequence[date] = (),
) -> SeriesSet:
    """Metrics by period, judged: of one place, or of all grids of `levels` at and below it.

    codes: all that know the grain by default. levels: 社区, 一般, 微 …, or "children"; none gives
    the place itself (`grid_id`, or all that the reader sees). where: dimension filters, left out
    for metrics without the dimension. end: the data date by default. rebase: days in whose period
    new limits begin. Kept per reader: a version never changes.
    """
    last = end or reader.data_date
    chosen = tuple(codes if codes is not None else codes_with(grain))
    kept = tuple(sorted((name, tuple(values)) for name, values in (where or {}).items()))
    key = (chosen, grain, tuple(levels), grid_id, kept, last, tuple(rebase))
    found = kept_sets.find(reader, key)
    if found is None:
        found = _judge(reader, chosen, grain, tuple(levels), grid_id, dict(kept), last, rebase)
        every = tuple(codes_with("month")), "month", _upper_levels(reader), None, (), ()
        is_standing = (*key[:5], key[6]) == every and last == reader.data_date
        kept_sets.keep(reader, key, found, found.value.size, is_standing=is_standing)
    return found


def _upper_levels(reader: Reader) -> tuple[str, ...]:
    """What the trends page shows at first: the levels above the lowest."""
    return tuple(level for level in tree_of(reader).telling_levels if level != _LOWEST)


def _judge(
    reader: Reader,
    codes: tuple[str, ...],
    grain: TrendGrain,
    levels: tuple[str, ...],
    grid_id: str | None,
    where: Where,
    last: date | None,
    rebase: Sequence[date],
) -> SeriesSet:
    known = [day for day in tree_of(reader).first_on.values() if day is not None]
    if last is None or not known or not codes:
        return _with_judgement([], grain, [], rebase)
    periods = bounds(history_from(last, grain, min(known)), last, grain)
    parts = []
    for level in levels or (None,):
        for names, group in _same_filters(tuple(dict.fromkeys(codes)), where):
            only = {name: where[name] for name in names}
            answers = _answers(reader, group, grain, periods, last, level, grid_id, only)
            places = _places(answers) if level is not None else (grid_id or "",)
            if places:
                shown = [told(reader, one) for one in answers]
                parts.append(Part(tuple(group), places, answers, shown))
    return _with_judgement(parts, grain, periods, rebase)


def _places(answers: Sequence[Answer]) -> tuple[str, ...]:
    """The grids of any period; a level may have others from one year to the next."""
    return tuple(dict.fromkeys(unit for one in answers for unit in one.question.units))


def _same_filters(codes: Sequence[str], where: Where) -> list[tuple[tuple[str, ...], list[str]]]:
    groups: dict[tuple[str, ...], list[str]] = {}
    for code in codes:
        groups.setdefault(tuple(fitting(code, where)), []).append(code)
    return list(groups.items())


def _answers(
    reader: Reader,
    codes: list[str],
    grain: TrendGrain,
    periods: list[tuple[date, date]],
    last: date,
    level: str | None,
    grid_id: str | None,
    where: Where,
) -> list[Answer]:
    by = () if level is None else (f"grid:{level}",)
    if grain == "school_year":
        return [
            answer(reader, codes, first, end, by=by, grid_id=grid_id, where=where)
            for first, end in periods
        ]
    # A period is asked for whole, so that only the data decides whether it is over.
    end = max(last, periods[-1][1])
    return [
        answer(
            reader, codes, periods[0][0], end,
            grain=cast(Grain, grain), by=by, grid_id=grid_id, where=where,
        )
    ]  # fmt: skip


def _with_judgement(
    parts: Sequence[Part],
    grain: TrendGrain,
    periods: list[tuple[date, date]],
    rebase: Sequence[date],
) -> SeriesSet:
    """Answers to matrices, a row a series, and the judgement over all of them."""
    data = Columns.of(parts, len(periods))
    told = data.hidden & ~_of_series(parts, lambda metric: metric.kind == "stock")[:, None]
    usable = np.where(data.few | data.partial | told, np.nan, data.value)
    starts = sorted(
        {at for day in rebase for at, (first, end) in enumerate(periods) if first <= day <= end}
    )
    ways = {None: 0, "up": 1, "down": -1}
    judged = xmr_batch(
        usable,
        improvement=_of_series(parts, lambda metric: ways[improvement_of(metric)], np.int8),
        rebase=starts,
    )
    counted = (~np.isnan(usable)).sum(axis=1)
    too_few = (data.few & ~data.partial).sum(axis=1)
    return SeriesSet(
        grain=grain,
        buckets=tuple(first for first, _end in periods),
        ends=tuple(end for _first, end in periods),
        metric=tuple(
            chain.from_iterable([code] * len(part.places) for part in parts for code in part.codes)
        ),
        grid_id=tuple(chain.from_iterable(part.places * len(part.codes) for part in parts)),
        value=data.value,
        numerator=data.numerator,
        denominator=data.denominator,
        n=data.n,
        few=data.few,
        partial=data.partial,
        hidden=data.hidden,
        judged=judged,
        is_judged=(counted >= LEAST_POINTS)
        & (counted >= too_few)
        & ~_rare(parts, usable, data.numerator, data.denominator),
    )


def _of_series(
    parts: Sequence[Part], says: Callable[[Metric], object], kind: type[np.generic] = np.bool_
) -> npt.NDArray[Any]:
    """What is said of each series' metric, (n_series,)."""
    found = [
        np.repeat(np.array([says(METRICS[code]) for code in part.codes], kind), len(part.places))
        for part in parts
    ]
    return np.concatenate([np.zeros(0, kind), *found])


def _rare(parts: Sequence[Part], usable: Floats, numerator: Floats, denominator: Floats) -> Bools:
    """Series with less than one case in a typical period, (n_series,)."""
    sides = _of_series(parts, lambda metric: metric.kind in _SIDES and metric.is_share)
    counts = _of_series(parts, lambda metric: metric.kind in _COUNTS)
    found = np.zeros(len(usable), dtype=np.bool_)
    # In pieces that stay within the processor's cache.
    step = max(1, _PIECE_CELLS // max(1, usable.shape[1]))
    for first in range(0, len(usable), step):
        at = slice(first, first + step)
        found[at] = _rare_among(
            usable[at].T, numerator[at].T, denominator[at].T, sides[at], counts[at]
        )
    return found


def _rare_among(
    usable: Floats, numerator: Floats, denominator: Floats, sides: Bools, counts: Bools
) -> Bools:
    """As `_rare`; matrices are (n_periods, n_series) here."""
    counted = ~np.isnan(usable)
    periods = np.maximum(counted.sum(axis=0), 1)
    top = sum_columns(np.where(counted, numerator, 0.0)) / periods
    rest = sum_columns(np.where(counted, denominator, 0.0)) / periods - top
    few_cases = (sides | counts) & (top < _RARE)
    few_others = sides & (rest < _RARE)
    # A series that never moves needs no limits to be called usual.
    moves = np.fmax.reduce(usable, axis=0, initial=-np.inf) > np.fmin.reduce(
        usable, axis=0, initial=np.inf
    )
    return np.asarray((few_cases | few_others) & moves, dtype=np.bool_)
