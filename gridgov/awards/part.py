"""The part of an evaluation that a committee member with some grids alone may see.

Places, chances and the cut-off are matters of a whole stratum. So the evaluation is always of all,
and what is shown are whole strata: an order over a part of one would be another order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.awards.evaluate import Evaluation, TrackResult

__all__ = ["part_of"]

T = TypeVar("T")
Bools = npt.NDArray[np.bool_]


def part_of(evaluation: Evaluation, strata: Collection[str]) -> Evaluation:
    """`evaluation` with the candidates of these strata alone, as they stand in the whole.

    The frozen tables and what the committee has entered stay those of all: they are not shown as
    they are, and a record is only ever written from the whole.
    """
    tracks = tuple(_track(result, frozenset(strata)) for result in evaluation.tracks)
    people = pa.array(sorted({who for result in tracks for who in result.workers}), pa.string())
    credited, flagged = evaluation.credited, evaluation.flagged
    names = [result.track.name for result in tracks]
    due = {name: result.candidate for name, result in zip(names, tracks, strict=True)}
    return replace(
        evaluation,
        tracks=tracks,
        callbacks=_of(evaluation.callbacks, people),
        flagged=replace(
            flagged, flag=_of(flagged.flag, people), record=_of(flagged.record, people)
        ),
        credited=replace(
            credited,
            candidate=_of(credited.candidate, people),
            event=_of(credited.event, people),
            left_out=_of(credited.left_out, people),
            visit_status=credited.visit_status.slice(0, 0),
            measures={result.track.name: result.measures for result in tracks},
            pooled={result.track.name: result.pooled for result in tracks},
            due=_column(due, "due"),
            households=_column(due, "households"),
        ),
    )


def _track(result: TrackResult, strata: frozenset[str]) -> TrackResult:
    keep = np.array([stratum in strata for stratum in result.strata], dtype=np.bool_)
    rows = [int(row) for row in np.flatnonzero(keep)]
    return replace(
        result,
        candidate=[result.candidate[row] for row in rows],
        measures=result.measures.take(keep),
        scores=_rows(result.scores, keep),
        status=result.status[keep],
        order=_rows(result.order, keep),
        certainty=_rows(result.certainty, keep),
        state=result.state[keep],
        decided=result.decided[keep],
        proposed=result.proposed[keep],
        review=[result.review[row] for row in rows],
        pooled={code: pooled[keep] for code, pooled in result.pooled.items()},
    )


def _rows(whole: T, keep: Bools) -> T:
    """A dataclass of arrays and tuples with one entry a candidate, for some of them."""
    rows = np.flatnonzero(keep)
    taken: dict[str, Any] = {}
    for item in fields(whole):  # type: ignore[arg-type]
        value = getattr(whole, item.name)
        taken[item.name] = (
            tuple(value[row] for row in rows) if isinstance(value, tuple) else (value[keep])
        )
    return replace(whole, **taken)  # type: ignore[type-var]


def _of(table: pa.Table, people: pa.Array) -> pa.Table:
    return table.filter(pc.is_in(table.column("worker_id"), value_set=people))


def _column(
    people: Mapping[str, list[dict[str, Any]]], name: str
) -> dict[str, npt.NDArray[np.float64]]:
    return {
        track: np.array([row[name] for row in rows], dtype=np.float64)
        for track, rows in people.items()
    }
