"""The statements: a metric's SQL put together with its time, grids and splits.

Metrics that share a tally go in one statement. Those that are sums of its columns are not even
told apart there: each column is summed once (`formula.py` says which). Every identifier comes from
the metrics' own files and the tables in `tally.py`; every value is a parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.metrics.formula import formula_of
from gridgov.metrics.metric import Metric
from gridgov.metrics.question import Question
from gridgov.metrics.spans import bucket_expression
from gridgov.metrics.tally import (
    has_all_months,
    is_few,
    is_plain,
    months_sql,
    stock_months_sql,
    tally_sql,
    where_sql,
)
from gridgov.warehouse import sql_text

__all__ = ["FOLDED", "MARKED", "has_every_month", "measures_of", "statement"]

FOLDED = frozenset({"ratio", "rate", "count"})
"""Kinds that are sums of a tally's columns, by bucket, grid and split."""
MARKED = frozenset({"stock", "reach"})
"""Kinds that sum one column of rows that a column `kind` tells apart."""
_COLUMNS = frozenset(
    {"pillar", "category", "source", "nature", "type", "tier", "mode", "person_category", "worker"}
)


def statement(metrics: Sequence[Metric], question: Question) -> str:
    """SQL whose rows have the day `on_date`, `grid_id` where needed, the splits, and the counts.

    All metrics are of one source and one family of kinds. For the folded kinds the counts are the
    columns of the tally that they sum; for the marked ones there is a column `kind` besides. The
    other kinds have a column `metric` and numerator, denominator and n; a quantile has hours,
    is_closed, cases, instant.
    """
    _check(question)
    kind = metrics[0].kind
    if kind in FOLDED:
        return _sums(metrics, question)
    if kind == "stock":
        return _changes(metrics, question)
    if kind == "reach":
        return _reached(metrics, question)
    if kind == "quantile":
        return _durations(metrics[0], question)
    bodies = "\nUNION ALL\n".join(_body(metric, question) for metric in metrics)
    return f"WITH {_span(question)},\ntally AS ({_tally(metrics, question)})\n{bodies}"


def has_every_month(metrics: Sequence[Metric], question: Question) -> bool:
    """Whether the statement is the same for every period: it gives all months of the place."""
    kind = metrics[0].kind
    if kind == "stock":
        return is_few(question) and question.ends_aligned
    if kind == "quantile":
        return question.is_aligned and not question.splits and len(question.units) == 1
    return kind in FOLDED and has_all_months(metrics[0].source, question)


def measures_of(metrics: Iterable[Metric]) -> tuple[str, ...]:
    """The columns that metrics of one source sum, each once."""
    found = (column for metric in metrics for column in formula_of(metric.sql).columns)
    return tuple(dict.fromkeys(found))


def _check(question: Question) -> None:
    for name in question.splits:
        if name not in _COLUMNS:
            raise UsageError(_("没有这个维度：{name}", name=name))


def _sums(metrics: Sequence[Metric], question: Question) -> str:
    source, measures = metrics[0].source, measures_of(metrics)
    if is_plain(source, question):
        return months_sql(source, question, measures)
    only = formula_of(metrics[0].sql).only
    where = where_sql(question) + (f" AND {only[0]} = '{only[1]}'" if only else "")
    return _grouped(
        _bucket(question),
        _keys(question),
        "".join(f", sum({name}) AS {name}" for name in measures),
        f"({tally_sql(source, question)}) AS tally WHERE {where}",
    )


def _grouped(bucket: str, keys: tuple[str, ...], sums: str, origin: str) -> str:
    listed = "".join(f", {key}" for key in keys)
    return f"SELECT {bucket} AS on_date{listed}{sums} FROM {origin} GROUP BY ALL"


def _changes(metrics: Sequence[Metric], question: Question) -> str:
    if is_few(question) and question.ends_aligned:
        return stock_months_sql(question, {formula_of(metric.sql).only for metric in metrics})
    return _grouped(
        _bucket(question),
        (*_grid(question), "kind", "part"),
        ", sum(change) AS change",
        f"({tally_sql('stock', question)}) AS tally WHERE kind IN ({_kinds(metrics)})",
    )


