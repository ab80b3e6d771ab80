"""The profile of a grid: what it computes and how it is drawn."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from gridgov import formats
from gridgov.attention import SILENT_DAYS
from gridgov.figures import (
    Chart,
    bars,
)
from gridgov.figures.palette import Palette
from gridgov.filters import Filters
from gridgov.judgement import Judged, judge
from gridgov.locale import _, pick
from gridgov.metrics import METRICS
from gridgov.metrics.evaluate import answer
from gridgov.queries.freshness import silent_grids
from gridgov.queries.grid_profile import grid_card, grid_peers, grid_workers, map_attributes
from gridgov.queries.grids_below import short_names
from gridgov.small_counts import told
from gridgov.ui import html
from gridgov.ui.grid_notes import count_note, hidden_note
from gridgov.warehouse import Reader

Row = Mapping[Hashable, Any]

__all__ = [
    "PROFILE_METRICS",
    "default_grid",
    "facts_html",
    "peers_chart",
    "peers_note",
    "profile_of",
    "scrolling_html",
    "silent_note",
    "silent_rows",
    "workers_frame",
]

PROFILE_METRICS = ("SV1", "SV2", "SV6", "C1", "C3", "HP1")


def default_grid(reader: Reader, filters: Filters) -> str | None:
    """The grid that a profile is about: the chosen one, else the first general grid visible."""
    if filters.grid_id:
        return filters.grid_id
    for level in ("一般", "微", "社区"):
        grids = map_attributes(reader, level=level)
        if len(grids):
            return str(grids["grid_id"].iloc[0])
    return None


def profile_of(
    reader: Reader, filters: Filters, grid_id: str
) -> tuple[dict[str, Any] | None, list[Judged]]:
    """The grid's card and its judged metrics."""
    return grid_card(reader, grid_id), judge(reader, PROFILE_METRICS, filters, grid_id=grid_id)


def facts_html(card: dict[str, Any]) -> str:
    """Size and standing of a grid in one line."""
    parts = [
        str(card["kind"] or ""),
        formats.with_unit(formats.whole(card["households"]), "户", card["households"]),
        formats.with_unit(formats.whole(card["residents"]), "人", card["residents"]),
        _("商铺 {n} 家", n=formats.whole(card["shops"])) if card["shops"] else "",
        _("上级 {name}", name=card["parent_name"]) if card["parent_name"] else "",
        _("下辖 {n} 个网格", n=card["grids_below"]) if card["grids_below"] else "",
        _("有党组织") if card["has_party_organisation"] else "",
    ]
    return html.context_line_html([part for part in parts if part])


def workers_frame(reader: Reader, grid_id: str) -> pd.DataFrame:
    """Who has held the grid and those below it, newest first, in readers' columns."""
    rows = grid_workers(reader, grid_id)
    return pd.DataFrame(
        {
            _("姓名"): rows["name"],
            _("网格"): rows["grid_name"],
            _("任职日期"): [formats.day(day) for day in rows["valid_from"]],
            _("离任日期"): [_end(day) for day in rows["valid_to"]],
            _("请假天数"): rows["leave_days"],
        }
    )


def silent_rows(reader: Reader, filters: Filters) -> pd.DataFrame:
    """The micro-grids of the filters' grid without a recent visit on record, the longest first."""
    # As the entry of the overview counts them: so many days or more.
    rows = silent_grids(reader, days=SILENT_DAYS - 1, grid_id=filters.grid_id)
    return pd.DataFrame(
        {
            _("网格"): rows["name"],
            _("最近走访"): [
                _("从未") if pd.isna(day) else formats.day(day) for day in rows["last_on"]
            ],
            _("已过天数"): rows["days_silent"].astype("Int64"),
        }
    )


def silent_note(frame: pd.DataFrame) -> str:
    """How many they are, and what to do first."""
    return _(
        "{n} 个，{days} 天以上没有走访记录；先确认是没有走访，还是没有录入。",
        n=formats.whole(len(frame)),
        days=SILENT_DAYS,
    )


