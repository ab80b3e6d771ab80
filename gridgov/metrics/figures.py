"""From counts to figures: denominators, values, states, and what is unfinished."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import nan

import numpy as np
import pandas as pd

from gridgov.metrics.compose import Question, stock_sql
from gridgov.metrics.grids import Tree
from gridgov.metrics.happiness import TEAMS
from gridgov.metrics.metric import Denominator, Metric
from gridgov.metrics.shrunk import shrunk_values
from gridgov.metrics.spans import Span, months_between, quarters_between
from gridgov.warehouse import Reader

__all__ = ["Cell", "Keyed", "columns_of", "with_denominators"]

_STOCKS: tuple[Denominator, ...] = ("households", "residents", "shops", "base_grids", "capacity")
_PERIODS: tuple[Denominator, ...] = ("micro_quarters", "team_quarters", "months")
_MICRO_KINDS = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """The counts of one metric in one bucket and split; None where nothing was found."""

    numerator: float | None = None
    denominator: float | None = None
    n: float | None = None
    value: float | None = None
    p90: float | None = None
    instant: float | None = None


Keyed = tuple[Metric, tuple[object, ...], Cell]


def with_denominators(reader: Reader, cells: list[Keyed], question: Question) -> list[Keyed]:
    """The same cells, with the denominators that do not come from a metric's own tally."""
    wanted = {metric.denominator for metric, _key, _cell in cells}
    stocks = _stocks(reader, question) if wanted & set(_STOCKS) else {}
    ends = {span.bucket: span for span in question.buckets}
    found = []
    for metric, key, cell in cells:
        unit = str(key[1]) if question.by_grid else None
        if metric.denominator in _STOCKS:
            known = stocks.get((key[0], unit), {})
            cell = replace(cell, denominator=known.get(metric.denominator))
        elif metric.denominator in _PERIODS:
            span = ends[key[0]]  # type: ignore[index]
            cell = replace(cell, denominator=_periods(metric.denominator, span, unit, question))
        found.append((metric, key, cell))
    return found


def _stocks(
    reader: Reader, question: Question
) -> dict[tuple[object, str | None], dict[str, float]]:
    """Stocks by bucket and unit; summed over the units where the question is not by grid.

    Households, residents, shops and grids are averaged over the months that the bucket touches;
    capacity is summed, a month by the share of its days that lie in the bucket.
    """
    known: dict[tuple[date, str], tuple[float | None, ...]] = {
        (row[0], row[1]): row[2:] for row in reader.rows(stock_sql(question), **question.parameters)
    }
    found: dict[tuple[object, str | None], dict[str, float]] = {}
    for span in question.buckets:
        end = min(span.end, question.data_date) if question.data_date else span.end
        months = list(_months(span.start, end))
        shares = [_share_of_month(month, span.start, end) for month in months]
        for unit in question.units:
            rows = [known.get((month, unit)) for month in months]
            kept = found.setdefault((span.bucket, unit if question.by_grid else None), {})
            for place, name in enumerate(_STOCKS):
                figures = [
                    (row[place], share)
                    for row, share in zip(rows, shares, strict=True)
                    if row is not None and row[place] is not None
                ]
                if figures:
                    stock = _capacity(figures) if name == "capacity" else _mean(figures)
                    kept[name] = kept.get(name, 0.0) + stock
    return found


def _capacity(figures: Sequence[tuple[float | None, float]]) -> float:
    return sum((figure or 0.0) * share for figure, share in figures)


def _mean(figures: Sequence[tuple[float | None, float]]) -> float:
    return sum(figure or 0.0 for figure, _share in figures) / len(figures)


def _months(start: date, end: date) -> Iterator[date]:
    month = start.replace(day=1)
    while month <= end:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def _share_of_month(month: date, start: date, end: date) -> float:
    last = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return ((min(last, end) - max(month, start)).days + 1) / last.day


def _periods(
    denominator: Denominator, span: Span, unit: str | None, question: Question
) -> float | None:
    """Months, or quarters times what each should hold, that have begun by the data date."""
    end = min(span.end, question.data_date) if question.data_date else span.end
    if denominator == "months":
        return float(months_between(span.start, end)) or None
    units = question.units if unit is None else (unit,)
    each = _MICRO_KINDS
    if denominator == "team_quarters":
        each = TEAMS * sum(question.tree.communities(name) for name in units)
    return float(quarters_between(span.start, end) * each) or None


