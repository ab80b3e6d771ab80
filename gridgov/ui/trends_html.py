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
from gridgov.small_counts import small_words
from gridgov.trends.newest import NewSignal
from gridgov.trends.series import SeriesSet
from gridgov.trends.targets import ASSURANCE, target_words
from gridgov.ui.html import Cell, TableColumn, state_tag_html, table_html

__all__ = ["Groups", "grouped", "minis_html", "periods_table", "signals_table", "unit_of"]

_SIGNS = {"better": "●", "worse": "■", "changed": "◆"}
_EYES = frozenset(_SIGNS)
_FAIL = ASSURANCE.index("fail")


@dataclass(frozen=True)
class Groups:
    """Series numbers of a set: what needs eyes (in order), what is as usual, what is not judged."""

    eyes: tuple[int, ...]
    usual: tuple[int, ...]
    silent: tuple[int, ...]


def grouped(series: SeriesSet) -> Groups:
    """Part a set by state, each part in the order of attention.

    A series as usual whose target it never meets needs eyes as well.
    """
    eyes: list[int] = []
    usual: list[int] = []
    silent: list[int] = []
    for row in series.order():
        tone = series.tone(row)
        failing = series.is_judged[row] and series.judged.assurance[row] == _FAIL
        watched = tone in _EYES or failing
        (eyes if watched else silent if tone == "missing" else usual).append(row)
    return Groups(tuple(eyes), tuple(usual), tuple(silent))


def minis_html(
    series: SeriesSet,
    rows: Sequence[int],
    palette: Palette,
    *,
    title: str,
    name: Callable[[int], str],
    href: Callable[[int], str],
    aim: Callable[[int], str],
    wide: bool = False,
) -> str:
    """Little control charts, each with its own scale and its newest finished value.

    `aim`: the words of a series' target, "" where it has none.

    `wide`: names are long and units differ, so each has more room and says its unit.
    """
    panels = "".join(
        _panel(series, row, palette, name(row), href(row), aim(row), bare=not wide) for row in rows
    )
    room = ' style="grid-template-columns:repeat(auto-fill,minmax(205px,1fr))"' if wide else ""
    said = escape(title, quote=True)
    return f'<section class="gg-minis" aria-label="{said}"{room}>{panels}</section>'


def _panel(
    series: SeriesSet,
    row: int,
    palette: Palette,
    name: str,
    href: str,
    aim: str,
    *,
    bare: bool,
) -> str:
    unit, tone, at = unit_of(series.metric[row]), series.tone(row), series.newest(row)
    amount = float(series.value[row, at]) if at is not None else None
    value, full = formats.bare(amount, unit), formats.value(amount, unit)
    if at is not None and series.hidden[row, at]:
        value = full = small_words()
    words = ", ".join(part for part in (f"{name} {full}", state_words(tone), aim) if part)
    value = value if bare else full
    sign = f'<span aria-hidden="true">{_SIGNS[tone]}</span> ' if tone in _SIGNS else ""
    head = (
        f'<span class="gg-mini-head"><span class="gg-mini-name" title="{escape(name, quote=True)}">'
        f'{escape(name)}</span><b class="gg-{tone}">{sign}{escape(value)}</b></span>'
    )
    drawing = as_image(_drawing(series, row, palette, words, 180, 40), words)
    below = f'<span class="gg-muted">{escape(aim)}</span>' if aim else ""
    return (
        f'<a class="gg-mini" href="{escape(href, quote=True)}" target="_self" '
        f'aria-label="{escape(words, quote=True)}">{head}{drawing}{below}</a>'
    )


def _drawing(
    series: SeriesSet, row: int, palette: Palette, words: str, width: int, height: int
) -> str:
    """The sparkline of one series with the range that is in force at its newest judged value."""
    shown = series.shown(row)
    known = np.flatnonzero(~np.isnan(shown))
    at = series.newest(row)
    told = None if at is None else series.limits(row, at)
    # Sums of floats differ in the last place: a flat line must not stretch to fill its box.
    limits = {
        name: None if told is None else round(told[place], 9)
        for place, name in enumerate(("mean", "lower", "upper"))
    }
    return sparkline(
        [None if np.isnan(v) else round(float(v), 9) for v in shown],
        palette,
        state=series.tone(row),
        partial=bool(len(known) and series.partial[row, known[-1]]),
        alt=words,
        width=width,
        height=height,
        **limits,
    )


def unit_of(code: str) -> str:
    """The unit of a metric as figures carry it."""
    return METRICS[code].unit


def signals_table(
    found: Sequence[NewSignal],
    series: SeriesSet,
    palette: Palette,
    *,
    grid: Callable[[NewSignal], str],
    period: Callable[[NewSignal], str],
    href: Callable[[NewSignal], str],
) -> str:
    """The list of new signals: a row leads to its series, whose line stands in it."""
    place = {key: at for at, key in enumerate(zip(series.metric, series.grid_id, strict=True))}
    heads = (
        (_("指标"), ""), (_("网格"), ""), (_("走势"), "gg-wide"), (_("状态"), ""),
        (_("数值"), "gg-num"), (_("正常波动范围"), "gg-num gg-wide"), (_("信号"), "gg-wide"),
        (_("起始"), "gg-wide"),
    )  # fmt: skip
    body = []
    for signal in found:
        unit = unit_of(signal.metric)
        row = place.get((signal.metric, signal.grid_id))
        aim = target_words(signal.metric, signal.target, signal.assurance)
        line = "" if row is None else as_image(_drawing(series, row, palette, "", 120, 26))
        cells = (
            f'<a href="{escape(href(signal), quote=True)}" target="_self">'
            f"{escape(METRICS[signal.metric].label)}</a>",
            f'<span style="white-space:nowrap">{escape(grid(signal))}</span>',
            f'<span style="display:block;width:120px">{line}</span>',
            state_tag_html(signal.tone),
            escape(small_words() if np.isnan(signal.value) else formats.value(signal.value, unit))
            + (f'<br><span class="gg-muted">{escape(aim)}</span>' if aim else ""),
            escape(formats.interval(signal.lower, signal.upper, unit)),
            f'<span class="gg-muted">{escape(signal_words(signal.signal))}</span>',
            f'<span class="gg-muted" style="white-space:nowrap">{escape(period(signal))}</span>',
        )
        columns = zip(cells, heads, strict=True)
        body.append("".join(f'<td class="{kind}">{cell}</td>' for cell, (_h, kind) in columns))
    top = "".join(f'<th scope="col" class="{kind}">{escape(head)}</th>' for head, kind in heads)
    rows = "".join(f"<tr>{row}</tr>" for row in body)
    name = escape(_("新信号"), quote=True)
    return (
        f'<div class="gg-table" role="region" tabindex="0" aria-label="{name}"><table>'
        f"<thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


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
        unit = unit_of(series.metric[row])
        cells: dict[str, Cell] = {"name": name(row), "href": href(row)}
        for at in range(len(heads)):
            value = float(series.value[row, at])
            few = bool(series.few[row, at])
            hidden = small_words() if series.hidden[row, at] else ""
            cells[str(at)] = hidden or (formats.too_few() if few else formats.value(value, unit))
        body.append(cells)
    return table_html(columns, body, caption=first, href_key="href")
