"""The map of the grids and the profile of one: what they compute and how they are drawn."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gridgov import formats
from gridgov.explore.builder import split_label
from gridgov.figures import (
    Chart,
    bars,
    control_chart,
    empty_chart,
    grid_map,
    outlines,
    tile_map,
    tiles,
)
from gridgov.figures.marks import label_width
from gridgov.figures.outline import Outline
from gridgov.figures.palette import Palette
from gridgov.filters import Filters
from gridgov.judgement import Judged, judge, judged_history, newest_points, tone_of
from gridgov.locale import _, pick
from gridgov.metrics import METRICS, Grain
from gridgov.metrics.evaluate import answer
from gridgov.metrics.grids import tree_of
from gridgov.queries.grid_profile import grid_card, grid_peers, grid_workers, map_attributes
from gridgov.queries.grids_below import short_names
from gridgov.queries.map_levels import MapLevels, map_levels, place_around
from gridgov.small_counts import judged_only, small_note, small_words, told, why_no_series
from gridgov.ui import html
from gridgov.ui.cache import kept
from gridgov.ui.view import View
from gridgov.warehouse import Reader

Row = Mapping[Hashable, Any]

__all__ = [
    "MAP_METRICS",
    "PROFILE_METRICS",
    "crowded_note",
    "default_grid",
    "facts_html",
    "hidden_note",
    "history_chart",
    "map_chart",
    "map_choices",
    "map_frame",
    "narrow_ground",
    "peers_chart",
    "peers_note",
    "profile_of",
    "workers_frame",
]

MAP_METRICS = ("SV1", "SV2", "SV3", "SV8", "C1", "C3", "C6", "C9", "C13", "HP1", "HP5")
_ENDINGS = ("街道", "社区", "总网格")
PROFILE_METRICS = ("SV1", "SV2", "SV6", "C1", "C3", "HP1")


def map_choices(view: View) -> tuple[str, str, str]:
    """Metric, grid level and colouring, chosen above the map; kept in the address."""
    first, second, third = st.columns([3, 3, 2], vertical_alignment="bottom")
    codes = list(MAP_METRICS)
    asked = st.query_params.get("metric", "")
    code = first.selectbox(
        _("指标"),
        codes,
        index=codes.index(asked) if asked in codes else 0,
        format_func=lambda key: pick(METRICS[key].zh, METRICS[key].en),
        key="map_metric",
    )
    found = kept(_levels)
    level = _segment(second, _("层级"), "level", found.levels or (found.first,), found.first)
    by = _segment(third, _("着色"), "by", ("value", "state"), "value")
    st.query_params["metric"] = code
    for name, chosen, usual in (("level", level, found.first), ("by", by, "value")):
        if chosen != usual:
            st.query_params[name] = chosen
        else:
            st.query_params.pop(name, None)
    return code, level, by


def _levels(reader: Reader, filters: Filters) -> MapLevels:
    return map_levels(reader, filters.grid_id)


def _segment(
    column: DeltaGenerator, label: str, name: str, options: Sequence[str], usual: str
) -> str:
    """One of a few, opened with what the address says; another set of options starts anew."""
    asked = st.query_params.get(name, "")
    chosen = column.segmented_control(
        label, list(options), default=asked if asked in options else usual, required=True,
        key=f"map_{name}_{usual}_{'_'.join(options)}",
        format_func=_worded,
    )  # fmt: skip
    return chosen or usual


def _worded(option: str) -> str:
    own = {"value": _("按数值"), "state": _("按变化")}
    return own[option] if option in own else split_label(f"grid:{option}")


def crowded_note(view: View) -> str:
    """Which levels are not offered, and what to do to see them."""
    crowded = kept(_levels).crowded
    return "".join(
        " "
        + _(
            "{level}有 {n} 个，一张图上看不清：先点开一个小一点的范围。",
            level=split_label(f"grid:{level}"),
            n=formats.whole(count),
        )
        for level, count in crowded.items()
    )


def map_frame(reader: Reader, filters: Filters, code: str, level: str) -> pd.DataFrame:
    """A row a grid of the level: grid_id, name, outline, group, value, n, note, state."""
    place = place_around(tree_of(reader), filters.grid_id, level)
    grids = map_attributes(reader, level=level, grid_id=place)
    by = (f"grid:{level}",)
    asked = answer(reader, [code], filters.span.start, filters.span.end, by=by, grid_id=place)
    now = told(reader, asked).frame().set_index("grid_id")
    tones = _tones(reader, filters, code, level, place)
    metric = METRICS[code]
    found = grids.merge(
        now[["value", "n", "state"]], left_on="grid_id", right_index=True, how="left"
    )
    return found.assign(
        name=_names([str(name) for name in found["name"]]),
        group=_groups(reader, [str(parent) for parent in found["parent_id"]]),
        note=[
            _note(metric.unit, n, state)
            for n, state in zip(found["n"], found["state"], strict=True)
        ],
        state=[tones.get(str(grid_id), "missing") for grid_id in found["grid_id"]],
    )


def _names(names: Sequence[str]) -> list[str]:
    """Short enough for a tile: without what all names begin with, and without 街道 at their end."""
    for ending in _ENDINGS:
        if len(names) > 1 and all(
            name.endswith(ending) and len(name) > len(ending) + 1 for name in names
        ):
            return short_names([name.removesuffix(ending) for name in names])
    return short_names(names)


def _groups(reader: Reader, parents: Sequence[str]) -> list[str]:
    """The grids above in words; empty where all lie in the same."""
    names = tree_of(reader).names
    ids = list(dict.fromkeys(parents))
    if len(ids) < 2:
        return [""] * len(parents)
    whole = [names[key][0] if key in names else key for key in ids]
    short = short_names(whole)
    words = dict(zip(ids, short if len(set(short)) == len(ids) else whole, strict=True))
    return [words[parent] for parent in parents]


def _note(unit: str, n: float, state: object) -> str:
    if state == "hidden":
        return small_words()
    if pd.isna(n):
        return ""
    words = f"n = {formats.whole(n)}"
    return f"{words} · {formats.too_few()}" if state == "few" else words


def _tones(
    reader: Reader, filters: Filters, code: str, level: str, place: str | None
) -> dict[str, str]:
    grain: Grain = "month" if "month" in METRICS[code].grains else "quarter"
    found = answer(
        reader, [code], filters.history_start, filters.span.end, grain=grain,
        by=(f"grid:{level}",), grid_id=place,
    )  # fmt: skip
    return {one.grid_id: tone_of(one.point) for one in newest_points(judged_only(reader, found))}


def map_chart(view: View, frame: pd.DataFrame, code: str, by: str) -> Chart:
    """The grids on their ground, or as tiles where no outline is known."""
    metric = METRICS[code]
    title, unit = pick(metric.zh, metric.en), metric.unit
    shapes = _ground(frame)
    alone = [] if frame["group"].any() else ["group"]
    drawn = frame.drop(columns=["outline", *alone])
    if not shapes:
        return tile_map(drawn, view.palette, title=title, unit=unit, by=by,
                        selected=view.filters.grid_id)  # fmt: skip
    return grid_map(
        shapes, drawn, view.palette, title=title, unit=unit, by=by,
        selected=view.filters.grid_id, height=_height(shapes),
    )  # fmt: skip


def _ground(frame: pd.DataFrame) -> tuple[Outline, ...]:
    """The outlines of a frame of `grid_id`, `name`, `outline`, where there is one."""
    columns = (frame[name].tolist() for name in ("grid_id", "name", "outline"))
    rows = zip(*columns, strict=True)
    return _outlined(tuple(row for row in rows if row[2] and isinstance(row[2], str)))


def _tall(shapes: Sequence[Outline]) -> float:
    """Height of the ground as a part of its width."""
    xs, ys = zip(
        *(point for shape in shapes for ring in shape.rings for point in ring), strict=True
    )
    return float((max(ys) - min(ys)) / max(max(xs) - min(xs), 1e-9))


def _height(shapes: Sequence[Outline]) -> int:
    """Of the figure in pixels: as high as a wide page fills with the ground."""
    return round(min(520, max(260, 110 + 1040 * _tall(shapes))))


@lru_cache(maxsize=8)
def _outlined(known: tuple[tuple[str, str, str], ...]) -> tuple[Outline, ...]:
    """Outlines do not change with period and metric; those of a city take 0.14 s to be read."""
    return outlines(known)


def narrow_ground(frame: pd.DataFrame) -> str:
    """A style that cuts the map on a narrow screen below the ground, whose shape decides.

    The server does not know how wide the screen is, so the figure is as high as a wide one needs.
    """
    shapes, aside = _ground(frame), 36
    if not shapes:
        units = list(zip(frame["grid_id"], frame["name"], strict=True))
        groups = frame["group"].tolist() if frame["group"].any() else None
        shapes = tiles(units, groups)
        aside += label_width(groups) if groups else 0
    high = f"calc({_tall(shapes):.3f} * (100vw - {aside}px) + 130px)"
    chart = ".stElementContainer:has(.stPlotlyChart)"
    return (
        f"<style>@media (max-width: 640px) {{ .st-key-ground {chart}, "
        f".st-key-ground {chart} > div {{ max-height: {high}; overflow: hidden; }} }}</style>"
    )


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


def workers_html(frame: pd.DataFrame) -> str:
    """`workers_frame` as a table that scrolls inside itself where it is long."""
    columns = [
        html.TableColumn(name, name, kind="number" if name == _("请假天数") else "text")
        for name in frame.columns
    ]
    names = [str(name) for name in frame.columns]
    rows = [dict(zip(names, row, strict=True)) for row in frame.itertuples(index=False, name=None)]
    body = html.table_html(columns, rows, caption=_("网格员"))
    return f'<div class="gg-scroll">{body}</div>'


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
            "state": "changed" if peer == grid_id else "usual",
            "key": peer,
            "note": _note("", values[peer]["n"], values[peer]["state"]) if peer in values else "",
        }
        for peer in chosen
    ]
    return bars(
        pd.DataFrame(rows), palette,
        title=_("{name}：与邻近网格对照", name=pick(metric.zh, metric.en)), unit=metric.unit,
    )  # fmt: skip


def peers_note(chart: Chart) -> str:
    """How the neighbours stand, and that some are not shown where that is so."""
    return _("按网格编号排列，不是名次；紫色是本网格。") + hidden_note(chart.frame)


def hidden_note(frame: pd.DataFrame) -> str:
    """That some grids of a map or a comparison are not shown, where that is so."""
    return small_note() if (frame["note"] == small_words()).any() else ""


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


def history_chart(
    reader: Reader, filters: Filters, grid_id: str, code: str, palette: Palette
) -> Chart:
    """One metric of the grid over time on its usual range."""
    metric = METRICS[code]
    history = judged_history(reader, [code], filters, grid_id=grid_id)[code]
    if (history["state"] == "hidden").any() and history["value"].isna().all():
        return empty_chart(
            palette, title=pick(metric.zh, metric.en), unit=metric.unit, grain="month",
            frame=history, sentence=why_no_series(),
        )  # fmt: skip
    return control_chart(
        history, palette, title=pick(metric.zh, metric.en), unit=metric.unit, grain="month"
    )
