"""Daily volumes of the coming twelve weeks, of what the metrics count by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from gridgov.errors import UsageError
from gridgov.locale import N_, _
from gridgov.metrics import METRICS
from gridgov.metrics.evaluate import answer
from gridgov.metrics.grids import tree_of
from gridgov.small_counts import hidden_figures, why_no_series
from gridgov.stats.forecast import Forecast, forecast
from gridgov.trends.spans import Where, fitting
from gridgov.warehouse import Reader

__all__ = ["VOLUMES", "Volume", "VolumeForecast", "forecast_of", "volume_of"]

Volume = Literal["complaint", "visit"]
Floats = npt.NDArray[np.float64]
Dates = npt.NDArray[np.datetime64]

VOLUMES: dict[Volume, str] = {"complaint": N_("诉求受理量"), "visit": N_("走访量")}
# The metric whose part counts every record of the log by day, and which part.
_COUNTED: dict[Volume, tuple[str, str]] = {
    "complaint": ("C1", "numerator"),
    "visit": ("SV5", "denominator"),
}
# With more days than this on which a few were visited, their forecast would tell of them.
_MOST_HIDDEN = 0.2
_KEPT: WeakKeyDictionary[Reader, dict[object, VolumeForecast]] = WeakKeyDictionary()


@dataclass(frozen=True)
class VolumeForecast:
    """days, counts: what was, a day each; ahead: what is expected. `left_out`: the unfinished day
    at the end that took no part."""

    volume: Volume
    days: Dates
    counts: Floats
    ahead: Forecast
    left_out: date | None


def volume_of(code: str) -> Volume | None:
    """The daily volume behind a metric: how many cases or visits; None for the others."""
    source = METRICS[code].source
    if source in ("complaint", "case"):
        return "complaint"
    return "visit" if source == "visit" else None


def forecast_of(
    reader: Reader,
    volume: Volume,
    *,
    grid_id: str | None = None,
    where: Where | None = None,
    until: date | None = None,
) -> VolumeForecast:
    """Forecast the 84 days after the newest whole day of a log.

    where: dimension filters (those that the log has). until: forecast as of an earlier day. A day
    on which nothing is recorded counts as 0; the newest day is left out when the data was loaded
    on that very day. UsageError with fewer than 28 days.
    """
    if volume not in get_args(Volume):
        raise UsageError(_("没有“{name}”的每日件数", name=volume))
    code, part = _COUNTED[volume]
    only = fitting(code, where)
    key = (volume, grid_id, tuple(sorted(only.items())), until)
    held = _KEPT.setdefault(reader, {})
    if key not in held:
        if len(held) > 64:
            held.clear()
        held[key] = _forecast(reader, volume, code, part, grid_id, only, until)
    return held[key]


def _forecast(
    reader: Reader,
    volume: Volume,
    code: str,
    part: str,
    grid_id: str | None,
    only: dict[str, tuple[str, ...]],
    until: date | None,
) -> VolumeForecast:
    first, last = tree_of(reader).first_on.get(volume), until or reader.data_date
    if first is None or last is None or first > last:
        raise UsageError(_("所选范围内没有每日件数，无法预测"))
    asked = answer(reader, code, first, last, grain="day", grid_id=grid_id, where=only)
    hidden = hidden_figures(reader, asked)[0].ravel()
    if hidden.mean() > _MOST_HIDDEN:
        raise UsageError(why_no_series())
    frame = asked.frame()
    days = frame["bucket"].to_numpy().astype("datetime64[D]")
    counts = np.nan_to_num(frame[part].to_numpy(np.float64, na_value=np.nan))
    left_out = None
    loaded = reader.version.created_at
    if loaded is not None and loaded.date() == last and len(days):
        left_out, days, counts, hidden = last, days[:-1], counts[:-1], hidden[:-1]
    shown = np.where(hidden, np.nan, counts)
    return VolumeForecast(volume, days, shown, forecast(days, counts), left_out)
