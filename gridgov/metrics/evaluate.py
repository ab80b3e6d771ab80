"""Asking for metrics: which, when, by what, where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from itertools import groupby

import pandas as pd

from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.metrics.answer import Answer
from gridgov.metrics.compose import FOLDED, has_every_month, statement
from gridgov.metrics.counts import Counts, counts_of, nothing
from gridgov.metrics.denominators import STOCKS, denominators
from gridgov.metrics.figures import figures_of
from gridgov.metrics.from_months import columns_for, counts_from_months, is_of_months
from gridgov.metrics.grids import tree_of
from gridgov.metrics.metric import Denominator, Grain, Metric
from gridgov.metrics.months import Months, months_of
from gridgov.metrics.place_rows import place_rows
from gridgov.metrics.question import Question
from gridgov.metrics.reach import counts_from_reach, has_reach
from gridgov.metrics.registry import METRICS
from gridgov.metrics.spans import spans
from gridgov.warehouse import Reader

__all__ = ["answer", "evaluate"]


def evaluate(
    reader: Reader,
    codes: str | Sequence[str],
    start: date,
    end: date,
    *,
    grain: Grain | None = None,
    by: Sequence[str] = (),
    grid_id: str | None = None,
    where: Mapping[str, str | Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Metrics over `start` to `end`, both inclusive.

    `grain` cuts the period into buckets by the calendar; without one the period is one bucket.
    `by` splits: "grid:<level>" (社区, 一般, 微 …; "grid:children" for the next level down) and any
    of the metric's dimensions. `grid_id` narrows to a grid and all below it, `where` to values of
    the metric's dimensions.

    Rows: metric, bucket (with a grain), grid_id and the splits, numerator, denominator, value, n,
    state ("ok", "few", "missing"), is_partial; further `shrunk` (C6, HP6 where n < 30, by grid),
    `p90` and `instant` (C10). Every bucket and every grid of the level has a row, other splits
    those values that occur. A share is 0 to 1. Raises UsageError for an unknown metric, level or
    dimension.
    """
    return answer(
        reader, codes, start, end, grain=grain, by=by, grid_id=grid_id, where=where
    ).frame()


def answer(
    reader: Reader,
    codes: str | Sequence[str],
    start: date,
    end: date,
    *,
    grain: Grain | None = None,
    by: Sequence[str] = (),
    grid_id: str | None = None,
    where: Mapping[str, str | Sequence[str]] | None = None,
) -> Answer:
    """What `evaluate` gives as rows, as arrays: for whoever lays out many series."""
    chosen = [_metric(code) for code in ([codes] if isinstance(codes, str) else codes)]
    question = _question(reader, chosen, start, end, grain, tuple(by), grid_id, where or {})
    unique = list({metric.code: metric for metric in chosen}.values())
    of_months = [metric for metric in unique if is_of_months(metric, question)]
    wanted = {metric.denominator for metric in unique}
    held = _held(reader, of_months, wanted, question)
    counted = counts_from_months(held, of_months, question) if held and of_months else {}
    for metric in unique:
        if metric.code not in counted and has_reach(reader, metric, question):
            counted[metric.code] = counts_from_reach(reader, metric, question)
    for group in _groups([metric for metric in unique if metric.code not in counted]):
        counted |= _count(reader, group, question)
    others = denominators(held, wanted, question)
    return Answer(question, tuple(figures_of(chosen, counted, others, question)))


def _metric(code: str) -> Metric:
    try:
        return METRICS[code.upper()]
    except KeyError:
        raise UsageError(_("没有这个指标：{code}", code=code)) from None


def _question(
    reader: Reader,
    metrics: Sequence[Metric],
    start: date,
    end: date,
    grain: Grain | None,
    by: tuple[str, ...],
    grid_id: str | None,
    where: Mapping[str, str | Sequence[str]],
) -> Question:
    levels = [item.split(":", 1)[1] for item in by if item.startswith("grid:")]
    if len(levels) > 1:
        raise UsageError(_("一次只能按一个网格层级拆分"))
    splits = tuple(item for item in by if not item.startswith("grid:"))
    only = {k: (v,) if isinstance(v, str) else tuple(v) for k, v in where.items()}
    for metric in metrics:
        _check(metric, grain, (*splits, *only))
    tree = tree_of(reader)
    units = tree.at_level(grid_id, levels[0], start, end) if levels else tree.roots(grid_id)
    return Question(
        start=start,
        end=end,
        grain=grain,
        units=units,
        by_grid=bool(levels),
        by=splits,
        where=only,
        buckets=spans(start, end, grain),
        data_date=reader.data_date,
        tree=tree,
    )


def _check(metric: Metric, grain: Grain | None, names: tuple[str, ...]) -> None:
    for name in names:
        if name not in metric.dimensions:
            raise UsageError(_("指标 {code} 不能按“{name}”拆分或筛选", code=metric.code, name=name))
    if grain is not None and grain not in metric.grains:
        raise UsageError(_("指标 {code} 不能按“{grain}”计算", code=metric.code, grain=grain))


def _held(
    reader: Reader, metrics: Sequence[Metric], wanted: Set[Denominator], question: Question
) -> Months | None:
    """The months that metrics and stocks are read from; None where no month is needed."""
    columns = {name for metric in metrics for name in columns_for(metric, question)}
    columns |= wanted & STOCKS
    return months_of(reader, question.units, sorted(columns)) if columns else None


def _groups(metrics: Sequence[Metric]) -> list[list[Metric]]:
    """Metrics that one statement can answer."""

    def family(metric: Metric) -> tuple[str, str, tuple[str, ...]]:
        folded = metric.kind in FOLDED
        return metric.source, "sum" if folded else metric.kind, metric.selects_by

    return [list(group) for _key, group in groupby(sorted(metrics, key=family), key=family)]


def _count(reader: Reader, group: list[Metric], question: Question) -> dict[str, Counts]:
    question = replace(question, selects_by=group[0].selects_by)
    if not question.units:
        return {metric.code: nothing(question) for metric in group}
    sql = statement(group, question)
    if has_every_month(group, question):
        place = {name: value for name, value in question.parameters.items() if "unit" in name}
        return counts_of(group, place_rows(reader, sql, **place), question)
    return counts_of(group, reader.columns(sql, **question.parameters), question)
