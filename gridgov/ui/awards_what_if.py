"""What if the weights, floors or quotas were others? Nothing is stored and no record touched."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from gridgov import formats
from gridgov.awards.evaluate import TrackResult
from gridgov.awards.whatif import Move, Trial, try_out
from gridgov.locale import _
from gridgov.ui import html
from gridgov.ui.awards_html import Head, grid_html
from gridgov.ui.awards_state import Desk, told_errors, track_choice
from gridgov.ui.awards_words import (
    chance,
    group_label,
    indicator_label,
    points,
    short_grid,
    signed_points,
    tier_label,
)
from gridgov.ui.page import empty, note_table, section
from gridgov.ui.view import View

__all__ = ["what_if_view"]

_TRIAL = "awards_trial"
Numbers = dict[str, float]


def what_if_view(view: View, desk: Desk) -> None:
    """Sliders to the left, who moves to the right."""
    result = track_choice(desk, key="what_if")
    st.html(
        html.caption_html(
            _("只在这一页试算，不保存，不影响归档；方案要改，须在评选期开始前公布新方案。")
        )
    )
    left, right = st.columns(2, gap="large")
    with left:
        weights, floors, quotas = _sliders(desk, result)
    with right, told_errors():
        if (weights, floors, quotas) == _given(desk, result):
            empty(
                _("还没有改动。"),
                _("拖动权重、底线或名额，点“试算”看谁会变动。"),
            )
            return
        with st.spinner(_("正在试算…")):
            trial = try_out(
                desk.evaluation, result.track.name,
                weights=weights, floors=floors, quotas=quotas, draws=500,
            )  # fmt: skip
        _moved(result, trial)


def _given(desk: Desk, result: TrackResult) -> tuple[Numbers, Numbers, Numbers]:
    """The scheme's own percentages and points."""
    weights = {ind.code: ind.weight / 100 for ind in result.track.indicators}
    floors = {group: result.track.floors.get(group, 0) / 100 for group in result.track.groups}
    return weights, floors, {tier.name: tier.quota / 100 for tier in desk.scheme.tiers}


def _sliders(desk: Desk, result: TrackResult) -> tuple[Numbers, Numbers, Numbers]:
    weights, floors, quotas = _given(desk, result)
    track = result.track.name
    number = st.session_state.setdefault("what_if_round", 0)
    with st.form(f"what_if_{track}", border=False):
        section(_("权重"), _("合计不必是 100，试算时按比例折算。"))
        labels = {ind.code: indicator_label(ind) for ind in result.track.indicators}
        chosen = _pairs(labels, weights, 50.0, 1.0, "%g", f"w_{track}_{number}")
        section(_("板块底线"))
        labels = {group: group_label(group) for group in floors}
        lines = _pairs(labels, floors, 90.0, 5.0, "%g", f"f_{track}_{number}")
        section(_("名额"), _("占参评人数的百分比"))
        labels = {name: tier_label(name) for name in quotas}
        places = _pairs(labels, quotas, 50.0, 1.0, "%g%%", f"q_{track}_{number}")
        st.form_submit_button(_("试算"), type="primary")
    if st.button(_("恢复方案原值"), key="what_if_reset", type="tertiary"):
        st.session_state["what_if_round"] = number + 1
        st.rerun()
    return chosen, lines, places


def _pairs(
    labels: Mapping[str, str], start: Numbers, most: float, step: float, form: str, key: str
) -> Numbers:
    """Sliders two in a row."""
    columns = st.columns(2)
    return {
        name: columns[place % 2].slider(
            label, 0.0, max(most, start[name]), start[name], step, format=form, key=f"{key}_{name}"
        )
        for place, (name, label) in enumerate(labels.items())
    }


def _moved(result: TrackResult, trial: Trial) -> None:
    section(_("谁会变动"))
    told = []
    if trial.entered:
        told.append(_("进入名额的：{names}。", names="、".join(trial.entered)))
    if trial.left:
        told.append(_("退出名额的：{names}。", names="、".join(trial.left)))
    if not trial.entered and not trial.left:
        told.append(_("名额内的人不变。"))
    told.append(
        _("{n} 人名次变动，{all} 人参评。", n=len(trial.moves), all=int(result.eligible.sum()))
    )
    told += _weights_told(result, trial)
    st.html(html.summary_html(told))
    people = dict(zip(result.workers, result.candidate, strict=True))
    inside = [move for move in trial.moves if move.is_inside != move.was_inside]
    others = [move for move in trial.moves if move.is_inside == move.was_inside]
    shown = (inside + others)[:30]
    st.html(_table(shown, people, result, trial.result))
    if len(trial.moves) > len(shown):
        st.html(
            html.caption_html(_("其余 {n} 人变动较小，见下载。", n=len(trial.moves) - len(shown)))
        )
    note_table(_("谁会变动"), _frame(trial.moves, people))


def _weights_told(result: TrackResult, trial: Trial) -> list[str]:
    changed = [
        f"{indicator_label(new)} {_percent(old.weight)} → {_percent(new.weight)}"
        for old, new in zip(result.track.indicators, trial.result.track.indicators, strict=True)
        if old.weight != new.weight
    ]
    return [_("折算后的权重：{what}。", what=formats.listing(changed))] if changed else []


def _percent(basis_points: int) -> str:
    return f"{formats.number(basis_points / 100)}%"


def _table(
    moves: list[Move],
    people: Mapping[str, Mapping[str, object]],
    before: TrackResult,
    after: TrackResult,
) -> str:
    """Chances rather than places: under the reliability wanted a place is not to be shown."""
    heads = [
        Head(_("候选人")), Head(_("入选把握"), number=True), Head(_("总分"), number=True),
        Head(_("变动"), number=True, wide=True), Head(_("名额")),
    ]  # fmt: skip
    row_of = {worker: row for row, worker in enumerate(before.workers)}
    body = [
        [
            f"{html.escaped(move.name)}"
            f'<span class="aw-sub">{html.escaped(short_grid(dict(people[move.worker_id])))}</span>',
            " → ".join(
                chance(float(result.certainty.top[row_of[move.worker_id], :1].sum()))
                for result in (before, after)
            ),
            f"{points(move.total)} → {points(move.new_total)}",
            signed_points(move.new_total - move.total),
            _inside_words(move),
        ]
        for move in moves
    ]
    return grid_html(heads, body, _("谁会变动"), nothing=_("没有人变动"))


def _inside_words(move: Move) -> str:
    if move.is_inside and not move.was_inside:
        return html.state_tag_html("changed", _("进入"))
    if move.was_inside and not move.is_inside:
        return html.state_tag_html("changed", _("退出"))
    return (
        f'<span class="gg-muted">{html.escaped(_("在内") if move.is_inside else _("在外"))}</span>'
    )


def _frame(moves: tuple[Move, ...], people: Mapping[str, Mapping[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("姓名"): [move.name for move in moves],
            _("网格"): [people[move.worker_id]["grid_name"] for move in moves],
            _("原总分"): [move.total / 100 for move in moves],
            _("新总分"): [move.new_total / 100 for move in moves],
            _("原在名额内"): [move.was_inside for move in moves],
            _("新在名额内"): [move.is_inside for move in moves],
        }
    )
