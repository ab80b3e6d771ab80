"""需要关注: what needs someone now, in a fixed order, each entry leading to its page.

The order is that of consequence, not of size: people who have not been seen, cases past their
deadline, movements that are not noise, categories on the rise, repeats, grids without records, and
work unevenly spread.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from scipy.stats import poisson

from gridgov import formats
from gridgov.access.privacy import THRESHOLD
from gridgov.figures.control import signal_words
from gridgov.filters import Filters
from gridgov.judgement import Judged, Row, newest_points
from gridgov.locale import _, pick
from gridgov.metrics import METRICS, evaluate
from gridgov.metrics.grids import tree_of
from gridgov.warehouse import Reader

__all__ = ["SIGNAL_METRICS", "Concern", "attention"]

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
_SILENT_DAYS = 14
_EACH = 3
# A category is on the rise when chance alone would bring so many cases less often than this.
_RISING_CHANCE = 0.001
_RISING_LEAST = 10
_LOAD_FACTOR = 1.5
# A leader of a whole city looks at the parts that it divides into first.
_MOST_GRIDS = 400


@dataclass(frozen=True)
class Concern:
    """One entry. `changes` are the filters that its page opens with; `grid_id` is its place."""

    kind: str
    title: str
    detail: str
    nature: str
    page: str
    grid_id: str | None = None
    place: str = ""
    holder: str = ""
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """A stable key of what it is about: a follow-up keeps it to show what it came from."""
        return f"{self.kind}:{self.grid_id or ''}:{self.changes.get('category', '')}:{self.title}"[
            :200
        ]


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
    frame = evaluate(
        reader, ["SV2"], filters.today, filters.today, by=("tier", _division(reader, filters)),
        grid_id=filters.grid_id,
    )  # fmt: skip
    for tier in _TIERS:
        rows = frame[(frame["tier"] == tier) & (frame["numerator"] > 0)]
        if rows.empty:
            continue
        rows = rows.sort_values(["numerator", "grid_id"], ascending=[False, True])
        count = int(rows["numerator"].sum())
        is_small = count < THRESHOLD and not reader.scope.sees_persons
        yield Concern(
            "overdue_persons",
            _("{tier}联系的重点人员逾期不足 {n} 人", tier=_tier(tier), n=THRESHOLD)
            if is_small
            else _(
                "{tier}联系的重点人员逾期 {count} 人", tier=_tier(tier), count=formats.whole(count)
            ),
            _("分布在 {n} 个网格", n=len(rows)),
            _("逾期"),
            "visits",
            str(rows["grid_id"].iloc[0]),
        )


def _division(reader: Reader, filters: Filters) -> str:
    """The split by general grid, or where these are too many to look at, by what is just below."""
    general = tree_of(reader).at_level(filters.grid_id, "一般", filters.today, filters.today)
    return "grid:一般" if len(general) <= _MOST_GRIDS else "grid:children"


def _tier(tier: str) -> str:
    return {"每周": _("每周"), "每月": _("每月"), "每季": _("每季")}[tier]


def _overdue_cases(reader: Reader, filters: Filters) -> Iterable[Concern]:
    rows = reader.frame(
        "queries/attention_overdue_cases.sql",
        as_of=filters.today,
        grid_id=filters.grid_id,
        category=filters.category,
        source=filters.source,
    )
    for row in rows.head(_EACH).to_dict("records"):
        yield Concern(
            "overdue_cases",
            _(
                "{category}超期在办 {count} 件",
                category=row["category"],
                count=formats.whole(row["cases"]),
            ),
            _(
                "最久超期 {days}，超过 30 天的 {n} 件",
                days=formats.duration(row["longest_days"]),
                n=formats.whole(row["over_30_days"]),
            ),
            _("超期"),
            "complaints",
            row["worst_grid_id"],
            changes={"category": row["category"]},
        )


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
    frame = evaluate(
        reader,
        list(_SIGNALS_BY_GRID),
        filters.history_start,
        filters.span.end,
        grain="month",
        by=(_division(reader, filters),),
        grid_id=filters.grid_id,
    )
    if frame["grid_id"].nunique() < 2:
        return
    entries = []
    for code, grid_id, newest in _newest_by_grid(frame):
        metric = METRICS[code]
        entries.append(
            (
                abs(newest["value"] - newest["mean"]) / max(newest["upper"] - newest["mean"], 1e-9),
                Concern(
                    "signal",
                    pick(metric.zh, metric.en) + " " + formats.value(newest["value"], metric.unit),
                    signal_words(str(newest["signal"])),
                    _("异常信号"),
                    "trends",
                    str(grid_id),
                    changes={"metric": metric.code, "grid_id": str(grid_id)},
                ),
            )
        )
    entries.sort(key=lambda entry: -entry[0])
    yield from (concern for _size, concern in entries[:_EACH])


def _newest_by_grid(frame: pd.DataFrame) -> Iterable[tuple[str, str, Row]]:
    for code, rows in frame.groupby("metric", sort=True):
        for grid_id, newest in newest_points(rows, "grid_id", "concern").items():
            yield str(code), grid_id, newest


def _rising(reader: Reader, filters: Filters) -> Iterable[Concern]:
    compared = filters.compared
    if compared is None:
        return
    where = {"source": [filters.source]} if filters.source else None
    now, before = (
        evaluate(
            reader, ["C1"], span.start, span.end, by=("category",), grid_id=filters.grid_id,
            where=where,
        ).set_index("category")["numerator"]
        for span in (filters.span, compared)
    )  # fmt: skip
    days = filters.span.days / compared.days
    rising = []
    for category, count in now.items():
        expected = float(before.get(category, 0.0)) * days
        if count < _RISING_LEAST or count <= expected:
            continue
        if poisson.sf(count - 1, max(expected, 0.5)) < _RISING_CHANCE:
            rising.append((count - expected, str(category), int(count), round(expected)))
    first = sorted(rising, reverse=True)[:_EACH]
    worst = _worst_grids(reader, filters, [category for _gain, category, *_counts in first])
    for _gain, category, count, expected in first:
        yield Concern(
            "rising",
            _("{category}诉求上升到 {count} 件", category=category, count=formats.whole(count)),
            _("对比时段为 {n} 件，偶然波动难以解释", n=formats.whole(expected)),
            _("上升"),
            "complaints",
            worst.get(category),
            changes={"category": category},
        )


def _worst_grids(reader: Reader, filters: Filters, categories: list[str]) -> dict[str, str]:
    """Where most of each category's cases of the period are."""
    if not categories:
        return {}
    rows = evaluate(
        reader, ["C1"], filters.span.start, filters.span.end,
        by=("category", _division(reader, filters)),
        grid_id=filters.grid_id, where={"category": categories},
    )  # fmt: skip
    rows = rows[rows["numerator"] > 0].sort_values(
        ["numerator", "grid_id"], ascending=[False, True]
    )
    first = rows.drop_duplicates("category")
    return dict(zip(first["category"], first["grid_id"], strict=True))


