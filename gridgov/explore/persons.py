"""How many distinct persons stand behind each cell of an answer.

A few persons over many periods make a large number of person-periods: it is the persons that must
be five, not the periods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.filters import Span
from gridgov.metrics import Grain
from gridgov.warehouse import Reader

__all__ = ["PERSON_PERIODS", "persons_behind"]

PERSON_PERIODS = ("SV1", "SV7")
"""Metrics whose denominator counts a person many times."""
_SPLITS = frozenset({"", "tier", "person_category", "mode"})


def persons_behind(
    reader: Reader,
    code: str,
    span: Span,
    rows: pd.DataFrame,
    by: Mapping[str, str],
    *,
    grain: Grain | None,
    grid_id: str | None,
    where: Mapping[str, Sequence[str]],
) -> npt.NDArray[np.float64]:
    """Distinct persons for each of `rows`, (n,); NaN where the split or filter is another than
    grid, tier, person category and mode, or where the row gathers a rest.

    by: key column of `rows` → split of the cut; rows have a `bucket` with a grain.
    """
    unknown = np.full(len(rows), np.nan)
    splits = [by.get(name, "") for name in ("key_1", "key_2")]
    known = all(split in _SPLITS or split.startswith("grid:") for split in splits)
    if not known or not set(where) <= {"tier", "person_category", "mode"} or rows.empty:
        return unknown
    found = reader.frame(
        "explore/persons.sql", metric=code, start=span.start, finish=span.end, grid_id=grid_id,
        first=splits[0], second=splits[1], grain=grain or "",
        tiers=_listed(where, "tier"), categories=_listed(where, "person_category"),
        modes=_listed(where, "mode"),
    )  # fmt: skip
    keys = [*by, *(["bucket"] if grain else [])]
    if grain:
        found["bucket"] = found["bucket"].astype(rows["bucket"].dtype)
    if not keys:
        return np.full(len(rows), float(found["persons"].sum()))
    merged = rows[keys].merge(found[[*keys, "persons"]], on=keys, how="left")
    return merged["persons"].to_numpy(dtype=np.float64, na_value=np.nan)


def _listed(where: Mapping[str, Sequence[str]], name: str) -> list[str] | None:
    return list(where[name]) if name in where else None
