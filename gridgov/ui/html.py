"""Pieces of HTML as text: cards, tags, tables, context lines, empty states. No Streamlit here.

Everything that comes from data is escaped; only `sparkline` takes markup, made by
`gridgov.figures.sparkline`. The classes are those of `gridgov.ui.theme`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from gridgov import formats
from gridgov.figures.control import state_words
from gridgov.figures.spark import as_image
from gridgov.locale import _

__all__ = [
    "Cell",
    "TableColumn",
    "brand_html",
    "caption_html",
    "card_html",
    "cards_html",
    "concern_html",
    "context_line_html",
    "definition_list_html",
    "empty_state_html",
    "escaped",
    "page_title_html",
    "section_html",
    "state_tag_html",
    "summary_html",
    "table_html",
]

Cell = str | float | int | None
Kind = Literal["text", "number", "bar", "state", "muted", "short"]
# A number, then a space of either kind and the unit.
_FIGURE = re.compile(r"([\d,.+\u2212]+)([ \u2009].+)")
_STATES = frozenset({"better", "worse", "changed", "usual", "missing"})
# The sign before the word says the state without colour; no arrow, for up may be worse.
_SIGNS = {"better": "●", "worse": "■", "changed": "◆", "missing": "○"}


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of `table_html`.

    `kind`: text, muted (text in grey), short (text that stays on one line), number (right-aligned,
    tabular), bar (number with a bar from zero behind it), state (a tag). `unit` as for
    `gridgov.formats.value`. `phone=False` leaves the column out on a narrow screen.
    """

    key: str
    label: str
    kind: Kind = "text"
    unit: str = ""
    phone: bool = True


def _e(text: object) -> str:
    return escape(str(text), quote=True)


def _state(state: str) -> str:
    return state if state in _STATES else "usual"


def state_tag_html(state: str, words: str | None = None) -> str:
    """The tag of a state: its sign, its word, its colour."""
    known = _state(state)
    sign = _SIGNS.get(known)
    mark = f'<span aria-hidden="true">{sign}</span> ' if sign else ""
    return f'<span class="gg-tag gg-{known}">{mark}{_e(words or state_words(known))}</span>'


def card_html(
    name: str,
    figure: str,
    line: str = "",
    *,
    state: str | None = None,
    state_text: str | None = None,
    comparison: str = "",
    sparkline: str = "",
    href: str | None = None,
    hint: str = "",
) -> str:
    """A metric card: name and state, the figure, its numerator and denominator, its line.

    `figure` as from `formats.headline`; `comparison` is a second muted line (against what, how
    much); `sparkline` is SVG text; with `href` the whole card leads on; `hint` is the definition
    shown on hover.
    """
    tag = state_tag_html(state, state_text) if state else ""
    said = ", ".join(
        part
        for part in (name, figure, state_words(_state(state)) if state else "", line, comparison)
        if part
    )
    parts = [
        f'<span class="gg-card-head"><span class="gg-card-name">{_e(name)}</span>{tag}</span>',
        f'<span class="gg-figure">{_figure(figure)}</span>',
    ]
    if line:
        parts.append(f'<span class="gg-line">{_e(line)}</span>')
    if comparison:
        parts.append(f'<span class="gg-line">{_e(comparison)}</span>')
    if sparkline:
        parts.append(f'<span class="gg-spark" aria-hidden="true">{as_image(sparkline)}</span>')
    inside = "".join(parts)
    names = f'aria-label="{_e(said)}"' + (f' title="{_e(hint)}"' if hint else "")
    if href:
        return f'<a class="gg-card" href="{_e(href)}" target="_self" {names}>{inside}</a>'
    return f'<div class="gg-card" role="group" {names}>{inside}</div>'


def _figure(text: str) -> str:
    """The number large, its unit behind the space smaller."""
    found = _FIGURE.match(text)
    if found is None:
        return _e(text)
    number, unit = found.groups()
    return f'{_e(number)}<span class="gg-unit">{_e(unit)}</span>'


def cards_html(cards: Sequence[str]) -> str:
    """Cards three in a row, one in a row on a phone, in reading order."""
    return f'<div class="gg-cards">{"".join(cards)}</div>'


def brand_html(name: str, place: str = "") -> str:
    """The product's name and whose data it shows, at the top of the side bar."""
    where = f"<span> · {_e(place)}</span>" if place else ""
    return f'<p class="gg-brand"><b>{_e(name)}</b>{where}</p>'


def escaped(text: object) -> str:
    """Text from data, safe inside markup."""
    return _e(text)


def concern_html(
    nature: str, kind: str, title: str, line: str, place: str = "", step: str = ""
) -> str:
    """A concern: its nature as a small tag, its title, place and next step (HTML), a muted line.

    Lateness and worsening stand out.
    """
    parts = " · ".join(part for part in (place, _e(line)) if part)
    state = "worse" if kind in {"overdue_persons", "overdue_cases", "signal", "rising"} else "usual"
    return (
        f'<div class="gg-concern"><span class="gg-tag gg-nature gg-{state}">{_e(nature)}</span>'
        f'<div>{title}<p class="gg-caption">{parts}</p></div>{step}</div>'
    )