def _repeats(reader: Reader, filters: Filters) -> Iterable[Concern]:
    rows = evaluate(
        reader, ["C9"], filters.span.start, filters.span.end, by=(_division(reader, filters),),
        grid_id=filters.grid_id,
    )  # fmt: skip
    rows = rows[(rows["numerator"] > 0) & (rows["state"] == "ok")]
    if rows.empty:
        return
    worst = rows.sort_values(["numerator", "grid_id"], ascending=[False, True]).iloc[0]
    yield Concern(
        "repeats",
        _("30 天内重复诉求 {count} 件", count=formats.whole(rows["numerator"].sum())),
        _(
            "最多的网格 {n} 件，占其诉求 {share}",
            n=formats.whole(worst["numerator"]),
            share=formats.percent(worst["value"]),
        ),
        _("重复"),
        "complaints",
        str(worst["grid_id"]),
        changes={"grid_id": str(worst["grid_id"])},
    )


def _silent(reader: Reader, filters: Filters) -> Iterable[Concern]:
    rows = reader.frame(
        "queries/attention_silent_grids.sql",
        as_of=filters.today,
        days=_SILENT_DAYS,
        grid_id=filters.grid_id,
    )
    if rows.empty:
        return
    yield Concern(
        "silent",
        _(
            "{n} 个微网格 {days} 天以上没有走访记录",
            n=formats.whole(rows["micro_grids"].sum()),
            days=_SILENT_DAYS,
        ),
        _("先确认是没有走访，还是没有录入"),
        _("缺数"),
        "grid",
        str(rows["grid_id"].iloc[0]),
        changes={"grid_id": str(rows["grid_id"].iloc[0])},
    )


def _load(reader: Reader, filters: Filters) -> Iterable[Concern]:
    rows = evaluate(
        reader, ["SV8"], filters.span.start, filters.span.end, by=(_division(reader, filters),),
        grid_id=filters.grid_id,
    )  # fmt: skip
    rows = rows[rows["value"].notna()]
    if len(rows) < 3:
        return
    middle = rows["value"].median()
    worst = rows.sort_values(["value", "grid_id"], ascending=[False, True]).iloc[0]
    if not middle or worst["value"] < _LOAD_FACTOR * middle:
        return
    yield Concern(
        "load",
        _(
            "任务负荷是各网格中位数的 {times} 倍",
            times=formats.number(worst["value"] / middle),
        ),
        _(
            "负荷比 {value}，中位数 {middle}",
            value=formats.percent(worst["value"]),
            middle=formats.percent(middle),
        ),
        _("失衡"),
        "visits",
        str(worst["grid_id"]),
        changes={"grid_id": str(worst["grid_id"])},
    )  # fmt: skip


def _named(reader: Reader, filters: Filters, found: list[Concern]) -> list[Concern]:
    """The entries with their places' names and who leads them."""
    wanted = sorted({entry.grid_id for entry in found if entry.grid_id})
    names = _names(reader, filters, wanted)
    named = []
    for entry in found:
        row = names.get(entry.grid_id or "", {})
        named.append(
            Concern(
                entry.kind,
                entry.title,
                entry.detail,
                entry.nature,
                entry.page,
                entry.grid_id,
                str(row.get("name") or _("全部网格")),
                str(row.get("holder") or ""),
                entry.changes,
            )
        )
    return named


def _names(reader: Reader, filters: Filters, grid_ids: list[str]) -> dict[str, dict[str, Any]]:
    if not grid_ids or "grid_holder" not in reader.tables():
        return {}
    rows = reader.frame("queries/grid_names.sql", grid_ids=grid_ids, as_of=filters.today)
    rows = rows.astype(object).where(pd.notna(rows), None)
    return {
        str(row["grid_id"]): {"name": row["name"], "holder": row["holder"]}
        for row in rows.to_dict("records")
    }
