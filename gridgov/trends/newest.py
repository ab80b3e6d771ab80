"""What is new since a date: the signals that could first be seen from then on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import isnan
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.judgement import Tone, tone_of
from gridgov.metrics import METRICS
from gridgov.stats.noise import news_by_chance
from gridgov.stats.signals import SignalRuns, signal_runs
from gridgov.stats.spc import POINTS, SIGNALS
from gridgov.trends.places import all_levels, grid_names
from gridgov.trends.series import SeriesSet, judged_series, place_of_points
from gridgov.trends.spans import TrendGrain
from gridgov.trends.targets import ASSURANCE, Targets, with_targets
from gridgov.warehouse import Reader

__all__ = [
    "NewSignal",
    "expected_false_alarms",
    "newest_signals",
    "signal_frame",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_TONES: dict[Tone, int] = {"worse": 0, "changed": 1, "better": 2, "usual": 3, "missing": 4}


class NewSignal(NamedTuple):
    """A pattern in one series. `began_on`: first day of its first period; `seen_on`: the day on
    which the period that completed it was over. value, numerator, denominator, n and the limits
    are those of that period's series at its newest point of the pattern (`on`). target: NaN where
    none is set; assurance: "pass", "fail" or "hit_or_miss" of the series as it stands, else ""."""

    metric: str
    grid_id: str
    grid_name: str
    level: str
    tone: Tone
    signal: str
    began_on: date
    seen_on: date
    on: date
    value: float
    numerator: float
    denominator: float
    n: float
    mean: float
    lower: float
    upper: float
    target: float = float("nan")
    assurance: str = ""


def newest_signals(
    reader: Reader,
    since: date,
    *,
    codes: Sequence[str] | None = None,
    levels: Sequence[str] | None = None,
    grid_id: str | None = None,
    grain: TrendGrain = "month",
    end: date | None = None,
    targets: Targets | None = None,
) -> tuple[NewSignal, ...]:
    """Signals first visible on or after `since`, what needs eyes most first, one a series.

    levels: those of all grids that the reader sees by default. targets: what is wanted, for the
    assurance of each. A pattern that goes on in a milder
    form (the month after a point outside the limits, on the same side) is not news.
    """
    chosen = tuple(levels) if levels is not None else all_levels(reader)
    series = judged_series(reader, codes, grain=grain, levels=chosen, grid_id=grid_id, end=end)
    series, aims = with_targets(reader, series, targets or Targets())
    first = next((at for at, last in enumerate(series.ends) if last >= since), None)
    if first is None:
        return ()
    # Judged over the points that count: a gap must not hide when a pattern was complete.
    # A run seen from then on lasts until then: series without a mark there have nothing new.
    marked = (series.judged.signal[:, first:] > 0).any(axis=1) & series.is_judged
    runs = _news(signal_runs(series.judged, np.flatnonzero(marked)), series, first)
    order = _in_order(reader, series, runs, chosen)
    return tuple(
        map(NewSignal._make, zip(*_columns(reader, series, aims, runs, order), strict=True))
    )


def _in_order(
    reader: Reader, series: SeriesSet, runs: SignalRuns, levels: tuple[str, ...]
) -> list[int]:
    """The newest run of each series, what needs eyes most first."""
    names, ranks = grid_names(reader), {level: at for at, level in enumerate(levels)}
    newest = runs_of_newest(runs)
    tones = [_TONES[tone_of(point)] for point in POINTS]
    rows = runs.row[newest].tolist()
    places = [series.grid_id[row] for row in rows]
    keys = zip(
        [tones[point] for point in runs.point[newest].tolist()],
        [ranks.get(names.get(grid_id, ("", ""))[1], 99) for grid_id in places],
        (-runs.seen[newest]).tolist(),
        runs.signal[newest].tolist(),
        [series.metric[row] for row in rows],
        places,
        newest,
        strict=True,
    )
    return [at for *_key, at in sorted(keys)]


def _news(runs: SignalRuns, series: SeriesSet, first: int) -> SignalRuns:
    """Runs seen from `first` on that are not the milder rest of one seen already."""
    if not len(runs):
        return runs
    follows = np.zeros(len(runs), dtype=np.bool_)
    follows[1:] = (
        (runs.row[1:] == runs.row[:-1])
        & (runs.start[1:] == runs.end[:-1] + 1)
        & (runs.point[1:] == runs.point[:-1])
    )
    # The worst rule of a stretch so far: stretches are set apart, each below the one before it.
    apart = np.cumsum(~follows) * len(SIGNALS)
    worst = np.minimum.accumulate(runs.signal.astype(np.intp) - apart) + apart
    before = np.where(follows, np.r_[len(SIGNALS), worst[:-1]], len(SIGNALS))
    keep = (runs.seen >= first) & (runs.signal < before) & series.is_judged[runs.row]
    return SignalRuns(
        *(getattr(runs, name)[keep] for name in ("row", "start", "end", "seen", "signal", "point"))
    )


def runs_of_newest(runs: SignalRuns) -> list[int]:
    """Of each row the run that became visible last."""
    # By row, then by when it became visible; of equal ones the later run is the last of its row.
    order = np.lexsort((runs.seen, runs.row))
    rows = runs.row[order]
    is_last = np.append(rows[1:] != rows[:-1], True)[: len(rows)]
    return [int(at) for at in order[is_last]]


def _columns(
    reader: Reader, series: SeriesSet, aims: Floats, runs: SignalRuns, chosen: list[int]
) -> list[list[Any]]:
    """The chosen runs in words and figures: a list for each field of `NewSignal`."""
    names = grid_names(reader)
    rows, ends = runs.row[chosen], runs.end[chosen]
    # A small count of persons is a signal like any other, but its figures are not told.
    is_hidden = series.hidden[rows, ends]
    figures = [
        np.where(is_hidden, np.nan, getattr(series, name)[rows, ends]).tolist()
        for name in ("value", "numerator", "denominator", "n")
    ]
    limits = [
        np.where(series.hides_limits[rows], np.nan, part).tolist()
        for part in _limits_of(series, rows, ends)
    ]
    targets = aims[rows].tolist()
    codes = series.judged.assurance[rows].tolist()
    places = [series.grid_id[row] for row in rows.tolist()]
    named = [names.get(grid_id, (grid_id, "")) for grid_id in places]
    return [
        [series.metric[row] for row in rows.tolist()],
        places,
        [name for name, _level in named],
        [level for _name, level in named],
        [tone_of(POINTS[point]) for point in runs.point[chosen].tolist()],
        [SIGNALS[signal] for signal in runs.signal[chosen].tolist()],
        [series.buckets[at] for at in runs.start[chosen].tolist()],
        [series.ends[at] for at in runs.seen[chosen].tolist()],
        [series.buckets[at] for at in ends.tolist()],
        *figures,
        *limits,
        targets,
        [
            "" if isnan(target) else ASSURANCE[code]
            for target, code in zip(targets, codes, strict=True)
        ],
    ]


def _limits_of(series: SeriesSet, rows: Ints, at: Ints) -> tuple[Floats, Floats, Floats]:
    """Mean, lower and upper limit of series at a point each, as `within` draws them."""
    mean, lower, upper = (
        getattr(series.judged, name)[rows, at] for name in ("mean", "lower", "upper")
    )
    shares = {code: metric.is_share for code, metric in METRICS.items()}
    is_share = np.array([shares[series.metric[row]] for row in rows.tolist()], np.bool_)
    # NaN stays: where there is no limit there is nothing to draw.
    return mean, np.maximum(lower, 0.0), np.where(is_share, np.minimum(upper, 1.0), upper)


def expected_false_alarms(series: SeriesSet, since: date) -> float:
    """How many series would have a new signal if nothing ever changed (docs/trends.md, section 2).

    By how many of its judged periods have ended since then; a series counts once, as in the list.
    """
    late = np.array([last >= since for last in series.ends], dtype=np.bool_)
    counted = place_of_points(series)[series.is_judged][:, late].sum(axis=1)
    return float(news_by_chance(counted).sum())


def signal_frame(signals: Sequence[NewSignal]) -> pd.DataFrame:
    """Signals as a table: for exports, with the metric's name beside its code."""
    rows = [
        {
            "metric": signal.metric,
            "title": METRICS[signal.metric].label,
            "grid_id": signal.grid_id,
            "grid_name": signal.grid_name,
            "level": signal.level,
            "state": signal.tone,
            "signal": signal.signal,
            "began_on": signal.began_on,
            "seen_on": signal.seen_on,
            "bucket": signal.on,
            "value": signal.value,
            "numerator": signal.numerator,
            "denominator": signal.denominator,
            "n": signal.n,
            "mean": signal.mean,
            "lower": signal.lower,
            "upper": signal.upper,
            "target": signal.target,
            "assurance": signal.assurance,
        }
        for signal in signals
    ]
    return pd.DataFrame(rows)
