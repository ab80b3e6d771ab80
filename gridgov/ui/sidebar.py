"""The side bar: shared filters, the data's date, language, role switch of the demo, log-out.

The filters live in the session and in the URL. A link with filters wins over the session; a change
of page, which drops the URL's parameters, keeps the session's and writes them back.
"""

from __future__ import annotations

from datetime import date

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gridgov import formats
from gridgov.filters import COMPARISONS, PERIODS, Comparison, Filters, Period
from gridgov.locale import _, language
from gridgov.queries.choices import choices_around, filter_choices
from gridgov.queries.freshness import COVERAGE_DAYS, coverage
from gridgov.schema.values import COMPLAINT_SOURCES, PILLARS
from gridgov.ui import html
from gridgov.ui.links import FOLLOW
from gridgov.ui.view import current_view
from gridgov.warehouse import Reader

__all__ = ["choose_filters", "data_line", "filters_of_run", "set_filters"]

_STATE = "filters"
_URL = "filters_url"
_TOLD = "filters_told"
_ROUND = "filters_round"
_KEYS = ("period", "compare", "from", "to", "grid", "pillar", "source", "category")


def filters_of_run(today: date, page: str) -> Filters:
    """The filters in force: those of a link that was just opened, else the session's."""
    url = {key: value for key, value in st.query_params.items() if key in _KEYS}
    if _is_link(url, page):
        filters = Filters.from_url(url, today)
        _store(filters)
        _forget_widgets()
        return filters
    saved = st.session_state.get(_STATE)
    if isinstance(saved, Filters):
        return saved.changed(today=today)
    return Filters(today=today)


def _is_link(url: dict[str, str], page: str) -> bool:
    """Whether the address was opened, as against being what the session itself wrote there.

    Who changes two filters faster than the network answers sends the second change with the
    address from before the first: that address is an echo, and taking it for a link would undo
    both changes. Back, forward and links inside a page are told by the browser as history, and
    only there does a bare address mean that nothing is filtered.
    """
    written, told = st.session_state.get(_URL), st.session_state.get(_TOLD)
    st.session_state[_TOLD] = (page, url)
    if url == written:
        return False
    context = get_script_run_ctx()
    if context is not None and context.is_history_navigation:
        return True
    return bool(url) and told != (page, url)


def _store(filters: Filters) -> None:
    st.session_state[_STATE] = filters
    parameters = filters.to_url()
    st.session_state[_URL] = parameters
    there = {key: value for key, value in st.query_params.items() if key != FOLLOW}
    others = {key: value for key, value in there.items() if key not in _KEYS}
    wanted = {**others, **parameters}
    if there != wanted:
        st.query_params.from_dict(wanted)


def _forget_widgets() -> None:
    """Begin with fresh widgets that show the filters as they now are.

    Under their old names the browser would go on showing, and at the next click send, what was
    picked in them before.
    """
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _named(name: str) -> str:
    # Options are in the reader's language: another language, another widget.
    return f"filter_{name}_{language()}_{st.session_state.get(_ROUND, 0)}"


def choose_filters(filters: Filters, reader: Reader) -> Filters:
    """Draw the filter widgets and give the filters as they stand after them."""
    categories = filter_choices(reader)[1]
    chosen = _period_widgets(filters)
    chosen = _place_widgets(chosen, reader)
    with st.expander(_("更多筛选"), expanded=bool(chosen.where())):
        chosen = _dimension_widgets(chosen, categories)
    if chosen.to_url() and st.button(_("恢复默认"), type="tertiary", key="reset_filters"):
        _store(Filters(today=filters.today))
        _forget_widgets()
        st.rerun()
    _store(chosen)
    return chosen


