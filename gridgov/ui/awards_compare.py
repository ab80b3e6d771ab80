"""Two or more candidates of one track side by side, indicator by indicator."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gridgov import formats
from gridgov.awards.evaluate import TrackResult
from gridgov.awards.explain import Sheet, compare
from gridgov.figures import stacked_contributions
from gridgov.locale import _
from gridgov.ui import html
from gridgov.ui.awards_html import Head, grid_html
from gridgov.ui.awards_state import Desk, track_choice
from gridgov.ui.awards_words import (
    band,
    chance,
    group_label,
    line_label,
    points,
    reach,
    short_grid,
    short_tiers,
    signed_points,
    status_word,
)
from gridgov.ui.page import empty, note_table, section, show
from gridgov.ui.view import View

__all__ = ["compare_view"]

_MOST = 5


def compare_view(view: View, desk: Desk) -> None:
    """Choose two to five candidates; facts, parts, and where the difference comes from."""
    result = track_choice(desk, key="compare")
    names = {
        worker: f"{person['name']} · {short_grid(person)}"
        for worker, person in zip(result.workers, result.candidate, strict=True)
    }
    near, rest = reach(desk.scheme, result)
    listed = [result.workers[row] for row in near + rest]
    listed += [worker for worker in result.workers if worker not in set(listed)]
    picked = st.multiselect(
        _("候选人（2 至 5 人，同一赛道）"),
        listed,
        default=_around_the_cut(desk, result),
        format_func=names.__getitem__,
        max_selections=_MOST,
        key=f"compare_who_{result.track.name}",
    )
    if len(picked) < 2:
        empty(_("请选两名以上的候选人。"), _("两个赛道不混在一起比。"))
        return
    sheets = compare(desk.evaluation, picked)
    _facts(desk, result, sheets)
    _parts(view, sheets)
    _lines(sheets)


def _around_the_cut(desk: Desk, result: TrackResult) -> list[str]:
    """The two whose chances of the first honour lie nearest to even, to begin with."""
    rows = [row for row in range(len(result.workers)) if result.eligible[row]]
    if not desk.scheme.tiers:
        return []
    rows.sort(key=lambda row: (abs(float(result.certainty.top[row, 0]) - 0.5), result.workers[row]))
    return [result.workers[row] for row in rows[:2]]


def _titles(sheets: list[Sheet]) -> list[str]:
    """Names; with the grid where two bear the same."""
    names = [str(one.person["name"]) for one in sheets]
    return [
        name if names.count(name) == 1 else f"{name} {short_grid(one.person)}"
        for name, one in zip(names, sheets, strict=True)
    ]


def _facts(desk: Desk, result: TrackResult, sheets: list[Sheet]) -> None:
    rows: list[list[str]] = [
        [_("网格"), *(short_grid(one.person) for one in sheets)],
        [_("户数"), *(formats.whole(one.person["households"]) for one in sheets)],
        [_("负荷比"), *(f"{one.person['load']:.2f}" for one in sheets)],
        [_("总分"), *(points(one.total) for one in sheets)],
        [_("名次区间"), *(_band(one) for one in sheets)],
    ]
    if any(one.show_place for one in sheets):
        rows.append(
            [
                _("名次"),
                *(
                    str(one.place) if one.show_place and one.place else formats.MISSING
                    for one in sheets
                ),
            ]
        )
    for column, name in enumerate(short_tiers(desk.scheme)):
        label = _("{tier}把握", tier=name)
        rows.append([label, *(chance(one.tiers[column].probability) for one in sheets)])
    heads = [Head(""), *(Head(name, number=True) for name in _titles(sheets))]
    body = [[html.escaped(cell) for cell in row] for row in rows]
    st.html(grid_html(heads, body, _("候选人对比")))


def _band(one: Sheet) -> str:
    return band(*one.bands["both"]) if one.status == "eligible" else status_word(one.status)


def _parts(view: View, sheets: list[Sheet]) -> None:
    rows = []
    for title, one in zip(_titles(sheets), sheets, strict=True):
        shares: dict[str, int] = {}
        for line in one.lines:
            shares[group_label(line.group)] = (
                shares.get(group_label(line.group), 0) + line.contribution
            )
        rows += [(title, part, value / 100) for part, value in shares.items()]
        if one.bonus or one.deduction:
            rows.append((title, _("加减分"), (one.bonus - one.deduction) / 100))
    frame = pd.DataFrame(rows, columns=["label", "part", "value"])
    show(
        stacked_contributions(frame, view.palette, title=_("总分由哪些板块构成")),
        "compare_parts",
        note=_("每段为该板块计入总分的分数，相加即总分。"),
    )


def _lines(sheets: list[Sheet]) -> None:
    titles, first = _titles(sheets), sheets[0]
    section(
        _("差在哪里"),
        _("每格为计入总分的分数；括号里是比{name}多（+）或少（−）几分。", name=titles[0]),
    )
    heads = [Head(_("指标")), *(Head(title, number=True) for title in titles)]
    body, frame = [], []
    for number, line in enumerate(first.lines):
        values = [one.lines[number].contribution for one in sheets]
        marks = [one.lines[number].state for one in sheets]
        label = line_label(line)
        body.append([html.escaped(label), *(
            _cell(value, values[0], i, state)
            for i, (value, state) in enumerate(zip(values, marks, strict=True))
        )])  # fmt: skip
        frame.append([label, *(value / 100 for value in values)])
    extra = [one.bonus - one.deduction for one in sheets]
    if any(extra):
        body.append(
            [html.escaped(_("加减分")), *(_cell(v, extra[0], i) for i, v in enumerate(extra))]
        )
        frame.append([_("加减分"), *(value / 100 for value in extra)])
    totals = [one.total for one in sheets]
    body.append([html.escaped(_("总分")), *(_cell(v, totals[0], i) for i, v in enumerate(totals))])
    frame.append([_("总分"), *(value / 100 for value in totals)])
    st.html(grid_html(heads, body, _("差在哪里"), sums=[len(body) - 1]))
    st.html(html.caption_html(_("* 数据不足，取上期平均；— 没有应做事项，权重由其余各项分担。")))
    note_table(_("差在哪里"), pd.DataFrame(frame, columns=[_("指标"), *titles]))


def _cell(value: int, base: int, column: int, state: str = "ok") -> str:
    if state == "missing":
        return formats.MISSING
    text = points(value) + ("*" if state == "insufficient" else "")
    if column == 0:
        return text
    return f'{text} <span class="gg-muted">({signed_points(value - base)})</span>'
