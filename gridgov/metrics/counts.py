"""From the rows of a statement to the counts of each metric, laid out by bucket, grid and split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.metrics.compose import FOLDED
from gridgov.metrics.formula import Formula, Term, formula_of
from gridgov.metrics.metric import Metric
from gridgov.metrics.quantiles import grouped_quantiles
from gridgov.metrics.question import Question

__all__ = ["Columns", "Counts", "Floats", "Label", "counts_of", "nothing"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Column = npt.NDArray[np.generic]
Columns = Mapping[str, Column]
Label = tuple[object, ...]


@dataclass(frozen=True)
class Counts:
    """The counts of one metric: arrays of (buckets, grids, splits); NaN where nothing was found.

    `labels` are the values of the question's splits, one for each place of the last axis; a
    question without splits has one, which is empty.
    """

    labels: tuple[Label, ...]
    numerator: Floats
    denominator: Floats
    n: Floats | None = None
    value: Floats | None = None
    p90: Floats | None = None
    instant: Floats | None = None


def nothing(question: Question) -> Counts:
    """The counts where no row was found."""
    empty = np.full((*question.shape, 0 if question.by else 1), np.nan)
    return Counts(() if question.by else ((),), empty, empty)


def counts_of(metrics: Sequence[Metric], rows: Columns, question: Question) -> dict[str, Counts]:
    """Code → counts, from the rows of `compose.statement(metrics, question)`."""
    kind = metrics[0].kind
    if kind in FOLDED:
        inside = _inside(rows, question)
        laid = _Laid.of(rows, question, {name: name for name in question.by}, inside)
        return {metric.code: _sum(formula_of(metric.sql), rows, laid) for metric in metrics}
    if kind == "quantile":
        return {metrics[0].code: _quantiles(rows, question)}
    found = {}
    for metric in metrics:
        if kind == "stock":
            found[metric.code] = _stock(formula_of(metric.sql), rows, question)
        elif kind == "reach":
            found[metric.code] = _reached(formula_of(metric.sql), rows, question)
        else:
            found[metric.code] = _as_they_are(metric.code, rows, question)
    return found


@dataclass(frozen=True)
class _Laid:
    """Where each chosen row goes: `rows` (n,) its number, `cell` (n,) its place in `shape`."""

    rows: npt.NDArray[np.intp]
    cell: npt.NDArray[np.intp]
    shape: tuple[int, int, int]
    labels: tuple[Label, ...]

    @classmethod
    def of(
        cls, rows: Columns, question: Question, names: Mapping[str, str], chosen: Bools | None
    ) -> _Laid:
        """`names`: each of the question's splits → the column that holds it."""
        days = rows["month"] if "month" in rows else rows["on_date"]
        numbers = np.flatnonzero(chosen) if chosen is not None else np.arange(len(days))

        def part(column: Column) -> Column:
            return column if chosen is None else column[numbers]

        buckets, grids = question.shape
        cell = question.bucket_of(part(days).astype("datetime64[D]")) * grids
        if question.by_grid:
            cell = cell + question.unit_of(_plain(part(rows["grid_id"])))
        labels, split = _splits([part(rows[names[name]]) for name in question.by], len(numbers))
        width = len(labels)
        return cls(numbers, cell * width + split, (buckets, grids, width), labels)

    def total(self, column: Column) -> Floats:
        """The column summed by cell; NaN where no row is, or none that is known."""
        size = self.shape[0] * self.shape[1] * self.shape[2]
        values, cell = _floats(column[self.rows]), self.cell
        unknown = np.isnan(values)
        if unknown.any():
            values, cell = values[~unknown], cell[~unknown]
        summed = np.bincount(cell, weights=values, minlength=size)
        found = np.bincount(cell, minlength=size) > 0
        return np.where(found, summed, np.nan).reshape(self.shape)


def _floats(column: Column) -> Floats:
    """A column as numbers, (n,); NaN where it is empty."""
    if isinstance(column, np.ma.MaskedArray):
        return np.ma.filled(column.astype(np.float64), np.nan)
    return column.astype(np.float64)


def _plain(column: Column) -> npt.NDArray[np.object_]:
    """A column of texts as objects; None where it is empty."""
    texts = np.asarray(column, dtype=object).copy()
    if isinstance(column, np.ma.MaskedArray):
        texts[np.ma.getmaskarray(column)] = None
    return texts


