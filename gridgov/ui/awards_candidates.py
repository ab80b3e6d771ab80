"""The evaluation of a track: how things stand, who is where, and why some are listed apart."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gridgov import formats
from gridgov.awards.evaluate import PENDING, SELECTED, TrackResult, empty_indicators
from gridgov.figures import rank_bands
from gridgov.locale import _
from gridgov.ui import html
from gridgov.ui.awards_html import Head, candidates_html, grid_html, legend_html, swatches
from gridgov.ui.awards_state import Desk
from gridgov.ui.awards_words import (
    chance,
    group_label,
    indicator_label,
    is_reliable,
    points,
    reach,
    reliability,
    short_grid,
    status_word,
    tier_label,
)
from gridgov.ui.links import href
from gridgov.ui.page import cards, note_table, section, show
from gridgov.ui.view import View

__all__ = ["bands_view", "candidates_view", "others_view", "standing_cards"]

_MOST_BANDS = 30


def standing_cards(desk: Desk, result: TrackResult) -> None:
    """Who takes part, how many places are settled or open, how sure the order is."""
    eligible = int(result.eligible.sum())
    apart = len(result.workers) - eligible
    bodies = [
        html.card_html(
            _("参评"),
            formats.headline(eligible, "人"),
            _("另列 {n} 人（新到岗、在岗或应联系不足等）", n=apart) if apart else _("没有另列的人"),
        )
    ]
    for column, tier in enumerate(desk.scheme.tiers):
        quota = sum(
            {
                stratum: int(result.order.quota[row, column])
                for row, stratum in enumerate(result.strata)
                if result.eligible[row]
            }.values()
        )
        won = int((result.state[:, column] == SELECTED).sum())
        waiting = int((result.state[:, column] == PENDING).sum())
        line = _("已入选 {won} 人，待委员会决定 {n} 人", won=won, n=waiting)
        over = won > quota
        bodies.append(
            html.card_html(
                _("{tier}名额", tier=tier_label(tier.name)),
                formats.headline(quota, "人"),
                line + ("　" + _("已超出名额 {n} 人", n=won - quota) if over else ""),
                state="changed" if waiting or over else None,
                state_text=_("待决定") if waiting else _("超额"),
            )
        )
    cards(bodies)
    st.html(html.caption_html(_how_sure(desk, result) + _missing(result)))


def _how_sure(desk: Desk, result: TrackResult) -> str:
    least, wanted = reliability(result), f"{desk.scheme.min_reliability:.2f}"
    if pd.isna(least):
        return ""
    if is_reliable(desk.scheme, result):
        return _("总分可靠度 {n}，不低于 {wanted}，可以列出名次。", n=f"{least:.2f}", wanted=wanted)
    return _(
        "总分可靠度 {n}，低于 {wanted}：数据分不清相近的人，只给名次区间，不给名次。",
        n=f"{least:.2f}",
        wanted=wanted,
    )


def _missing(result: TrackResult) -> str:
    codes = empty_indicators(result)
    if not codes:
        return ""
    names = [indicator_label(ind) for ind in result.track.indicators if ind.code in codes]
    return _(
        "还没有数据的指标：{names}，其权重暂由其余各项分担，既不加分也不扣分。",
        names=formats.listing(names),
    )


def candidates_view(view: View, desk: Desk, result: TrackResult) -> None:
    """Those within reach of an honour, then the others, folded."""
    near, rest = reach(desk.scheme, result)
    colors = swatches([group_label(group) for group in result.track.groups], view.palette)
    st.html(legend_html(colors, _("虚线为名额分界")))
    address = href("awards_sheet", view.filters, worker="")
    st.html(candidates_html(desk.scheme, result, near, view.palette, address))
    order = (
        _("按名次排列。")
        if is_reliable(desk.scheme, result)
        else _("按名次区间和网格编号排列，先后不是名次。")
    )
    told = _(
        "把握：数据与权重都可能有出入的 {n} 次推演中进入名额的比例。",
        n=formats.whole(desk.scheme.draws),
    )
    st.html(html.caption_html(order + told))
    if rest:
        fold = st.expander(
            _("其余 {n} 人，未入选", n=len(rest)), on_change="rerun", key="awards_rest"
        )
        if fold.open:
            with fold:
                st.html(candidates_html(desk.scheme, result, rest, view.palette, address))
    note_table(_("候选人"), candidate_frame(desk, result, near + rest))


def candidate_frame(desk: Desk, result: TrackResult, rows: list[int]) -> pd.DataFrame:
    """The table as rows for the page's workbook."""
    reliable = is_reliable(desk.scheme, result)
    found = []
    for row in rows:
        person = result.candidate[row]
        line: dict[str, object] = {_("姓名"): person["name"], _("网格"): person["grid_name"]}
        if reliable:
            line[_("名次")] = int(result.order.place[row])
        line |= {
            _("区间下限"): int(result.certainty.low[row, 2]),
            _("区间上限"): int(result.certainty.high[row, 2]),
            _("户数"): round(float(person["households"])),
            _("负荷比"): round(float(person["load"]), 2),
            _("总分"): int(result.scores.total[row]) / 100,
        }
        for column, indicator in enumerate(result.track.indicators):
            line[indicator_label(indicator)] = int(result.scores.contribution[row, column]) / 100
        for column, tier in enumerate(desk.scheme.tiers):
            name = tier_label(tier.name)
            line[_("{tier}把握", tier=name)] = round(float(result.certainty.top[row, column]), 4)
        found.append(line)
    return pd.DataFrame(found)


