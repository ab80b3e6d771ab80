"""Complaints: categories against the compared period, time to close, authority, what is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from gridgov.comparison import compared_within
from gridgov.filters import Filters
from gridgov.metrics.evaluate import answer
from gridgov.metrics.figures import STATES
from gridgov.queries.cases import (
    compared_categories,
    complaint_cohort,
    complaint_funnel,
    complaint_pareto,
    handling_curve,
    open_complaint_ages,
)
from gridgov.queries.grids_below import below
from gridgov.queries.held_rows import held_rows
from gridgov.warehouse import Reader

__all__ = [
    "SURPRISE",
    "Handling",
    "authority_standing",
    "category_standing",
    "funnel",
    "grid_volumes",
    "handling",
    "open_ages",
    "open_cases",
    "pareto_categories",
]

Floats = npt.NDArray[np.float64]
SURPRISE = 3.0
"""From so many standard deviations on, a change of a category is called one."""
_OPEN_COLUMNS = ["complaint_id", "grid_name", "category", "nature", "source", "received_on",
                 "due_on", "age_days", "overdue_days", "is_repeat", "in_scope",
                 "holder_name"]  # fmt: skip
_BASES = {
    "contacted": "received",
    "closed": "received",
    "called": "closed",
    "answered": "called",
    "resolved": "answered",
    "satisfied": "answered",
}


def funnel(reader: Reader, filters: Filters) -> pd.DataFrame:
    """stage, value, base: the complaints received in the period and how far they have come.

    `base` is what a stage's rate is measured against, which is not always the row above.
    """
    span = filters.span
    frame = complaint_funnel(
        reader, span.start, span.end,
        grid_id=filters.grid_id, category=filters.category, source=filters.source,
    )  # fmt: skip
    counts = dict(zip(frame["stage"], frame["cases"], strict=True))
    base = [counts.get(_BASES.get(stage, ""), np.nan) for stage in frame["stage"]]
    return pd.DataFrame({"stage": frame["stage"], "value": frame["cases"], "base": base})


@dataclass(frozen=True)
class Handling:
    """Time to close of the complaints received in a period, open cases censored.

    `curve`: time (days), open_share, low, high (95 %, Greenwood on the log-log scale), at_risk,
    closed. `half` and `most`: days by which 50 % and 90 % are closed, None where not reached.
    `n` cases, `open_cases` of them open, `instant` closed in the second they were received.
    """

    curve: pd.DataFrame
    half: float | None
    most: float | None
    n: int
    open_cases: int
    instant: int


def handling(reader: Reader, filters: Filters) -> Handling:
    """The survival curve of the filters' period and its quantiles (metric C10)."""
    span = filters.span
    steps = handling_curve(
        reader, span.start, span.end,
        grid_id=filters.grid_id, category=filters.category, source=filters.source,
    )  # fmt: skip
    where = {name: kept for name, kept in filters.where().items() if name != "pillar"}
    found = answer(
        reader, "C10", span.start, span.end, grid_id=filters.grid_id, where=where
    ).figures[0]
    n, closed = _count(found.denominator), _count(found.numerator)
    return Handling(
        curve=_with_band(steps),
        half=_days(found.value),
        most=_days(found.p90),
        n=n,
        open_cases=n - closed,
        instant=_count(found.instant),
    )


def _count(value: Floats | None) -> int:
    return 0 if value is None or np.isnan(value[0, 0, 0]) else int(value[0, 0, 0])


def _days(hours: Floats | None) -> float | None:
    return None if hours is None or np.isnan(hours[0, 0, 0]) else float(hours[0, 0, 0]) / 24


def _with_band(steps: pd.DataFrame) -> pd.DataFrame:
    """The curve from time 0 in days, with its pointwise 95 % band.

    Greenwood's variance on the log(-log) scale (Kalbfleisch & Prentice 1980) keeps the band
    between 0 and 1; where the curve is 0 it has no width.
    """
    share = steps["open_share"].to_numpy(np.float64)
    closed, at_risk = (steps[name].to_numpy(np.float64) for name in ("closed", "at_risk"))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(closed / (at_risk * (at_risk - closed)))) / np.abs(np.log(share))
        low, high = (share ** np.exp(side * float(ndtri(0.975)) * spread) for side in (1, -1))
    known = (share > 0) & (share < 1) & np.isfinite(spread)
    columns = {
        "time": steps["hours"].to_numpy(np.float64) / 24,
        "open_share": share,
        "low": np.where(known, low, share),
        "high": np.where(known, high, share),
        "at_risk": at_risk,
        "closed": closed,
    }
    if len(share):
        begin = {"time": 0.0, "open_share": 1.0, "low": 1.0, "high": 1.0}
        begin |= {"at_risk": at_risk[0], "closed": 0.0}
        columns = {name: np.r_[begin[name], column] for name, column in columns.items()}
    return pd.DataFrame(columns)


