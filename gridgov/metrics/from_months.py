"""Metrics over whole months, added up from what `months.py` holds instead of asked of the engine.

Which metrics that can be depends on the question: sums over any run of months, what there is at
the end of a month, distinct counts and quantiles of single months alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt

from gridgov.metrics.compose import FOLDED
from gridgov.metrics.counts import Counts, Floats, Label
from gridgov.metrics.formula import Term, formula_of
from gridgov.metrics.metric import Metric
from gridgov.metrics.months import Months
from gridgov.metrics.question import Question
from gridgov.metrics.spans import month_number

__all__ = ["columns_for", "counts_from_months", "is_of_months"]

_TIERS = {"每周": "weekly", "每月": "monthly", "每季": "quarterly"}
# Metrics whose own file narrows the rows: (column, value, what is summed) → the column here.
_NARROWED = {
    ("category", "市容占道", "received"): "complaint_vending",
    ("source", "商户", "outcome_known"): "complaint_merchant_known",
    ("source", "商户", "outcome_resolved"): "complaint_merchant_resolved",
}
_OVERDUE = {
    "person": tuple(f"overdue_{name}" for name in _TIERS.values()),
    "case": ("overdue_cases",),
}
_SPEAKERS = tuple(f"speaker_{name}" for name in ("secretary", "resident", "property", "worker"))
_MICRO = tuple(
    f"micro_{name}" for name in ("organisation", "class", "station", "project", "charity")
)
_DISTINCT = {"PB2": _MICRO, "PB3": ("partners",), "ML3": ("neighbour_days",),
             "ML4": ("neighbour_grids",)}  # fmt: skip
# Distinct over several months is not the sum of the months.
_OF_ONE_MONTH = frozenset({"PB3", "ML4"})
_QUANTILE = ("case_closed", "case_cases", "case_instant", "case_half", "case_most")


def is_of_months(metric: Metric, question: Question) -> bool:
    """Whether the months that are held answer `metric`."""
    if question.where or not question.units:
        return False
    if question.by and (question.by != ("tier",) or metric.code not in ("SV1", "SV2")):
        return False
    if metric.kind == "stock":
        return question.ends_aligned
    if metric.kind == "as_of":
        return question.ends_aligned and _has_begun(question)
    if not question.is_aligned:
        return False
    if metric.kind in FOLDED or metric.kind == "entropy":
        return True
    apart = question.by_grid or len(question.units) == 1
    if metric.kind == "distinct":
        known = metric.code in _DISTINCT
        return known and apart and (metric.code not in _OF_ONE_MONTH or _are_months(question))
    return _are_months(question) and (apart or metric.kind == "reach")


def _are_months(question: Question) -> bool:
    """Whether no bucket is longer than a month."""
    return question.grain == "month" or (
        question.grain is None and question.start.replace(day=1) == question.last_day.replace(day=1)
    )


def _has_begun(question: Question) -> bool:
    """Whether the question begins no earlier than the months that are held."""
    first = [day for day in question.tree.first_on.values() if day is not None]
    return bool(first) and question.start >= min(first).replace(day=1)


def columns_for(metric: Metric, question: Question) -> tuple[str, ...]:
    """The columns of `mart_month` that `metric` reads."""
    if metric.kind in FOLDED:
        names = formula_of(metric.sql).columns
        if question.by:
            return tuple(f"contact_{name}_{tier}" for tier in _TIERS.values() for name in names)
        return tuple(_column(metric, name) for name in names)
    if metric.kind == "stock":
        return _OVERDUE[_only(metric)]
    if metric.kind == "reach":
        return (f"reached_{_only(metric)}",)
    if metric.kind == "as_of":
        return ("party_has", "party_stated")
    if metric.kind == "entropy":
        return _SPEAKERS
    return _QUANTILE if metric.kind == "quantile" else _DISTINCT[metric.code]


def _column(metric: Metric, name: str) -> str:
    only = formula_of(metric.sql).only
    return f"{metric.source}_{name}" if only is None else _NARROWED[(*only, name)]


def _only(metric: Metric) -> str:
    only = formula_of(metric.sql).only
    assert only is not None
    return only[1]


def counts_from_months(
    held: Months, metrics: Sequence[Metric], question: Question
) -> dict[str, Counts]:
    """Code → counts, for metrics that `is_of_months` says yes to."""
    laid = _Laid.of(held, metrics, question)
    return {metric.code: _KINDS[metric.kind](metric, laid) for metric in metrics}


@dataclass(frozen=True, eq=False)
class _Laid:
    """The columns of a question by bucket and grid; `runs` are the months of each bucket."""

    held: Months
    question: Question
    runs: tuple[tuple[int, int], ...]
    places: Mapping[str, int]
    months: Floats  # (columns, grids or 1, months from the first bucket on)
    summed: Floats  # (columns, buckets, grids or 1)

    @classmethod
    def of(cls, held: Months, metrics: Sequence[Metric], question: Question) -> _Laid:
        names = tuple(
            dict.fromkeys(name for metric in metrics for name in columns_for(metric, question))
        )
        runs = tuple(
            (month_number(span.start), month_number(min(span.end, question.last_day)) + 1)
            for span in question.buckets
        )
        first, end = runs[0][0], max(runs[-1][1], runs[0][0])
        months = held.taken(names, question.units, first, end)
        if not question.by_grid:
            months = _together(months, 1)
        summed = _by_bucket(months, [(begin - first, stop - first) for begin, stop in runs])
        return cls(
            held, question, runs, {name: at for at, name in enumerate(names)}, months, summed
        )

    def total(self, name: str) -> Floats:
        """One column added up, (buckets, grids, 1); NaN where no month of a bucket is known."""
        return np.asarray(self.summed[self.places[name]][:, :, None])

    def before(self, names: Sequence[str]) -> Floats:
        """Changes since ever up to the end of each bucket, (names, buckets, grids or 1)."""
        question, begin = self.question, self.runs[0][0]
        if self.held.end > self.held.first:
            begin = min(begin, self.held.first)
        end = max(max(stop for _begin, stop in self.runs), begin + 1)
        changes = _or_none(self.held.taken(names, question.units, begin, end))
        if not question.by_grid:
            changes = changes.sum(axis=1, keepdims=True)
        held = np.cumsum(changes, axis=2)
        at = [max(min(stop, end) - begin - 1, 0) for _begin, stop in self.runs]
        return np.asarray(held[:, :, at].transpose(0, 2, 1))

    def empty(self) -> Floats:
        return np.full((*self.question.shape, 1), np.nan)


def _or_none(values: Floats) -> Floats:
    """What is not known counted as nothing."""
    return np.where(np.isnan(values), 0.0, values)


def _together(values: Floats, axis: int) -> Floats:
    """Added up along an axis that stays, of length one; NaN where nothing is known."""
    if values.shape[axis] == 1:
        return values
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=axis, keepdims=True)
    return np.where(known.any(axis=axis, keepdims=True), total, np.nan)


def _by_bucket(months: Floats, runs: Sequence[tuple[int, int]]) -> Floats:
    """(columns, grids, months) → (columns, buckets, grids)."""
    width = months.shape[2]
    if all(run == (at, at + 1) for at, run in enumerate(runs)) and len(runs) == width:
        return months.transpose(0, 2, 1)
    found = np.full((months.shape[0], len(runs), months.shape[1]), np.nan)
    for at, (begin, stop) in enumerate(runs):
        if begin < min(stop, width):
            found[:, at] = _together(months[:, :, begin:stop], 2)[:, :, 0]
    return found


def _folded(metric: Metric, laid: _Laid) -> Counts:
    formula = formula_of(metric.sql)
    if laid.question.by:
        return _folded_by_tier(metric, laid)

    def side(term: Term | None) -> Floats:
        if term is None:
            return laid.empty()
        return laid.total(_column(metric, term.column)) * term.factor

    return Counts(((),), side(formula.numerator), side(formula.denominator))


def _folded_by_tier(metric: Metric, laid: _Laid) -> Counts:
    formula = formula_of(metric.sql)
    assert formula.denominator is not None

    def side(term: Term) -> Floats:
        parts = [laid.summed[laid.places[f"contact_{term.column}_{t}"]] for t in _TIERS.values()]
        return np.stack(parts, axis=2)

    numerator, denominator = side(formula.numerator), side(formula.denominator)
    labels, order = _occurring(np.asarray(~np.isnan(denominator).all(axis=(0, 1))))
    return Counts(labels, numerator[:, :, order], denominator[:, :, order])


def _occurring(has: npt.NDArray[np.bool_]) -> tuple[tuple[Label, ...], list[int]]:
    """The tiers that occur, in the order of splits."""
    order = sorted(np.flatnonzero(has).tolist(), key=lambda at: list(_TIERS)[at])
    return tuple((list(_TIERS)[at],) for at in order), order


def _stock(metric: Metric, laid: _Laid) -> Counts:
    names = _OVERDUE[_only(metric)]
    levels = laid.before(names)
    if not laid.question.by:
        level = levels.sum(axis=0)[:, :, None]
        return Counts(((),), level, np.full(level.shape, np.nan))
    stop = max(stop for _begin, stop in laid.runs)
    changes = laid.held.taken(names, laid.question.units, min(laid.held.first, stop), stop)
    labels, order = _occurring(np.asarray(~np.isnan(changes).all(axis=(1, 2))))
    level = np.moveaxis(levels[order], 0, 2)
    return Counts(labels, level, np.full(level.shape, np.nan))


def _reached(metric: Metric, laid: _Laid) -> Counts:
    return Counts(((),), laid.total(f"reached_{_only(metric)}"), laid.empty())


def _at_end(_metric: Metric, laid: _Laid) -> Counts:
    """Grids at the end of each bucket: those of its last month."""
    first, width = laid.runs[0][0], laid.months.shape[2]
    at = [stop - 1 - first for _begin, stop in laid.runs]
    known = np.array([0 <= place < width for place in at])
    sides = []
    for name in ("party_has", "party_stated"):
        column = laid.months[laid.places[name]].T[np.clip(at, 0, max(width - 1, 0))]
        sides.append(np.where(known[:, None], column, np.nan)[:, :, None])
    return Counts(((),), sides[0], sides[1])


def _entropy(_metric: Metric, laid: _Laid) -> Counts:
    times = _or_none(np.stack([laid.summed[laid.places[name]] for name in _SPEAKERS]))
    total = times.sum(axis=0)
    has = total > 0
    spread = (times * np.log(np.maximum(times, 1.0))).sum(axis=0) / np.maximum(total, 1.0)
    found = np.abs(np.log(np.maximum(total, 1.0)) - spread)
    numerator, n = (np.where(has, part, np.nan)[:, :, None] for part in (found, total))
    return Counts(((),), numerator, np.where(has, log(4.0), np.nan)[:, :, None], n)


def _distinct(metric: Metric, laid: _Laid) -> Counts:
    if metric.code in _OF_ONE_MONTH:
        return Counts(((),), laid.total(_DISTINCT[metric.code][0]), laid.empty())
    size = 3 if metric.code == "PB2" else 1
    first = laid.runs[0][0]
    # What is not known is no more than nothing.
    happened = laid.months[[laid.places[name] for name in _DISTINCT[metric.code]]] > 0
    found = np.zeros((*laid.question.shape, 1))
    if all(stop - begin == 1 for begin, stop in laid.runs):
        months = [begin - first for begin, _stop in laid.runs]
        found[:, :, 0] = happened[:, :, months].sum(axis=0).T
        return Counts(((),), found, laid.empty())
    for at, (begin, stop) in enumerate(laid.runs):
        # A kind counts once in each quarter (a neighbour day once in each month) of the bucket.
        for opens in range(begin // size * size, stop, size):
            inside = slice(max(opens, begin) - first, min(opens + size, stop) - first)
            found[at, :, 0] += happened[:, :, inside].any(axis=2).sum(axis=0)
    return Counts(((),), found, laid.empty())


def _quantiles(_metric: Metric, laid: _Laid) -> Counts:
    closed, cases, instant, half, most = (laid.total(name) for name in _QUANTILE)
    return Counts(((),), closed, cases, cases, half, most, instant)


_KINDS: Mapping[str, Callable[[Metric, _Laid], Counts]] = {
    "ratio": _folded,
    "rate": _folded,
    "count": _folded,
    "stock": _stock,
    "reach": _reached,
    "as_of": _at_end,
    "entropy": _entropy,
    "distinct": _distinct,
    "quantile": _quantiles,
}