def bands_view(view: View, desk: Desk, result: TrackResult) -> None:
    """How far each place could move: a dot and a band for those within reach."""
    near = reach(desk.scheme, result)[0][:_MOST_BANDS]
    sure = result.certainty
    reliable = is_reliable(desk.scheme, result)
    frame = pd.DataFrame(
        {
            "label": [
                f"{result.candidate[r]['name']} {short_grid(result.candidate[r])}" for r in near
            ],
            "rank": [
                int(result.order.place[r])
                if reliable
                else (int(sure.low[r, 2]) + int(sure.high[r, 2])) / 2
                for r in near
            ],
            "low": [int(sure.low[r, 2]) for r in near],
            "high": [int(sure.high[r, 2]) for r in near],
            "probability": [float(sure.top[r, 0]) for r in near],
            "is_open": [bool((result.state[r] == PENDING).any()) for r in near],
        }
    )
    quota = int(result.order.quota[near[0], 0]) if near else 0
    tier = tier_label(desk.scheme.tiers[0].name) if desk.scheme.tiers else ""
    chart = rank_bands(
        frame,
        view.palette,
        title=_("名次可能在哪些位置"),
        cutoff=quota or None,
        cutoff_name=_("{tier} {n} 人", tier=tier, n=quota),
    )
    told = _("条长为九成把握的名次区间；紫色的提请委员会决定。")
    if not reliable:
        told += _("可靠度不足，点在区间正中，不代表名次。")
    show(chart, f"bands_{result.track.name}", note=told)


def others_view(result: TrackResult) -> None:
    """Newcomers and those who are not eligible, each with the reason."""
    rows = [row for row in range(len(result.workers)) if not result.eligible[row]]
    section(_("另列"), _("不排名次。新到岗的下一期参评；有查实诚信问题的不参评，从不折成扣分。"))
    heads = [
        Head(_("姓名")), Head(_("网格")), Head(_("原因")),
        Head(_("在岗天数"), number=True), Head(_("应联系"), number=True),
        Head(_("总分（仅供本人了解）"), number=True, wide=True),
    ]  # fmt: skip
    body = [
        [
            html.escaped(result.candidate[row]["name"]),
            html.escaped(short_grid(result.candidate[row])),
            html.escaped(status_word(str(result.status[row]))),
            formats.whole(result.candidate[row]["present_days"]),
            formats.whole(result.candidate[row]["due"]),
            points(int(result.scores.total[row])),
        ]
        for row in rows
    ]
    st.html(grid_html(heads, body, _("另列"), nothing=_("本赛道没有另列的人")))


def chance_words(result: TrackResult, row: int, column: int) -> str:
    """The chance of one honour in words for a list."""
    return chance(float(result.certainty.top[row, column]))
