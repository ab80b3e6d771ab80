"""Visits: how tiers and grids stand beside their load, what needs came up, when visits are made."""

from __future__ import annotations

import pandas as pd

from gridgov.access.privacy import suppress
from gridgov.filters import Filters, Span
from gridgov.metrics import evaluate
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
    found = evaluate(reader, "SV1", span.start, span.end, by=("tier",), grid_id=filters.grid_id)
    return dict(zip(found["tier"], found["value"], strict=True))


def grid_standing(reader: Reader, filters: Filters) -> pd.DataFrame:
    """One row a grid that the place divides into, in the order of the grids' numbers.

    grid_id, name, label, due, rate, rate_state, tone (of the rate against the grid's own past),
    load, overdue, met, late, is_suppressed. Shares are 0 to 1. `overdue` is missing where it is
    small (or would betray a small one) and the reader may not see single persons.
    """
    long = grids_below(reader, filters, _GRID_CODES)
    if long.empty:
        return pd.DataFrame()
    by_code = {code: long[long["metric"] == code].set_index("grid_id") for code in _GRID_CODES}
    contact = by_code["SV1"]
    frame = pd.DataFrame(
        {
            "name": contact["name"],
            "label": contact["label"],
            "due": contact["denominator"],
            "rate": contact["value"],
            "rate_state": contact["state"],
            "tone": contact["tone"],
            "load": by_code["SV8"]["value"],
            "overdue": by_code["SV2"]["value"],
            "met": by_code["SV4"]["value"],
            "late": by_code["SV9"]["value"],
        }
    ).reset_index()
    if reader.scope.sees_persons:
        return frame.assign(is_suppressed=False)
    return suppress(frame, "overdue")


def mode_shares(reader: Reader, filters: Filters) -> pd.DataFrame:
    """mode, visits, share, met (share that met someone), met_n, met_state; most used first."""
    span = filters.span
    found = evaluate(
        reader, ["SV5", "SV4"], span.start, span.end, by=("mode",), grid_id=filters.grid_id
    )
    visits = found[found["metric"] == "SV5"].set_index("mode")["denominator"]
    met = found[found["metric"] == "SV4"].set_index("mode")
    frame = pd.DataFrame({"visits": visits, "share": visits / visits.sum()})
    frame = frame.assign(met=met["value"], met_n=met["n"], met_state=met["state"])
    return frame.sort_values("visits", ascending=False, kind="stable").reset_index()


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
