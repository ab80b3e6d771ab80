"""How figures and dates stand in the awards' papers."""

from __future__ import annotations

import math
from datetime import date, datetime, time

from gridgov.awards.evaluate import Evaluation

__all__ = [
    "band_words",
    "day_words",
    "foot",
    "mark_words",
    "moment",
    "percent_words",
    "period_words",
    "points_words",
    "signed_words",
    "tier_names",
]


def moment(evaluation: Evaluation) -> datetime:
    return datetime.combine(evaluation.frozen.data_date or evaluation.scheme.period.end, time())


def period_words(evaluation: Evaluation) -> str:
    period = evaluation.scheme.period
    half = {"H1": "上半年", "H2": "下半年"}.get(period.code[4:], "")
    return f"{period.start.year}年{half}"


def day_words(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else "—"


def foot(evaluation: Evaluation, run_id: str) -> str:
    frozen = evaluation.frozen
    return (
        f"数据截至 {day_words(frozen.data_date)}（版本 {frozen.data_version}）　"
        f"方案 {evaluation.scheme.hash[:8]}　记录 {run_id}"
    )


def mark_words(name: str, at: datetime) -> str:
    """The watermark of a copy: who took it away, and when (local time)."""
    return f"{name} 于 {day_words(at.date())} {at:%H:%M} 下载，仅供本次评选使用，请勿外传"


def points_words(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}"


def signed_words(hundredths: int) -> str:
    if hundredths == 0:
        return "0.00"
    return f"{'+' if hundredths > 0 else '−'}{abs(hundredths) / 100:.2f}"


def percent_words(value: float, digits: int = 0) -> str:
    return "—" if math.isnan(value) else f"{value * 100:.{digits}f}%"


def band_words(low: int, high: int) -> str:
    return f"{low}–{high}" if high > 0 else "—"


def tier_names(evaluation: Evaluation) -> list[str]:
    return [tier.name for tier in evaluation.scheme.tiers]
