"""How near to the truth a rate comes after shrinking: `python -m benchmarks.award_priors`.

Workers with known true rates are made up, as many and with as many cases as in a community. The
prior is measured on one half-year and used on the next, as a scheme does. What is compared is the
root mean squared distance, in percentage points, between what is scored and the true rate, over
all workers, and how many read as insufficient (数据不足) and score the prior mean:

* `raw`: what was counted, unshrunk; `fit`: the marginal likelihood as it is; `adjusted`: adjusted,
  without a limit; `cap 0.75` (the default) and others: adjusted, held below that many medians, 30
  at least; `no least`: the default without the least 30.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gridgov.awards.calibrate import limited
from gridgov.awards.scheme import Prior, PriorLimit
from gridgov.awards.score import SUFFICIENT_INFORMATION
from gridgov.stats.shrink import beta_binomial_fit, information, shrink_rates

__all__ = ["SITUATIONS", "Situation", "distances"]

Floats = npt.NDArray[np.float64]
_NO_LIMIT = PriorLimit(cap=1e9)
LIMITS = {
    "adjusted": _NO_LIMIT,
    "cap 1": PriorLimit(cap=1.0),
    "cap 0.75": PriorLimit(),
    "cap 0.5": PriorLimit(cap=0.5),
    "no least": PriorLimit(least=1.0),
}


@dataclass(frozen=True)
class Situation:
    """`cases`: number of cases at the 0, 25, 50, 75 and 100 % points of the workers."""

    name: str
    workers: int
    cases: tuple[float, float, float, float, float]
    mean: float


SITUATIONS = (
    Situation("一般网格员 重点人员按期探访", 11, (780, 870, 950, 1380, 1900), 0.72),
    Situation("一般网格员 诉求按期办结", 11, (50, 97, 104, 132, 150), 0.92),
    Situation("一般网格员 诉求解决", 11, (20, 48, 56, 61, 80), 0.84),
    Situation("微网实格员 重点人员按期探访", 131, (10, 58, 76, 141, 240), 0.72),
    Situation("微网实格员 诉求解决", 120, (1, 2, 4, 7, 15), 0.84),
)
SPREADS = (0.0, 0.02, 0.04, 0.08)


def distances(
    situation: Situation, spread: float, repeats: int, seed: int = 1
) -> dict[str, tuple[float, float]]:
    """Rule → (root mean squared distance in percentage points, share of 数据不足).

    spread: standard deviation of the true rates between workers, as a share.
    """
    rng = np.random.default_rng([seed, round(spread * 1000), situation.workers])
    squares: dict[str, list[float]] = {}
    few: dict[str, list[float]] = {}
    for _repeat in range(repeats):
        truth = _truth(rng, situation, spread)
        before, now = _cases(rng, situation), _cases(rng, situation)
        seen = rng.binomial(before, truth).astype(np.float64)
        counted = rng.binomial(now, truth).astype(np.float64)
        squares.setdefault("raw", []).append(float(((counted / now - truth) ** 2).mean()))
        few.setdefault("raw", []).append(0.0)
        for name, prior in _priors(seen, before.astype(np.float64)).items():
            scored, insufficient = _scored(prior, counted, now.astype(np.float64))
            squares.setdefault(name, []).append(float(((scored - truth) ** 2).mean()))
            few.setdefault(name, []).append(float(insufficient.mean()))
    return {
        name: (100 * float(np.sqrt(np.mean(found))), float(np.mean(few[name])))
        for name, found in squares.items()
    }


def _truth(rng: np.random.Generator, situation: Situation, spread: float) -> Floats:
    if spread == 0:
        return np.full(situation.workers, situation.mean)
    strength = situation.mean * (1 - situation.mean) / spread**2 - 1
    return rng.beta(situation.mean * strength, (1 - situation.mean) * strength, situation.workers)


def _cases(rng: np.random.Generator, situation: Situation) -> npt.NDArray[np.int64]:
    where = rng.uniform(0, 1, situation.workers)
    found = np.interp(where, [0, 0.25, 0.5, 0.75, 1], situation.cases)
    return np.maximum(found.round(), 1).astype(np.int64)


def _priors(seen: Floats, cases: Floats) -> dict[str, Prior]:
    plain = {"fit": Prior(*beta_binomial_fit(seen, cases))}
    a, b = beta_binomial_fit(seen, cases, adjusted=True)
    return plain | {name: limited(a, b, cases, limit)[0] for name, limit in LIMITS.items()}


def _scored(prior: Prior, counted: Floats, cases: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """What is scored, as `gridgov.awards.score` has it, and where the prior mean stands in."""
    strength = prior.a + prior.b
    insufficient = information(cases, strength) < SUFFICIENT_INFORMATION
    own = shrink_rates(counted, cases, prior.a, prior.b)
    return np.where(insufficient, prior.a / strength, own), insufficient


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures here")
    chosen = parser.parse_args()
    rows = []
    for situation in SITUATIONS:
        for spread in SPREADS:
            repeats = max(20, chosen.repeats * 11 // situation.workers)
            found = distances(situation, spread, repeats, chosen.seed)
            told = {name: [round(a, 2), round(b, 3)] for name, (a, b) in found.items()}
            print(situation.name, spread, json.dumps(told, ensure_ascii=False), flush=True)
            rows.append({"situation": situation.name, "spread": spread, "found": told})
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
