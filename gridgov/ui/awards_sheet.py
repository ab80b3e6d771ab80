"""One candidate's sheet: from raw counts to the last hundredth, band, gap, what is left out."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from gridgov import formats
from gridgov.access.roles import Role
from gridgov.awards.desk import left_out_events, records_folder, runs_on_file
from gridgov.awards.evaluate import Evaluation
from gridgov.awards.explain import REASONS, Line, Sheet, sheet
from gridgov.awards.uncertainty import SOURCES
from gridgov.locale import N_, _
from gridgov.report.awards_sheet import sheet_papers
from gridgov.ui import html
from gridgov.ui.awards_html import Head, grid_html
from gridgov.ui.awards_state import (
    mark_of,
    open_desk,
    prefer_track,
    record_evaluation,
    track_choice,
)
from gridgov.ui.awards_words import (
    band,
    chance,
    group_label,
    line_label,
    points,
    review_words,
    short_grid,
    signed_points,
    state_word,
    status_word,
    tier_label,
    track_label,
)
from gridgov.ui.download import download
from gridgov.ui.page import empty, note_table, section
from gridgov.ui.view import View

__all__ = ["chosen_sheet", "lines_table", "sheet_view"]

_SOURCE_NAMES = {
    "data": N_("只看数据的出入"),
    "weights": N_("只看权重的出入"),
    "both": N_("两者都算"),
}


def chosen_sheet(view: View) -> tuple[Evaluation, str, str] | None:
    """The evaluation, the run's id and the worker whose sheet is shown.

    A committee member chooses among the candidates of the evaluation as it stands; a worker gets
    their own sheet of the newest record and nobody else's.
    """
    if view.identity.has(Role.COMMITTEE):
        desk = open_desk(view)
        asked = st.query_params.get("worker", "")
        if st.session_state.get("sheet_asked") != asked:
            # Once per link: afterwards the switch on the page decides.
            st.session_state["sheet_asked"] = asked
            prefer_track(_track_of(desk.evaluation, asked))
        result = track_choice(desk, key="sheet")
        names = {
            worker: f"{person['name']} · {short_grid(person)}"
            for worker, person in zip(result.workers, result.candidate, strict=True)
        }
        listed = sorted(names, key=lambda w: result.candidate[result.workers.index(w)]["grid_id"])
        picked = st.selectbox(
            _("候选人"), listed, index=listed.index(asked) if asked in names else 0,
            format_func=names.__getitem__, key=f"sheet_who_{result.track.name}", width=360,
        )  # fmt: skip
        return desk.evaluation, desk.run_id, str(picked)
    return _own(view)


def _track_of(evaluation: Evaluation, worker: str) -> str | None:
    """The name of the worker's track; None for someone who is no candidate."""
    try:
        return evaluation.of(worker)[0].track.name
    except KeyError:
        return None


def _own(view: View) -> tuple[Evaluation, str, str] | None:
    worker = view.identity.worker_id
    runs = runs_on_file(records_folder())
    if not runs:
        empty(_("本期评选还没有归档。"), _("评选委员会归档后，这里会显示你自己的评选表。"))
        return None
    evaluation = record_evaluation(runs[0])
    if not worker or _track_of(evaluation, worker) is None:
        empty(
            _("{period}的归档里没有你的评选表。", period=formats.period(runs[0].period)),
            _("如果你在这一期任职，请联系社区核对任职记录。"),
        )
        return None
    return evaluation, runs[0].run_id, worker


def sheet_view(view: View, evaluation: Evaluation, run_id: str, worker: str) -> None:
    """The whole sheet."""
    one = sheet(evaluation, worker)
    _who(one, "" if view.identity.has(Role.COMMITTEE) else run_id)
    lines_table(one)
    _certainty(evaluation, one)
    _events(evaluation, one)
    _object(view, evaluation, run_id, one)


def _who(one: Sheet, run_id: str) -> None:
    person = one.person
    section(f"{person['name']} · {person['grid_name']}")
    facts = [
        track_label(one.track),
        _("在岗 {n} 天", n=formats.whole(person["present_days"])),
        _("{n} 户", n=formats.whole(person["households"])),
        _("应联系 {n} 人·期", n=formats.whole(person["due"])),
        _("负荷比 {n}", n=f"{person['load']:.2f}"),
        _("一般网格：{name}", name=person["general_name"]) if person["general_name"] else "",
        _("归档 {id}", id=run_id) if run_id else "",
    ]
    st.html(html.context_line_html(facts))
    st.html(html.summary_html(_verdict(one)))


