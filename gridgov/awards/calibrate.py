"""Proposing goalposts, priors and expected rates from the period before.

What a candidate is measured against is fixed before the period begins, from what all did in the
last one: no one's result can move the goalposts of the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from gridgov.awards.committee import NOBODY
from gridgov.awards.credit import PARTS, Bench, Credited, credit
from gridgov.awards.inputs import Frozen, Source, freeze
from gridgov.awards.period import Period, month_days
from gridgov.awards.scheme import (
    PILLARS,
    Expected,
    Indicator,
    Prior,
    PriorLimit,
    Scheme,
    Track,
)
from gridgov.awards.scheme_file import parse_scheme
from gridgov.awards.scheme_text import write_scheme
from gridgov.awards.score import value_of
from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.stats.shrink import beta_binomial_fit, gamma_poisson_fit

__all__ = ["Calibration", "calibrate", "limited"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_LEAST = 8  # candidates with exposure below which a prior cannot be told from chance
# Goalposts nearer than this would blow a chance case or two up into ten points.
_NARROWEST = 0.20
# An expected count has no luck of its own to be guarded against below this many events.
_LEAST_EXPECTED = 1.0
# From this share of candidates on that a prior leaves with less than half a word of their own.
_MANY = 0.5


@dataclass(frozen=True)
class Calibration:
    """The new scheme, its text, and remarks on what the data could not tell (track, code, why)."""

    scheme: Scheme
    text: str = field(repr=False)
    remarks: tuple[tuple[str, str, str], ...] = ()


def calibrate(
    reader: Source, base: Scheme, period: Period, *, name: str | None = None
) -> Calibration:
    """A scheme for `period` after the pattern of `base`, measured on the period before it.

    Expected activities come from the twelve months before the period, so that every month of the
    year is covered; months without any data count as average ones. Raises `UsageError` where the
    period before has no candidates.
    """
    previous = replace(base, period=period.previous)
    year = replace(base, period=_year_before(period))
    last, annual = freeze(reader, previous, notes=False), freeze(reader, year, notes=False)
    remarks: list[tuple[str, str, str]] = []
    tracks = []
    for track in base.tracks:
        expected = _expected(year, track, annual) if _counts_activities(track) else track.expected
        refit = replace(previous, tracks=(replace(track, expected=expected),))
        counts = _credited(last, refit)
        if not counts.measures[track.name].workers:
            raise UsageError(
                _(
                    "{period} 没有“{track}”的数据，测算不了",
                    period=period.previous.code,
                    track=track.name,
                )
            )
        found = [
            _indicator(indicator, base.prior_limit, track, counts, remarks)
            for indicator in track.indicators
        ]
        tracks.append(replace(track, indicators=tuple(found), expected=expected))
    scheme = replace(
        base,
        name=name or base.name.replace(_title(base.period), _title(period)),
        period=period,
        calibrated_on=period.previous.code,
        seed=int(f"{period.end:%Y%m%d}"),
        tracks=tuple(tracks),
    )
    text = write_scheme(scheme)
    return Calibration(parse_scheme(text), text, tuple(remarks))


def _counts_activities(track: Track) -> bool:
    return any(indicator.kind == "breadth" for indicator in track.indicators)


def _title(period: Period) -> str:
    half = {"H1": "上半年", "H2": "下半年"}.get(period.code[4:], "")
    return f"{period.start.year}年{half}"


def _year_before(period: Period) -> Period:
    return Period("year", _months_back(period.start, 12), period.start - timedelta(days=1))


def _months_back(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _credited(frozen: Frozen, scheme: Scheme) -> Credited:
    return credit(Bench(frozen, scheme), scheme, NOBODY, ())


def _indicator(
    indicator: Indicator,
    limit: PriorLimit,
    track: Track,
    credited: Credited,
    remarks: list[tuple[str, str, str]],
) -> Indicator:
    start = track.components.index(indicator.components[0])
    cut = slice(start, start + len(indicator.components))
    measures = credited.measures[track.name]
    observed, exposure = measures.observed[:, cut], measures.exposure[:, cut]
    if indicator.kind == "rated":
        return indicator
    enough = int((exposure.sum(axis=1) > 0).sum())
    if enough < _LEAST:
        remarks.append((track.name, indicator.code, _("上期只有 {n} 人有数据，沿用原值", n=enough)))
        return indicator
    if indicator.kind == "rate":
        units = _units(indicator, track, credited)
        a, b = beta_binomial_fit(observed[units, 0], exposure[units, 0], adjusted=True)
        prior, told = limited(a, b, exposure[:, 0], limit)
        remarks.extend((track.name, indicator.code, remark) for remark in told)
        return _rate(replace(indicator, priors=(prior,)), observed, exposure)
    return _breadth(indicator, limit, observed, exposure)


def _units(indicator: Indicator, track: Track, credited: Credited) -> Bools:
    """Rows that tell something of their own (n,): of those who share the figure of one general
    grid the first stands for all, else one grid's luck would be counted as often as it has
    workers."""
    rows = [row for row in credited.candidate.to_pylist() if row["track"] == track.name]
    own = np.ones(len(rows), dtype=np.bool_)
    seen: set[str] = set()
    for i, pooled in enumerate(credited.pooled[track.name].get(indicator.code, ~own)):
        own[i] = not pooled or rows[i]["general_id"] not in seen
        if pooled:
            seen.add(rows[i]["general_id"])
    return own


def limited(
    a: float, b: float, exposure: Floats, limit: PriorLimit
) -> tuple[Prior, tuple[str, ...]]:
    """The prior Beta(a, b) of a rate with its strength held below the limit, and remarks."""
    held = exposure > 0
    strength = a + b
    most = limit.of(float(np.median(exposure[held])))
    told = []
    if strength > most:
        told.append(
            _(
                "按上期数据先验应值 {n} 次，按上限取 {limit} 次",
                n=f"{strength:.0f}",
                limit=f"{most:.0f}",
            )
        )
    # Rounded downwards: the limit holds for what is written, too.
    a, b = (_shortened(part / strength * min(strength, most)) for part in (a, b))
    few = float((exposure[held] < a + b).mean())
    if few >= _MANY:
        told.append(
            _(
                "{share} 的人次数少于先验的 {n} 次，会读作数据不足；可减少权重",
                share=f"{few:.0%}",
                n=f"{a + b:.0f}",
            )
        )
    return Prior(a, b), tuple(told)


def _rate(fitted: Indicator, observed: Floats, exposure: Floats) -> Indicator:
    """Goalposts: goal = all that is required, floor = the weakest fifth."""
    held = exposure[:, 0] > 0
    value = value_of(fitted, observed[held], exposure[held])
    if fitted.measure.higher_is_better:
        floor = min(np.floor(np.quantile(value, 0.2) * 100) / 100, 1 - _NARROWEST)
        return replace(fitted, floor=float(floor), goal=1.0, cap=1.0)
    floor = max(np.ceil(np.quantile(value, 0.8) * 100) / 100, _NARROWEST)
    return replace(fitted, floor=float(floor), goal=0.0, cap=None)


def _breadth(
    indicator: Indicator, limit: PriorLimit, observed: Floats, exposure: Floats
) -> Indicator:
    """Priors by pillar; a pillar is full at last period's P80 of observed over expected."""
    priors, goals = [], []
    for column in range(len(PILLARS)):
        o, e = observed[:, column], exposure[:, column]
        alpha, beta = gamma_poisson_fit(o, e, adjusted=True)
        held = e > 0
        usual = limit.cap * float(np.median(e[held])) if held.any() else 0.0
        rate = min(beta, max(usual, _LEAST_EXPECTED))
        prior = Prior(_shortened(alpha * rate / beta), _shortened(rate))
        priors.append(prior)
        ratio = (prior.a + o[held]) / (prior.b + e[held])
        goals.append(_short(float(np.quantile(ratio, 0.8))) if held.any() else 1.0)
    fitted = replace(indicator, priors=tuple(priors), goals=tuple(goals))
    value = value_of(fitted, observed, exposure)
    held = exposure.sum(axis=1) > 0
    floor = float(np.floor(np.quantile(value[held], 0.2) * 10) / 10)
    return replace(fitted, floor=min(floor, 4.5), goal=float(len(PILLARS)))


