"""A board: several saved questions on one page, answered with the filters that all pages share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from gridgov import formats
from gridgov.access.roles import Role
from gridgov.access.sessions import actor_of
from gridgov.errors import GridGovError
from gridgov.explore.builder import Cut
from gridgov.explore.builder_chart import answer_chart
from gridgov.explore.chart_choice import choose_chart
from gridgov.explore.copy import deidentified_copy
from gridgov.explore.limits import MIB, Limits
from gridgov.explore.parameters import parameter_names, parameter_value
from gridgov.explore.pivot import pivot
from gridgov.explore.question_file import cut_of
from gridgov.explore.result import SqlResult
from gridgov.explore.sandbox import run_sql
from gridgov.locale import _
from gridgov.ui import html
from gridgov.ui.cache import kept
from gridgov.ui.explore_answer import answer_of, facts, shape_of_answer
from gridgov.ui.explore_html import pivot_html
from gridgov.ui.explore_state import viewer_id
from gridgov.ui.links import link
from gridgov.ui.page import empty, show
from gridgov.ui.sql_result import first_chart, listed, result_line
from gridgov.ui.sql_state import owner_of
from gridgov.ui.view import View, workspace
from gridgov.workspace import audit
from gridgov.workspace.board import Board, BoardItem
from gridgov.workspace.engine import writing
from gridgov.workspace.question import Question, find_question, question_version

__all__ = ["draw_board"]

_BOARD_ROWS = 500
_BOARD_LIMITS = Limits(result_bytes=4 * MIB)  # 64 answers are kept: together a quarter of a GiB


def draw_board(board: Board, view: View) -> None:
    """Every question of the board in its place, two beside each other where they are narrow."""
    about = html.caption_html(board.description) if board.description else ""
    st.html(html.section_html(board.name) + about)
    row: list[BoardItem] = []
    for item in board.items:
        if sum(other.width for other in row) + item.width > 12:
            _draw_row(row, view)
            row = []
        row.append(item)
    _draw_row(row, view)


def _draw_row(row: list[BoardItem], view: View) -> None:
    if not row:
        return
    left = 12 - sum(item.width for item in row)
    widths = [item.width for item in row] + ([left] if left else [])
    for column, item in zip(st.columns(widths, gap="medium"), row, strict=False):
        with column:
            _draw_item(item, view)


def _draw_item(item: BoardItem, view: View) -> None:
    question = find_question(workspace(), item.question_id, viewer_id(view))
    with st.container(border=True, key=f"board_item_{item.question_id}"):
        if question is None:
            empty(_("这个问题已删除或不再共享。"), _("可在“调整看板”里移除。"))
            return
        st.html(html.section_html(item.title or question.name))
        if question.description:
            st.html(html.caption_html(question.description))
        try:
            if question.kind == "sql":
                _draw_sql(question, view)
            else:
                _draw_cut(question, view)
        except GridGovError as error:
            empty(str(error))


def _definition(question: Question, view: View) -> Mapping[str, Any]:
    found = question_version(workspace(), question.id, viewer_id(view))
    return {} if found is None else found.definition


def _draw_cut(question: Question, view: View) -> None:
    cut: Cut = cut_of(_definition(question, view))
    answer = kept(answer_of, cut.changed(chart=None))
    if answer.rows.empty or (answer.rows["state"] == "missing").all():
        empty(_("所选范围内没有数据。"), _("可在左侧放宽时段或网格。"))
    else:
        kind = choose_chart(shape_of_answer(answer), cut.chart)
        chart, note = answer_chart(answer, kind, view.reader, view.palette)
        if chart is None:
            said = html.caption_html(facts(answer))
            st.html(pivot_html(pivot(answer), question.name) + said)
        else:
            said = formats.listing(part for part in (note, *answer.notes) if part)
            show(chart, f"board_{question.id}", metrics=cut.metrics, note=said)
    link("explore", view.filters, label=_("在自助分析里打开"), **cut.to_url())


def _draw_sql(question: Question, view: View) -> None:
    if not view.identity.has(Role.ANALYST):
        empty(_("这一项是 SQL 查询，只有数据分析员可以运行。"))
        return
    definition = _definition(question, view)
    sql = str(definition.get("sql", ""))
    given = dict(definition.get("parameters", {}))
    span = view.filters.span
    # The shared filters reach a query under these names; whatever else it takes was saved with it.
    given |= {"start": str(span.start), "end": str(span.end)}
    if view.filters.grid_id is not None:
        given["grid_id"] = view.filters.grid_id
    values = tuple((name, str(given.get(name, ""))) for name in parameter_names(sql))
    database = deidentified_copy(view.reader.version, view.identity.grid_ids)
    stamp = database.stat().st_mtime_ns
    result = _sql_answer(str(database), stamp, sql, values, owner_of(view), _view=view)
    chart = first_chart(result, view.palette)
    if chart is None:
        st.dataframe(listed(result).to_pandas(), hide_index=True, height=260)
    else:
        show(chart, f"board_{question.id}")
    st.html(html.caption_html(result_line(result)))
    link("sql", view.filters, label=_("在 SQL 查询里打开"), q=str(question.id))


@st.cache_resource(show_spinner=False, max_entries=64)
def _sql_answer(
    database: str, stamp: int, sql: str, values: tuple[tuple[str, str], ...], owner: str, *,
    _view: View,
) -> SqlResult:  # fmt: skip
    """The first rows of a query; its text and rows are recorded as on the SQL page."""
    parameters = {name: parameter_value(text) for name, text in values}
    result = run_sql(
        Path(database), sql, parameters=parameters, max_rows=_BOARD_ROWS, limits=_BOARD_LIMITS,
        owner=owner,
    )  # fmt: skip
    detail = {"sql": sql, "version": _view.reader.version.number, "board": True}
    with writing(workspace()) as connection:
        audit.record(
            connection, actor_of(_view.identity), "sql.run", sql[:120], detail, result.row_count
        )
    return result
