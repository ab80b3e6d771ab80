"""HTML of the trends page: little control charts by what needs eyes, the list of new signals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from gridgov import formats
from gridgov.figures import as_image, signal_words, sparkline, state_words
from gridgov.figures.palette import Palette
from gridgov.locale import _
from gridgov.metrics import METRICS
from gridgov.trends.newest import NewSignal
from gridgov.trends.series import SeriesSet
from gridgov.ui.html import Cell, TableColumn, table_html
from gridgov.ui.trends_choice import level_name

__all__ = ["Groups", "grouped", "minis_html", "periods_table", "signals_table"]

_SIGNS = {"better": "●", "worse": "■", "changed": "◆"}
_EYES = frozenset(_SIGNS)


@dataclass(frozen=True)
class Groups:
    """Series numbers of a set: what needs eyes (in order), what is as usual, what is not judged."""

    eyes: tuple[int, ...]
    usual: tuple[int, ...]
    silent: tuple[int, ...]


def grouped(series: SeriesSet) -> Groups:
    """Part a set by state, each part in the order of attention."""
    eyes: list[int] = []
    usual: list[int] = []
    silent: list[int] = []
    for row in series.order():
        tone = series.tone(row)
        (eyes if tone in _EYES else silent if tone == "missing" else usual).append(row)
    return Groups(tuple(eyes), tuple(usual), tuple(silent))


def minis_html(
    series: SeriesSet,
    rows: Sequence[int],
    palette: Palette,
    *,
    title: str,
    name: Callable[[int], str],
    href: Callable[[int], str],
) -> str:
    """Little control charts, each with its own scale and its newest finished value."""
    panels = "".join(_panel(series, row, palette, name(row), href(row)) for row in rows)
    return f'<section class="gg-minis" aria-label="{escape(title, quote=True)}">{panels}</section>'


def _panel(series: SeriesSet, row: int, palette: Palette, name: str, href: str) -> str:
    metric, tone = METRICS[series.metric[row]], series.tone(row)
    at = series.newest(row)
    value = formats.value(float(series.value[row, at]), metric.unit) if at is not None else "—"
    shown = np.where(series.few[row], np.nan, series.value[row])
    known = np.flatnonzero(~np.isnan(shown))
    limits: dict[str, float | None] = {"mean": None, "lower": None, "upper": None}
    if at is not None and series.is_judged[row]:
        frame = series.frame(row)
        limits = {key: float(frame[key].iloc[at]) for key in limits}
    words = f"{name} {value}, {state_words(tone)}"
    drawing = sparkline(
        [None if np.isnan(v) else float(v) for v in shown],
        palette,
        state=tone,
        partial=bool(len(known) and series.partial[row, known[-1]]),
        alt=words,
        width=180,
        height=40,
        **limits,
    )
    sign = f'<span aria-hidden="true">{_SIGNS[tone]}</span> ' if tone in _SIGNS else ""
    head = (
        f'<span class="gg-mini-head"><span class="gg-mini-name" title="{escape(name, quote=True)}">'
        f'{escape(name)}</span><b class="gg-{tone}">{sign}{escape(value)}</b></span>'
    )
    address = escape(href, quote=True)
    said = escape(words, quote=True)
    return (
        f'<a class="gg-mini" href="{address}" target="_self" aria-label="{said}">'
        f"{head}{as_image(drawing, words)}</a>"
    )


def signals_table(
    found: Sequence[NewSignal],
    period: Callable[[NewSignal], str],
    href: Callable[[NewSignal], str],
) -> str:
    """The list of new signals as a table; a row leads to its series."""
    columns = [
        TableColumn("metric", _("指标")),
        TableColumn("grid", _("网格")),
        TableColumn("state", _("状态"), kind="state"),
        TableColumn("value", _("数值"), kind="number"),
        TableColumn("usual", _("正常波动范围"), kind="number", phone=False),
        TableColumn("rule", _("信号"), kind="muted", phone=False),
        TableColumn("since", _("起始"), kind="muted", phone=False),
        TableColumn("level", _("层级"), kind="muted", phone=False),
    ]
    rows: list[dict[str, Cell]] = []
    for signal in found:
        metric = METRICS[signal.metric]
        rows.append(
            {
                "metric": metric.label,
                "grid": signal.grid_name,
                "state": signal.tone,
                "value": formats.value(signal.value, metric.unit),
                "usual": formats.interval(signal.lower, signal.upper, metric.unit),
                "rule": signal_words(signal.signal),
                "since": period(signal),
                "level": level_name(signal.level),
                "href": href(signal),
            }
        )
    return table_html(columns, rows, caption=_("新信号"), href_key="href")


def periods_table(
    series: SeriesSet,
    rows: Sequence[int],
    heads: Sequence[str],
    first: str,
    name: Callable[[int], str],
    href: Callable[[int], str],
) -> str:
    """Long periods side by side: a row a series, a column a period; too few cases are marked."""
    columns = [TableColumn("name", first)]
    columns += [
        TableColumn(str(at), head, kind="number", phone=at >= len(heads) - 3)
        for at, head in enumerate(heads)
    ]
    body: list[dict[str, Cell]] = []
    for row in rows:
        unit = METRICS[series.metric[row]].unit
        cells: dict[str, Cell] = {"name": name(row), "href": href(row)}
        for at in range(len(heads)):
            value = float(series.value[row, at])
            few = bool(series.few[row, at])
            cells[str(at)] = formats.too_few() if few else formats.value(value, unit)
        body.append(cells)
    return table_html(columns, body, caption=first, href_key="href")
