"""The sections of the complaints page, in the order in which it reads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from gridgov import formats
from gridgov.filters import Filters
from gridgov.judgement import Judged, judge
from gridgov.locale import _
from gridgov.queries.complaints_evidence import (
    authority_standing,
    category_standing,
    funnel,
    grid_volumes,
    handling,
    open_ages,
    open_cases,
    pareto_categories,
)
from gridgov.ui.cache import drawn, kept
from gridgov.ui.complaints_charts import (
    ages_chart,
    funnel_chart,
    grids_chart,
    handling_chart,
    handling_note,
    pareto_chart,
)
from gridgov.ui.complaints_tables import (
    authority_html,
    authority_named,
    categories_html,
    categories_named,
    open_rows,
)
from gridgov.ui.evidence import (
    clicked_key,
    compared_name,
    control,
    heading,
    to_grid,
    uncompared_note,
)
from gridgov.ui.page import section, show, table
from gridgov.ui.records import records
from gridgov.ui.sidebar import set_filters
from gridgov.ui.view import View
from gridgov.warehouse import Reader

__all__ = ["HEADLINES", "categories", "headline", "open_list", "outcomes", "places", "process"]

HEADLINES = ("C3", "C10", "C5", "C6", "C13", "C9")


def headline(reader: Reader, filters: Filters) -> list[Judged]:
    """The judged headline metrics; those with a chart below are taken from here."""
    return judge(reader, HEADLINES, filters)


def process(view: View) -> None:
    """How far the period's complaints have come, and how long closing takes."""
    left, right = st.columns(2, gap="medium")
    with left:
        note = _("只看本期受理的诉求，截至 {day}；百分比的分母：", day=formats.day(view.data_date))
        note += _("联系、办结对受理，回访对办结，接通对回访，解决、满意对接通。")
        chart = drawn("funnel", lambda: funnel_chart(kept(funnel), view.palette))
        show(chart, "funnel", metrics=("C7", "C5", "C6"), note=note, of_period=True)
    with right:
        found = kept(handling)
        chart = drawn("handling", lambda: handling_chart(found, view.palette))
        show(chart, "handling", metrics=("C10",), note=handling_note(found), of_period=True)


def outcomes(view: View, judged: dict[str, Judged]) -> None:
    """On time by working-day deadline over time, and which categories make up the bulk."""
    left, right = st.columns(2, gap="medium")
    with left:
        control(view, judged["C3"], "c3")
    with right:
        chart = drawn("pareto", lambda: pareto_chart(kept(pareto_categories), view.palette))
        note = _("蓝色为合计占到八成的类别；点一类只看这一类。")
        show(chart, "pareto", metrics=("C1",), note=note, on_click=_to_category, of_period=True)


def _to_category(point: Mapping[str, object]) -> None:
    key = clicked_key(point)
    if key:
        set_filters(category=key)


def categories(view: View) -> None:
    """Every category: more or fewer than before, by more than chance, and how it ends."""
    frame = kept(category_standing)
    if frame.empty:
        return
    section(_("各类诉求"))
    note, name = uncompared_note(view, "complaint"), compared_name(view, "complaint")
    if name:
        note = _(
            "“{name}”已按天数折算到同样长短；件数的增减大到偶然很难出现时标“有变化”。",
            name=name,
        )
    codes = ("C1", "C3", "C9", "C13")
    body = drawn("categories", lambda: categories_html(view, frame))
    table(
        _("各类诉求"),
        partial(categories_named, frame),
        body,
        "categories",
        metrics=codes,
        note=note,
    )


def places(view: View) -> None:
    """Where complaints come from, and how old the open ones are."""
    left, right = st.columns(2, gap="medium")
    with left:
        chart = drawn("grids", lambda: grids_chart(kept(grid_volumes), view.palette))
        note = _("诉求多少只作背景，不评好坏；紫色：与自身过往比有变化。点一个网格只看这个网格。")
        show(chart, "complaint_grids", metrics=("C1",), note=note, on_click=to_grid, of_period=True)
    with right:
        frame = kept(open_ages)
        note = _(
            "截至 {day} 在办 {n} 件，其中超期 {late} 件。",
            day=formats.day(view.data_date),
            n=formats.whole(frame["cases"].sum()),
            late=formats.whole(frame["overdue"].sum()),
        )
        chart = drawn("ages", lambda: ages_chart(frame, view.palette))
        show(chart, "ages", metrics=("C13",), note=note)
        heading(_("权责内外"))
        scopes = kept(authority_standing)
        note = _("权责外的诉求不计入任何格格的得分。")
        body = drawn("authority", lambda: authority_html(scopes))
        table(
            _("权责内外"),
            partial(authority_named, scopes),
            body,
            "authority",
            metrics=("C14",),
            note=note,
        )


def open_list(view: View) -> None:
    """The open cases one by one, for those who may see them."""
    section(_("在办诉求"), _("截至 {day}，期限最近的在前", day=formats.day(view.data_date)))
    records(
        view,
        _("在办诉求"),
        lambda: open_rows(open_cases(view.reader, view.filters)),
        "open_complaints",
        table="fact_complaint",
    )
