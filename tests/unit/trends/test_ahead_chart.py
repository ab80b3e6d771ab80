"""The chart of daily volumes ahead."""

from __future__ import annotations

import pandas as pd

from gridgov.figures import LIGHT
from gridgov.figures.ahead import ahead_chart


def _frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    past = pd.DataFrame({"bucket": pd.date_range("2026-12-01", periods=20), "value": 5.0})
    days = pd.date_range("2026-12-21", periods=30)
    ahead = pd.DataFrame({"bucket": days, "value": 6.0, "lower": 2.0, "upper": 9.0})
    return past, ahead


def test_dots_band_line_and_the_end_of_the_calendar() -> None:
    past, ahead = _frames()
    chart = ahead_chart(
        past, ahead, LIGHT, title="诉求受理量", unit="件",
        days_off=["2027-01-01", "2030-01-01"], covered_until="2026-12-31",
    )  # fmt: skip
    names = [trace.name for trace in chart.figure.data]
    assert names == ["已发生", "下限", "区间", "预计"]
    assert len(chart.figure.data[0].x) == 20
    assert "法定节假日" in chart.figure.data[3].text[11]
    rects = [shape for shape in chart.figure.layout.shapes if shape.type == "rect"]
    assert len(rects) == 1
    assert [note.text for note in chart.figure.layout.annotations] == ["此后调休未公布"]
    assert list(chart.figure.layout.xaxis.tickvals) == ["2026-12-01", "2027-01-01"]
    assert len(chart.frame) == 50
    assert "6\u2009件" in chart.alt


def test_nothing_ahead_says_so() -> None:
    past, ahead = _frames()
    chart = ahead_chart(past, ahead.head(0), LIGHT, title="诉求受理量")
    assert not chart.figure.data
    covered = ahead_chart(past, ahead, LIGHT, title="诉求受理量", covered_until="2028-12-31")
    assert not covered.figure.layout.annotations
