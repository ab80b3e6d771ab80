"""Data time of each page's first view: `python -m benchmarks.pages [--warehouse DIR]`.

For every page the functions that its first view calls are run over a warehouse with the filters
that a visitor meets first: from nothing (a connection just opened) and again and again on an open
connection. Before every view all kept answers are forgotten, so that each statement of the view
runs; a visitor who comes after another waits for none of them. What a reader holds for as long as
it lives it keeps: the tree of the grids and the months of the upper ones (gridgov/metrics/months.py,
reach.py), whose size is printed, open cases and overdue persons (queries/held_rows.py), and the
rows of all months of the place looked at (metrics/place_rows.py), whatever the period. The cold
view reads them. Beside them stands one query that
gives the page's main table straight from the raw log, as one would without marts. The operating
system's cache is warm in all cases. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from gridgov import queries
from gridgov.answers import Answers
from gridgov.filters import Filters
from gridgov.metrics.grids import tree_of
from gridgov.metrics.months import months_of
from gridgov.metrics.reach import reach_of
from gridgov.queries import complaints_evidence, engagement_evidence, visits_evidence
from gridgov.queries.map_levels import map_levels
from gridgov.trends import newest_signals
from gridgov.trends import series as trend_series
from gridgov.trends.places import all_levels
from gridgov.ui import complaints_page, engagement_page, map_page, places, visits_page
from gridgov.ui.overview import overview_of
from gridgov.warehouse import Reader, Warehouse

Ask = Callable[[Reader, Filters], object]


@dataclass(frozen=True)
class Page:
    """What a page asks for, and what it would ask the raw log."""

    name: str
    asks: tuple[Ask, ...]
    raw: str
    forgets_series: bool = False


def _signals(reader: Reader, filters: Filters) -> object:
    """As the page asks first: the levels above the micro-grids."""
    upper = [level for level in all_levels(reader) if level != "微"]
    return newest_signals(reader, filters.today.replace(day=1), levels=upper)


def pages(grid_id: str) -> list[Page]:
    """What the first view of each page calls; the profile is that of `grid_id`."""
    return [
        Page(
            "overview",
            (overview_of,),
            "SELECT date_trunc('month', created_at), count(*), avg(CAST(closed_at <= due_at AS INTEGER))"
            " FROM complaint GROUP BY 1",
        ),
        Page(
            "engagement",
            (
                engagement_page.headline,
                engagement_evidence.pillar_cells,
                engagement_evidence.participation_months,
                engagement_evidence.grids_reached,
                engagement_evidence.kinds_reached,
                engagement_evidence.activity_types,
                engagement_evidence.activity_days,
                engagement_evidence.rotation,
                engagement_evidence.teams,
            ),
            "SELECT a.grid, count(DISTINCT s.household) FROM activity AS a"
            " JOIN attendance AS s USING (activity_id) GROUP BY 1",
        ),
        Page(
            "visits",
            (
                visits_page.headline,
                visits_evidence.tier_standing,
                visits_evidence.grid_standing,
                visits_evidence.need_kinds,
                visits_evidence.mode_shares,
                visits_evidence.visit_hours,
                lambda r, f: queries.overdue_persons(r, f.grid_id),
            ),
            "SELECT grid, date_trunc('month', occurred_at), count(*), avg(CAST(met AS INTEGER)),"
            " count(DISTINCT household) FROM visit GROUP BY 1, 2",
        ),
        Page(
            "complaints",
            (
                complaints_page.headline,
                complaints_evidence.funnel,
                complaints_evidence.handling,
                complaints_evidence.pareto_categories,
                complaints_evidence.category_standing,
                complaints_evidence.grid_volumes,
                complaints_evidence.open_ages,
                complaints_evidence.authority_standing,
                complaints_evidence.open_cases,
            ),
            "SELECT category, date_trunc('month', created_at), count(*),"
            " median(date_diff('hour', created_at, closed_at)) FROM complaint GROUP BY 1, 2",
        ),
        Page(
            "grid",
            (
                lambda r, f: places.profile_of(r, f, grid_id),
                lambda r, f: places.workers_frame(r, grid_id),
                lambda r, f: queries.grid_peers(r, grid_id),
            ),
            "SELECT date_trunc('month', occurred_at), count(*), count(DISTINCT household)"
            f" FROM visit WHERE grid = '{grid_id}' GROUP BY 1",
        ),
        Page(
            "map",
            (
                lambda r, f: map_levels(r, f.grid_id),
                lambda r, f: map_page.map_frame(r, f, "SV1", map_levels(r, f.grid_id).first),
            ),
            "SELECT grid, count(*) FROM visit GROUP BY 1",
        ),
        Page(
            "trends",
            (_signals,),
            "SELECT grid, date_trunc('month', created_at), count(*) FROM complaint GROUP BY 1, 2",
        ),
        Page(
            "trends, judged anew",
            (_signals,),
            "SELECT grid, date_trunc('month', created_at), count(*) FROM complaint GROUP BY 1, 2",
            forgets_series=True,
        ),
        Page(
            "data",
            (
                lambda r, f: queries.log_freshness(r),
                lambda r, f: queries.coverage_by_day(r, f.today - timedelta(days=60), f.today),
                lambda r, f: queries.silent_grids(r, level="一般"),
            ),
            "SELECT CAST(occurred_at AS DATE), count(*), count(DISTINCT grid) FROM visit GROUP BY 1",
        ),
    ]  # fmt: skip


@dataclass
class Measured:
    """Milliseconds of views on the clock and of the processor, and statements of one view."""

    clock: float
    processor: float
    statements: int


class Counting(Reader):
    """A reader that counts the statements that reach the engine."""

    statements = 0

    def _execute(self, text: str, used: Mapping[str, object]) -> object:  # type: ignore[override]
        self.statements += 1
        return super()._execute(text, used)


def view(page: Page, reader: Counting, filters: Filters) -> Measured:
    """One view of a page on an open connection that remembers no answer."""
    reader._answers = Answers()
    trend_series.kept_sets.forget(reader, standing=page.forgets_series)
    reader.statements = 0
    clock, processor = time.perf_counter(), time.process_time()
    for ask in page.asks:
        ask(reader, filters)
    return Measured(
        (time.perf_counter() - clock) * 1000,
        (time.process_time() - processor) * 1000,
        reader.statements,
    )


def measure(warehouse: Warehouse, page: Page, filters: Filters, repeats: int) -> list[float]:
    """Statements; cold; warm median and 95th percentile; processor time of a warm view, median and
    95th percentile; the raw query."""
    reader = Counting(warehouse.current(), warehouse.reader().scope, Answers())
    cold = view(page, reader, filters)
    warm = [view(page, reader, filters) for _ in range(repeats)]
    raw = float("nan")
    if {"visit", "complaint"} <= reader.tables():
        bare = Reader(reader.version, reader.scope)
        raw = min(_timed(lambda: bare.rows(page.raw)) for _ in range(3))
    clock, processor = [one.clock for one in warm], [one.processor for one in warm]
    return [
        warm[0].statements, cold.clock,
        statistics.median(clock), statistics.quantiles(clock, n=20)[-1],
        statistics.median(processor), statistics.quantiles(processor, n=20)[-1], raw,
    ]  # fmt: skip


def _timed(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def held(reader: Reader) -> str:
    """What a reader holds in memory between views, and the processor time of reading it."""
    began = time.process_time()
    months = months_of(reader, tree_of(reader).roots(None), ()).values.nbytes
    reach = reach_of(reader).households.nbytes
    spent = (time.process_time() - began) * 1000
    return f"held in memory {(months + reach) / 2**20:.0f} MiB, read in {spent:.0f} ms of processor time"


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
    (visits,) = reader.rows("SELECT sum(visits)::BIGINT FROM mart_visit_month WHERE grid_id = '*'")[
        0
    ]
    # As the server does once it is warm (gridgov/ui/warm.py): what libraries hold stays uncounted.
    gc.collect()
    gc.freeze()
    print(f"{visits:,} visits, {len(tree.nodes):,} grids; milliseconds; {held(reader)}\n")
    print("| page | statements | cold | warm median | warm p95 | processor | its p95 | raw log |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for page in pages(general):
        found = measure(warehouse, page, Filters(today=today), options.repeats)
        print(f"| {page.name} | {' | '.join(f'{value:.0f}' for value in found)} |", flush=True)
    gc.unfreeze()


if __name__ == "__main__":
    main()
