"""A question put together from the declared metrics: what, by what, when, where, how shown.

A `Cut` is a value: it comes from URL parameters or a saved question and goes back into them. What
it may hold follows from the metrics: only splits and grains that every chosen metric declares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Literal, get_args

from gridgov.errors import UsageError
from gridgov.locale import N_, _
from gridgov.metrics import METRICS, Grain
from gridgov.metrics.metric import ALL_GRAINS
from gridgov.schema.column import Value
from gridgov.schema.values import (
    COMPLAINT_NATURES,
    COMPLAINT_SOURCES,
    GRID_LEVELS,
    PERSON_CATEGORIES,
    PILLARS,
    TIERS,
    VISIT_MODES,
)

__all__ = [
    "CHARTS",
    "DEFAULT_CUT",
    "GRAINS",
    "SORTS",
    "URL_KEYS",
    "ChartKind",
    "Cut",
    "Sort",
    "allowed_grains",
    "allowed_splits",
    "checked",
    "in_order",
    "near",
    "split_label",
    "whole_number",
]

ChartKind = Literal["line", "bar", "heat", "table", "scatter", "box", "map"]
Sort = Literal["natural", "high", "low", "name"]
CHARTS: dict[ChartKind, str] = {
    "line": N_("折线"),
    "bar": N_("条形"),
    "heat": N_("热力"),
    "scatter": N_("散点"),
    "box": N_("箱线"),
    "map": N_("地图"),
    "table": N_("只看表"),
}
SORTS: dict[Sort, str] = {
    "high": N_("从高到低"),
    "low": N_("从低到高"),
    "name": N_("按名称"),
    "natural": N_("按编号"),
}
GRAINS: dict[Grain, str] = {
    "day": N_("按日"),
    "week": N_("按周"),
    "month": N_("按月"),
    "quarter": N_("按季"),
    "half": N_("按半年"),
    "year": N_("按年"),
}
_SPLITS: dict[str, str] = {
    "pillar": N_("五在类别"),
    "category": N_("诉求类别"),
    "source": N_("诉求来源"),
    "nature": N_("诉求性质"),
    "type": N_("活动类型"),
    "tier": N_("走访频次"),
    "mode": N_("走访方式"),
    "person_category": N_("人群类别"),
}
MAX_METRICS = 6
MAX_TOP = 100
URL_KEYS = ("m", "by", "grain", "only", "chart", "sort", "top", "vs", "share")
_JOIN, _PART = "~", "|"


@dataclass(frozen=True)
class Cut:
    """One question. `by`: up to two of "grid:<level>" and dimensions. `only`: values by dimension.

    `chart` None: chosen by `chart_choice`. `top`: that many of the first split, the rest together.
    """

    metrics: tuple[str, ...]
    by: tuple[str, ...] = ()
    grain: Grain | None = None
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()
    chart: ChartKind | None = None
    sort: Sort = "high"
    top: int | None = None
    compare: bool = False
    share: bool = False

    @property
    def where(self) -> dict[str, tuple[str, ...]]:
        return dict(self.only)

    @property
    def grid_split(self) -> str | None:
        """The split by grid, or None."""
        return next((name for name in self.by if name.startswith("grid:")), None)

    def changed(self, **values: Any) -> Cut:
        return replace(self, **values)

    def to_url(self) -> dict[str, str]:
        """URL parameters; what is as it would be anyway is left out."""
        named: dict[str, str] = {"m": _JOIN.join(self.metrics)}
        if self.by:
            named["by"] = _JOIN.join(self.by)
        if self.grain:
            named["grain"] = self.grain
        if self.only:
            parts = [_PART.join((name, *values)) for name, values in self.only]
            named["only"] = _JOIN.join(parts)
        if self.chart:
            named["chart"] = self.chart
        if self.sort != "high":
            named["sort"] = self.sort
        if self.top:
            named["top"] = str(self.top)
        named |= {name: "1" for name, on in (("vs", self.compare), ("share", self.share)) if on}
        return named

    @classmethod
    def from_url(cls, parameters: Mapping[str, str]) -> Cut | None:
        """Read URL parameters; None without a known metric. What is not understood is left out."""
        codes = [code.upper() for code in parameters.get("m", "").split(_JOIN)]
        codes = [code for code in dict.fromkeys(codes) if code in METRICS][:MAX_METRICS]
        if not codes:
            return None
        only = [part.split(_PART) for part in parameters.get("only", "").split(_JOIN) if part]
        top = whole_number(parameters.get("top", "")) or 0
        return _tolerant(
            cls(
                metrics=tuple(codes),
                by=tuple(part for part in parameters.get("by", "").split(_JOIN) if part),
                grain=_one_of(parameters.get("grain"), ALL_GRAINS),
                only=tuple((name, tuple(values)) for name, *values in only if values),
                chart=_one_of(parameters.get("chart"), get_args(ChartKind)),
                sort=_one_of(parameters.get("sort"), get_args(Sort)) or "high",
                top=min(top, MAX_TOP) or None,
                compare=parameters.get("vs") == "1",
                share=parameters.get("share") == "1",
            )
        )


DEFAULT_CUT = Cut(metrics=("C3",), by=("grid:一般",), compare=True)


def whole_number(text: str) -> int | None:
    """The number that a piece of an address or file names, None where it is none that could be.

    Nineteen digits are more than a database counts to, thousands are more than Python reads.
    """
    return int(text) if text.isdecimal() and len(text) <= 18 else None


def _one_of(text: str | None, known: Sequence[Any]) -> Any:
    return text if text in known else None


def _tolerant(cut: Cut) -> Cut:
    """Leave out the splits, values and grain that the metrics do not have."""
    splits, grains = allowed_splits(cut.metrics), allowed_grains(cut.metrics)
    by: list[str] = []
    for name in cut.by:
        is_grid = name.startswith("grid:")
        known = (is_grid and name.split(":", 1)[1] in _levels()) or name in splits
        if known and name not in by and not (is_grid and any(b.startswith("grid:") for b in by)):
            by.append(name)
    return replace(
        cut,
        by=tuple(by[:2]),
        only=tuple((name, values) for name, values in cut.only if name in splits),
        grain=cut.grain if cut.grain in grains else None,
    )


def checked(cut: Cut) -> Cut:
    """The cut itself; raises UsageError where a metric cannot answer it. For commands and files."""
    if not cut.metrics:
        raise UsageError(_("请至少选择一个指标"))
    unknown = [code for code in cut.metrics if code not in METRICS]
    if unknown:
        raise UsageError(
            _("没有这个指标：{code}；可选：{known}", code=unknown[0], known="、".join(METRICS))
            + near(unknown[0], METRICS)
        )
    if len(cut.metrics) > MAX_METRICS:
        raise UsageError(_("一次最多选 {n} 个指标", n=MAX_METRICS))
    kept = _tolerant(cut)
    lost = [name for name in cut.by if name not in kept.by]
    lost += [name for name, _values in cut.only if name not in kept.where]
    if lost:
        known = "、".join((*(f"grid:{level}" for level in _levels()), *allowed_splits(cut.metrics)))
        raise UsageError(
            _("所选指标不能同时按“{name}”拆分或筛选；可用：{known}", name=lost[0], known=known)
            + near(lost[0], known.split("、"))
        )
    if cut.grain is not None and kept.grain is None:
        grains = "、".join(allowed_grains(cut.metrics))
        raise UsageError(
            _("所选指标不能按“{grain}”计算；可用：{known}", grain=cut.grain, known=grains)
        )
    return kept


def near(written: str, known: Iterable[str]) -> str:
    """“；是不是想写“C3”？” where something known looks alike, else nothing."""
    found = get_close_matches(written, list(known), n=1, cutoff=0.6)
    return _("；是不是想写“{name}”？", name=found[0]) if found else ""


def _levels() -> tuple[str, ...]:
    return (*(value.zh for value in GRID_LEVELS), "children")


def allowed_splits(codes: Iterable[str]) -> tuple[str, ...]:
    """Dimensions that all of the metrics declare; never the worker: ranks belong to the awards."""
    shared = [set(METRICS[code].dimensions) for code in codes]
    common = set.intersection(*shared) if shared else set()
    return tuple(name for name in _SPLITS if name in common)


def allowed_grains(codes: Iterable[str]) -> tuple[Grain, ...]:
    """Grains that all of the metrics can be computed by."""
    chosen = [METRICS[code].grains for code in codes]
    return tuple(grain for grain in ALL_GRAINS if all(grain in grains for grains in chosen))


_DECLARED: Mapping[str, tuple[Value, ...]] = {
    "pillar": PILLARS,
    "source": COMPLAINT_SOURCES,
    "nature": COMPLAINT_NATURES,
    "tier": TIERS,
    "mode": VISIT_MODES,
    "person_category": PERSON_CATEGORIES,
}


def in_order(split: str, key: str) -> tuple[int, str]:
    """Where a value stands among those of its split: as declared (every week before every month),
    else by its text."""
    known = [value.zh for value in _DECLARED.get(split, ())]
    return (known.index(key) if key in known else len(known), key)


def split_label(name: str) -> str:
    """A split in the reader's words."""
    if name == "grid:children":
        return _("下一级网格")
    if name.startswith("grid:"):
        return _(_LEVELS.get(name.split(":", 1)[1], "网格"))
    return _(_SPLITS[name])


_LEVELS: dict[str, str] = {
    "市": N_("市"),
    "区": N_("区县"),
    "街道": N_("街道"),
    "社区": N_("社区"),
    "总": N_("总网格"),
    "一般": N_("一般网格"),
    "微": N_("微网格"),
    "专属": N_("专属网格"),
}
