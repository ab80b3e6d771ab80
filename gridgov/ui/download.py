"""Definitions and downloads under a figure and at the foot of a page.

Files are made when they are asked for, not when the page is drawn, and every one is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from gridgov import formats
from gridgov.access.sessions import actor_of
from gridgov.clock import now
from gridgov.filters import COMPARISONS
from gridgov.labels import labelled
from gridgov.locale import _, pick
from gridgov.metrics import METRICS
from gridgov.metrics.grids import tree_of
from gridgov.report.tabular import MIME, About, Format, table_bytes
from gridgov.report.workbook import workbook_bytes
from gridgov.ui.navigation import page_named
from gridgov.ui.view import View, current_view, workspace
from gridgov.workspace.export_record import needs_reason, record_export

__all__ = [
    "about",
    "definitions_block",
    "download",
    "file_stem",
    "page_workbook",
    "table_downloads",
]


def about(title: str, codes: Sequence[str] = (), *, personal: bool = False) -> About:
    """What a file made in this run says of itself: filters, definitions, time, data version."""
    view = current_view()
    version = view.reader.version
    notes = [_("本表由格格看板生成；比率的分母为零时为空，不是 0")]
    if personal:
        notes.append(
            _(
                "水印：{name} 于 {moment} 导出，含居民逐条记录，请勿外传",
                name=view.identity.name,
                moment=formats.moment(now()),
            )
        )
    return About(
        title=title,
        made_at=now(),
        data_version=_(
            "版本 {number}，数据截至 {day}",
            number=version.number,
            day=formats.day(version.data_date),
        ),
        filters=tuple(filter_lines(view)),
        definitions=tuple(
            (pick(METRICS[code].zh, METRICS[code].en), _definition(code)) for code in codes
        ),
        notes=tuple(notes),
    )


def filter_lines(view: View) -> list[tuple[str, str]]:
    """The filters in force, in words, as every export prints them."""
    filters = view.filters
    span, compared = filters.span, filters.compared
    lines = [
        (_("时段"), f"{formats.day(span.start)} ~ {formats.day(span.end)}"),
        (_("是否未完"), _("是") if span.is_unfinished else _("否")),
    ]
    if compared is not None:
        dates = f"{formats.day(compared.start)} ~ {formats.day(compared.end)}"
        lines.append((_("对比"), f"{_(COMPARISONS[filters.comparison])} {dates}"))
    lines.append((_("网格"), _place(view)))
    names = {"pillar": _("五在类别"), "source": _("诉求来源"), "category": _("诉求类别")}
    lines += [(names[name], "、".join(values)) for name, values in filters.where().items()]
    return lines


# What a file's name must not hold, on any system.
_FORBIDDEN = str.maketrans(dict.fromkeys('\\/:*?"<>|\n\r\t', " "))
_LONGEST = 80


def file_stem(title: str) -> str:
    """The name of a saved file without its ending: what, when, where and what it was narrowed to.

    A picture and a CSV have no sheet that could say so.
    """
    view = current_view()
    if not view.has_data:
        return title
    span, nodes = view.filters.span, tree_of(view.reader).nodes
    node = nodes.get(view.filters.grid_id or "")
    parts = [title, f"{span.start:%Y%m%d}-{span.end:%Y%m%d}"]
    parts += [node.name if node is not None else _("全部")]
    parts += [value for values in view.filters.where().values() for value in values]
    return " ".join(" ".join(parts).translate(_FORBIDDEN).split())[:_LONGEST]


def _place(view: View) -> str:
    """The chosen grid's name with its number; without one everything that the person may see."""
    grid_id, nodes = view.filters.grid_id, tree_of(view.reader).nodes
    if grid_id is not None:
        return f"{nodes[grid_id].name} ({grid_id})" if grid_id in nodes else grid_id
    tops = [nodes[top].name for top in tree_of(view.reader).tops]
    return _("全部") + (f" ({'、'.join(tops[:3])})" if tops else "")


def _definition(code: str) -> str:
    metric = METRICS[code]
    return pick(metric.definition_zh, metric.definition_en)


def definitions_block(codes: Sequence[str]) -> None:
    """Each metric's name, code and definition."""
    for code in codes:
        metric = METRICS[code]
        st.markdown(f"**{pick(metric.zh, metric.en)}** `{code}`  \n{_definition(code)}")


def download(
    label: str,
    make: Callable[[], bytes],
    *,
    name: str,
    kind: str,
    rows: int,
    key: str,
    personal: bool = False,
    reason: str = "",
    disabled: bool = False,
    saved_as: str = "",
) -> None:
    """A download button; the file is made and its leaving recorded when it is clicked.

    `saved_as`: the file's name without its ending, where that says more than `name`.
    """
    view = current_view()

    def hand_out() -> bytes:
        record_export(
            workspace(),
            actor_of(view.identity),
            kind=kind,
            subject=name,
            filters=view.filters.to_url(),
            row_count=rows,
            personal=personal,
            reason=reason,
            data_version=view.reader.version.number,
        )
        return make()

    st.download_button(
        label,
        hand_out,
        file_name=f"{saved_as or name}.{kind}",
        mime=MIME.get(kind),
        key=key,
        on_click="ignore",
        disabled=disabled,
    )


def table_downloads(
    title: str, frame: pd.DataFrame, codes: Sequence[str], *, key: str, personal: bool = False
) -> None:
    """Buttons for the rows of one figure or table: xlsx and CSV.

    `personal` rows carry a watermark; many of them leave only with a reason.
    """
    must_say = needs_reason(len(frame), personal=personal)
    reason = (
        st.text_input(_("导出理由"), key=f"reason_{key}", max_chars=500) if must_say else ""
    ).strip()
    names: list[tuple[Format, str]] = [("xlsx", _("下载 Excel")), ("csv", _("下载 CSV"))]
    told = about(title, codes, personal=personal)
    with st.container(horizontal=True):
        for kind, label in names:
            download(
                label,
                partial(_file, frame, kind, told),
                name=title,
                kind=kind,
                rows=len(frame),
                key=f"{kind}_{key}",
                personal=personal,
                reason=reason,
                disabled=must_say and not reason,
                saved_as=file_stem(title),
            )


def _file(frame: pd.DataFrame, kind: Format, told: About) -> bytes:
    return table_bytes(labelled(frame), kind, told)


def page_workbook(sheets: Sequence[tuple[str, pd.DataFrame]], codes: Sequence[str]) -> None:
    """One button for everything that the page has shown."""
    title = _(page_named(current_view().page_name).title)
    told = about(title, codes)
    download(
        _("下载本页"),
        lambda: workbook_bytes(sheets, told),
        name=title,
        kind="xlsx",
        rows=sum(len(frame) for _title, frame in sheets),
        key="page_workbook",
        saved_as=file_stem(title),
    )
