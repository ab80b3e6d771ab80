"""Who is credited with what: frozen tables in, events and counts of every candidate out.

The SQL runs in an in-memory database over the frozen tables. Shares are whole parts of PARTS, so
that those of one event add up to it exactly, in whatever order the rows came.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gridgov.awards.committee import Committee
from gridgov.awards.inputs import Frozen
from gridgov.awards.period import month_days
from gridgov.awards.scheme import Indicator, Scheme, Track
from gridgov.awards.score import Measures

__all__ = ["PARTS", "Bench", "Credited", "credit", "cut_off", "judge_visits"]

Floats = npt.NDArray[np.float64]

# Divisible by every number of sharers up to 16.
PARTS = 720_720
_SQL = Path(__file__).parent / "sql"


@cache
def _text(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


@cache
def _names(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\$([a-z_]+)", text))


class Bench:
    """An in-memory database with the frozen tables; `threads` never changes a result."""

    def __init__(self, frozen: Frozen, scheme: Scheme, *, threads: int = 2) -> None:
        self._con = duckdb.connect(
            config={"threads": threads, "autoinstall_known_extensions": "false"}
        )
        for name, table in frozen.tables.items():
            self._con.register(f"frozen_{name}", table)
            self._con.execute(f"CREATE TABLE {name} AS FROM frozen_{name}")
        period = scheme.period
        self._known: dict[str, object] = {
            "start": period.start,
            "end": period.end,
            "whole": PARTS,
        }

    def add(self, name: str, table: pa.Table) -> None:
        self._con.register(f"given_{name}", table)
        self._con.execute(f"CREATE OR REPLACE TABLE {name} AS FROM given_{name}")

    def make(self, name: str, **parameters: object) -> pa.Table:
        """Run `sql/<name>.sql`, keep its result as a table of that name, and give it."""
        table = self.read(name, **parameters)
        self.add(name, table)
        return table

    def read(self, name: str, **parameters: object) -> pa.Table:
        text = _text(name)
        given = {**self._known, **parameters}
        used = {key: value for key, value in given.items() if key in _names(text)}
        # A query without parameters must be given none: DuckDB then takes a slower way.
        found = self._con.sql(text, params=used) if used else self._con.sql(text)
        return found.to_arrow_table().combine_chunks()


@dataclass(frozen=True)
class Credited:
    """candidate, event, left_out: tables of their SQL; measures: by track, rows as candidates."""

    candidate: pa.Table = field(repr=False)
    event: pa.Table = field(repr=False)
    left_out: pa.Table = field(repr=False)
    visit_status: pa.Table = field(repr=False)
    measures: Mapping[str, Measures] = field(repr=False)
    pooled: Mapping[str, Mapping[str, npt.NDArray[np.bool_]]] = field(repr=False)
    due: Mapping[str, Floats] = field(repr=False)
    households: Mapping[str, Floats] = field(repr=False)


def cut_off(scheme: Scheme) -> datetime:
    """What is entered at this moment or later does not count."""
    last = scheme.period.end + timedelta(days=1 + scheme.caps.entry_days)
    return datetime.combine(last, time())


def judge_visits(bench: Bench, scheme: Scheme, confirmed: Iterable[str]) -> pa.Table:
    """Which visits count, with the reason why another does not; kept as table `visit_status`."""
    bench.add("confirmed", pa.table({"event_id": pa.array(sorted(set(confirmed)), pa.string())}))
    return bench.make(
        "visit_status",
        cut_off=cut_off(scheme),
        per_household_day=scheme.caps.visits_per_household_day,
    )


def credit(
    bench: Bench, scheme: Scheme, committee: Committee, confirmed: Iterable[str]
) -> Credited:
    """Credit every event. `confirmed`: ids of events that a verdict leaves out."""
    caps = scheme.caps
    visit_status = judge_visits(bench, scheme, confirmed)
    bench.add("callbacks", committee.tables()["callbacks"])
    bench.make("activity_status", per_worker_day=caps.activities_per_worker_day)
    bench.make("complaint_status", per_household_day=caps.complaints_per_household_day)
    bench.make("place_event")
    bench.make("held_event")
    event = bench.make("event")
    candidate = bench.make("candidate")
    measure, pooled = bench.read("measure"), bench.read("pooled")
    months = bench.read("household_month")
    found = [
        _Track(scheme, track, candidate, measure, pooled, months, committee)
        for track in scheme.tracks
    ]
    return Credited(
        candidate=candidate,
        event=event,
        left_out=bench.read("left_out"),
        visit_status=visit_status,
        measures={part.track.name: part.measures() for part in found},
        pooled={part.track.name: part.pooled for part in found},
        due={part.track.name: part.observed_parts("SV1")[1] for part in found},
        households={part.track.name: part.households() for part in found},
    )


class _Track:
    """The counts of one track's candidates, rows in the order of the candidate table."""

    def __init__(
        self,
        scheme: Scheme,
        track: Track,
        candidate: pa.Table,
        measure: pa.Table,
        pooled: pa.Table,
        months: pa.Table,
        committee: Committee,
    ) -> None:
        self.track = track
        self._days = scheme.period.days
        rows = [row for row in candidate.to_pylist() if row["track"] == track.name]
        self.workers: list[str] = [row["worker_id"] for row in rows]
        self._row = {worker: i for i, worker in enumerate(self.workers)}
        self._general = [row["general_id"] for row in rows]
        self._own = _nested(measure, track.name, "worker_id")
        self._pool = _nested(pooled, track.name, "general_id")
        self._months = [row for row in months.to_pylist() if row["track"] == track.name]
        self._committee = committee
        self.pooled: dict[str, npt.NDArray[np.bool_]] = {}

    def observed_parts(self, component: str) -> tuple[Floats, Floats]:
        """Good and all events of a component, in events."""
        table = self._own.get(component, {})
        return _events([table.get(worker, (0, 0)) for worker in self.workers])

    def measures(self) -> Measures:
        observed, exposure = [], []
        for indicator in self.track.indicators:
            for column, component in enumerate(indicator.components):
                good, total = self._component(indicator, component, column)
                observed.append(good)
                exposure.append(total)
        return Measures(
            tuple(self.workers),
            np.column_stack(observed),
            np.column_stack(exposure),
            self._entered((b.worker_id, b.points) for b in self._committee.bonuses),
            self._entered((d.worker_id, d.points) for d in self._committee.deductions),
        )

    def _component(
        self, indicator: Indicator, component: str, column: int
    ) -> tuple[Floats, Floats]:
        if indicator.kind == "rated":
            return self._marks()
        good, total = self.observed_parts(component)
        if indicator.kind == "breadth":
            return good, self._expected(column)
        if indicator.pool_below > 0:
            return self._with_pool(indicator, good, total)
        return good, total

    def _with_pool(
        self, indicator: Indicator, good: Floats, total: Floats
    ) -> tuple[Floats, Floats]:
        """The figure of the general grid where the candidate's own rests on too few answers."""
        table = self._pool.get(indicator.code, {})
        good_here, total_here = _events([table.get(grid, (0, 0)) for grid in self._general])
        pool = (total < indicator.pool_below) & (total_here > total)
        self.pooled[indicator.code] = pool
        return np.where(pool, good_here, good), np.where(pool, total_here, total)

    def _marks(self) -> tuple[Floats, Floats]:
        """Sum and number of marks; a mark on oneself is not counted."""
        total = np.zeros(len(self.workers), dtype=np.int64)
        count = np.zeros(len(self.workers), dtype=np.int64)
        for rating in self._committee.ratings:
            row = self._row.get(rating.worker_id)
            if row is not None and rating.rater != rating.worker_id:
                total[row] += round(rating.score * 100)
                count[row] += 1
        return total / 100.0, count.astype(np.float64)

    def _expected(self, pillar: int) -> Floats:
        """Activities expected from the household-months in charge; added up in a fixed order."""
        found = np.zeros(len(self.workers))
        for row in self._months:
            position = self._row.get(row["worker_id"])
            if position is not None:
                month = row["month"]
                rate = self.track.expected.rate(row["kind"], pillar, month.month)
                found[position] += row["household_days"] / PARTS / month_days(month) * rate
        return found

    def households(self) -> Floats:
        """Mean households in charge over the days of the period."""
        total = np.zeros(len(self.workers), dtype=np.int64)
        for row in self._months:
            position = self._row.get(row["worker_id"])
            if position is not None:
                total[position] += row["household_days"]
        return total / PARTS / self._days

    def _entered(self, pairs: Iterable[tuple[str, float]]) -> npt.NDArray[np.int64]:
        found = np.zeros(len(self.workers), dtype=np.int64)
        for worker, points in pairs:
            if worker in self._row:
                found[self._row[worker]] += round(points * 100)
        return found


def _events(pairs: list[tuple[int, int]]) -> tuple[Floats, Floats]:
    """Whole parts as events."""
    parts = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return parts[:, 0] / PARTS, parts[:, 1] / PARTS


def _nested(table: pa.Table, track: str, by: str) -> dict[str, dict[str, tuple[int, int]]]:
    """component → worker or grid → (good parts, parts)."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for row in table.to_pylist():
        if row["track"] == track:
            found.setdefault(row["component"], {})[row[by]] = (row["good_parts"], row["parts"])
    return found
