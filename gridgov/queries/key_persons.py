"""Key persons: who is overdue, and how each tier stands."""

from __future__ import annotations

from datetime import date

import pandas as pd

from gridgov.metrics import evaluate
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
    counted = evaluate(reader, ["SV1", "SV2"], start, end, by=("tier",), grid_id=grid_id)
    due = counted[counted["metric"] == "SV1"].set_index("tier")
    overdue = counted[counted["metric"] == "SV2"].set_index("tier")
    listed = dict(reader.rows("queries/key_person_tiers.sql", grid_id=grid_id))
    return pd.DataFrame(
        {
            "tier": list(TIERS),
            "listed": [int(listed.get(tier, 0)) for tier in TIERS],
            "due": due["denominator"].reindex(TIERS, fill_value=0.0).to_numpy(),
            "contacted": due["numerator"].reindex(TIERS, fill_value=0.0).to_numpy(),
            "rate": due["value"].reindex(TIERS).to_numpy(),
            "overdue": overdue["value"].reindex(TIERS, fill_value=0.0).to_numpy(),
        }
    )
