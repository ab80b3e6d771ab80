"""The public notice: names, unit and tier. No score, no place, nothing about anyone else."""

from __future__ import annotations

from dataclasses import dataclass

from gridgov.awards.evaluate import PENDING, SELECTED, Evaluation

__all__ = ["Honour", "honours", "open_matters", "pending_names"]


@dataclass(frozen=True)
class Honour:
    track: str
    tier: str
    name: str
    unit: str


def honours(evaluation: Evaluation) -> list[Honour]:
    """Who is honoured, each once under the highest tier, by track, tier (highest first) and unit.

    Within a tier the order is that of grids and names, so that the list betrays no place. Whoever
    has a review open is not on it until the review, or an express decision, has cleared them.
    """
    tiers = evaluation.scheme.tiers
    found: list[tuple[int, int, str, str, Honour]] = []
    for number, result in enumerate(evaluation.tracks):
        for row, person in enumerate(result.candidate):
            won = [i for i in range(len(tiers)) if result.state[row, i] == SELECTED]
            if won and ("flag" not in result.review[row] or result.decided[row, won[-1]]):
                honour = Honour(
                    result.track.name, tiers[won[-1]].name, person["name"], person["grid_name"]
                )
                found.append((number, -won[-1], person["grid_id"], person["name"], honour))
    return [item[-1] for item in sorted(found, key=lambda item: item[:-1])]


def pending_names(evaluation: Evaluation) -> list[tuple[str, str, str]]:
    """(track, tier, name) of those on whom the committee has still to decide; a notice with any is
    a draft."""
    return [
        (result.track.name, tier.name, result.candidate[row]["name"])
        for result in evaluation.tracks
        for row in range(len(result.workers))
        for column, tier in enumerate(evaluation.scheme.tiers)
        if result.state[row, column] == PENDING
    ]


def open_matters(evaluation: Evaluation) -> list[tuple[str, str, str]]:
    """What keeps a notice a draft: decisions to be made, and reviews of those who are selected."""
    reviews = [
        (result.track.name, "", result.candidate[row]["name"])
        for result in evaluation.tracks
        for row in range(len(result.workers))
        if "flag" in result.review[row]
        and any(
            state == SELECTED and not decided
            for state, decided in zip(result.state[row], result.decided[row], strict=True)
        )
    ]
    return [*pending_names(evaluation), *reviews]
