"""The charts of the engagement page, from the frames of `gridgov.queries.engagement_evidence`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pandas as pd

from gridgov import formats
from gridgov.figures import Annotation, Chart, calendar_heat, heat_table, line
from gridgov.figures.palette import Palette
from gridgov.locale import _, language, pick
from gridgov.metrics import METRICS
from gridgov.ui.evidence import named

__all__ = ["days_chart", "participation_chart", "pillars_chart"]


def pillars_chart(frame: pd.DataFrame, palette: Palette) -> Chart:
    """Grids down, the pillars' measures across, each cell on the ground of its state."""
    heads = {
        "PB2": _("党建 五微覆盖"),
        "SV1": _("服务 按期探访"),
        "ML1": _("民生 年审及时"),
        "DV1": _("发展 商铺联系"),
        "HP1": _("幸福 参与户率"),
    }
    cells = pd.DataFrame(
        {
            "row": frame["label"],
            "column": [heads[code] for code in frame["metric"]],
            "value": frame["value"],
            "state": frame["tone"],
            "key": frame["grid_id"],
            "note": [_made_of(row) for row in frame.to_dict("records")],
        }
    )
    chart = heat_table(cells, palette, title=_("各网格五在网格状态"), unit="%")
    if language() == "en":  # longer words: a phone's columns hold them only when smaller
        chart.figure.update_xaxes(tickfont={"size": 11})
    columns = {
        "label": _("网格"),
        "pillar": _("五在类别"),
        "metric": _("指标"),
        "value": _("数值"),
        "numerator": _("分子"),
        "denominator": _("分母"),
        "tone": _("状态"),
    }
    return replace(chart, named=partial(named, frame, columns))


def _made_of(row: dict[object, object]) -> str:
    """Numerator and denominator of a cell with their names."""
    metric = METRICS[str(row["metric"])]
    bottom = pick(metric.denominator_zh, metric.denominator_en)
    top = pick(metric.numerator_zh, metric.numerator_en)
    words = (
        f"{top} {formats.whole(_float(row['numerator']))} / "
        f"{bottom} {formats.whole(_float(row['denominator']))}"
    )
    return f"{words}<br>{formats.too_few()}" if row["state"] == "few" else words


def _float(value: object) -> float | None:
    return None if formats.is_missing(value) else float(str(value))


def participation_chart(
    frame: pd.DataFrame, palette: Palette, annotations: Sequence[Annotation]
) -> Chart:
    """Attendances, distinct households and first-timers by month."""
    names = {
        "attendances": _("人次"),
        "households": _("户数"),
        "first_timers": _("首次参与"),
    }
    rows = frame.assign(series=[names[part] for part in frame["part"]])
    chart = line(
        rows[["bucket", "series", "value", "is_partial"]],
        palette,
        title=_("活动参与"),
        grain="month",
        annotations=annotations,
    )
    return replace(chart, named=partial(_participation_named, rows))


def _participation_named(rows: pd.DataFrame) -> pd.DataFrame:
    """A month a row, a column for each of the three."""
    wide = rows.pivot(index="bucket", columns="series", values="value")
    wide = wide[list(dict.fromkeys(rows["series"]))]
    wide.index = pd.Index([f"{month:%Y-%m}" for month in wide.index], name=_("月份"))
    return wide.rename_axis(columns=None).reset_index()


def days_chart(frame: pd.DataFrame, palette: Palette) -> Chart:
    """Activities by day; a day without one is left open, for it is no lapse."""
    chart = calendar_heat(frame, palette, title=_("活动日历"), unit="场", ring=False)
    columns = {"day": _("日期"), "value": _("场次")}
    return replace(chart, named=partial(named, chart.frame, columns))
