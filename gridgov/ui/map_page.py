"""The map of the grids: what it offers, what it computes and how it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gridgov import formats
from gridgov.explore.builder import split_label
from gridgov.figures import Chart, grid_map, outlines, tile_map, tiles
from gridgov.figures.marks import label_width
from gridgov.figures.outline import Outline
from gridgov.filters import Filters
from gridgov.judgement import newest_points, tone_of
from gridgov.locale import _, pick
from gridgov.metrics import METRICS, Grain
from gridgov.metrics.evaluate import answer
from gridgov.metrics.grids import tree_of
from gridgov.queries.grid_profile import map_attributes
from gridgov.queries.grids_below import short_names
from gridgov.queries.map_levels import MapLevels, map_levels, place_around
from gridgov.small_counts import judged_only, told
from gridgov.ui.cache import kept
from gridgov.ui.grid_notes import count_note
from gridgov.ui.view import View
from gridgov.warehouse import Reader

__all__ = ["MAP_METRICS", "crowded_note", "map_chart", "map_choices", "map_frame", "narrow_ground"]

MAP_METRICS = ("SV1", "SV2", "SV3", "SV8", "C1", "C3", "C6", "C9", "C13", "HP1", "HP5")
# Left out of short names.
_ENDINGS = ("街道", "社区", "总网格")


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
            count_note(metric.unit, n, state)
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
    ground = _ground(frame)
    alone = [] if frame["group"].any() else ["group"]
    drawn = frame.drop(columns=["outline", *alone])
    if not ground.shapes:
        return tile_map(drawn, view.palette, title=title, unit=unit, by=by,
                        selected=view.filters.grid_id)  # fmt: skip
    return grid_map(
        ground.shapes, drawn, view.palette, title=title, unit=unit, by=by,
        selected=view.filters.grid_id, height=_height(ground),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Ground:
    """What is drawn under the colours. It changes with the place, not with period and metric."""

    shapes: tuple[Outline, ...]

    @cached_property
    def tall(self) -> float:
        """Height as a part of the width."""
        return _tall(self.shapes)


def _ground(frame: pd.DataFrame) -> _Ground:
    """The outlines of a frame of `grid_id`, `name`, `outline`, where there is one."""
    columns = (frame[name].tolist() for name in ("grid_id", "name", "outline"))
    rows = zip(*columns, strict=True)
    return _outlined(tuple(row for row in rows if row[2] and isinstance(row[2], str)))


@lru_cache(maxsize=8)
def _outlined(known: tuple[tuple[str, str, str], ...]) -> _Ground:
    """The outlines of a city take 0.14 s to be read."""
    return _Ground(outlines(known))


def _tall(shapes: Sequence[Outline]) -> float:
    """Height of the ground as a part of its width."""
    xs, ys = zip(
        *(point for shape in shapes for ring in shape.rings for point in ring), strict=True
    )
    return float((max(ys) - min(ys)) / max(max(xs) - min(xs), 1e-9))


def _height(ground: _Ground) -> int:
    """Of the figure in pixels: as high as a wide page fills with the ground."""
    return round(min(520, max(260, 110 + 1040 * ground.tall)))


def narrow_ground(frame: pd.DataFrame) -> str:
    """A style that cuts the map on a narrow screen below the ground, whose shape decides.

    The server does not know how wide the screen is, so the figure is as high as a wide one needs.
    """
    ground, aside = _ground(frame), 36
    if not ground.shapes:
        units = list(zip(frame["grid_id"], frame["name"], strict=True))
        groups = frame["group"].tolist() if frame["group"].any() else None
        ground = _Ground(tiles(units, groups))
        aside += label_width(groups) if groups else 0
    high = f"calc({ground.tall:.3f} * (100vw - {aside}px) + 130px)"
    chart = ".stElementContainer:has([data-figure])"
    return (
        f"<style>@media (max-width: 640px) {{ .st-key-ground {chart}, "
        f".st-key-ground {chart} > div {{ max-height: {high}; overflow: hidden; }} }}</style>"
    )
