"""A shortcut for large numbers: that all cells hold five persons may be plain from a part of them.

Counting everybody in ten million visits takes seconds. A cell that holds five persons on some days
holds five persons; a grid in which five homes were visited in a month, too, or with five persons of
which a contact was due. Only what none of this shows is counted in full, and here only where that
is little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.access.privacy import THRESHOLD
from gridgov.explore.persons import Part, persons_in_cells
from gridgov.filters import Span
from gridgov.metrics import Grain, Metric, evaluate
from gridgov.metrics.grids import tree_of
from gridgov.metrics.months import months_of
from gridgov.metrics.spans import month_number, spans
from gridgov.warehouse import Reader

__all__ = ["has_many_everywhere"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
# Visits of the month that these count; of the homes visited, so many can fall away as are not.
_CASES = {
    "SV4": "visit_met_known", "SV5": "visit_visits", "SV9": "visit_entered", "SV10": "visit_visits",
}  # fmt: skip
_REACHED = ("reached_visit", "visit_visits")
_DUE = ("contact_due_weekly", "contact_due_monthly", "contact_due_quarterly")
_MOST_WEEKS = 5
# So many days at least is a period of each tier long.
_PERIOD_DAYS = {"每周": 7, "每月": 28, "每季": 90}
# So many visits of the smallest cells are looked for: they may well be to five different persons.
_WANTED = (25, 100)
_SMALL_SHARE = 0.08
_MOST_BUCKETS = 60
_HOUR, _OF_DAY, _MANY = 10, 0.12, 100_000
# So large a share of the grids is quicker counted with all the others.
_LITTLE = 0.15
# Of fewer to count all costs little more.
_WORTH_IT = 1_000_000


def has_many_everywhere(
    reader: Reader,
    metric: Metric,
    span: Span,
    *,
    level: str | None,
    dimensions: Sequence[str],
    grain: Grain | None,
    grid_id: str | None,
) -> bool:
    """True only where every cell that counts anything holds at least five persons.

    The arguments are those of `persons_in_cells`. False where that is not so, or not quickly seen.
    """
    if "worker" in dimensions:
        return False
    asked = _Asked(reader, metric, span, level, tuple(dimensions), grain, grid_id)
    cells = asked.cells()
    if metric.kind == "stock":
        # A person is overdue once at a time: the figures are persons.
        return bool((cells["_counted"] >= THRESHOLD).all())
    plain = asked.by_month(cells)
    if metric.source == "contact":
        return bool((plain | asked.by_length(cells)).all())
    total = int(cells["_counted"].sum())
    for wanted in _WANTED:
        share = asked.share_for(cells, plain, wanted)
        if not plain.all() and share <= _SMALL_SHARE:
            plain |= asked.has_five(cells, asked.some_days(total, share))
    if plain.all() or level is None or _is_much(cells, ~plain) or total < _WORTH_IT:
        return bool(plain.all())
    # Where records lie in no grid of the level, "" is a cell like others.
    units = tuple(dict.fromkeys(cells["grid"][~plain & (cells["grid"] != "")]))
    for part in (Part("inside", units), Part("unknown", ())):
        if not plain.all():
            plain |= asked.has_five(cells, part)
    return bool(plain.all())


def _is_much(cells: pd.DataFrame, chosen: Bools) -> bool:
    """Whether to count the chosen cells is hardly less than to count all."""
    if "grid" not in cells:
        return bool(chosen.any())
    return bool(cells["grid"][chosen].nunique() > _LITTLE * cells["grid"].nunique())


@dataclass(frozen=True)
class _Asked:
    reader: Reader
    metric: Metric
    span: Span
    level: str | None
    dimensions: tuple[str, ...]
    grain: Grain | None
    grid_id: str | None

    @property
    def keys(self) -> list[str]:
        return [
            *(["grid"] if self.level else []),
            *self.dimensions,
            *(["bucket"] if self.grain else []),
        ]

    def cells(self) -> pd.DataFrame:
        """The cells that count anything: their keys, and `_counted`."""
        found = self._figures((*((f"grid:{self.level}",) if self.level else ()), *self.dimensions))
        if self.level is not None:
            found = pd.concat([found, self._outside(found)], ignore_index=True)
        return found[found["_counted"] > 0].reset_index(drop=True)

    def _figures(self, by: tuple[str, ...]) -> pd.DataFrame:
        found = evaluate(
            self.reader, self.metric.code, self.span.start, self.span.end,
            grain=self.grain, by=by, grid_id=self.grid_id,
        )  # fmt: skip
        base = "denominator" if self.metric.denominator == "measure" else "numerator"
        found = found.rename(columns={"grid_id": "grid", base: "_counted"})
        for name in ("grid", *self.dimensions):
            if name in found:
                found[name] = found[name].fillna("")
        kept = [name for name in self.keys if name in found]
        return found[[*kept, "_counted"]]

    def _outside(self, listed: pd.DataFrame) -> pd.DataFrame:
        """What lies in no grid of the level: the rest of each total, under the grid ""."""
        names = [name for name in self.keys if name != "grid"]
        whole = self._figures(self.dimensions)
        if not names:
            left = float(whole["_counted"].sum()) - float(listed["_counted"].sum())
            return pd.DataFrame({"grid": [""], "_counted": [left]})
        inside = listed.groupby(names, as_index=False)["_counted"].sum()
        both = whole.merge(inside, on=names, how="left", suffixes=("", "_inside"))
        left_over = both["_counted"] - both["_counted_inside"].fillna(0)
        return both[names].assign(grid="", _counted=left_over)

    def by_month(self, cells: pd.DataFrame) -> Bools:
        """Which cells hold five persons in one of their whole months, as the marts say, (n,)."""
        plain = np.zeros(len(cells), dtype=np.bool_)
        units = self._units()
        is_known = self.metric.code in _CASES or self.metric.source == "contact"
        if self.dimensions or not is_known or self.grain in ("day", "week") or not units:
            return plain
        first, stop = month_number(self.span.start), month_number(self.span.end) + 1
        many: Bools = np.asarray(self._persons(units, first, stop) >= THRESHOLD)
        places = pd.Series(0, index=cells.index)
        if self.level is not None:
            known = {unit: at for at, unit in enumerate(units)}
            places = cells["grid"].map(known).fillna(-1).astype("int64")
        for cut in spans(self.span.start, self.span.end, self.grain):
            begin = month_number(cut.start) + (cut.start.day > 1)
            end = month_number(cut.end + timedelta(days=1))
            inside: Bools = np.any(many[:, max(begin - first, 0) : max(end - first, 0)], axis=1)
            here = places >= 0
            if self.grain is not None:
                here &= cells["bucket"] == pd.Timestamp(cut.bucket)
            plain |= here.to_numpy() & inside[places]
        return plain

    def _persons(self, units: tuple[str, ...], first: int, stop: int) -> Floats:
        """At least so many persons in each month, (units, months)."""
        columns = _DUE if self.metric.source == "contact" else (*_REACHED, _CASES[self.metric.code])
        names = tuple(dict.fromkeys(columns))
        held = months_of(self.reader, units, sorted(names)).taken(names, units, first, stop)
        laid = dict(zip(names, np.nan_to_num(held), strict=True))
        if self.metric.source == "contact":
            # Weeks end in a month so often at most; of two tiers a person is under one at a time.
            weekly, monthly, quarterly = (laid[name] for name in _DUE)
            return np.asarray(np.ceil(weekly / _MOST_WEEKS) + monthly + quarterly)
        homes, visits = (laid[name] for name in _REACHED)
        return np.asarray(homes - (visits - laid[_CASES[self.metric.code]]))

    def by_length(self, cells: pd.DataFrame) -> Bools:
        """Which cells hold five persons however often each is counted: the days of a period end
        once, so that a week leaves room for one, (n,)."""
        shortest = float(min(_PERIOD_DAYS.values()))
        least = pd.Series(shortest, index=cells.index)
        if "tier" in self.dimensions:
            # Of no cells the values would stay texts.
            least = cells["tier"].map(_PERIOD_DAYS).astype("float64").fillna(shortest)
        lengths = pd.Series(float(self.span.days), index=cells.index)
        if self.grain is not None:
            known = {
                pd.Timestamp(cut.bucket): (cut.end - cut.start).days + 1
                for cut in spans(self.span.start, self.span.end, self.grain)
            }
            lengths = cells["bucket"].map(known).astype("float64")
        times = np.ceil(lengths / least)
        return np.asarray(cells["_counted"] > (THRESHOLD - 1) * times, dtype=np.bool_)

    def _units(self) -> tuple[str, ...]:
        tree = tree_of(self.reader)
        if self.level is not None:
            return tree.at_level(self.grid_id, self.level, self.span.start, self.span.end)
        roots = tree.roots(self.grid_id)
        # Of several together no table has the homes.
        return roots if len(roots) == 1 else ()

    def share_for(self, cells: pd.DataFrame, plain: Bools, wanted: int) -> float:
        """Which share of the visits holds `wanted` of those of the smallest cells not yet plain; of
        the few smallest grids none, for these can be counted in full."""
        counted = cells["_counted"][~plain]
        if counted.empty:
            return 0.0
        least = counted.quantile(_LITTLE / 2) if self.level is not None else counted.min()
        return wanted / max(float(least), 1.0)

    def some_days(self, total: int, share: float) -> Part:
        """About a share of the visits: days spread over each bucket, or one hour of them."""
        cuts = spans(self.span.start, self.span.end, self.grain)
        if len(cuts) > _MOST_BUCKETS:
            return Part(hour=_HOUR)
        days: list[date] = []
        for cut in cuts:
            length = (cut.end - cut.start).days + 1
            count = max(1, round(share * length))
            days += [
                cut.start + timedelta(days=int((at + 0.5) * length / count)) for at in range(count)
            ]
        # Where an hour of one day is enough, of very many.
        is_enough = share * self.span.days / len(cuts) < _OF_DAY
        is_heavy = total / self.span.days * len(days) > _MANY
        return Part(days=tuple(days), hour=_HOUR if is_heavy and is_enough else None)

    def has_five(self, cells: pd.DataFrame, part: Part) -> Bools:
        """Which cells hold five persons in a part of the visits, (n,)."""
        pairs = persons_in_cells(
            self.reader, self.metric.code, self.span, level=self.level, dimensions=self.dimensions,
            grain=self.grain, grid_id=self.grid_id, part=part,
        )  # fmt: skip
        if not self.keys:
            return np.full(len(cells), pairs["who"].nunique() >= THRESHOLD)
        behind = pairs.drop_duplicates().groupby(self.keys, observed=True, as_index=False).size()
        texts = {name: str for name in self.keys if name != "bucket"}
        wanted = cells[self.keys]
        if self.grain is not None:
            wanted = wanted.astype({"bucket": behind["bucket"].dtype})
        found = wanted.merge(behind.astype(texts), on=self.keys, how="left")["size"]
        return np.asarray(found.fillna(0).to_numpy() >= THRESHOLD, dtype=np.bool_)
