"""The call-back list (G12): which visits residents are asked about, drawn by the program."""

from __future__ import annotations

import hashlib
from math import ceil

import numpy as np
import pyarrow as pa

from gridgov.awards.scheme import Scheme

__all__ = ["draw_callbacks"]


def draw_callbacks(scheme: Scheme, visit_status: pa.Table, visit_worker: pa.Table) -> pa.Table:
    """(worker_id, visit_id, on_date, grid_id), 5 % of each worker's counted visits, at least 10.

    Drawn without replacement from the visits in order of id by a stream that depends on the
    scheme's seed and the worker alone: no one can choose, and everyone can repeat the draw.
    """
    limits = scheme.flags["G12"]
    status = {
        row["visit_id"]: row
        for row in visit_status.select(["visit_id", "on_date", "grid_id", "reason"]).to_pylist()
        if row["reason"] == "" and row["on_date"] >= scheme.period.start
    }
    own: dict[str, list[str]] = {}
    for row in visit_worker.to_pylist():
        if row["visit_id"] in status:
            own.setdefault(row["worker_id"], []).append(row["visit_id"])
    rows = []
    for worker, visits in sorted(own.items()):
        size = min(len(visits), max(int(limits["minimum"]), ceil(limits["share"] * len(visits))))
        for chosen in sorted(_stream(scheme.seed, worker).permutation(len(visits))[:size].tolist()):
            visit = status[sorted(visits)[chosen]]
            rows.append((worker, visit["visit_id"], visit["on_date"], visit["grid_id"]))
    return pa.table(
        {
            "worker_id": pa.array([row[0] for row in rows], pa.string()),
            "visit_id": pa.array([row[1] for row in rows], pa.string()),
            "on_date": pa.array([row[2] for row in rows], pa.date32()),
            "grid_id": pa.array([row[3] for row in rows], pa.string()),
        }
    )


def _stream(seed: int, worker: str) -> np.random.Generator:
    word = int.from_bytes(hashlib.sha256(f"callback {worker}".encode()).digest()[:8], "big")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, word])))
