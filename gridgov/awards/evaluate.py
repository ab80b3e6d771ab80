"""One evaluation, from frozen tables to places, bands and proposals: a pure function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gridgov.awards.callbacks import draw_callbacks
from gridgov.awards.committee import NOBODY, Committee
from gridgov.awards.credit import Bench, Credited, credit, judge_visits
from gridgov.awards.flags import FLAGS, Flagged, confirmed_events, find_flags
from gridgov.awards.inputs import Frozen
from gridgov.awards.order import Order, order
from gridgov.awards.scheme import Scheme, Track
from gridgov.awards.score import INSUFFICIENT, MISSING, Measures, Scores, score
from gridgov.awards.uncertainty import Certainty, simulate
from gridgov.locale import N_

__all__ = [
    "NOT",
    "PENDING",
    "REVIEW",
    "SELECTED",
    "STATUS",
    "Evaluation",
    "TrackResult",
    "empty_indicators",
    "evaluate",
    "judge",
    "judge_track",
]

Bools = npt.NDArray[np.bool_]
Strings = npt.NDArray[np.str_]

STATUS: dict[str, str] = {
    "eligible": N_("参评"),
    "newcomer": N_("新到岗，另列"),
    "short": N_("在岗时间不足"),
    "few_due": N_("应联系次数不足"),
    "integrity": N_("有查实的诚信问题，不参评"),
}
REVIEW: dict[str, str] = {
    "band": N_("入选把握在两可之间"),
    "tie": N_("与分界处同分同名次"),
    "insufficient": N_("有指标数据不足"),
    "flag": N_("有待复核的情形"),
}
NOT, PENDING, SELECTED = "no", "pending", "selected"


@dataclass(frozen=True)
class TrackResult:
    """A track, rows in order of worker id. state: (n, n_tiers) no, pending or selected.

    decided: (n, n_tiers) where the committee's word stands. proposed: (n,) chosen by the order
    alone or by decision, what the fairness audit looks at. review: reasons to look, by row.
    """

    track: Track
    candidate: list[dict[str, Any]] = field(repr=False)
    measures: Measures = field(repr=False)
    scores: Scores = field(repr=False)
    status: Strings = field(repr=False)
    order: Order = field(repr=False)
    certainty: Certainty = field(repr=False)
    state: Strings = field(repr=False)
    decided: Bools = field(repr=False)
    proposed: Bools = field(repr=False)
    review: list[tuple[str, ...]] = field(repr=False)
    pooled: Mapping[str, Bools] = field(repr=False)

    @property
    def workers(self) -> tuple[str, ...]:
        return self.measures.workers

    @property
    def eligible(self) -> Bools:
        return np.asarray(self.status == "eligible", dtype=np.bool_)

    @property
    def strata(self) -> list[str]:
        return [row["stratum_id"] for row in self.candidate]


@dataclass(frozen=True)
class Evaluation:
    """Everything that a record, a page or a paper shows of a run."""

    scheme: Scheme
    committee: Committee
    frozen: Frozen
    credited: Credited
    flagged: Flagged
    callbacks: pa.Table = field(repr=False)
    tracks: tuple[TrackResult, ...] = field(repr=False)

    def track(self, name: str) -> TrackResult:
        """The result of the track called `name`; KeyError where there is none."""
        for result in self.tracks:
            if result.track.name == name:
                return result
        raise KeyError(name)

    def of(self, worker_id: str) -> tuple[TrackResult, int]:
        """The track and row of a candidate; KeyError where there is none."""
        for result in self.tracks:
            if worker_id in result.workers:
                return result, result.workers.index(worker_id)
        raise KeyError(worker_id)


def evaluate(
    scheme: Scheme, frozen: Frozen, committee: Committee = NOBODY, *, threads: int = 2
) -> Evaluation:
    """Flags, verdicts, events, scores, draws, proposals. The same arguments give the same bits."""
    committee = committee.sorted()
    committee.check(FLAGS, [tier.name for tier in scheme.tiers])
    bench = Bench(frozen, scheme, threads=threads)
    flagged = find_flags(bench, scheme, committee)
    # Drawn as if no verdict had been given: one that comes later must not exchange the list under
    # those who are calling.
    standing = judge_visits(bench, scheme, ())
    callbacks = draw_callbacks(scheme, standing, frozen.tables["visit_worker"])
    credited = credit(bench, scheme, committee, confirmed_events(flagged, committee.verdicts))
    tracks = tuple(
        judge(scheme, track, credited, flagged, committee, threads=threads)
        for track in scheme.tracks
    )
    return Evaluation(scheme, committee, frozen, credited, flagged, callbacks, tracks)


def judge(
    scheme: Scheme,
    track: Track,
    credited: Credited,
    flagged: Flagged,
    committee: Committee,
    *,
    threads: int = 2,
) -> TrackResult:
    """Score and order one track from its credited events."""
    candidate = _described(scheme, track, credited)
    status = _status(scheme, candidate, committee)
    measures = credited.measures[track.name]
    raised = _raised(flagged, committee)
    return judge_track(
        scheme, track, candidate, measures, status, committee, raised,
        pooled=credited.pooled[track.name], threads=threads,
    )  # fmt: skip


def judge_track(
    scheme: Scheme,
    track: Track,
    candidate: list[dict[str, Any]],
    measures: Measures,
    status: Strings,
    committee: Committee = NOBODY,
    raised: frozenset[str] = frozenset(),
    *,
    pooled: Mapping[str, Bools] | None = None,
    threads: int = 2,
) -> TrackResult:
    """Score and order candidates whose counts are there already; what-if comes in here, too.

    candidate: rows with at least `stratum_id`, in the order of `measures.workers`.
    """
    strata = [row["stratum_id"] for row in candidate]
    eligible = np.asarray(status == "eligible", dtype=np.bool_)
    scores = score(track, measures, scheme.bonus_max)
    placed = order(scheme, track, scores, eligible, strata)
    certainty = simulate(
        scheme, track, measures, scores, eligible, strata, placed.quota, threads=threads
    )
    state, decided = _states(scheme, scores, placed, certainty, eligible, committee)
    inside = _inside(placed, scores)
    proposed = (
        np.where(decided[:, 0], state[:, 0] == SELECTED, inside[:, 0])
        if len(strata)
        else inside[:, 0]
    )
    review = _reviews(scheme, scores, placed, certainty, eligible, raised)
    return TrackResult(
        track, candidate, measures, scores, status, placed, certainty, state, decided,
        np.asarray(proposed, dtype=np.bool_), review, pooled or {},
    )  # fmt: skip


def _described(scheme: Scheme, track: Track, credited: Credited) -> list[dict[str, Any]]:
    """Candidates with what is shown beside the score: due contacts, load ratio, households."""
    rows = [row for row in credited.candidate.to_pylist() if row["track"] == track.name]
    due, households = credited.due[track.name], credited.households[track.name]
    months = len(scheme.period.months)
    for row, n, size in zip(rows, due, households, strict=True):
        present = max(row["in_post_days"] - row["leave_days"], 0)
        row["present_days"] = present
        row["months"] = present * months / scheme.period.days
        row["due"] = float(n)
        row["households"] = float(size)
        capacity = (row["capacity"] or track.capacity) * row["months"]
        row["load"] = float(n) / capacity if capacity > 0 else float("nan")
    return rows


def _status(scheme: Scheme, rows: Sequence[dict[str, Any]], committee: Committee) -> Strings:
    limits, period = scheme.eligibility, scheme.period
    barred = {case.worker_id for case in committee.integrity}
    found = []
    for row in rows:
        if row["worker_id"] in barred:
            found.append("integrity")
        elif row["present_days"] * len(period.months) < limits.min_months * period.days:
            found.append("newcomer" if row["tenure_days"] < period.days else "short")
        elif row["due"] < limits.min_due:
            found.append("few_due")
        else:
            found.append("eligible")
    return np.array(found, dtype=np.str_)


def _raised(flagged: Flagged, committee: Committee) -> frozenset[str]:
    """Workers with a raised flag that is still open: no verdict on it as a whole, nor on each of
    the records behind it."""
    answered = {(v.worker_id, v.flag) for v in committee.verdicts if not v.event_key}
    judged = {(v.worker_id, v.flag, v.event_key) for v in committee.verdicts}
    behind: dict[tuple[str, str], list[str]] = {}
    for row in flagged.record.to_pylist():
        behind.setdefault((row["worker_id"], row["flag"]), []).append(row["event_id"])
    for (worker, flag), events in behind.items():
        if all((worker, flag, event) in judged for event in events):
            answered.add((worker, flag))
    return frozenset(
        row["worker_id"]
        for row in flagged.flag.to_pylist()
        if row["raised"]
        and not FLAGS[row["flag"]].information
        and (row["worker_id"], row["flag"]) not in answered
    )


def _inside(placed: Order, scores: Scores) -> Bools:
    """(n, n_tiers) inside the quota by the order alone."""
    tiers = np.arange(placed.quota.shape[1])
    return np.asarray((placed.tier[:, None] >= tiers) & scores.passes[:, None], dtype=np.bool_)


def _states(
    scheme: Scheme,
    scores: Scores,
    placed: Order,
    certainty: Certainty,
    eligible: Bools,
    committee: Committee,
) -> tuple[Strings, Bools]:
    """Who is selected, who waits for the committee; its decisions stand above the order."""
    low, high = scheme.band
    inside = _inside(placed, scores)
    doubtful = (certainty.top > low) & (certainty.top < high) | placed.tied
    state = np.where(inside, SELECTED, NOT).astype("<U8")
    state[doubtful & eligible[:, None]] = PENDING
    decided = np.zeros(state.shape, dtype=np.bool_)
    row_of = {worker: i for i, worker in enumerate(scores.workers)}
    names = [tier.name for tier in scheme.tiers]
    for decision in sorted(committee.decisions, key=lambda d: d.at):
        row = row_of.get(decision.worker_id)
        if row is not None and eligible[row]:
            column = names.index(decision.tier)
            state[row, column] = SELECTED if decision.selected else NOT
            decided[row, column] = True
    for column, tier in enumerate(scheme.tiers):
        if tier.within:
            outer = state[:, names.index(tier.within)]
            state[outer == NOT, column] = NOT
            state[(outer == PENDING) & (state[:, column] == SELECTED), column] = PENDING
    return state, decided


def _reviews(
    scheme: Scheme,
    scores: Scores,
    placed: Order,
    certainty: Certainty,
    eligible: Bools,
    raised: frozenset[str],
) -> list[tuple[str, ...]]:
    low, high = scheme.band
    doubtful = (certainty.top > low) & (certainty.top < high)
    band = np.asarray(doubtful.any(axis=1), dtype=np.bool_)
    few = (scores.state == INSUFFICIENT).any(axis=1)
    found = []
    for i, worker in enumerate(scores.workers):
        reasons = (
            ("band", bool(band[i])),
            ("tie", bool(placed.tied[i].any())),
            ("insufficient", bool(few[i])),
            ("flag", worker in raised),
        )
        found.append(tuple(name for name, holds in reasons if holds and eligible[i]))
    return found


def empty_indicators(result: TrackResult) -> list[str]:
    """Codes of indicators that no eligible candidate has data for; their weight is spread."""
    has_data = (result.scores.state != MISSING)[result.eligible]
    found: Bools = np.asarray(has_data.any(axis=0), dtype=np.bool_)
    return [
        indicator.code
        for column, indicator in enumerate(result.track.indicators)
        if not found[column]
    ]
