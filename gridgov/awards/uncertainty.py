"""How sure the order is: posterior draws of the data, Dirichlet draws of the weights.

Every stratum has its own seeded stream and is worked through by one thread from beginning to end,
so that the number of threads cannot change a figure. Arrays are (n_draws, n_candidates), float32:
a draw of a score needs no more than five digits, and memory is what bounds a city.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridgov.awards.scheme import Indicator, Scheme, Track
from gridgov.awards.score import MISSING, OK, Measures, Scores
from gridgov.stats.ranks import top_k_probability

__all__ = ["SOURCES", "Certainty", "simulate"]

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

SOURCES = ("data", "weights", "both")
LEVEL = 0.90
_BEHIND = np.float32(1000.0)  # sets those under a floor behind all others in a draw


@dataclass(frozen=True)
class Certainty:
    """Of candidates in the order given; those not eligible have P 0 and band (0, 0).

    top: (n, n_tiers) P(among the tier's places) from data and weights together. low, high:
    (n, 3) best and worst place of the 5–95 % band, columns as SOURCES. reliability: (n,) of the
    candidate's stratum.
    """

    top: Floats
    low: Ints
    high: Ints
    reliability: Floats


def simulate(
    scheme: Scheme,
    track: Track,
    measures: Measures,
    scores: Scores,
    eligible: npt.NDArray[np.bool_],
    strata: Sequence[str],
    quotas: Ints,
    *,
    threads: int = 2,
) -> Certainty:
    """Draw `scheme.draws` possible truths and see how often each candidate is where.

    eligible, strata: (n,); quotas: (n, n_tiers) places. Within a stratum the streams go by worker
    id, so the order of rows changes nothing.
    """
    n, tiers = quotas.shape
    found = Certainty(
        np.zeros((n, tiers)),
        np.zeros((n, len(SOURCES)), dtype=np.int64),
        np.zeros((n, len(SOURCES)), dtype=np.int64),
        np.full(n, np.nan),
    )
    weights = _weight_draws(scheme, track)
    labels = np.asarray(strata, dtype=np.str_)
    by_worker = np.argsort(np.asarray(measures.workers, dtype=np.str_), kind="stable")
    rows_of: dict[str, list[int]] = {}
    for row in by_worker:
        if eligible[row]:
            rows_of.setdefault(str(labels[row]), []).append(int(row))

    def work(item: tuple[str, list[int]]) -> None:
        name, listed = item
        rows = np.asarray(listed, dtype=np.int64)
        part = _Stratum(scheme, track, measures, scores, rows, weights, name)
        found.top[rows], found.low[rows], found.high[rows], rel = part.run(quotas[rows[0]])
        found.reliability[rows] = rel

    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        list(pool.map(work, sorted(rows_of.items())))
    return found


def _seed(scheme: Scheme, *names: str) -> np.random.Generator:
    words = [int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") for name in names]
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([scheme.seed, *words])))


def _weight_draws(scheme: Scheme, track: Track) -> Singles:
    """Dirichlet(concentration · w), (n_draws, n_indicators)."""
    share = np.array([indicator.weight for indicator in track.indicators]) / 10_000.0
    shape = np.maximum(share * scheme.concentration, 1e-9)
    draws = _seed(scheme, track.name, "weights").dirichlet(shape, size=scheme.draws)
    return draws.astype(np.float32)


class _Stratum:
    """The draws of one stratum. `rows`: its eligible candidates, by worker id."""

    def __init__(
        self,
        scheme: Scheme,
        track: Track,
        measures: Measures,
        scores: Scores,
        rows: Ints,
        weights: Singles,
        name: str,
    ) -> None:
        self._track = track
        self._draws = scheme.draws
        self._weights = weights
        fixed = (scores.bonus[rows] - scores.deduction[rows]).astype(np.float32)
        self._fixed: Singles = fixed / np.float32(100)
        self._state = scores.state[rows]
        self._points: Singles = scores.points[rows].astype(np.float32) / np.float32(100)
        self._observed = measures.observed[rows]
        self._exposure = measures.exposure[rows]
        self._random = _seed(scheme, track.name, "data", name)
        own = [indicator.weight for indicator in track.indicators]
        self._own = np.asarray(own, dtype=np.float32)[None, :]

    def run(self, quota: Ints) -> tuple[Floats, Ints, Ints, float]:
        drawn = self._point_draws()
        fixed: list[Singles] = [self._points[None, :, i] for i in range(len(drawn))]
        data = self._total(self._own, drawn)
        sources = (
            self._ordered(data, self._own, drawn),
            self._ordered(self._total(self._weights, fixed), self._weights, fixed),
            self._ordered(self._total(self._weights, drawn), self._weights, drawn),
        )
        lows, highs = [], []
        top = np.zeros((len(self._fixed), len(quota)))
        for source in sources:
            place = _place(source)
            low, high = _band(place)
            lows.append(low)
            highs.append(high)
            if source is sources[-1]:
                for tier, k in enumerate(quota):
                    top[:, tier] = _top(source, place, int(k))
        return top, np.column_stack(lows), np.column_stack(highs), _reliability(data)

    def _point_draws(self) -> list[Singles]:
        """Points of every indicator under draws of its truth, each (n_draws or 1, n)."""
        found: list[Singles] = []
        start = 0
        for column, indicator in enumerate(self._track.indicators):
            cut = slice(start, start + len(indicator.components))
            start = cut.stop
            fixed = self._points[None, :, column]
            # With too few cases the rule sets the mean of the period before: nothing is left to
            # chance there, and the committee is told that nothing is known.
            own = np.flatnonzero(self._state[:, column] == OK)
            if indicator.kind == "rated" or not len(own):
                found.append(fixed)
                continue
            truths = self._truths(indicator, self._observed[own, cut], self._exposure[own, cut])
            drawn = np.repeat(fixed, self._draws, axis=0)
            drawn[:, own] = _to_points(indicator, truths)
            found.append(drawn)
        return found

    def _truths(self, indicator: Indicator, observed: Floats, exposure: Floats) -> Singles:
        if indicator.kind == "rate":
            prior = indicator.priors[0]
            good: Singles = self._gamma(prior.a + observed[:, 0])
            bad = self._gamma(prior.b + np.maximum(exposure[:, 0] - observed[:, 0], 0.0))
            bad += good
            value: Singles = np.divide(good, bad, out=good, where=bad > 0)
        else:
            value = np.zeros((self._draws, len(observed)), dtype=np.float32)
            for p, (prior, goal) in enumerate(zip(indicator.priors, indicator.goals, strict=True)):
                ratio = self._gamma(prior.a + observed[:, p])
                ratio /= ((prior.b + exposure[:, p]) * goal).astype(np.float32)
                value += np.minimum(ratio, np.float32(1.0), out=ratio)
        if indicator.cap is not None:
            np.minimum(value, np.float32(indicator.cap), out=value)
        return value

    def _gamma(self, shape: Floats) -> Singles:
        return self._random.standard_gamma(shape, size=(self._draws, len(shape)), dtype=np.float32)

    def _total(self, weights: Singles, points: Sequence[Singles]) -> Singles:
        """Scores of draws; weights: (n_draws or 1, n_indicators). Loops over indicators: a matrix
        product would leave the order of its sums to the number of threads."""
        present = (self._state != MISSING).astype(np.float32)
        complete = bool(present.all())
        score: Singles = np.zeros((1, 1), dtype=np.float32)
        total: Singles = np.zeros((1, 1), dtype=np.float32)
        for i, part in enumerate(points):
            weight = weights[:, i, None] if complete else weights[:, i, None] * present[None, :, i]
            score = score + weight * part
            total = total + weight
        score = _single(score / np.maximum(total, np.float32(1e-9)) + self._fixed)
        return np.broadcast_to(score, (self._draws, len(self._fixed)))

    def _ordered(self, score: Singles, weights: Singles, points: Sequence[Singles]) -> Singles:
        """Scores with those under a floor set behind all others, as the order has them."""
        present = (self._state != MISSING).astype(np.float32)
        for group, floor in self._track.floors.items():
            if floor > 0:
                under = self._under(weights, points, present, group, floor)
                score = _single(score - _BEHIND * under)
        return score

    def _under(
        self, weights: Singles, points: Sequence[Singles], present: Singles, group: str, floor: int
    ) -> npt.NDArray[np.bool_]:
        score: Singles = np.zeros((1, 1), dtype=np.float32)
        total: Singles = np.zeros((1, 1), dtype=np.float32)
        for i, indicator in enumerate(self._track.indicators):
            if indicator.group == group:
                weight = weights[:, i, None] * present[None, :, i]
                score = score + weight * points[i]
                total = total + weight
        return score < total * np.float32(floor / 100)


def _single(values: npt.ArrayLike) -> Singles:
    return np.asarray(values, dtype=np.float32)


def _to_points(indicator: Indicator, value: Singles) -> Singles:
    step = np.float32(40.0 / (indicator.goal - indicator.floor))
    value -= np.float32(indicator.floor)
    value *= step
    value += np.float32(60.0)
    return np.clip(value, np.float32(0), np.float32(100), out=value)


def _place(draws: Singles) -> npt.NDArray[np.int32]:
    """Places (n_draws, n), equal draws sharing the better one; as `gridgov.stats.ranks.ranks`,
    but in single precision and without its copies, which is ten times faster."""
    sequence = np.argsort(-draws, axis=1)
    ordered = np.take_along_axis(draws, sequence, axis=1)
    position = np.ones(draws.shape, dtype=np.int32)
    position[:, 1:] = np.where(
        ordered[:, 1:] == ordered[:, :-1], 0, np.arange(2, draws.shape[1] + 1, dtype=np.int32)
    )
    np.maximum.accumulate(position, axis=1, out=position)
    place = np.empty(draws.shape, dtype=np.int32)
    np.put_along_axis(place, sequence, position, axis=1)
    return place


def _band(place: npt.NDArray[np.int32]) -> tuple[Ints, Ints]:
    """As `gridgov.stats.ranks.rank_band`, from places that are there already."""
    count = len(place)
    tail = (1 - LEVEL) / 2
    first = max(0, int(np.ceil(round(tail * count, 9))) - 1)
    last = min(count - 1, int(np.ceil(round((1 - tail) * count, 9))) - 1)
    chosen = np.sort(np.ascontiguousarray(place.T), axis=1)
    return chosen[:, first].astype(np.int64), chosen[:, last].astype(np.int64)


def _top(draws: Singles, place: npt.NDArray[np.int32], k: int) -> Floats:
    """P(among the best k). Draws with a tie at the cut share the places that are left."""
    inside = place <= k
    crowded = inside.sum(axis=1) > k
    count = inside[~crowded].sum(axis=0).astype(np.float64)
    if crowded.any():
        count += top_k_probability(draws[crowded], k) * int(crowded.sum())
    return np.asarray(count / len(draws), dtype=np.float64)


def _reliability(data: Singles) -> float:
    """Share of the spread of scores that is between candidates (`reliability_of_draws`)."""
    if data.shape[1] < 2:
        return float("nan")
    mean = data.mean(axis=0, dtype=np.float64)
    within = float((np.square(data, dtype=np.float64).mean(axis=0) - mean**2).clip(0).mean())
    between = float(mean.var(ddof=1))
    return between / (between + within) if between + within > 0 else float("nan")
