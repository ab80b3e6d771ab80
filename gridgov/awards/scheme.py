"""What an award scheme says. A scheme is frozen before its period begins and published.

`read_scheme` (gridgov.awards.scheme_file) makes one from TOML. Weights are held in basis points
(1/100 %) and points in hundredths, so that every later sum is a sum of whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gridgov.awards.period import Period

__all__ = [
    "INDICATORS",
    "INELIGIBLE",
    "NOT_SELECTED",
    "PILLARS",
    "Caps",
    "Eligibility",
    "Expected",
    "Indicator",
    "IndicatorKind",
    "Measure",
    "Prior",
    "PriorLimit",
    "Scheme",
    "Tier",
    "Track",
]

IndicatorKind = Literal["rate", "breadth", "rated"]
PILLARS = ("党建", "服务", "民生", "发展", "幸福")
NOT_SELECTED, INELIGIBLE = "未入选", "不合资格"
"""What a decision can be beside one of the scheme's tiers."""


@dataclass(frozen=True)
class Measure:
    """An indicator that the program can measure: what its numerator and exposure count."""

    code: str
    kind: IndicatorKind
    zh: str
    en: str
    numerator_zh: str
    numerator_en: str
    exposure_zh: str
    exposure_en: str
    higher_is_better: bool = True

    @property
    def components(self) -> tuple[str, ...]:
        """Column names in arrays of numerators and exposures: one, or one a pillar."""
        if self.kind == "breadth":
            return tuple(f"{self.code}.{pillar}" for pillar in PILLARS)
        return (self.code,)


INDICATORS: dict[str, Measure] = {
    measure.code: measure
    for measure in (
        Measure(
            "SV1",
            "rate",
            "重点人员按期探访率",
            "On-schedule contact of key persons",
            "按期联系到的人·期",
            "person-periods contacted",
            "应联系的人·期",
            "person-periods due",
        ),
        Measure(
            "SV6",
            "rate",
            "需求闭环率",
            "Need closure on time",
            "按期办结的需求",
            "needs closed on time",
            "到期的需求",
            "needs due",
        ),
        Measure(
            "callback",
            "rate",
            "居民回访满意率",
            "Residents' call-back",
            "答复满意的回访",
            "satisfied answers",
            "接通并作答的回访",
            "answered call-backs",
        ),
        Measure(
            "C3",
            "rate",
            "诉求按期办结率",
            "Complaints closed on time",
            "按期办结的诉求",
            "closed on time",
            "到期的诉求",
            "complaints due",
        ),
        Measure(
            "C5",
            "rate",
            "诉求解决率",
            "Complaints resolved",
            "回访确认解决的诉求",
            "confirmed resolved",
            "接通回访的诉求",
            "answered call-backs",
        ),
        Measure(
            "breadth",
            "breadth",
            "五在活动覆盖",
            "Breadth over the five pillars",
            "组织的活动场次",
            "activities organised",
            "按户数应有的场次",
            "activities expected",
        ),
        Measure(
            "peers",
            "rated",
            "同事与评委评议",
            "Peers and committee",
            "评议分合计",
            "sum of marks",
            "评议份数",
            "number of marks",
        ),
        Measure(
            "C9",
            "rate",
            "重复诉求率",
            "Repeat complaints",
            "30 天内重复的诉求",
            "repeats within 30 days",
            "受理的诉求",
            "complaints received",
            higher_is_better=False,
        ),
    )
}


@dataclass(frozen=True)
class Prior:
    """Beta(a, b) of a rate, or Gamma(a, rate b) of a ratio observed / expected."""

    a: float
    b: float


@dataclass(frozen=True)
class Indicator:
    """One scored line. `floor` is worth 60 points, `goal` 100; `goal < floor` where less is better.

    `weight`: basis points. `priors`: one a component. `goals`: for breadth the ratio at which a
    pillar counts as full. `pool_below`: with a smaller own exposure than this the figure of the
    whole general grid stands in.
    """

    code: str
    name: str
    group: str
    weight: int
    floor: float
    goal: float
    priors: tuple[Prior, ...]
    goals: tuple[float, ...] = ()
    cap: float | None = None
    pool_below: int = 0

    @property
    def measure(self) -> Measure:
        return INDICATORS[self.code]

    @property
    def kind(self) -> IndicatorKind:
        return self.measure.kind

    @property
    def components(self) -> tuple[str, ...]:
        return self.measure.components


@dataclass(frozen=True)
class Expected:
    """Activities a 1,000 household-months: rate by kind of grid and pillar, factor by month 1–12.

    `other` serves a kind of grid that the previous period did not have.
    """

    rates: Mapping[str, tuple[float, ...]]
    other: tuple[float, ...]
    months: tuple[float, ...]

    def rate(self, kind: str, pillar: int, month: int) -> float:
        return self.rates.get(kind, self.other)[pillar] * self.months[month - 1] / 1000.0


@dataclass(frozen=True)
class Track:
    """Candidates who are compared with each other.

    `level`: the grid level whose holders they are. `subtree`: events anywhere below their grid
    are theirs (general grids), else only those of the grid itself. `floors`: group → hundredths.
    `capacity`: contacts a month one can make where the worker's own is not given.
    """

    name: str
    worker_kind: str
    level: str
    subtree: bool
    capacity: int
    indicators: tuple[Indicator, ...]
    floors: Mapping[str, int]
    expected: Expected

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(indicator.group for indicator in self.indicators))

    @property
    def components(self) -> tuple[str, ...]:
        return tuple(name for indicator in self.indicators for name in indicator.components)


@dataclass(frozen=True)
class Tier:
    """An honour. `quota`: basis points of the eligible in a stratum. `within`: chosen from it."""

    name: str
    quota: int
    within: str = ""


@dataclass(frozen=True)
class Eligibility:
    min_months: float
    min_due: int


@dataclass(frozen=True)
class Caps:
    """How many events of one household (or place) on one day and of one type count."""

    visits_per_household_day: int
    activities_per_worker_day: int
    complaints_per_household_day: int
    entry_days: int


@dataclass(frozen=True)
class PriorLimit:
    """How strong a prior `calibrate` may make, in cases.

    At most `cap` times the median candidate's exposure, so that whoever has a usual number of cases
    is judged by more than half on their own; below 1, for the next period has its ups and downs.
    But `least` cases may always be asked for: with fewer a rate is mostly luck, and should read as
    insufficient. Measured against the alternatives in benchmarks/award_priors.py.
    """

    cap: float = 0.75
    least: float = 30.0

    def of(self, median_exposure: float) -> float:
        return max(self.cap * median_exposure, self.least)


@dataclass(frozen=True)
class Scheme:
    """A whole scheme. `text` is the file as published; `hash` its SHA-256."""

    name: str
    period: Period
    calibrated_on: str
    draws: int
    seed: int
    concentration: float
    band: tuple[float, float]
    min_reliability: float
    rank_within: str
    bonus_max: int
    ties: tuple[str, ...]
    eligibility: Eligibility
    caps: Caps
    tiers: tuple[Tier, ...]
    tracks: tuple[Track, ...]
    flags: Mapping[str, Mapping[str, float]]
    declared: tuple[str, ...] = ()
    prior_limit: PriorLimit = PriorLimit()
    text: str = field(default="", repr=False)
    hash: str = ""

    def track(self, name: str) -> Track:
        """The track called `name`; KeyError where there is none."""
        for track in self.tracks:
            if track.name == name:
                return track
        raise KeyError(name)
