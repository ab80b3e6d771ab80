"""The four patterns of a control chart over whole matrices at once.

Rows are series whose values have been moved to the left; NaN pads the right end.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["POINTS", "RUN", "SIGNALS", "judge", "point_codes"]

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
    """Signal code and sign (+1 high or rising, -1 low or falling, 0 none) of each value.

    values: (n_series, n_points). mean, lower, upper and near (the distance from the mean at
    which "near a limit" begins) broadcast against it. A value with NaN limits has no signal
    but may belong to a trend.
    """
    if values.shape[1] == 0:
        empty = np.zeros(values.shape, dtype=np.int8)
        return empty, empty
    size = np.abs(np.where(np.isnan(values), 0.0, values)).max(axis=1, keepdims=True)
    slack = size * _ROUNDING
    above, below = values > mean + slack, values < mean - slack
    high, low = values > upper + slack, values < lower - slack
    close_high = ~high & (values > mean + near + slack)
    close_low = ~low & (values < mean - near - slack)

    step = np.diff(values, axis=1)
    rising, falling = _steps(step > slack), _steps(step < -slack)
    two_high, two_low = _two_in_three(close_high, above), _two_in_three(close_low, below)
    long_high, long_low = _members(above, RUN), _members(below, RUN)

    # At the turn from a rising to a falling trend a point belongs to both: the later one counts.
    later = np.zeros(values.shape, dtype=np.bool_)
    later[:, :-1] = step > 0
    upward = rising & (~falling | later)

    trend = rising | falling
    code = np.zeros(values.shape, dtype=np.int8)
    sign = np.zeros(values.shape, dtype=np.int8)
    for number, member, positive in (
        (4, long_high | long_low, long_high),
        (3, two_high | two_low, two_high),
        (2, trend, upward),
        (1, high | low, high),
    ):
        code[member] = number
        sign[member] = np.where(positive[member], 1, -1)
    return code, sign


def point_codes(sign: Codes, directions: Codes) -> Codes:
    """Codes into `POINTS` from the sign of each point and the good direction of each row."""
    # rows: low, none, high; columns: better down, neither, better up
    table = np.array([[1, 4, 2], [0, 0, 0], [2, 3, 1]], dtype=np.int8)
    found: Codes = table[sign + 1, directions[:, None] + 1]
    return found


def _windows(mask: Bools, length: int) -> Bools:
    """Whether the `length` entries that begin at each column are all true."""
    if mask.shape[1] < length:
        return np.zeros((mask.shape[0], 0), dtype=np.bool_)
    full = mask[:, : mask.shape[1] - length + 1].copy()
    for offset in range(1, length):
        full &= mask[:, offset : offset + full.shape[1]]
    return full


def _cover(starts: Bools, length: int, width: int) -> Bools:
    """Every column that lies in a window of `length` beginning at a true start."""
    found = np.zeros((starts.shape[0], width), dtype=np.bool_)
    if starts.any():
        for offset in range(length):
            found[:, offset : offset + starts.shape[1]] |= starts
    return found


def _members(mask: Bools, length: int) -> Bools:
    return _cover(_windows(mask, length), length, mask.shape[1])


def _steps(mask: Bools) -> Bools:
    """Points of a trend: six steps the same way join seven points."""
    return _cover(_windows(mask, RUN - 1), RUN, mask.shape[1] + 1)


def _two_in_three(close: Bools, side: Bools) -> Bools:
    """The close points of any three in a row on one side of which two or more are close.

    The third point is the condition, not the signal: only the close ones are marked, as
    NHSRplotthedots does.
    """
    if close.shape[1] < 3:
        return np.zeros(close.shape, dtype=np.bool_)
    near = close.astype(np.int8)
    pair = near[:, :-2] + near[:, 1:-1] + near[:, 2:] >= 2
    return close & _cover(pair & _windows(side, 3), 3, close.shape[1])
