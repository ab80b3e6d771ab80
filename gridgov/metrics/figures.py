"""From counts to figures: denominators, values, states, and what is unfinished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import nan

import numpy as np
import numpy.typing as npt

from gridgov.metrics.counts import Counts, Floats, Label
from gridgov.metrics.grids import Tree
from gridgov.metrics.metric import Denominator, Metric
from gridgov.metrics.question import Question
from gridgov.metrics.shrunk import shrunk_values
from gridgov.metrics.spans import Span

__all__ = ["STATES", "Figures", "figures_of", "first_day_of"]

STATES = ("missing", "few", "ok", "hidden")
"""What `Figures.state` counts by. Only `gridgov.small_counts` gives the last."""


@dataclass(frozen=True, eq=False)
class Figures:
    """The figures of one metric: arrays of (buckets, grids, splits).

    `labels` are the values of the splits; `state` is a position in STATES; `is_partial` is
    (buckets,). `shrunk`, `p90` and `instant` only where the metric has them.
    """

    metric: Metric
    labels: tuple[Label, ...]
    numerator: Floats
    denominator: Floats
    value: Floats
    n: Floats
    state: npt.NDArray[np.int8]
    is_partial: npt.NDArray[np.bool_]
    shrunk: Floats | None = None
    p90: Floats | None = None
    instant: Floats | None = None


def figures_of(
    metrics: Sequence[Metric],
    counted: Mapping[str, Counts],
    others: Mapping[Denominator, Floats],
    question: Question,
) -> list[Figures]:
    """The figures of each metric; `others` are the denominators that no tally gives."""
    flags: dict[tuple[bool, date | None], tuple[npt.NDArray[np.bool_], ...]] = {}
    found = []
    for metric in metrics:
        first_on = first_day_of(metric, question.tree)
        lives = metric.source == "grid", first_on
        if lives not in flags:
            flags[lives] = _flags(metric, first_on, question)
        is_outside, is_partial = flags[lives]
        other = others.get(metric.denominator)
        found.append(
            _figures(metric, counted[metric.code], other, is_outside, is_partial, question)
        )
    return found


def _flags(
    metric: Metric, first_on: date | None, question: Question
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which buckets lie outside the log, and which are not whole, (buckets,) each."""
    spans, last = question.buckets, question.data_date
    outside = [_is_outside(metric, span, first_on, last) for span in spans]
    partial = [span.is_partial(first_on, last) for span in spans]
    return np.array(outside, dtype=np.bool_), np.array(partial, dtype=np.bool_)


def _figures(
    metric: Metric,
    counts: Counts,
    other: Floats | None,
    is_outside: npt.NDArray[np.bool_],
    is_partial: npt.NDArray[np.bool_],
    question: Question,
) -> Figures:
    """Nothing found is 0 where something could have been found; a rate without a denominator is
    missing, and so is everything of a bucket in which there is no log yet, or none any more.
    """
    outside = is_outside[:, None, None]
    numerator = np.where(np.isnan(counts.numerator), 0.0, counts.numerator)
    denominator = counts.denominator
    if other is not None:
        denominator = np.repeat(other[:, :, None], numerator.shape[2], axis=2)
    if metric.kind == "quantile":
        value = np.full(numerator.shape, nan) if counts.value is None else counts.value
        n = denominator
    elif metric.denominator == "none":
        value = n = numerator
    else:
        has = denominator > 0
        value = np.where(has, numerator * metric.scale / np.where(has, denominator, 1.0), nan)
        n = denominator
        if counts.n is not None:
            n = np.where(np.isnan(counts.n), denominator, counts.n)
    if is_outside.any():
        numerator, denominator, value = (
            np.where(outside, nan, part) for part in (numerator, denominator, value)
        )
    n = np.where(outside | np.isnan(n), 0.0, n)
    state = np.where(np.isnan(value), 0, np.where(n < metric.min_n, 1, 2)).astype(np.int8)
    shrunk = shrunk_values(numerator, denominator, question) if metric.is_shrunk else None
    return Figures(
        metric, counts.labels, numerator, denominator, value, n, state, is_partial,
        shrunk, counts.p90, counts.instant,
    )  # fmt: skip


_LOG_OF_SOURCE = {"contact": "visit", "item": "activity", "case": "complaint"}
_LOG_OF_CODE = {
    "SV2": "visit",
    "SV3": "visit",
    "DV1": "visit",
    "HP1": "activity",
    "C13": "complaint",
}


def first_day_of(metric: Metric, tree: Tree) -> date | None:
    """The first day of the log that the metric lives on; None where there is none."""
    log = _LOG_OF_CODE.get(metric.code) or _LOG_OF_SOURCE.get(metric.source, metric.source)
    return tree.first_on.get(log)


def _is_outside(metric: Metric, span: Span, first_on: date | None, data_date: date | None) -> bool:
    """True for a bucket that ends before the log begins or begins after the data date."""
    if data_date is None or span.start > data_date:
        return True
    return metric.source != "grid" and (first_on is None or span.end < first_on)
