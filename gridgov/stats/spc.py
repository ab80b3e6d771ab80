"""Statistical process control: is a movement signal or noise?

XmR charts by the rules of NHS England's *Making Data Count* ("plot the dots"): limits are
mean ± 2.66 · mean moving range; moving ranges at or above 3.267 × their mean are left out once.
Four patterns are signals, in this order of precedence: a point outside the limits; a trend of
seven points rising or falling; two of three points near a limit; a shift of seven points on one
side of the mean. Every point that belongs to a pattern is marked.

Missing values (NaN) are skipped: neighbours on both sides of a gap count as consecutive.
Charts for rates and counts with changing denominators are in `rate_charts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from gridgov.stats._patterns import POINTS, SIGNALS, judge_columns, point_codes
from gridgov.stats.rate_charts import p_chart, u_chart

__all__ = [
    "LIMIT_FACTOR",
    "NEAR_FACTOR",
    "POINTS",
    "SCREEN_FACTOR",
    "SIGNALS",
    "TRIAL_POINTS",
    "Assurance",
    "Improvement",
    "Xmr",
    "XmrBatch",
    "assurance_codes",
    "p_chart",
    "sum_columns",
    "u_chart",
    "xmr",
    "xmr_batch",
]

LIMIT_FACTOR = 2.66
NEAR_FACTOR = 1.773
SCREEN_FACTOR = 3.267
TRIAL_POINTS = 13

Improvement = Literal["up", "down"]
Assurance = Literal["pass", "fail", "hit_or_miss"]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

_ASSURANCE: tuple[Assurance | None, ...] = (None, "pass", "fail", "hit_or_miss")
_DIRECTION = {None: 0, "up": 1, "down": -1}
_CHUNK_CELLS = 65_536  # keeps the temporaries of one pass within the processor's cache


@dataclass(frozen=True, slots=True)
class Xmr:
    """One judged series; arrays have one entry per point, in the order given.

    mean, lower, upper: limits in force at each point (NaN where fewer than two values exist).
    signal: "", "outside", "trend", "two_in_three" or "shift".
    point: "common", "improvement", "concern", or "high" / "low" where neither way is good.
    variation: `point` of the newest value. assurance: None without target or direction.
    trial: the newest limits rest on fewer than 13 values.
    """

    mean: Floats
    lower: Floats
    upper: Floats
    signal: npt.NDArray[np.str_]
    point: npt.NDArray[np.str_]
    variation: str
    assurance: Assurance | None
    trial: bool


@dataclass(frozen=True, slots=True)
class XmrBatch:
    """Many judged series: rows are series, columns are points.

    signal and point are codes into `SIGNALS` and `POINTS`, variation into `POINTS`, assurance
    is 0 none, 1 pass, 2 fail, 3 hit or miss. Limits may be read-only views.
    """

    mean: Floats
    lower: Floats
    upper: Floats
    signal: Codes
    point: Codes
    variation: Codes
    assurance: Codes
    trial: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.trial)

    def row(self, index: int) -> Xmr:
        """The series at `index`, exactly as `xmr` would have judged it alone."""
        return Xmr(
            mean=np.array(self.mean[index]),
            lower=np.array(self.lower[index]),
            upper=np.array(self.upper[index]),
            signal=np.array(SIGNALS)[self.signal[index]],
            point=np.array(POINTS)[self.point[index]],
            variation=POINTS[int(self.variation[index])],
            assurance=_ASSURANCE[int(self.assurance[index])],
            trial=bool(self.trial[index]),
        )


def xmr(
    values: npt.ArrayLike,
    *,
    improvement: Improvement | None = None,
    target: float | None = None,
    rebase: Sequence[int] = (),
    fix_after: int | None = None,
    screen_outliers: bool = True,
) -> Xmr:
    """Judge one series, oldest value first; NaN where a period has no value.

    improvement: which way is better; None where neither is ("high" and "low" instead).
    rebase: 0-based positions at which new limits begin; patterns do not reach across them.
    fix_after: limits use only the first so many values of each stretch between rebases.
    Raises ValueError for a series that is not one-dimensional or a position outside it.
    Source: NHS England, Making Data Count; NHSRplotthedots 0.2.
    """
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1:
        raise ValueError(f"xmr: one-dimensional values expected, got shape {series.shape}")
    return xmr_batch(
        series[None, :],
        improvement=improvement,
        target=target,
        rebase=rebase,
        fix_after=fix_after,
        screen_outliers=screen_outliers,
    ).row(0)


def xmr_batch(
    matrix: npt.ArrayLike,
    *,
    improvement: Improvement | Sequence[Improvement | None] | Codes | None = None,
    target: float | npt.ArrayLike | None = None,
    rebase: Sequence[int] = (),
    fix_after: int | None = None,
    screen_outliers: bool = True,
) -> XmrBatch:
    """Judge every row of `matrix` (n_series, n_points) by the rules of `xmr`.

    improvement and target are one for all or one per row (target NaN: none for that row; an array
    of improvement says 1 for up, -1 for down, 0 for neither); rebase and fix_after hold for all.
    """
    data = np.asarray(matrix, dtype=np.float64)
    if data.ndim != 2:
        raise ValueError(f"xmr_batch: two-dimensional matrix expected, got shape {data.shape}")
    starts = _starts(rebase, data.shape[1])
    if fix_after is not None and fix_after < 2:
        raise ValueError(f"fix_after: at least 2 values are needed for limits, got {fix_after}")
    directions = _directions(improvement, len(data))
    targets = np.full(len(data), np.nan)
    if target is not None:
        targets[:] = np.asarray(target, dtype=np.float64)
    step = max(1, _CHUNK_CELLS // max(1, data.shape[1]))
    parts = [
        _judge_rows(
            data[i : i + step],
            starts,
            fix_after,
            screen_outliers,
            directions[i : i + step],
            targets[i : i + step],
        )
        for i in range(0, max(1, len(data)), step)
    ]
    return parts[0] if len(parts) == 1 else _join(parts)


def _starts(rebase: Sequence[int], n_points: int) -> list[int]:
    positions = sorted({int(p) for p in rebase} | {0})
    if positions[0] < 0 or (n_points and positions[-1] >= n_points):
        raise ValueError(f"rebase: positions must lie in 0..{n_points - 1}, got {list(rebase)}")
    return positions


def _directions(
    improvement: Improvement | Sequence[Improvement | None] | Codes | None, n_rows: int
) -> npt.NDArray[np.int8]:
    if isinstance(improvement, np.ndarray):
        return improvement
    given = [improvement] if improvement is None or isinstance(improvement, str) else improvement
    if any(one not in _DIRECTION for one in given):
        raise ValueError('improvement: "up", "down" or None expected')
    codes = np.array([_DIRECTION[one] for one in given], dtype=np.int8)
    return np.broadcast_to(codes, (n_rows,)) if len(codes) == 1 else codes


def _judge_rows(
    data: Floats,
    starts: list[int],
    fix_after: int | None,
    screen: bool,
    directions: npt.NDArray[np.int8],
    targets: Floats,
) -> XmrBatch:
    n_rows, n_points = data.shape
    signal = np.zeros((n_rows, n_points), dtype=np.int8)
    point = np.zeros((n_rows, n_points), dtype=np.int8)
    limits: list[tuple[Floats, Floats, Floats]] = []
    variation = np.zeros(n_rows, dtype=np.int8)
    assurance = np.zeros(n_rows, dtype=np.int8)
    trial = np.ones(n_rows, dtype=np.bool_)
    ends = [*starts[1:], n_points]
    for begin, end in zip(starts, ends, strict=True):
        part, moved, count = _squeeze(np.ascontiguousarray(data[:, begin:end].T))
        mean, half, used = _limits(part, fix_after, screen)
        lower, upper = mean - LIMIT_FACTOR * half, mean + LIMIT_FACTOR * half
        codes, signs = judge_columns(part, mean, lower, upper, NEAR_FACTOR * half)
        points = point_codes(signs, directions)
        seen = count > 0  # a stretch without a value leaves the state of the one before in force
        newest = points[np.maximum(count - 1, 0), np.arange(n_rows)] if end > begin else variation
        variation = np.where(seen, newest, variation)
        trial = np.where(seen, used < TRIAL_POINTS, trial)
        assurance = np.where(seen, _assurance(lower, upper, directions, targets), assurance)
        signal[:, begin:end], point[:, begin:end] = _put_back(codes, points, moved)
        limits.append((mean, lower, upper))
    spans = [end - begin for begin, end in zip(starts, ends, strict=True)]
    means, lowers, uppers = (_spread([one[i] for one in limits], spans) for i in range(3))
    return XmrBatch(means, lowers, uppers, signal, point, variation, assurance, trial)


@dataclass(frozen=True, slots=True)
class _Moved:
    """Series (columns) whose values were moved up, and the row that each came from."""

    columns: npt.NDArray[np.intp]
    origin: npt.NDArray[np.intp]


def _squeeze(part: Floats) -> tuple[Floats, _Moved | None, npt.NDArray[np.intp]]:
    """Move the values of each series (column) up; also where they were, and their counts."""
    missing = ~np.isfinite(part)
    count = part.shape[0] - missing.sum(axis=0)
    if not missing.any():
        return part, None, count
    squeezed = np.where(missing, np.nan, part)
    columns = np.flatnonzero((missing[:-1] & ~missing[1:]).any(axis=0))
    if not len(columns):
        return squeezed, None, count
    origin = np.argsort(missing[:, columns], axis=0, kind="stable")
    squeezed[:, columns] = np.take_along_axis(squeezed[:, columns], origin, axis=0)
    return squeezed, _Moved(columns, origin), count


def _put_back(codes: Codes, points: Codes, moved: _Moved | None) -> tuple[Codes, Codes]:
    """Marks beside their own, gappy, positions; in rows."""
    if moved is not None:
        for marks in (codes, points):
            marks[moved.origin, moved.columns] = marks[:, moved.columns]
    return codes.T, points.T


def _limits(
    part: Floats, fix_after: int | None, screen: bool
) -> tuple[Floats, Floats, npt.NDArray[np.intp]]:
    """Mean, mean moving range and number of values behind them, per column of squeezed values."""
    base = part[:fix_after]
    present = ~np.isnan(base)
    used = present.sum(axis=0)
    mean = _mean_where(base, present)
    ranges = np.abs(np.diff(base, axis=0))
    average = _mean_where(ranges, ~np.isnan(ranges))
    if screen:
        screened = _mean_where(ranges, ranges < SCREEN_FACTOR * average)
        # A series that hardly ever moves would be left with a range of zero, and each of its
        # points would then stand outside: keep the whole mean there.
        average = np.where(screened > 0, screened, average)
    return mean, average, used


def _mean_where(values: Floats, mask: npt.NDArray[np.bool_]) -> Floats:
    """Mean of each column over `mask`; NaN where it has none."""
    total = sum_columns(np.where(mask, values, 0.0))
    count = mask.sum(axis=0)
    mean: Floats = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
    return mean


def sum_columns(values: Floats) -> Floats:
    """Sums of the columns, added in the order in which numpy adds up one series (pairwise, eight
    at a time), so that a series has the same limits alone and among others, however it lies."""
    size = len(values)
    if size > 128:
        half = size // 2 - size // 2 % 8
        return sum_columns(values[:half]) + sum_columns(values[half:])
    if size < 8:
        total, rest = np.zeros(values.shape[1]), values
    else:
        whole = size - size % 8
        lane = values[:8].copy()
        for at in range(8, whole, 8):
            lane += values[at : at + 8]
        total = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + (
            (lane[4] + lane[5]) + (lane[6] + lane[7])
        )
        rest = values[whole:]
    for row in rest:
        total = total + row
    return total


def assurance_codes(
    lower: Floats,
    upper: Floats,
    improvement: Sequence[Improvement | None],
    targets: Floats,
) -> Codes:
    """Assurance codes as in `XmrBatch`, all (n_series,), from limits that are known already."""
    return _assurance(lower, upper, _directions(list(improvement), len(lower)), targets)


def _assurance(
    lower: Floats, upper: Floats, directions: npt.NDArray[np.int8], targets: Floats
) -> Codes:
    side = np.where(targets < lower, 1, np.where(targets > upper, -1, 0)) * directions
    known = (directions != 0) & ~np.isnan(targets) & ~np.isnan(lower)
    code = np.where(side > 0, 1, np.where(side < 0, 2, 3))
    return np.where(known, code, 0).astype(np.int8)


def _spread(columns: list[Floats], spans: list[int]) -> Floats:
    if len(columns) == 1:  # one stretch: a view costs nothing, however many points
        return np.broadcast_to(columns[0][:, None], (len(columns[0]), spans[0]))
    spread: Floats = np.repeat(np.stack(columns, axis=1), spans, axis=1)
    return spread


def _join(parts: list[XmrBatch]) -> XmrBatch:
    def together(name: str) -> npt.NDArray[np.generic]:
        return np.concatenate([getattr(part, name) for part in parts])

    def limits(name: str) -> Floats:
        arrays = [getattr(part, name) for part in parts]
        if all(a.strides[1] == 0 for a in arrays):
            column = np.concatenate([a[:, 0] for a in arrays])
            return np.broadcast_to(column[:, None], (len(column), arrays[0].shape[1]))
        joined: Floats = np.concatenate(arrays)
        return joined

    return XmrBatch(
        limits("mean"),
        limits("lower"),
        limits("upper"),
        *(together(name) for name in ("signal", "point", "variation", "assurance", "trial")),  # type: ignore[arg-type]
    )