def _period_widgets(filters: Filters) -> Filters:
    periods: list[Period] = list(PERIODS)
    period = st.selectbox(
        _("时段"),
        periods,
        index=periods.index(filters.period),
        format_func=lambda code: _(PERIODS[code]),
        key=_named("period"),
    )
    start, end = filters.start, filters.end
    if period == "custom":
        begin = start or filters.today.replace(day=1)
        finish = end or filters.today
        picked = st.date_input(
            _("起止日期"), (begin, finish), format="YYYY-MM-DD", key=_named("dates")
        )
        start, end = begin, finish
        if isinstance(picked, tuple) and len(picked) == 2:
            if picked[0] <= filters.today:
                start, end = picked
            else:
                st.caption(
                    _("起始日期晚于数据截至的 {day}，请选早一些。", day=formats.day(filters.today))
                )
    else:
        start = end = None
    comparisons: list[Comparison] = list(COMPARISONS)
    comparison = st.selectbox(
        _("对比"),
        comparisons,
        index=comparisons.index(filters.comparison),
        format_func=lambda code: _(COMPARISONS[code]),
        key=_named("comparison"),
    )
    return filters.changed(period=period, start=start, end=end, comparison=comparison)


def _place_widgets(filters: Filters, reader: Reader) -> Filters:
    # What has just been picked is not yet in the filters; the grids below it are to be offered.
    picked = st.session_state.get(_named("grid"), filters.grid_id)
    grids = choices_around(reader, picked)
    if not grids:
        return filters
    ids = [choice.grid_id for choice in grids]
    names = {choice.grid_id: choice.label for choice in grids}
    index = ids.index(picked) if picked in names else 0
    grid_id = st.selectbox(
        _("网格"),
        ids,
        index=index,
        format_func=lambda key: names.get(key, key),
        key=_named("grid"),
        help=_("可输入网格名称查找"),
    )
    # The first choice is the root of what this person may see: no narrowing at all.
    return filters.changed(grid_id=None if grid_id == ids[0] else grid_id)


def _dimension_widgets(filters: Filters, categories: tuple[str, ...]) -> Filters:
    def choice(label: str, options: list[str], value: str | None, key: str) -> str | None:
        index = options.index(value) if value in options else None
        return st.selectbox(label, options, index=index, placeholder=_("全部"), key=_named(key))

    return filters.changed(
        pillar=choice(_("五在类别"), [value.zh for value in PILLARS], filters.pillar, "pillar"),
        source=choice(
            _("诉求来源"), [value.zh for value in COMPLAINT_SOURCES], filters.source, "source"
        ),
        category=choice(_("诉求类别"), list(categories), filters.category, "category"),
    )


def data_line(reader: Reader) -> None:
    """One muted line: how new the data is and when it was loaded."""
    version = reader.version
    parts = [_("数据截至 {day}", day=formats.day(version.data_date))]
    parts += _coverage_words(reader)
    if version.created_at is not None:
        parts.append(_("{moment} 导入", moment=formats.moment(version.created_at)))
    parts.append(_("版本 {number}", number=version.number))
    if version.sample_only:
        parts.append(_("演示数据，并非真实居民"))
    st.html(html.context_line_html(parts))


def _coverage_words(reader: Reader) -> list[str]:
    """How many grids have newly reported, and which logs lag behind the newest of them."""
    if reader.data_date is None or "mart_grid_last" not in reader.tables():
        return []
    found = coverage(reader)
    words = [
        _("{log}只到 {day}", log=_LOGS[log](), day=formats.day(day)) for log, day in found.late
    ]
    if found.grids:
        counts = {"n": formats.whole(found.reported), "all": formats.whole(found.grids)}
        words.insert(
            0,
            _("近 {days} 天 {n}/{all} 个一般网格有记录", days=COVERAGE_DAYS, **counts)
            if found.level == "一般"
            else _("近 {days} 天 {n}/{all} 个微网格有记录", days=COVERAGE_DAYS, **counts),
        )
    return words


_LOGS = {"visit": lambda: _("走访"), "activity": lambda: _("活动"), "complaint": lambda: _("诉求")}


def set_filters(**values: object) -> None:
    """Set filters from the page (a click on a grid) and run it again with them."""
    _store(current_view().filters.changed(**values))
    _forget_widgets()
    st.rerun()
