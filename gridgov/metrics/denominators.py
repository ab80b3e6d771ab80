"""Denominators that do not come from a metric's own rows: stocks of the months, and periods."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from math import nan

import numpy as np

from gridgov.metrics.counts import Floats
from gridgov.metrics.grids import Tree
from gridgov.metrics.happiness import TEAMS
from gridgov.metrics.metric import Denominator
from gridgov.metrics.months import Months
from gridgov.metrics.question import Question
from gridgov.metrics.spans import Span, month_number, months_between, quarters_between

__all__ = ["STOCKS", "denominators"]

STOCKS: frozenset[Denominator] = frozenset(
    {"households", "residents", "shops", "base_grids", "capacity"}
)
"""Columns of `mart_month` as well."""
_MICRO_KINDS = 5


def denominators(
    held: Months | None, wanted: Collection[Denominator], question: Question
) -> dict[Denominator, Floats]:
    """Each of `wanted` that does not come from a tally, as (buckets, grids); NaN where unknown.

    `held` has the stocks among them, for the question's grids.
    """
    found: dict[Denominator, Floats] = {}
    stocks = sorted(STOCKS.intersection(wanted))
    if stocks and held is not None:
        found |= _stocks(held, question, stocks)
    for name in wanted:
        if name in ("micro_quarters", "team_quarters", "months"):
            found[name] = _periods(name, question)
    return found


def _stocks(
    held: Months, question: Question, names: list[Denominator]
) -> dict[Denominator, Floats]:
    """Stocks by bucket and unit; summed over the units where the question is not by grid.

    Households, residents, shops and grids are averaged over the months that the bucket touches;
    capacity is summed, a month by the share of its days that lie in the bucket.
    """
    ends = [_end(span, question) for span in question.buckets]
    first = question.buckets[0].start.replace(day=1)
    n_months = max((month_number(end) for end in ends), default=0) - month_number(first) + 1
    months = (month_number(first), month_number(first) + n_months)
    taken = held.taken(names, question.units, *months)
    known = {name: taken[at].T for at, name in enumerate(names)}  # (months, units) each
    found: dict[Denominator, Floats] = {}
    for name in names:
        rows = np.full((len(ends), len(question.units)), nan)
        averages: dict[tuple[int, int], Floats] = {}
        for place, (span, end) in enumerate(zip(question.buckets, ends, strict=True)):
            run = (
                month_number(span.start) - month_number(first),
                month_number(end) - month_number(first) + 1,
            )
            if span.start > end:
                continue
            if name == "capacity":
                rows[place] = _capacity(known[name], run, span.start, end)
            else:
                # Days and weeks of one month have the same average.
                if run not in averages:
                    averages[run] = _average(known[name], run)
                rows[place] = averages[run]
        found[name] = rows if question.by_grid else _together(rows)
    return found


def _end(span: Span, question: Question) -> date:
    return min(span.end, question.data_date) if question.data_date else span.end


def _average(known: Floats, run: tuple[int, int]) -> Floats:
    """Mean of the months that are known, (units,). Month after month, as one adds by hand."""
    if run[1] - run[0] == 1:
        return np.asarray(known[run[0]])
    total, count = np.zeros(known.shape[1]), np.zeros(known.shape[1])
    for month in known[run[0] : run[1]]:
        has = ~np.isnan(month)
        total += np.where(has, month, 0.0)
        count += has
    return np.where(count > 0, total / np.maximum(count, 1.0), nan)


def _capacity(known: Floats, run: tuple[int, int], start: date, end: date) -> Floats:
    total, found = np.zeros(known.shape[1]), np.zeros(known.shape[1], dtype=np.bool_)
    month = start.replace(day=1)
    for values in known[run[0] : run[1]]:
        following = (month + timedelta(days=32)).replace(day=1)
        last = following - timedelta(days=1)
        share = ((min(last, end) - max(month, start)).days + 1) / last.day
        has = ~np.isnan(values)
        total += np.where(has, values, 0.0) * share
        found |= has
        month = following
    return np.where(found, total, nan)


def _together(rows: Floats) -> Floats:
    """The units' stocks added up, (buckets, 1); NaN where none of them is known."""
    total = np.zeros(len(rows))
    for unit in rows.T:
        total += np.where(np.isnan(unit), 0.0, unit)
    return np.where(np.isnan(rows).all(axis=1), nan, total)[:, None]


def _periods(name: Denominator, question: Question) -> Floats:
    """Months, or quarters times what each should hold, that have begun by the data date."""
    spans = [(span.start, _end(span, question)) for span in question.buckets]
    if name == "months":
        counts = [months_between(start, end) for start, end in spans]
        each = np.ones(question.shape[1])
    else:
        counts = [quarters_between(start, end) for start, end in spans]
        each = np.full(question.shape[1], float(_MICRO_KINDS))
        if name == "team_quarters":
            each = TEAMS * _communities(question.tree, question)
    found = np.array(counts, dtype=np.float64)[:, None] * each
    return np.where(found > 0, found, nan)


def _communities(tree: Tree, question: Question) -> Floats:
    counts = np.array([tree.communities(unit) for unit in question.units], dtype=np.float64)
    return counts if question.by_grid else np.array([counts.sum()])