def scrolling_html(frame: pd.DataFrame, caption: str) -> str:
    """Rows under readers' names as a table that scrolls inside itself where it is long."""
    columns = [
        html.TableColumn(
            str(name), str(name), "number" if is_numeric_dtype(frame[name]) else "text"
        )
        for name in frame.columns
    ]
    names = [column.key for column in columns]
    rows = [
        {name: None if pd.isna(cell) else cell for name, cell in zip(names, row, strict=True)}
        for row in frame.itertuples(index=False, name=None)
    ]
    return f'<div class="gg-scroll">{html.table_html(columns, rows, caption=caption)}</div>'


def _end(day: object) -> str:
    if pd.isna(day) or getattr(day, "year", 0) >= 9999:  # type: ignore[call-overload]
        return _("在任")
    return formats.day(day)  # type: ignore[arg-type]


def peers_chart(
    reader: Reader, filters: Filters, grid_id: str, code: str, palette: Palette
) -> Chart | None:
    """The grid beside its neighbours of the same kind, in the order of their numbers."""
    peers = grid_peers(reader, grid_id)
    if peers.empty:
        return None
    chosen = [grid_id, *peers["grid_id"].astype(str).head(11)]
    own = grid_card(reader, grid_id) or {}
    full = {
        grid_id: str(own.get("name")),
        **dict(zip(peers["grid_id"], peers["name"], strict=True)),
    }
    chosen.sort()
    names = dict(zip(chosen, short_names([full[peer] for peer in chosen]), strict=True))
    metric = METRICS[code]
    values = _by_grid(reader, filters, code, own, chosen)
    rows = [
        {
            "label": names[peer],
            "value": values[peer]["value"] if peer in values else None,
            "state": "chosen" if peer == grid_id else "usual",
            "key": peer,
            "note": count_note("", one["n"], one["state"]) if (one := values.get(peer)) else "",
        }
        for peer in chosen
    ]
    chart = bars(
        pd.DataFrame(rows), palette,
        title=_("{name}：与邻近网格对照", name=pick(metric.zh, metric.en)), unit=metric.unit,
    )  # fmt: skip
    columns = {
        "label": _("网格"), "value": pick(metric.zh, metric.en), "note": _("构成"),
    }  # fmt: skip
    return replace(chart, named=partial(_peers_named, chart.frame, columns, metric.unit))


def _peers_named(frame: pd.DataFrame, columns: dict[str, str], unit: str) -> pd.DataFrame:
    """The grids under readers' names; percentages as such."""
    shown = frame[list(columns)].rename(columns=columns)
    if unit == "%":
        name = columns["value"]
        shown[name] = (shown[name].astype("float64") * 100).round(2)
        shown = shown.rename(columns={name: name + _("（{unit}）", unit=unit)})
    return shown


def peers_note(chart: Chart) -> str:
    """How the neighbours stand, and that some are not shown where that is so."""
    return _("按网格编号排列，不是名次；加重的一条是本网格。") + hidden_note(chart.frame)


def _by_grid(
    reader: Reader, filters: Filters, code: str, own: dict[str, Any], chosen: list[str]
) -> dict[str, Row]:
    """The metric of a grid and its neighbours: one question where they lie under one parent."""
    start, end, parent = filters.span.start, filters.span.end, own.get("parent_id")
    found: dict[str, Row] = {}
    if parent is not None:
        asked = answer(
            reader, [code], start, end, by=(f"grid:{own['level']}",), grid_id=str(parent)
        )
        frame = told(reader, asked).frame()
        found = {str(row["grid_id"]): row for row in frame.to_dict("records")}
    for grid_id in chosen:
        if grid_id not in found:
            frame = told(reader, answer(reader, [code], start, end, grid_id=grid_id)).frame()
            found[grid_id] = frame.to_dict("records")[0]
    return found
