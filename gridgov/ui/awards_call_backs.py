"""The call-back list (G12): which visits residents are asked about, and what they said."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from gridgov import formats
from gridgov.access.sessions import actor_of
from gridgov.awards.desk import SATISFIED_FROM
from gridgov.awards.evaluate import TrackResult
from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.queries.awards_events import award_events
from gridgov.report.tabular import table_bytes
from gridgov.ui import html
from gridgov.ui.awards_call_backs_file import (
    GRADE_NAMES,
    RESULT_NAMES,
    Answer,
    call_back_frame,
    read_answers,
)
from gridgov.ui.awards_html import Head, grid_html
from gridgov.ui.awards_state import Desk, case_of, flash, told_errors, track_choice
from gridgov.ui.awards_words import short_grid
from gridgov.ui.download import about, download
from gridgov.ui.page import cards, empty, note_table, section
from gridgov.ui.records import may_see_persons, record_look
from gridgov.ui.view import View, workspace
from gridgov.workspace.award import add_callback_result, list_callback_results
from gridgov.workspace.engine import writing

__all__ = ["call_backs_view"]

Rows = list[dict[str, Any]]


def call_backs_view(view: View, desk: Desk) -> None:
    """How far the calls are, the list of one candidate with its form, the list as a file."""
    result = track_choice(desk, key="call_backs")
    drawn = [
        row for row in desk.evaluation.callbacks.to_pylist() if row["worker_id"] in result.workers
    ]
    given = {
        row.event_key: Answer(row.candidate_id, row.event_key, row.result, row.satisfied)
        for row in list_callback_results(workspace(), desk.scheme.period.code, newest_only=False)
        if row.candidate_id in result.workers
    }
    limits = desk.scheme.flags["G12"]
    st.html(
        html.caption_html(
            _(
                "名单由程序按方案里的种子抽取：每人计入走访的 {share}，不少于 {least} 条；"
                "谁也不能挑，谁都能重抽得出同一份。居民否认的走访会列入“待复核记录”。",
                share=formats.percent(limits["share"], 0),
                least=formats.whole(limits["minimum"]),
            )
        )
    )
    if not drawn:
        empty(_("这一期没有可以抽查的走访。"), _("导入走访台账后，名单自动产生。"))
        return
    _progress(drawn, given)
    _one(view, desk, result, drawn, given)
    _whole_list(view, desk, result, drawn, given)


def _progress(drawn: Rows, given: dict[str, Answer]) -> None:
    answers = [given[row["visit_id"]] for row in drawn if row["visit_id"] in given]
    reached = [answer for answer in answers if answer.result != "unreachable"]
    denied = sum(answer.result == "denied" for answer in answers)
    asked = [answer.satisfied for answer in answers if answer.satisfied is not None]
    pleased = sum(grade >= SATISFIED_FROM for grade in asked)
    cards(
        [
            html.card_html(
                _("已回访"),
                formats.share(len(answers), len(drawn)),
                formats.ratio(len(answers), len(drawn), "条"),
            ),
            html.card_html(
                _("居民否认"),
                formats.headline(denied, "条"),
                _("联系上 {n} 条", n=formats.whole(len(reached))),
                state="changed" if denied else None,
                state_text=_("待复核"),
            ),
            html.card_html(
                _("满意"),
                formats.share(pleased, len(asked)),
                formats.ratio(pleased, len(asked), "条"),
            ),
        ]
    )


def _one(
    view: View, desk: Desk, result: TrackResult, drawn: Rows, given: dict[str, Answer]
) -> None:
    section(_("录入回访结果"))
    counts: dict[str, list[int]] = {}
    for row in drawn:
        done, size = counts.setdefault(row["worker_id"], [0, 0])
        counts[row["worker_id"]] = [done + (row["visit_id"] in given), size + 1]
    listed = sorted(counts, key=lambda who: result.candidate[result.workers.index(who)]["grid_id"])
    who = st.selectbox(
        _("候选人"),
        listed,
        format_func=lambda worker: _who(result, worker, counts[worker]),
        key=f"call_who_{result.track.name}",
        width=420,
    )
    if not may_see_persons(view):
        empty(_("逐条记录涉及居民个人，当前角色不能查看。"))
        return
    rows = _described(view, result, [row for row in drawn if row["worker_id"] == who])
    record_look(view, f"{_('抽查回访')} {who}", len(rows))
    frame = call_back_frame(rows, given)
    for column in ("结果", "满意度"):
        frame[column] = [_(text) if text else None for text in frame[column]]
    edited = st.data_editor(
        frame.drop(columns=["格格编号", "姓名"]),
        hide_index=True,
        disabled=["网格", "走访编号", "走访日期", "户"],
        column_config=_columns(),
        placeholder="",
        column_order=["走访日期", "结果", "满意度", "户", "网格", "走访编号"],
        height="content" if len(frame) <= 15 else 520,
        key=f"call_table_{who}_{len([r for r in rows if r['visit_id'] in given])}",
    )
    st.html(html.caption_html(_("前三档算满意。户为代号，电话由回访人在原系统查找；查看已留痕。")))
    if st.button(_("保存回访结果"), key="call_save"):
        with told_errors():
            answers = _changed(rows, edited, given)
            _save(view, desk, answers)


def _who(result: TrackResult, worker: str, count: list[int]) -> str:
    person = result.candidate[result.workers.index(worker)]
    told = _("{done} / {n} 已回访", done=count[0], n=count[1])
    return f"{person['name']} · {short_grid(person)} · {told}"


def _described(view: View, result: TrackResult, drawn: Rows) -> Rows:
    """The drawn visits with the candidate's name, the grid's and the household's pseudonym."""
    found = award_events(view.reader, [row["visit_id"] for row in drawn])
    events = found.set_index("event_id")
    rows = []
    for row in drawn:
        person = result.candidate[result.workers.index(row["worker_id"])]
        known = row["visit_id"] in events.index
        event = events.loc[row["visit_id"]] if known else {"grid_name": "", "household": ""}
        rows.append(
            {
                **row, "name": person["name"], "grid_name": event["grid_name"],
                "household": event["household"],
            }
        )  # fmt: skip
    return rows


