"""Complaints: the way from received to resolved, how long it takes, what grows, what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.metrics.evaluate import answer
from gridgov.metrics.place_rows import place_rows
from gridgov.metrics.tally import handling_months_sql
from gridgov.queries.held_rows import held_rows
from gridgov.queries.months import upper_units, whole_months
from gridgov.queries.place_sums import between, is_text, place_sums
from gridgov.warehouse import Reader

__all__ = [
    "UNSORTED",
    "ComparedCategories",
    "OverdueCategory",
    "compared_categories",
    "complaint_cohort",
    "complaint_funnel",
    "complaint_pareto",
    "handling_curve",
    "open_complaint_ages",
    "overdue_categories",
    "overdue_complaints",
    "repeat_complaints",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
UNSORTED = "未分类"
"""What cases without a category are called."""
_LONG = 30
_AGE_BANDS = (0, 4, 8, 16, 31, 91)
"""The first day of each band of ages."""
_OVERDUE_COLUMNS = ["complaint_id", "grid_id", "grid_name", "category", "source", "created_at",
                    "due_at", "overdue_days", "in_scope"]  # fmt: skip
_SCOPES = (True, False, None)
_STAGES = ("received", "contacted", "closed", "called", "answered", "resolved", "satisfied")
_REACHED = (*_STAGES, "judged", "due", "on_time")


def overdue_complaints(
    reader: Reader,
    grid_id: str | None = None,
    *,
    category: str | None = None,
    source: str | None = None,
    rows: int = 500,
) -> pd.DataFrame:
    """One row a complaint: complaint_id, grid_id, grid_name, category, source, created_at, due_at,
    overdue_days, in_scope.

    Open and past their deadline on the data date, the longest first.
    """
    held = held_rows(reader, "open_complaint")
    chosen = held.chosen(reader, grid_id, category=category, source=source)
    late = chosen[held.columns["is_overdue"][chosen]]
    frame = held.frame[_OVERDUE_COLUMNS].take(late[:rows]).reset_index(drop=True)
    return frame.astype({"overdue_days": "int64"})


@dataclass(frozen=True)
class OverdueCategory:
    """Cases of a category (None: not stated) that are open past their deadline; `worst_grid_id` is
    where the longest overdue is."""

    category: str | None
    cases: int
    over_30_days: int
    longest_days: int
    worst_grid_id: str | None


def overdue_categories(
    reader: Reader,
    as_of: date,
    grid_id: str | None = None,
    *,
    category: str | None = None,
    source: str | None = None,
) -> list[OverdueCategory]:
    """Categories with overdue cases; those with most over 30 days first, then with most cases."""
    held = held_rows(reader, "open_complaint")
    chosen = held.chosen(reader, grid_id, category=category, source=source)
    late = chosen[held.columns["is_overdue"][chosen]]
    days = (np.datetime64(as_of) - held.columns["due_on"][late]).astype(np.int64)
    codes, names = held.columns["category"][late], list(held.texts["category"])
    found = []
    for code in np.unique(codes).tolist():
        of_code = codes == code
        rows, age = late[of_code], days[of_code]
        # Where a case is that belongs to no grid cannot be told.
        known = rows[held.place[rows] >= 0]
        due = held.columns["due_on"][known]
        oldest = known[due == due.min()] if len(known) else known
        worst = min(held.frame["grid_id"].take(oldest)) if len(known) else None
        found.append(
            OverdueCategory(
                category=None if code < 0 else str(names[code]),
                cases=len(rows),
                over_30_days=int((age > _LONG).sum()),
                longest_days=int(age.max()),
                worst_grid_id=None if worst is None else str(worst),
            )
        )
    # Of equal ones by name, those without one where the name 未分类 would stand.
    return sorted(found, key=lambda one: (-one.over_30_days, -one.cases, one.category or UNSORTED))


def open_complaint_ages(
    reader: Reader,
    grid_id: str | None = None,
    *,
    category: str | None = None,
    source: str | None = None,
) -> pd.DataFrame:
    """from_days, to_days (empty: no upper end), cases, overdue: open cases by age in days."""
    held = held_rows(reader, "open_complaint")
    chosen = held.chosen(reader, grid_id, category=category, source=source)
    opens = np.array(_AGE_BANDS)
    ages = held.columns["age_days"][chosen]
    band = np.maximum(np.searchsorted(opens, ages, side="right") - 1, 0)
    late = held.columns["is_overdue"][chosen]
    counts = np.stack(
        [np.bincount(part, minlength=len(opens)) for part in (band, band[late])], axis=1
    )
    return pd.DataFrame(
        {
            "from_days": opens,
            "to_days": np.r_[opens[1:] - 1.0, np.nan],
            "cases": counts[:, 0],
            "overdue": counts[:, 1],
        }
    )


@dataclass(frozen=True)
class ComparedCategories:
    """The cases of each category in two periods; arrays of (categories,), in the order of names.

    `expected` is `before` scaled to the length of the period. `surprise` is how many standard
    deviations the difference of two Poisson counts of these lengths lies above none: from about 3
    it is no accident.
    """

    categories: tuple[str, ...]
    cases: Floats
    before: Floats
    expected: Floats
    surprise: Floats


def compared_categories(
    reader: Reader,
    period: tuple[date, date],
    before: tuple[date, date],
    grid_id: str | None,
    source: str | None,
) -> ComparedCategories:
    """The categories of two periods with cases in one of them."""
    now, past_counts = (
        {name: found.received[at] for at, name in enumerate(found.categories) if name is not None}
        for found in (
            _received(reader, start, end, grid_id, source) for start, end in (period, before)
        )
    )
    categories = sorted({*now, *past_counts})
    cases = np.array([now.get(name, 0.0) for name in categories])
    past = np.array([past_counts.get(name, 0.0) for name in categories])
    known = (cases > 0) | (past > 0)
    cases, past = cases[known], past[known]
    length = ((period[1] - period[0]).days + 1) / ((before[1] - before[0]).days + 1)
    # Under no change, cases given cases + before is binomial with share length / (1 + length).
    total = cases + past
    share = length / (1 + length)
    spread = np.sqrt(total * share * (1 - share))
    return ComparedCategories(
        categories=tuple(name for name, has in zip(categories, known, strict=True) if has),
        cases=cases,
        before=past,
        expected=past * length,
        surprise=(cases - total * share) / np.where(spread > 0, spread, np.nan),
    )


def repeat_complaints(
    reader: Reader, start: date, end: date, *, grid_id: str | None = None, rows: int = 200
) -> pd.DataFrame:
    """household, category, grid_id, times, first_on, last_on, still_open; the most often first.

    Households (under pseudonyms) that came back about a category within 30 days in the period.
    """
    return reader.frame(
        "queries/repeat_complaints.sql", start=start, finish=end, grid_id=grid_id, rows=rows
    )


def complaint_funnel(
    reader: Reader,
    start: date,
    end: date,
    *,
    grid_id: str | None = None,
    category: str | None = None,
    source: str | None = None,
) -> pd.DataFrame:
    """stage, cases: received in the period, and how many of those were by the data date contacted,
    closed, called back, answered, resolved, satisfied."""
    _scopes, sums = _cohort(reader, start, end, grid_id, category, source)
    return pd.DataFrame(
        {"stage": list(_STAGES), "cases": [int(sums[stage].sum()) for stage in _STAGES]}
    )


def complaint_cohort(
    reader: Reader,
    start: date,
    end: date,
    *,
    grid_id: str | None = None,
    category: str | None = None,
    source: str | None = None,
) -> pd.DataFrame:
    """in_scope (True, False, missing), received, contacted, closed, called, answered, resolved,
    satisfied, judged, due, on_time: the complaints received in the period, and how many of those
    had come so far by the data date. `judged` answered whether they are satisfied, `on_time` are
    of those whose deadline is over."""
    scopes, sums = _cohort(reader, start, end, grid_id, category, source)
    states: object = pd.array(scopes, dtype="boolean")
    if None not in scopes:
        states = np.array(scopes, dtype=np.bool_)
    return pd.DataFrame({"in_scope": states, **sums})


def _cohort(
    reader: Reader, start: date, end: date, grid_id: str | None, category: str | None,
    source: str | None,
) -> tuple[list[bool | None], dict[str, Ints]]:  # fmt: skip
    """States of authority that occur, and what of `complaint_cohort` each has, (states,) each."""
    units = upper_units(reader, start, end, grid_id)
    if units is None:
        rows = reader.columns(
            "queries/complaint_cohort_days.sql", start=start, finish=end,
            grid_id=grid_id, category=category, source=source,
        )  # fmt: skip
        inside = np.ones(len(rows["received"]), dtype=np.bool_)
    else:
        rows = place_rows(reader, "queries/complaint_cohort.sql", units=units)
        inside = between(rows["month"], start, end)
        inside &= is_text(rows["category"], category) & is_text(rows["source"], source)
    labels, sums = place_sums(rows, inside, ("in_scope",), _REACHED)
    scopes = [None if scope is None else bool(scope) for (scope,) in labels]
    order = sorted(range(len(scopes)), key=lambda at: _SCOPES.index(scopes[at]))
    return [scopes[at] for at in order], {name: part[order] for name, part in sums.items()}


def handling_curve(
    reader: Reader,
    start: date,
    end: date,
    *,
    grid_id: str | None = None,
    category: str | None = None,
    source: str | None = None,
) -> pd.DataFrame:
    """hours, open_share, at_risk, closed: the Kaplan-Meier curve of metric C10, by whole hours."""
    units = whole_months(reader, start, end, grid_id)
    is_counted = units is not None and category is None and source is None
    if units is not None and is_counted:
        rows = _hours_of_months(reader, start, end, units)
    else:
        rows = reader.columns(
            "queries/handling_curve.sql", start=start, finish=end,
            grid_id=grid_id, category=category, source=source,
        )  # fmt: skip
    hours, place = np.unique(np.asarray(rows["hours"], dtype=np.float64), return_inverse=True)
    cases = np.asarray(rows["cases"], dtype=np.float64)
    is_closed = np.asarray(rows["is_closed"], dtype=np.bool_)
    closed = np.bincount(place, weights=cases * is_closed, minlength=len(hours))
    at_risk = np.bincount(place, weights=cases, minlength=len(hours))[::-1].cumsum()[::-1]
    steps = closed > 0
    return pd.DataFrame(
        {
            "hours": hours[steps],
            "open_share": np.cumprod(1 - closed / at_risk)[steps],
            "at_risk": at_risk[steps].astype(int),
            "closed": closed[steps].astype(int),
        }
    )


def _hours_of_months(
    reader: Reader, start: date, end: date, units: list[str]
) -> Mapping[str, npt.NDArray[Any]]:
    """What metric C10 reads for the same days: its answer is then kept already."""
    sql = handling_months_sql(tuple(units))
    if len(units) > 1:
        last = min(end, reader.data_date) if reader.data_date else end
        return reader.columns(sql, from_day=start, to_day=last, units=list(units))
    rows = place_rows(reader, sql, unit=units[0])
    inside = between(rows["month"], start, end)
    return {name: column[inside] for name, column in rows.items()}


def complaint_pareto(
    reader: Reader,
    start: date,
    end: date,
    *,
    grid_id: str | None = None,
    source: str | None = None,
) -> pd.DataFrame:
    """category, cases, out_of_scope, share, cumulative; the most frequent first."""
    found = _received(reader, start, end, grid_id, source)
    # The most frequent first; of equal ones those without a category last.
    order = sorted(
        np.flatnonzero(found.received > 0).tolist(),
        key=lambda at: (
            -found.received[at], found.categories[at] is None, found.categories[at] or "",
        ),
    )  # fmt: skip
    cases = found.received[order]
    total = max(cases.sum(), 1.0)
    return pd.DataFrame(
        {
            "category": pd.array([found.categories[at] for at in order], dtype="str"),
            "cases": cases.astype(np.int64),
            "out_of_scope": found.outside[order].astype(np.int64),
            "share": cases / total,
            "cumulative": np.cumsum(cases) / total,
        }
    )


@dataclass(frozen=True)
class _Received:
    """Complaints received, and those outside our authority, by category (None: not stated)."""

    categories: tuple[str | None, ...]
    received: Floats
    outside: Floats


def _received(
    reader: Reader, start: date, end: date, grid_id: str | None, source: str | None
) -> _Received:
    found = answer(
        reader, ["C9", "C14"], start, end, by=("category",), grid_id=grid_id,
        where={"source": source} if source else None,
    )  # fmt: skip
    # Of these two the one has all that were received below the line, the other above it those
    # outside our authority.
    below, above = found.figures
    return _Received(
        categories=tuple(None if name is None else str(name) for (name,) in below.labels),
        received=np.nan_to_num(below.denominator[0, 0]),
        outside=np.nan_to_num(above.numerator[0, 0]),
    )
