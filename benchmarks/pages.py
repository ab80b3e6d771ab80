"""Data time of each page's first view: `python benchmarks/pages.py [--warehouse DIR]`.

For every page the queries that its first view asks for are run over a warehouse, from nothing (a
new reader, nothing planned or read yet in this process) and again and again. Beside them stands
one query that gives the page's main table straight from the raw log, as one would without marts.
The operating system's cache is warm in both cases. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from gridgov import queries
from gridgov.metrics import evaluate
from gridgov.metrics.grids import tree_of
from gridgov.warehouse import Reader, Warehouse

Ask = Callable[[Reader], object]
HEADLINES = ["SV1", "SV6", "C3", "C6", "HP1", "C10"]


@dataclass(frozen=True)
class Page:
    """What a page asks for, and what it would ask the raw log."""

    name: str
    asks: tuple[Ask, ...]
    raw: str


def pages(today: date, grid_id: str, micro_id: str) -> list[Page]:
    """The query sets, over the twelve months to `today`."""
    year = (today.replace(day=1) - timedelta(days=330)).replace(day=1)
    half = date(today.year, 1 if today.month <= 6 else 7, 1)
    before = date(half.year - 1, half.month, 1), today.replace(year=today.year - 1)
    span = {"start": half, "end": today}
    return [
        Page(
            "overview",
            (
                lambda r: evaluate(r, HEADLINES, half, today),
                lambda r: evaluate(r, HEADLINES, *before),
                lambda r: evaluate(r, HEADLINES, year, today, grain="month"),
                lambda r: evaluate(r, ["SV2", "C13"], half, today),
                lambda r: queries.category_changes(r, (half, today), before),
            ),
            "SELECT date_trunc('month', created_at), count(*), avg(CAST(closed_at <= due_at AS INTEGER))"
            " FROM complaint GROUP BY 1",
        ),
        Page(
            "engagement",
            (
                lambda r: evaluate(r, ["HP1", "HP5", "HP6"], half, today, by=["grid:children"]),
                lambda r: queries.participation(r, half, today),
                lambda r: queries.activity_calendar(r, half, today),
                lambda r: queries.neighbour_day_rotation(r, half, today, grid_id=grid_id),
                lambda r: queries.team_performances(r, half, today),
            ),
            "SELECT a.grid, count(DISTINCT s.household) FROM activity AS a"
            " JOIN attendance AS s USING (activity_id) GROUP BY 1",
        ),
        Page(
            "visits",
            (
                lambda r: queries.key_person_tiers(r, half, today),
                lambda r: evaluate(r, ["SV4", "SV5", "SV6", "SV9"], year, today, grain="month"),
                lambda r: evaluate(r, ["SV1", "SV3", "SV4"], half, today, by=["grid:children"]),
                lambda r: evaluate(r, "SV8", half, today, by=["grid:children"]),
                lambda r: queries.overdue_persons(r, grid_id, rows=100),
            ),
            "SELECT grid, date_trunc('month', occurred_at), count(*), avg(CAST(met AS INTEGER)),"
            " count(DISTINCT household) FROM visit GROUP BY 1, 2",
        ),
        Page(
            "complaints",
            (
                lambda r: queries.complaint_funnel(r, half, today),
                lambda r: queries.complaint_pareto(r, half, today),
                lambda r: queries.handling_curve(r, half, today),
                lambda r: queries.open_complaint_ages(r),
                lambda r: evaluate(r, ["C1", "C3", "C5", "C6", "C9"], year, today, grain="month"),
            ),
            "SELECT category, date_trunc('month', created_at), count(*),"
            " median(date_diff('hour', created_at, closed_at)) FROM complaint GROUP BY 1, 2",
        ),
        Page(
            "grid",
            (
                lambda r: queries.grid_card(r, grid_id),
                lambda r: queries.grid_workers(r, grid_id),
                lambda r: queries.grid_peers(r, grid_id),
                lambda r: evaluate(r, HEADLINES, year, today, grain="month", grid_id=grid_id),
                lambda r: evaluate(r, HEADLINES, half, today, grid_id=micro_id),
            ),
            "SELECT date_trunc('month', occurred_at), count(*), count(DISTINCT household)"
            f" FROM visit WHERE grid IN ('{grid_id}', '{micro_id}') GROUP BY 1",
        ),
        Page(
            "map",
            (
                lambda r: queries.map_attributes(r, level="社区"),
                lambda r: evaluate(r, "SV1", by=["grid:社区"], **span),
            ),
            "SELECT grid, count(*) FROM visit GROUP BY 1",
        ),
        Page(
            "data",
            (
                lambda r: queries.log_freshness(r),
                lambda r: queries.coverage_by_day(r, today - timedelta(days=60), today),
                lambda r: queries.silent_grids(r, level="一般"),
            ),
            "SELECT CAST(occurred_at AS DATE), count(*), count(DISTINCT grid) FROM visit GROUP BY 1",
        ),
    ]  # fmt: skip


def timed(ask: Ask, reader: Reader) -> float:
    """Milliseconds that one call takes."""
    began = time.perf_counter()
    ask(reader)
    return (time.perf_counter() - began) * 1000


def measure(warehouse: Warehouse, page: Page, repeats: int) -> tuple[float, ...]:
    """Cold; warm median and 95th percentile; processor time of one warm view; the raw query."""
    reader = Reader(warehouse.current(), warehouse.reader().scope)
    cold = sum(timed(ask, reader) for ask in page.asks)
    began = time.process_time()
    warm = [sum(timed(ask, reader) for ask in page.asks) for _ in range(repeats)]
    processor = (time.process_time() - began) * 1000 / repeats
    raw = min(timed(lambda r: r.rows(page.raw), reader) for _ in range(3))
    return cold, statistics.median(warm), statistics.quantiles(warm, n=20)[-1], processor, raw


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warehouse", type=Path)
    parser.add_argument("--repeats", type=int, default=20)
    options = parser.parse_args()
    warehouse = Warehouse.locate(options.warehouse)
    reader = warehouse.reader()
    today = reader.data_date
    assert today is not None, "the warehouse holds no log"
    tree = tree_of(reader)
    general = tree.at_level(None, "一般", today, today)[0]
    micro = tree.at_level(general, "微", today, today)[0]
    (visits,) = reader.rows("SELECT count(*) FROM visit")[0]
    print(f"{visits:,} visits, {len(tree.nodes):,} grids; milliseconds\n")
    print(
        "| page | asks | cold | warm median | warm p95 | processor | main table from the raw log |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|")
    for page in pages(today, general, micro):
        figures = " | ".join(f"{ms:.0f}" for ms in measure(warehouse, page, options.repeats))
        print(f"| {page.name} | {len(page.asks)} | {figures} |")


if __name__ == "__main__":
    main()