def _columns() -> dict[str, Any]:
    text, choice = st.column_config.TextColumn, st.column_config.SelectboxColumn
    return {
        "网格": text(_("网格")),
        "走访编号": text(_("走访编号")),
        "走访日期": text(_("走访日期")),
        "户": text(_("户")),
        "结果": choice(_("结果"), options=[_(name) for name in RESULT_NAMES.values()]),
        "满意度": choice(_("满意度"), options=[_(name) for name in GRADE_NAMES.values()]),
    }


def _changed(rows: Rows, edited: pd.DataFrame, given: dict[str, Answer]) -> list[Answer]:
    """Answers that differ from those on file. Raises `UsageError` for a mark without a result."""
    results = {_(name): code for code, name in RESULT_NAMES.items()}
    grades = {_(name): grade for grade, name in GRADE_NAMES.items()}
    found = []
    pairs = zip(rows, edited["结果"], edited["满意度"], strict=True)
    for row, result, grade in pairs:
        if pd.isna(result) or not result:
            if not pd.isna(grade) and grade:
                raise UsageError(_("走访 {what} 填了满意度，还没有填结果", what=row["visit_id"]))
            continue
        code = results[str(result)]
        mark = grades.get(str(grade)) if code == "confirmed" and not pd.isna(grade) else None
        answer = Answer(row["worker_id"], row["visit_id"], code, mark)
        if given.get(row["visit_id"]) != answer:
            found.append(answer)
    return found


def _save(view: View, desk: Desk, answers: list[Answer]) -> None:
    if not answers:
        st.info(_("没有改动。"))
        return
    with writing(workspace()) as connection:
        for answer in answers:
            add_callback_result(
                connection, actor_of(view.identity), case_of(desk, answer.worker_id),
                event_key=answer.event_key, result=answer.result, satisfied=answer.satisfied,
            )  # fmt: skip
    flash(_("已保存 {n} 条回访结果，得分已重算。", n=len(answers)))
    st.rerun()


def _whole_list(
    view: View, desk: Desk, result: TrackResult, drawn: Rows, given: dict[str, Answer]
) -> None:
    section(_("整份名单"), _("下载后线下回访，填好“结果”和“满意度”两列再导入。"))
    if may_see_persons(view):
        download(
            _("下载回访名单"),
            lambda: table_bytes(
                call_back_frame(_described(view, result, drawn), given),
                "xlsx", about(_("抽查回访名单"), personal=True),
            ),
            name=_("抽查回访名单"), kind="xlsx", rows=len(drawn), key="call_list", personal=True,
        )  # fmt: skip
    file = st.file_uploader(
        _("填好的名单（xlsx 或 CSV）"), type=["xlsx", "csv"], max_upload_size=5, key="call_file"
    )
    if file is not None and st.button(_("导入回访结果"), key="call_import"):
        with told_errors():
            known = [(row["worker_id"], row["visit_id"]) for row in drawn]
            answers = read_answers(file.name, file.getvalue(), known)
            fresh = [answer for answer in answers if given.get(answer.event_key) != answer]
            _save(view, desk, fresh)
    _by_candidate(result, drawn, given)


def _by_candidate(result: TrackResult, drawn: Rows, given: dict[str, Answer]) -> None:
    """Progress a candidate, those with the most left first."""
    tally: dict[str, list[int]] = {}
    for row in drawn:
        own = tally.setdefault(row["worker_id"], [0, 0, 0])
        answer = given.get(row["visit_id"])
        own[0] += 1
        own[1] += answer is not None
        own[2] += answer is not None and answer.result == "denied"
    order = sorted(tally, key=lambda who: (tally[who][1] - tally[who][0], who))
    heads = [
        Head(_("候选人")), Head(_("已回访 / 抽取"), number=True), Head(_("居民否认"), number=True),
    ]  # fmt: skip
    body = [
        [
            html.escaped(_name(result, who)),
            f"{tally[who][1]} / {tally[who][0]}",
            formats.whole(tally[who][2]),
        ]
        for who in order
    ]
    fold = st.expander(_("每人进度"), on_change="rerun", key="call_progress")
    if fold.open:
        with fold:
            st.html(grid_html(heads, body, _("每人进度")))
    note_table(
        _("抽查回访进度"),
        pd.DataFrame(
            [(_name(result, who), *tally[who]) for who in order],
            columns=[_("候选人"), _("抽取"), _("已回访"), _("居民否认")],
        ),
    )


def _name(result: TrackResult, worker: str) -> str:
    person = result.candidate[result.workers.index(worker)]
    return f"{person['name']} · {short_grid(person)}"
