"""Key persons: who is overdue, and how each tier stands."""

from __future__ import annotations

from datetime import date
from math import nan

import pandas as pd

from gridgov.metrics.evaluate import answer
from gridgov.metrics.figures import Figures
from gridgov.metrics.grids import tree_of
from gridgov.warehouse import Reader

__all__ = ["TIERS", "key_person_tiers", "overdue_persons"]

TIERS = ("每周", "每月", "每季")
"""Tiers, the strictest first."""


def overdue_persons(
    reader: Reader, grid_id: str | None = None, *, tier: str | None = None, rows: int = 500
) -> pd.DataFrame:
    """person, grid_id, grid_name, tier, category, last_on, since_on, overdue_days.

    As of the data date, the strictest tier and the longest overdue first. `person` is a pseudonym.
    Raises AccessDenied for a reader without rows about residents.
    """
    return reader.frame("queries/overdue_persons.sql", grid_id=grid_id, tier=tier, rows=rows)


def key_person_tiers(
    reader: Reader, start: date, end: date, grid_id: str | None = None
) -> pd.DataFrame:
    """One row a tier: tier, listed (on the data date), due, contacted, rate, overdue (at the end).

    due and contacted are person-periods that ended in the period (metric SV1), overdue is SV2.
    """
    asked = answer(reader, ["SV1", "SV2"], start, end, by=("tier",), grid_id=grid_id)
    listed = _listed(reader, grid_id)
    rows = []
    contact, overdue = asked.figures
    for tier in TIERS:
        due, contacted, rate = (
            _at(contact, name, tier) for name in ("denominator", "numerator", "value")
        )
        rows.append((tier, listed.get(tier, 0), due, contacted, rate, _at(overdue, "value", tier)))
    columns = ("tier", "listed", "due", "contacted", "rate", "overdue")
    frame = dict(zip(columns, zip(*rows, strict=True), strict=True))
    return pd.DataFrame({name: list(values) for name, values in frame.items()})


def _at(figures: Figures, name: str, tier: str) -> float:
    """A figure of a tier; 0 where the tier does not occur, a rate is missing there."""
    if (tier,) not in figures.labels:
        return nan if name == "value" and figures.metric.code == "SV1" else 0.0
    return float(getattr(figures, name)[0, 0, figures.labels.index((tier,))])


def _listed(reader: Reader, grid_id: str | None) -> dict[str, int]:
    """Tier → key persons listed on the data date."""
    units = tree_of(reader).roots(grid_id)
    if len(units) == 1:
        return dict(reader.rows("queries/key_person_tiers_grid.sql", units=list(units)))
    # A person may be listed in several of the grids.
    return dict(reader.rows("queries/key_person_tiers.sql", grid_id=grid_id))
