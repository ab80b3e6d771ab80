"""需要关注: what needs someone now, in a fixed order, each entry leading to its page.

The order is that of consequence, not of size: people who have not been seen, cases past their
deadline, movements that are not noise, categories on the rise, repeats, grids without records, and
work unevenly spread.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from gridgov import formats
from gridgov.access.privacy import THRESHOLD
from gridgov.comparison import compared_within
from gridgov.concern import Concern
from gridgov.figures.control import signal_words
from gridgov.filters import Filters
from gridgov.judgement import Judged, NewestPoint, newest_points, same_filters
from gridgov.locale import _, pick
from gridgov.metrics.evaluate import answer
from gridgov.metrics.figures import STATES
from gridgov.metrics.grids import tree_of
from gridgov.queries.cases import UNSORTED, compared_categories, overdue_categories
from gridgov.queries.complaints_evidence import SURPRISE
from gridgov.queries.holders import holders_of
from gridgov.queries.silent_parents import silent_below
from gridgov.small_counts import hidden_of_line, judged_only, told
from gridgov.warehouse import Reader

__all__ = ["SIGNAL_METRICS", "SILENT_DAYS", "Concern", "attention"]

# Metrics that someone answers for: a signal here is worth a leader's time.
SIGNAL_METRICS = (
    "SV1",
    "SV2",
    "SV6",
    "C2",
    "C3",
    "C5",
    "C6",
    "C8",
    "C9",
    "C10",
    "C13",
    "HP1",
    "HP6",
)
_SIGNALS_BY_GRID = ("SV1", "C3", "C10")
_TIERS = ("每周", "每月", "每季")
SILENT_DAYS = 14
_EACH = 3
_RISING_LEAST = 10
_LOAD_FACTOR = 1.5
# A leader of a whole city looks at the parts that it divides into first.
_MOST_GRIDS = 400


def attention(reader: Reader, filters: Filters, judged: Sequence[Judged]) -> list[Concern]:
    """Every entry for the filters' place and period, in the page's order."""
    found = [
        *_overdue_persons(reader, filters),
        *_overdue_cases(reader, filters),
        *_signals(judged, filters),
        *_signals_by_grid(reader, filters),
        *_rising(reader, filters),
        *_repeats(reader, filters),
        *_silent(reader, filters),
        *_load(reader, filters),
    ]
    return _named(reader, filters, found)


def _overdue_persons(reader: Reader, filters: Filters) -> Iterable[Concern]:
    division = _division(reader, filters)
    found = answer(
        reader, ["SV2"], filters.span.end, filters.span.end, by=("tier", division),
        grid_id=filters.grid_id,
    )  # fmt: skip
    figures, units = found.figures[0], found.question.units
    by_tier = np.zeros((len(_TIERS), len(units)))
    for at, tier in enumerate(_TIERS):
        if (tier,) in figures.labels:
            by_tier[at] = np.nan_to_num(figures.numerator[0, :, figures.labels.index((tier,))])
    counts = by_tier.sum(axis=1)
    sees = reader.scope.sees_persons
    # The total of the tiers stands on the same page.
    is_hidden = np.zeros(len(_TIERS), bool) if sees else hidden_of_line(counts)
    for tier, persons, count, hidden in zip(_TIERS, by_tier, counts, is_hidden, strict=True):
        if not count:
            continue
        worst = int(persons.argmax())
        is_told = sees or (not hidden and persons[worst] >= THRESHOLD)
        yield Concern(
            "overdue_persons",
            _overdue_title(tier, int(count), bool(hidden)),
            # Where a few are is as much as who they are.
            "" if hidden or len(units) < 2 else _spread(int((persons > 0).sum()), division),
            _("逾期"),
            "visits",
            units[worst] if is_told else filters.grid_id,
            topic=tier,
            is_leading=is_told and len(units) > 1,
        )


def _spread(count: int, division: str) -> str:
    if division == "grid:children":
        return _("分布在 {n} 个下级区域", n=count)
    return _("分布在 {n} 个网格", n=count)


def _overdue_title(tier: str, count: int, hidden: bool) -> str:
    if not hidden:
        return _(
            "{tier}联系的重点人员逾期 {count} 人", tier=_tier(tier), count=formats.whole(count)
        )
    if count < THRESHOLD:
        return _("{tier}联系的重点人员逾期不足 {n} 人", tier=_tier(tier), n=THRESHOLD)
    return _("{tier}联系的重点人员有逾期", tier=_tier(tier))


def _division(reader: Reader, filters: Filters) -> str:
    """The split by general grid, or where these are too many to look at, by what is just below."""
    general = tree_of(reader).at_level(filters.grid_id, "一般", filters.today, filters.today)
    return "grid:一般" if len(general) <= _MOST_GRIDS else "grid:children"


def _tier(tier: str) -> str:
    return {"每周": _("每周"), "每月": _("每月"), "每季": _("每季")}[tier]


def _overdue_cases(reader: Reader, filters: Filters) -> Iterable[Concern]:
    found = overdue_categories(
        reader, filters.today, filters.grid_id, category=filters.category, source=filters.source
    )
    for one in found[:_EACH]:
        category = one.category or UNSORTED
        yield Concern(
            "overdue_cases",
            _("{category}超期在办 {count} 件", category=category, count=formats.whole(one.cases)),
            _late_words(filters, one.longest_days, one.over_30_days),
            _("超期"),
            "complaints",
            one.worst_grid_id or filters.grid_id,
            # Cases without a category are no choice of the filter.
            changes={} if category == UNSORTED else {"category": category},
            topic=category,
            is_leading=one.worst_grid_id not in (None, filters.grid_id),
        )


def _late_words(filters: Filters, longest_days: int, over_30_days: int) -> str:
    words = _(
        "最久超期 {days}，超过 30 天的 {n} 件",
        days=formats.duration(longest_days),
        n=formats.whole(over_30_days),
    )
    if filters.span.end == filters.today:
        return words
    # What is open is known as of now, whatever period is looked at.
    return _("截至 {day}，", day=formats.day(filters.today)) + words


def _signals(judged: Sequence[Judged], filters: Filters) -> Iterable[Concern]:
    for item in judged:
        if item.tone not in ("worse", "changed"):
            continue
        yield Concern(
            "signal",
            pick(item.metric.zh, item.metric.en)
            + " "
            + formats.value(item.value, item.metric.unit),
            signal_words(item.signal),
            _("异常信号"),
            "trends",
            filters.grid_id,
            changes={"metric": item.metric.code},
        )


def _signals_by_grid(reader: Reader, filters: Filters) -> Iterable[Concern]:
    division, newest = _division(reader, filters), list[NewestPoint]()
    for where, codes in same_filters(_SIGNALS_BY_GRID, filters):
        found = answer(
            reader, codes, filters.history_start, filters.span.end,
            grain="month", by=(division,), grid_id=filters.grid_id, where=where,
        )  # fmt: skip
        if len(found.question.units) < 2:
            return
        newest += newest_points(judged_only(reader, found), "concern")
    newest.sort(key=lambda one: (-_distance(one), one.metric.code, one.grid_id))
    for one in newest[:_EACH]:
        yield Concern(
            "signal",
            pick(one.metric.zh, one.metric.en) + " " + formats.value(one.value, one.metric.unit),
            signal_words(one.signal),
            _("异常信号"),
            "trends",
            one.grid_id,
            changes={"metric": one.metric.code, "grid_id": one.grid_id},
        )


def _distance(point: NewestPoint) -> float:
    """How far from the mean, in widths of the usual range."""
    return abs(point.value - point.mean) / max(point.upper - point.mean, 1e-9)


def _rising(reader: Reader, filters: Filters) -> Iterable[Concern]:
    span, compared = filters.span, compared_within(reader, filters, "complaint")
    if compared is None:
        return
    # The same rule as on the page of complaints, whose table says which categories have changed.
    found = compared_categories(
        reader, (span.start, span.end), (compared.start, compared.end),
        filters.grid_id, filters.source,
    )  # fmt: skip
    rising = [
        (cases - expected, category, int(cases), round(expected))
        for category, cases, expected, surprise in zip(
            found.categories, found.cases, found.expected, found.surprise, strict=True
        )
        if surprise >= SURPRISE and cases >= _RISING_LEAST and filters.category in (None, category)
    ]
    first = sorted(rising, reverse=True)[:_EACH]
    worst = _worst_grids(reader, filters, [category for _gain, category, *_counts in first])
    for _gain, category, count, expected in first:
        yield Concern(
            "rising",
            _("{category}诉求上升到 {count} 件", category=category, count=formats.whole(count)),
            _("对比时段为 {n} 件，偶然波动难以解释", n=formats.whole(expected)),
            _("上升"),
            "complaints",
            worst.get(category, filters.grid_id),
            changes={"category": category},
            is_leading=category in worst,
        )


def _worst_grids(reader: Reader, filters: Filters, categories: list[str]) -> dict[str, str]:
    """Where most of each category's cases of the period are."""
    if not categories:
        return {}
    found = answer(
        reader, ["C1"], filters.span.start, filters.span.end,
        by=("category", _division(reader, filters)),
        grid_id=filters.grid_id, where={**_of_cases(filters), "category": categories},
    )  # fmt: skip
    if len(found.question.units) < 2:
        return {}
    cases = np.nan_to_num(found.figures[0].numerator[0])
    worst = {}
    for at, (category,) in enumerate(found.figures[0].labels):
        if cases[:, at].any():
            worst[str(category)] = found.question.units[int(cases[:, at].argmax())]
    return worst