def definition_list_html(rows: Sequence[tuple[str, str, str]]) -> str:
    """Names, each with a muted line of facts and a sentence."""
    body = "".join(
        f'<dt>{_e(name)}</dt><dd><span class="gg-caption">{_e(facts)}</span>{_e(text)}</dd>'
        for name, facts, text in rows
    )
    return f'<dl class="gg-definitions">{body}</dl>'


def page_title_html(title: str, context: Sequence[str] = ()) -> str:
    """The title of a page and under it its one line of context."""
    return f'<h1 class="gg-title">{_e(title)}</h1>{context_line_html(context)}'


def section_html(title: str) -> str:
    """The heading of a section."""
    return f'<h2 class="gg-section">{_e(title)}</h2>'


def context_line_html(parts: Sequence[str]) -> str:
    """Period, comparison, place, unfinished or not: one muted line."""
    shown = [f"<span>{_e(part)}</span>" for part in parts if part]
    return f'<p class="gg-context">{"".join(shown)}</p>' if shown else ""


def caption_html(text: str) -> str:
    """The muted line below a chart: what to see, and n."""
    return f'<p class="gg-caption">{_e(text)}</p>'


def summary_html(lines: Sequence[str]) -> str:
    """The summary: one sentence a line."""
    return f'<ul class="gg-summary">{"".join(f"<li>{_e(line)}</li>" for line in lines)}</ul>'


def empty_state_html(sentence: str, next_step: str = "", href: str | None = None) -> str:
    """Nothing to show, in a sentence, and the next step (a link where there is one)."""
    step = ""
    if next_step:
        step = (
            f' <a href="{_e(href)}" target="_self">{_e(next_step)}</a>'
            if href
            else f" {_e(next_step)}"
        )
    return f'<div class="gg-empty" role="status">{_e(sentence)}{step}</div>'


def _cell(column: TableColumn, value: Cell, most: float) -> str:
    """One cell; the longest bar of a column fills it."""
    hidden = "" if column.phone else " gg-wide"
    if column.kind == "state":
        tag = state_tag_html(str(value)) if value else ""
        return f'<td class="{hidden.strip()}">{tag}</td>'
    if column.kind in ("number", "bar"):
        amount = value if isinstance(value, int | float) else None
        text = (
            formats.value(amount, column.unit)
            if amount is not None or value is None
            else str(value)
        )
        if column.kind == "number" or amount is None or formats.is_missing(amount) or most <= 0:
            return f'<td class="gg-num{hidden}">{_e(text)}</td>'
        part = max(min(amount / most, 1.0), 0.0) * 100
        return (
            f'<td class="gg-num gg-bar{hidden}"><span class="gg-track" aria-hidden="true">'
            f'<span style="width:{part:.1f}%"></span></span><span>{_e(text)}</span></td>'
        )
    muted = {"muted": " gg-muted", "short": " gg-short"}.get(column.kind, "")
    text = formats.MISSING if value is None or formats.is_missing(value) else str(value)
    return f'<td class="{(muted + hidden).strip()}">{_e(text)}</td>'


def _head(column: TableColumn) -> str:
    classes = "gg-num" if column.kind in ("number", "bar") else ""
    classes += "" if column.phone else " gg-wide"
    return f'<th scope="col" class="{classes.strip()}">{_e(column.label)}</th>'


def table_html(
    columns: Sequence[TableColumn],
    rows: Sequence[Mapping[str, Cell]],
    *,
    caption: str = "",
    href_key: str | None = None,
) -> str:
    """A table with figures to the right and bars inside their cells.

    `rows`: mappings from column key to raw values (fractions for "%"); `href_key` names the key
    whose value is the address that the first cell of a row leads to; `caption` names the table
    for those who hear it.
    """
    heads = "".join(_head(column) for column in columns)
    most = {}
    for column in columns:
        values = [row.get(column.key) for row in rows]
        found = [
            float(v) for v in values if isinstance(v, int | float) and not formats.is_missing(v)
        ]
        most[column.key] = max(found, default=0.0)
    body = []
    for row in rows:
        cells = [_cell(column, row.get(column.key), most[column.key]) for column in columns]
        address = row.get(href_key) if href_key else None
        if address and cells:
            start, end = cells[0].index(">") + 1, cells[0].rindex("</td>")
            link = f'<a href="{_e(address)}" target="_self">{cells[0][start:end]}</a>'
            cells[0] = cells[0][:start] + link + cells[0][end:]
        body.append(f"<tr>{''.join(cells)}</tr>")
    name = f'<caption class="gg-hidden">{_e(caption)}</caption>' if caption else ""
    if not rows:
        body.append(
            f'<tr><td class="gg-muted" colspan="{len(columns)}">{_e(_("没有记录"))}</td></tr>'
        )
    # A focusable region: a wide table scrolls inside itself by keyboard too, never the page.
    return (
        f'<div class="gg-table" role="region" tabindex="0" aria-label="{_e(caption or _("表格"))}">'
        f"<table>{name}<thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )
