"""p' and u' charts of the trends page beside plain arithmetic over the sample's own counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import sqrt

import numpy as np
import pytest

from gridgov.judgement import improvement_of
from gridgov.metrics import METRICS, evaluate
from gridgov.stats.rate_charts import p_chart, u_chart
from gridgov.trends import judged_by_denominator, judged_series, rate_kind
from gridgov.warehouse import Reader

START, END = date(2025, 1, 1), date(2026, 10, 31)


def _counts(reader: Reader, code: str, grid_id: str | None = None) -> list[tuple[float, float]]:
    frame = evaluate(reader, code, START, END, grain="month", grid_id=grid_id)
    frame = frame[(frame["state"] == "ok") & ~frame["is_partial"]]
    return list(zip(frame["numerator"], frame["denominator"], strict=True))


def _by_hand(
    pairs: list[tuple[float, float]], scale: float, is_share: bool
) -> list[tuple[float, float]]:
    """Limits of every month in plain loops, from Laney's paper, large moving ranges left out once."""
    pairs = [(top, base / scale) for top, base in pairs]
    centre = sum(top for top, _base in pairs) / sum(base for _top, base in pairs)
    variance = centre * (1 - centre) if is_share else centre
    z = [(top / base - centre) / sqrt(variance / base) for top, base in pairs]
    ranges = [abs(b - a) for a, b in pairwise(z)]
    kept = [one for one in ranges if one < 3.267 * sum(ranges) / len(ranges)]
    sigma = sum(kept) / len(kept) / 1.128
    found = []
    for _top, base in pairs:
        half = 3 * sigma * sqrt(variance / base)
        found.append((max(centre - half, 0), min(centre + half, 1 if is_share else 1e9)))
    return found


@pytest.mark.parametrize("code", ["C3", "C5", "SV1", "SV6", "HP1", "C1", "DV4", "HP5"])
def test_limits_are_those_of_plain_arithmetic(sample_reader: Reader, code: str) -> None:
    metric = METRICS[code]
    found = judged_by_denominator(judged_series(sample_reader, [code]), 0)
    assert found is not None
    shown = found.frame.dropna(subset=["lower"])
    pairs = _counts(sample_reader, code)
    assert len(shown) == len(pairs) >= 21
    expected = _by_hand(pairs, metric.scale, rate_kind(metric) == "p")
    for (low, high), (_at, row) in zip(expected, shown.iterrows(), strict=True):
        assert row["lower"] == pytest.approx(low, rel=1e-12)
        assert row["upper"] == pytest.approx(high, rel=1e-12)
    widths = (shown["upper"] - shown["lower"]).to_numpy()
    by_base = shown["denominator"].to_numpy().argsort()
    assert (np.diff(widths[by_base]) <= 1e-12).all(), "the smaller the base, the wider the range"


def test_every_grid_is_judged_as_the_chart_alone_would(sample_reader: Reader) -> None:
    codes = [
        code for code, metric in METRICS.items() if rate_kind(metric) and "month" in metric.grains
    ]
    assert {"C1", "C3", "SV1", "DV4"} <= set(codes)
    assert not {"SV8", "PB1", "C10", "SV2", "ML2"} & set(codes)
    series = judged_series(sample_reader, codes, levels=("社区", "一般"))
    seen = 0
    for row in range(0, len(series), 3):
        found = judged_by_denominator(series, row, target=0.5)
        if not series.is_judged[row]:
            assert found is None
            continue
        assert found is not None
        metric = METRICS[series.metric[row]]
        usable = ~series.few[row] & ~series.partial[row]
        top = np.where(usable, series.numerator[row], np.nan)
        base = np.where(usable, series.denominator[row], np.nan)
        way = improvement_of(metric)
        alone = (
            p_chart(top, base, improvement=way, target=0.5)
            if found.kind == "p"
            else u_chart(top, base / metric.scale, improvement=way, target=0.5)
        )
        assert list(found.frame["point"]) == list(alone.point)
        assert list(found.frame["signal"]) == list(alone.signal)
        assert (found.assurance, found.dispersion) == (alone.assurance, alone.sigma_z)
        seen += 1
    assert seen > 80


def test_limits_begin_anew_where_told(sample_reader: Reader) -> None:
    series = judged_series(sample_reader, ["C3"])
    cut = date(2026, 1, 1)
    found = judged_by_denominator(series, 0, rebase=[cut])
    assert found is not None
    pairs = _counts(sample_reader, "C3")
    expected = _by_hand(pairs[:12], 1, True) + _by_hand(pairs[12:], 1, True)
    limits = found.frame[["lower", "upper"]].to_numpy()
    np.testing.assert_allclose(limits, expected, rtol=1e-12)
    assert found.trial


def test_more_than_were_enrolled_have_no_such_chart(sample_reader: Reader) -> None:
    series = judged_series(sample_reader, ["HP4"])
    assert judged_by_denominator(series, 0) is not None
    more = series.numerator.copy()
    at = int(np.flatnonzero((series.denominator[0] > 0) & ~series.partial[0])[0])
    more[0, at] = series.denominator[0, at] + 1
    assert judged_by_denominator(replace(series, numerator=more), 0) is None
