"""Which cells of lines that add up must be hidden: the small ones, and as many beside them as it
takes so that no hidden one follows from the total. Arrays only; no data is read here.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gridgov.access.privacy import THRESHOLD

__all__ = ["among_siblings", "completed", "families", "hidden_over_time", "is_few"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
_ABSENT, _EMPTY = 4e15, 2e15


def is_few(persons: Floats) -> Bools:
    """Which numbers of persons are one to four; shape of `persons`. NaN is nobody."""
    known = np.nan_to_num(persons)
    return np.asarray((known > 0) & (known < THRESHOLD), dtype=np.bool_)


def completed(persons: Floats, hidden: Bools, absent: Bools | None = None) -> Bools:
    """`hidden` and what must be hidden with it; all (lines, cells), each line with its total shown.

    Cells of one to four persons are hidden, then the next smallest, until of a line with a hidden
    cell at least two are and five persons stand behind them together. absent: places without a
    cell, which hide nothing. Cells without anybody are never hidden.
    """
    counts = np.nan_to_num(persons)
    first = hidden | is_few(counts)
    touched = first.any(axis=1)
    if not touched.any():
        return first
    key = np.where(counts > 0, counts, _EMPTY)
    if absent is not None:
        key = np.where(absent, _ABSENT, key)
    key = np.where(first, key - 2 * _ABSENT, key)
    order = np.argsort(key, axis=1, kind="stable")
    ranks = np.argsort(order, axis=1, kind="stable")
    cells = np.arange(counts.shape[1])
    enough = np.cumsum(np.take_along_axis(counts, order, 1), axis=1) >= THRESHOLD
    enough &= cells >= 1
    least = np.where(enough.any(axis=1), enough.argmax(axis=1) + 1, len(cells))
    most = np.where(touched, np.maximum(least, first.sum(axis=1)), 0)
    return np.asarray((ranks < most[:, None]) & (counts > 0), dtype=np.bool_)


def families(parents: list[str]) -> Ints:
    """(families, most cells): the places of the cells of each parent, -1 where there is no more."""
    of: dict[str, list[int]] = {}
    for place, parent in enumerate(parents):
        of.setdefault(parent, []).append(place)
    width = max((len(cells) for cells in of.values()), default=0)
    rows = [cells + [-1] * (width - len(cells)) for cells in of.values()]
    return np.array(rows, dtype=np.intp).reshape(len(of), width)


def among_siblings(persons: Floats, hidden: Bools, groups: Ints) -> Bools:
    """`completed` over the cells of each family, in every row of (rows, cells)."""
    if not hidden.any() and not is_few(persons).any():
        return hidden
    absent = groups < 0
    rows, (count, width) = len(persons), groups.shape
    shape = rows * count, width
    found = completed(
        np.where(absent, 0.0, persons[:, groups]).reshape(shape),
        (hidden[:, groups] & ~absent).reshape(shape),
        np.broadcast_to(absent, (rows, count, width)).reshape(shape),
    ).reshape(rows, count, width)
    told = hidden.copy()
    told[:, groups[~absent]] = found[:, ~absent]
    return told


def hidden_over_time(persons: Floats, groups: Ints, sizes: tuple[int, ...]) -> dict[int, Bools]:
    """Months → what to hide of periods so long, each (periods, cells).

    persons: (months, cells) of whole years. A longer period rests on at least as many persons as
    its richest month. sizes: each divides the next; the longer one is the total of the shorter.
    """
    found: dict[int, Bools] = {}
    for number, size in enumerate(sizes):
        counts = np.nan_to_num(persons).reshape(-1, size, persons.shape[1]).max(axis=1)
        hidden = among_siblings(counts, is_few(counts), groups)
        times = sizes[number + 1] // size if number + 1 < len(sizes) else 1
        while times > 1:
            # What one way of adding up hides can leave a single hidden cell in the other.
            more = _within_longer(counts, hidden, times)
            more = among_siblings(counts, more, groups)
            if (more == hidden).all():
                break
            hidden = more
        found[size] = hidden
    return found


def _within_longer(counts: Floats, hidden: Bools, times: int) -> Bools:
    cells = counts.shape[1]

    def lines(values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        return values.reshape(-1, times, cells).transpose(0, 2, 1).reshape(-1, times)

    told = completed(lines(counts).astype(np.float64), lines(hidden).astype(np.bool_))
    return told.reshape(-1, cells, times).transpose(0, 2, 1).reshape(-1, cells)