def _verdict(one: Sheet) -> list[str]:
    if one.status != "eligible":
        return [
            _("{why}；以下分数仅供本人了解，不参加排序。", why=status_word(one.status)),
        ]
    low, high = one.bands["both"]
    if one.show_place:
        place = _("名次 {n}", n=one.place)
        if one.shared > 1:
            place += _("（{n} 人并列）", n=one.shared)
        place += _("，九成把握在 {band} 名", band=band(low, high))
    else:
        place = _(
            "名次区间 {band}（总分可靠度 {n}，分不出相近的人，不给名次）",
            band=band(low, high),
            n=f"{one.reliability:.2f}",
        )
    told = [_("总分 {n} 分；{place}。", n=points(one.total), place=place)]
    for tier in one.tiers:
        state = (
            _("委员会已定：{state}", state=state_word(tier.state))
            if tier.decided
            else state_word(tier.state)
        )
        told.append(
            _(
                "{tier}（名额 {n} 人）：进入名额的把握 {p}；{state}。",
                tier=tier_label(tier.tier),
                n=tier.quota,
                p=chance(tier.probability),
                state=state,
            )
        )
    under = [group_label(group) for group, got, floor in one.groups if 0 <= got < floor]
    if under:
        told.append(
            _("低于底线的板块：{names}，排在达到底线的人之后。", names=formats.listing(under))
        )
    reasons = tuple(reason for reason in one.review if reason != "band")
    if reasons:
        told.append(_("提请注意：{what}。", what=review_words(reasons)))
    return told


def lines_table(one: Sheet) -> None:
    """Raw → exposure → shrunk → points → weight → contribution → gap, one line an indicator."""
    section(
        _("分数是怎么来的"),
        _("做到的 ÷ 应做的 → 平滑（次数少的向上期平均靠拢）→ 按固定分值线折成 0–100 分 → 乘权重。"),
    )
    heads = [
        Head(_("指标")), Head(_("做到 / 应做"), number=True),
        Head(_("原值"), number=True, wide=True),
        Head(_("平滑后"), number=True), Head(_("折分"), number=True, wide=True),
        Head(_("权重"), number=True, wide=True), Head(_("计入总分"), number=True),
        Head(_("与分界之差"), number=True),
    ]  # fmt: skip
    gaps = [line.gap for line in one.lines] + [one.bonus_gap, one.deduction_gap]
    most = max(abs(gap) for gap in gaps)
    body = [_line_cells(line, most) for line in one.lines]
    blank = [""] * 5
    body.append([html.escaped(_("加分")), *blank, points(one.bonus), _gap(one.bonus_gap, most)])
    body.append(
        [
            html.escaped(_("扣分")), *blank,
            signed_points(-one.deduction), _gap(one.deduction_gap, most),
        ]
    )  # fmt: skip
    body.append([html.escaped(_("总分")), *blank, points(one.total), signed_points(one.gap)])
    st.html(grid_html(heads, body, _("分数是怎么来的"), sums=[len(body) - 1]))
    st.html(
        html.caption_html(
            _(
                "数据不足：本人的次数太少，按上期平均计，并提请委员会留意。"
                "没有应做事项的，权重由其余各项分担，既不加分也不扣分。"
                "与分界之差：比名额分界处那一位多（+）或少（−）几分，各项相加等于总分之差。"
            )
        )
    )
    note_table(_("分数是怎么来的"), _frame(one))


def _line_cells(line: Line, most: int) -> list[str]:
    notes = []
    if line.state == "insufficient":
        notes.append(_("数据不足，取上期平均"))
    elif line.state == "missing":
        notes.append(_("没有应做事项"))
    if line.pooled:
        notes.append(_("用所在一般网格的"))
    sub = f'<span class="aw-sub">{html.escaped(" · ".join(notes))}</span>' if notes else ""
    gone = line.state == "missing"
    return [
        html.escaped(line_label(line)) + sub,
        html.escaped(_raw(line)),
        html.escaped(_ratio(line, line.raw)),
        html.escaped(_ratio(line, line.value)),
        formats.MISSING if gone else points(line.points),
        f"{line.weight:.1f}%",
        formats.MISSING if gone else points(line.contribution),
        _gap(line.gap, most),
    ]


def _gap(hundredths: int, most: int) -> str:
    """The figure behind a bar to the left (less than at the cut-off) or to the right (more)."""
    share = min(abs(hundredths) / most, 1) * 50 if most else 0.0
    start = 50.0 if hundredths >= 0 else 50 - share
    color = "better" if hundredths > 0 else "worse"
    bar = (
        '<span class="aw-lane aw-side" aria-hidden="true">'
        f'<span style="left:{start:.1f}%;width:{share:.1f}%;background:var(--gg-{color})"></span>'
        '<i style="left:50%"></i></span>'
    )
    return f'{bar}<span class="aw-figure">{signed_points(hundredths)}</span>'


