"""Whether hidden cells follow from the sums that are shown: by the null space of the sums.

What the sums leave open is exactly what can be added to the hidden cells without changing any sum.
A cell that no such change touches is told. A random change is had by taking from a random vector
what the sums see of it; it touches, but for chance of measure zero, every cell that any change
touches.

What the sums see is taken out with a sparse factorisation of the sums' products with each other,
made regular by a little on its diagonal; what that little leaves behind goes with the next pass.
Tables that add up by hierarchies factorise in nearly linear time, where walking down a gradient
took thousands of steps.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array, eye_array
from scipy.sparse.linalg import splu

__all__ = ["Sums", "told_by"]

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_UNTOUCHED = 1e-7
_REGULAR = 1e-6
_PASSES = 8
# What the sums may still see of a change: far less than what is called untouched.
_SETTLED = 1e-10


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
    change, is_settled = _unseen(sums.over(hidden))
    # Not settled: nothing may be said to be safe.
    found[hidden] = np.abs(change) < _UNTOUCHED if is_settled else True
    return found


def _unseen(matrix: csr_array) -> tuple[Floats, bool]:
    """A random vector without what `matrix` sees of it; and whether so little is left of that."""
    change = np.random.default_rng(0).standard_normal(matrix.shape[1])
    rows = csr_array(matrix[np.flatnonzero(np.diff(matrix.indptr))])
    if not rows.shape[0]:
        return change, True
    products = (rows @ rows.T + _REGULAR * eye_array(rows.shape[0])).tocsc()
    factors = splu(
        products,
        permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True},
    )  # fmt: skip
    seen = rows @ change
    for _pass in range(_PASSES):
        change = change - rows.T @ factors.solve(seen)
        seen = rows @ change
        if np.abs(seen).max(initial=0.0) < _SETTLED:
            # Once more: what is left shrinks a thousandfold each time.
            return change - rows.T @ factors.solve(seen), True
    return change, False
