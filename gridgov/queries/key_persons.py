"""Key persons: who is overdue, and how each tier stands."""

from __future__ import annotations

from datetime import date
from math import nan

import pandas as pd

from gridgov.metrics.evaluate import answer
from gridgov.metrics.figures import Figures
from gridgov.metrics.grids import tree_of
from gridgov.metrics.place_rows import place_rows
from gridgov.queries.held_rows import held_rows
from gridgov.small_counts import HIDDEN, hidden_of_line, told
from gridgov.warehouse import Reader

__all__ = ["TIERS", "key_person_tiers", "overdue_persons"]

_OVERDUE_COLUMNS = ["person", "grid_id", "grid_name", "tier", "category", "last_on", "since_on",
                    "overdue_days"]  # fmt: skip
TIERS = ("每周", "每月", "每季")
"""Tiers, the strictest first."""


def overdue_persons(
    reader: Reader, grid_id: str | None = None, *, tier: str | None = None, rows: int = 500
) -> pd.DataFrame:
    """person, grid_id, grid_name, tier, category, last_on, since_on, overdue_days.

    As of the data date, the strictest tier and the longest overdue first. `person` is a pseudonym.
    Raises AccessDenied for a reader without rows about residents.
    """
    held = held_rows(reader, "overdue_person")
    chosen = held.chosen(reader, grid_id, tier=tier)[:rows]
    return held.frame[_OVERDUE_COLUMNS].take(chosen).reset_index(drop=True)


def key_person_tiers(
    reader: Reader, start: date, end: date, grid_id: str | None = None
) -> pd.DataFrame:
    """One row a tier: tier, listed (on the data date), due, contacted, rate, overdue (at the end),
    hides_listed, hides_rate, hides_overdue.

    due and contacted are person-periods that ended in the period (metric SV1), overdue is SV2.
    What this reader must not see is missing, and the three columns say where: hides_rate is of
    due, contacted and rate.
    """
    asked = told(reader, answer(reader, ["SV1", "SV2"], start, end, by=("tier",), grid_id=grid_id))
    listed = _listed(reader, grid_id)
    contact, overdue = asked.figures
    counts = [listed.get(tier, 0) for tier in TIERS]
    hides = [False] * len(TIERS) if reader.scope.sees_persons else hidden_of_line(counts).tolist()
    columns = {
        "tier": list(TIERS),
        "listed": [nan if small else count for count, small in zip(counts, hides, strict=True)],
        "due": [_at(contact, "denominator", tier) for tier in TIERS],
        "contacted": [_at(contact, "numerator", tier) for tier in TIERS],
        "rate": [_at(contact, "value", tier) for tier in TIERS],
        "overdue": [_at(overdue, "value", tier) for tier in TIERS],
        "hides_listed": hides,
        "hides_rate": [_is_hidden(contact, tier) for tier in TIERS],
        "hides_overdue": [_is_hidden(overdue, tier) for tier in TIERS],
    }
    return pd.DataFrame(columns)


def _is_hidden(figures: Figures, tier: str) -> bool:
    found = (tier,) in figures.labels
    return found and figures.state[0, 0, figures.labels.index((tier,))] == HIDDEN


def _at(figures: Figures, name: str, tier: str) -> float:
    """A figure of a tier; 0 where the tier does not occur, a rate is missing there."""
    if (tier,) not in figures.labels:
        return nan if name == "value" and figures.metric.code == "SV1" else 0.0
    return float(getattr(figures, name)[0, 0, figures.labels.index((tier,))])


def _listed(reader: Reader, grid_id: str | None) -> dict[str, int]:
    """Tier → key persons listed on the data date."""
    units = tree_of(reader).roots(grid_id)
    if len(units) == 1:
        rows = place_rows(reader, "queries/key_person_tiers_grid.sql", units=list(units))
        return dict(zip(rows["tier"].tolist(), rows["listed"].tolist(), strict=True))
    # A person may be listed in several of the grids.
    return dict(reader.rows("queries/key_person_tiers.sql", grid_id=grid_id))
