"""One candidate, from raw counts to the last hundredth, and what the gap to the cut-off is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gridgov.awards.evaluate import Evaluation, TrackResult
from gridgov.awards.scheme import Indicator
from gridgov.awards.score import INSUFFICIENT, MISSING
from gridgov.awards.uncertainty import SOURCES
from gridgov.locale import N_
from gridgov.stats.shrink import shrink_counts, shrink_rates

__all__ = ["REASONS", "Component", "Line", "Sheet", "TierChance", "compare", "sheet"]

REASONS: dict[str, str] = {
    "duplicate": N_("与同日同户同事由的另一条重复"),
    "cap": N_("超过同一户同一天同类的上限"),
    "late": N_("录入晚于截止时间"),
    "verdict": N_("经复核确认不实"),
    "out_of_scope": N_("不在本级权责内"),
    "no_pillar": N_("活动没有归入五在类别"),
}


@dataclass(frozen=True)
class Component:
    """A numerator over its exposure; for breadth one a pillar, with the shrunken ratio."""

    name: str
    observed: float
    exposure: float
    shrunk: float


@dataclass(frozen=True)
class Line:
    """One indicator of one candidate: raw → exposure → shrunk → points → contribution.

    points, contribution, gap: hundredths. gap: contribution minus that of the candidate at the
    cut-off. weight: percent after spreading. state: ok, insufficient or missing.
    """

    code: str
    name: str
    group: str
    components: tuple[Component, ...]
    raw: float
    value: float
    information: float
    state: str
    pooled: bool
    points: int
    weight: float
    contribution: int
    gap: int
    counted: int
    left_out: dict[str, int]


@dataclass(frozen=True)
class TierChance:
    tier: str
    quota: int
    probability: float
    state: str
    decided: bool


@dataclass(frozen=True)
class Sheet:
    """A candidate's sheet. `cut_worker`: who stands at the cut-off that `gap` refers to ("" if no
    one). bonus, deduction, total and their gaps in hundredths; the gaps of lines, bonus and
    deduction add up to `gap`. show_place: False where the reliability allows bands only."""

    track: str
    worker_id: str
    person: dict[str, Any] = field(repr=False)
    status: str
    place: int
    shared: int
    show_place: bool
    reliability: float
    bands: dict[str, tuple[int, int]]
    tiers: tuple[TierChance, ...]
    lines: tuple[Line, ...]
    bonus: int
    bonus_gap: int
    deduction: int
    deduction_gap: int
    total: int
    gap: int
    cut_worker: str
    cut_total: int
    groups: tuple[tuple[str, int, int], ...]
    passes: bool
    review: tuple[str, ...]
    left_out_visits: dict[str, int]


def sheet(evaluation: Evaluation, worker_id: str) -> Sheet:
    """The sheet of a candidate. Raises KeyError for someone who is none."""
    result, row = evaluation.of(worker_id)
    cut = _cut(result, row)
    tally = _tally(evaluation, result, worker_id)
    lines = tuple(
        _line(result, row, cut, column, tally) for column in range(len(result.track.indicators))
    )
    scores, sure = result.scores, result.certainty
    base = row if cut is None else cut
    return Sheet(
        track=result.track.name,
        worker_id=worker_id,
        person=result.candidate[row],
        status=str(result.status[row]),
        place=int(result.order.place[row]),
        shared=int(result.order.shared[row]),
        show_place=bool(sure.reliability[row] >= evaluation.scheme.min_reliability),
        reliability=float(sure.reliability[row]),
        bands={
            source: (int(sure.low[row, i]), int(sure.high[row, i]))
            for i, source in enumerate(SOURCES)
        },
        tiers=_chances(evaluation, result, row),
        lines=lines,
        bonus=int(scores.bonus[row]),
        bonus_gap=int(scores.bonus[row] - scores.bonus[base]),
        deduction=int(scores.deduction[row]),
        deduction_gap=int(scores.deduction[base] - scores.deduction[row]),
        total=int(scores.total[row]),
        gap=int(scores.total[row] - scores.total[base]),
        cut_worker="" if cut is None else result.workers[cut],
        cut_total=int(scores.total[base]),
        groups=_groups(result, row),
        passes=bool(scores.passes[row]),
        review=result.review[row],
        left_out_visits=tally.get("visit", (0, {}))[1],
    )


def compare(evaluation: Evaluation, worker_ids: list[str]) -> list[Sheet]:
    """Sheets of candidates of one track side by side. Raises ValueError across tracks."""
    sheets = [sheet(evaluation, worker) for worker in worker_ids]
    if len({one.track for one in sheets}) > 1:
        raise ValueError("compare: candidates of one track expected")
    return sheets


def _chances(evaluation: Evaluation, result: TrackResult, row: int) -> tuple[TierChance, ...]:
    return tuple(
        TierChance(
            tier.name,
            int(result.order.quota[row, i]),
            float(result.certainty.top[row, i]),
            str(result.state[row, i]),
            bool(result.decided[row, i]),
        )
        for i, tier in enumerate(evaluation.scheme.tiers)
    )


def _cut(result: TrackResult, row: int) -> int | None:
    """Who stands at the first tier's cut-off of the candidate's stratum: the last inside, or for
    one who is inside the first outside."""
    strata = result.strata
    quota = int(result.order.quota[row, 0]) if result.order.quota.shape[1] else 0
    rows = [i for i in range(len(strata)) if strata[i] == strata[row] and result.order.place[i] > 0]
    rows.sort(key=lambda i: (int(result.order.place[i]), result.workers[i]))
    if quota <= 0 or not rows or row not in rows:
        return None
    position = quota if rows.index(row) < quota else quota - 1
    return rows[position] if position < len(rows) else None


def _tally(
    evaluation: Evaluation, result: TrackResult, worker: str
) -> dict[str, tuple[int, dict[str, int]]]:
    """Component → events counted, and events left out by reason."""
    event = evaluation.credited.event
    mask = np.asarray(event.column("worker_id").to_numpy(zero_copy_only=False) == worker)
    own = event.filter(mask).to_pylist()
    found: dict[str, tuple[int, dict[str, int]]] = {}
    for row in own:
        if row["track"] != result.track.name:
            continue
        counted, left = found.get(row["component"], (0, {}))
        if row["reason"]:
            left[row["reason"]] = left.get(row["reason"], 0) + 1
        else:
            counted += 1
        found[row["component"]] = (counted, left)
    return found


def _line(
    result: TrackResult,
    row: int,
    cut: int | None,
    column: int,
    tally: dict[str, tuple[int, dict[str, int]]],
) -> Line:
    indicator, scores = result.track.indicators[column], result.scores
    state = int(scores.state[row, column])
    components = _parts(result, row, column)
    observed = sum(part.observed for part in components)
    exposure = sum(part.exposure for part in components)
    left: dict[str, int] = {}
    for part in components:
        for reason, count in tally.get(part.name, (0, {}))[1].items():
            left[reason] = left.get(reason, 0) + count
    none = np.zeros(len(result.workers), dtype=np.bool_)
    contribution = int(scores.contribution[row, column])
    return Line(
        code=indicator.code,
        name=indicator.name,
        group=indicator.group,
        components=components,
        raw=observed / exposure if exposure > 0 else float("nan"),
        value=float(scores.value[row, column]),
        information=float(scores.information[row, column]),
        state={MISSING: "missing", INSUFFICIENT: "insufficient"}.get(state, "ok"),
        pooled=bool(result.pooled.get(indicator.code, none)[row]),
        points=int(scores.points[row, column]),
        weight=float(scores.weight[row, column]) / 100,
        contribution=contribution,
        gap=0 if cut is None else contribution - int(scores.contribution[cut, column]),
        counted=sum(tally.get(part.name, (0, {}))[0] for part in components),
        left_out=left,
    )


def _parts(result: TrackResult, row: int, column: int) -> tuple[Component, ...]:
    indicator = result.track.indicators[column]
    start = sum(len(ind.components) for ind in result.track.indicators[:column])
    found = []
    for offset, name in enumerate(indicator.components):
        observed = float(result.measures.observed[row, start + offset])
        exposure = float(result.measures.exposure[row, start + offset])
        found.append(
            Component(name, observed, exposure, _shrunk(indicator, offset, observed, exposure))
        )
    return tuple(found)


def _shrunk(indicator: Indicator, offset: int, observed: float, exposure: float) -> float:
    if indicator.kind == "rated":
        return observed / exposure if exposure > 0 else float("nan")
    prior = indicator.priors[offset]
    rule = shrink_rates if indicator.kind == "rate" else shrink_counts
    return float(rule([observed], [exposure], prior.a, prior.b)[0])


def _groups(result: TrackResult, row: int) -> tuple[tuple[str, int, int], ...]:
    return tuple(
        (group, int(result.scores.groups[row, i]), result.track.floors.get(group, 0))
        for i, group in enumerate(result.track.groups)
    )