def columns_of(cells: Sequence[Keyed], question: Question) -> dict[str, object]:
    """The columns of the answer, in order."""
    flags = {
        (metric.code, span.bucket): (
            _is_outside(metric, span, question),
            span.is_partial(_first_on(metric, question.tree), question.data_date),
        )
        for metric in {metric.code: metric for metric, _key, _cell in cells}.values()
        for span in question.buckets
    }
    columns: dict[str, list[object]] = {"metric": [metric.code for metric, _key, _cell in cells]}
    names = ["bucket", *(["grid_id"] if question.by_grid else []), *question.by]
    for place, name in enumerate(names):
        columns[name] = [key[place] for _metric, key, _cell in cells]
    figures = [
        _figure(metric, cell, flags[metric.code, key[0]][0])  # type: ignore[index]
        for metric, key, cell in cells
    ]
    for place, name in enumerate(("numerator", "denominator", "value", "n", "state")):
        columns[name] = [figure[place] for figure in figures]
    columns["is_partial"] = [flags[metric.code, key[0]][1] for metric, key, _cell in cells]  # type: ignore[index]
    typed = _typed(columns, question)
    kinds = {metric.code: metric for metric, _key, _cell in cells}
    if any(metric.is_shrunk for metric in kinds.values()):
        typed["shrunk"] = shrunk_values(columns, kinds, question)
    if any(metric.kind == "quantile" for metric in kinds.values()):
        typed["p90"] = _floats([cell.p90 for _metric, _key, cell in cells])
        typed["instant"] = _floats([cell.instant for _metric, _key, cell in cells])
    return typed


def _figure(metric: Metric, cell: Cell, is_outside: bool) -> tuple[float, float, float, float, str]:
    """Numerator, denominator, value, n, state.

    Nothing found is 0 where something could have been found; a rate without a denominator is
    missing, and so is everything of a bucket in which there is no log yet, or none any more.
    """
    if is_outside:
        return nan, nan, nan, 0.0, "missing"
    numerator = 0.0 if cell.numerator is None else float(cell.numerator)
    denominator = nan if cell.denominator is None else float(cell.denominator)
    if metric.kind == "quantile":
        value, n = nan if cell.value is None else cell.value, denominator
    elif metric.denominator == "none":
        value, n = numerator, numerator
    else:
        value = numerator * metric.scale / denominator if denominator > 0 else nan
        n = denominator if cell.n is None else float(cell.n)
    n = 0.0 if n != n else n
    state = "missing" if value != value else "few" if n < metric.min_n else "ok"
    return numerator, denominator, value, n, state


def _typed(columns: dict[str, list[object]], question: Question) -> dict[str, object]:
    typed: dict[str, object] = {}
    for name, values in columns.items():
        if name == "bucket":
            if question.grain is not None:
                typed[name] = pd.DatetimeIndex(values).as_unit("us")
        elif name in ("numerator", "denominator", "value", "n"):
            typed[name] = _floats(values)
        elif name == "is_partial":
            typed[name] = np.asarray(values, dtype=np.bool_)
        else:
            typed[name] = pd.Series(values, dtype="str")
    return typed


def _floats(values: Sequence[object]) -> np.ndarray:
    return np.array([nan if value is None else value for value in values], dtype=np.float64)


_LOG_OF_SOURCE = {"contact": "visit", "item": "activity", "case": "complaint"}
_LOG_OF_CODE = {
    "SV2": "visit",
    "SV3": "visit",
    "DV1": "visit",
    "HP1": "activity",
    "C13": "complaint",
}


def _first_on(metric: Metric, tree: Tree) -> date | None:
    """The first day of the log that the metric lives on; None where there is none."""
    log = _LOG_OF_CODE.get(metric.code) or _LOG_OF_SOURCE.get(metric.source, metric.source)
    return tree.first_on.get(log)


def _is_outside(metric: Metric, span: Span, question: Question) -> bool:
    """True for a bucket that ends before the log begins or begins after the data date."""
    if question.data_date is None or span.start > question.data_date:
        return True
    if metric.source == "grid":
        return False
    first = _first_on(metric, question.tree)
    return first is None or span.end < first
