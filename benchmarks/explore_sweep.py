"""Every metric of the builder by the cuts that people ask for: which take long, and why.

    python -m benchmarks.explore_sweep --warehouse DIR [--rounds 3] [--metric CODE ...]
        [--as-json FILE] [--above 300]

As a leader, without the page's cache. `first`: the reader has forgotten all answers and decisions
about this cut; what it holds for life (the upper grids' months, names, listed key persons) has been
read. `again`: the median of the rounds after it. Milliseconds on the clock, and of the processor.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from gridgov.access.policy import Scope
from gridgov.access.roles import Role
from gridgov.answers import Answers
from gridgov.errors import GridGovError
from gridgov.explore.builder import Cut, allowed_grains, allowed_splits
from gridgov.explore.builder_answer import ask
from gridgov.explore.builder_privacy import forget
from gridgov.explore.persons import counts_persons
from gridgov.filters import Filters
from gridgov.metrics import METRICS, Grain
from gridgov.warehouse import Reader, Warehouse

ALLOWED_MS = 300.0
LEVEL = "grid:一般"


@dataclass(frozen=True)
class Timed:
    """What one question took, in milliseconds."""

    metric: str
    question: str
    rows: int
    hidden: int
    first: float
    first_processor: float
    again: float


def questions(code: str) -> Iterator[tuple[str, Cut]]:
    """The cuts of one metric: whole, by place, time, dimension, by two of them, compared."""
    dims, has_month = allowed_splits([code]), "month" in allowed_grains([code])
    grain: Grain = "month" if has_month else allowed_grains([code])[0]
    yield "whole, compared", Cut((code,), compare=True)
    yield "general grid", Cut((code,), (LEVEL,))
    yield "general grid, compared", Cut((code,), (LEVEL,), compare=True)
    yield grain, Cut((code,), grain=grain)
    yield f"community × {grain}", Cut((code,), ("grid:社区",), grain)
    yield f"general grid × {grain}", Cut((code,), (LEVEL,), grain)
    for name in dims:
        yield name, Cut((code,), (name,))
        yield f"{name} × {grain}", Cut((code,), (name,), grain)
        yield f"community × {name}", Cut((code,), ("grid:社区", name))
        yield f"general grid × {name}", Cut((code,), (LEVEL, name))
    if len(dims) > 1:
        yield f"{dims[0]} × {dims[1]}", Cut((code,), dims[:2])


def timed(reader: Reader, filters: Filters, code: str, name: str, cut: Cut, rounds: int) -> Timed:
    """One question, first with nothing kept, then again."""
    # The reader's own answers are forgotten, as the benchmark of the pages does.
    reader._answers = Answers()
    forget(reader)
    started, processor = time.perf_counter(), time.process_time()
    answer = ask(reader, filters, cut)
    first = time.perf_counter() - started
    worked = time.process_time() - processor
    again = []
    for _ in range(rounds):
        started = time.perf_counter()
        ask(reader, filters, cut)
        again.append(time.perf_counter() - started)
    rows = answer.rows
    hidden = int(rows["is_suppressed"].sum()) if "is_suppressed" in rows else 0
    return Timed(
        code, name, len(rows), hidden, first * 1000, worked * 1000, statistics.median(again) * 1000
    )


def warmed(root: Path) -> tuple[Reader, Filters]:
    """A leader's reader that holds what it holds for life."""
    reader = Warehouse(root).reader(Scope(frozenset({Role.LEADER})))
    if reader.data_date is None:
        raise SystemExit("the warehouse holds no data")
    filters = Filters(today=reader.data_date, period="last_12_months")
    for code in ("SV1", "SV3", "C3"):
        ask(reader, filters, Cut((code,)))
        ask(reader, filters, Cut((code,), ("grid:社区",)))
    return reader, filters


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warehouse", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--metric", action="append", choices=sorted(METRICS))
    parser.add_argument("--above", type=float, default=ALLOWED_MS, help="list what takes longer")
    parser.add_argument("--as-json", type=Path, metavar="FILE", help="write everything there, too")
    chosen = parser.parse_args()
    reader, filters = warmed(chosen.warehouse)
    found: list[Timed] = []
    for code in chosen.metric or METRICS:
        for name, cut in questions(code):
            try:
                found.append(timed(reader, filters, code, name, cut, chosen.rounds))
            except GridGovError as error:
                print(f"{code} {name}: {error}")
    report(found, chosen.above)
    if chosen.as_json:
        chosen.as_json.write_text(json.dumps([asdict(one) for one in found], indent=1))


def report(found: list[Timed], above: float) -> None:
    """How many are within bounds, and those that are not, slowest first."""
    for title, group in (
        ("about residents", [one for one in found if counts_persons(METRICS[one.metric])]),
        ("others", [one for one in found if not counts_persons(METRICS[one.metric])]),
    ):
        first = sum(one.first <= above for one in group)
        again = sum(one.again <= above for one in group)
        print(f"{title}: {len(group)} questions, within {above:g} ms: {first} first, {again} again")
    for one in sorted(found, key=lambda one: -one.first):
        if max(one.first, one.again) > above:
            print(
                f"{one.metric:5} {one.question:32} rows {one.rows:7,} hidden {one.hidden:6,} "
                f"first {one.first:8,.0f} (processor {one.first_processor:8,.0f}) "
                f"again {one.again:8,.0f}"
            )


if __name__ == "__main__":
    main()
