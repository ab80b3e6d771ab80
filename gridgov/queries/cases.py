"""Complaints: the way from received to resolved, how long it takes, what grows, what comes back."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from gridgov.warehouse import Reader

__all__ = [
    "category_changes",
    "complaint_funnel",
    "complaint_pareto",
    "handling_curve",
    "open_complaint_ages",
    "overdue_complaints",
    "repeat_complaints",
]


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
    frame = reader.frame(
        "queries/category_changes.sql",
        start=period[0], finish=period[1], before_start=before[0], before_finish=before[1],
        grid_id=grid_id, source=source,
    )  # fmt: skip
    length = ((period[1] - period[0]).days + 1) / ((before[1] - before[0]).days + 1)
    cases, past = frame["cases"].to_numpy(float), frame["before"].to_numpy(float)
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
    frame = reader.frame(
        "queries/complaint_funnel.sql",
        start=start, finish=end, grid_id=grid_id, category=category, source=source,
    )  # fmt: skip
    return pd.DataFrame(
        {"stage": list(frame.columns), "cases": [int(frame[name].iloc[0]) for name in frame]}
    )


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
    frame = reader.frame(
        "queries/handling_curve.sql",
        start=start, finish=end, grid_id=grid_id, category=category, source=source,
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
    return reader.frame(
        "queries/complaint_pareto.sql", start=start, finish=end, grid_id=grid_id, source=source
    )
