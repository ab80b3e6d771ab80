"""What if: other weights, floors or quotas on the counts of a run that stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gridgov.awards.evaluate import Evaluation, TrackResult, judge_track
from gridgov.awards.scheme import Scheme, Track
from gridgov.errors import UsageError
from gridgov.locale import _

__all__ = ["Move", "Trial", "try_out"]


@dataclass(frozen=True)
class Move:
    """A candidate whom the trial moves: place and total (hundredths) before and after, and whether
    the order alone puts them inside the first tier."""

    worker_id: str
    name: str
    place: int
    new_place: int
    total: int
    new_total: int
    was_inside: bool
    is_inside: bool


@dataclass(frozen=True)
class Trial:
    """moves: everyone whose place or inside changes, most moved first. entered, left: names."""

    result: TrackResult
    moves: tuple[Move, ...]
    entered: tuple[str, ...]
    left: tuple[str, ...]


def try_out(
    evaluation: Evaluation,
    track_name: str,
    *,
    weights: Mapping[str, float] | None = None,
    floors: Mapping[str, float] | None = None,
    quotas: Mapping[str, float] | None = None,
    draws: int = 1000,
) -> Trial:
    """Judge one track anew. weights: code → percent, brought to a sum of 100; floors: group →
    points; quotas: tier → percent. What is not named stays. Raises `UsageError`."""
    before = evaluation.track(track_name)
    track = _track(before.track, weights or {}, floors or {})
    scheme = _scheme(evaluation.scheme, quotas or {}, draws)
    after = judge_track(
        scheme, track, before.candidate, before.measures, before.status, pooled=before.pooled
    )
    moves = tuple(
        sorted(_moves(before, after), key=lambda m: (-abs(m.new_place - m.place), m.worker_id))
    )
    return Trial(
        after,
        moves,
        tuple(move.name for move in moves if move.is_inside and not move.was_inside),
        tuple(move.name for move in moves if move.was_inside and not move.is_inside),
    )


def _track(track: Track, weights: Mapping[str, float], floors: Mapping[str, float]) -> Track:
    codes = [indicator.code for indicator in track.indicators]
    for code, weight in weights.items():
        if code not in codes or weight < 0:
            raise UsageError(_("权重写法有误：{code}", code=code))
    raw = [weights.get(ind.code, ind.weight / 100) for ind in track.indicators]
    total = sum(raw)
    if total <= 0:
        raise UsageError(_("权重不能全为 0"))
    shares = _to_whole([weight / total * 10_000 for weight in raw])
    indicators = tuple(
        replace(indicator, weight=share)
        for indicator, share in zip(track.indicators, shares, strict=True)
    )
    limits = {**track.floors, **{group: round(points * 100) for group, points in floors.items()}}
    return replace(track, indicators=indicators, floors=limits)


def _to_whole(shares: list[float]) -> list[int]:
    """Basis points that add up to 10,000: the largest remainders get what rounding left over."""
    whole = [int(share) for share in shares]
    by_rest = sorted(range(len(shares)), key=lambda i: (whole[i] - shares[i], i))
    for i in by_rest[: 10_000 - sum(whole)]:
        whole[i] += 1
    return whole


def _scheme(scheme: Scheme, quotas: Mapping[str, float], draws: int) -> Scheme:
    tiers = tuple(
        replace(tier, quota=round(quotas[tier.name] * 100)) if tier.name in quotas else tier
        for tier in scheme.tiers
    )
    return replace(scheme, tiers=tiers, draws=draws)


def _moves(before: TrackResult, after: TrackResult) -> list[Move]:
    found = []
    for row, worker in enumerate(before.workers):
        place, new_place = int(before.order.place[row]), int(after.order.place[row])
        was, now = bool(before.order.tier[row] >= 0), bool(after.order.tier[row] >= 0)
        if place != new_place or was != now:
            name = str(before.candidate[row].get("name", worker))
            total, new_total = int(before.scores.total[row]), int(after.scores.total[row])
            found.append(Move(worker, name, place, new_place, total, new_total, was, now))
    return found
