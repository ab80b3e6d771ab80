"""Trends: which movements are real, where they come from, what lies ahead."""

from gridgov.locale import _
from gridgov.ui.page import foot, page
from gridgov.ui.trends_choice import choose
from gridgov.ui.trends_series import one_series
from gridgov.ui.trends_views import all_grids, all_metrics, new_signals

view = page(_("趋势"))
choice, bar = choose()
draw = {
    "signals": new_signals,
    "grids": all_grids,
    "metrics": all_metrics,
    "series": one_series,
}[choice.view]
draw(view, choice, bar)
foot([choice.metric] if choice.view in ("grids", "series") else [])
