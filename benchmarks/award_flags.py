"""The review flags on towns that no one looked at when the thresholds were set:
`python -m benchmarks.award_flags --seeds 1 2 3`.

Each seed gives another town with other people, visits and luck, and three of its workers invent
visits (etl/sample/planted.py says where). The committed scheme's thresholds are applied as they
are. Told are, for each seed, how many of the three are raised, with how many flags each, and how
many of the others are raised, with which.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from etl.sample.planted import PLANTED
from gridgov.awards.evaluate import evaluate
from gridgov.awards.flags import FLAGS
from gridgov.awards.inputs import freeze
from gridgov.awards.scheme_file import read_scheme
from gridgov.warehouse import Warehouse

__all__ = ["raised"]

SCHEME = Path(__file__).resolve().parents[1] / "data/schemes/2026H1.toml"


def raised(warehouse: Path) -> dict[str, Any]:
    """Who is raised in a loaded sample: fabricators with their flags, others by flag."""
    scheme = replace(read_scheme(SCHEME), draws=100)
    made = evaluate(scheme, freeze(Warehouse(warehouse).reader(), scheme))
    grids = {p["worker_id"]: p["grid_name"] for r in made.tracks for p in r.candidate}
    flags: dict[str, set[str]] = {}
    for row in made.flagged.flag.to_pylist():
        if row["raised"] and not FLAGS[row["flag"]].information:
            flags.setdefault(row["worker_id"], set()).add(row["flag"])
    places = tuple(f"{general}-{number:02d}微网格" for general, number in PLANTED.fabricators)
    planted = {worker for worker, grid in grids.items() if grid.endswith(places)}
    honest = {worker: codes for worker, codes in flags.items() if worker not in planted}
    kinds = Counter(code for codes in honest.values() for code in codes)
    return {
        "planted": len(planted),
        "caught": len(planted & set(flags)),
        "flags_each": sorted(len(flags.get(worker, ())) for worker in planted),
        "honest": len(grids) - len(planted),
        "honest_raised": len(honest),
        "honest_most_flags": max((len(codes) for codes in honest.values()), default=0),
        "honest_kinds": dict(sorted(kinds.items(), key=lambda item: int(item[0][1:]))),
    }


def _town(seed: int, folder: Path) -> Path:
    """The loaded sample of a seed under `folder`, made where it is not there yet."""
    files, warehouse = folder / f"s{seed}", folder / f"wh{seed}"
    if not (warehouse / "CURRENT").exists():
        env = {**os.environ, "GRIDGOV_KEY_FILE": str(folder / f"key{seed}")}
        for words in (
            ("sample", "--seed", str(seed), "--out", str(files)),
            ("load", str(files), "--warehouse", str(warehouse)),
        ):
            call = [sys.executable, "-m", "etl", *words]
            subprocess.run(call, check=True, env=env, capture_output=True)
    return warehouse


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--keep", type=Path, help="folder where the towns stay")
    parser.add_argument("--json", type=Path, help="write the figures here")
    chosen = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in chosen.seeds:
            rows.append({"seed": seed, **raised(_town(seed, chosen.keep or Path(folder)))})
            print(json.dumps(rows[-1], ensure_ascii=False), flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
