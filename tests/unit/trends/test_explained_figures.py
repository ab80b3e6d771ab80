"""Printed contributions: what is read adds up, whatever the true figures are."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.figures import LIGHT
from gridgov.figures.change_steps import change_steps
from gridgov.metrics import METRICS
from gridgov.stats.explain import explain_ratio
from gridgov.trends.explain import Explained, dimensions_of, printed, printed_steps

COUNTS = st.lists(
    st.tuples(
        st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)
    ),
    min_size=1,
    max_size=30,
)  # fmt: skip


def _explained(rows: list[tuple[int, int, int, int]]) -> Explained:
    """Numerators within denominators, as a share has them."""
    done0, open0, done1, open1 = (np.array(part, dtype=float) for part in zip(*rows, strict=True))
    d0, d1 = done0 + open0 + 1, done1 + open1 + 1
    found = explain_ratio(done0, d0, done1, d1)
    frame = pd.DataFrame(
        {
            "key": [str(at) for at in range(len(rows))],
            "label": [f"第{at}网格" for at in range(len(rows))],
            "rate": found.rate,
            "mix": found.mix,
            "total": found.total,
        }
    )
    return Explained(METRICS["C3"], "grid", found.before, found.after, frame)


@given(COUNTS)
@settings(max_examples=200, deadline=None)
def test_printed_figures_add_up_and_stay_near_the_true_ones(
    rows: list[tuple[int, int, int, int]],
) -> None:
    found = _explained(rows)
    told = printed(found)
    as_tenths = (told.frame[["rate", "mix", "total"]] * 1000).round().astype(int)
    gap = round(told.after * 1000) - round(told.before * 1000)
    assert int(as_tenths["total"].sum()) == gap
    assert (as_tenths["rate"] + as_tenths["mix"] == as_tenths["total"]).all()
    assert (np.abs(told.frame["total"] - found.frame["total"]) <= 0.0010001).all()
    assert (np.abs(told.frame["rate"] - found.frame["rate"]) <= 0.0010001).all()


@given(COUNTS)
@settings(max_examples=100, deadline=None)
def test_the_waterfall_ends_where_it_says(rows: list[tuple[int, int, int, int]]) -> None:
    steps = printed_steps(_explained(rows), most=8)
    assert len(steps) <= 11
    total = steps["value"].iloc[0] + steps.loc[steps["kind"] == "step", "value"].sum()
    assert abs(total - steps["value"].iloc[-1]) < 1e-9


def test_a_waterfall_draws_each_step_where_the_last_one_ended() -> None:
    frame = pd.DataFrame(
        {
            "key": ["", "a", "b", ""],
            "label": ["对比期", "甲", "乙", "本期"],
            "value": [0.70, 0.15, -0.025, 0.825],
            "kind": ["total", "step", "step", "total"],
        }
    )
    chart = change_steps(frame, LIGHT, title="按期办结率", unit="%", up_is_better=True)
    (bar,) = chart.figure.data
    assert list(bar.base) == [0.70, 0.85]
    assert list(bar.x) == [0.15, -0.025]
    assert list(bar.text) == ["+15", "\u22122.5"]
    assert list(bar.marker.color) == [LIGHT.better, LIGHT.worse]
    assert list(bar.customdata) == ["a", "b"]
    assert "个百分点" in chart.figure.layout.title.text
    assert [note.text for note in chart.figure.layout.annotations] == ["对比期 70.0%", "本期 82.5%"]
    assert change_steps(frame.head(0), LIGHT, title="空").figure.layout.annotations[0].text


def test_parts_that_do_not_add_up_offer_no_split() -> None:
    for code in ("C10", "PB4", "HP1", "ML3", "PB1"):
        assert dimensions_of(code) == []
    assert dimensions_of("C3") == ["grid", "category", "source", "nature"]
    assert all("worker" not in dimensions_of(code) for code in METRICS)
