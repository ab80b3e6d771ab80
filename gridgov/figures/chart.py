"""What all figures share: the finished chart, its quiet frame, its axes, its tool bar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from gridgov import formats
from gridgov.figures.palette import Palette
from gridgov.locale import _, language

__all__ = [
    "FIGURE_CONFIG",
    "FONT_FAMILY",
    "Annotation",
    "Chart",
    "QuickFigure",
    "axis",
    "bucket_label",
    "dates",
    "empty_chart",
    "figure_config",
    "finish",
    "full_title",
    "grain_word",
    "label_at",
    "rounded",
    "time_axis",
    "value_axis",
]

FONT_FAMILY = (
    "Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, "
    "WenQuanYi Micro Hei, sans-serif"
)
HEIGHT = 290
# plotly.js looks words up in this dictionary; the bundled build carries English alone.
_ZH: dict[str, Any] = {
    "dictionary": {
        "Download plot as a png": "下载图片",
        "Download plot as a PNG": "下载图片",
        "Download plot": "下载图片",
        "Taking snapshot - this may take a few seconds": "正在生成图片…",
        "Snapshot succeeded": "图片已生成",
        "Sorry, there was a problem downloading your snapshot!": "图片未能生成，请重试",
        "Double-click to zoom back out": "双击恢复原状",
    },
    "format": {"months": [f"{m}月" for m in range(1, 13)], "date": "%Y-%m-%d"},
}
FIGURE_CONFIG: dict[str, Any] = {
    "displayModeBar": "hover",
    "displaylogo": False,
    "modeBarButtons": [["toImage"]],
    "toImageButtonOptions": {"format": "png", "scale": 2},
    "scrollZoom": False,
    "doubleClick": "reset",
    "showTips": False,
    "locale": "zh-CN",
    "locales": {"zh-CN": _ZH},
}


@dataclass(frozen=True, slots=True)
class Annotation:
    """An event on a day (`on`: ISO date) in a few words; drawn as a thin vertical."""

    on: str
    text: str


class QuickFigure(go.Figure):  # type: ignore[misc]  # plotly is untyped
    """plotly's figure, built only when somebody looks inside it.

    A page sends most figures as they were made. Building plotly's objects and copying them out
    again took longer than making the figure and encoding it together.
    """

    def __init__(self, made: dict[str, Any]) -> None:
        self.__dict__["_made"] = made

    def __getattr__(self, name: str) -> Any:
        # Reached where plotly's own attributes are still missing.
        made = self.__dict__.pop("_made", None)
        if made is None:
            raise AttributeError(name)
        super().__init__(made, _validate=False)
        return getattr(self, name)

    def to_dict(self) -> dict[str, Any]:
        """The specification; the traces and the layout are not to be changed in it."""
        made = self.__dict__.get("_made")
        return dict(super().to_dict() if made is None else made)


@dataclass(frozen=True)
class Chart:
    """A finished figure with the sentence that says it and the rows behind it.

    `title` is what, `unit` and `grain` are as given; `alt` is the text alternative; `frame` is
    what was drawn. `named` gives the same rows under readers' names (for "the same as a table" and
    downloads), made when somebody asks for them; without it they are `frame`.
    """

    figure: go.Figure
    alt: str
    frame: pd.DataFrame = field(repr=False)
    title: str = ""
    unit: str = ""
    grain: str = ""
    named: Callable[[], pd.DataFrame] | None = field(default=None, repr=False)

    def rows(self) -> pd.DataFrame:
        """The rows behind the figure, for a reader."""
        return self.frame if self.named is None else self.named()


def figure_config(filename: str = "gridgov") -> dict[str, Any]:
    """`FIGURE_CONFIG` in the language of the reader, with the name for a saved picture."""
    options = {**FIGURE_CONFIG["toImageButtonOptions"], "filename": filename}
    config = {**FIGURE_CONFIG, "toImageButtonOptions": options}
    if language() == "en":
        del config["locale"], config["locales"]
    return config


def grain_word(grain: str) -> str:
    """A grain in words: "month" → 按月; anything unknown is given back."""
    return {
        "day": _("按日"),
        "week": _("按周"),
        "month": _("按月"),
        "quarter": _("按季"),
        "half": _("按半年"),
        "year": _("按年"),
    }.get(grain, grain)


def full_title(title: str, unit: str = "", grain: str = "") -> str:
    """What, unit and grain on one line: 诉求按期办结率（%，按月）."""
    inside = [part for part in (formats.unit_name(unit), grain_word(grain)) if part]
    if not inside:
        return title
    return (
        f"{title} ({', '.join(inside)})"
        if language() == "en"
        else f"{title}（{'，'.join(inside)}）"
    )


def rounded(values: Iterable[object], decimals: int = 4) -> list[float | None]:
    """Numbers short enough to send; what is missing becomes None, which plotly leaves out."""
    return [
        None if formats.is_missing(value) else round(float(value), decimals)  # type: ignore[arg-type]
        for value in values
    ]


def finish(
    traces: Sequence[Mapping[str, Any]],
    layout: Mapping[str, Any],
    palette: Palette,
    *,
    title: str,
    height: int = HEIGHT,
    margin: Mapping[str, int] | None = None,
) -> go.Figure:
    """A figure in the product's frame: paper, type, quiet hover, no template, no legend.

    Not validated by plotly, which costs more than all the rest; the tests validate.
    """
    base: dict[str, Any] = {
        "title": {
            "text": title,
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 6, "l": 2},
            "font": {"size": 15, "color": palette.ink, "weight": 600},
        },
        "height": height,
        "margin": {"l": 52, "r": 16, "t": 44, "b": 36, "pad": 4, **(margin or {})},
        "font": {"family": FONT_FAMILY, "size": 13, "color": palette.muted},
        "paper_bgcolor": palette.paper,
        "plot_bgcolor": palette.paper,
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": palette.panel,
            "bordercolor": palette.rule,
            "font": {"family": FONT_FAMILY, "size": 13, "color": palette.ink},
            "align": "left",
        },
        "dragmode": False,
        "bargap": 0.35,
        # A template of one harmless entry keeps plotly from sending its own of 7 KB.
        "template": {"layout": {"colorway": list(palette.series)}},
    }
    return QuickFigure({"data": list(traces), "layout": {**base, **layout}})


def axis(palette: Palette, **more: Any) -> dict[str, Any]:
    """A bare axis: no line, no ticks, no zoom by dragging."""
    return {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "fixedrange": True,
        "tickfont": {"size": 13, "color": palette.muted},
        **more,
    }


def value_axis(palette: Palette, unit: str, *, zero: bool, **more: Any) -> dict[str, Any]:
    """An axis of values with faint lines; from zero for bars, an honest range for lines."""
    return axis(
        palette,
        showgrid=True,
        gridcolor=palette.grid,
        nticks=6,
        tickformat=",.1~%" if unit == "%" else ",.2~f",
        rangemode="tozero" if zero else "normal",
        **more,
    )


def dates(values: Iterable[object]) -> list[str]:
    """Buckets as ISO days, whatever they came as."""
    return [pd.Timestamp(value).strftime("%Y-%m-%d") for value in values]  # type: ignore[arg-type]


def bucket_label(day: str, grain: str) -> str:
    """The name of the bucket that begins on `day`: 2026年10月, 2026年第四季度, 2026-10-31."""
    when = dt.date.fromisoformat(day)
    match grain:
        case "month":
            return formats.month(when)
        case "quarter":
            return formats.period(f"{when.year}Q{(when.month + 2) // 3}")
        case "half":
            return formats.period(f"{when.year}H{1 if when.month < 7 else 2}")
        case "year":
            return formats.period(str(when.year))
        case "week":
            return _("{day} 起一周", day=day)
        case _:
            return formats.day(when)


def _short(day: str, grain: str, first: bool) -> str:
    when = dt.date.fromisoformat(day)
    if grain == "month":
        text, opens = formats.month(when, short=True), when.month == 1
    elif grain == "quarter":
        text, opens = f"Q{(when.month + 2) // 3}", when.month == 1
    elif grain == "half":
        text, opens = f"H{1 if when.month < 7 else 2}", when.month == 1
    elif grain == "year":
        return str(when.year)
    else:
        text, opens = f"{when.month}-{when.day:02d}", False
    return f"{text}<br>{when.year}" if first or opens else text


def time_axis(days: Sequence[str], grain: str, palette: Palette, **more: Any) -> dict[str, Any]:
    """A time axis with at most eight ticks in the reader's language; the year at each January."""
    steps = {"month": (1, 2, 3, 6, 12, 24)}.get(grain, (1, 2, 4, 5, 7, 13, 26, 52, 90, 180))
    step = next((step for step in steps if len(days) <= 8 * step), -(-len(days) // 8) or 1)
    shown = list(days[::step])
    if grain == "month" and step in (3, 6, 12):
        # Ticks on January, April, July, October read easier than on whatever comes first.
        shown = [day for day in days if (int(day[5:7]) - 1) % step == 0] or shown
    texts, year = [], ""
    for day in shown:
        texts.append(_short(day, grain, first=day[:4] != year))
        year = day[:4]
    return axis(
        palette, type="date", tickmode="array", tickvals=shown, ticktext=texts, tickangle=0, **more
    )


def label_at(
    text: str, x: object, y: object, color: str, *, size: int = 13, **more: Any
) -> dict[str, Any]:
    """A direct label: words beside what they name, instead of a legend."""
    return {
        "text": text,
        "x": x,
        "y": y,
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "middle",
        "align": "left",
        "font": {"size": size, "color": color},
        **more,
    }


def empty_chart(
    palette: Palette,
    *,
    title: str,
    unit: str = "",
    grain: str = "",
    sentence: str | None = None,
    frame: pd.DataFrame | None = None,
) -> Chart:
    """The designed empty state: the title and a sentence with the next step."""
    words = sentence or _("所选范围内没有数据。请放宽时段或网格。")
    layout = {
        "xaxis": {"visible": False, "fixedrange": True},
        "yaxis": {"visible": False, "fixedrange": True},
        "annotations": [
            label_at(words, 0.5, 0.5, palette.muted, size=15)
            | {"xref": "paper", "yref": "paper", "xanchor": "center", "align": "center"}
        ],
    }
    heading = full_title(title, unit, grain)
    figure = finish([], layout, palette, title=heading, height=200)
    rows = pd.DataFrame() if frame is None else frame
    # English prose wants a space after a full stop, Chinese none.
    between = ". " if language() == "en" else "。"
    return Chart(figure, f"{heading}{between}{words}", rows, title, unit, grain)
