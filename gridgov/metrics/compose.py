"""The one place where a metric's SQL is put together with its time, grids and splits.

A metric's file reads a relation called `tally` and names numerator and denominator. Here `tally`
becomes the coarsest mart that can answer, the metric's rows are summed by bucket, grid and split,
and metrics that share a tally go in one statement. Every identifier comes from the tables below;
every value is a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.metrics.grids import ALL, Tree
from gridgov.metrics.metric import Grain, Kind, Metric
from gridgov.metrics.spans import Span, bucket_expression, is_month_aligned
from gridgov.warehouse import sql_text

__all__ = ["Question", "row_keys", "statement", "stock_sql"]

# Split columns of each source's cell mart, and those that its monthly roll-ups keep.
_MONTHLY: dict[str, tuple[str, ...]] = {
    "visit": (),
    "complaint": (),
    "activity": ("type", "pillar"),
    "contact": ("tier",),
}
_SPLIT = frozenset({"visit", "complaint"})  # have a monthly mart with all splits, for upper grids
_DAILY = frozenset({"visit", "complaint"})  # have a daily roll-up for upper grids
_COLUMNS = frozenset(
    {"pillar", "category", "source", "nature", "type", "tier", "mode", "person_category", "worker"}
)
_FOLDED_KINDS: tuple[Kind, ...] = ("ratio", "rate", "count")


@dataclass(frozen=True)
class Question:
    """What is asked of a group of metrics of one source: resolved, checked."""

    start: date
    end: date
    grain: Grain | None
    units: tuple[str, ...]
    by_grid: bool
    by: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]
    buckets: tuple[Span, ...]
    data_date: date | None
    tree: Tree
    selects_by: tuple[str, ...] = ()

    @property
    def splits(self) -> frozenset[str]:
        """Columns besides the grid that the tally has to have."""
        return frozenset(self.by) | frozenset(self.where) | frozenset(self.selects_by)

    @property
    def is_aligned(self) -> bool:
        return is_month_aligned(self.start, self.end, self.grain, self.data_date)

    @property
    def starts_a_month(self) -> bool:
        """True where every bucket begins with a month, wherever the last one ends."""
        return self.start.day == 1 and self.grain not in ("day", "week")

    @property
    def parameters(self) -> dict[str, object]:
        found: dict[str, object] = {
            "from_day": self.start,
            # A deadline after the data date has not come yet.
            "to_day": min(self.end, self.data_date) if self.data_date else self.end,
        }
        if len(self.units) == 1:
            found["unit"] = self.units[0]
        else:
            found["units"] = list(self.units)
        return found | {f"only_{name}": list(values) for name, values in self.where.items()}


# A single grid is compared directly: the engine plans that in half the time of a list.
_ONE_UNIT = "= $unit"
_MANY_UNITS = "IN (SELECT unnest($units::VARCHAR[]))"


def statement(metrics: Sequence[Metric], question: Question) -> str:
    """SQL giving metric, bucket, grid_id, the splits, numerator, denominator, n for all of them.

    All metrics are of one source and one family of kinds (`ratio`, `rate`, `count` go together).
    """
    bodies = "\nUNION ALL\n".join(_body(metric, question) for metric in metrics)
    return f"WITH {_span(question)},\ntally AS ({_tally(metrics[0], question)})\n{bodies}"


def stock_sql(question: Question) -> str:
    """SQL giving month, grid_id and the stocks of the units in the months that are touched."""
    return f"{sql_text('metrics/stock.sql')} AND grid_id {_units(question)}"


def _span(question: Question) -> str:
    """The buckets as a relation; dates are written by us, from dates."""
    last = question.data_date or question.end
    rows = ", ".join(
        f"(DATE '{span.bucket}', DATE '{span.start}', DATE '{min(span.end, last)}')"
        for span in question.buckets
    )
    return f"span (bucket, from_on, to_on) AS (VALUES {rows})"


def _units(question: Question) -> str:
    return _ONE_UNIT if len(question.units) == 1 else _MANY_UNITS


def row_keys(question: Question) -> tuple[str, ...]:
    """The key columns of a statement's rows, after the metric's code."""
    return ("bucket", *_keys(question))


def _body(metric: Metric, question: Question) -> str:
    source = f"(\n{sql_text(metric.sql)}\n) AS metric_rows"
    keys = _keys(question)
    where = _where(question)
    if metric.kind in _FOLDED_KINDS:
        bucket = _bucket(question)
        sums = (
            "sum(numerator)::DOUBLE AS numerator, sum(denominator)::DOUBLE AS denominator,"
            " NULL::DOUBLE AS n"
        )
        return _select(metric, bucket, keys, sums, source, where, question)
    if metric.kind in ("stock", "as_of"):
        return _at_end(metric, keys, source, where, question)
    if metric.kind == "reach":
        return _reach(metric, keys, source, where, question)
    if metric.kind == "distinct":
        counted = (
            "count(DISTINCT item)::DOUBLE AS numerator, NULL::DOUBLE AS denominator,"
            " NULL::DOUBLE AS n"
        )
        return _select(metric, _bucket(question), keys, counted, source, where, question)
    if metric.kind == "entropy":
        return _entropy(metric, keys, source, where, question)
    bucket = _bucket(question)
    listed = "".join(f", {key}" for key in keys)
    return (
        f"SELECT {bucket} AS bucket{listed}, hours, is_closed, sum(cases)::BIGINT AS cases,"
        f" sum(instant)::BIGINT AS instant FROM {source} WHERE {where}"
        f" GROUP BY ALL ORDER BY bucket{listed}"
    )


def _select(
    metric: Metric,
    bucket: str,
    keys: tuple[str, ...],
    measures: str,
    source: str,
    where: str,
    question: Question,
) -> str:
    listed = "".join(f", {key}" for key in keys)
    group = ", ".join(([bucket] if question.grain else []) + list(keys))
    grouped = f" GROUP BY {group}" if group else ""
    return (
        f"SELECT '{metric.code}' AS metric, {bucket} AS bucket{listed}, {measures}"
        f" FROM {source} WHERE {where}{grouped}"
    )


def _at_end(
    metric: Metric, keys: tuple[str, ...], source: str, where: str, question: Question
) -> str:
    listed = "".join(f", {key}" for key in keys)
    if metric.kind == "stock":
        held, denominator = "on_date <= to_on", "NULL::DOUBLE"
    else:
        held = "since_on <= to_on AND until_on >= to_on"
        denominator = "sum(denominator)::DOUBLE"
    return (
        f"SELECT '{metric.code}' AS metric, bucket{listed}, sum(numerator)::DOUBLE AS numerator,"
        f" {denominator} AS denominator, NULL::DOUBLE AS n"
        f" FROM {source} JOIN span ON {held} WHERE {where} GROUP BY bucket{listed}"
    )


def _reach(
    metric: Metric, keys: tuple[str, ...], source: str, where: str, question: Question
) -> str:
    """A household counts in the first month of the bucket that reached it."""
    listed = "".join(f", {key}" for key in keys)
    # Equality joins by hash; the days outside a bucket that is cut short are then sorted out.
    same = f"{_bucket(question)} = bucket AND " if question.grain else ""
    return (
        f"SELECT '{metric.code}' AS metric, bucket{listed}, sum(numerator)::DOUBLE AS numerator,"
        " NULL::DOUBLE AS denominator, NULL::DOUBLE AS n"
        f" FROM {source} JOIN span ON {same}on_date BETWEEN from_on AND to_on"
        " AND (prev_month IS NULL OR prev_month < from_on)"
        f" WHERE {where} GROUP BY bucket{listed}"
    )


def _entropy(
    metric: Metric, keys: tuple[str, ...], source: str, where: str, question: Question
) -> str:
    listed = "".join(f", {key}" for key in keys)
    return (
        f"SELECT '{metric.code}' AS metric, bucket{listed},"
        " abs(ln(sum(times)) - sum(times * ln(times)) / sum(times)) AS numerator,"
        " ln(4.0) AS denominator, sum(times)::DOUBLE AS n"
        f" FROM (SELECT {_bucket(question)} AS bucket{listed}, item, sum(times) AS times"
        f" FROM {source} WHERE {where} GROUP BY ALL) AS counted GROUP BY bucket{listed}"
    )


def _keys(question: Question) -> tuple[str, ...]:
    for name in question.splits:
        if name not in _COLUMNS:
            raise UsageError(_("没有这个维度：{name}", name=name))
    return (("grid_id",) if question.by_grid else ()) + question.by


def _where(question: Question) -> str:
    tests = [f"{name} IN (SELECT unnest($only_{name}::VARCHAR[]))" for name in question.where]
    return " AND ".join(tests) or "true"


def _bucket(question: Question) -> str:
    if question.grain is None:
        return f"DATE '{question.start}'"
    return bucket_expression(question.grain, "on_date")


def _tally(metric: Metric, question: Question) -> str:
    if metric.source == "grid":
        return (
            "SELECT m.unit_id AS grid_id, g.level, g.has_party_organisation,"
            " coalesce(g.valid_from, DATE '1900-01-01') AS since_on,"
            " coalesce(g.valid_to, DATE '9999-12-31') AS until_on"
            f" FROM grid AS g JOIN {_members(question)} ON m.grid_id = g.grid_id"
        )
    if metric.source == "stock":
        if question.is_aligned:
            return (
                "SELECT month AS on_date, * EXCLUDE (month) FROM mart_stock_change_month"
                f" WHERE grid_id {_units(question)}"
            )
        return f"SELECT * FROM mart_stock_change WHERE grid_id {_units(question)}"
    if metric.source == "reach":
        return _reach_tally(question)
    if metric.source == "case":
        return _case_tally(question)
    if metric.source == "item":
        return _from_cells("mart_activity_item", question)
    if "worker" in question.splits:
        return _worker_tally(metric.source, question)
    return _mart_tally(metric.source, question)


def _mart_tally(source: str, question: Question) -> str:
    splits = question.splits
    are_upper = all(question.tree.is_upper(unit) for unit in question.units)
    if question.is_aligned and splits <= set(_MONTHLY[source]):
        return _from_month(f"mart_{source}_month", question)
    if question.is_aligned and source in _SPLIT and are_upper:
        return _from_month(f"mart_{source}_split_month", question)
    if not splits and source in _DAILY and are_upper:
        return (
            f"SELECT * FROM mart_{source}_day"
            f" WHERE on_date BETWEEN $from_day AND $to_day AND grid_id {_units(question)}"
        )
    return _from_cells(f"mart_{source}_cell", question)


def _from_month(table: str, question: Question) -> str:
    return (
        f"SELECT month AS on_date, * EXCLUDE (month) FROM {table}"
        f" WHERE month BETWEEN $from_day AND $to_day AND grid_id {_units(question)}"
    )


def _from_cells(relation: str, question: Question) -> str:
    """Rows of single grids under the unit that each belongs to; unknown grids belong to all."""
    days = "on_date BETWEEN $from_day AND $to_day"
    if question.units == (ALL,):
        return f"SELECT '{ALL}' AS grid_id, * EXCLUDE (grid_id) FROM {relation} AS c WHERE {days}"
    return (
        f"SELECT m.unit_id AS grid_id, c.* EXCLUDE (grid_id) FROM {relation} AS c"
        f" JOIN {_members(question)} ON m.grid_id = c.grid_id WHERE {days}"
    )


def _members(question: Question) -> str:
    if question.units == (ALL,):
        return f"(SELECT '{ALL}' AS unit_id, grid_id FROM grid) AS m"
    return (
        "(SELECT ancestor_id AS unit_id, grid_id FROM grid_closure"
        f" WHERE ancestor_id {_units(question)}) AS m"
    )


def _worker_tally(source: str, question: Question) -> str:
    return _from_cells(_file(f"metrics/worker_{source}.sql"), question)


def _file(name: str) -> str:
    return f"(\n{sql_text(name)}\n)"


def _reach_tally(question: Question) -> str:
    is_one_part = (
        not question.where or len(question.where["pillar"]) == 1 or "pillar" in question.by
    )
    if question.starts_a_month and is_one_part:
        part = "pillar <> ''" if "pillar" in question.splits else "pillar = ''"
        chosen = "month AS on_date" if question.is_aligned else "first_on AS on_date"
        table = "mart_reach_month" if question.is_aligned else "mart_reach_day"
        return (
            f"SELECT grid_id, kind, pillar, {chosen}, prev_month, households"
            f" FROM {table} WHERE month BETWEEN $from_day AND $to_day"
            f" AND grid_id {_units(question)} AND {part}"
        )
    inside = f" AND {_where(question)}" if question.where else ""
    kept = "pillar" if "pillar" in question.by else "max(pillar) AS pillar"
    grouped = ", pillar" if "pillar" in question.by else ""
    events = _from_cells(_file("metrics/reach_event.sql"), question)
    # Here a row is made once per bucket: nothing before it can have counted the household.
    return (
        f"SELECT grid_id, kind, {kept}, min(on_date) AS on_date, NULL::DATE AS prev_month,"
        f" 1 AS households FROM ({events}) AS event"
        " JOIN span AS s ON event.on_date BETWEEN s.from_on AND s.to_on"
        f" WHERE true{inside} GROUP BY grid_id, kind, household, s.bucket{grouped}"
    )


def _case_tally(question: Question) -> str:
    if question.is_aligned and not question.splits:
        return _from_month("mart_handling_month", question)
    return _from_cells(_file("metrics/case_event.sql"), question)
