"""Asking for metrics: which, when, by what, where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

import numpy as np
import pandas as pd

from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.metrics.compose import Question, denominator_sql, statement
from gridgov.metrics.grids import Tree, tree_of
from gridgov.metrics.happiness import TEAMS
from gridgov.metrics.metric import Grain, Metric
from gridgov.metrics.quantiles import quantile_rows
from gridgov.metrics.registry import METRICS
from gridgov.metrics.shrunk import shrunk_values
from gridgov.metrics.spans import Span, months_between, quarters_between, spans
from gridgov.warehouse import Reader

__all__ = ["evaluate"]

_STOCKS = ("households", "residents", "shops", "base_grids", "capacity")
_MICRO_KINDS = 5
_LOG = {"contact": "visit", "item": "activity", "case": "complaint"}


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
    chosen = [_metric(code) for code in ([codes] if isinstance(codes, str) else codes)]
    question = _question(reader, chosen, start, end, grain, tuple(by), grid_id, where or {})
    keys = _key_columns(question)
    found = [_counted(reader, group, question) for group in _groups(chosen)]
    raw = pd.concat(found, ignore_index=True) if len(found) > 1 else found[0]
    full = _complete(raw, chosen, question, keys)
    full = _with_denominators(reader, full, chosen, question)
    return _finished(full, chosen, question, keys)


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
        for name in (*splits, *only):
            if name not in metric.dimensions:
                raise UsageError(
                    _("指标 {code} 不能按“{name}”拆分或筛选", code=metric.code, name=name)
                )
        if grain is not None and grain not in metric.grains:
            raise UsageError(_("指标 {code} 不能按“{grain}”计算", code=metric.code, grain=grain))
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


def _groups(metrics: Sequence[Metric]) -> list[list[Metric]]:
    """Metrics that one statement can answer."""

    def family(metric: Metric) -> tuple[str, str, tuple[str, ...]]:
        folded = metric.kind in ("ratio", "rate", "count")
        return metric.source, "sum" if folded else metric.kind, metric.selects_by

    return [list(group) for _key, group in groupby(sorted(metrics, key=family), key=family)]


def _counted(reader: Reader, group: list[Metric], question: Question) -> pd.DataFrame:
    question = replace(question, selects_by=group[0].selects_by)
    sql = statement(group, question)
    frame = reader.frame(sql, **question.parameters)
    if group[0].kind == "quantile":
        return quantile_rows(frame, group[0].code, _row_keys(question))
    return frame


def _row_keys(question: Question) -> list[str]:
    return ["bucket", *(("grid_id",) if question.by_grid else ()), *question.by]


def _key_columns(question: Question) -> list[str]:
    return ["metric", *_row_keys(question)]


def _complete(
    raw: pd.DataFrame, metrics: Sequence[Metric], question: Question, keys: list[str]
) -> pd.DataFrame:
    """A row for every metric, bucket and grid, and for every other split that occurs."""
    axes: dict[str, Sequence[object]] = {
        "metric": [metric.code for metric in metrics],
        "bucket": [pd.Timestamp(span.bucket) for span in question.buckets],
    }
    if question.by_grid:
        axes["grid_id"] = list(question.units)
    raw["bucket"] = pd.to_datetime(raw["bucket"])
    frame = pd.MultiIndex.from_product(list(axes.values()), names=list(axes)).to_frame(index=False)
    if question.by:
        seen = raw[["metric", *question.by]].drop_duplicates().sort_values(list(question.by))
        frame = frame.merge(seen, on="metric", how="inner")
    frame = frame.merge(raw, on=keys, how="left")
    order = {code: place for place, code in enumerate(axes["metric"])}
    return frame.sort_values("metric", key=lambda code: code.map(order), kind="stable").reset_index(
        drop=True
    )


def _with_denominators(
    reader: Reader, frame: pd.DataFrame, metrics: Sequence[Metric], question: Question
) -> pd.DataFrame:
    stocked = [metric for metric in metrics if metric.denominator in _STOCKS]
    if stocked:
        frame = _with_stocks(reader, frame, stocked, question)
    for metric in metrics:
        if metric.denominator in ("micro_quarters", "team_quarters", "months"):
            rows = frame["metric"] == metric.code
            frame.loc[rows, "denominator"] = _periods(frame[rows], metric, question)
    return frame


def _with_stocks(
    reader: Reader, frame: pd.DataFrame, metrics: Sequence[Metric], question: Question
) -> pd.DataFrame:
    stocks = reader.frame(denominator_sql(), **question.parameters)
    stocks["bucket"] = pd.to_datetime(stocks["bucket"])
    on = ["bucket", "grid_id"] if question.by_grid else ["bucket"]
    stocks = stocks.groupby(on, as_index=False)[list(_STOCKS)].sum(min_count=1)
    merged = frame.merge(stocks, on=on, how="left")
    for metric in metrics:
        rows = merged["metric"] == metric.code
        merged.loc[rows, "denominator"] = merged.loc[rows, metric.denominator]
    return merged.drop(columns=list(_STOCKS))


def _periods(rows: pd.DataFrame, metric: Metric, question: Question) -> list[float]:
    """Quarters or months of each row's bucket that have begun by the data date."""
    ends = {
        pd.Timestamp(span.bucket): (
            span.start,
            min(span.end, question.data_date) if question.data_date else span.end,
        )
        for span in question.buckets
    }
    units = rows["grid_id"] if question.by_grid else [None] * len(rows)
    found = []
    for bucket, unit in zip(rows["bucket"], units, strict=True):
        start, end = ends[bucket]
        if metric.denominator == "months":
            found.append(float(months_between(start, end)) or np.nan)
            continue
        quarters = quarters_between(start, end) or np.nan
        of_each = (
            _MICRO_KINDS
            if metric.denominator == "micro_quarters"
            else TEAMS * _communities(question, unit)
        )
        found.append(float(quarters * of_each))
    return found


