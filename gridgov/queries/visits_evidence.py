"""Visits: how tiers and grids stand beside their load, what needs came up, when visits are made."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gridgov.access.privacy import suppress
from gridgov.filters import Filters, Span
from gridgov.metrics.evaluate import answer
from gridgov.metrics.figures import STATES
from gridgov.queries.grids_below import grids_below
from gridgov.queries.key_persons import key_person_tiers
from gridgov.queries.months import upper_units
from gridgov.warehouse import Reader

__all__ = ["grid_standing", "mode_shares", "need_kinds", "tier_standing", "visit_hours"]

_GRID_CODES = ("SV1", "SV8", "SV2", "SV4", "SV9")


def tier_standing(reader: Reader, filters: Filters) -> pd.DataFrame:
    """tier, listed, due, contacted, rate, overdue as `key_person_tiers`, and rate_before.

    rate_before: the rate of the compared period, missing without one.
    """
    span, before = filters.span, filters.compared
    frame = key_person_tiers(reader, span.start, span.end, filters.grid_id)
    if before is None:
        return frame.assign(rate_before=float("nan"))
    past = _rates_by_tier(reader, filters, before)
    return frame.assign(rate_before=frame["tier"].map(past).astype("float64"))


def _rates_by_tier(reader: Reader, filters: Filters, span: Span) -> dict[str, float]:
    asked = answer(reader, "SV1", span.start, span.end, by=("tier",), grid_id=filters.grid_id)
    found = asked.figures[0]
    rates = found.value[0, 0].tolist()
    return {str(tier): rate for (tier,), rate in zip(found.labels, rates, strict=True)}


def grid_standing(reader: Reader, filters: Filters) -> pd.DataFrame:
    """One row a grid that the place divides into, in the order of the grids' numbers.

    grid_id, name, label, due, rate, rate_state, tone (of the rate against the grid's own past),
    load, overdue, met, late, is_suppressed. Shares are 0 to 1. `overdue` is missing where it is
    small (or would betray a small one) and the reader may not see single persons.
    """
    long = grids_below(reader, filters, _GRID_CODES)
    if long.empty:
        return pd.DataFrame()
    # The rows of every metric are of the same grids in the same order.
    metrics = long["metric"].to_numpy(dtype=object)
    rows = {code: np.flatnonzero(metrics == code) for code in _GRID_CODES}

    def of(code: str, name: str) -> pd.Series:
        return long[name].take(rows[code]).reset_index(drop=True)

    frame = pd.DataFrame(
        {
            "grid_id": of("SV1", "grid_id"),
            "name": of("SV1", "name"),
            "label": of("SV1", "label"),
            "due": of("SV1", "denominator"),
            "rate": of("SV1", "value"),
            "rate_state": of("SV1", "state"),
            "tone": of("SV1", "tone"),
            "load": of("SV8", "value"),
            "overdue": of("SV2", "value"),
            "met": of("SV4", "value"),
            "late": of("SV9", "value"),
        }
    )
    if reader.scope.sees_persons:
        return frame.assign(is_suppressed=False)
    return suppress(frame, "overdue")


def mode_shares(reader: Reader, filters: Filters) -> pd.DataFrame:
    """mode, visits, share, met (share that met someone), met_n, met_state; most used first."""
    span = filters.span
    asked = answer(
        reader, ["SV5", "SV4"], span.start, span.end, by=("mode",), grid_id=filters.grid_id
    )
    every, met = asked.figures
    visits = every.denominator[0, 0]
    frame = pd.DataFrame(
        {
            "mode": pd.array(
                [None if mode is None else str(mode) for (mode,) in every.labels], dtype="str"
            ),
            "visits": visits,
            "share": visits / np.nansum(visits),
            "met": met.value[0, 0],
            "met_n": met.n[0, 0],
            "met_state": np.array(STATES)[met.state[0, 0]],
        }
    )
    return frame.sort_values("visits", ascending=False, kind="stable", ignore_index=True)


def need_kinds(reader: Reader, filters: Filters) -> pd.DataFrame:
    """need, found, due, in_time, rate, still_open; the most frequent first.

    `found` were recorded in the period; `due`, `in_time` (closed by the due date) and `still_open`
    (at the end of the period) are of the needs whose due date lies in it.
    """
    span = filters.span
    frame = reader.frame(
        "queries/visits_needs.sql", start=span.start, finish=span.end, grid_id=filters.grid_id
    )
    due = frame["due"].where(frame["due"] > 0)
    return frame.assign(rate=(frame["in_time"] / due).astype("float64"))


def visit_hours(reader: Reader, filters: Filters) -> pd.DataFrame:
    """weekday (1 = Monday), hour (1 to 23), visits; pairs without a visit are absent."""
    span = filters.span
    units = upper_units(reader, span.start, span.end, filters.grid_id)
    return reader.frame(
        "queries/visits_hours.sql" if units is None else "queries/visits_hours_month.sql",
        start=span.start, finish=span.end, units=units, grid_id=filters.grid_id,
    )  # fmt: skip
