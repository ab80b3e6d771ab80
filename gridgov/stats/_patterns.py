"""The four patterns of a control chart over whole matrices at once.

Series lie in columns, oldest value on top, moved up so that NaN fills the bottom: what is done to
one period is then done to all series in one stroke of adjacent memory.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["POINTS", "RUN", "SIGNALS", "judge", "judge_columns", "point_codes"]

SIGNALS = ("", "outside", "trend", "two_in_three", "shift")
POINTS = ("common", "improvement", "concern", "high", "low")
RUN = 7

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]

# Sums of floats carry a few units in the last place: a constant series must not leave its limits.
_ROUNDING = 64 * np.finfo(np.float64).eps


def judge(
    values: Floats, mean: Floats, lower: Floats, upper: Floats, near: Floats
) -> tuple[Codes, Codes]:
    """As `judge_columns` for series that lie in rows: (n_series, n_points)."""
    code, sign = judge_columns(
        *(np.ascontiguousarray(part.T) for part in (values, mean, lower, upper, near))
    )
    return code.T, sign.T


def judge_columns(
    values: Floats, mean: Floats, lower: Floats, upper: Floats, near: Floats
) -> tuple[Codes, Codes]:
    """Signal code and sign (+1 high or rising, -1 low or falling, 0 none) of each value.

    values: (n_points, n_series). mean, lower, upper and near (the distance from the mean at
    which "near a limit" begins) broadcast against it. A value with NaN limits has no signal
    but may belong to a trend.
    """
    code = np.zeros(values.shape, dtype=np.int8)
    sign = np.zeros(values.shape, dtype=np.int8)
    if values.shape[0] == 0:
        return code, sign
    # NaN is no size; `fmax` passes over it.
    slack = np.fmax.reduce(np.abs(values), axis=0, initial=0.0) * _ROUNDING
    above, below = values > mean + slack, values < mean - slack
    high, low = values > upper + slack, values < lower - slack
    close_high = ~high & (values > mean + near + slack)
    close_low = ~low & (values < mean - near - slack)

    step = np.diff(values, axis=0)
    rising, falling = _steps(step > slack), _steps(step < -slack)
    two_high, two_low = _two_in_three(close_high, above), _two_in_three(close_low, below)
    long_high, long_low = _members(above, RUN), _members(below, RUN)

    # At the turn from a rising to a falling trend a point belongs to both: the later one counts.
    upward = rising.copy()
    upward[:-1] &= ~falling[:-1] | (step > 0)
    upward[-1] &= ~falling[-1]

    for number, up, down in (
        (4, long_high, long_low),
        (3, two_high, two_low),
        (2, upward, rising | falling),
        (1, high, low),
    ):
        # Where both hold the way is up.
        np.copyto(code, number, where=up | down)
        np.copyto(sign, -1, where=down)
        np.copyto(sign, 1, where=up)
    return code, sign


def point_codes(sign: Codes, directions: Codes) -> Codes:
    """Codes into `POINTS` from the sign of each point and the good direction of each series.

    sign: (n_points, n_series) as of `judge_columns`; directions: (n_series,), or one for all.
    """
    # low, none, high of a series that is better down, neither, better up
    table = np.array([[1, 4, 2], [0, 0, 0], [2, 3, 1]], dtype=np.int8)
    found = np.zeros(sign.shape, dtype=np.int8)
    np.copyto(found, table[0][directions + 1], where=sign < 0)
    np.copyto(found, table[2][directions + 1], where=sign > 0)
    return found


def _windows(mask: Bools, length: int) -> Bools:
    """Whether the `length` entries that begin at each row are all true."""
    if mask.shape[0] < length:
        return np.zeros((0, mask.shape[1]), dtype=np.bool_)
    full, size = mask, 1
    while size < length:
        # Two windows, as far apart as the longer one allows, make one of their joint length.
        apart = min(size, length - size)
        full, size = full[:-apart] & full[apart:], size + apart
    return full


def _cover(starts: Bools, length: int, height: int) -> Bools:
    """Every row that lies in a window of `length` beginning at a true start."""
    found = np.zeros((height, starts.shape[1]), dtype=np.bool_)
    # Few series have any such window.
    chosen = np.flatnonzero(starts.any(axis=0))
    if len(chosen):
        part = np.zeros((height, len(chosen)), dtype=np.bool_)
        few = starts[:, chosen]
        for offset in range(length):
            part[offset : offset + len(few)] |= few
        found[:, chosen] = part
    return found


def _members(mask: Bools, length: int) -> Bools:
    return _cover(_windows(mask, length), length, mask.shape[0])


def _steps(mask: Bools) -> Bools:
    """Points of a trend: six steps the same way join seven points."""
    return _cover(_windows(mask, RUN - 1), RUN, mask.shape[0] + 1)


def _two_in_three(close: Bools, side: Bools) -> Bools:
    """The close points of any three in a row on one side of which two or more are close.

    The third point is the condition, not the signal: only the close ones are marked, as
    NHSRplotthedots does.
    """
    if close.shape[0] < 3:
        return np.zeros(close.shape, dtype=np.bool_)
    first, second, third = close[:-2], close[1:-1], close[2:]
    pair = (first & second) | (first & third) | (second & third)
    return close & _cover(pair & _windows(side, 3), 3, close.shape[0])
