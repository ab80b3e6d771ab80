"""A judged metric as a card: figure, what it is made of, what it was, and its line."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from gridgov import formats
from gridgov.access.privacy import THRESHOLD
from gridgov.figures import sparkline
from gridgov.figures.control import state_words
from gridgov.figures.palette import Palette
from gridgov.filters import Filters
from gridgov.judgement import Judged
from gridgov.locale import _, language, pick
from gridgov.metrics import Metric
from gridgov.small_counts import small_note
from gridgov.ui.html import card_html

__all__ = [
    "cards_named",
    "change_words",
    "metric_card",
    "metric_name",
    "metric_unit",
    "metric_value",
    "parts_words",
]


def metric_name(judged: Judged) -> str:
    """The metric's name in the reader's language."""
    return pick(judged.metric.zh, judged.metric.en)


def metric_unit(judged: Judged) -> str:
    """The unit in the reader's language."""
    return pick(judged.metric.unit, judged.metric.unit_en)


def metric_value(judged: Judged) -> str:
    """The headline figure with its unit; — where missing, <5 where residents are protected."""
    if judged.state == "hidden":
        return formats.with_unit(f"<{THRESHOLD}", "人")
    return formats.headline(judged.value, judged.metric.unit)


def parts_words(judged: Judged) -> str:
    """Numerator and denominator with their names, or n where there is no denominator."""
    metric = judged.metric
    if judged.state == "hidden":
        return small_note()
    top = pick(metric.numerator_zh, metric.numerator_en)
    bottom = pick(metric.denominator_zh, metric.denominator_en)
    if judged.denominator is None or not bottom:
        return ""
    parts = [
        f"{bottom} {formats.whole(judged.denominator)}",
        f"{top} {formats.whole(judged.numerator)}",
    ]
    words = (" · " if language() == "en" else "，").join(parts)
    return f"{words} · {_('样本不足')}" if judged.state == "few" else words


def change_words(judged: Judged, filters: Filters) -> str:
    """Against what, and by how much: 较去年同期 +1.2 个百分点."""
    if filters.compared is None:
        return ""
    name = filters.compared_name
    if judged.difference is None:
        return _("{name}无可比数据", name=name)
    return _(
        "较{name} {change}",
        name=name,
        change=formats.change(judged.difference, judged.metric.unit),
    )


def _unnarrowed(metric: Metric, filters: Filters) -> str:
    """Which chosen filter of complaints a metric of complaints does not follow."""
    if metric.pillar != "诉求" or metric.source == "grid":
        return ""
    names = {"source": _("诉求来源"), "category": _("诉求类别")}
    left = [
        name
        for key, name in names.items()
        if key in filters.where() and key not in metric.dimensions
    ]
    return _("不随{name}筛选", name=left[0]) if left else ""


def cards_named(judged: Sequence[Judged]) -> pd.DataFrame:
    """The cards of a page as rows, for its workbook; empty where protected."""

    def number(value: float | None, unit: str = "") -> float:
        if value is None:
            return math.nan
        return round(value * 100, 2) if unit == "%" else float(value)

    rows = []
    for item in judged:
        metric, hides = item.metric, item.state == "hidden"
        rows.append(
            {
                _("指标"): metric_name(item),
                _("数值"): math.nan if hides else number(item.value, metric.unit),
                _("计量单位"): metric_unit(item),
                _("分子"): math.nan if hides else number(item.numerator),
                _("分子含义"): pick(metric.numerator_zh, metric.numerator_en),
                _("分母"): math.nan if hides else number(item.denominator),
                _("分母含义"): pick(metric.denominator_zh, metric.denominator_en),
                _("对比值"): math.nan if hides else number(item.compared, metric.unit),
                _("与自身过往比"): state_words(item.tone),
            }
        )
    return pd.DataFrame(rows)


def metric_card(
    judged: Judged, palette: Palette, filters: Filters, *, href: str | None = None
) -> str:
    """The card's HTML."""
    metric, past = judged.metric, judged.past
    values: Sequence[float | None] = [
        None if math.isnan(value) else value for value in past.value.tolist()
    ]
    means = [mean for mean in past.mean.tolist() if not math.isnan(mean)]
    tone = "usual" if metric.direction == "context" and judged.tone == "missing" else judged.tone
    return card_html(
        metric_name(judged),
        metric_value(judged),
        formats.listing(
            part for part in (parts_words(judged), _unnarrowed(metric, filters)) if part
        ),
        state=tone,
        comparison=change_words(judged, filters),
        sparkline=sparkline(
            values,
            palette,
            state=judged.tone,
            mean=means[-1] if means else None,
            partial=bool(len(past.is_partial) and past.is_partial[-1]),
            alt=metric_name(judged),
        ),
        href=href,
        hint=pick(metric.definition_zh, metric.definition_en),
    )
