"""XmR: limits, rebasing, gaps, direction, assurance, and the edges of the input."""

from __future__ import annotations

import numpy as np
import pytest

from gridgov.stats.spc import xmr, xmr_batch

CALM = [0.5, -0.5] * 13


def test_trend_marks_all_seven_and_six_rising_points_are_none() -> None:
    seven = [*CALM, *np.arange(-0.75, 1.0, 0.25)]
    judged = xmr(seven, fix_after=26)
    # The last calm point (-0.5) lies above -0.75, so exactly seven points rise.
    assert judged.signal[26:].tolist() == ["trend"] * 7
    six = [*CALM, 0.3, *np.arange(-0.6, 0.7, 0.2)[:5]]
    assert set(xmr(six, fix_after=26).signal[26:]) == {""}


def test_an_equal_neighbour_breaks_a_trend() -> None:
    values = [*CALM, -0.9, -0.6, -0.3, -0.3, 0.0, 0.3, 0.6, 0.9]
    assert "trend" not in set(xmr(values, fix_after=26).signal)


def test_trend_direction_decides_the_state_not_the_side_of_the_mean() -> None:
    falling = [*CALM, *np.linspace(1.6, 0.2, 8)]
    judged = xmr(falling, improvement="up", fix_after=26)
    assert judged.signal[-1] == "trend"
    assert judged.variation == "concern"


def test_turning_point_of_two_trends_takes_the_later_direction() -> None:
    peak = [*np.arange(0.0, 0.7, 0.1), *np.arange(0.5, -0.1, -0.1)]
    values = [*CALM, -0.1, *peak]
    judged = xmr(values, fix_after=26)
    top = 26 + 1 + 6
    assert judged.signal[top] == "trend"
    assert judged.point[top - 1] == "high"
    assert judged.point[top] == "low"


@pytest.mark.parametrize(
    ("improvement", "state"), [("up", "improvement"), ("down", "concern"), (None, "high")]
)
def test_direction_of_the_metric_names_the_state(improvement: str | None, state: str) -> None:
    judged = xmr([*CALM, 5.0], improvement=improvement, fix_after=26)  # type: ignore[arg-type]
    assert judged.point[-1] == judged.variation == state


@pytest.mark.parametrize(
    ("improvement", "target", "assurance"),
    [
        ("up", -9.0, "pass"),
        ("up", 9.0, "fail"),
        ("down", 9.0, "pass"),
        ("down", -9.0, "fail"),
        ("up", 0.0, "hit_or_miss"),
        ("down", 2.66, "hit_or_miss"),
        (None, 9.0, None),
        ("up", None, None),
    ],
)
def test_assurance_from_the_place_of_the_target(
    improvement: str | None, target: float | None, assurance: str | None
) -> None:
    assert xmr(CALM, improvement=improvement, target=target).assurance == assurance  # type: ignore[arg-type]


def test_rebase_starts_new_limits_and_patterns_do_not_cross_it() -> None:
    values = [*[0.0, 1.0] * 8, *[10.0, 11.0] * 8]
    judged = xmr(values, rebase=[16])
    assert judged.mean[15] == pytest.approx(0.5)
    assert judged.mean[16] == pytest.approx(10.5)
    assert set(judged.signal) == {""}
    assert set(xmr(values).signal) == {"outside"}, "one pair of limits for two levels"
    rising = np.arange(12.0)
    assert "trend" not in set(xmr(rising, rebase=[6]).signal)


def test_several_rebases_in_any_order_and_zero_is_harmless() -> None:
    values = [*[0.0, 1.0] * 5, *[5.0, 6.0] * 5, *[9.0, 10.0] * 5]
    one, other = xmr(values, rebase=[20, 10]), xmr(values, rebase=[0, 10, 20, 20])
    np.testing.assert_array_equal(one.mean, other.mean)
    assert [one.mean[0], one.mean[10], one.mean[20]] == pytest.approx([0.5, 5.5, 9.5])


