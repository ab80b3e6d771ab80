"""Small counts of persons in an answer: hidden, with what they could be worked out from.

What is hidden is decided on the persons behind the cells, in the tables by everything that the cut
splits or filters by (`disclosure`): rows, margins, the rest and the compared period all show sums
of what is open there, and nothing else.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.explore.builder import Cut
from gridgov.explore.disclosure import Lattice
from gridgov.explore.persons import (
    DIMENSIONS,
    counts_persons,
    persons_in_cells,
    wider_grids,
    wider_times,
)
from gridgov.explore.persons_many import has_many_everywhere
from gridgov.filters import Span
from gridgov.metrics import METRICS, Metric
from gridgov.metrics.spans import spans
from gridgov.warehouse import Reader

__all__ = ["HIDDEN", "Protection", "forget", "masked"]

HIDDEN = "hidden"
"""The state of a figure that is not shown."""
_BLANKED = ("numerator", "denominator", "value", "n")
Bools = npt.NDArray[np.bool_]
Chosen = Mapping[str, Sequence[str]]


def masked(frame: pd.DataFrame, hidden: Bools) -> pd.DataFrame:
    """`frame` without the figures of the hidden rows, and with `is_suppressed`."""
    # Whether there are many cases or few is a figure, too.
    state = frame["state"].mask(hidden, HIDDEN)
    blank = {name: frame[name].mask(hidden) for name in _BLANKED}
    return frame.assign(**blank, state=state, is_suppressed=hidden)


@dataclass(frozen=True)
class Protection:
    """What of a cut's figures over `grid_id` this reader must not see."""

    reader: Reader
    cut: Cut
    grid_id: str | None
    _lattices: dict[tuple[str, Span, tuple[str, ...]], Lattice | None] = field(default_factory=dict)

    def hidden(
        self, frame: pd.DataFrame, names: Sequence[str], span: Span, chosen: Mapping[str, Chosen]
    ) -> Bools:
        """Which rows of `frame` (figures by some of the cut's keys, `names`) to hide, (n,).

        chosen: for each metric the values that its figures are over, by dimension, or "grid" for
        several grids together.
        """
        hidden = np.zeros(len(frame), dtype=np.bool_)
        metrics = frame["metric"].to_numpy()
        for code in dict.fromkeys(metrics):
            if counts_persons(METRICS[str(code)]):
                at = np.flatnonzero(metrics == code)
                hidden[at] = self._hidden(
                    METRICS[str(code)], frame.iloc[at], names, span, chosen[str(code)]
                )
        return hidden

    def _hidden(
        self, metric: Metric, frame: pd.DataFrame, names: Sequence[str], span: Span, chosen: Chosen
    ) -> Bools:
        filtered = tuple(name for name in DIMENSIONS if name in chosen)
        lattice = self._lattice(metric, span, filtered)
        if lattice is None:
            return np.zeros(len(frame), dtype=np.bool_)
        cells = pd.DataFrame(index=range(len(frame)))
        for name in names:
            cells[self._dimension(name)] = frame[name].to_numpy()
        if metric.kind == "stock" and "bucket" not in cells:
            # As of the end: what the last bucket holds.
            last = spans(span.start, span.end, self.cut.grain)[-1].bucket
            cells["bucket"] = np.datetime64(last, "s")
        hidden = lattice.hidden(cells, chosen)
        base = "denominator" if metric.denominator == "measure" else "numerator"
        counted = np.nan_to_num(frame[base].to_numpy(dtype=np.float64))
        # A figure behind which nobody was found is about somebody unknown.
        return np.asarray(hidden | ((counted > 0) & ~lattice.holds(cells)), dtype=np.bool_)

    def _dimension(self, name: str) -> str:
        if name == "bucket":
            return name
        split = self.cut.by[int(name[-1]) - 1]
        return "grid" if split.startswith("grid:") else split

    def _lattice(self, metric: Metric, span: Span, filtered: tuple[str, ...]) -> Lattice | None:
        """The tables that decide; None where all of their cells are large."""
        key = (metric.code, span, filtered)
        if key not in self._lattices:
            wanted = tuple(name for name in DIMENSIONS if name in filtered or name in self.cut.by)
            self._lattices[key] = _kept(
                self.reader,
                (metric.code, span, wanted, self.cut.grid_split, self.cut.grain, self.grid_id),
                lambda: self._made(metric, span, wanted),
            )
        return self._lattices[key]

    def _made(self, metric: Metric, span: Span, wanted: tuple[str, ...]) -> Lattice | None:
        cut, grid_split = self.cut, self.cut.grid_split
        level = grid_split.split(":", 1)[1] if grid_split else None
        grain, grid_id = cut.grain, self.grid_id
        if has_many_everywhere(
            self.reader, metric, span, level=level, dimensions=wanted, grain=grain, grid_id=grid_id
        ):
            return None
        pairs = persons_in_cells(
            self.reader, metric.code, span, level=level, dimensions=wanted, grain=grain,
            grid_id=grid_id,
        )  # fmt: skip
        wider: dict[str, list[dict[object, str]]] = {}
        if level is not None:
            units = sorted(pairs["grid"].unique())
            above = wider_grids(self.reader, units, self.grid_id)
            wider["grid"] = [dict(zip(units, names, strict=True)) for names in above]
        if cut.grain is not None and metric.kind != "stock":
            days = pd.DatetimeIndex(sorted(pairs["bucket"].unique()))
            times = wider_times(days, cut.grain)
            wider["bucket"] = [dict(zip(days, names, strict=True)) for names in times]
        dims = [name for name in pairs.columns if name != "who"]
        pinned = ("bucket",) if metric.kind == "stock" else ()
        return Lattice(pairs, dims, pinned=pinned, wider=wider)


# What was decided over a version holds for all who see the same of it: another order, chart or
# filter of the same table asks for it again.
_MOST_KEPT, _MOST_NUMBERS = 64, 6_000_000
_KEPT: WeakKeyDictionary[Reader, OrderedDict[object, Lattice | None]] = WeakKeyDictionary()
_LOCK = Lock()


def _kept(reader: Reader, key: object, make: Callable[[], Lattice | None]) -> Lattice | None:
    with _LOCK:
        kept = _KEPT.setdefault(reader, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    made = make()
    with _LOCK:
        kept[key] = made
        while len(kept) > _MOST_KEPT or _numbers(kept) > _MOST_NUMBERS:
            kept.popitem(last=False)
    return made


def forget(reader: Reader) -> None:
    """Decide everything anew: for measurements and tests."""
    with _LOCK:
        _KEPT.pop(reader, None)


def _numbers(kept: Mapping[object, Lattice | None]) -> int:
    return sum(one.size for one in kept.values() if one is not None)
