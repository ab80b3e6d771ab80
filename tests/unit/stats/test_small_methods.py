"""AHP, fairness audit, flag arithmetic, order of attention."""

from __future__ import annotations

import numpy as np
import pytest

from gridgov.errors import UsageError
from gridgov.locale import set_language
from gridgov.stats.ahp import ahp
from gridgov.stats.fairness import fishers_exact, four_fifths, selection_audit
from gridgov.stats.flags import benjamini_hochberg, even_counts, mad_scores
from gridgov.stats.signals import attention, attention_order, signal_runs
from gridgov.stats.spc import POINTS, SIGNALS, xmr_batch

CALM = [0.5, -0.5] * 13


def test_consistent_table_gives_back_its_weights() -> None:
    weights = np.array([0.5, 0.3, 0.15, 0.05])
    found = ahp(weights[:, None] / weights[None, :])
    assert found.weights == pytest.approx(weights)
    assert found.consistency_ratio == pytest.approx(0.0, abs=1e-9)
    assert ahp([[1.0]]).weights.tolist() == [1.0]
    assert ahp([[1, 3], [1 / 3, 1]]).weights == pytest.approx([0.75, 0.25])


def test_contradictory_table_is_not_acceptable() -> None:
    circle = [[1, 5, 1 / 5], [1 / 5, 1, 5], [5, 1 / 5, 1]]
    assert not ahp(circle).acceptable


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ([[1, 2, 3]], "方阵"),
        ([[1, -2], [-0.5, 1]], "第 1 行第 2 列"),
        ([[1, 2], [2, 1]], "倒数"),
        ([[1, float("nan")], [1, 1]], "正数"),
    ],
)
def test_wrong_tables_are_refused_with_their_place(table: list[list[float]], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        ahp(table)


def test_messages_speak_english_too() -> None:
    set_language("en")
    try:
        with pytest.raises(UsageError, match="Row 1, column 2"):
            ahp([[1, 2], [2, 1]])
    finally:
        set_language("zh_CN")


def test_two_decimals_are_close_enough() -> None:
    assert ahp([[1, 3], [0.33, 1]]).weights[0] == pytest.approx(0.75, abs=0.01)


def test_fairness_audit_by_group() -> None:
    groups = ["大"] * 80 + ["小"] * 40
    chosen = [True] * 48 + [False] * 32 + [True] * 12 + [False] * 28
    big, small = selection_audit(groups, chosen)
    assert (big.group, big.eligible, big.selected, big.rate, big.ratio) == ("大", 80, 48, 0.6, 1.0)
    assert (small.rate, small.ratio) == pytest.approx((0.3, 0.5))
    assert small.p_value == pytest.approx(big.p_value)
    assert small.p_value < 0.01
    assert selection_audit([], []) == []
    with pytest.raises(ValueError, match="one length"):
        selection_audit(["a"], [True, False])


def test_fairness_edges() -> None:
    assert np.isnan(four_fifths([0, 0], [5, 5])).all()
    ratio = four_fifths([2, 0], [4, 0])
    assert ratio[0] == 1.0
    assert np.isnan(ratio[1])
    assert np.isnan(fishers_exact(1, 2, 0, 0))
    (alone,) = selection_audit(["a", "a"], [True, False])
    assert np.isnan(alone.p_value)


def test_benjamini_hochberg_keeps_shape_order_and_gaps() -> None:
    q = benjamini_hochberg([[0.04, np.nan], [0.01, 0.03]])
    assert q[0, 0] == pytest.approx(0.04)
    assert np.isnan(q[0, 1])
    assert q[1] == pytest.approx([0.03, 0.04])
    assert benjamini_hochberg([]).shape == (0,)


def test_mad_scores_are_not_moved_by_what_they_look_for() -> None:
    values = [10.0, 11, 9, 10, 12, 8, 10, 100]
    scores = mad_scores(values)
    assert scores[-1] > 50
    assert np.abs(scores[:-1]).max() < 2
    assert mad_scores([5.0] * 4).tolist() == [0.0] * 4
    mostly = mad_scores([0.0] * 9 + [4.0])
    assert mostly[-1] == pytest.approx(4.0 / (1.2533 * 0.4))
    assert np.isnan(mad_scores([np.nan, np.nan])).all()
    assert np.isnan(mad_scores([1.0, np.nan, 3.0])[1])


def test_too_even_counts_have_a_small_p_and_honest_ones_do_not() -> None:
    rng = np.random.default_rng(0)
    even = np.full((1, 60), 5.0)
    even[0, ::2] = 6.0
    index, p = even_counts(even)
    assert index[0] < 0.1
    assert p[0] < 1e-6
    _index, p = even_counts(rng.poisson(5, size=(400, 60)))
    assert 0.0 <= (p < 0.01).mean() <= 0.03
    _index, p = even_counts([[np.nan] * 5, [0.0] * 5, [3.0, np.nan, np.nan, np.nan, np.nan]])
    assert np.isnan(p).all()


def test_runs_are_listed_once_with_the_point_they_were_seen_at() -> None:
    rows = [
        [*CALM, *[0.4] * 9],
        [*CALM, *[0.4, -0.4] * 4, 5.0],
        [*CALM, *[0.4, -0.4] * 4, 0.4],
    ]
    batch = xmr_batch(rows, improvement="up", fix_after=26)
    runs = signal_runs(batch)
    assert runs.row.tolist() == [0, 1]
    assert (runs.start[0], runs.seen[0], runs.end[0]) == (26, 32, 34)
    assert [SIGNALS[s] for s in runs.signal] == ["shift", "outside"]
    assert [POINTS[s] for s in runs.point] == ["improvement", "improvement"]
    assert runs.since(33).row.tolist() == [1]
    assert len(runs.since(35)) == 0
    assert len(signal_runs(xmr_batch(np.empty((2, 0))))) == 0


def test_concern_then_change_then_failed_target_then_improvement_then_usual() -> None:
    high, low, calm = [*CALM, 5.0], [*CALM, -5.0], [*CALM, 0.5]
    batch = xmr_batch(
        [calm, high, calm, high, low],
        improvement=["up", "up", "up", None, "up"],
        target=[np.nan, np.nan, 9.0, np.nan, np.nan],
        fix_after=26,
    )
    assert attention_order(batch).tolist() == [4, 3, 2, 1, 0]
    assert attention(batch)[0] == 0.0
