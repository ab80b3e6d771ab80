"""Kill loads at random moments and hold what is left against an undisturbed load.

    python -m tools.kill_loads --times 1000 --seed 1

Every round forks a loader and sends it SIGKILL after a random time; half of the kills fall into the
last fifth of a load, where files are renamed. After each kill a reader must find a whole version:
the old one, or the new one complete. Every few rounds the next load must go through on what the
dead loaders left behind, and give the very rows of a load that nobody disturbed.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from etl.load import load
from gridgov.schema import TABLES

__all__ = ["Outcome", "kill_loads"]


@dataclass
class Outcome:
    """How many rounds left the old version, how many the new one, and what was wrong."""

    rounds: int = 0
    left: Counter[str] = field(default_factory=Counter)
    finished_loads: int = 0
    faults: list[str] = field(default_factory=list)


def kill_loads(times: int, seed: int, folder: Path, every: int = 5) -> Outcome:
    """Run the campaign in `folder`; all data is made here from the seed."""
    dice = random.Random(seed)
    outcome = Outcome()
    base, first, second = folder / "base", folder / "first.csv", folder / "second.csv"
    _write(first, 0, 400, "甲")
    _write(second, 200, 600, "乙")
    _in_child(lambda: load([first], base, table="visit"))
    undisturbed = folder / "undisturbed"
    shutil.copytree(base, undisturbed)
    began = time.monotonic()
    _in_child(lambda: load([second], undisturbed, table="visit"))
    lasts = time.monotonic() - began
    old, new = _digest(base), _digest(undisturbed)
    work = folder / "work"
    shutil.copytree(base, work)
    for number in range(1, times + 1):
        at = dice.uniform(0, 1.05) if number % 2 else dice.uniform(0.8, 1.1)
        _kill_after(at * lasts, second, work)
        outcome.rounds += 1
        found = _digest(work)
        name = {old: "old", new: "new"}.get(found, "broken")
        outcome.left[name] += 1
        if name == "broken":
            outcome.faults.append(f"round {number}: killed after {at * lasts:.3f} s: {found}")
        if name != "old" or number % every == 0 or number == times:
            _in_child(lambda: load([second], work, table="visit"))
            outcome.finished_loads += 1
            if _digest(work) != new or list(work.glob(".building-*")):
                outcome.faults.append(f"round {number}: the next load differs")
            shutil.rmtree(work)
            shutil.copytree(base, work)
    return outcome


def _write(path: Path, start: int, stop: int, note: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(
            ["走访编号", "走访时间", "走访人", "所属网格", "户", "走访对象", "走访内容"]
        )
        for at in range(start, stop):
            day = f"2025-01-{at % 28 + 1:02} 08:{at % 60:02}:00"
            writer.writerow([f"V{at}", day, "张三", "M1", f"1-{at}", f"居民{at}", note])


def _digest(warehouse: Path) -> str:
    """What a reader sees: the rows of every table and of the facts, whatever the version number."""
    try:
        name = (warehouse / "CURRENT").read_text(encoding="utf-8").strip()
        with duckdb.connect(str(warehouse / name), read_only=True, config={"threads": 1}) as con:
            seen = hashlib.sha256()
            for table in (*TABLES, "visit_history", "fact_visit", "mart_visit_month"):
                columns = [
                    row[0]
                    for row in con.execute(
                        "SELECT column_name FROM duckdb_columns() WHERE table_name = ? "
                        "AND column_name NOT IN ('batch_id', 'file_id', 'replaced_by')",
                        [table],
                    ).fetchall()
                ]
                chosen = ", ".join(f'"{column}"' for column in columns)
                seen.update(
                    repr(
                        con.execute(f'SELECT {chosen} FROM "{table}" ORDER BY ALL').fetchall()
                    ).encode()
                )
            return seen.hexdigest()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _in_child(work: Callable[[], object]) -> None:
    """Run in a fork, so that this process stays free of threads and can fork again."""
    child = os.fork()
    if child == 0:
        _run_and_leave(work)
    _pid, status = os.waitpid(child, 0)
    if status != 0:
        raise RuntimeError(f"a load that nobody disturbed failed with status {status}")


def _kill_after(seconds: float, file: Path, warehouse: Path) -> None:
    child = os.fork()
    if child == 0:
        _run_and_leave(lambda: load([file], warehouse, table="visit"))
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _run_and_leave(work: Callable[[], object]) -> None:
    status = 1
    try:
        work()
        status = 0
    except Exception as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
    finally:
        os._exit(status)


def main() -> int:
    """Command line; status 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="gridgov-kill-"))
    began = time.monotonic()
    try:
        outcome = kill_loads(chosen.times, chosen.seed, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(
        f"{outcome.rounds} kills: {outcome.left['old']} left the old version, "
        f"{outcome.left['new']} the new one, {outcome.left['broken']} anything else; "
        f"{outcome.finished_loads} loads after kills finished; {len(outcome.faults)} faults; "
        f"{time.monotonic() - began:.0f} s\n"
    )
    for fault in outcome.faults:
        sys.stdout.write(fault + "\n")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
