"""What the reader of the trends page has chosen, kept in the address and in the session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeVar, cast, get_args

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gridgov.locale import N_, _, language, pick
from gridgov.metrics import METRICS
from gridgov.metrics.grids import tree_of
from gridgov.schema.values import GRID_LEVELS, PILLARS
from gridgov.trends.places import grid_names
from gridgov.trends.spans import GRAINS, TrendGrain, codes_with
from gridgov.ui.links import href
from gridgov.ui.view import View

__all__ = [
    "PARTS",
    "VIEWS",
    "ChartName",
    "Choice",
    "Part",
    "ViewName",
    "choose",
    "level_name",
    "levels_below",
    "segmented",
    "series_href",
    "shorter",
    "store",
]

ViewName = Literal["signals", "grids", "metrics", "series"]
Part = Literal["explain", "compare", "ahead"]
ChartName = Literal["xmr", "rate"]
VIEWS: dict[ViewName, str] = {
    "signals": N_("新信号"),
    "grids": N_("一个指标·各网格"),
    "metrics": N_("一个网格·各指标"),
    "series": N_("单条序列"),
}
PARTS: dict[Part, str] = {
    "explain": N_("变化从哪里来"),
    "compare": N_("与上年比"),
    "ahead": N_("今后12周"),
}
T = TypeVar("T", bound=str)
_STATE, _URL = "trends_choice", "trends_url"
_KEYS = ("view", "metric", "grain", "level", "since", "rebase", "part", "by", "chart")


@dataclass(frozen=True)
class Choice:
    """`level`, `since` and `by` are "" or None where the view has its own default.

    chart: the large series on one range for all its periods, or on that of each denominator.
    """

    view: ViewName = "signals"
    metric: str = "C1"
    grain: TrendGrain = "month"
    level: str = ""
    since: date | None = None
    rebase: tuple[date, ...] = ()
    part: Part = "explain"
    by: str = ""
    chart: ChartName = "xmr"

    @classmethod
    def from_url(cls, given: dict[str, str]) -> Choice:
        """Read URL parameters; whatever is not understood falls back to the default."""
        found = cls()
        if given.get("view") in VIEWS:
            found = replace(found, view=cast(ViewName, given["view"]))
        if given.get("metric", "").upper() in METRICS:
            found = replace(found, metric=given["metric"].upper())
        if given.get("grain") in GRAINS:
            found = replace(found, grain=cast(TrendGrain, given["grain"]))
        if given.get("part") in get_args(Part):
            found = replace(found, part=cast(Part, given["part"]))
        if given.get("chart") in get_args(ChartName):
            found = replace(found, chart=cast(ChartName, given["chart"]))
        days = tuple(day for text in given.get("rebase", "").split(",") if (day := _day(text)))
        return replace(
            found,
            level=given.get("level", ""),
            since=_day(given.get("since", "")),
            rebase=tuple(sorted(days)),
            by=given.get("by", ""),
        )

    def to_url(self) -> dict[str, str]:
        """URL parameters; defaults are left out."""
        plain = Choice()
        named = {
            "view": self.view,
            "metric": self.metric,
            "grain": self.grain,
            "level": self.level,
            "since": self.since.isoformat() if self.since else "",
            "rebase": ",".join(day.isoformat() for day in self.rebase),
            "part": self.part,
            "by": self.by,
            "chart": self.chart,
        }
        return {k: text for k, text in named.items() if text and getattr(plain, k) != text}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        return None


def _current() -> Choice:
    """A link that was just opened wins; else what this session had."""
    url = {key: value for key, value in st.query_params.items() if key in _KEYS}
    saved = st.session_state.get(_STATE)
    if url and url != st.session_state.get(_URL):
        for key in [key for key in st.session_state if str(key).startswith("trends_w_")]:
            del st.session_state[key]
        return Choice.from_url(url)
    return saved if isinstance(saved, Choice) else Choice()


def store(choice: Choice) -> None:
    """Keep the choice in the session and write it into the address."""
    st.session_state[_STATE] = choice
    wanted = choice.to_url()
    st.session_state[_URL] = wanted
    others = {key: value for key, value in st.query_params.items() if key not in _KEYS}
    if dict(st.query_params.items()) != {**others, **wanted}:
        st.query_params.from_dict({**others, **wanted})


def choose() -> tuple[Choice, DeltaGenerator]:
    """Draw what to look at: the view, the metric where a view is about one, the grain.

    Gives the choice and the one row of controls, to which a view adds its own.
    """
    choice = _current()
    view = segmented(_("看什么"), VIEWS, choice.view, "view")
    bar = st.container(horizontal=True, vertical_alignment="center", key="trends_bar")
    with bar:
        metric = choice.metric
        if view in ("grids", "series"):
            metric = _metric(choice)
        grains = (
            GRAINS if view != "signals" else {k: GRAINS[k] for k in ("month", "week", "quarter")}
        )
        grain = choice.grain if choice.grain in grains else "month"
        grain = segmented(_("按"), grains, grain, f"grain_{view}")
    moved = (view, metric, grain) != (choice.view, choice.metric, choice.grain)
    choice = replace(choice, view=view, metric=metric, grain=grain)
    if moved:
        # Another series has other limits: a rebase belongs to the one it was made on.
        choice = replace(choice, rebase=())
    store(choice)
    return choice, bar


def segmented(
    label: str, names: Mapping[T, str], current: T, key: str, *, hidden: bool = True
) -> T:
    """A row of named choices, one of which always holds."""
    options = list(names)
    picked = st.segmented_control(
        label,
        options,
        default=current if current in names else options[0],
        format_func=lambda code: _(names[code]),
        key=f"trends_w_{key}_{language()}",
        label_visibility="collapsed" if hidden else "visible",
        required=True,
    )
    return picked if picked in names else current


def _metric(choice: Choice) -> str:
    codes = codes_with(choice.grain)
    index = codes.index(choice.metric) if choice.metric in codes else 0
    picked = st.selectbox(
        _("指标"),
        codes,
        index=index,
        format_func=metric_name,
        key=f"trends_w_metric_{language()}",
        label_visibility="collapsed",
        width=300,
    )
    return str(picked or codes[index])


def metric_name(code: str) -> str:
    """Pillar and name: 诉求 · 千人诉求量."""
    metric = METRICS[code]
    pillars = {value.zh: value.en for value in PILLARS}
    pillar = pick(metric.pillar, pillars.get(metric.pillar, "Complaints"))
    return f"{pillar} · {metric.label}"


def level_name(level: str) -> str:
    """A level of the tree in the reader's language: 一般网格, general grid."""
    for value in GRID_LEVELS:
        if value.zh == level:
            zh = level + "网格" if level in ("一般", "微", "专属", "总") else level
            return pick(zh, value.en)
    return level


def series_href(view: View, code: str, grid_id: str, grain: TrendGrain) -> str:
    """The address of one series."""
    filters = view.filters.changed(grid_id=grid_id or None)
    more = {"view": "series", "metric": code}
    if grain != "month":
        more["grain"] = grain
    return href("trends", filters, **more)


def levels_below(levels: Sequence[str]) -> dict[str, str]:
    """Levels with their names, for a row of choices."""
    return {level: level_name(level) for level in levels}


def shorter(view: View) -> Callable[[str], str]:
    """A grid's name without that of the one community around it, which the context line says."""
    tree, names = tree_of(view.reader), grid_names(view.reader)
    around = [names[key][0] for key, node in tree.nodes.items() if node.level == "社区"]

    def short(name: str) -> str:
        bare = name.removeprefix(around[0]) if len(around) == 1 else name
        return bare or name

    return short