def test_fix_after_freezes_limits_and_applies_to_every_stretch() -> None:
    values = [*CALM[:14], 4.0, 4.5, 4.0]
    judged = xmr(values, fix_after=14)
    assert judged.upper[-1] == pytest.approx(2.66)
    assert judged.signal[-3:].tolist() == ["outside"] * 3
    twice = xmr([*CALM[:14], *[v + 50 for v in CALM[:14]], 60.0], rebase=[14], fix_after=14)
    assert twice.mean[-1] == pytest.approx(50.0)
    assert twice.signal[-1] == "outside"


def test_fewer_than_thirteen_values_are_trial_limits() -> None:
    assert xmr(CALM[:12]).trial
    assert not xmr(CALM[:13]).trial
    assert xmr(CALM, fix_after=12).trial
    assert xmr(CALM, rebase=[20]).trial, "the newest stretch has six values"
    assert xmr([*CALM[:12], np.nan]).trial


def test_gaps_are_skipped_wherever_they_are() -> None:
    full = [*CALM, *[0.4] * 7]
    gappy = full.copy()
    for position in (30, 10, 0):
        gappy.insert(position, np.nan)
    gappy.append(np.nan)
    whole, holed = xmr(full), xmr(gappy)
    kept = ~np.isnan(np.array(gappy))
    assert holed.signal[kept].tolist() == whole.signal.tolist()
    assert set(holed.signal[~kept]) == {""}
    assert set(holed.point[~kept]) == {"common"}
    assert holed.upper[0] == whole.upper[0]
    assert holed.variation == whole.variation == "high"


def test_newest_stretch_without_a_value_keeps_the_state_before_it() -> None:
    judged = xmr([*CALM, 5.0, np.nan], improvement="up", target=-9.0, rebase=[27], fix_after=26)
    assert judged.variation == "improvement"
    assert judged.assurance == "pass"
    assert not judged.trial


@pytest.mark.parametrize("values", [[], [np.nan], [3.0], [np.nan, 3.0, np.nan]])
def test_too_little_data_has_no_limits_and_no_signal(values: list[float]) -> None:
    judged = xmr(values, improvement="up", target=1.0)
    assert np.isnan(judged.lower).all()
    assert set(judged.signal) <= {""}
    assert judged.variation == "common"
    assert judged.assurance is None
    assert judged.trial


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e9 / 3, -7.3])
def test_a_constant_series_never_signals(constant: float) -> None:
    judged = xmr([constant] * 23, improvement="up")
    assert set(judged.signal) == {""}


def test_a_rare_event_series_is_not_left_with_limits_of_zero_width() -> None:
    values = np.zeros(24)
    values[10] = 3.0
    judged = xmr(values)
    assert judged.upper[0] > judged.mean[0]
    assert judged.signal[0] != "outside"
    assert judged.signal[10] == "outside"


def test_bad_calls_are_refused() -> None:
    with pytest.raises(ValueError, match="one-dimensional"):
        xmr([[1.0, 2.0]])
    with pytest.raises(ValueError, match="two-dimensional"):
        xmr_batch([1.0, 2.0])
    with pytest.raises(ValueError, match="rebase"):
        xmr([1.0, 2.0, 3.0], rebase=[3])
    with pytest.raises(ValueError, match="rebase"):
        xmr([1.0, 2.0, 3.0], rebase=[-1])
    with pytest.raises(ValueError, match="fix_after"):
        xmr([1.0, 2.0, 3.0], fix_after=1)
    with pytest.raises(ValueError, match="improvement"):
        xmr([1.0, 2.0, 3.0], improvement="better")  # type: ignore[arg-type]


def test_batch_takes_a_direction_and_a_target_per_row() -> None:
    matrix = np.array([[*CALM, 5.0]] * 3)
    judged = xmr_batch(
        matrix, improvement=["up", "down", None], target=[9.0, np.nan, 9.0], fix_after=26
    )
    assert [judged.row(i).variation for i in range(3)] == ["improvement", "concern", "high"]
    assert [judged.row(i).assurance for i in range(3)] == ["fail", None, None]
    assert len(judged) == 3


def test_batch_of_nothing() -> None:
    assert len(xmr_batch(np.empty((0, 22)))) == 0
    assert xmr_batch(np.empty((2, 0))).row(1).variation == "common"
