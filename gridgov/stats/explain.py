"""Which members carry the difference between two periods, adding up exactly.

A rate over a community changes for two reasons: members do better or worse (rate), or more of
the cases fall on members that always were better or worse (mix).
Source: E. M. Kitagawa, Components of a difference between two rates, JASA 50, 1955 (midpoint
weights: neither period is the base, and swapping them only turns the sign).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = [
    "CountChange",
    "RatioChange",
    "explain_count",
    "explain_ratio",
    "round_to_total",
]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RatioChange:
    """before + Σ rate + Σ mix = after; rate and mix are (n_members,), in units of the ratio."""

    before: float
    after: float
    rate: Floats
    mix: Floats

    @property
    def total(self) -> Floats:
        """Contribution of each member, rate and mix together."""
        return self.rate + self.mix


@dataclass(frozen=True, slots=True)
class CountChange:
    """before + Σ rate + Σ exposure = after; the parts are (n_members,), in counts.

    Without exposures all of a member's change is its rate.
    """

    before: float
    after: float
    rate: Floats
    exposure: Floats

    @property
    def total(self) -> Floats:
        return self.rate + self.exposure


def explain_ratio(
    numerator_before: npt.ArrayLike,
    denominator_before: npt.ArrayLike,
    numerator_after: npt.ArrayLike,
    denominator_after: npt.ArrayLike,
) -> RatioChange:
    """Decompose the change of Σ numerator / Σ denominator by member; all (n_members,), ≥ 0.

    Mix is measured against the mean of both overall ratios: a member whose share grows raises
    the result only if it is better than usual. A member without cases in one period has no rate
    there, so its whole contribution is mix. Raises ValueError where a period has no case at all.
    """
    n0, d0, n1, d1 = (
        np.asarray(part, dtype=np.float64)
        for part in (numerator_before, denominator_before, numerator_after, denominator_after)
    )
    if not n0.shape == d0.shape == n1.shape == d1.shape:
        raise ValueError("explain_ratio: four arrays of one length expected")
    if d0.sum() <= 0 or d1.sum() <= 0:
        raise ValueError("explain_ratio: a period without cases has no ratio")
    before, after = float(n0.sum() / d0.sum()), float(n1.sum() / d1.sum())
    share0, share1 = d0 / d0.sum(), d1 / d1.sum()
    rate0 = np.divide(n0, d0, out=np.zeros_like(n0), where=d0 > 0)
    rate1 = np.divide(n1, d1, out=np.zeros_like(n1), where=d1 > 0)
    rate0, rate1 = np.where(d0 > 0, rate0, rate1), np.where(d1 > 0, rate1, rate0)
    usual = (before + after) / 2
    rate = (share0 + share1) / 2 * (rate1 - rate0)
    mix = (share1 - share0) * ((rate0 + rate1) / 2 - usual)
    return RatioChange(before, after, rate, mix)


def explain_count(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    exposure_before: npt.ArrayLike | None = None,
    exposure_after: npt.ArrayLike | None = None,
) -> CountChange:
    """Decompose the change of a count by member, (n_members,) each.

    With exposures (residents, working days) the part that a changed exposure explains at the
    mean rate stands apart. A member without exposure in one period has no rate there: its whole
    change is exposure.
    """
    y0, y1 = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if y0.shape != y1.shape:
        raise ValueError("explain_count: arrays of one length expected")
    sums = float(y0.sum()), float(y1.sum())
    if exposure_before is None or exposure_after is None:
        return CountChange(*sums, rate=y1 - y0, exposure=np.zeros_like(y0))
    e0 = np.asarray(exposure_before, dtype=np.float64)
    e1 = np.asarray(exposure_after, dtype=np.float64)
    both = (e0 > 0) & (e1 > 0)
    per0 = np.divide(y0, e0, out=np.zeros_like(y0), where=both)
    per1 = np.divide(y1, e1, out=np.zeros_like(y1), where=both)
    rate = np.where(both, (per1 - per0) * (e0 + e1) / 2, 0.0)
    return CountChange(*sums, rate=rate, exposure=(y1 - y0) - rate)


def round_to_total(parts: npt.ArrayLike, decimals: int) -> Floats:
    """Parts (n,) rounded so that they add up to their rounded sum (largest remainders first).

    For figures on paper: each is within one unit of the last decimal of its own value.
    """
    scaled = np.asarray(parts, dtype=np.float64) * 10.0**decimals
    whole = np.floor(scaled)
    missing = int(np.rint(scaled.sum()) - whole.sum())
    order = np.argsort(-(scaled - whole), kind="stable")
    whole[order[: max(0, missing)]] += 1
    return np.asarray(whole / 10.0**decimals, dtype=np.float64)
