"""XmR charts: published worked examples, and the plot-the-dots rules as small tables.

In a picture, each character is one point: h and l stand near a limit (2.2 sigma-like units away),
H and L outside the limits, + and - a little above and below the mean, 0 on it. Marks below:
o outside, t trend, 2 two in three, s shift, . none.
"""

from __future__ import annotations

import numpy as np
import pytest

from gridgov.stats.spc import xmr

NAMES = {".": "", "o": "outside", "t": "trend", "2": "two_in_three", "s": "shift"}

# Twenty-six calm points fix mean 0 and mean moving range 1, so limits ±2.66 and near from ±1.773.
BASE = [0.5, -0.5] * 13
HEIGHT = {"H": 3.0, "h": 2.2, "+": 0.4, "0": 0.0, "-": -0.4, "l": -2.2, "L": -3.0}

RULES = [
    # picture    marks       what it shows
    ("0H0-", ".o..", "one point outside"),
    ("0L0+", ".o..", "outside on the low side"),
    ("-hh-", "....", "two near the upper limit, but no third beside them on that side"),
    ("0+hh", "..22", "all three on one side: the near ones are marked, the third is not"),
    ("0h+h", ".2.2", "two near ones around a third on the same side"),
    ("0hl+", "....", "near points on opposite sides are no pattern"),
    ("0h-h", "....", "a third point on the other side breaks the pattern"),
    ("0hH+", "..o.", "an outside point is not near: one near point alone is none"),
    ("0+++++++", ".sssssss", "seven in a row above the mean"),
    ("0++++++-", "........", "six are not enough"),
    ("0+++0+++", "........", "a point on the mean breaks a run"),
    ("0----L--", ".ssssoss", "outside takes precedence over a shift"),
    ("0+++hh++", ".sss22ss", "two in three takes precedence over a shift"),
    ("-++++++++++-", ".ssssssssss.", "every point of a longer run is marked"),
]


@pytest.mark.parametrize(("picture", "marks", "why"), RULES, ids=[r[2] for r in RULES])
def test_the_four_rules_in_pictures(picture: str, marks: str, why: str) -> None:
    values = BASE + [HEIGHT[c] for c in picture]
    judged = xmr(values, fix_after=len(BASE))
    assert judged.signal[len(BASE) :].tolist() == [NAMES[m] for m in marks], why


def test_nist_handbook_individuals_chart() -> None:
    """NIST/SEMATECH e-Handbook 6.3.2.2: ten flow rates, centre 50.81, limits 45.8159 to 55.8041.

    The handbook multiplies by 3/1.128, plot-the-dots by the rounded 2.66.
    """
    flow = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    judged = xmr(flow, improvement="up")
    assert judged.mean == pytest.approx(np.full(10, 50.81))
    assert judged.lower[0] == pytest.approx(45.8159, abs=2e-3)
    assert judged.upper[0] == pytest.approx(55.8041, abs=2e-3)
    assert set(judged.signal) == {""}
    assert judged.variation == "common"
    assert judged.trial


def test_plot_the_dots_two_near_opposite_limits_is_common_cause() -> None:
    """NHSRplotthedots, test-ptd_spc_standard.R: ±1 fourteen times, then 5.5 and -5.5."""
    values = [1.0, -1.0] * 7 + [5.5, -5.5]
    assert xmr(values).point[-2:].tolist() == ["common", "common"]


def test_outlying_moving_range_is_left_out_once() -> None:
    """Hand computed: ranges 2 × 18 and 19, 21: mean 76/20 = 3.8, cut 12.4, screened mean 2."""
    values = [10.0, 12.0] * 9 + [10.0, 31.0, 12.0]
    # ranges: eighteen of 2, then 21 and 19
    screened, plain = xmr(values), xmr(values, screen_outliers=False)
    mean = sum(values) / len(values)
    assert screened.upper[0] == pytest.approx(mean + 2.66 * 2.0)
    assert plain.upper[0] == pytest.approx(mean + 2.66 * (18 * 2 + 21 + 19) / 20)
    assert screened.signal[19] == "outside"


def test_a_range_exactly_at_the_cut_is_left_out() -> None:
    """Seven ranges of 1 and one of r, chosen so that r is the cut: r = 3.267 (7 + r) / 8."""
    ranges = np.ones(8)
    ranges[4] = 3.267 * 7 / (8 - 3.267)
    values = np.concatenate([[0.0], np.cumsum(ranges * np.resize([1, -1], 8))])
    cut = 3.267 * np.abs(np.diff(values)).mean()
    assert ranges[4] == pytest.approx(cut)
    judged = xmr(values + 0.0)
    assert judged.upper[0] - judged.mean[0] == pytest.approx(2.66, abs=1e-9)
