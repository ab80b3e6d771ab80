"""Is the proposed selection fair? Rates by group, score against size, funnels; in plain words."""

from __future__ import annotations

import math
import re

import pandas as pd
import streamlit as st

from gridgov import formats
from gridgov.awards.evaluate import TrackResult
from gridgov.awards.fairness import DIMENSIONS, Audit, audit, funnel
from gridgov.figures import funnel_plot, scatter
from gridgov.locale import N_, _
from gridgov.stats.fairness import FOUR_FIFTHS, GroupSelection
from gridgov.ui import html
from gridgov.ui.awards_html import Head, grid_html
from gridgov.ui.awards_state import Desk, track_choice
from gridgov.ui.awards_words import indicator_label, short_grid
from gridgov.ui.page import note_table, section, show
from gridgov.ui.view import View

__all__ = ["fairness_view"]

_ALPHA = 0.05
# Groups as the audit names them; names of grids and leaders stand as they are.
_GROUPS = (
    N_("小"), N_("中"), N_("大"), N_("1 年以内"), N_("1–3 年"), N_("3 年以上"),
    N_("商品房"), N_("安置小区"), N_("老旧院落"),
)  # fmt: skip


def fairness_view(view: View, desk: Desk) -> None:
    """The audit of a track, said first in sentences, then shown."""
    result = track_choice(desk, key="fairness")
    found = audit(result)
    st.html(html.summary_html(_told(result, found)))
    _rates(found)
    left, right = st.columns(2, gap="large")
    with left:
        section(_("网格大小"), _("紫色为拟入选；看总分是否随网格大小一路走高或走低。"))
        _size(view, result, found)
    with right:
        section(_("各指标"), _("次数越少，界限越宽；在界限之内的高低多半是偶然。"))
        _funnel(view, result)
    _outside(result)


def _told(result: TrackResult, found: Audit) -> list[str]:
    chosen, eligible = int(result.proposed.sum()), int(result.eligible.sum())
    told = [
        _(
            "按现有次序和委员会决定，{n} 名参评者中拟入选 {k} 名；"
            "本页只供签字前核对，不改任何人的分数。",
            n=eligible,
            k=chosen,
        )
    ]
    for dimension, group in found.concerns:
        told.append(
            _(
                "{what}中的“{group}”入选率只有最高一组的 {ratio}，"
                "不像是偶然（p = {p}），请委员会说明原因。",
                what=_(DIMENSIONS[dimension]),
                group=_(group.group),
                ratio=formats.percent(group.ratio, 0),
                p=_p(group.p_value),
            )
        )
    if not found.concerns:
        told.append(_("各类网格、大小、任职年限和带队人之间，没有超出偶然的入选率差别。"))
    told.append(_size_words(found))
    return told


def _size_words(found: Audit) -> str:
    rho, p = found.size.rho, found.size.p_value
    if math.isnan(rho):
        return _("人数太少，无法判断总分与网格大小有没有关系。")
    if p >= _ALPHA:
        return _(
            "总分与网格大小没有看得出的关系（相关 {rho}，p = {p}）。", rho=_signed(rho), p=_p(p)
        )
    side = _("户数多的网格总分偏低") if rho < 0 else _("户数多的网格总分偏高")
    return _(
        "{side}（相关 {rho}，p = {p}），请委员会留意是否因工作量而非表现。",
        side=side,
        rho=_signed(rho),
        p=_p(p),
    )


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _p(value: float) -> str:
    if math.isnan(value):
        return formats.MISSING
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def _rates(found: Audit) -> None:
    section(
        _("各组入选率"),
        _("不足最高一组的五分之四、且不像偶然（p < 0.05）的，需要说明；人少的组差别多半是偶然。"),
    )
    heads = [
        Head(_("分组")), Head(_("组别")), Head(_("入选 / 参评"), number=True),
        Head(_("入选率")), Head(_("与最高组之比"), number=True, wide=True),
        Head(_("p 值"), number=True, wide=True), Head(_("结论")),
    ]  # fmt: skip
    body, frame = [], []
    for dimension, label in DIMENSIONS.items():
        groups = found.groups[dimension]
        if all(group.eligible == 1 for group in groups):
            continue  # every candidate a group of their own: a rate would say nothing
        for number, group in enumerate(sorted(groups, key=_group_order)):
            body.append([html.escaped(_(label)) if number == 0 else "", *_rate_cells(group)])
            frame.append(
                (
                    _(label),
                    _(group.group),
                    group.selected,
                    group.eligible,
                    group.rate,
                    group.ratio,
                    group.p_value,
                )
            )
    st.html(grid_html(heads, body, _("各组入选率")))
    names = [_("分组"), _("组别"), _("入选"), _("参评"), _("入选率"), _("与最高组之比"), _("p 值")]
    note_table(_("各组入选率"), pd.DataFrame(frame, columns=names))


def _group_order(group: GroupSelection) -> tuple[int, str]:
    """Sizes and tenures in their natural order, names of grids by number and name."""
    natural = [name for name in _GROUPS if name == group.group]
    if natural:
        return (_GROUPS.index(group.group), "")
    digits = re.search(r"(\d+)", group.group)
    return (len(_GROUPS) + (int(digits[1]) if digits else 0), group.group)


