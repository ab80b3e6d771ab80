"""An answer as a table to read: rows down, values or time across, totals at the edges.

Totals are the answer's margins, which the engine evaluated: nothing is summed here.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gridgov import formats
from gridgov.explore.builder import in_order, split_label
from gridgov.explore.builder_answer import REST, TOTAL, Answer
from gridgov.explore.builder_privacy import HIDDEN
from gridgov.figures.chart import bucket_label
from gridgov.locale import _, pick
from gridgov.metrics import METRICS, Metric

__all__ = [
    "MAX_COLUMNS",
    "MAX_ROWS",
    "Pivot",
    "PivotColumn",
    "long_frame",
    "pivot",
    "shows_share",
]

MAX_ROWS, MAX_COLUMNS = 200, 26
Record = Mapping[Hashable, Any]


@dataclass(frozen=True)
class PivotColumn:
    """`kind`: "head" (a row's name), "value", or what stands beside a value."""

    key: str
    label: str
    kind: str = "value"


@dataclass(frozen=True)
class Pivot:
    """`rows`: cells as text by column key, `_kind` "row", "rest" or "total".

    `left_out`: what of the answer does not fit, in a sentence; the download has all of it.
    """

    columns: tuple[PivotColumn, ...]
    rows: tuple[dict[str, str], ...]
    left_out: str = ""


def pivot(answer: Answer) -> Pivot:
    """The table under the figure."""
    if answer.columns_by is None:
        return _by_metric(answer)
    return _crossed(answer)


def words_of(answer: Answer, name: str, key: Any) -> str:
    """A key in words: the name of a grid, a value, a month."""
    if name == "bucket":
        return bucket_label(pd.Timestamp(key).strftime("%Y-%m-%d"), str(answer.cut.grain))
    return answer.labels.get(str(key), str(key))


def cell_text(metric: Metric, record: Record | None, *, tenths: bool = False) -> str:
    """One figure as the pages print it; "<5" where hidden. tenths: as others of its column."""
    if record is None:
        return formats.MISSING
    if record.get("is_suppressed"):
        return "<5"
    text = formats.bare(record["value"], metric.unit)
    if tenths and text != formats.MISSING and "." not in text:
        text += ".0"
    return f"{text}*" if record["state"] == "few" and text != formats.MISSING else text


def _with_tenths(answer: Answer) -> frozenset[str]:
    """Metrics of which some figure shows a tenth: then all do, so that a column stands aligned."""
    found = set()
    for code in answer.cut.metrics:
        frames = (answer.rows, answer.row_margin, answer.column_margin, answer.grand)
        values = (value for one in frames for value in one.loc[one["metric"] == code, "value"])
        unit = METRICS[code].unit
        if unit != "%" and any("." in formats.bare(value, unit) for value in values):
            found.add(code)
    return frozenset(found)


def shows_share(answer: Answer, code: str) -> bool:
    """Whether the table says what part of the total each figure is."""
    return "share" in answer.rows and bool(answer.of(code)["share"].notna().any())


def _row_names(answer: Answer) -> tuple[str, ...]:
    names = [f"key_{place + 1}" for place in range(len(answer.cut.by))]
    if answer.cut.grain:
        names.append("bucket")
    return tuple(name for name in names if name != answer.columns_by)


def _heads(answer: Answer) -> list[PivotColumn]:
    heads = []
    for name in _row_names(answer):
        label = _("时间") if name == "bucket" else split_label(answer.cut.by[int(name[-1]) - 1])
        heads.append(PivotColumn(name, label, "head"))
    return heads or [PivotColumn("_all", "", "head")]


def _kind_of(key: tuple[Any, ...]) -> str:
    return "rest" if REST in key else "row"


def _by_metric(answer: Answer) -> Pivot:
    """Rows down, for every metric its value, what it rests on, its change and share."""
    heads, names = _heads(answer), _row_names(answer)
    columns = list(heads)
    single = len(answer.cut.metrics) == 1
    for code in answer.cut.metrics:
        columns += _metric_columns(answer, METRICS[code], single)
    tenths = _with_tenths(answer)
    rows: dict[tuple[Any, ...], dict[str, str]] = {}
    for record in answer.rows.to_dict("records"):
        key = tuple(record[name] for name in names)
        row = rows.setdefault(key, _named(answer, names, key))
        row |= _figures(METRICS[str(record["metric"])], record, tenths)
    listed = list(rows.values())
    if names:
        listed.append(_total_row(answer, heads, tenths))
    return _fitted(columns, listed)


def _named(answer: Answer, names: tuple[str, ...], key: tuple[Any, ...]) -> dict[str, str]:
    if not names:
        return {"_all": _("全部"), "_kind": "row"}
    words = {name: words_of(answer, name, part) for name, part in zip(names, key, strict=True)}
    return {**words, "_kind": _kind_of(key)}


def _metric_columns(answer: Answer, metric: Metric, single: bool) -> list[PivotColumn]:
    code = metric.code
    unit = "" if metric.unit == "%" else formats.unit_name(metric.unit)
    name = metric.label
    if unit:
        name += pick(f"（{unit}）", f" ({unit})")
    found = [PivotColumn(code, name)]
    if single and metric.denominator != "none":
        found += [
            PivotColumn(f"{code}.denominator", metric.denominator_label, "part"),
            PivotColumn(f"{code}.numerator", metric.numerator, "part"),
        ]
    if metric.kind == "quantile" and single:
        found = [found[0], PivotColumn(f"{code}.n", _("样本量"), "part")]
    if "compared" in answer.rows:
        if single:
            found.append(PivotColumn(f"{code}.compared", _("对比值"), "part"))
        found.append(PivotColumn(f"{code}.difference", _("变化"), "part"))
    if shows_share(answer, code):
        found.append(PivotColumn(f"{code}.share", _("占合计"), "part"))
    return found


def _figures(metric: Metric, record: Record, tenths: frozenset[str]) -> dict[str, str]:
    code = metric.code
    hidden = bool(record.get("is_suppressed"))
    found = {code: cell_text(metric, record, tenths=code in tenths)}
    for name in ("numerator", "denominator", "n"):
        found[f"{code}.{name}"] = "<5" if hidden else formats.number(record[name])
    if "compared" in record:
        was_hidden = bool(record.get("is_compared_suppressed"))
        then = "<5" if was_hidden else formats.bare(record["compared"], metric.unit)
        found[f"{code}.compared"] = then
        found[f"{code}.difference"] = formats.change(record["difference"], _unit_of_change(metric))
    if "share" in record:
        found[f"{code}.share"] = formats.percent(record["share"])
    return found


def _unit_of_change(metric: Metric) -> str:
    return "%" if metric.unit == "%" else ""


def _total_row(answer: Answer, heads: list[PivotColumn], tenths: frozenset[str]) -> dict[str, str]:
    row = {head.key: "" for head in heads} | {heads[0].key: _("合计"), "_kind": "total"}
    for record in answer.grand.to_dict("records"):
        row |= _figures(METRICS[str(record["metric"])], record, tenths)
        row[f"{record['metric']}.share"] = formats.percent(1)
    return row


def _crossed(answer: Answer) -> Pivot:
    """Rows down, the values of the second split or the periods across, margins at both edges."""
    heads, names, across = _heads(answer), _row_names(answer), str(answer.columns_by)
    keys = list(dict.fromkeys(answer.rows[across]))
    if across == "bucket":
        keys.sort()
    else:
        keys.sort(key=lambda key: in_order(answer.cut.by[1], str(key)))
    single = len(answer.cut.metrics) == 1
    columns = [*heads]
    for code in answer.cut.metrics:
        for place, key in enumerate(keys):
            label = words_of(answer, across, key)
            label = label if single else f"{METRICS[code].label} {label}"
            columns.append(PivotColumn(f"{code}.{place}", label))
        total = _("合计") if single else f"{METRICS[code].label} {_('合计')}"
        columns.append(PivotColumn(f"{code}.{TOTAL}", total, "total"))
    at = {key: place for place, key in enumerate(keys)}
    write = _Writer(answer)
    rows: dict[tuple[Any, ...], dict[str, str]] = {}
    for frame, place_of in ((answer.rows, at), (answer.row_margin, None)):
        for record in frame.to_dict("records"):
            key = tuple(record[name] for name in names)
            row = rows.setdefault(key, _named(answer, names, key))
            column = TOTAL if place_of is None else place_of[record[across]]
            row[f"{record['metric']}.{column}"] = write(record)
    edge = {head.key: "" for head in heads} | {heads[0].key: _("合计"), "_kind": "total"}
    for record in answer.column_margin.to_dict("records"):
        edge[f"{record['metric']}.{at.get(record[across], '')}"] = write(record)
    for record in answer.grand.to_dict("records"):
        edge[f"{record['metric']}.{TOTAL}"] = write(record)
    return _fitted(columns, [*rows.values(), edge])


class _Writer:
    """A figure of a crossed table as text: its part of the total where that is asked for."""

    def __init__(self, answer: Answer) -> None:
        self._tenths = _with_tenths(answer)
        self._shares = {code for code in answer.cut.metrics if shows_share(answer, code)}

    def __call__(self, record: Record) -> str:
        code = str(record["metric"])
        if code in self._shares and not record.get("is_suppressed"):
            return formats.percent(record.get("share"))
        return cell_text(METRICS[code], record, tenths=code in self._tenths)


def _fitted(columns: list[PivotColumn], rows: list[dict[str, str]]) -> Pivot:
    """As much as a page can hold; the newest columns and the total stay."""
    values = [column for column in columns if column.kind != "head"]
    heads = [column for column in columns if column.kind == "head"]
    said = []
    if len(values) > MAX_COLUMNS:
        said.append(_("{n} 列", n=len(values) - MAX_COLUMNS))
        values = values[-MAX_COLUMNS:]
    if len(rows) > MAX_ROWS:
        said.append(_("{n} 行", n=len(rows) - MAX_ROWS))
        totals = [row for row in rows if row["_kind"] == "total"]
        rows = rows[: MAX_ROWS - len(totals)] + totals
    sentence = (
        _("另有 {what}未在页面列出，下载里是全部", what=pick("、", ", ").join(said)) if said else ""
    )
    return Pivot((*heads, *values), tuple(rows), sentence)


def long_frame(answer: Answer) -> pd.DataFrame:
    """Every row of the answer under readers' names, for downloads; hidden counts stay empty."""
    frame = answer.rows
    found: dict[str, Any] = {
        "metric": [METRICS[str(code)].label for code in frame["metric"]],
        _("指标代码"): frame["metric"].to_numpy(),
    }
    if "bucket" in frame:
        found["bucket"] = frame["bucket"].dt.date.to_numpy()
    for place, split in enumerate(answer.cut.by):
        keys = frame[f"key_{place + 1}"]
        if split.startswith("grid:"):
            found["grid_id"] = ["" if key in (REST, "") else key for key in keys]
        found[split_label(split)] = [answer.labels.get(str(key), str(key)) for key in keys]
    words = {"ok": "", "few": _("样本不足"), "missing": _("无数据"), HIDDEN: ""}
    frame = frame.assign(state=[words[str(state)] for state in frame["state"]])
    numbers = ("value", "numerator", "denominator", "n", "state", "is_partial")
    more = ("compared", "difference", "share", "is_suppressed")
    for name in (*numbers, *more):
        if name in frame:
            found[name] = frame[name].to_numpy()
    return pd.DataFrame(found)
