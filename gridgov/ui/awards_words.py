"""How candidates, points and chances are put into words on the award pages. No Streamlit here."""

from __future__ import annotations

import math

from gridgov import formats
from gridgov.awards.evaluate import NOT, PENDING, REVIEW, SELECTED, STATUS, TrackResult
from gridgov.awards.explain import Line
from gridgov.awards.scheme import INDICATORS, Indicator, Scheme
from gridgov.locale import N_, _, language, pick
from gridgov.ui.html import state_tag_html

__all__ = [
    "band",
    "chance",
    "group_label",
    "indicator_label",
    "is_reliable",
    "line_label",
    "outcome_html",
    "points",
    "reach",
    "reliability",
    "review_words",
    "short_grid",
    "short_tiers",
    "signed_points",
    "state_word",
    "status_word",
    "tier_label",
    "track_label",
]

# Names that the default scheme uses; a scheme's own words stand as they are.
_NAMES = (
    N_("一般网格员"), N_("微网实格员"), N_("格格先锋"), N_("格格榜样"),
    N_("服务"), N_("民意"), N_("诉求"), N_("活动"), N_("评议"),
)  # fmt: skip
_STATES = {SELECTED: N_("入选"), PENDING: N_("待决定"), NOT: N_("未入选")}
# So few candidates are all shown at once.
_FEW = 20


def track_label(name: str) -> str:
    return _(name)


def tier_label(name: str) -> str:
    return _(name)


def short_tiers(scheme: Scheme) -> list[str]:
    """The honours' names for narrow columns: without the beginning that all of them share."""
    names = [tier_label(tier.name) for tier in scheme.tiers]
    if len(names) < 2 or language() == "en":
        return names
    common = 0
    while len({name[: common + 1] for name in names}) == 1 and common < len(names[0]):
        common += 1
    return [name[common:] or name for name in names]


def group_label(name: str) -> str:
    return _(name)


def indicator_label(indicator: Indicator) -> str:
    """The scheme's own name of an indicator, in English the dictionary's."""
    return pick(indicator.name, indicator.measure.en)


def line_label(line: Line) -> str:
    """As `indicator_label`, for a line of a candidate's sheet."""
    return pick(line.name, INDICATORS[line.code].en)


def points(hundredths: int) -> str:
    """Two decimals, unlike elsewhere: the parts of a score must be seen to add up."""
    return f"{hundredths / 100:.2f}"


def signed_points(hundredths: int) -> str:
    if hundredths == 0:
        return "0.00"
    return f"{'+' if hundredths > 0 else '−'}{abs(hundredths) / 100:.2f}"


def chance(value: float) -> str:
    """A probability without false precision."""
    if math.isnan(value):
        return formats.MISSING
    if 0 < value < 0.01:
        return "<1%"
    return ">99%" if 0.99 < value < 1 else formats.percent(value, 0)


def band(low: int, high: int) -> str:
    if high <= 0:
        return formats.MISSING
    return str(low) if low == high else f"{low}–{high}"


def short_grid(person: dict[str, object]) -> str:
    """The grid's name without that of the community that all of a stratum share."""
    return str(person["grid_name"]).removeprefix(str(person["stratum_name"]))


def status_word(status: str) -> str:
    return _(STATUS[status])


def state_word(state: str) -> str:
    return _(_STATES[state])


def review_words(reasons: tuple[str, ...]) -> str:
    return formats.listing(_(REVIEW[reason]) for reason in reasons)


def reliability(result: TrackResult) -> float:
    """The least reliability of the track's strata; NaN where nobody is eligible."""
    values = result.certainty.reliability[result.eligible]
    return float(values.min()) if len(values) else math.nan


def is_reliable(scheme: Scheme, result: TrackResult) -> bool:
    """Whether places may be shown; otherwise bands alone."""
    return reliability(result) >= scheme.min_reliability


def reach(scheme: Scheme, result: TrackResult) -> tuple[list[int], list[int]]:
    """Rows that are selected or to be decided, and the other eligible ones; each in its order.

    Where there are few, all of them come first.
    By place where the score is reliable, else by band and grid, so that the order betrays nothing
    that the data cannot carry.
    """
    eligible = [row for row in range(len(result.workers)) if result.eligible[row]]
    sure = result.certainty

    def by_place(row: int) -> tuple[object, ...]:
        return (int(result.order.place[row]), result.workers[row])

    def by_band(row: int) -> tuple[object, ...]:
        person = result.candidate[row]
        return (int(sure.low[row, 2]), int(sure.high[row, 2]), str(person["grid_id"]))

    eligible.sort(key=by_place if is_reliable(scheme, result) else by_band)
    near = [row for row in eligible if len(eligible) <= _FEW or (result.state[row] != NOT).any()]
    return near, [row for row in eligible if row not in set(near)]


def outcome_html(scheme: Scheme, result: TrackResult, row: int) -> str:
    """The highest honour won as a tag, else the highest that is still open."""
    names = short_tiers(scheme)
    states = [str(state) for state in result.state[row]]
    tags = []
    if SELECTED in states:
        best = max(i for i, state in enumerate(states) if state == SELECTED)
        tags.append(state_tag_html("better", names[best]))
    if PENDING in states:
        first = states.index(PENDING)
        tags.append(state_tag_html("changed", _("{tier}待决定", tier=names[first])))
    return " ".join(tags) or f'<span class="gg-muted">{_("未入选")}</span>'
