"""What the SQL sandbox costs, and what a large download takes.

    python -m benchmarks.explore [--rows 1000000] [--queries 30] [--warehouse DIR] [--no-export]
        [--json]

Overhead: the same queries in this process and in a child, at an analyst's pace (a pause between
queries, so that a spare is warm) and without a pause, and the very first one (nothing warm).
Builder: with a warehouse, the answers to the questions of `CUTS`, which the marts can serve, as a
leader and without the page's cache; milliseconds on the clock, the first time (`first_ms`: the
reader has forgotten its answers and what it decided about small counts) and the median of the next,
on the clock and of the processor. All metrics: benchmarks/explore_sweep.py.
Export: seconds, size, and the peak memory of this process, of the query's and of the writer's.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import statistics
import tempfile
import time
from datetime import datetime
from pathlib import Path

import duckdb

from gridgov.access.policy import Scope
from gridgov.access.roles import Role
from gridgov.answers import Answers
from gridgov.explore.builder import Cut
from gridgov.explore.builder_answer import ask
from gridgov.explore.builder_privacy import forget
from gridgov.explore.export import export_sql
from gridgov.explore.sandbox import run_sql, warm_up
from gridgov.explore.sandbox_process import spares
from gridgov.filters import Filters
from gridgov.report.tabular import FORMATS, About
from gridgov.warehouse import Warehouse

QUERY = """
SELECT grid_id, date_trunc('month', occurred_at) AS month, count(*) AS visits,
       avg(minutes) AS minutes
FROM fact_visit GROUP BY ALL ORDER BY 1, 2
"""
ALLOWED_MS = 250.0
ALLOWED_BUILDER_MS = 300.0
CUTS = {
    "rate_by_grid": Cut(("C3",), ("grid:一般",)),
    "rate_by_grid_compared": Cut(("C3",), ("grid:一般",), compare=True),
    "rate_by_month": Cut(("SV4",), grain="month"),
    "rate_by_category_and_month": Cut(("C3",), ("category",), grain="month"),
    "two_metrics_by_grid": Cut(("SV1", "C3"), ("grid:一般",)),
    "count_by_grid_and_category": Cut(("C1",), ("grid:一般", "category")),
    "residents_by_grid_and_month": Cut(("SV1", "SV5"), ("grid:一般",), grain="month"),
    "residents_by_tier_and_month": Cut(("SV1",), ("tier",), grain="month"),
}
ABOUT = About("1 M rows", datetime(2026, 11, 23), data_version="1")


def build(path: Path, rows: int) -> None:
    """A copy with one fact table of `rows` visits."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            CREATE TABLE fact_visit AS
            SELECT 'V' || i AS visit_id, 'G' || (i % 127) AS grid_id,
                   'H' || (i % 9190) AS household,
                   TIMESTAMP '2024-01-01' + to_minutes((i % 1500000)::INT) AS occurred_at,
                   ['上门', '电话', '视频'][1 + i % 3] AS mode, i % 5 > 0 AS met,
                   (i % 47) * 1.5 AS minutes, '=走访 ' || (i % 1000) AS note
            FROM range(?) t(i)
            """,
            [rows],
        )


def overhead(path: Path, queries: int) -> dict[str, float]:
    """Milliseconds, medians: in process, first, at an analyst's pace, without a pause."""
    inside = []
    with duckdb.connect(str(path), read_only=True) as connection:
        for _ in range(queries):
            started = time.perf_counter()
            connection.sql(QUERY).to_arrow_table()
            inside.append(time.perf_counter() - started)
    spares.close()
    first = _timed(path)
    warm_up()
    time.sleep(2.0)
    paced, hurried = [], []
    for _ in range(queries):
        paced.append(_timed(path))
        time.sleep(1.0)
    for _ in range(queries):
        hurried.append(_timed(path))
    spares.close()
    base = statistics.median(inside)
    return {
        "in_process_ms": base * 1000,
        "first_ms": first * 1000,
        "child_ms": statistics.median(paced) * 1000,
        "child_worst_ms": max(paced) * 1000,
        "child_without_pause_ms": statistics.median(hurried) * 1000,
        "overhead_ms": (statistics.median(paced) - base) * 1000,
        "ratio": statistics.median(paced) / base,
    }