def _reached(metrics: Sequence[Metric], question: Question) -> str:
    """A household counts in the first month of the bucket that reached it."""
    # Equality joins by hash; the days outside a bucket that is cut short are then sorted out.
    same = f"{_bucket(question)} = bucket AND " if question.grain else ""
    return f"WITH {_span(question)},\ntally AS ({_tally(metrics, question)})\n" + _grouped(
        "bucket",
        ("kind", *_keys(question)),
        ", sum(households) AS households",
        f"tally JOIN span ON {same}on_date BETWEEN from_on AND to_on"
        " AND (prev_month IS NULL OR prev_month < from_on)"
        f" WHERE kind IN ({_kinds(metrics)}) AND {where_sql(question)}",
    )


def _kinds(metrics: Sequence[Metric]) -> str:
    found = (formula_of(metric.sql).only for metric in metrics)
    return ", ".join(f"'{only[1]}'" for only in found if only is not None)


def _durations(metric: Metric, question: Question) -> str:
    tally = tally_sql("case", question)
    if question.is_aligned and not question.splits:
        return tally
    return (
        f"WITH tally AS ({tally})\n"
        f"SELECT {_bucket(question)} AS on_date{_listed(question)}, hours, is_closed,"
        " sum(cases)::BIGINT AS cases, sum(instant)::BIGINT AS instant"
        f" FROM (\n{sql_text(metric.sql)}\n) AS metric_rows"
        f" WHERE {where_sql(question)} GROUP BY ALL"
    )


def _tally(metrics: Sequence[Metric], question: Question) -> str:
    return tally_sql(metrics[0].source, question)


def _span(question: Question) -> str:
    """The buckets as a relation; dates are written by us, from dates."""
    last = question.data_date or question.end
    rows = ", ".join(
        f"(DATE '{span.bucket}', DATE '{span.start}', DATE '{min(span.end, last)}')"
        for span in question.buckets
    )
    return f"span (bucket, from_on, to_on) AS (VALUES {rows})"


def _body(metric: Metric, question: Question) -> str:
    source = f"(\n{sql_text(metric.sql)}\n) AS metric_rows"
    where = where_sql(question)
    if metric.kind == "as_of":
        return _at_end(metric, source, where, question)
    if metric.kind == "entropy":
        return _entropy(metric, source, where, question)
    counted = (
        ", count(DISTINCT item)::DOUBLE AS numerator, NULL::DOUBLE AS denominator,"
        f" NULL::DOUBLE AS n, '{metric.code}' AS metric"
    )
    return _grouped(_bucket(question), _keys(question), counted, f"{source} WHERE {where}")


def _at_end(metric: Metric, source: str, where: str, question: Question) -> str:
    return _grouped(
        "bucket",
        _keys(question),
        ", sum(numerator)::DOUBLE AS numerator, sum(denominator)::DOUBLE AS denominator,"
        f" NULL::DOUBLE AS n, '{metric.code}' AS metric",
        f"{source} JOIN span ON since_on <= to_on AND until_on >= to_on WHERE {where}",
    )


def _entropy(metric: Metric, source: str, where: str, question: Question) -> str:
    listed = _listed(question)
    return (
        f"SELECT on_date{listed},"
        " abs(ln(sum(times)) - sum(times * ln(times)) / sum(times)) AS numerator,"
        f" ln(4.0) AS denominator, sum(times)::DOUBLE AS n, '{metric.code}' AS metric"
        f" FROM (SELECT {_bucket(question)} AS on_date{listed}, item, sum(times) AS times"
        f" FROM {source} WHERE {where} GROUP BY ALL) AS counted GROUP BY on_date{listed}"
    )


def _grid(question: Question) -> tuple[str, ...]:
    return ("grid_id",) if question.by_grid else ()


def _keys(question: Question) -> tuple[str, ...]:
    return _grid(question) + question.by


def _listed(question: Question) -> str:
    return "".join(f", {key}" for key in _keys(question))


def _bucket(question: Question) -> str:
    if question.grain is None:
        return f"DATE '{question.start}'"
    return bucket_expression(question.grain, "on_date")