def _of_cases(filters: Filters) -> dict[str, list[str]]:
    """The filters that narrow complaints."""
    return {name: kept for name, kept in filters.where().items() if name != "pillar"}


def _repeats(reader: Reader, filters: Filters) -> Iterable[Concern]:
    span, where = filters.span, _of_cases(filters)
    # All of them, also those of small and of unknown grids, as the page of complaints counts.
    every = answer(
        reader, ["C9"], span.start, span.end, grid_id=filters.grid_id, where=where
    ).figures[0]  # fmt: skip
    count = float(np.nan_to_num(every.numerator[0, :, 0]).sum())
    if not count or every.state[0, 0, 0] != STATES.index("ok"):
        return
    found = answer(
        reader, ["C9"], span.start, span.end, by=(_division(reader, filters),),
        grid_id=filters.grid_id, where=where,
    )  # fmt: skip
    figures = found.figures[0]
    is_enough = figures.state[0, :, 0] == STATES.index("ok")
    repeats = np.where(is_enough, np.nan_to_num(figures.numerator[0, :, 0]), 0.0)
    has_worst = len(repeats) > 1 and bool(repeats.any())
    worst = int(repeats.argmax()) if has_worst else 0
    yield Concern(
        "repeats",
        _("30 天内重复诉求 {count} 件", count=formats.whole(count)),
        _(
            "那里 {n} 件，占其诉求 {share}",
            n=formats.whole(float(repeats[worst])),
            share=formats.percent(float(figures.value[0, worst, 0])),
        )
        if has_worst
        else _("占受理诉求 {share}", share=formats.percent(float(every.value[0, 0, 0]))),
        _("重复"),
        "complaints",
        found.question.units[worst] if has_worst else filters.grid_id,
        is_leading=has_worst,
    )


