"""Tables and calendars in colour: state in the cells, never rank."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gridgov import formats
from gridgov.figures.chart import Chart, axis, dates, empty_chart, finish, full_title, rounded
from gridgov.figures.control import state_words
from gridgov.figures.palette import Palette
from gridgov.locale import _

__all__ = ["calendar_heat", "heat_table"]

_STATES = ("missing", "usual", "changed", "worse", "better")


def _stepped(colors: tuple[str, ...] | list[str]) -> list[list[Any]]:
    """A colour scale of flat steps, so that a code is exactly one colour."""
    count = len(colors)
    return [[edge / count, color] for turn, color in enumerate(colors) for edge in (turn, turn + 1)]


def heat_table(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "",
    row_name: str = "",
) -> Chart:
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
    codes = np.zeros((len(rows), len(columns)), dtype=int)
    words = [["" for _column in columns] for _row in rows]
    spots: list[tuple[int, int, str, list[str]]] = []
    for record in frame.to_dict("records"):
        y, x = down[str(record["row"])], across[str(record["column"])]
        state = str(record["state"])
        codes[y, x] = _STATES.index(state) if state in _STATES else 1
        text = str(record.get("text") or formats.value(record["value"], unit))
        words[y][x] = text
        note = record.get("note")
        hover = f"{record['row']} · {record['column']}<br><b>{text}</b>  {state_words(state)}"
        hover += f"<br>{note}" if note and not formats.is_missing(note) else ""
        spots.append((x, y, hover, [str(record.get("key", record["row"])), str(record["column"])]))
    heat = {
        "type": "heatmap",
        "name": title,
        "z": codes.tolist(),
        "zmin": 0,
        "zmax": len(_STATES),
        "colorscale": _stepped([palette.tint(state) for state in _STATES]),
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "text": words,
        "texttemplate": "%{text}",
        "textfont": {"size": 13, "color": palette.ink},
        "hoverinfo": "skip",
    }
    # A heat map cannot be selected by a click; unseen marks over its cells can.
    touch = {
        "type": "scatter",
        "mode": "markers",
        "name": row_name or _("选择"),
        "x": [spot[0] for spot in spots],
        "y": [spot[1] for spot in spots],
        "marker": {"size": 22, "opacity": 0, "symbol": "square"},
        "text": [spot[2] for spot in spots],
        "hovertemplate": "%{text}<extra></extra>",
        "customdata": [spot[3] for spot in spots],
    }
    layout = {
        "xaxis": axis(
            palette,
            side="top",
            tickmode="array",
            tickvals=list(range(len(columns))),
            ticktext=columns,
            range=[-0.5, len(columns) - 0.5],
            tickfont={"size": 13, "color": palette.muted},
        ),
        "yaxis": axis(
            palette,
            tickmode="array",
            tickvals=list(range(len(rows))),
            ticktext=rows,
            range=[len(rows) - 0.5, -0.5],
            tickfont={"size": 13, "color": palette.ink},
        ),
        "hoverdistance": 60,
    }
    widest = max(sum(13 if ord(sign) > 0x2E7F else 7 for sign in row) for row in rows)
    margin = {"l": min(widest + 16, 170), "r": 4, "t": 68, "b": 8}
    figure = finish(
        [heat, touch], layout, palette, title=heading, height=76 + 30 * len(rows), margin=margin
    )
    counts = {state: int((codes == code).sum()) for code, state in enumerate(_STATES)}
    alt = _(
        "{title}：{rows} 行 {columns} 列；改善 {better} 处，变差 {worse} 处，有变化 {changed} 处，数据不足 {missing} 处。",
        title=heading,
        rows=len(rows),
        columns=len(columns),
        **{k: v for k, v in counts.items() if k != "usual"},
    )
    return Chart(figure, alt, frame, title, unit)


def calendar_heat(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    title: str,
    unit: str = "",
    empty_is_state: bool = True,
) -> Chart:
    """A square a day, weeks across and weekdays down, deeper for more; days without a record open.

    `frame`: `day`, `value` (missing or 0 = nothing recorded). With `empty_is_state` a day without
    a record between the first and the last is ringed in the colour of "worse": something to ask about.
    """
    heading = full_title(title, unit, "day")
    if frame.empty:
        return empty_chart(palette, title=title, unit=unit, grain="day", frame=frame)
    series = pd.Series(frame["value"].to_numpy(dtype=float), index=pd.to_datetime(frame["day"]))
    series = series.groupby(level=0).sum(min_count=1).asfreq("D")
    monday = series.index[0] - pd.Timedelta(days=int(series.index[0].dayofweek))
    weeks = ((series.index - monday).days // 7).to_numpy()
    downs = series.index.dayofweek.to_numpy()
    values = series.to_numpy()
    empty = ~(values > 0)
    edges = (
        np.unique(np.quantile(values[~empty], [0.2, 0.4, 0.6, 0.8]))
        if (~empty).any()
        else np.array([])
    )
    steps = palette.steps[1:]
    shade = np.searchsorted(edges, values, side="right")
    isos = dates(series.index)
    ring = palette.worse if empty_is_state else palette.rule
    size = max(6, min(13, 900 // (int(weeks[-1]) + 2)))
    trace = {
        "type": "scatter",
        "mode": "markers",
        "name": title,
        "x": [int(week) for week in weeks],
        "y": [int(down) for down in downs],
        "marker": {
            "symbol": "square",
            "size": size,
            "color": [
                palette.paper if gap else steps[min(int(s), len(steps) - 1)]
                for gap, s in zip(empty, shade, strict=True)
            ],
            "line": {"width": [1 if gap else 0 for gap in empty], "color": ring},
        },
        "text": [
            f"{iso}<br><b>{_('无记录') if gap else formats.value(value, unit)}</b>"
            for iso, gap, value in zip(isos, empty, values, strict=True)
        ],
        "hovertemplate": "%{text}<extra></extra>",
        "customdata": isos,
    }
    opens = [place for place, day in enumerate(series.index) if day.day == 1] or [0]
    layout = {
        "xaxis": axis(
            palette,
            side="top",
            tickmode="array",
            tickvals=[int(weeks[place]) for place in opens],
            ticktext=[formats.month(isos[place], short=True) for place in opens],
            range=[-0.7, float(weeks[-1]) + 0.7],
        ),
        "yaxis": axis(
            palette,
            tickmode="array",
            tickvals=[0, 2, 4, 6],
            range=[6.6, -0.6],
            ticktext=[_("周一"), _("周三"), _("周五"), _("周日")],
        ),
    }
    figure = finish(
        [trace],
        layout,
        palette,
        title=heading,
        height=68 + 7 * (size + 5),
        margin={"t": 62, "b": 6, "l": 44},
    )
    gaps = int(empty.sum())
    alt = _(
        "{title}：{first} 至 {last} 共 {count} 天，{gaps} 天无记录。",
        title=heading,
        first=isos[0],
        last=isos[-1],
        count=len(isos),
        gaps=gaps,
    )
    shown = pd.DataFrame({"day": isos, "value": rounded(values)})
    return Chart(figure, alt, shown, title, unit, "day")
