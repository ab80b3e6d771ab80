"""The metric dictionary, from the declarations."""

from __future__ import annotations

from collections.abc import Iterable

from gridgov.locale import N_, _, pick
from gridgov.metrics import METRICS, Metric

__all__ = ["metric_groups", "metric_rows"]

_PILLARS = {
    "党建": N_("党建在网格"),
    "服务": N_("服务在网格"),
    "民生": N_("民生在网格"),
    "发展": N_("发展在网格"),
    "幸福": N_("幸福在网格"),
    "诉求": N_("诉求"),
}
_DIRECTIONS = {"up": N_("越高越好"), "down": N_("越低越好"), "context": N_("只作参考，不计分")}


def metric_groups(words: str = "") -> list[tuple[str, list[Metric]]]:
    """The metrics by pillar, those that hold `words` in code, name or definition."""
    wanted = words.strip().casefold()
    groups = []
    for pillar, title in _PILLARS.items():
        found = [
            metric
            for metric in METRICS.values()
            if metric.pillar == pillar and (not wanted or wanted in _haystack(metric))
        ]
        if found:
            groups.append((_(title), found))
    return groups


def _haystack(metric: Metric) -> str:
    parts = (metric.code, metric.zh, metric.en, metric.definition_zh, metric.definition_en)
    return " ".join(parts).casefold()


def metric_rows(metrics: Iterable[Metric]) -> list[tuple[str, str, str]]:
    """(name with code, what is divided by what, definition) for each metric."""
    rows = []
    for metric in metrics:
        top = pick(metric.numerator_zh, metric.numerator_en)
        bottom = pick(metric.denominator_zh, metric.denominator_en)
        formula = f"{top} ÷ {bottom}" if bottom and bottom != "—" else top
        least = _("样本下限 {n}", n=metric.min_n)
        unit = pick(metric.unit, metric.unit_en)
        facts = " · ".join(
            part for part in (formula, unit, _(_DIRECTIONS[metric.direction]), least) if part
        )
        rows.append(
            (
                f"{pick(metric.zh, metric.en)}  {metric.code}",
                facts,
                pick(metric.definition_zh, metric.definition_en),
            )
        )
    return rows
