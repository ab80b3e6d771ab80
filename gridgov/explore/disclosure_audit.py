"""Whether hidden cells follow from the sums that are shown: by the null space of the sums.

What the sums leave open is exactly what can be added to the hidden cells without changing any sum.
A cell that no such change touches is told. A random change is had by taking from a random vector
what the sums see of it (least squares over the sparse sums); it touches, but for chance of measure
zero, every cell that any change touches.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.linalg import lsmr

__all__ = ["Sums", "told_by"]

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_UNTOUCHED = 1e-7
_EXACT = 1e-14
_STEPS = 4000


class Sums:
    """Sums over the cells of several tables, the cells numbered through."""

    def __init__(self) -> None:
        self._rows: list[Ints] = []
        self._columns: list[Ints] = []
        self._signs: list[Floats] = []
        self._size = 0

    def add(self, line_of: Ints, start: int, total: int, lines: int) -> None:
        """The cells of the table that begins at `start` add up to those of the one at `total`.

        line_of: (n_cells,), which of the `lines` cells of the totals each belongs to.
        """
        lines_at = np.arange(lines, dtype=np.int64)
        self._rows += [line_of + self._size, lines_at + self._size]
        self._columns += [np.arange(len(line_of), dtype=np.int64) + start, lines_at + total]
        self._signs += [np.ones(len(line_of)), -np.ones(lines)]
        self._size += lines

    def __len__(self) -> int:
        """How many sums there are."""
        return self._size

    def over(self, hidden: Bools) -> csr_array:
        """The sums over the hidden cells alone: what is shown is known and falls out."""
        place = np.cumsum(hidden) - 1
        rows, columns = np.concatenate(self._rows), np.concatenate(self._columns)
        kept = hidden[columns]
        values = np.concatenate(self._signs)[kept]
        shape = (self._size, int(hidden.sum()))
        return coo_array((values, (rows[kept], place[columns[kept]])), shape=shape).tocsr()


def told_by(sums: Sums, hidden: Bools) -> Bools:
    """Which of the hidden cells follow exactly from the sums and what is shown, (n_cells,)."""
    found = np.zeros(len(hidden), dtype=np.bool_)
    if not hidden.any() or not len(sums):
        return found
    matrix = sums.over(hidden)
    change = np.random.default_rng(0).standard_normal(matrix.shape[1])
    for _turn in range(2):
        # The second pass takes out what rounding left of the first.
        seen, stop = lsmr(
            matrix, matrix @ change, atol=_EXACT, btol=_EXACT, conlim=0.0, maxiter=_STEPS
        )[:2]
        change = change - seen
    found[hidden] = np.abs(change) < _UNTOUCHED
    if stop == 7:
        # Not settled: nothing may be said to be safe.
        found[hidden] = True
    return found
