"""Review flags: how many, for whom, the records behind each, and what people found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from gridgov import formats
from gridgov.access.sessions import actor_of
from gridgov.awards.desk import ALL_RECORDS
from gridgov.awards.evaluate import TrackResult
from gridgov.awards.flags import FLAGS
from gridgov.locale import N_, _, pick
from gridgov.queries.awards_events import award_events
from gridgov.ui import html
from gridgov.ui.awards_html import Head, grid_html
from gridgov.ui.awards_state import Desk, case_of, flash, told_errors, track_choice
from gridgov.ui.awards_words import short_grid
from gridgov.ui.page import empty, note_table, section
from gridgov.ui.records import may_see_persons, record_look
from gridgov.ui.view import View, workspace
from gridgov.workspace.award import FlagVerdict, add_flag_verdict, list_flag_verdicts
from gridgov.workspace.engine import writing

__all__ = ["flags_view"]

_VERDICTS = {"confirmed": N_("属实：这些记录不计"), "dismissed": N_("不成立：照常计入")}
_SHORT = {"confirmed": N_("属实"), "dismissed": N_("不成立")}
Row = Mapping[str, Any]


def flags_view(view: View, desk: Desk) -> None:
    """Counts by flag, the list of those raised, the records of one, the verdict, the history."""
    result = track_choice(desk, key="flags")
    st.html(
        html.caption_html(
            _(
                "提示只用来请人复核：本身不扣一分。核实“属实”后，这些记录才不再计入；"
                "“不成立”则照常计入。每个结论都要写明理由。"
            )
        )
    )
    rows = [
        row for row in desk.evaluation.flagged.flag.to_pylist() if row["track"] == result.track.name
    ]
    verdicts = [
        row
        for row in list_flag_verdicts(workspace(), desk.scheme.period.code, newest_only=False)
        if row.candidate_id in result.workers
    ]
    raised = [row for row in rows if row["raised"]]
    _list(result, raised, verdicts)
    _one(view, desk, result, rows, verdicts)
    _counts(result, rows, verdicts)
    _history(result, verdicts)


def flag_name(code: str) -> str:
    kind = FLAGS[code]
    return pick(kind.zh, kind.en)


def _whole(verdicts: list[FlagVerdict]) -> dict[tuple[str, str], FlagVerdict]:
    """The newest word on all records behind a worker's flag."""
    return {(v.candidate_id, v.flag): v for v in verdicts if v.event_key == ALL_RECORDS}


def _person(result: TrackResult, worker: str) -> Row:
    return result.candidate[result.workers.index(worker)]


def _name_html(result: TrackResult, worker: str) -> str:
    person = _person(result, worker)
    grid = html.escaped(short_grid(dict(person)))
    return f'{html.escaped(person["name"])}<span class="aw-sub">{grid}</span>'


def _state(row: Row, told: Mapping[tuple[str, str], FlagVerdict]) -> str:
    verdict = told.get((row["worker_id"], row["flag"]))
    if verdict is not None:
        return f'<span class="gg-muted">{html.escaped(_(_SHORT[verdict.verdict]))}</span>'
    if FLAGS[row["flag"]].information:
        return f'<span class="gg-muted">{html.escaped(_("仅供参考"))}</span>'
    return html.state_tag_html("changed", _("待复核"))


def _list(result: TrackResult, raised: list[Row], verdicts: list[FlagVerdict]) -> None:
    told = _whole(verdicts)
    waiting = sum(
        (row["worker_id"], row["flag"]) not in told and not FLAGS[row["flag"]].information
        for row in raised
    )
    people = len({row["worker_id"] for row in raised})
    section(
        _("待复核的提示"),
        _(
            "{n} 条提示，涉及 {people} 人；其中 {waiting} 条待复核。",
            n=len(raised),
            people=people,
            waiting=waiting,
        ),
    )
    heads = [
        Head(_("候选人")), Head(_("提示")), Head(_("看什么"), wide=True),
        Head(_("本人"), number=True), Head(_("界限"), number=True),
        Head(_("记录"), number=True), Head(_("结论")),
    ]  # fmt: skip
    body = [
        [
            _name_html(result, row["worker_id"]),
            f"{row['flag']} {html.escaped(flag_name(row['flag']))}",
            html.escaped(_(FLAGS[row["flag"]].what)),
            _amount(row["flag"], row["value"]),
            _amount(row["flag"], row["threshold"]),
            formats.whole(row["records"]) if row["records"] else formats.MISSING,
            _state(row, told),
        ]
        for row in raised
    ]
    st.html(grid_html(heads, body, _("待复核的提示"), nothing=_("没有需要复核的提示")))
    note_table(
        _("待复核的提示"),
        pd.DataFrame(
            {
                _("姓名"): [_person(result, row["worker_id"])["name"] for row in raised],
                _("提示"): [row["flag"] for row in raised],
                _("本人"): [row["value"] for row in raised],
                _("界限"): [row["threshold"] for row in raised],
                _("记录"): [row["records"] for row in raised],
            }
        ),
    )


def _amount(flag: str, value: float) -> str:
    """Shares are fractions for these flags, counts or an index for the others."""
    if flag in ("G5", "G6", "G8"):
        return formats.percent(value)
    return f"{value:.2f}" if flag == "G9" else formats.number(value)


