"""Many visitors at once over real WebSockets: `python -m benchmarks.sessions --warehouse DIR`.

Starts the real server in demo mode on loopback. Each visitor does something every five seconds for
as long as the measurement lasts: two times in three a filter (period, comparison or grid, drawn
from all that the side bar offers), else another page of the navigation. Measured is the time from
sending the action to the server's word that the script has finished, everything before it
received. The visitors share the machine's processors with the server.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.machine import described, processor_seconds, server_processes
from benchmarks.session_client import Answer, Visitor, quiet_until
from tools.serving import served

PAGES = ("overview", "engagement", "visits", "complaints", "grid", "map", "follow_up", "trends")
FILTERS = ("时段", "对比", "网格")
PAGE_SHARE = 1 / 3
CUSTOM_PERIOD = "自定义"  # needs two dates more before it does anything


@dataclass
class Tally:
    """What the visitors met, by kind of action."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    received: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    unanswered: int = 0

    def note(self, kind: str, answer: Answer) -> None:
        self.seconds[kind].append(answer.seconds)
        self.received.append(answer.received)
        self.errors.extend(answer.errors)


async def visit(address: str, number: int, options: argparse.Namespace, tally: Tally) -> None:
    """One visitor: open the overview, then act every `pause` seconds until the time is up."""
    rng = random.Random(options.seed * 100_000 + number)
    # Spread over the first pause, as people come.
    begin = time.perf_counter() + rng.random() * options.pause
    await quiet_until(begin)
    async with Visitor(address) as visitor:
        opened = await visitor.open("overview")
        tally.note("open", opened)
        end = begin + options.seconds
        turn = 1
        while begin + turn * options.pause < end:
            await quiet_until(begin + turn * options.pause)
            turn += 1
            if rng.random() < PAGE_SHARE or not set(FILTERS) & set(visitor.choices):
                tally.note("page", await visitor.go(rng.choice(PAGES)))
            else:
                label = rng.choice(FILTERS)
                offered = [o for o in visitor.choices[label].options if o != CUSTOM_PERIOD]
                tally.note(label, await visitor.choose(label, rng.choice(offered)))


async def crowd(address: str, options: argparse.Namespace) -> Tally:
    """All visitors at once. One that breaks is counted, the others go on; what is not answered
    `grace` seconds after the end is given up and counted."""
    tally = Tally()
    tasks = [
        asyncio.create_task(visit(address, number, options, tally))
        for number in range(options.sessions)
    ]
    done, pending = await asyncio.wait(
        tasks, timeout=options.seconds + options.pause + options.grace
    )
    tally.unanswered = len(pending)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    tally.errors.extend(repr(task.exception()) for task in done if task.exception())
    return tally


def row(kind: str, seconds: list[float]) -> str:
    """A line of the table; percentiles of fewer than 20 actions are not given."""
    ordered = sorted(seconds)
    late = statistics.quantiles(ordered, n=20)[-1] if len(ordered) >= 20 else float("nan")
    return (
        f"| {kind} | {len(ordered)} | {statistics.median(ordered):.2f}"
        f" | {late:.2f} | {ordered[-1]:.2f} |"
    )


def report(tally: Tally, options: argparse.Namespace, processor: float, mine: float) -> None:
    """`processor`, `mine`: seconds of processor time of the servers and of the visitors."""
    names = {"open": "first page", "page": "change page", "时段": "change period",
             "对比": "change comparison", "网格": "change grid"}  # fmt: skip
    print(
        f"\n{options.sessions} sessions, one action every {options.pause:g} s,"
        f" {options.seconds:g} s; {described()} at the end\n"
    )
    print("| action | n | median s | p95 s | slowest s |\n|---|--:|--:|--:|--:|")
    for kind, name in names.items():
        if tally.seconds[kind]:
            print(row(name, tally.seconds[kind]))
    acted = [s for kind, found in tally.seconds.items() if kind != "open" for s in found]
    if acted:
        print(row("**all but the first**", acted))
    n = len(tally.received)
    print(
        f"\n{len(tally.errors)} errors, {tally.unanswered} visitors still waiting at the end; processor time of the server {processor / n * 1000:.0f} ms"
        f" an action, of the visitors {mine / n * 1000:.0f} ms; {statistics.median(tally.received) / 1000:.0f} kB an action (median)"
    )
    for error in sorted(set(tally.errors))[:5]:
        print(f"- {error}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warehouse", type=Path, required=True)
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--servers", type=int, help="processes; without it one, `streamlit run`")
    parser.add_argument("--seconds", type=float, default=75)
    parser.add_argument("--pause", type=float, default=5)
    parser.add_argument("--grace", type=float, default=15, help="seconds to wait for the last")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--settle", type=float, default=15, help="seconds before the first visitor")
    options = parser.parse_args()
    print(described())
    with tempfile.TemporaryDirectory(prefix="gridgov-sessions-") as name:
        folder = Path(name)
        workspace, log = folder / "workspace.sqlite", folder / "log"
        with served(options.warehouse, workspace, log=log, servers=options.servers) as address:
            time.sleep(options.settle)
            servers = server_processes(address)
            before = sum(map(processor_seconds, servers))
            mine = time.process_time()
            tally = asyncio.run(crowd(address, options))
            mine = time.process_time() - mine
            report(tally, options, sum(map(processor_seconds, servers)) - before, mine)


if __name__ == "__main__":
    main()