def _rate_cells(group: GroupSelection) -> list[str]:
    low = group.ratio < FOUR_FIFTHS
    if low and group.p_value < _ALPHA:
        said = html.state_tag_html("changed", _("请说明"))
    elif low:
        said = f'<span class="gg-muted">{html.escaped(_("可能是偶然"))}</span>'
    else:
        said = f'<span class="gg-muted">{html.escaped(_("无明显差别"))}</span>'
    lane = (
        '<span class="aw-lane" style="width:110px;margin-right:8px" aria-hidden="true">'
        f'<span style="left:0;width:{group.rate * 100:.1f}%"></span></span>'
    )
    return [
        html.escaped(_(group.group)),
        f"{group.selected} / {group.eligible}",
        lane + formats.percent(group.rate, 0),
        formats.MISSING if math.isnan(group.ratio) else f"{group.ratio:.2f}",
        _p(group.p_value),
        said,
    ]


def _size(view: View, result: TrackResult, found: Audit) -> None:
    rows = [row for row in range(len(result.workers)) if result.eligible[row]]
    frame = pd.DataFrame(
        {
            "label": [
                f"{result.candidate[r]['name']} {short_grid(result.candidate[r])}" for r in rows
            ],
            "x": [float(result.candidate[r]["households"]) for r in rows],
            "y": [int(result.scores.total[r]) / 100 for r in rows],
            "state": ["changed" if result.proposed[r] else "usual" for r in rows],
        }
    )
    chart = scatter(
        frame, view.palette, title=_("总分与网格大小"), x_name=_("户数"), y_name=_("总分"),
        x_unit="户", y_unit="分",
    )  # fmt: skip
    show(
        chart, f"fair_size_{result.track.name}",
        note=_size_words(found),
    )  # fmt: skip


def _funnel(view: View, result: TrackResult) -> None:
    codes = {
        indicator.code: indicator
        for indicator in result.track.indicators
        if funnel(result, indicator.code) is not None
    }
    if not codes:
        st.html(html.caption_html(_("有数据的人不足四名，画不出漏斗图。")))
        return
    code = st.selectbox(
        _("指标"),
        list(codes),
        format_func=lambda c: indicator_label(codes[c]),
        key=f"funnel_code_{result.track.name}",
        label_visibility="collapsed",
    )
    found = funnel(result, str(code))
    assert found is not None
    kind = codes[str(code)].kind
    better = codes[str(code)].measure.higher_is_better
    people = dict(zip(result.workers, result.candidate, strict=True))
    states = {0: "usual", 1: "better" if better else "worse", -1: "worse" if better else "better"}
    frame = pd.DataFrame(
        {
            "label": [str(people[w]["name"]) for w in found.workers],
            "n": found.exposure,
            "value": found.value,
            "state": [states[int(side)] for side in found.outside],
            "key": list(found.workers),
        }
    )
    limits = pd.DataFrame(
        {
            "n": found.exposure,
            "low95": found.low[:, 0], "high95": found.high[:, 0],
            "low998": found.low[:, 1], "high998": found.high[:, 1],
        }
    ).sort_values("n", kind="stable")  # fmt: skip
    chart = funnel_plot(
        frame, limits, view.palette, title=indicator_label(codes[str(code)]),
        unit="%" if kind == "rate" else "", target=found.target, size_name=_("应做的次数"),
    )  # fmt: skip
    wide = (
        _("界限已按实际离散程度放宽（{phi} 倍）。", phi=f"{found.phi:.1f}") if found.phi > 1 else ""
    )
    told = _("{n} 人中 {k} 人超出界限：差别大到不像偶然，请看是做法不同还是记录有误。",
             n=len(found.workers), k=int((found.outside != 0).sum()))  # fmt: skip
    show(chart, f"fair_funnel_{result.track.name}", note=told + wide)


def _outside(result: TrackResult) -> None:
    people = dict(zip(result.workers, result.candidate, strict=True))
    rows = []
    for indicator in result.track.indicators:
        found = funnel(result, indicator.code)
        if found is None:
            continue
        for worker, value, n, side in zip(
            found.workers, found.value, found.exposure, found.outside, strict=True
        ):
            if side:
                rate = indicator.kind == "rate"
                rows.append(
                    [
                        html.escaped(indicator_label(indicator)),
                        html.escaped(f"{people[worker]['name']} · {short_grid(people[worker])}"),
                        html.escaped(_("高于界限") if side > 0 else _("低于界限")),
                        formats.percent(float(value)) if rate else f"{float(value):.2f}",
                        formats.percent(found.target) if rate else f"{found.target:.2f}",
                        formats.whole(float(n)),
                    ]
                )
    section(_("超出界限的"), _("全部指标，99.8% 界限。"))
    heads = [
        Head(_("指标")), Head(_("候选人")), Head(_("方向")), Head(_("本人"), number=True),
        Head(_("平均"), number=True, wide=True), Head(_("应做的次数"), number=True, wide=True),
    ]  # fmt: skip
    st.html(grid_html(heads, rows, _("超出界限的"), nothing=_("没有人超出界限")))
