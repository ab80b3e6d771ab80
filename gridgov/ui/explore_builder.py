"""The builder's widgets: from a question to the question as it stands after them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from gridgov.explore.builder import (
    CHARTS,
    GRAINS,
    MAX_METRICS,
    SORTS,
    ChartKind,
    Cut,
    allowed_grains,
    allowed_splits,
    split_label,
)
from gridgov.explore.builder_answer import split_values
from gridgov.locale import _, language
from gridgov.metrics import METRICS
from gridgov.metrics.grids import tree_of
from gridgov.schema.values import GRID_LEVELS
from gridgov.ui.cache import kept
from gridgov.ui.explore_state import stamp, store_cut
from gridgov.ui.view import View
from gridgov.warehouse import Reader

__all__ = ["build", "chart_switch"]


def build(cut: Cut, view: View) -> Cut:
    """Draw the builder and give the question; it is in the address when this returns."""
    with st.container(border=True, key="builder"):
        what, by, when = st.columns([5, 5, 2])
        with what:
            cut = _metrics(cut)
        with by:
            cut = _splits(cut, view)
        with when:
            cut = _grain(cut)
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            cut = _filter(cut, view)
            cut = _order(cut)
            cut = _switches(cut, view)
    store_cut(cut)
    return cut


def _key(name: str, *parts: str) -> str:
    return "_".join(("cut", name, str(stamp()), language(), *parts))


def _metrics(cut: Cut) -> Cut:
    def name(code: str) -> str:
        metric = METRICS[code]
        return f"{_(metric.pillar)} · {metric.label}"

    chosen = st.multiselect(
        _("指标"), list(METRICS), default=list(cut.metrics), format_func=name,
        max_selections=MAX_METRICS, key=_key("metrics"), placeholder=_("选择一个或几个指标"),
        help=_("可输入名称查找；多个指标只能按它们共有的维度拆分"),
    )  # fmt: skip
    return cut.changed(metrics=tuple(chosen) or cut.metrics)


def _levels(view: View) -> list[str]:
    """Levels of the grids below the place in view, from the top."""
    tree = tree_of(view.reader)
    inside = tree.below(view.filters.grid_id) if view.filters.grid_id else list(tree.nodes)
    counts: dict[str, int] = {}
    for grid_id in inside:
        level = tree.nodes[grid_id].level
        counts[level] = counts.get(level, 0) + 1
    return [f"grid:{value.zh}" for value in GRID_LEVELS if counts.get(value.zh, 0) > 1]


def _splits(cut: Cut, view: View) -> Cut:
    options = [*_levels(view), *allowed_splits(cut.metrics)]
    # A level that this place does not have stays choosable: the link may come from above.
    options += [name for name in cut.by if name.startswith("grid:") and name not in options]
    default = [name for name in cut.by if name in options]
    chosen = st.multiselect(
        _("拆分"), options, default=default, format_func=split_label, max_selections=2,
        key=_key("by", *cut.metrics), placeholder=_("不拆分"),
        help=_("最多两个；第一个在行，第二个在列"),
    )  # fmt: skip
    grids = [name for name in chosen if name.startswith("grid:")]
    if len(grids) > 1:
        st.caption(_("一次只能按一个网格层级拆分，已用“{name}”", name=split_label(grids[0])))
        chosen = [name for name in chosen if name not in grids[1:]]
    return cut.changed(by=tuple(chosen))


def _grain(cut: Cut) -> Cut:
    grains: list[Any] = [None, *allowed_grains(cut.metrics)]
    index = grains.index(cut.grain) if cut.grain in grains else 0
    chosen = st.selectbox(
        _("时间"), grains, index=index, key=_key("grain", *cut.metrics),
        format_func=lambda grain: _(GRAINS[grain]) if grain else _("整段"),
    )  # fmt: skip
    return cut.changed(grain=chosen)


def _values(name: str) -> Callable[..., tuple[str, ...]]:
    return partial(split_values, name=name)


def _filter(cut: Cut, view: View) -> Cut:
    """Values of the metrics' dimensions; the lists are read when the door is opened."""
    splits = allowed_splits(cut.metrics)
    where = {name: values for name, values in cut.only if name in splits}
    count = sum(len(values) for values in where.values())
    label = _("限定取值（{n}）", n=count) if count else _("限定取值")
    door = st.popover(label, disabled=not splits, on_change="rerun", key="cut_filter")
    if door.open and splits:
        with door:
            for name in splits:
                values = kept(_occurring, cut.metrics[0], name)
                options = list(dict.fromkeys((*values, *where.get(name, ()))))
                chosen = st.multiselect(
                    split_label(name), options, default=list(where.get(name, ())),
                    key=_key("only", name, cut.metrics[0]), placeholder=_("全部"),
                )  # fmt: skip
                where[name] = tuple(chosen)
    return cut.changed(only=tuple((name, values) for name, values in where.items() if values))


def _occurring(reader: Reader, filters: Any, code: str, name: str) -> tuple[str, ...]:
    return split_values(reader, filters, Cut((code,)), name)


def _order(cut: Cut) -> Cut:
    door = st.popover(_order_label(cut), disabled=not cut.by, on_change="rerun", key="cut_order")
    if not (door.open and cut.by):
        return cut
    with door:
        sorts = list(SORTS)
        sort = st.radio(
            _("次序"), sorts, index=sorts.index(cut.sort), key=_key("sort"),
            format_func=lambda name: _(SORTS[name]),
        )  # fmt: skip
        tops: list[int | None] = [None, 3, 5, 10, 20, 50]
        if cut.top not in tops:
            tops.append(cut.top)
        top = st.selectbox(
            _("只列前几项，其余合并"), tops, index=tops.index(cut.top), key=_key("top"),
            format_func=lambda n: _("前 {n} 项", n=n) if n else _("全部列出"),
        )  # fmt: skip
    return cut.changed(sort=sort, top=top)


def _order_label(cut: Cut) -> str:
    words = _(SORTS[cut.sort])
    return f"{words} · {_('前 {n} 项', n=cut.top)}" if cut.top and cut.by else words


def _switches(cut: Cut, view: View) -> Cut:
    compare = st.toggle(
        _("对比"), value=cut.compare, key=_key("vs"), disabled=view.filters.compared is None,
        help=_("与左侧“对比”所选的时段相比"),
    )  # fmt: skip
    can_share = bool(cut.by) and any(
        METRICS[code].kind in ("count", "stock", "rate") for code in cut.metrics
    )
    share = st.toggle(
        _("占合计"), value=cut.share, key=_key("share"), disabled=not can_share,
        help=_("每项的分子占全部的比重；只对可以相加的数量计算，比率没有"),
    )  # fmt: skip
    return cut.changed(compare=compare, share=share)


def chart_switch(cut: Cut, chosen: ChartKind, possible: tuple[ChartKind, ...]) -> ChartKind:
    """The switch between the figures that can show the answer; the address follows."""
    if len(possible) == 1:
        return chosen
    ordered = [kind for kind in CHARTS if kind in possible]
    picked: ChartKind | None = st.segmented_control(
        _("图形"), ordered, default=chosen, format_func=lambda kind: _(CHARTS[kind]),
        key=_key("chart", *ordered, chosen), label_visibility="collapsed", required=True,
    )  # fmt: skip
    if picked and picked != chosen:
        store_cut(cut.changed(chart=picked))
        st.rerun()
    return chosen
