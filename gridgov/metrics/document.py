"""Write the metric dictionary: `python -m gridgov.metrics.document > docs/metrics.md`."""

from __future__ import annotations

import sys
from itertools import groupby

from gridgov.metrics.metric import Metric
from gridgov.metrics.registry import METRICS

__all__ = ["dictionary"]

_DIRECTION = {"up": "↑ 越高越好", "down": "↓ 越低越好", "context": "○ 只作背景，不评价"}
_PILLAR_EN = {
    "党建": "Party building",
    "服务": "Service",
    "民生": "Livelihood",
    "发展": "Development",
    "幸福": "Happiness",
    "诉求": "Complaints",
}
_HEAD = """# 指标字典 / Metric dictionary

Generated from the declarations in `gridgov/metrics` by `python -m gridgov.metrics.document`; do
not edit.

Rules that hold for all of them:

- A value is always shown with numerator, denominator and n. Where the denominator is 0 or
  unknown the value is missing: never 0, never 100 %, never infinite. Below the least n it is
  marked too few (样本不足).
- A record that does not say what a metric asks (met or not, settled where, found by whom …) is
  in neither numerator nor denominator.
- Both ends of a period are included. Nothing dated after the data date counts. A bucket that
  the data does not cover from end to end, or that the question cuts short, is marked
  unfinished.
- A stock in a denominator (households, residents, shops, grids) is the average of the months
  that the period touches. A grid's own figures hold where it has any, otherwise those of the
  nearest grids below that are valid at the month's end; a month without figures takes the
  latest earlier ones, else the earliest later ones.
- A complaint counts on the day it was received (volume, response, repeats), on the day it fell
  due (closed on time) or on the day it was closed (call-back results, level, rework).
- By worker: a visit is shared equally by those it names; a complaint belongs to whoever held
  the grid when it was received, a contact period to whoever held it on the period's last day;
  of several, to the one who came last.
- Distinct households over several grids count once; for a reader who sees several separate
  grids they are added up.
"""


def dictionary() -> str:
    """The dictionary as Markdown, both languages."""
    parts = [_HEAD]
    for pillar, metrics in groupby(METRICS.values(), key=lambda metric: metric.pillar):
        parts.append(f"\n## {pillar} / {_PILLAR_EN[pillar]}\n")
        parts.extend(_entry(metric) for metric in metrics)
    return "".join(parts)


def _entry(metric: Metric) -> str:
    splits = "、".join(("grid", *metric.dimensions))
    scale = f" × {metric.scale:,}" if metric.scale != 1 else ""
    least = str(metric.min_n) if metric.min_n else "—"
    return (
        f"\n### {metric.code} {metric.zh} / {metric.en}\n\n"
        f"{metric.definition_zh}\n\n{metric.definition_en}\n\n"
        "| | |\n|---|---|\n"
        f"| 分子 numerator | {metric.numerator_zh} / {metric.numerator_en} |\n"
        f"| 分母 denominator | {metric.denominator_zh} / {metric.denominator_en} |\n"
        f"| 单位 unit | {metric.unit} / {metric.unit_en}{scale} |\n"
        f"| 方向 direction | {_DIRECTION[metric.direction]} |\n"
        f"| 粒度 grains | {'、'.join(metric.grains)} |\n"
        f"| 维度 dimensions | {splits} |\n"
        f"| 最小样本 least n | {least} |\n"
        f"| SQL | `gridgov/{metric.sql}` |\n"
    )


if __name__ == "__main__":
    sys.stdout.write(dictionary())
