"""An answer as a figure of the kind that was chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from gridgov import figures, formats
from gridgov.explore.builder import ChartKind, in_order, split_label
from gridgov.explore.builder_answer import REST, Answer
from gridgov.explore.chart_choice import MAX_BARS, MAX_HEAT_ROWS, MAX_LINES
from gridgov.explore.pivot import words_of
from gridgov.figures import Chart, Palette
from gridgov.figures.shades import shade_table
from gridgov.locale import _, pick
from gridgov.metrics import METRICS, Metric
from gridgov.warehouse import Reader

__all__ = ["answer_chart", "answer_title"]


def answer_title(answer: Answer) -> str:
    """What the answer is of: its metrics and splits."""
    names = pick("、", ", ").join(METRICS[code].label for code in answer.cut.metrics)
    splits = " × ".join(split_label(name) for name in answer.cut.by)
    return f"{names} · {splits}" if splits else names


def answer_chart(
    answer: Answer, kind: ChartKind, reader: Reader, palette: Palette
) -> tuple[Chart | None, str]:
    """The figure (None for the table alone) and a sentence on what it leaves out."""
    if kind == "table" or answer.rows.empty:
        return None, ""
    if kind == "map":
        return _map(answer, reader, palette), ""
    draw: dict[ChartKind, Callable[[Answer, Palette], tuple[Chart, str]]] = {
        "line": _line,
        "bar": _bar,
        "heat": _heat,
        "scatter": _scatter,
        "box": _box,
    }
    return draw[kind](answer, palette)


def _metric(answer: Answer) -> Metric:
    return METRICS[answer.cut.metrics[0]]


def _note(record: Any, metric: Metric) -> str:
    if metric.denominator == "none" or formats.is_missing(record["denominator"]):
        return ""
    parts = f"{formats.whole(record['numerator'])} / {formats.whole(record['denominator'])}"
    few = f" · {_('样本不足')}" if record["state"] == "few" else ""
    return f"{metric.numerator} / {metric.denominator_label} {parts}{few}"


def _notes(rows: pd.DataFrame, metric: Metric) -> list[str]:
    return [_note(record, metric) for record in rows.to_dict("records")]


def _labels(answer: Answer, rows: pd.DataFrame, name: str) -> list[str]:
    return [words_of(answer, name, key) for key in rows[name]]


def _line(answer: Answer, palette: Palette) -> tuple[Chart, str]:
    rows, metric = answer.rows, _metric(answer)
    many = len(answer.cut.metrics) > 1
    series = [METRICS[str(code)].label for code in rows["metric"]]
    if answer.cut.by:
        keys = _labels(answer, rows, "key_1")
        pairs = zip(series, keys, strict=True)
        series = [f"{key} {name}" for name, key in pairs] if many else keys
    frame = rows.assign(series=series)[["bucket", "value", "series", "is_partial"]]
    names = list(dict.fromkeys(series))
    said = ""
    if len(names) > MAX_LINES:
        frame = frame[frame["series"].isin(names[:MAX_LINES])]
        said = _("只画前 {n} 条线，其余见表", n=MAX_LINES)
    comparison = None
    if "compared" in rows and len(names) == 1:
        comparison = _("对比时段")
        then = rows.assign(value=rows["compared"], series=comparison, is_partial=False)
        frame = pd.concat([frame, then[frame.columns]], ignore_index=True)
    title = answer_title(answer) if many or answer.cut.by else metric.label
    chart = figures.line(
        frame, palette, title=title, unit=metric.unit, grain=str(answer.cut.grain),
        comparison=comparison, height=320,
    )  # fmt: skip
    return chart, said


def _bar(answer: Answer, palette: Palette) -> tuple[Chart, str]:
    cut, title = answer.cut, answer_title(answer)
    if cut.grain:
        return _bars_over_time(answer, palette, title), ""
    if len(cut.by) == 2 or len(cut.metrics) > 1:
        return _grouped(answer, palette, title)
    return _plain_bars(answer, palette, title)


def _bars_over_time(answer: Answer, palette: Palette, title: str) -> Chart:
    metric, rows = _metric(answer), answer.rows
    series = _labels(answer, rows, "key_1") if answer.cut.by else metric.label
    frame = rows.assign(series=series)[["bucket", "series", "value", "is_partial"]]
    return figures.stacked_time_bars(
        frame, palette, title=title, unit=metric.unit, grain=str(answer.cut.grain)
    )


def _plain_bars(answer: Answer, palette: Palette, title: str) -> tuple[Chart, str]:
    rows, metric = answer.rows, _metric(answer)
    said = ""
    if len(rows) > MAX_BARS:
        rest = rows[rows["key_1"] == REST]
        said = _("只画前 {n} 项，其余见表", n=MAX_BARS)
        rows = (
            pd.concat([rows.head(MAX_BARS - len(rest)), rest]) if len(rest) else rows.head(MAX_BARS)
        )
    frame = pd.DataFrame(
        {
            "label": _labels(answer, rows, "key_1"),
            "value": rows["value"].to_numpy(),
            "key": rows["key_1"].to_numpy(),
            "note": _notes(rows, metric),
        }
    )
    whole = answer.grand["value"].iloc[0] if len(answer.grand) else None
    draws_whole = metric.kind not in ("count", "stock") and not formats.is_missing(whole)
    chart = figures.bars(
        frame, palette, title=title, unit=metric.unit,
        reference=float(whole) if draws_whole else None,  # type: ignore[arg-type]
        reference_name=_("合计"),
    )  # fmt: skip
    return chart, said


def _grouped(answer: Answer, palette: Palette, title: str) -> tuple[Chart, str]:
    rows = answer.rows
    series = (
        _labels(answer, rows, "key_2")
        if len(answer.cut.by) == 2
        else [METRICS[str(code)].label for code in rows["metric"]]
    )
    frame = pd.DataFrame(
        {
            "label": _labels(answer, rows, "key_1"),
            "series": series,
            "value": rows["value"].to_numpy(),
        }
    )
    shown = list(dict.fromkeys(series))[:3]
    labels = list(dict.fromkeys(frame["label"]))[:12]
    said = ""
    if frame["series"].nunique() > len(shown) or frame["label"].nunique() > len(labels):
        said = _("并列条形只画前 {n} 组、每组 3 项，其余见表", n=len(labels))
    frame = frame[frame["series"].isin(shown) & frame["label"].isin(labels)]
    return figures.grouped_bars(frame, palette, title=title, unit=_metric(answer).unit), said


def _heat(answer: Answer, palette: Palette) -> tuple[Chart, str]:
    metric, across = _metric(answer), str(answer.columns_by)
    kept = list(dict.fromkeys(answer.rows["key_1"]))[:MAX_HEAT_ROWS]
    rows = answer.rows[answer.rows["key_1"].isin(kept)]
    frame = pd.DataFrame(
        {
            "row": _labels(answer, rows, "key_1"),
            "column": [words_of(answer, across, key) for key in rows[across]],
            "value": rows["value"].to_numpy(),
            "note": _notes(rows, metric),
        }
    )
    columns = sorted(rows[across].unique())
    if across != "bucket":
        columns.sort(key=lambda key: in_order(answer.cut.by[1], str(key)))
    chart = shade_table(
        frame,
        palette,
        title=answer_title(answer),
        unit=metric.unit,
        grain=str(answer.cut.grain or ""),
        columns=[words_of(answer, across, key) for key in columns],
    )
    cut_off = len(kept) < answer.rows["key_1"].nunique()
    return chart, _("只画前 {n} 行，其余见表", n=MAX_HEAT_ROWS) if cut_off else ""


def _scatter(answer: Answer, palette: Palette) -> tuple[Chart, str]:
    one, other = (METRICS[code] for code in answer.cut.metrics[:2])
    rows = answer.rows[answer.rows["key_1"] != REST]
    wide = rows.pivot(index="key_1", columns="metric", values="value")
    frame = pd.DataFrame(
        {
            "label": [words_of(answer, "key_1", key) for key in wide.index],
            "x": wide[one.code].to_numpy(),
            "y": wide[other.code].to_numpy(),
            "key": wide.index.to_numpy(),
        }
    ).dropna(subset=["x", "y"])
    chart = figures.scatter(
        frame, palette, title=answer_title(answer), x_name=one.label, y_name=other.label,
        x_unit=one.unit, y_unit=other.unit, name_points=3,
    )  # fmt: skip
    more = len(answer.cut.metrics) > 2
    said = _("散点图画前两个指标；虚线是各自的中位数") if more else _("虚线是两个指标各自的中位数")
    return chart, said


def _box(answer: Answer, palette: Palette) -> tuple[Chart, str]:
    rows, metric = answer.rows, _metric(answer)
    rows = rows[(rows["key_1"] != REST) & rows["value"].notna()]
    if answer.columns_by is None:
        group = [answer.parents.get(str(key), "") or _("全部") for key in rows["key_1"]]
        said = _("每个箱子是一个上级网格里各网格的分布")
    else:
        group = _labels(answer, rows, "key_1")
        said = (
            _("每个箱子是一项在各时段的分布")
            if answer.columns_by == "bucket"
            else _("每个箱子是一项在另一维度各值上的分布")
        )
    parts = rows.assign(label=group).groupby("label", sort=False)["value"]
    places = {"low": 0.0, "q1": 0.25, "median": 0.5, "q3": 0.75, "high": 1.0}
    spread = pd.DataFrame({name: parts.quantile(part) for name, part in places.items()})
    frame = spread.assign(n=parts.size()).reset_index()
    chart = figures.box(frame.head(40), palette, title=answer_title(answer), unit=metric.unit)
    return chart, said + _("：中间一半在箱内，横线为最小到最大")


def _map(answer: Answer, reader: Reader, palette: Palette) -> Chart:
    rows, metric = answer.rows, _metric(answer)
    rows = rows[(rows["key_1"] != REST) & rows["value"].notna()]
    frame = pd.DataFrame(
        {
            "grid_id": rows["key_1"].to_numpy(),
            "name": [answer.labels.get(str(key), str(key)) for key in rows["key_1"]],
            "group": [answer.parents.get(str(key), "") for key in rows["key_1"]],
            "value": rows["value"].to_numpy(),
            "note": _notes(rows, metric),
        }
    )
    known = reader.rows("queries/explore_grids.sql", grid_ids=list(frame["grid_id"]))
    drawn = figures.outlines((row[0], row[1], row[5]) for row in known if row[5])
    title, unit = answer_title(answer), metric.unit
    if len(drawn) == len(frame) and drawn:
        return figures.grid_map(drawn, frame, palette, title=title, unit=unit, by="value")
    if frame["group"].nunique() <= 1:
        frame = frame.drop(columns="group")
    frame = frame.sort_values("grid_id")
    return figures.tile_map(frame, palette, title=title, unit=unit, by="value")
