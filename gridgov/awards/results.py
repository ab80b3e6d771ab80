"""An evaluation as tables: what a record stores, and what papers and pages read from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from gridgov.awards.evaluate import Evaluation, TrackResult, empty_indicators
from gridgov.awards.fairness import DIMENSIONS, audit, funnel
from gridgov.awards.uncertainty import SOURCES

__all__ = ["result_tables"]

Rows = list[dict[str, Any]]

_CANDIDATE = pa.schema(
    [
        ("track", pa.string()), ("worker_id", pa.string()), ("name", pa.string()),
        ("grid_id", pa.string()), ("grid_name", pa.string()), ("kind", pa.string()),
        ("general_name", pa.string()), ("leader", pa.string()), ("stratum_id", pa.string()),
        ("stratum_name", pa.string()), ("status", pa.string()), ("present_days", pa.int32()),
        ("tenure_days", pa.int32()), ("due", pa.float64()), ("households", pa.float64()),
        ("load", pa.float64()), ("total", pa.int64()), ("bonus", pa.int64()),
        ("deduction", pa.int64()), ("passes", pa.bool_()), ("place", pa.int64()),
        ("shared", pa.int64()), ("reliability", pa.float64()), ("review", pa.string()),
        ("low_data", pa.int64()), ("high_data", pa.int64()), ("low_weights", pa.int64()),
        ("high_weights", pa.int64()), ("low_both", pa.int64()), ("high_both", pa.int64()),
    ]
)  # fmt: skip
_TIER = pa.schema(
    [
        ("track", pa.string()), ("worker_id", pa.string()), ("tier", pa.string()),
        ("quota", pa.int64()), ("probability", pa.float64()), ("state", pa.string()),
        ("decided", pa.bool_()),
    ]
)  # fmt: skip
_INDICATOR = pa.schema(
    [
        ("track", pa.string()), ("worker_id", pa.string()), ("indicator", pa.string()),
        ("value", pa.float64()), ("information", pa.float64()), ("state", pa.int64()),
        ("points", pa.int64()), ("weight", pa.float64()), ("contribution", pa.int64()),
        ("pooled", pa.bool_()),
    ]
)  # fmt: skip
_COMPONENT = pa.schema(
    [
        ("track", pa.string()), ("worker_id", pa.string()), ("component", pa.string()),
        ("observed", pa.float64()), ("exposure", pa.float64()),
    ]
)  # fmt: skip
_GROUP = pa.schema(
    [
        ("track", pa.string()), ("worker_id", pa.string()), ("group", pa.string()),
        ("points", pa.int64()), ("floor", pa.int64()),
    ]
)  # fmt: skip
_FAIRNESS = pa.schema(
    [
        ("track", pa.string()), ("dimension", pa.string()), ("group", pa.string()),
        ("eligible", pa.int64()), ("selected", pa.int64()), ("rate", pa.float64()),
        ("ratio", pa.float64()), ("p_value", pa.float64()),
    ]
)  # fmt: skip
_FUNNEL = pa.schema(
    [
        ("track", pa.string()), ("indicator", pa.string()), ("worker_id", pa.string()),
        ("exposure", pa.float64()), ("value", pa.float64()), ("target", pa.float64()),
        ("low", pa.float64()), ("high", pa.float64()), ("outside", pa.int64()),
        ("phi", pa.float64()), ("tau2", pa.float64()),
    ]
)  # fmt: skip
_NOTE = pa.schema([("track", pa.string()), ("indicator", pa.string()), ("note", pa.string())])


def result_tables(evaluation: Evaluation) -> dict[str, pa.Table]:
    """The result tables by name, rows in a fixed order."""
    tracks = evaluation.tracks
    return {
        "candidate": _table(_CANDIDATE, [row for track in tracks for row in _candidates(track)]),
        "tier": _table(_TIER, [row for track in tracks for row in _tiers(evaluation, track)]),
        "indicator": _table(_INDICATOR, [row for track in tracks for row in _indicators(track)]),
        "component": _table(_COMPONENT, [row for track in tracks for row in _components(track)]),
        "group": _table(_GROUP, [row for track in tracks for row in _groups(track)]),
        "fairness": _table(_FAIRNESS, [row for track in tracks for row in _fairness(track)]),
        "funnel": _table(_FUNNEL, [row for track in tracks for row in _funnels(track)]),
        "note": _table(_NOTE, [row for track in tracks for row in _notes(track)]),
        "event": _without_reserve(evaluation.credited.event),
        "flag": evaluation.flagged.flag,
        "flag_record": evaluation.flagged.record,
        "callback": evaluation.callbacks,
    }


def _table(schema: pa.Schema, rows: Rows) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=schema)


def _without_reserve(table: pa.Table) -> pa.Table:
    return table.combine_chunks().replace_schema_metadata(None)


def _candidates(result: TrackResult) -> Rows:
    scores, placed, sure = result.scores, result.order, result.certainty
    rows = []
    for i, person in enumerate(result.candidate):
        row = {name: person[name] for name in _CANDIDATE.names if name in person}
        row |= {
            "track": result.track.name,
            "status": str(result.status[i]),
            "total": int(scores.total[i]),
            "bonus": int(scores.bonus[i]),
            "deduction": int(scores.deduction[i]),
            "passes": bool(scores.passes[i]),
            "place": int(placed.place[i]),
            "shared": int(placed.shared[i]),
            "reliability": float(sure.reliability[i]),
            "review": ",".join(result.review[i]),
        }
        for column, source in enumerate(SOURCES):
            row[f"low_{source}"] = int(sure.low[i, column])
            row[f"high_{source}"] = int(sure.high[i, column])
        rows.append(row)
    return rows


def _tiers(evaluation: Evaluation, result: TrackResult) -> Rows:
    return [
        {
            "track": result.track.name,
            "worker_id": worker,
            "tier": tier.name,
            "quota": int(result.order.quota[i, column]),
            "probability": float(result.certainty.top[i, column]),
            "state": str(result.state[i, column]),
            "decided": bool(result.decided[i, column]),
        }
        for i, worker in enumerate(result.workers)
        for column, tier in enumerate(evaluation.scheme.tiers)
    ]


def _indicators(result: TrackResult) -> Rows:
    scores = result.scores
    none = np.zeros(len(result.workers), dtype=np.bool_)
    return [
        {
            "track": result.track.name,
            "worker_id": worker,
            "indicator": indicator.code,
            "value": float(scores.value[i, column]),
            "information": float(scores.information[i, column]),
            "state": int(scores.state[i, column]),
            "points": int(scores.points[i, column]),
            "weight": float(scores.weight[i, column]),
            "contribution": int(scores.contribution[i, column]),
            "pooled": bool(result.pooled.get(indicator.code, none)[i]),
        }
        for i, worker in enumerate(result.workers)
        for column, indicator in enumerate(result.track.indicators)
    ]


def _components(result: TrackResult) -> Rows:
    measures = result.measures
    return [
        {
            "track": result.track.name,
            "worker_id": worker,
            "component": component,
            "observed": float(measures.observed[i, column]),
            "exposure": float(measures.exposure[i, column]),
        }
        for i, worker in enumerate(result.workers)
        for column, component in enumerate(result.track.components)
    ]


def _groups(result: TrackResult) -> Rows:
    return [
        {
            "track": result.track.name,
            "worker_id": worker,
            "group": group,
            "points": int(result.scores.groups[i, column]),
            "floor": result.track.floors.get(group, 0),
        }
        for i, worker in enumerate(result.workers)
        for column, group in enumerate(result.track.groups)
    ]


def _fairness(result: TrackResult) -> Rows:
    found = audit(result)
    rows: Rows = [
        {
            "track": result.track.name,
            "dimension": dimension,
            "group": group.group,
            "eligible": group.eligible,
            "selected": group.selected,
            "rate": group.rate,
            "ratio": group.ratio,
            "p_value": group.p_value,
        }
        for dimension in DIMENSIONS
        for group in found.groups[dimension]
    ]
    rows.append(
        {
            "track": result.track.name,
            "dimension": "score_and_size",
            "group": "",
            "eligible": found.size.n,
            "selected": 0,
            "rate": found.size.rho,
            "ratio": float("nan"),
            "p_value": found.size.p_value,
        }
    )
    return rows


def _funnels(result: TrackResult) -> Rows:
    rows: Rows = []
    for indicator in result.track.indicators:
        found = funnel(result, indicator.code)
        if found is None:
            continue
        rows += [
            {
                "track": result.track.name,
                "indicator": indicator.code,
                "worker_id": worker,
                "exposure": float(found.exposure[i]),
                "value": float(found.value[i]),
                "target": found.target,
                "low": float(found.low[i, 1]),
                "high": float(found.high[i, 1]),
                "outside": int(found.outside[i]),
                "phi": found.phi,
                "tau2": found.tau2,
            }
            for i, worker in enumerate(found.workers)
        ]
    return rows


def _notes(result: TrackResult) -> Rows:
    """What the run had to do without: no data for an indicator means that its weight was spread."""
    return [
        {"track": result.track.name, "indicator": code, "note": "no_data"}
        for code in empty_indicators(result)
    ]
