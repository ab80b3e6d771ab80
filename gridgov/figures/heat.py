"""Tables and calendars in colour: state in the cells, never rank."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from gridgov import formats
from gridgov.figures.chart import Chart, axis, dates, empty_chart, finish, full_title, rounded
from gridgov.figures.control import state_words
from gridgov.figures.marks import dots, label_width, rows_axis
from gridgov.figures.palette import Palette
from gridgov.locale import _

__all__ = ["calendar_heat", "heat_table"]

_STATES = ("missing", "usual", "changed", "worse", "better")


def _cells(
    name: str, codes: list[list[int | None]], colors: list[str], **more: Any
) -> dict[str, Any]:
    """A heat map of codes 0, 1, 2 … in flat colours; None leaves the cell open."""
    count = len(colors)
    steps = [[edge / count, color] for at, color in enumerate(colors) for edge in (at, at + 1)]
    scale = {"zmin": 0, "zmax": count, "colorscale": steps, "showscale": False}
    base = {"type": "heatmap", "name": name, "z": codes, "xgap": 2, "ygap": 2, "hoverinfo": "skip"}
    # A code in the middle of its step: at its edge a rounding could tip it into the next colour.
    base["z"] = [[None if code is None else code + 0.5 for code in row] for row in codes]
    return {**base, **scale, **more}


def _touch(spots: list[tuple[int, int, str, Any]]) -> dict[str, Any]:
    """Unseen marks over the cells: a heat map cannot be selected by a click, these can."""
    trace = dots(
        _("选择"),
        [spot[0] for spot in spots],
        [spot[1] for spot in spots],
        color="rgba(0,0,0,0)",
        hover=[spot[2] for spot in spots],
        keys=[spot[3] for spot in spots],
        size=18,
    )
    unseen = {"marker": {"opacity": 0}}
    trace["marker"] = {"size": 18, "opacity": 0, "symbol": "square"}
    return {**trace, "selected": unseen, "unselected": unseen}


def _two_lines(name: str) -> str:
    """A heading in two lines where one would not fit a column of a phone: 党建 / 在网格."""
    half = name.rfind(" ", 0, len(name) // 2 + 3) if " " in name else len(name) // 2
    wide = sum(13 if ord(sign) > 0x2E7F else 7 for sign in name) > 52
    return f"{name[:half]}<br>{name[half:].strip()}" if wide and half > 0 else name


def _table_hover(record: dict[Any, Any], text: str, state: str) -> str:
    said = f"{record['row']} · {record['column']}<br><b>{text}</b>  {state_words(state)}"
    note = record.get("note")
    return f"{said}<br>{note}" if note and not formats.is_missing(note) else said


def heat_table(frame: pd.DataFrame, palette: Palette, *, title: str, unit: str = "") -> Chart:
    """A table of rows × columns (grid × pillar), each cell on the quiet ground of its state.

    `frame`: `row`, `column`, `value`, `state` (better, worse, changed, usual, missing); where
    known `key` (of the row; comes back on a click with the column), `text` (else the formatted
    value), `note`. Order of rows and columns is that of first appearance.
    """
    heading = full_title(title, unit)
    if frame.empty:
        return empty_chart(palette, title=title, unit=unit, frame=frame)
    rows = list(dict.fromkeys(str(row) for row in frame["row"]))
    columns = list(dict.fromkeys(str(column) for column in frame["column"]))
    down = {row: place for place, row in enumerate(rows)}
    across = {column: place for place, column in enumerate(columns)}
    codes: list[list[int | None]] = [[0] * len(columns) for _row in rows]
    words = [[""] * len(columns) for _row in rows]
    spots: list[tuple[int, int, str, Any]] = []
    for record in frame.to_dict("records"):
        y, x = down[str(record["row"])], across[str(record["column"])]
        state = str(record["state"])
        codes[y][x] = _STATES.index(state) if state in _STATES else 1
        words[y][x] = str(record.get("text") or formats.bare(record["value"], unit))
        key = [str(record.get("key", record["row"])), str(record["column"])]
        spots.append((x, y, _table_hover(record, words[y][x], state), key))
    text = {
        "text": words,
        "texttemplate": "%{text}",
        "textfont": {"size": 13, "color": palette.ink},
    }
    heat = _cells(title, codes, [palette.tint(state) for state in _STATES], **text)
    heads = [_two_lines(column) for column in columns]
    ticks = {"tickmode": "array", "tickvals": list(range(len(columns))), "ticktext": heads}
    layout = {
        "xaxis": axis(palette, side="top", range=[-0.5, len(columns) - 0.5], tickangle=0, **ticks),
        "yaxis": rows_axis(rows, palette),
        "hoverdistance": 60,
    }
    margin = {"l": label_width(rows), "r": 4, "t": 84, "b": 8}
    height = 92 + 30 * len(rows)
    figure = finish(
        [heat, _touch(spots)], layout, palette, title=heading, height=height, margin=margin
    )
    return Chart(figure, _table_alt(heading, frame, rows, columns), frame, title, unit)


def _table_alt(heading: str, frame: pd.DataFrame, rows: list[str], columns: list[str]) -> str:
    states = frame["state"].astype(str)
    return _(
        "{title}：{rows} 行 {columns} 列；改善 {better} 处，变差 {worse} 处，"
        "有变化 {changed} 处，数据不足 {missing} 处。",
        title=heading,
        rows=len(rows),
        columns=len(columns),
        **{s: int((states == s).sum()) for s in ("better", "worse", "changed", "missing")},
    )


def _shades(values: np.ndarray[Any, np.dtype[np.float64]], empty: Any, count: int) -> Any:
    """Quintile of each recorded day, 0 the lightest; days of equal number share a shade."""
    known = values[~empty]
    edges = np.unique(np.quantile(known, [0.2, 0.4, 0.6, 0.8])) if known.size else known
    return np.minimum(np.searchsorted(edges, values, side="right"), count - 1)


def calendar_heat(
    frame: pd.DataFrame, palette: Palette, *, title: str, unit: str = "", ring: bool = True
) -> Chart:
    """A square a day, weeks across and weekdays down, deeper for more; days without a record open.

    `frame`: `day`, `value` (missing or 0 = nothing recorded). With `ring` a day without a record
    between the first and the last is ringed in the colour of "worse": something to ask about.
    A click gives the ISO day.
    """
    heading = full_title(title, unit, "day")
    if frame.empty:
        return empty_chart(palette, title=title, unit=unit, grain="day", frame=frame)
    raw = pd.Series(frame["value"].to_numpy(dtype=float), index=pd.DatetimeIndex(frame["day"]))
    series = raw.groupby(level=0).sum(min_count=1).asfreq("D")
    isos, values = dates(series.index), series.to_numpy(dtype=float)
    first = dt.date.fromisoformat(isos[0]).weekday()
    spots = [divmod(first + at, 7) for at in range(len(isos))]
    empty = ~(values > 0)
    shades = _shades(values, empty, len(palette.steps) - 1)
    codes: list[list[int | None]] = [[None] * (spots[-1][0] + 1) for _weekday in range(7)]
    for (week, weekday), gap, shade in zip(spots, empty, shades, strict=True):
        codes[weekday][week] = None if gap else int(shade)
    texts = [
        f"{iso}<br><b>{_('无记录') if gap else formats.value(float(value), unit)}</b>"
        for iso, gap, value in zip(isos, empty, values, strict=True)
    ]
    touch = _touch(
        [(w, d, text, iso) for (w, d), text, iso in zip(spots, texts, isos, strict=True)]
    )
    gaps = [spot for spot, gap in zip(spots, empty, strict=True) if gap]
    color = palette.worse if ring else palette.rule
    rings = {
        "type": "scatter",
        "mode": "markers",
        "name": _("无记录"),
        "x": [week for week, _weekday in gaps],
        "y": [weekday for _week, weekday in gaps],
        "marker": {"symbol": "square-open", "size": 8, "color": color, "line": {"width": 1.5}},
        "hoverinfo": "skip",
    }
    heat = _cells(title, codes, list(palette.steps[1:]))
    layout = _calendar_axes(isos, spots, palette)
    margin = {"t": 62, "b": 6, "l": 44}
    figure = finish([heat, rings, touch], layout, palette, title=heading, height=194, margin=margin)
    said = {"first": isos[0], "last": isos[-1], "count": len(isos), "gaps": len(gaps)}
    alt = _("{title}：{first} 至 {last} 共 {count} 天，{gaps} 天无记录。", title=heading, **said)
    shown = pd.DataFrame({"day": isos, "value": rounded(values)})
    return Chart(figure, alt, shown, title, unit, "day")


def _calendar_axes(
    isos: list[str], spots: list[tuple[int, int]], palette: Palette
) -> dict[str, Any]:
    """Months above at the week that holds their first day; every other weekday at the left."""
    opens = [at for at, iso in enumerate(isos) if iso.endswith("-01")] or [0]
    months = {
        "tickvals": [spots[at][0] for at in opens],
        "ticktext": [formats.month(isos[at], short=True) for at in opens],
        "range": [-0.7, spots[-1][0] + 0.7],
    }
    names = [_("周一"), _("周三"), _("周五"), _("周日")]
    weekdays = {"tickvals": [0, 2, 4, 6], "ticktext": names, "range": [6.6, -0.6]}
    return {
        "xaxis": axis(palette, side="top", tickmode="array", **months),
        "yaxis": axis(palette, tickmode="array", **weekdays),
        "hoverdistance": 20,
    }