def _silent(reader: Reader, filters: Filters) -> Iterable[Concern]:
    found = silent_below(reader, filters.today, SILENT_DAYS, filters.grid_id)
    if found is None:
        return
    # A profile is of one grid: its page shows how many there are, and which.
    worst = found.parent_id if found.parent_id in tree_of(reader).nodes else filters.grid_id
    told = _("先确认是没有走访，还是没有录入")
    if found.at_parent < found.count:
        told = _("各网格共 {n} 个", n=formats.whole(found.count)) + " · " + told
    yield Concern(
        "silent",
        _(
            "{n} 个微网格 {days} 天以上没有走访记录",
            n=formats.whole(found.at_parent),
            days=SILENT_DAYS,
        ),
        told,
        _("缺数"),
        "grid",
        worst,
        changes={"grid_id": worst},
    )


def _load(reader: Reader, filters: Filters) -> Iterable[Concern]:
    found = answer(
        reader, ["SV8"], filters.span.start, filters.span.end, by=(_division(reader, filters),),
        grid_id=filters.grid_id,
    )  # fmt: skip
    loads = told(reader, found).figures[0].value[0, :, 0]
    known = loads[~np.isnan(loads)]
    if len(known) < 3:
        return
    middle, worst = float(np.median(known)), int(np.nanargmax(loads))
    if not middle or loads[worst] < _LOAD_FACTOR * middle:
        return
    grid_id = found.question.units[worst]
    yield Concern(
        "load",
        _(
            "任务负荷是各网格中位数的 {times} 倍",
            times=formats.number(float(loads[worst]) / middle),
        ),
        _(
            "负荷比 {value}，中位数 {middle}",
            value=formats.percent(float(loads[worst])),
            middle=formats.percent(middle),
        ),
        _("失衡"),
        "visits",
        grid_id,
        # Its load stands among those of the others, which are the reason for the entry.
        changes={"grid_id": filters.grid_id},
    )


def _named(reader: Reader, filters: Filters, found: list[Concern]) -> list[Concern]:
    """The entries with their places' names and who leads them."""
    names = _names(reader, filters, sorted({entry.grid_id for entry in found if entry.grid_id}))
    nobody = (None, None)
    whole = filters.grid_id or ",".join(reader.scope.grid_ids)
    return [
        replace(
            entry,
            whole=whole,
            place=str(names.get(entry.grid_id or "", nobody)[0] or _("全部网格")),
            holder=str(names.get(entry.grid_id or "", nobody)[1] or ""),
        )
        for entry in found
    ]


def _names(
    reader: Reader, filters: Filters, grid_ids: list[str]
) -> dict[str, tuple[str | None, str | None]]:
    """Grid → its name and who leads it."""
    if not grid_ids or "grid_holder" not in reader.tables():
        return {}
    holders = holders_of(reader, grid_ids, filters.today)
    nodes = tree_of(reader).nodes
    return {
        grid_id: (nodes[grid_id].name, "、".join(holders[grid_id]) or None)
        for grid_id in grid_ids
        if grid_id in nodes
    }
