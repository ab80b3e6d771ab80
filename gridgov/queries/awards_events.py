"""The records behind a review flag or on a call-back list, as a committee reads them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from gridgov.warehouse import Reader

__all__ = ["award_events"]


def award_events(reader: Reader, ids: Iterable[str]) -> pd.DataFrame:
    """One row a visit or complaint among `ids`, by time: event_id, log, occurred_at, ended_at,
    entered_at, grid_name, worker_text, household (pseudonym), mode, met, purpose, note."""
    return reader.frame("queries/awards_event.sql", ids=sorted(set(ids)))
