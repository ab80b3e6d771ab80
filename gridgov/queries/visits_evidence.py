"""Visits: how tiers and grids stand beside their load, what needs came up, when visits are made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gridgov.comparison import compared_within
from gridgov.filters import Filters, Span
from gridgov.metrics.evaluate import answer
from gridgov.metrics.figures import STATES
from gridgov.metrics.place_rows import place_rows
from gridgov.queries.grids_below import below
from gridgov.queries.key_persons import key_person_tiers
from gridgov.queries.months import upper_units, whole_months
from gridgov.queries.place_sums import between, place_sums
from gridgov.small_counts import HIDDEN, hidden_of_line, told
from gridgov.warehouse import Reader

__all__ = ["grid_standing", "mode_shares", "need_kinds", "tier_standing", "visit_hours"]

_GRID_COLUMNS = {"SV1": "rate", "SV8": "load", "SV2": "overdue", "SV4": "met", "SV9": "late"}
_GRID_CODES = tuple(_GRID_COLUMNS)
_HOURS = 24


def tier_standing(reader: Reader, filters: Filters) -> pd.DataFrame:
    """The columns of `key_person_tiers`, and rate_before.

    rate_before: the rate of the compared period, missing without one or where it is hidden.
    """
    span, before = filters.span, compared_within(reader, filters, "visit")
    frame = key_person_tiers(reader, span.start, span.end, filters.grid_id)
    if before is None:
        return frame.assign(rate_before=float("nan"))
    past = _rates_by_tier(reader, filters, before)
    return frame.assign(rate_before=frame["tier"].map(past).astype("float64"))


def _rates_by_tier(reader: Reader, filters: Filters, span: Span) -> dict[str, float]:
    asked = answer(reader, "SV1", span.start, span.end, by=("tier",), grid_id=filters.grid_id)
    found = told(reader, asked).figures[0]
    rates = found.value[0, 0].tolist()
    return {str(tier): rate for (tier,), rate in zip(found.labels, rates, strict=True)}


def grid_standing(reader: Reader, filters: Filters) -> pd.DataFrame:
    """One row a grid that the place divides into, in the order of the grids' numbers.

    grid_id, name, label, due, rate, tone (of the rate against the grid's own past), load, overdue,
    met, late; the state of rate, load, overdue, met, late as `<name>_state`; is_suppressed. Shares
    are 0 to 1. What this reader must not see is missing, its state "hidden"; is_suppressed: there
    is such a figure in the row.
    """
    found = below(reader, filters, _GRID_CODES)
    if found is None or not found.grid_ids:
        return pd.DataFrame()
    columns: dict[str, Any] = {
        "grid_id": list(found.grid_ids),
        "name": found.names,
        "label": found.labels,
        "tone": found.of("SV1", "tone"),
        "due": found.of("SV1", "denominator"),
    }
    is_suppressed = np.zeros(len(found.grid_ids), dtype=np.bool_)
    for code, name in _GRID_COLUMNS.items():
        columns[name], columns[f"{name}_state"] = found.of(code, "value"), found.of(code, "state")
        is_suppressed |= columns[f"{name}_state"] == "hidden"
    columns["is_suppressed"] = is_suppressed
    return pd.DataFrame(columns)


def mode_shares(reader: Reader, filters: Filters) -> pd.DataFrame:
    """mode, visits, share, met (share that met someone), met_n, met_state, is_suppressed; most
    used first.

    visits, share and met are missing where this reader must not see the visits (is_suppressed),
    met alone where met_state is "hidden".
    """
    span = filters.span
    asked = answer(
        reader, ["SV5", "SV4"], span.start, span.end, by=("mode",), grid_id=filters.grid_id
    )
    every = asked.figures[0]
    visits, total = every.denominator[0, 0], np.nansum(every.denominator[0, 0])
    shown, met = told(reader, asked).figures
    hidden = shown.state[0, 0] == HIDDEN
    frame = pd.DataFrame(
        {
            "mode": pd.array(
                [None if mode is None else str(mode) for (mode,) in every.labels], dtype="str"
            ),
            "visits": shown.denominator[0, 0],
            "share": shown.denominator[0, 0] / total,
            "met": np.where(hidden, np.nan, met.value[0, 0]),
            "met_n": np.where(hidden, np.nan, met.n[0, 0]),
            "met_state": np.array(STATES)[np.where(hidden, HIDDEN, met.state[0, 0])],
            "is_suppressed": hidden,
        }
    )
    return frame.take(np.argsort(-np.nan_to_num(visits), kind="stable")).reset_index(drop=True)


def need_kinds(reader: Reader, filters: Filters) -> pd.DataFrame:
    """need, found, due, in_time, rate, still_open, hides_found, hides_due; most frequent first.

    `found` were recorded in the period; `due`, `in_time` (closed by the due date) and `still_open`
    (at the end of the period) are of the needs whose due date lies in it. hides_found, hides_due:
    found, and what is due with all that is said of it, are missing, for they are a few persons'.
    """
    frame = _needs(reader, filters)
    columns = {name: frame[name].to_numpy() for name in ("found", "due", "in_time", "still_open")}
    due, size = columns["due"], len(frame)
    columns["rate"] = np.where(due > 0, columns["in_time"] / np.where(due > 0, due, 1), np.nan)
    found = late = np.zeros(size, dtype=np.bool_)
    if not reader.scope.sees_persons and size:
        found, late = (hidden_of_line(columns[name]) for name in ("found", "due"))
        hides = {name: found if name == "found" else late for name in columns}
        columns = {name: np.where(hides[name], np.nan, part) for name, part in columns.items()}
    need = {"need": frame["need"]}
    return pd.DataFrame({**need, **columns, "hides_found": found, "hides_due": late})


def _needs(reader: Reader, filters: Filters) -> pd.DataFrame:
    """need, found, due, in_time, still_open: counts, the most frequent first."""
    span, grid_id = filters.span, filters.grid_id
    # Deadlines that are still to come are in the cells alone.
    is_over = reader.data_date is not None and span.end <= reader.data_date
    if not is_over or whole_months(reader, span.start, span.end, grid_id) is None:
        return reader.frame(
            "queries/visits_needs.sql", start=span.start, finish=span.end, grid_id=grid_id
        )
    rows = place_rows(reader, "queries/visits_needs_month.sql", grid_id=grid_id)
    closed = np.ma.asarray(rows["closed_month"])
    is_closed = np.ma.filled(closed <= np.datetime64(span.end), False)
    still_open = np.where(is_closed, 0, rows["due"])
    labels, sums = place_sums(
        {**rows, "still_open": still_open},
        between(rows["month"], span.start, span.end),
        ("need",),
        ("found", "due", "in_time", "still_open"),
    )
    needs = [str(need) for (need,) in labels]
    order = sorted(range(len(needs)), key=lambda at: (-sums["found"][at], needs[at]))
    return pd.DataFrame(
        {
            "need": pd.array([needs[at] for at in order], dtype="str"),
            **{name: column[order] for name, column in sums.items()},
        }
    )


def visit_hours(reader: Reader, filters: Filters) -> pd.DataFrame:
    """weekday (1 = Monday), hour (1 to 23), visits, is_suppressed, total.

    Pairs without a visit are absent. total: visits of all pairs, in every row. visits is missing
    where this reader must not see it.
    """
    span = filters.span
    units = upper_units(reader, span.start, span.end, filters.grid_id)
    if units is None:
        frame = reader.frame(
            "queries/visits_hours.sql", start=span.start, finish=span.end, grid_id=filters.grid_id
        )
    else:
        frame = _hours_of_months(reader, span, units)
    visits = frame["visits"].to_numpy()
    hidden, total = np.zeros(len(visits), dtype=np.bool_), float(visits.sum())
    if not reader.scope.sees_persons and len(visits):
        hidden = hidden_of_line(visits)
        total = float("nan") if hidden.all() else total
        visits = np.where(hidden, np.nan, visits)
    return pd.DataFrame(
        {
            "weekday": frame["weekday"], "hour": frame["hour"], "visits": visits,
            "is_suppressed": hidden, "total": total,
        }
    )  # fmt: skip


def _hours_of_months(reader: Reader, span: Span, units: list[str]) -> pd.DataFrame:
    rows = place_rows(reader, "queries/visits_hours_month.sql", units=units)
    inside = np.flatnonzero(between(rows["month"], span.start, span.end))
    cell = rows["weekday"][inside] * _HOURS + rows["hour"][inside]
    visits = np.bincount(cell, weights=rows["visits"][inside], minlength=8 * _HOURS)
    cells = np.flatnonzero(visits)
    return pd.DataFrame(
        {
            "weekday": (cells // _HOURS).astype(np.int32),
            "hour": (cells % _HOURS).astype(np.int32),
            "visits": visits[cells].astype(np.int64),
        }
    )
