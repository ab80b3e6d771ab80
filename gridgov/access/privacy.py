"""Small counts of persons, masked names: what may leave the page.

A count of one to four residents can point at somebody. It is not shown, and neither is so much of
its neighbours that it could be worked out from the total (complementary suppression).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["THRESHOLD", "mask_name", "small_cells", "suppress"]

THRESHOLD = 5


def small_cells(counts: npt.ArrayLike, *, threshold: int = THRESHOLD) -> npt.NDArray[np.bool_]:
    """Which cells of one total must be hidden; shape (n,) as `counts` (persons; NaN: unknown).

    Every count from 1 to threshold - 1 is hidden. Further cells, smallest first, are hidden until
    at least two are and together they hold at least `threshold` persons, so that neither the
    single hidden cell nor a set that can only be ones follows from the total.
    """
    numbers = np.nan_to_num(np.asarray(counts, dtype=np.float64), nan=0.0)
    hidden = (numbers > 0) & (numbers < threshold)
    if not hidden.any():
        return hidden
    # Positive cells first: hiding an empty one protects nobody unless nothing else is left.
    order = np.lexsort((np.arange(len(numbers)), numbers, numbers == 0))
    for place in order:
        if hidden.sum() >= 2 and numbers[hidden].sum() >= threshold:
            break
        hidden[place] = True
    return hidden


def suppress(
    frame: pd.DataFrame,
    count: str,
    *,
    also: Sequence[str] = (),
    within: Sequence[str] = (),
    threshold: int = THRESHOLD,
) -> pd.DataFrame:
    """A copy of `frame` whose small counts of persons, and the columns `also`, are missing.

    `within` names the columns that make a total (each of their combinations is one). The new
    column `is_suppressed` says which rows were touched; show them as "<5".
    """
    hidden = np.zeros(len(frame), dtype=np.bool_)
    if within:
        for positions in frame.groupby(list(within), dropna=False, sort=False).indices.values():
            hidden[positions] = small_cells(
                frame[count].to_numpy(dtype=np.float64, na_value=np.nan)[positions],
                threshold=threshold,
            )
    elif len(frame):
        hidden = small_cells(
            frame[count].to_numpy(dtype=np.float64, na_value=np.nan), threshold=threshold
        )
    blank = {
        name: frame[name].astype("Float64").mask(hidden)
        if pd.api.types.is_numeric_dtype(frame[name])
        else frame[name].mask(hidden)
        for name in (count, *also)
    }
    return frame.assign(**blank, is_suppressed=hidden)


def mask_name(name: str) -> str:
    """张小三 → 张*三, 张三 → 张*, 欧阳小三 → 欧**三: first and last character, the rest starred."""
    text = name.strip()
    if len(text) <= 1:
        return "*" * len(text)
    if len(text) == 2:
        return text[0] + "*"
    return text[0] + "*" * (len(text) - 2) + text[-1]
