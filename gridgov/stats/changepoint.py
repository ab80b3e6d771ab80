"""Where the level of a series shifted, and how sure that is.

Binary segmentation: the split that separates the means best is tested by permutation (if the
order carried no information, how often would shuffled values split as well?), then both sides are
searched in turn; each split found is tested again between its neighbours at the end. On pure
noise the first test alone decides, so the share of false alarms is 1 - level by construction.
Sources: Scott & Knott, Biometrics 30, 1974; permutation test as in Pettitt, Applied Statistics
28, 1979; interval for the position by bootstrap as in Hušková & Kirch, Metron 66, 2008.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["ChangePoint", "change_points"]

Floats = npt.NDArray[np.float64]
_BLOCK_CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """A shift of level: `position` is the first point of the new level, 0-based.

    confidence: 1 - p of the permutation test. first, last: 90 % interval of the position.
    before, after: mean level of the stretches on either side.
    """

    position: int
    confidence: float
    first: int
    last: int
    before: float
    after: float


def change_points(
    values: npt.ArrayLike,
    *,
    level: float = 0.95,
    min_size: int = 4,
    n_permutations: int = 1999,
    seed: int = 0,
) -> tuple[ChangePoint, ...]:
    """Shifts of level in `values` (n_points,), in order; NaN gaps are skipped.

    min_size: fewest points on either side of a shift. The same seed gives the same answer; the
    series must not be seasonal (align or adjust it first). Empty for too short a series.
    """
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1:
        raise ValueError(f"change_points: one-dimensional values expected, got {series.shape}")
    where = np.flatnonzero(np.isfinite(series))
    y = series[where]
    rng = np.random.default_rng(seed)
    splits: list[int] = []
    waiting = [(0, len(y))]
    while waiting:
        start, stop = waiting.pop()
        place, p = _test(y[start:stop], min_size, n_permutations, rng)
        if p <= 1 - level:
            splits.append(start + place)
            waiting += [(start, start + place), (start + place, stop)]
    found: list[ChangePoint] = []
    edges = [0, *sorted(splits), len(y)]
    for before, after in zip(edges, edges[2:], strict=False):
        part = y[before:after]
        place, p = _test(part, min_size, n_permutations, rng)
        if p > 1 - level:
            continue
        first, last = _position_interval(part, place, min_size, rng)
        found.append(
            ChangePoint(
                position=int(where[before + place]),
                confidence=1 - p,
                first=int(where[before + first]),
                last=int(where[before + last]),
                before=float(part[:place].mean()),
                after=float(part[place:].mean()),
            )
        )
    return tuple(found)


def _test(
    y: Floats, min_size: int, n_permutations: int, rng: np.random.Generator
) -> tuple[int, float]:
    """Best split of `y` and its permutation p; (0, 1.0) where there is nothing to test."""
    if len(y) < 2 * min_size or np.ptp(y) <= 1e-12 * float(np.abs(y).max()):
        return 0, 1.0
    centred = (y - y.mean())[None, :]
    gain, places = _best_split(centred, min_size)
    reached, rows = 0, max(1, _BLOCK_CELLS // len(y))
    for begin in range(0, n_permutations, rows):
        count = min(rows, n_permutations - begin)
        shuffled = rng.permuted(np.repeat(centred, count, axis=0), axis=1)
        reached += int((_best_split(shuffled, min_size)[0] >= gain[0] * (1 - 1e-12)).sum())
    return int(places[0]), (1 + reached) / (1 + n_permutations)


def _best_split(rows: Floats, min_size: int) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Largest |mean difference| in units of its error over all splits, per centred row."""
    n = rows.shape[1]
    left = np.arange(min_size, n - min_size + 1)
    total = np.abs(np.cumsum(rows, axis=1)[:, left - 1])
    gain = total / np.sqrt(left * (n - left) / n)
    best = gain.argmax(axis=1)
    return gain[np.arange(len(rows)), best], left[best]


def _position_interval(
    y: Floats, place: int, min_size: int, rng: np.random.Generator, n_draws: int = 500
) -> tuple[int, int]:
    """5 % and 95 % points of the split when the scatter on both sides is resampled."""
    left, right = y[:place], y[place:]
    draws = np.empty((n_draws, len(y)))
    draws[:, :place] = rng.choice(left, size=(n_draws, len(left)))
    draws[:, place:] = rng.choice(right, size=(n_draws, len(right)))
    draws -= draws.mean(axis=1, keepdims=True)
    places = np.sort(_best_split(draws, min_size)[1])
    return min(place, int(places[n_draws // 20])), max(place, int(places[-n_draws // 20 - 1]))
