"""The parts that every page is made of, in the order in which a page reads.

A page: `view = page(...)`, load, `cards`, `show`, `records`, `foot`. What a page shows is noted on
the way, so that `foot` can offer the whole page as one workbook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from gridgov import formats
from gridgov.figures.chart import Chart
from gridgov.filters import Span
from gridgov.labels import labelled
from gridgov.locale import _, language
from gridgov.queries.choices import grid_path
from gridgov.ui import html
from gridgov.ui.behind import behind_button, behind_window
from gridgov.ui.download import definitions_block, file_stem, page_workbook, table_downloads
from gridgov.ui.figure import draw_figure
from gridgov.ui.view import View, current_view
from gridgov.warehouse import Reader

__all__ = [
    "Shown",
    "cards",
    "context_parts",
    "empty",
    "foot",
    "page",
    "section",
    "show",
    "table",
    "table_of",
]


# Rows, or what makes them.
Rows = pd.DataFrame | Callable[[], pd.DataFrame]


@dataclass(frozen=True)
class Shown:
    """A figure or table that a page has shown: what the page's workbook is made from.

    `rows` makes them: most looks at a page end without anybody asking for them.
    """

    title: str
    rows: Callable[[], pd.DataFrame]
    metrics: tuple[str, ...] = ()


@dataclass
class _Run:
    shown: list[Shown] = field(default_factory=list)


_RUN_KEY = "_shown_in_this_run"


def page(title: str, *, context: bool = True, needs: str | None = None) -> View:
    """Begin a page: its title and one line of context. Stops with a sentence where data is missing.

    `needs` names a log ("visit", "complaint", "activity") without which the page says nothing.
    """
    view = current_view()
    st.session_state[_RUN_KEY] = _Run()
    parts = context_parts(view) if context and view.has_data else []
    st.html(html.page_title_html(title, parts))
    if needs and view.has_data and not _has_rows(view, needs):
        empty(
            _("还没有{log}记录。", log=_LOGS[needs]()),
            _("请数据录入员在“数据导入”页导入{log}台账，本页随即可用。", log=_LOGS[needs]()),
        )
        st.stop()
    return view


_LOGS: dict[str, Callable[[], str]] = {
    "visit": lambda: _("走访"),
    "activity": lambda: _("活动"),
    "complaint": lambda: _("诉求"),
}


def _has_rows(view: View, log: str) -> bool:
    return bool(view.reader.rows(f"queries/has_{log}.sql")[0][0])


def context_parts(view: View) -> list[str]:
    """Period (and whether it is still running), comparison, place, further filters."""
    span, compared = view.filters.span, view.filters.compared
    parts = [_span_text(span)]
    if span.is_unfinished:
        parts[0] += _("（至 {day}，未完）", day=formats.day(span.end))
    if compared is not None:
        parts.append(
            _(
                "对比 {name} {span}",
                name=view.filters.compared_name,
                span=_days(compared),
            )
        )
    parts.append(place_name(view))
    chosen = [value for values in view.filters.where().values() for value in values]
    parts.extend(chosen)
    return parts


def place_name(view: View) -> str:
    """The name of the grid that the filters point at, or of the highest one visible."""
    grid_id = view.filters.grid_id
    if grid_id is not None:
        path = grid_path(view.reader, grid_id)
        if path:
            return path[-1].name
    return root_name(view.reader) or _("全部")


def root_name(reader: Reader) -> str:
    """The name of the highest grid that the reader may see; empty where there is none."""
    if "grid" not in reader.tables():
        return ""
    roots = reader.rows("queries/grid_children.sql", grid_id=None)
    if not roots:
        return ""
    return roots[0][1] if len(roots) == 1 else _("{name}等", name=roots[0][1])


def _span_text(span: Span) -> str:
    first, last = span.start, span.whole_end
    if first.day == 1 and (first.month, last.month) in {(1, 6), (7, 12)} and last.day >= 30:
        return formats.period(f"{first.year}H{1 if first.month == 1 else 2}")
    if first.replace(day=1) == last.replace(day=1) and first.day == 1:
        return formats.month(first)
    return _days(span)


def _days(span: Span) -> str:
    return f"{formats.day(span.start)} ~ {formats.day(span.end)}"


def section(title: str, note: str = "") -> None:
    """A section's heading with, if need be, one muted line."""
    st.html(html.section_html(title) + (html.caption_html(note) if note else ""))