def pareto_categories(reader: Reader, filters: Filters) -> pd.DataFrame:
    """category, cases, out_of_scope, share, cumulative; the category filter does not narrow it."""
    span = filters.span
    return complaint_pareto(
        reader, span.start, span.end, grid_id=filters.grid_id, source=filters.source
    )


def category_standing(reader: Reader, filters: Filters) -> pd.DataFrame:
    """One row a category, the most frequent first.

    category, cases, expected, change, is_changed, on_time, on_time_state, repeat, repeat_state,
    overdue. `expected` is the compared period scaled to this one's length, `change` the difference
    of the counts to it, `is_changed` whether that is more than chance gives; missing without a
    comparison. `on_time`, `repeat`, `overdue` are metrics C3, C9 and C13.
    """
    span, before = filters.span, compared_within(reader, filters, "complaint")
    bulk = pareto_categories(reader, filters)
    listed = [None if pd.isna(name) else str(name) for name in bulk["category"]]
    cases = bulk["cases"].to_numpy(np.float64)
    columns: dict[str, object] = {"category": bulk["category"], "cases": bulk["cases"]}
    rates = _by_category(reader, filters)
    for name, code in (("on_time", "C3"), ("repeat", "C9"), ("overdue", "C13")):
        found = [rates.get((code, category), (np.nan, None)) for category in listed]
        values = np.array([value for value, _state in found], dtype=np.float64)
        # Nothing open past its deadline is none; a rate of nothing is unknown.
        columns[name] = np.nan_to_num(values) if name == "overdue" else values
        columns[f"{name}_state"] = pd.array([state for _value, state in found], dtype="str")
    expected, surprise = np.full(len(listed), np.nan), np.full(len(listed), np.nan)
    if before is not None:
        changes = compared_categories(
            reader, (span.start, span.end), (before.start, before.end),
            filters.grid_id, filters.source,
        )  # fmt: skip
        place: dict[str | None, int] = {name: at for at, name in enumerate(changes.categories)}
        known = [at for at, name in enumerate(listed) if name in place]
        rows = [place[listed[at]] for at in known]
        expected[known], surprise[known] = changes.expected[rows], changes.surprise[rows]
    return pd.DataFrame(
        {
            **columns,
            "expected": expected,
            "change": cases - expected,
            "is_changed": np.abs(surprise) >= SURPRISE,
        }
    )


def _by_category(
    reader: Reader, filters: Filters
) -> dict[tuple[str, str | None], tuple[float, str]]:
    """(metric, category) → value and state."""
    span, rates = filters.span, {}
    for codes, where in ((["C3", "C9"], {"source": filters.source}), (["C13"], {})):
        kept = {name: [value] for name, value in where.items() if value}
        asked = answer(
            reader, codes, span.start, span.end,
            by=("category",), grid_id=filters.grid_id, where=kept,
        )  # fmt: skip
        for one in asked.figures:
            for at, (name,) in enumerate(one.labels):
                key = (one.metric.code, None if name is None else str(name))
                rates[key] = (float(one.value[0, 0, at]), STATES[int(one.state[0, 0, at])])
    return rates


def authority_standing(reader: Reader, filters: Filters) -> pd.DataFrame:
    """in_scope (True, False, missing), received, closed, due, on_time, answered, satisfied.

    Counts of the complaints received in the period; `on_time` of those whose deadline is over,
    `satisfied` of those whose call-back answered it.
    """
    span = filters.span
    frame = complaint_cohort(
        reader, span.start, span.end,
        grid_id=filters.grid_id, category=filters.category, source=filters.source,
    )  # fmt: skip
    frame = frame[["in_scope", "received", "closed", "due", "on_time", "judged", "satisfied"]]
    return frame.rename(columns={"judged": "answered"})


def grid_volumes(reader: Reader, filters: Filters) -> pd.DataFrame:
    """grid_id, label, cases, per_thousand, tone (against the grid's own past), in grid order."""
    names = {"cases": "numerator", "per_thousand": "value", "tone": "tone"}
    found = below(reader, filters, ("C1",))
    if found is None:
        return pd.DataFrame(columns=["grid_id", "label", *names])
    columns: dict[str, Any] = {"grid_id": list(found.grid_ids), "label": found.labels}
    return pd.DataFrame(columns | {name: found.of("C1", of) for name, of in names.items()})


def open_ages(reader: Reader, filters: Filters) -> pd.DataFrame:
    """from_days, to_days, cases, overdue: what is open on the data date, by age."""
    return open_complaint_ages(
        reader, filters.grid_id, category=filters.category, source=filters.source
    )


def open_cases(reader: Reader, filters: Filters, rows: int = 500) -> pd.DataFrame:
    """complaint_id, grid_name, category, nature, source, received_on, due_on, age_days,
    overdue_days, is_repeat, in_scope, holder_name: open on the data date, nearest deadline first.
    """
    held = held_rows(reader, "open_complaint")
    chosen = held.chosen(reader, filters.grid_id, category=filters.category, source=filters.source)
    return held.frame[_OPEN_COLUMNS].take(chosen[:rows]).reset_index(drop=True)