def _timed(path: Path) -> float:
    started = time.perf_counter()
    run_sql(path, QUERY)
    return time.perf_counter() - started


def export(path: Path, out: Path) -> dict[str, float]:
    """One export in a fresh process: its peak memory must be that of this export alone."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_export, (path, out))


def _export(path: Path, out: Path) -> dict[str, float]:
    before = _own_peak_mb()
    done = export_sql(path, "SELECT * FROM fact_visit", out, ABOUT)
    return {
        "rows": done.rows,
        "seconds": done.elapsed_seconds,
        "size_mb": done.size_bytes / 1e6,
        "server_peak_mb": _own_peak_mb(),
        "server_grew_mb": _own_peak_mb() - before,
        "largest_child_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def _own_peak_mb() -> float:
    """Peak of this program alone; getrusage would count the program that started it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def builder(root: Path, rounds: int) -> dict[str, float]:
    """Median milliseconds of each question, and how many records the facts hold."""
    reader = Warehouse(root).reader(Scope(frozenset({Role.LEADER})))
    if reader.data_date is None:
        raise SystemExit("the warehouse holds no data")
    filters = Filters(today=reader.data_date, period="last_12_months")
    facts = ("fact_visit", "fact_complaint", "fact_attendance")
    counts = [reader.rows(f"SELECT count(*) FROM {name}")[0][0] for name in facts]
    found = {"records": float(sum(counts))}
    for cut in CUTS.values():
        ask(reader, filters, cut)
    for name, cut in CUTS.items():
        reader._answers = Answers()
        forget(reader)
        started = time.perf_counter()
        ask(reader, filters, cut)
        found[f"{name}_first_ms"] = (time.perf_counter() - started) * 1000
        taken, worked = [], []
        for _ in range(rounds):
            started, processor = time.perf_counter(), time.process_time()
            ask(reader, filters, cut)
            taken.append(time.perf_counter() - started)
            worked.append(time.process_time() - processor)
        found[f"{name}_ms"] = statistics.median(taken) * 1000
        found[f"{name}_processor"] = statistics.median(worked) * 1000
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=30)
    parser.add_argument("--warehouse", type=Path, help="measure the builder over this one, alone")
    parser.add_argument("--no-export", action="store_true", help="the overhead alone")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    if chosen.warehouse is not None:
        report({"builder": builder(chosen.warehouse, chosen.queries)}, chosen.json)
        return
    with tempfile.TemporaryDirectory(prefix="gridgov-explore-") as folder:
        path = Path(folder) / "copy.duckdb"
        build(path, chosen.rows)
        answer: dict[str, dict[str, float]] = {"overhead": overhead(path, chosen.queries)}
        for format_ in () if chosen.no_export else FORMATS:
            answer[f"export_{format_}"] = export(path, Path(folder) / f"out.{format_}")
    report(answer, chosen.json)
    within = answer["overhead"]["overhead_ms"] <= ALLOWED_MS
    print(f"overhead {'within' if within else 'ABOVE'} {ALLOWED_MS:g} ms")


def report(answer: dict[str, dict[str, float]], as_json: bool) -> None:
    """Print what was measured; the builder's worst against what was promised."""
    if as_json:
        print(json.dumps(answer, indent=2))
    else:
        for name, figures in answer.items():
            print(name, "  ".join(f"{key}={value:,.1f}" for key, value in figures.items()))
    if "builder" in answer:
        worst = max(value for key, value in answer["builder"].items() if key.endswith("_ms"))
        within = "within" if worst <= ALLOWED_BUILDER_MS else "ABOVE"
        print(f"builder {within} {ALLOWED_BUILDER_MS:g} ms")


if __name__ == "__main__":
    main()
