"""Sentences of the trends page: what the figures say, without jargon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from gridgov import formats
from gridgov.figures.chart import bucket_label
from gridgov.figures.control import signal_words, state_words
from gridgov.judgement import Tone
from gridgov.locale import _, language
from gridgov.metrics import METRICS
from gridgov.small_counts import small_note, why_no_series
from gridgov.trends.by_denominator import ByDenominator
from gridgov.trends.explain import Explained, printed
from gridgov.trends.series import LEAST_POINTS, SeriesSet, place_of_points
from gridgov.trends.shifts import Shift
from gridgov.trends.spans import TrendGrain
from gridgov.trends.volumes import VolumeForecast

__all__ = [
    "accuracy_words",
    "denominator_note",
    "explained_words",
    "lower",
    "period_label",
    "series_note",
    "shift_words",
    "state_counts",
]


def lower(text: str) -> str:
    """A name inside a sentence: English wants it small, Chinese knows no case."""
    return text.lower() if language() == "en" else text


def period_label(day: date, grain: TrendGrain, *, partial: bool = False) -> str:
    """A period by its first day: 2026年10月, 2026年上半年, 2025-2026学年."""
    if grain == "school_year":
        text = _("{first}–{second}学年", first=day.year, second=day.year + 1)
    else:
        text = bucket_label(day.isoformat(), grain)
    return _("{period}（不完整）", period=text) if partial else text


def state_counts(tones: Sequence[Tone], noun: str) -> str:
    """How many of which state: 一般网格 11 个：1 个变差，2 个改善，8 个正常波动."""
    parts = []
    for tone in ("worse", "changed", "better", "usual", "missing"):
        count = sum(one == tone for one in tones)
        if count:
            name = _("不作判断") if tone == "missing" else lower(state_words(tone))
            parts.append(_("{n} 个{state}", n=count, state=name))
    joint = ", " if language() == "en" else "，"
    return _("{noun} {n} 个：{parts}", n=len(tones), noun=noun, parts=joint.join(parts))


def denominator_note(series: SeriesSet, row: int, by: ByDenominator) -> str:
    """What the chart with limits by denominator says, its method in one plain sentence."""
    newest = by.frame.dropna(subset=["lower"])
    signal = str(newest["signal"].iloc[-1]) if len(newest) else ""
    state, rule = state_words(by.tone), signal_words(signal)
    parts = [
        _("最近一期：{state}", state=f"{state} · {rule}" if rule else state),
        _(
            "灰带按当期的分母（{base}）算，分母越小、偶然起伏越大，灰带越宽；"
            "实际起伏是偶然的 {times} 倍，宽度已照此调整（Laney）",
            base=lower(METRICS[series.metric[row]].denominator_label),
            times=formats.number(by.dispersion, 1),
        ),
    ]
    if by.trial:
        parts.append(_("不足 13 期，范围仅供试用"))
    few = int((series.few[row] & ~series.partial[row]).sum())
    if few:
        parts.append(_("另有 {n} 期样本不足，未画出", n=few))
    if series.partial[row].any():
        parts.append(_("空心点为未结束的一期，不参加计算"))
    return formats.listing(parts) + ("." if language() == "en" else "。")


def series_note(series: SeriesSet, row: int) -> str:
    """What the control chart says: the newest state and why, and on how much it rests."""
    counted = int(place_of_points(series)[row].sum())
    few = int((series.few[row] & ~series.partial[row]).sum())
    parts = []
    if not counted and series.hidden[row].any():
        return why_no_series()
    if not series.is_judged[row]:
        if few > counted:
            parts.append(_("多数期样本不足，不作判断"))
        elif counted < LEAST_POINTS:
            parts.append(
                _("只有 {n} 期可用，不足 {least} 期，不作判断", n=counted, least=LEAST_POINTS)
            )
        else:
            parts.append(_("平均每期不到一件，一件就会像异常，不作判断"))
    else:
        frame = series.frame(row)
        at = series.newest(row)
        signal = str(frame["signal"].iloc[at]) if at is not None else ""
        state = state_words(series.tone(row))
        rule = signal_words(signal)
        parts.append(_("最近一期：{state}", state=f"{state} · {rule}" if rule else state))
        parts.append(_("灰带为正常波动范围，据 {n} 期算出", n=counted))
        if series.judged.trial[row]:
            parts.append(_("不足 13 期，范围仅供试用"))
    if few and counted:
        parts.append(_("另有 {n} 期样本不足，未画出", n=few))
    if series.partial[row].any():
        parts.append(_("空心点为未结束的一期，不参加计算"))
    words = formats.listing(parts) + ("." if language() == "en" else "。")
    return words + small_note() if series.hidden[row].any() else words


def shift_words(shift: Shift, code: str, grain: TrendGrain, near: Sequence[str]) -> str:
    """One shift of level with how sure it is, and the annotations that lie next to it."""
    unit = METRICS[code].unit
    first, last = (_moment(day, grain) for day in (shift.first, shift.last))
    where = first if shift.first == shift.last else f"{first} ~ {last}"
    text = _(
        "自 {on} 起水平由 {before} 变为 {after}，把握 {sure}，起点有九成可能在 {where}。",
        on=_moment(shift.on, grain),
        before=formats.value(shift.before, unit),
        after=formats.value(shift.after, unit),
        # A permutation test of 1,999 shuffles cannot say more than 99.95 %.
        sure=formats.percent(min(shift.confidence, 0.999)),
        where=where,
    )
    if near:
        text += _("附近的批注：{texts}。", texts=formats.listing(near))
    return text


def _moment(day: date, grain: TrendGrain) -> str:
    """A period as the start of something: a week by its first day."""
    return formats.day(day) if grain == "week" else period_label(day, grain)


def explained_words(found: Explained) -> str:
    """The difference, who carries most of it, and how much is mix rather than rate.

    In the figures of the chart and the table beside it, so that they add up as read.
    """
    unit, told = found.metric.unit, printed(found)
    difference = told.after - told.before
    parts = [_("共变化 {total}", total=formats.change(round(difference, 9), unit))]
    same_way = told.frame[told.frame["total"] * difference > 0]
    if len(same_way):
        top = same_way.iloc[0]
        parts.append(
            _(
                "影响最大的是{label}（{change}）",
                label=top["label"],
                change=formats.change(float(top["total"]), unit),
            )
        )
    if found.metric.kind == "ratio" and told.frame["mix"].any():
        parts.append(
            _(
                "其中做得好坏变了 {rate}，分布变了 {mix}",
                rate=formats.change(round(float(told.frame["rate"].sum()), 9), unit),
                mix=formats.change(round(float(told.frame["mix"].sum()), 9), unit),
            )
        )
    return formats.listing(parts) + ("." if language() == "en" else "。")


def accuracy_words(found: VolumeForecast) -> list[str]:
    """How good the forecast has been, which method is shown, and where the calendar ends."""
    ahead = found.ahead
    lines = []
    if ahead.origins:
        lines.append(
            _(
                "过去试了 {n} 次：本法的误差是“上周同日”平均起伏的 {model}，"
                "照抄上周同一天的办法是 {naive}；{level} 的区间实际盖住 {cover} 的日子。",
                n=ahead.origins,
                model=formats.percent(ahead.model.mase),
                naive=formats.percent(ahead.naive.mase),
                level=formats.percent(ahead.level, 0),
                cover=formats.percent(
                    (ahead.model if ahead.method == "model" else ahead.naive).coverage
                ),
            )
        )
    else:
        lines.append(_("数据太短，还没有检验记录。"))
    if ahead.method == "seasonal_naive":
        lines.append(_("本法没有更准，所以这里显示的是照抄上周同一天的办法。"))
    lines.append(
        _(
            "日历覆盖到 {day}；此后的调休尚未公布，预测可能有偏差。",
            day=formats.day(ahead.calendar_until),
        )
    )
    if found.left_out is not None:
        lines.append(_("{day} 还没结束，没有用来计算。", day=formats.day(found.left_out)))
    return lines
