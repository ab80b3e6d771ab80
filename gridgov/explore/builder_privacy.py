"""Small counts of persons in an answer: hidden, with what they could be worked out from.

A cell is part of several totals at once (its row's, its column's, its time's). Hiding goes on until
in every one of them at least two cells are hidden and together they hold five persons or more.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.access.privacy import THRESHOLD, small_cells
from gridgov.metrics import METRICS, Metric

__all__ = ["counts_persons", "protect"]

# Figures over residents one by one: key persons and visits to them. Households are counted against
# hundreds, cases and activities are no persons.
_OF_PERSONS = frozenset({"contact", "visit"})
_STOCKS_OF_PERSONS = frozenset({"SV2"})
_BLANKED = ("numerator", "denominator", "value", "n", "compared", "difference", "share")


def counts_persons(metric: Metric) -> bool:
    """Whether the metric's figures are counts of residents."""
    return metric.source in _OF_PERSONS or metric.code in _STOCKS_OF_PERSONS


def protect(
    frame: pd.DataFrame,
    names: tuple[str, ...],
    persons: npt.NDArray[np.float64] | None = None,
) -> tuple[pd.DataFrame, int]:
    """`frame` with small counts missing and `is_suppressed` set; and how many rows that are.

    `names` are the keys of the rows; leaving any one of them out makes a total. persons: (n,)
    distinct persons behind each row, NaN where not known: the smaller of it and the count counts.
    """
    hidden = np.zeros(len(frame), dtype=np.bool_)
    metrics = frame["metric"].to_numpy()
    for code in dict.fromkeys(metrics):
        metric = METRICS[str(code)]
        if not counts_persons(metric):
            continue
        at = np.flatnonzero(metrics == code)
        column = "numerator" if metric.denominator == "none" else "denominator"
        counts = np.nan_to_num(frame[column].to_numpy(dtype=np.float64)[at])
        if persons is not None:
            counts = np.where(persons[at] > 0, np.fmin(counts, persons[at]), counts)
        hidden[at] = _hidden(frame.iloc[at], counts, names)
    blank = {name: frame[name].mask(hidden) for name in _BLANKED if name in frame and hidden.any()}
    return frame.assign(**blank, is_suppressed=hidden), int(hidden.sum())


def _hidden(
    frame: pd.DataFrame, counts: npt.NDArray[np.float64], names: tuple[str, ...]
) -> npt.NDArray[np.bool_]:
    totals = [
        list(frame.groupby([part for part in names if part != name] or ["metric"]).indices.values())
        for name in names
    ]
    hidden = (counts > 0) & (counts < THRESHOLD)
    while hidden.any():
        before = int(hidden.sum())
        for groups in totals:
            for places in groups:
                hidden[places] = _completed(counts[places], hidden[places])
        if int(hidden.sum()) == before:
            break
    return hidden


def _completed(
    counts: npt.NDArray[np.float64], hidden: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """The cells of one total with so many more hidden that none of them follows from it."""
    if not hidden.any():
        return hidden
    hidden = hidden | small_cells(counts)
    for place in np.lexsort((counts, counts == 0)):
        if hidden.sum() >= 2 and counts[hidden].sum() >= THRESHOLD:
            break
        hidden[place] = True
    return hidden
