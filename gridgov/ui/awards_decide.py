"""What is left to the committee: the list, the form that needs a reason, and what was decided."""

from __future__ import annotations

import streamlit as st

from gridgov import formats
from gridgov.access.sessions import actor_of
from gridgov.awards.desk import stale_decisions, tier_words
from gridgov.awards.evaluate import PENDING, TrackResult
from gridgov.locale import _
from gridgov.ui import html
from gridgov.ui.awards_html import Head, grid_html
from gridgov.ui.awards_state import Desk, case_of, flash, told_errors
from gridgov.ui.awards_words import chance, review_words, short_grid, short_tiers, tier_label
from gridgov.ui.page import section
from gridgov.ui.view import View, workspace
from gridgov.workspace.award import add_decision, list_decisions

__all__ = ["decide_view", "pending_rows"]


def pending_rows(result: TrackResult) -> list[int]:
    """Rows on which the committee has still to decide, the surest first."""
    rows = [r for r in range(len(result.workers)) if (result.state[r] == PENDING).any()]
    return sorted(rows, key=lambda r: (-float(result.certainty.top[r, 0]), result.workers[r]))


def decide_view(view: View, desk: Desk, result: TrackResult) -> None:
    """Everyone whose chance lies between the limits, and the form."""
    low, high = (formats.percent(value, 0) for value in desk.scheme.band)
    section(
        _("待委员会决定"),
        _(
            "入选把握在 {low} 与 {high} 之间，或在分界处并列的，分数分不出先后，"
            "由委员会决定并写明理由。",
            low=low,
            high=high,
        ),
    )
    waiting = pending_rows(result)
    st.html(_table(desk, result, waiting))
    _form(view, desk, result, waiting)
    _history(desk, result)


def _table(desk: Desk, result: TrackResult, rows: list[int]) -> str:
    heads = [
        Head(_("候选人")),
        *(Head(_("{tier}把握", tier=name), number=True) for name in short_tiers(desk.scheme)),
        Head(_("为什么要定")),
        Head(_("户数"), number=True, wide=True),
        Head(_("负荷比"), number=True, wide=True),
    ]
    body = [
        [
            f"{html.escaped(result.candidate[row]['name'])}"
            f'<span class="aw-sub">{html.escaped(short_grid(result.candidate[row]))}</span>',
            *(_chance(result, row, column) for column in range(len(desk.scheme.tiers))),
            html.escaped(review_words(result.review[row]) or _("上一称号待决定")),
            formats.whole(result.candidate[row]["households"]),
            f"{result.candidate[row]['load']:.2f}",
        ]
        for row in rows
    ]
    return grid_html(heads, body, _("待委员会决定"), nothing=_("没有待决定的候选人"))


def _chance(result: TrackResult, row: int, column: int) -> str:
    words = chance(float(result.certainty.top[row, column]))
    waiting = str(result.state[row, column]) == PENDING
    return f"<b>{words}</b>" if waiting else f'<span class="gg-muted">{words}</span>'


def _form(view: View, desk: Desk, result: TrackResult, waiting: list[int]) -> None:
    eligible = [row for row in range(len(result.workers)) if result.eligible[row]]
    listed = waiting + [row for row in eligible if row not in set(waiting)]
    if not listed:
        return
    words = tier_words(desk.scheme)
    with st.form("awards_decision", clear_on_submit=True):
        left, right = st.columns([2, 3])
        row = left.selectbox(
            _("候选人"),
            listed,
            format_func=lambda r: _label(result, r, r in set(waiting)),
            key="decision_who",
        )
        tier = right.radio(
            _("决定"),
            list(words),
            format_func=lambda word: tier_label(words[word]),
            horizontal=True,
            index=None,
            key="decision_tier",
        )
        reason = st.text_area(
            _("理由（必填，写进归档和委员会报告）"),
            max_chars=2000,
            height=80,
            key="decision_reason",
        )
        sent = st.form_submit_button(_("记录决定"))
    if not sent:
        return
    if tier is None:
        st.error(_("请先选一项决定。"))
        return
    with told_errors():
        case = case_of(desk, result.workers[row])
        add_decision(
            workspace(), actor_of(view.identity), case,
            tier=tier, tiers=[known.name for known in desk.scheme.tiers], reason=reason,
        )  # fmt: skip
        flash(_("已记录对{name}的决定。", name=result.candidate[row]["name"]))
        st.rerun()


def _label(result: TrackResult, row: int, waiting: bool) -> str:
    person = result.candidate[row]
    mark = _("待决定") if waiting else ""
    return " · ".join(part for part in (person["name"], short_grid(person), mark) if part)


def _history(desk: Desk, result: TrackResult) -> None:
    rows = [
        row
        for row in list_decisions(workspace(), desk.scheme.period.code, newest_only=False)
        if row.candidate_id in result.workers
    ]
    stale = {row.id for row in stale_decisions(workspace(), desk.scheme)}
    section(
        _("已记录的决定"),
        _("只增不改：对同一人再作决定，以最新的为准，先前的仍留着。") if rows else "",
    )
    words = tier_words(desk.scheme)
    newest = {row.candidate_id: row.id for row in rows}
    heads = [
        Head(_("候选人")),
        Head(_("决定")),
        Head(_("理由")),
        Head(_("由谁")),
        Head(_("何时"), wide=True),
    ]
    body = []
    for row in reversed(rows):
        person = result.candidate[result.workers.index(row.candidate_id)]
        decided = html.escaped(tier_label(words.get(row.tier, row.tier)))
        if row.id in stale:
            decided += f'<span class="aw-sub">{html.escaped(_("按旧方案作出，未采用"))}</span>'
        elif newest[row.candidate_id] != row.id:
            decided += f'<span class="aw-sub">{html.escaped(_("已被后来的决定取代"))}</span>'
        body.append(
            [
                html.escaped(person["name"]), decided, html.escaped(row.reason),
                html.escaped(row.decided_name), formats.moment(row.decided_at),
            ]
        )  # fmt: skip
    st.html(grid_html(heads, body, _("已记录的决定"), nothing=_("还没有决定")))