def _splits(
    columns: list[Column], size: int
) -> tuple[tuple[Label, ...], npt.NDArray[np.intp] | int]:
    """The labels that occur, in order, and which of them each row has."""
    if not columns:
        return ((),), 0
    if not size:
        return (), 0
    coded = [pd.factorize(_plain(column), use_na_sentinel=False) for column in columns]
    together = np.zeros(size, dtype=np.intp)
    for codes, values in coded:
        together = together * len(values) + codes
    present, place = np.unique(together, return_inverse=True)
    labels = []
    for number in present.tolist():
        parts = []
        for _codes, values in reversed(coded):
            number, at = divmod(number, len(values))
            parts.append(None if pd.isna(values[at]) else values[at])
        labels.append(tuple(reversed(parts)))
    order = sorted(range(len(labels)), key=lambda at: [str(part) for part in labels[at]])
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    return tuple(labels[at] for at in order), rank[place]


def _inside(rows: Columns, question: Question) -> Bools | None:
    """Which rows a mart read as it is has for the question: months and filters. None: all."""
    if "month" not in rows:
        return None
    days = rows["month"].astype("datetime64[D]")
    chosen = (days >= np.datetime64(question.start)) & (days <= np.datetime64(question.last_day))
    return chosen & _filtered(rows, question, {name: name for name in question.where})


def _filtered(rows: Columns, question: Question, names: Mapping[str, str]) -> Bools:
    chosen = np.ones(len(next(iter(rows.values()))), dtype=np.bool_)
    for name, wanted in question.where.items():
        # Texts are compared one by one: an empty one has no order among them.
        kept = frozenset(wanted)
        column = _plain(rows[names[name]])
        chosen &= np.fromiter((value in kept for value in column), np.bool_, len(column))
    return chosen


def _sum(formula: Formula, rows: Columns, laid: _Laid) -> Counts:
    def side(term: Term | None) -> Floats:
        if term is None:
            return np.full(laid.shape, np.nan)
        return laid.total(rows[term.column]) * term.factor

    return Counts(laid.labels, side(formula.numerator), side(formula.denominator))


def _of_kind(formula: Formula, rows: Columns) -> Bools:
    assert formula.only is not None
    return np.asarray(_plain(rows["kind"]) == formula.only[1], dtype=np.bool_)


def _stock(formula: Formula, rows: Columns, question: Question) -> Counts:
    """What had changed by the end of each bucket, added up."""
    days = rows["on_date"].astype("datetime64[D]")
    chosen = _of_kind(formula, rows) & (days <= np.datetime64(question.last_day))
    chosen &= _filtered(rows, question, formula.names)
    laid = _Laid.of(rows, question, formula.names, chosen)
    changes = np.nan_to_num(laid.total(rows[formula.numerator.column]))
    held = np.cumsum(changes, axis=0)
    return Counts(laid.labels, held, np.full(laid.shape, np.nan))


def _reached(formula: Formula, rows: Columns, question: Question) -> Counts:
    names = {name: name for name in question.by}
    laid = _Laid.of(rows, question, names, _of_kind(formula, rows))
    return _sum(formula, rows, laid)


def _as_they_are(code: str, rows: Columns, question: Question) -> Counts:
    chosen = np.asarray(_plain(rows["metric"]) == code, dtype=np.bool_)
    laid = _Laid.of(rows, question, {name: name for name in question.by}, chosen)
    names = ("numerator", "denominator", "n")
    numerator, denominator, n = (laid.total(rows[name]) for name in names)
    return Counts(laid.labels, numerator, denominator, n)


def _quantiles(rows: Columns, question: Question) -> Counts:
    """P50 as value, P90; all cases as denominator, the closed ones as numerator."""
    inside = _inside(rows, question)
    laid = _Laid.of(rows, question, {name: name for name in question.by}, inside)
    hours, cases = (_floats(rows[name][laid.rows]) for name in ("hours", "cases"))
    closed = _floats(rows["is_closed"][laid.rows]) > 0
    size = int(np.prod(laid.shape))
    half, most = (
        found.reshape(laid.shape)
        for found in grouped_quantiles(laid.cell, hours, cases, closed, size, (0.5, 0.9))
    )
    ended = np.bincount(laid.cell, weights=cases * closed, minlength=size).reshape(laid.shape)
    total = laid.total(rows["cases"])
    numerator = np.where(np.isnan(total), np.nan, ended)
    instant = laid.total(rows["instant"])
    return Counts(laid.labels, numerator, total, total, half, most, instant)
