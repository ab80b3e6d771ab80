"""How long an evaluation takes, and what it needs: `python benchmarks/awards.py`.

1. The default scheme over the sample's half-year, end to end: read from the warehouse, flags,
   events, scores, 10,000 draws, record on disk. Target: 3 s.
2. 126,000 candidates in 1,000 strata with 1,000 draws: scores, places, bands, P(top-k).
   Target: 60 s and 4 GB.
3. Beside it the weighted sum and TOPSIS of scikit-criteria and pymcdm over the same matrix, where
   they are installed (they are no dependency): they give an order and no more.

Each part runs in its own process, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
SCHEME = ROOT / "data/schemes/2026H1.toml"
CANDIDATES, STRATA, DRAWS = 126_000, 1_000, 1_000


def half_year(warehouse: str) -> dict[str, float]:
    """Part 1, timed from the open reader to the written record."""
    from gridgov.awards.evaluate import evaluate
    from gridgov.awards.inputs import freeze
    from gridgov.awards.record import write
    from gridgov.awards.scheme_file import read_scheme
    from gridgov.warehouse import Warehouse

    reader = Warehouse(Path(warehouse)).reader()
    scheme = read_scheme(SCHEME)
    with tempfile.TemporaryDirectory() as folder:
        start, before = time.perf_counter(), time.process_time()
        frozen = freeze(reader, scheme, data_version=reader.version.number)
        read = time.perf_counter()
        made = evaluate(scheme, frozen)
        judged = time.perf_counter()
        write(Path(folder) / "record", made)
        end, after = time.perf_counter(), time.process_time()
    people = sum(len(result.workers) for result in made.tracks)
    return {
        "candidates": people, "read_s": read - start, "evaluate_s": judged - read,
        "write_s": end - judged, "seconds": end - start, "cpu_s": after - before,
    }  # fmt: skip


def city() -> dict[str, float]:
    """Part 2: synthetic counts of a city's micro-grid workers through the product's own path."""
    from gridgov.awards.order import order
    from gridgov.awards.scheme_file import read_scheme
    from gridgov.awards.score import Measures, score
    from gridgov.awards.uncertainty import simulate

    scheme = replace(read_scheme(SCHEME), draws=DRAWS)
    track = scheme.track("一般网格员")
    rng = np.random.default_rng(1)
    columns = len(track.components)
    exposure = rng.integers(20, 150, (CANDIDATES, columns)).astype(float)
    measures = Measures(
        tuple(f"W{i:06d}" for i in range(CANDIDATES)),
        np.floor(exposure * rng.uniform(0.6, 1.0, (CANDIDATES, columns))),
        exposure,
        np.zeros(CANDIDATES, dtype=np.int64),
        np.zeros(CANDIDATES, dtype=np.int64),
    )
    strata = [f"S{i % STRATA:04d}" for i in range(CANDIDATES)]
    eligible = np.ones(CANDIDATES, dtype=bool)
    start, before = time.perf_counter(), time.process_time()
    scores = score(track, measures, scheme.bonus_max)
    placed = order(scheme, track, scores, eligible, strata)
    ordered = time.perf_counter()
    sure = simulate(scheme, track, measures, scores, eligible, strata, placed.quota)
    end, after = time.perf_counter(), time.process_time()
    assert abs(sure.top[:, 0].sum() - placed.quota[:STRATA, 0].sum()) < 1e-6 * CANDIDATES
    return {
        "candidates": CANDIDATES, "strata": STRATA, "draws": DRAWS,
        "score_and_order_s": ordered - start, "draws_s": end - ordered, "seconds": end - start,
        "cpu_s": after - before,
    }  # fmt: skip


def _matrix() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.uniform(0.6, 1.0, (CANDIDATES, 8)), np.array([25, 15, 15, 10, 10, 10, 10, 5]) / 100


def skcriteria() -> dict[str, float]:
    """Part 3: scikit-criteria's weighted sum and TOPSIS, one order over all."""
    import skcriteria as skc
    from skcriteria.agg.simple import WeightedSumModel
    from skcriteria.agg.topsis import TOPSIS

    matrix, weights = _matrix()
    data = skc.mkdm(matrix, [max] * 8, weights=weights)
    start = time.perf_counter()
    WeightedSumModel().evaluate(data)
    summed = time.perf_counter()
    TOPSIS().evaluate(data)
    return {"weighted_sum_s": summed - start, "topsis_s": time.perf_counter() - summed}


def pymcdm() -> dict[str, float]:
    """Part 3: pymcdm's TOPSIS and weighted sum (its WSM)."""
    from pymcdm.methods import TOPSIS, WSM

    matrix, weights = _matrix()
    types = np.ones(8)
    start = time.perf_counter()
    WSM()(matrix, weights, types)
    summed = time.perf_counter()
    TOPSIS()(matrix, weights, types)
    return {"weighted_sum_s": summed - start, "topsis_s": time.perf_counter() - summed}


def own_weighted_sum() -> dict[str, float]:
    """The same weighted sum by the product: fixed goalposts, hundredths, places."""
    from gridgov.awards.order import order
    from gridgov.awards.scheme_file import read_scheme
    from gridgov.awards.score import Measures, score

    scheme = read_scheme(SCHEME)
    track = scheme.track("一般网格员")
    columns = len(track.components)
    exposure = np.full((CANDIDATES, columns), 100.0)
    observed = np.floor(np.random.default_rng(1).uniform(60, 100, (CANDIDATES, columns)))
    nothing = np.zeros(CANDIDATES, dtype=np.int64)
    workers = tuple(f"W{i:06d}" for i in range(CANDIDATES))
    start = time.perf_counter()
    scores = score(track, Measures(workers, observed, exposure, nothing, nothing), scheme.bonus_max)
    order(scheme, track, scores, np.ones(CANDIDATES, dtype=bool), [""] * CANDIDATES)
    return {"weighted_sum_s": time.perf_counter() - start}


PARTS = {"half_year": half_year, "city": city, "own_weighted_sum": own_weighted_sum,
         "skcriteria": skcriteria, "pymcdm": pymcdm}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warehouse", default=str(ROOT / "data/warehouse"))
    parser.add_argument("--part", choices=PARTS)
    chosen = parser.parse_args()
    if chosen.part:
        part = PARTS[chosen.part]
        found = part(chosen.warehouse) if part is half_year else part()
        # With all imports and threads: where a machine is busy the wall clock says little.
        found["process_cpu_s"] = time.process_time()
        found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({key: round(value, 3) for key, value in found.items()}))
        return
    for name in PARTS:
        if name in ("skcriteria", "pymcdm") and importlib.util.find_spec(name) is None:
            print(f"{name}: not installed, left out")
            continue
        command = [sys.executable, __file__, "--part", name, "--warehouse", chosen.warehouse]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        print(f"{name}: {done.stdout.strip() or done.stderr.strip().splitlines()[-1]}")


if __name__ == "__main__":
    main()
