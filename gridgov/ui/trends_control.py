"""The large control chart of one series: its range, its target, and a click that rebases it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gridgov import formats
from gridgov.figures import Annotation, Chart, control_chart, empty_chart
from gridgov.figures.chart import full_title
from gridgov.locale import N_, _
from gridgov.metrics import METRICS
from gridgov.small_counts import why_no_series
from gridgov.trends.by_denominator import ByDenominator, RateKind, judged_by_denominator
from gridgov.trends.series import SeriesSet
from gridgov.trends.shifts import shifts_in
from gridgov.trends.targets import ASSURANCE, target_words, with_targets
from gridgov.ui import html
from gridgov.ui.annotations import annotations_of
from gridgov.ui.page import place_name, show
from gridgov.ui.trends_annotation import annotate, nearby
from gridgov.ui.trends_choice import ChartName, Choice, segmented, store
from gridgov.ui.trends_html import unit_of
from gridgov.ui.trends_target import aim_at, targets_in_force
from gridgov.ui.trends_words import denominator_note, period_label, series_note, shift_words
from gridgov.ui.view import View

__all__ = ["large_chart"]

_CHARTS: dict[RateKind, dict[ChartName, str]] = {
    "p": {"xmr": N_("范围固定"), "rate": N_("范围随分母（P′图）")},
    "u": {"xmr": N_("范围固定"), "rate": N_("范围随分母（U′图）")},
}


@dataclass(frozen=True)
class _Judged:
    """What the chart draws and what is said of it, by whichever range was chosen."""

    frame: pd.DataFrame
    note: str
    target: float
    aim: str


def large_chart(view: View, choice: Choice, series: SeriesSet, bar: DeltaGenerator) -> Choice:
    """Draw the one series of a set with what can be done to it; gives the choice as it stands."""
    series, aims = with_targets(view.reader, series, targets_in_force())
    target = float(aims[0])
    by = judged_by_denominator(
        series, 0, rebase=choice.rebase, target=None if np.isnan(target) else target
    )
    choice = _chart_choice(choice, by, bar)
    judged = _judged(series, target, by if choice.chart == "rate" else None)
    grid_id, place = view.filters.grid_id, place_name(view)
    noted = annotations_of(view, grid_id, series.buckets[0], series.ends[-1])
    chart = _drawn(view, choice, series, judged, noted)

    def rebase_at(point: dict[str, object]) -> None:
        day = _clicked(point, series)
        if day is not None:
            store(replace(choice, rebase=tuple(sorted({*choice.rebase, day}))))
            st.rerun()

    key = f"trends_series_{choice.metric}_{grid_id}_{choice.grain}_{len(choice.rebase)}"
    key += f"_{choice.chart}"
    show(chart, key, metrics=[choice.metric], note=judged.note, on_click=rebase_at)
    said = [judged.aim] if judged.aim else []
    said += [
        shift_words(shift, choice.metric, choice.grain, nearby(noted, shift.first, shift.last))
        for shift in shifts_in(series, 0)
    ]
    if said:
        st.html(html.summary_html(said))
    with st.container(horizontal=True, vertical_alignment="center", key="trends_under"):
        _rebased(choice)
        aim_at(view, choice.metric, grid_id, place)
        annotate(view, grid_id, place)
    return choice


def _chart_choice(choice: Choice, by: ByDenominator | None, bar: DeltaGenerator) -> Choice:
    """Offered where the series has a denominator; elsewhere a link that asks for it is ignored."""
    if by is None:
        return replace(choice, chart="xmr")
    with bar:
        name = segmented(
            _("正常波动范围"), _CHARTS[by.kind], choice.chart, f"chart_{by.kind}_{choice.metric}"
        )
    choice = replace(choice, chart=name)
    store(choice)
    return choice


def _judged(series: SeriesSet, target: float, by: ByDenominator | None) -> _Judged:
    code = series.metric[0]
    if by is not None:
        aim = _aim(code, target, by.assurance)
        return _Judged(by.frame, denominator_note(series, 0, by), target, aim)
    assurance = ASSURANCE[int(series.judged.assurance[0])]
    return _Judged(series.frame(0), series_note(series, 0), target, _aim(code, target, assurance))


def _aim(code: str, target: float, assurance: str | None) -> str:
    """The target in a sentence, with what its place beside the usual range means."""
    words = target_words(code, target, assurance)
    why = {
        "pass": _("整个正常波动范围都在目标好的一侧，照现在的做法每期都能达到"),
        "fail": _("整个正常波动范围都在目标差的一侧，不改做法就达不到"),
        "hit_or_miss": _("目标落在正常波动范围之内，达到与否全凭当期的起伏"),
    }.get(assurance or "")
    return _("{words}。{why}。", words=words, why=why) if words and why else words


def _drawn(
    view: View,
    choice: Choice,
    series: SeriesSet,
    judged: _Judged,
    noted: Sequence[Annotation],
) -> Chart:
    title = _("{metric} · {place}", metric=METRICS[choice.metric].label, place=place_name(view))
    unit = unit_of(choice.metric)
    # A long unit beside each limit would leave a phone no chart: the heading says it once.
    short = unit if len(unit) <= 2 else ""
    if series.hidden.any() and judged.frame["value"].isna().all():
        return empty_chart(
            view.palette, title=title, unit=unit, grain=choice.grain, frame=judged.frame,
            sentence=why_no_series(),
        )  # fmt: skip
    chart = control_chart(
        judged.frame,
        view.palette,
        title=title,
        unit=short,
        grain=choice.grain,
        target=None if np.isnan(judged.target) else judged.target,
        annotations=noted,
        height=320,
    )
    chart.figure.update_layout(title_text=full_title(title, unit, choice.grain))
    _hold_axis(chart, series, noted, judged.target)
    return chart


def _hold_axis(chart: Chart, series: SeriesSet, noted: Sequence[Annotation], target: float) -> None:
    """Room for the target and the words of annotations; late ones stand left of their line."""
    first, last = series.buckets[0], series.ends[-1]
    air = timedelta(days=max(1, (last - first).days // 40))
    middle = (first + (last - first) / 2).isoformat()
    chart.figure.update_layout(xaxis_range=[(first - air).isoformat(), (last + air).isoformat()])
    if noted or not np.isnan(target):
        # Words stand in up to three rows at the top: room above, so that no dot lies under them.
        figures = chart.frame[["value", "lower", "upper"]].to_numpy(np.float64)
        low, high = (float(f([f(figures), target])) for f in (np.nanmin, np.nanmax))
        span = (high - low) or abs(high) or 1.0
        top = high + span * (0.12 * (1 + min(len(noted), 3)) if noted else 0.1)
        chart.figure.update_layout(yaxis_range=[low - span * 0.06, top])
    for note in chart.figure.layout.annotations:
        if note.xref != "paper" and str(note.x) > middle:
            note.update(xanchor="right", align="right", xshift=-3)


def _clicked(point: dict[str, object], series: SeriesSet) -> date | None:
    """The period of a clicked dot; none for the first, where limits begin anyway."""
    given = point.get("customdata", point.get("x"))
    text = str(given[0] if isinstance(given, list | tuple) and given else given)[:10]
    days = [day.isoformat() for day in series.buckets]
    return series.buckets[days.index(text)] if text in days[1:] else None


def _rebased(choice: Choice) -> None:
    """Say from where the range is counted anew, and offer the way back."""
    if not choice.rebase:
        st.html(html.caption_html(_("做法变了？点图上的一个点，从那一期起重算正常波动范围。")))
        return
    said = formats.listing(period_label(day, choice.grain) for day in choice.rebase)
    st.html(html.caption_html(_("正常波动范围自 {periods} 起重算。", periods=said)))
    if st.button(_("恢复"), type="tertiary", key="trends_rebase_off"):
        store(replace(choice, rebase=()))
        st.rerun()