def empty(sentence: str, next_step: str = "") -> None:
    """Say that there is nothing here and what to do."""
    st.html(html.empty_state_html(sentence, next_step))


def cards(bodies: Sequence[str]) -> None:
    """A row of metric cards (HTML from `gridgov.ui.html.card_html`), three a row when wide."""
    st.html(html.cards_html(bodies))


def show(
    chart: Chart,
    key: str,
    *,
    metrics: Iterable[str] = (),
    note: str = "",
    on_click: Callable[[dict[str, object]], None] | None = None,
    of_period: bool = False,
) -> None:
    """Show a chart with its text alternative, its note, and its table, definition and downloads.

    A chart over time marks an unfinished period in itself; one that sums the filters' period up
    (`of_period`) says so in its note.

    `on_click` receives the clicked point (plotly's fields, `customdata` among them) once per click.
    """
    view, shown = current_view(), Shown(chart.title, chart.rows, tuple(metrics))
    _note(shown)
    point = draw_figure(
        chart, key, name=file_stem(chart.title), context=formats.listing(context_parts(view)),
        is_clickable=on_click is not None,
    )  # fmt: skip
    if point is not None and on_click is not None:
        on_click(point)
    span = view.filters.span
    if of_period and span.is_unfinished:
        note += ("" if language() != "en" or not note else " ") + _(
            "时段未完，数据至 {day}。", day=formats.day(span.end)
        )
    _below(shown, key, note)


def table(
    title: str,
    rows: Rows,
    body: str,
    key: str,
    *,
    metrics: Iterable[str] = (),
    note: str = "",
) -> None:
    """Show a table already set as HTML, with the same offers as a chart.

    `rows`: what it shows under readers' names, or what makes them when somebody asks.
    """
    shown = Shown(title, _asked(rows), tuple(metrics))
    _note(shown)
    st.html(body)
    _below(shown, key, note)


def table_of(
    title: str, frame: pd.DataFrame, key: str, *, height: int = 360, personal: bool = False
) -> None:
    """Show rows (labels as column names) in a scrolling, sortable table and offer them.

    `personal`: the rows are about single residents.
    """
    _note(Shown(title, lambda: frame))
    # A short table is as high as its rows; a long one scrolls.
    is_long = len(frame) > height // 36
    st.dataframe(
        labelled(frame), hide_index=True, height=height if is_long else "auto", alt=title, key=key,
        placeholder=formats.MISSING,
    )  # fmt: skip
    table_downloads(title, frame, (), key=key, personal=personal)


def note_table(title: str, rows: Rows) -> None:
    """Put rows that the page shows in a form of its own into the page's workbook."""
    _note(Shown(title, _asked(rows)))


def _asked(rows: Rows) -> Callable[[], pd.DataFrame]:
    return rows if callable(rows) else lambda: rows


def _note(shown: Shown) -> None:
    run = st.session_state.get(_RUN_KEY)
    if isinstance(run, _Run):
        run.shown.append(shown)


def _below(shown: Shown, key: str, note: str) -> None:
    """The line under a figure: what to see, and a quiet door to table, definition, download."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"below_{key}"):
        if note:
            st.html(html.caption_html(note), width="stretch")
        door = st.popover(_("数据与口径"), type="tertiary", on_change="rerun", key=f"more_{key}")
        if door.open:
            with door:
                frame = shown.rows()
                st.dataframe(
                    labelled(frame), hide_index=True, height=240, alt=shown.title,
                    placeholder=formats.MISSING,
                )  # fmt: skip
                definitions_block(shown.metrics)
                table_downloads(shown.title, frame, shown.metrics, key=key)
                behind_button(shown.metrics, key, closes=f"more_{key}")


def foot(metrics: Iterable[str] = ()) -> None:
    """The foot of a page, folded: definitions, and everything shown as one workbook."""
    run = st.session_state.get(_RUN_KEY)
    shown = run.shown if isinstance(run, _Run) else []
    codes = tuple(dict.fromkeys([*metrics, *(code for item in shown for code in item.metrics)]))
    fold = st.expander(_("口径与下载"), on_change="rerun", key="page_foot")
    if fold.open:
        with fold:
            definitions_block(codes)
            if shown:
                page_workbook([(item.title, item.rows()) for item in shown], codes)
            behind_button(codes, "page")
    behind_window()
