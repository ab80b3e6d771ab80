"""Complaints: the way from received to resolved, how long it takes, what grows, what comes back."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from gridgov.metrics import evaluate
from gridgov.queries.months import upper_units, whole_months
from gridgov.warehouse import Reader

__all__ = [
    "category_changes",
    "complaint_cohort",
    "complaint_funnel",
    "complaint_pareto",
    "handling_curve",
    "open_complaint_ages",
    "overdue_complaints",
    "repeat_complaints",
]

_STAGES = ("received", "contacted", "closed", "called", "answered", "resolved", "satisfied")


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
    return reader.frame(
        "queries/overdue_complaints.sql",
        grid_id=grid_id, category=category, source=source, rows=rows,
    )  # fmt: skip


def open_complaint_ages(
    reader: Reader,
    grid_id: str | None = None,
    *,
    category: str | None = None,
    source: str | None = None,
) -> pd.DataFrame:
    """from_days, to_days (empty: no upper end), cases, overdue: open cases by age in days."""
    return reader.frame(
        "queries/open_complaint_ages.sql", grid_id=grid_id, category=category, source=source
    )


def category_changes(
    reader: Reader,
    period: tuple[date, date],
    before: tuple[date, date],
    *,
    grid_id: str | None = None,
    source: str | None = None,
) -> pd.DataFrame:
    """category, cases, before, expected, change, surprise; the most surprising rise first.

    `expected` is `before` scaled to the length of `period`; `change` = cases / expected - 1 (empty
    where nothing was expected). `surprise` is how many standard deviations the difference of two
    Poisson counts of these lengths lies above none: from about 3 it is no accident.
    """
    counts = [
        _received(reader, start, end, grid_id, source)["received"]
        for start, end in (period, before)
    ]
    categories = counts[0].index.union(counts[1].index).dropna()
    cases, past = (count.reindex(categories, fill_value=0.0).to_numpy() for count in counts)
    known = (cases > 0) | (past > 0)
    cases, past = cases[known], past[known]
    frame = pd.DataFrame({"category": categories[known]})
    frame["cases"], frame["before"] = cases.astype(np.int64), past.astype(np.int64)
    length = ((period[1] - period[0]).days + 1) / ((before[1] - before[0]).days + 1)
    expected = past * length
    frame["expected"] = expected
    frame["change"] = np.where(
        expected > 0, cases / np.where(expected > 0, expected, 1) - 1, np.nan
    )
    # Under no change, cases given cases + before is binomial with share length / (1 + length).
    total = cases + past
    share = length / (1 + length)
    spread = np.sqrt(total * share * (1 - share))
    frame["surprise"] = (cases - total * share) / np.where(spread > 0, spread, np.nan)
    return frame.sort_values(["surprise", "category"], ascending=[False, True], ignore_index=True)


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
    reached = complaint_cohort(
        reader, start, end, grid_id=grid_id, category=category, source=source
    )[list(_STAGES)].sum()
    return pd.DataFrame({"stage": list(_STAGES), "cases": [int(n) for n in reached]})


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
    units = upper_units(reader, start, end, grid_id)
    name = "queries/complaint_cohort_days.sql" if units is None else "queries/complaint_cohort.sql"
    return reader.frame(
        name, start=start, finish=end, units=units,
        grid_id=grid_id, category=category, source=source,
    )  # fmt: skip


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
    frame = reader.frame(
        "queries/handling_curve_month.sql" if is_counted else "queries/handling_curve.sql",
        start=start, finish=end, units=units,
        grid_id=grid_id, category=category, source=source,
    )  # fmt: skip
    hours, place = np.unique(frame["hours"].to_numpy(float), return_inverse=True)
    cases = frame["cases"].to_numpy(float)
    is_closed = frame["is_closed"].to_numpy(bool)
    closed = np.bincount(place, weights=cases * is_closed, minlength=len(hours))
    at_risk = np.bincount(place, weights=cases, minlength=len(hours))[::-1].cumsum()[::-1]
    steps = pd.DataFrame(
        {
            "hours": hours,
            "open_share": np.cumprod(1 - closed / at_risk),
            "at_risk": at_risk.astype(int),
            "closed": closed.astype(int),
        }
    )
    return steps[steps["closed"] > 0].reset_index(drop=True)


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
    frame = found[found["received"] > 0].reset_index()
    frame = frame.sort_values(["received", "category"], ascending=[False, True], ignore_index=True)
    cases = frame["received"].to_numpy(np.float64)
    share = cases / max(cases.sum(), 1.0)
    return pd.DataFrame(
        {
            "category": frame["category"],
            "cases": cases.astype(np.int64),
            "out_of_scope": frame["out_of_scope"].astype(np.int64),
            "share": share,
            "cumulative": np.cumsum(cases) / max(cases.sum(), 1.0),
        }
    )


def _received(
    reader: Reader, start: date, end: date, grid_id: str | None, source: str | None
) -> pd.DataFrame:
    """received, out_of_scope by category (the index, with a missing one where none is stated)."""
    found = evaluate(
        reader, ["C9", "C14"], start, end, by=("category",), grid_id=grid_id,
        where={"source": source} if source else None,
    ).set_index("category")  # fmt: skip
    # Of these two the one has all that were received below the line, the other above it those
    # outside our authority.
    received = found.loc[found["metric"] == "C9", "denominator"]
    outside = found.loc[found["metric"] == "C14", "numerator"]
    return pd.DataFrame({"received": received, "out_of_scope": outside}).fillna(0.0)
