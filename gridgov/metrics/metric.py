"""What a metric is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gridgov.locale import pick

__all__ = ["Denominator", "Direction", "Grain", "Kind", "Metric", "Pillar", "Source"]

Grain = Literal["day", "week", "month", "quarter", "half", "year"]
Direction = Literal["up", "down", "context"]
Pillar = Literal["党建", "服务", "民生", "发展", "幸福", "诉求"]
Kind = Literal[
    "ratio",  # sum / sum of one tally
    "rate",  # sum / average stock of the months
    "count",  # sum
    "reach",  # distinct households / average stock of the months
    "stock",  # how many there are at the end of the bucket
    "as_of",  # share of the grids that are valid at the end of the bucket
    "distinct",  # distinct items, over what `denominator` says
    "entropy",  # evenness of a few kinds, 0 to 1
    "quantile",  # Kaplan-Meier quantiles of a duration
]
Source = Literal[
    "visit", "contact", "activity", "item", "complaint", "stock", "reach", "grid", "case"
]
Denominator = Literal[
    "measure",  # the tally's own
    "none",
    "households",
    "residents",
    "shops",
    "base_grids",  # general grids valid at the month's end
    "capacity",  # contacts that the workers in post can make
    "micro_quarters",  # five kinds a quarter
    "team_quarters",  # twenty teams a community and quarter
    "months",
]
ALL_GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "half", "year")
MONTHS_UP: tuple[Grain, ...] = ("month", "quarter", "half", "year")


@dataclass(frozen=True)
class Metric:
    """One declaration: from it come the labels, the dictionary and how the SQL file is summed.

    `unit` is what `value` is counted in; for "%" the value is a share from 0 to 1. `scale`
    multiplies numerator / denominator (1,000 for "per thousand residents"). `selects_by` names the
    columns that the metric's own SQL filters on, so that the tally keeps them. `dimensions` are the
    splits besides the grid that `by` and `where` take. Below `min_n` a value is marked too few.
    """

    code: str
    pillar: Pillar
    zh: str
    en: str
    definition_zh: str
    definition_en: str
    numerator_zh: str
    numerator_en: str
    denominator_zh: str
    denominator_en: str
    unit: str
    unit_en: str
    direction: Direction
    kind: Kind
    source: Source
    denominator: Denominator = "measure"
    dimensions: tuple[str, ...] = ()
    grains: tuple[Grain, ...] = ALL_GRAINS
    min_n: int = 10
    scale: int = 1
    is_shrunk: bool = False
    selects_by: tuple[str, ...] = ()

    @property
    def sql(self) -> str:
        """The resource name of its SQL."""
        return f"metrics/{self.code.lower()}.sql"

    @property
    def label(self) -> str:
        return pick(self.zh, self.en)

    @property
    def definition(self) -> str:
        return pick(self.definition_zh, self.definition_en)

    @property
    def numerator(self) -> str:
        return pick(self.numerator_zh, self.numerator_en)

    @property
    def denominator_label(self) -> str:
        return pick(self.denominator_zh, self.denominator_en)

    @property
    def unit_label(self) -> str:
        return pick(self.unit, self.unit_en)

    @property
    def is_share(self) -> bool:
        """True when `value` is a share that is shown in per cent."""
        return self.unit == "%"
