"""From judged series to the few that need eyes: runs of signals, and an order of attention."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridgov.stats.spc import POINTS, SIGNALS, XmrBatch

__all__ = ["SignalRuns", "attention", "attention_order", "signal_runs"]

Codes = npt.NDArray[np.int8]
Ints = npt.NDArray[np.int64]

# Points needed before a pattern can be seen; a trend or shift is news at its seventh point.
_NEEDED = np.array([0, 1, 7, 2, 7])
# Newest state, worst first: a concern, a change where neither way is good, an improvement.
_STATE_WEIGHT = np.zeros(len(POINTS))
for _name, _weight in (("concern", 8.0), ("high", 4.0), ("low", 4.0), ("improvement", 2.0)):
    _STATE_WEIGHT[POINTS.index(_name)] = _weight
_FAIL_WEIGHT, _HIT_OR_MISS_WEIGHT = 3.0, 0.5


@dataclass(frozen=True, slots=True)
class SignalRuns:
    """Stretches of consecutive points with one signal and one state; all arrays (n_runs,).

    row, start, end: where (end included). seen: the point at which the pattern was complete
    and could first be noticed. signal, point: codes into `SIGNALS` and `POINTS`.
    """

    row: Ints
    start: Ints
    end: Ints
    seen: Ints
    signal: Ints
    point: Ints

    def __len__(self) -> int:
        return len(self.row)

    def since(self, position: int) -> SignalRuns:
        """Only the runs that became visible at or after `position`."""
        keep = self.seen >= position
        return SignalRuns(
            self.row[keep],
            self.start[keep],
            self.end[keep],
            self.seen[keep],
            self.signal[keep],
            self.point[keep],
        )


def signal_runs(batch: XmrBatch, rows: npt.NDArray[np.intp] | None = None) -> SignalRuns:
    """All runs of signals of all rows, by row and position; `rows`: of these alone, ascending."""
    if rows is not None:
        return _runs(batch.signal[rows], batch.point[rows], rows)
    return _runs(batch.signal, batch.point, np.arange(len(batch)))


def _runs(signals: Codes, points: Codes, rows: npt.NDArray[np.intp]) -> SignalRuns:
    width = signals.shape[1]
    key = signals * np.int8(len(POINTS)) + points
    fresh = np.ones(key.shape, dtype=np.bool_)
    fresh[:, 1:] = key[:, 1:] != key[:, :-1]
    final = np.ones(key.shape, dtype=np.bool_)
    final[:, :-1] = fresh[:, 1:]
    marked = signals > 0
    row, start = np.nonzero(fresh & marked)
    end = np.nonzero(final & marked)[1]
    signal = signals[row, start].astype(np.int64) if width else row
    point = points[row, start].astype(np.int64) if width else row
    seen = np.minimum(end, start + _NEEDED[signal] - 1)
    return SignalRuns(rows[row].astype(np.int64), start, end, seen, signal, point)


def attention(batch: XmrBatch) -> npt.NDArray[np.float64]:
    """How much each series (n_series,) asks for eyes now; 0: usual, target met or none.

    Newest state first, then the target, then the rule behind the newest signal in its order of
    precedence (at most 0.4): a weight for ordering, not a measure.
    """
    newest = np.zeros(len(batch), dtype=np.int64)
    if batch.signal.shape[1]:
        positions = np.where(batch.signal > 0, np.arange(batch.signal.shape[1]), -1)
        last = positions.max(axis=1)
        newest = np.where(last >= 0, batch.signal[np.arange(len(batch)), np.maximum(last, 0)], 0)
    rule = np.where(newest > 0, (len(SIGNALS) - newest) / 10, 0.0)
    target = np.select(
        [batch.assurance == 2, batch.assurance == 3], [_FAIL_WEIGHT, _HIT_OR_MISS_WEIGHT], 0.0
    )
    state = _STATE_WEIGHT[batch.variation]
    return np.asarray(state + target + np.where(state > 0, rule, 0.0), dtype=np.float64)


def attention_order(batch: XmrBatch) -> npt.NDArray[np.intp]:
    """Row numbers, what needs eyes most first; equal rows keep their order."""
    return np.argsort(-attention(batch), kind="stable")