def _expected(scheme: Scheme, track: Track, annual: Frozen) -> Expected:
    """Activities a 1,000 household-months by kind and pillar, and the factor of each month."""
    bench = Bench(annual, scheme)
    credited = credit(bench, scheme, NOBODY, ())
    stock = [row for row in bench.read("household_month").to_pylist() if row["track"] == track.name]
    by_kind: dict[str, float] = {}
    by_month = np.zeros(12)
    for row in stock:
        month = row["month"]
        size = row["household_days"] / PARTS / month_days(month) / 1000.0
        by_kind[row["kind"]] = by_kind.get(row["kind"], 0.0) + size
        by_month[month.month - 1] += size
    counts, monthly = _held(track, credited)
    total = sum(by_kind.values())
    other = [_rate_of(sum(c[p] for c in counts.values()), total) for p in range(len(PILLARS))]
    rates = {
        kind: tuple(
            _rate_of(counts.get(kind, [0.0] * len(PILLARS))[p], size) for p in range(len(PILLARS))
        )
        for kind, size in sorted(by_kind.items())
    }
    return Expected(rates, tuple(other), _factors(monthly, by_month))


def _held(track: Track, credited: Credited) -> tuple[Mapping[str, list[float]], Floats]:
    """Counted activities by kind of the organiser's grid and pillar, and by month."""
    kind_of = {
        row["worker_id"]: row["kind"]
        for row in credited.candidate.to_pylist()
        if row["track"] == track.name
    }
    counts: dict[str, list[float]] = {}
    monthly = np.zeros(12)
    names = {f"breadth.{pillar}": i for i, pillar in enumerate(PILLARS)}
    for row in credited.event.to_pylist():
        pillar = names.get(row["component"])
        if pillar is None or row["reason"] or row["track"] != track.name:
            continue
        kind = kind_of.get(row["worker_id"])
        if kind is not None:
            counts.setdefault(kind, [0.0] * len(PILLARS))[pillar] += row["parts"] / PARTS
            monthly[row["on_date"].month - 1] += row["parts"] / PARTS
    return counts, monthly


def _factors(monthly: Floats, sizes: Floats) -> tuple[float, ...]:
    """Each month's rate over the year's; 1 where the month has no households on record."""
    total = float(sizes.sum())
    level = float(monthly.sum()) / total if total > 0 else 0.0
    if level <= 0:
        return (1.0,) * 12
    return tuple(
        _short(float(n) / float(size) / level) if size > 0 else 1.0
        for n, size in zip(monthly, sizes, strict=True)
    )


def _rate_of(count: float, size: float) -> float:
    return _short(count / size) if size > 0 else 0.0


def _short(value: float) -> float:
    """Three significant digits: a scheme is read by people."""
    return float(f"{value:.3g}")


def _shortened(value: float) -> float:
    """Three significant digits, rounded downwards."""
    step = 10.0 ** (np.floor(np.log10(value)) - 2) if value > 0 else 1.0
    return _short(float(np.floor(value / step * (1 + 1e-12)) * step))