def _one(
    view: View, desk: Desk, result: TrackResult, rows: list[Row], verdicts: list[FlagVerdict]
) -> None:
    section(_("复核一条提示"))
    told = _whole(verdicts)
    listed = [row for row in rows if row["raised"]]
    listed.sort(
        key=lambda row: ((row["worker_id"], row["flag"]) in told, row["worker_id"], row["flag"])
    )
    if not listed:
        empty(_("没有提示需要复核。"), _("抽查回访录入后，居民否认的走访也会列在这里。"))
        return
    number = st.selectbox(
        _("提示"),
        range(len(listed)),
        format_func=lambda i: (
            f"{_person(result, listed[i]['worker_id'])['name']} · "
            f"{listed[i]['flag']} {flag_name(listed[i]['flag'])}"
        ),
        key=f"flag_which_{result.track.name}",
        width=420,
    )
    row = listed[number]
    st.html(html.caption_html(_(FLAGS[row["flag"]].what)))
    chosen = _records(view, desk, row)
    _verdict_form(view, desk, row, chosen)


def _records(view: View, desk: Desk, row: Row) -> list[str]:
    """The records behind the flag, looked at on the record; gives those picked in the table."""
    behind = [
        item["event_id"]
        for item in desk.evaluation.flagged.record.to_pylist()
        if item["worker_id"] == row["worker_id"] and item["flag"] == row["flag"]
    ]
    if not behind:
        st.html(html.caption_html(_("这一项看的是整体规律，没有单独的记录；结论针对整项。")))
        return []
    if not may_see_persons(view):
        empty(_("逐条记录涉及居民个人，当前角色不能查看。"))
        return []
    found = award_events(view.reader, behind)
    record_look(view, f"{row['flag']} {row['worker_id']}", len(found))
    picked = st.dataframe(
        _event_frame(found), hide_index=True, height=min(300, 38 + 35 * len(found)),
        on_select="rerun", selection_mode="multi-row", alt=_("记录"),
        key=f"flag_rows_{row['worker_id']}_{row['flag']}",
    )  # fmt: skip
    st.html(
        html.caption_html(
            _("共 {n} 条；勾选若干条可以只对这几条下结论。查看已留痕。", n=len(found))
        )
    )
    return [str(found["event_id"].iloc[i]) for i in picked["selection"]["rows"]]


def _event_frame(found: pd.DataFrame) -> pd.DataFrame:
    """Seven columns that a reviewer reads; the household is its pseudonym."""
    return pd.DataFrame(
        {
            _("编号"): found["event_id"],
            _("发生"): found["occurred_at"].dt.strftime("%Y-%m-%d %H:%M"),
            _("录入"): found["entered_at"].dt.strftime("%Y-%m-%d %H:%M"),
            _("网格"): found["grid_name"],
            _("户"): found["household"],
            _("事由"): found["purpose"],
            _("内容"): found["note"],
        }
    )


def _verdict_form(view: View, desk: Desk, row: Row, chosen: list[str]) -> None:
    key = f"{row['worker_id']}_{row['flag']}"
    with st.form(f"verdict_{key}", clear_on_submit=True, border=False):
        if chosen:
            st.caption(_("结论只针对勾选的 {n} 条记录", n=len(chosen)))
        else:
            st.caption(_("结论针对这条提示背后的全部记录"))
        verdict = st.radio(
            _("结论"), list(_VERDICTS), format_func=lambda code: _(_VERDICTS[code]), index=None,
            horizontal=True,
        )  # fmt: skip
        reason = st.text_area(_("理由（必填：问了谁、看了什么）"), max_chars=2000, height=80)
        sent = st.form_submit_button(_("记录结论"))
    if not sent:
        return
    if verdict is None:
        st.error(_("请先选一个结论。"))
        return
    with told_errors():
        case = case_of(desk, row["worker_id"])
        with writing(workspace()) as connection:
            for event in chosen or [ALL_RECORDS]:
                add_flag_verdict(
                    connection, actor_of(view.identity), case,
                    flag=row["flag"], event_key=event, verdict=verdict, reason=reason,
                )  # fmt: skip
        flash(_("已记录复核结论，得分已重算。"))
        st.rerun()


def _counts(result: TrackResult, rows: list[Row], verdicts: list[FlagVerdict]) -> None:
    section(_("各类提示"), _("界限写在方案里；多数人都碰不到。"))
    told = _whole(verdicts)
    heads = [
        Head(_("提示")), Head(_("看什么"), wide=True), Head(_("判断过"), number=True),
        Head(_("被提示"), number=True), Head(_("属实"), number=True),
        Head(_("不成立"), number=True),
    ]  # fmt: skip
    body = []
    for code, kind in FLAGS.items():
        own = [row for row in rows if row["flag"] == code]
        said = [verdict.verdict for (_who, flag), verdict in told.items() if flag == code]
        body.append(
            [
                f"{code} {html.escaped(flag_name(code))}",
                html.escaped(_(kind.what)),
                formats.whole(len(own)),
                formats.whole(sum(row["raised"] for row in own)),
                formats.whole(said.count("confirmed")),
                formats.whole(said.count("dismissed")),
            ]
        )
    st.html(grid_html(heads, body, _("各类提示")))


def _history(result: TrackResult, verdicts: list[FlagVerdict]) -> None:
    section(_("复核留痕"), _("只增不改：同一件事再下结论，以最新的为准，先前的仍留着。"))
    heads = [
        Head(_("何时"), wide=True), Head(_("候选人")), Head(_("提示")), Head(_("针对"), wide=True),
        Head(_("结论")), Head(_("理由")), Head(_("由谁")),
    ]  # fmt: skip
    body = [
        [
            formats.moment(row.decided_at),
            html.escaped(_person(result, row.candidate_id)["name"]),
            html.escaped(row.flag),
            html.escaped(_("全部记录") if row.event_key == ALL_RECORDS else row.event_key),
            html.escaped(_(_SHORT[row.verdict])),
            html.escaped(row.reason),
            html.escaped(row.decided_name),
        ]
        for row in reversed(verdicts)
    ]
    st.html(grid_html(heads, body, _("复核留痕"), nothing=_("还没有复核结论")))