def _communities(question: Question, unit: str | None) -> int:
    units = (unit,) if unit is not None else question.units
    return sum(question.tree.communities(name) for name in units)


def _finished(
    frame: pd.DataFrame, metrics: Sequence[Metric], question: Question, keys: list[str]
) -> pd.DataFrame:
    """Values, n and states; a bucket in which the log does not exist yet has none of them."""
    by_code = {metric.code: metric for metric in metrics}
    code = frame["metric"]
    counts = code.map(lambda c: by_code[c].denominator == "none" and by_code[c].kind != "quantile")
    outside = _outside(frame, by_code, question)
    no_rows = frame["numerator"].isna()
    frame["numerator"] = frame["numerator"].astype("float64")
    frame["denominator"] = frame["denominator"].astype("float64")
    # Nothing counted is 0 where something could have been; a ratio's own denominator says that.
    frame.loc[no_rows & ~outside, "numerator"] = 0.0
    frame.loc[outside, ["numerator", "denominator"]] = np.nan
    usable = frame["denominator"].where(frame["denominator"] > 0)
    scale = code.map(lambda c: by_code[c].scale).astype("float64")
    if "value" not in frame:
        frame["value"] = np.nan
    is_quantile = code.map(lambda c: by_code[c].kind == "quantile")
    ratio = (frame["numerator"] * scale / usable).where(~counts, frame["numerator"])
    frame["value"] = frame["value"].astype("float64").where(is_quantile, ratio)
    frame["n"] = (
        frame["n"].astype("float64").fillna(frame["denominator"].where(~counts, frame["numerator"]))
    )
    frame["n"] = frame["n"].fillna(0.0)
    least = code.map(lambda c: by_code[c].min_n)
    frame["state"] = np.where(
        frame["value"].isna(), "missing", np.where(frame["n"] < least, "few", "ok")
    )
    frame["is_partial"] = _partial(frame, by_code, question)
    if any(metric.is_shrunk for metric in metrics):
        frame["shrunk"] = shrunk_values(frame, by_code, question.tree, by_grid=question.by_grid)
    shown = [key for key in keys if key != "bucket" or question.grain is not None]
    extra = [name for name in ("shrunk", "p90", "instant") if name in frame]
    figures = ["numerator", "denominator", "value", "n", "state", "is_partial"]
    return frame[shown + figures + extra]


def _first_on(metric: Metric, tree: Tree) -> date | None:
    log = {"SV2": "visit", "SV3": "visit", "DV1": "visit", "HP1": "activity", "C13": "complaint"}
    name = log.get(metric.code) or _LOG.get(metric.source, metric.source)
    return tree.first_on.get(name)


def _outside(
    frame: pd.DataFrame, by_code: Mapping[str, Metric], question: Question
) -> pd.Series[bool]:
    """Buckets that end before the log begins or begin after the data date."""
    flags = {}
    for code, metric in by_code.items():
        first = _first_on(metric, question.tree)
        for span in question.buckets:
            no_log = metric.source != "grid" and (first is None or span.end < first)
            late = question.data_date is None or span.start > question.data_date
            flags[code, pd.Timestamp(span.bucket)] = no_log or late
    pairs = zip(frame["metric"], frame["bucket"], strict=True)
    return pd.Series([flags[pair] for pair in pairs], index=frame.index, dtype=bool)


def _partial(
    frame: pd.DataFrame, by_code: Mapping[str, Metric], question: Question
) -> list[bool]:
    def cut(span: Span, metric: Metric) -> bool:
        return span.is_partial(_first_on(metric, question.tree), question.data_date)

    flags = {
        (code, pd.Timestamp(span.bucket)): cut(span, metric)
        for code, metric in by_code.items()
        for span in question.buckets
    }
    return [flags[pair] for pair in zip(frame["metric"], frame["bucket"], strict=True)]
