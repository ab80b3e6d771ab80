"""Trends: every series of every metric and grid judged by the same rules, and what follows.

The numerics are `gridgov.stats`; here they meet the metric engine. Nothing knows Streamlit.
"""

from gridgov.trends.by_denominator import ByDenominator, judged_by_denominator, rate_kind
from gridgov.trends.compare import festival_frame, last_year_frame, to_date_frame
from gridgov.trends.explain import Explained, dimensions_of, explain_change
from gridgov.trends.newest import NewSignal, expected_false_alarms, newest_signals
from gridgov.trends.series import SeriesSet, judged_series
from gridgov.trends.shifts import Shift, change_points_of
from gridgov.trends.spans import GRAINS, TrendGrain
from gridgov.trends.targets import Targets, check_target, with_targets
from gridgov.trends.volumes import VOLUMES, VolumeForecast, forecast_of

__all__ = [
    "GRAINS",
    "VOLUMES",
    "ByDenominator",
    "Explained",
    "NewSignal",
    "SeriesSet",
    "Shift",
    "Targets",
    "TrendGrain",
    "VolumeForecast",
    "change_points_of",
    "check_target",
    "dimensions_of",
    "expected_false_alarms",
    "explain_change",
    "festival_frame",
    "forecast_of",
    "judged_by_denominator",
    "judged_series",
    "last_year_frame",
    "newest_signals",
    "rate_kind",
    "to_date_frame",
    "with_targets",
]
