"""The compared period beside an answer's rows.

A row that only one of the periods has stays a row: without it a column would not add up to its
total.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from gridgov.metrics import METRICS

__all__ = ["with_compared"]


def with_compared(rows: pd.DataFrame, then: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """`rows` by `names` with `compared`, the value of `then`, and `difference`.

    Both as the engine gives them, protected alike. Buckets are matched in their order. What there
    was only in the compared period comes last.
    """
    on = ["metric", *(name if name != "bucket" else "_turn" for name in names)]
    if "bucket" in names:
        rows = rows.assign(_turn=_turns(rows["bucket"]))
        then = then.assign(_turn=_turns(then["bucket"])).drop(columns="bucket")
        then = then[then["_turn"].isin(rows["_turn"])]
    kept = [*on, "value", *(["is_suppressed"] if "is_suppressed" in then else [])]
    before = then[kept].rename(
        columns={"value": "compared", "is_suppressed": "is_compared_suppressed"}
    )
    merged = rows.merge(before, on=on, how="outer", validate="one_to_one", indicator="_of")
    merged = _without_gaps(merged, rows, "bucket" in names)
    merged["difference"] = merged["value"] - merged["compared"]
    if "is_compared_suppressed" in merged:
        flags = merged["is_compared_suppressed"].astype("boolean").fillna(False)
        merged["is_compared_suppressed"] = flags.astype(bool)
    return merged.drop(columns=["_turn", "_of"], errors="ignore")


def _without_gaps(merged: pd.DataFrame, rows: pd.DataFrame, is_over_time: bool) -> pd.DataFrame:
    """`merged` in the order of `rows`, its rows of the compared period alone after them: nothing
    was counted in them, and a rate of nothing is missing."""
    place = rows.reset_index(names="_place")
    on = [name for name in ("metric", "key_1", "key_2", "_turn") if name in rows]
    merged = merged.merge(place[[*on, "_place"]], on=on, how="left")
    merged = merged.sort_values("_place", kind="stable", na_position="last", ignore_index=True)
    alone = (merged["_of"] == "right_only").to_numpy()
    merged = merged.drop(columns="_place")
    if alone.any():
        merged = _filled(merged, alone, rows, is_over_time)
    # What was missing for a moment has made other types of numbers and of yes and no.
    return merged.astype(dict(rows.dtypes.items()))


def _filled(
    merged: pd.DataFrame, alone: np.ndarray, rows: pd.DataFrame, is_over_time: bool
) -> pd.DataFrame:
    metrics = [METRICS[str(code)] for code in merged.loc[alone, "metric"]]
    none = np.array([0.0 if metric.denominator == "none" else np.nan for metric in metrics])
    merged.loc[alone, "value"] = none
    merged.loc[alone, ["numerator", "n"]] = 0
    merged.loc[alone, "state"] = [
        "missing" if math.isnan(value) else "few" if metric.min_n > 0 else "ok"
        for value, metric in zip(none, metrics, strict=True)
    ]
    if is_over_time:
        buckets = rows.drop_duplicates("_turn").set_index("_turn")
        for name in ("bucket", "is_partial"):
            merged.loc[alone, name] = merged.loc[alone, "_turn"].map(buckets[name]).to_numpy()
    else:
        merged.loc[alone, "is_partial"] = bool(rows["is_partial"].any())
    if "is_suppressed" in merged:
        merged.loc[alone, "is_suppressed"] = False
    return merged


def _turns(buckets: pd.Series) -> pd.Series:
    return buckets.rank(method="dense").astype("int64")
