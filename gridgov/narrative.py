"""五点小结: the figures of the overview in five plain sentences, each made from what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gridgov import formats
from gridgov.access.privacy import THRESHOLD
from gridgov.attention import Concern
from gridgov.figures.control import signal_words
from gridgov.filters import Filters
from gridgov.judgement import Judged
from gridgov.locale import _, pick

__all__ = ["summary"]


def summary(judged: Sequence[Judged], concerns: Sequence[Concern], filters: Filters) -> list[str]:
    """At most five: key persons, deadlines, participation, what rises, what is missing."""
    by_code = {item.metric.code: item for item in judged}
    lines = [
        _metric_line(by_code[code], filters) for code in ("SV1", "C3", "HP1") if code in by_code
    ]
    lines.append(_rising_line(concerns))
    lines.append(_data_line(concerns, filters))
    return [line for line in lines if line]


def _metric_line(item: Judged, filters: Filters) -> str:
    name = pick(item.metric.zh, item.metric.en)
    if item.state == "hidden":
        return _("{name}：涉及的居民不足 {n} 人，不显示。", name=name, n=THRESHOLD)
    if item.value is None:
        return _("{name}：本时段没有可计算的数据。", name=name)
    value = formats.value(item.value, item.metric.unit)
    return _(
        "{name} {value}{change}，{verdict}。",
        name=name,
        value=value,
        change=_change(item, filters),
        verdict=_verdict(item),
    )


def _change(item: Judged, filters: Filters) -> str:
    if filters.compared is None or item.difference is None:
        return ""
    name = filters.compared_name
    words = formats.change(abs(item.difference), item.metric.unit).lstrip("+")
    if abs(item.difference) < 0.0005:
        return _("，与{name}持平", name=name)
    if item.difference > 0:
        return _("，比{name}高 {words}", name=name, words=words)
    return _("，比{name}低 {words}", name=name, words=words)


def _verdict(item: Judged) -> str:
    if item.tone == "missing":
        return _("历史不足，尚不能判断")
    if item.tone == "usual":
        return _("变化在正常波动之内")
    reason = signal_words(item.signal)
    good = item.tone == "better"
    if item.tone == "changed":
        return _("近期有变化（{reason}）", reason=reason)
    return (
        _("近期确有改善（{reason}）", reason=reason)
        if good
        else _("近期确有变差（{reason}）", reason=reason)
    )


def _rising_line(concerns: Sequence[Concern]) -> str:
    rising = [concern for concern in concerns if concern.kind == "rising"]
    if not rising:
        return _("没有诉求类别明显上升。")
    first = rising[0]
    return _("{title}，以{place}最多。", title=first.title, place=first.place)


def _data_line(concerns: Sequence[Concern], filters: Filters) -> str:
    counts: Mapping[str, Concern] = {c.kind: c for c in concerns}
    silent = counts.get("silent")
    if silent is not None:
        return _("{place}有{title}，可能漏报。", place=silent.place, title=silent.title)
    if filters.is_unfinished:
        return _("时段未完，数据截至 {day}，对比按同期口径。", day=formats.day(filters.today))
    return _("各网格均有走访记录，时段已完整。")
