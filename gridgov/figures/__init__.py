"""Figures: pure functions of a DataFrame to a `Chart`: a plotly figure, its words, its rows.

Nothing here knows Streamlit, a page or a warehouse. Every function takes the palette of the
active theme. `sparkline` and `small_multiples` give SVG text instead.
"""

from gridgov.figures.against import funnel_plot, scatter
from gridgov.figures.bars import bars, funnel_stages, grouped_bars, pareto
from gridgov.figures.chart import FIGURE_CONFIG, Annotation, Chart, empty_chart, figure_config
from gridgov.figures.control import control_chart, signal_words, state_words
from gridgov.figures.heat import calendar_heat, heat_table
from gridgov.figures.maps import grid_map, tile_map
from gridgov.figures.outline import Outline, outline, outlines, tiles
from gridgov.figures.palette import DARK, LIGHT, Palette, palette, state_of_point
from gridgov.figures.parts import stacked_contributions, waterfall
from gridgov.figures.spark import as_image, small_multiples, sparkline
from gridgov.figures.spread import box, rank_bands, survival_curve
from gridgov.figures.timeline import line, stacked_time_bars

__all__ = [
    "DARK",
    "FIGURE_CONFIG",
    "LIGHT",
    "Annotation",
    "Chart",
    "Outline",
    "Palette",
    "as_image",
    "bars",
    "box",
    "calendar_heat",
    "control_chart",
    "empty_chart",
    "figure_config",
    "funnel_plot",
    "funnel_stages",
    "grid_map",
    "grouped_bars",
    "heat_table",
    "line",
    "outline",
    "outlines",
    "palette",
    "pareto",
    "rank_bands",
    "scatter",
    "signal_words",
    "small_multiples",
    "sparkline",
    "stacked_contributions",
    "stacked_time_bars",
    "state_of_point",
    "state_words",
    "survival_curve",
    "tile_map",
    "tiles",
    "waterfall",
]
