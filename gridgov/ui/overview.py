"""What the overview computes and how its list of concerns is drawn."""

from __future__ import annotations

from collections.abc import Container

import pandas as pd
import streamlit as st

from gridgov.attention import SIGNAL_METRICS, Concern, attention
from gridgov.filters import Filters
from gridgov.judgement import Judged, judge
from gridgov.locale import _
from gridgov.narrative import summary
from gridgov.ui import html
from gridgov.ui.cache import drawn
from gridgov.ui.follow_up import follow_up_link, open_asked_form, visible_actions
from gridgov.ui.links import href, link_html
from gridgov.ui.metric_cards import metric_card
from gridgov.ui.view import View
from gridgov.warehouse import Reader

__all__ = [
    "HEADLINES",
    "LEADS_TO",
    "concern_list",
    "concerns_frame",
    "headline_cards",
    "overview_of",
]

HEADLINES = ("SV1", "SV2", "C3", "C6", "HP1", "C13")
LEADS_TO = {
    "SV1": "visits", "SV2": "visits", "C3": "complaints", "C6": "complaints",
    "HP1": "engagement", "C13": "complaints",
}  # fmt: skip
# So many of a kind come first, so that ten overdue lists do not hide the one signal below them.
_FIRST_OF_A_KIND = 2


def overview_of(reader: Reader, filters: Filters) -> tuple[list[Judged], list[Concern], list[str]]:
    """The judged headline metrics, the concerns, the five sentences."""
    codes = (*HEADLINES, *(code for code in SIGNAL_METRICS if code not in HEADLINES))
    judged = judge(reader, codes, filters)
    concerns = attention(reader, filters, judged)
    return judged[: len(HEADLINES)], concerns, summary(judged, concerns, filters)


def headline_cards(view: View, judged: list[Judged]) -> list[str]:
    """The headline metrics as cards, each leading to its page."""
    return drawn(
        "headline cards",
        lambda: [
            metric_card(
                item,
                view.palette,
                view.filters,
                href=href(LEADS_TO[item.metric.code], view.filters),
            )
            for item in judged
        ],
    )


def concern_list(view: View, concerns: list[Concern]) -> None:
    """Each entry with its place and nature, a link to its page, and one to follow it up."""
    open_asked_form(view, concerns)
    shown = concerns if st.session_state.get("all_concerns") else _first(concerns)
    followed = {action.source_key for action in visible_actions(view, open_only=True)}
    # One piece of HTML: a container, a text and a button for each entry are most of a page's parts.
    if shown:
        st.html("".join(_concern_html(view, concern, followed) for concern in shown))
    if len(shown) < len(concerns):
        st.button(
            _("其余 {n} 项", n=len(concerns) - len(shown)),
            type="tertiary",
            key="more_concerns",
            on_click=lambda: st.session_state.update(all_concerns=True),
        )


def _concern_html(view: View, concern: Concern, followed: Container[str]) -> str:
    filters = concern.opened(view.filters)
    more = {"metric": concern.changes["metric"]} if "metric" in concern.changes else {}
    title = link_html(concern.page, filters, concern.title, **more)
    place = html.escaped(concern.said_place)
    if concern.is_leading:
        narrowed = filters.changed(grid_id=concern.grid_id)
        place = link_html(concern.page, narrowed, concern.said_place, **more)
    if concern.source in followed:
        step = link_html("follow_up", view.filters, _("督办中"))
    else:
        step = follow_up_link(view, concern)
    return html.concern_html(concern.nature, concern.kind, title, _line(concern), place, step)


def _first(concerns: list[Concern]) -> list[Concern]:
    seen: dict[str, int] = {}
    first = []
    for concern in concerns:
        seen[concern.kind] = seen.get(concern.kind, 0) + 1
        if seen[concern.kind] <= _FIRST_OF_A_KIND:
            first.append(concern)
    return first


def _line(concern: Concern) -> str:
    parts = [concern.detail]
    if concern.holder:
        parts.append(_("责任人 {name}", name=concern.holder))
    return " · ".join(part for part in parts if part)


def concerns_frame(concerns: list[Concern]) -> pd.DataFrame:
    """The entries as rows, for the page's workbook."""
    return pd.DataFrame(
        {
            _("事项"): [concern.title for concern in concerns],
            _("网格"): [concern.said_place for concern in concerns],
            _("性质"): [concern.nature for concern in concerns],
            _("说明"): [concern.detail for concern in concerns],
            _("责任人"): [concern.holder for concern in concerns],
        }
    )