def _raw(line: Line) -> str:
    if line.state == "missing":
        return formats.MISSING
    observed = sum(part.observed for part in line.components)
    exposure = sum(part.exposure for part in line.components)
    if line.code == "peers":
        return _("{n} 份", n=_count(exposure))
    return f"{_count(observed)} / {_count(exposure)}"


def _count(value: float) -> str:
    return formats.whole(value) if abs(value - round(value)) < 1e-9 else f"{value:,.1f}"


def _ratio(line: Line, value: float) -> str:
    if line.state == "missing" or math.isnan(value):
        return formats.MISSING
    if line.code == "peers":
        return formats.number(value)
    if len(line.components) > 1:
        return f"{value:.2f}"
    return formats.percent(value)


def _frame(one: Sheet) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                _("指标"): line_label(line),
                _("做到"): sum(part.observed for part in line.components),
                _("应做"): sum(part.exposure for part in line.components),
                _("平滑后"): line.value,
                _("折分"): line.points / 100,
                _("权重"): line.weight,
                _("计入总分"): line.contribution / 100,
                _("与分界之差"): line.gap / 100,
                _("计入的记录"): line.counted,
            }
            for line in one.lines
        ]
    )


def _certainty(evaluation: Evaluation, one: Sheet) -> None:
    """The rank bands by source, and beside them the floors of the groups."""
    left, right = st.columns(2, gap="large")
    with left:
        section(
            _("名次有多大把握"),
            _("推演 {n} 次，九成落在的名次区间。", n=formats.whole(evaluation.scheme.draws)),
        )
        heads = [Head(_("考虑什么")), Head(_("名次区间"), number=True)]
        body = [
            [html.escaped(_(_SOURCE_NAMES[source])), band(*one.bands[source])] for source in SOURCES
        ]
        st.html(grid_html(heads, body, _("名次有多大把握")))
    with right:
        section(_("板块底线"), _("低于底线的排在达到底线的人之后，不能用别的板块补。"))
        heads = [Head(_("板块")), Head(_("得分"), number=True), Head(_("底线"), number=True)]
        body = [
            [
                html.escaped(group_label(group)),
                points(got) if got >= 0 else formats.MISSING,
                points(floor) if floor > 0 else formats.MISSING,
            ]
            for group, got, floor in one.groups
        ]
        st.html(grid_html(heads, body, _("板块底线")))


def _events(evaluation: Evaluation, one: Sheet) -> None:
    events = left_out_events(evaluation, one.worker_id)
    counted = sum(line.counted for line in one.lines)
    section(
        _("没有计入的记录"),
        _(
            "各指标计入 {n} 条次；未计入 {m} 条次，原因如下。",
            n=formats.whole(counted),
            m=formats.whole(len(events)),
        ),
    )
    names = {line.code: line_label(line) for line in one.lines}
    tally: dict[tuple[str, str], int] = {}
    for event in events:
        key = (_component(names, event["component"]), event["reason"])
        tally[key] = tally.get(key, 0) + 1
    heads = [Head(_("用于")), Head(_("原因")), Head(_("条数"), number=True)]
    body = [
        [html.escaped(what), html.escaped(_(REASONS[reason])), formats.whole(count)]
        for (what, reason), count in sorted(tally.items())
    ]
    st.html(grid_html(heads, body, _("没有计入的记录"), nothing=_("没有：所有记录都已计入")))
    if events:
        fold = st.expander(_("逐条查看"), on_change="rerun", key="sheet_events")
        if fold.open:
            with fold:
                st.dataframe(
                    _event_frame(names, events),
                    hide_index=True,
                    height=280,
                    alt=_("没有计入的记录"),
                )


def _component(names: dict[str, str], code: str) -> str:
    return _("走访") if code == "visit" else names[code.partition(".")[0]]


def _event_frame(names: dict[str, str], events: list[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("日期"): [formats.day(event["on_date"]) for event in events],  # type: ignore[arg-type]
            _("编号"): [event["event_id"] for event in events],
            _("用于"): [_component(names, str(event["component"])) for event in events],
            _("原因"): [_(REASONS[str(event["reason"])]) for event in events],
        }
    )


def _object(view: View, evaluation: Evaluation, run_id: str, one: Sheet) -> None:
    section(_("对分数有不同意见"))
    st.html(
        html.caption_html(
            _(
                "可在公示期内向评选委员会书面提出，写明哪一条记录、为什么。委员会逐条核对并书面答复；"
                "确有差错的，更正后另作一次计算并附前后差异，原记录保留不改。"
            )
        )
    )
    download(
        _("下载个人评选表（PDF）"),
        lambda: sheet_papers(evaluation, run_id, [one.worker_id], mark=mark_of(view)),
        name=f"{_('个人评选表')}_{one.person['name']}",
        kind="pdf",
        rows=1,
        key="sheet_pdf",
        personal=True,
    )
