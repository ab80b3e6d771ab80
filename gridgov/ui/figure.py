"""Put a figure on a page.

plotly.js with the traces that our figures have, and a script of our own around it (`tools/figure`):
a quarter of the library that Streamlit brings, every figure drawn once a change instead of several
times, and those in the window first.
"""

from __future__ import annotations

from typing import Any

from plotly.io.json import to_json_plotly

from gridgov.figures.chart import Chart, figure_config
from gridgov.ui.component import FIGURE

__all__ = ["draw_figure"]


def draw_figure(
    chart: Chart,
    key: str,
    *,
    name: str | None = None,
    context: str = "",
    is_clickable: bool = False,
) -> dict[str, Any] | None:
    """Draw `chart` across the place where it stands; gives the mark that was just clicked.

    `name`: of a saved picture, the title where it is not given; `context`: what stands below it
    there: period, comparison, place and filters. A click gives plotly's
    `customdata`, `x`, `y`, `curveNumber` and `pointNumber`, once; without `is_clickable` none.
    """
    figure = chart.figure.to_dict()
    made = to_json_plotly(
        {
            "figure": {"data": figure["data"], "layout": figure["layout"]},
            "config": figure_config(name or chart.title),
            "alt": chart.alt,
            "clicks": is_clickable,
            "context": context,
        }
    )
    clicks = {"on_click_change": _clicked} if is_clickable else {}
    # Bytes are sent as they are; anything else would be encoded and hashed once more.
    shown = FIGURE.mount()(key=key, data=made.encode(), **clicks)
    return shown.click if is_clickable else None


def _clicked() -> None:
    """A component's values count only where a callback names them."""
