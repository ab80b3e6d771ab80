"""Points, places and draws against figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gridgov.awards.order import order, places_left
from gridgov.awards.scheme import Prior, Tier
from gridgov.awards.score import INSUFFICIENT, MISSING, OK, Measures, score
from gridgov.awards.uncertainty import _band, _place, _top, simulate
from gridgov.stats.ranks import rank_band, ranks, top_k_probability
from tests.unit.awards import town

SCHEME = replace(town.scheme(), draws=2000)
# One rate and nothing else: floor 0.6, goal 1.0, prior worth ten cases at 80 %.
RATE = replace(
    SCHEME.tracks[0].indicators[0],
    weight=10_000,
    floor=0.6,
    goal=1.0,
    priors=(Prior(8.0, 2.0),),
    cap=1.0,
)
ONE = replace(SCHEME.tracks[0], indicators=(RATE,), floors={})
PAIR = replace(
    ONE,
    indicators=(
        replace(RATE, weight=7500),
        replace(RATE, code="C3", name="诉求", group="诉求", weight=2500),
    ),
)
SCHEME_ONE = replace(SCHEME, ties=("SV1",), tracks=(ONE,))


def measures(
    observed: list[list[float]], exposure: list[list[float]], **given: list[int]
) -> Measures:
    n = len(observed)
    nothing = np.zeros(n, dtype=np.int64)
    return Measures(
        tuple(f"W{i}" for i in range(n)),
        np.array(observed, dtype=float),
        np.array(exposure, dtype=float),
        np.array(given.get("bonus", nothing), dtype=np.int64),
        np.array(given.get("deduction", nothing), dtype=np.int64),
    )


def test_shrinkage_and_goalposts_by_hand() -> None:
    """(8 + 45) / (10 + 50) = 0.88333; 60 + 40 · (0.88333 − 0.6) / 0.4 = 88.33."""
    found = score(ONE, measures([[45]], [[50]]), 500)
    assert found.value[0, 0] == pytest.approx(53 / 60)
    assert found.points[0, 0] == 8833
    assert found.total[0] == 8833
    assert found.information[0, 0] == pytest.approx(50 / 60)


def test_points_stay_between_0_and_100() -> None:
    found = score(ONE, measures([[0], [5000]], [[5000], [5000]]), 500)
    # 8 / 5010 is 0.0016 and 5008 / 5010 is 0.9996, on goalposts 0.6 and 1
    assert found.points[:, 0].tolist() == [16, 9996]
    low = score(
        replace(ONE, indicators=(replace(RATE, floor=0.9),)), measures([[0]], [[5000]]), 500
    )
    assert low.points[0, 0] == 0


def test_too_few_cases_score_the_mean_of_the_period_before() -> None:
    found = score(ONE, measures([[9], [10], [0]], [[9], [10], [0]]), 500)
    assert found.state[:, 0].tolist() == [INSUFFICIENT, OK, MISSING]
    assert found.points[:, 0].tolist() == [8000, 9000, 0]  # 80 % is halfway; 18 / 20 = 90 %
    assert np.isnan(found.value[2, 0])


def test_a_missing_exposure_spreads_its_weight() -> None:
    found = score(PAIR, measures([[45, 0]], [[50, 0]]), 500)
    assert found.contribution[0].tolist() == [8833, 0]
    assert found.weight[0].tolist() == [10_000, 0]
    both = score(PAIR, measures([[45, 30]], [[50, 50]]), 500)
    # (8 + 30) / 60 = 0.6333 → 63.33; 0.75 · 88.33 + 0.25 · 63.33, each rounded half up
    assert both.contribution[0].tolist() == [6625, 1583]


def test_bonus_is_capped_and_deductions_are_not() -> None:
    found = score(
        ONE, measures([[45], [45]], [[50], [50]], bonus=[900, 300], deduction=[0, 1000]), 500
    )
    assert found.total.tolist() == [8833 + 500, 8833 + 300 - 1000]


def test_places_are_shared_1_2_2_4_and_ties_are_broken_in_order() -> None:
    four = measures([[50], [45], [45], [20]], [[50]] * 4)
    scores = score(ONE, four, 500)
    found = order(SCHEME_ONE, ONE, scores, np.ones(4, dtype=bool), ["C"] * 4)
    assert found.place.tolist() == [1, 2, 2, 4]
    assert found.shared.tolist() == [1, 2, 2, 1]
    # Equal totals by bonus, but the tie-breaking indicator differs.
    equal = measures([[50], [45]], [[50]] * 2, bonus=[0, 500])
    scores = score(ONE, equal, 500)
    scores = replace(scores, total=np.array([9000, 9000]))
    found = order(SCHEME_ONE, ONE, scores, np.ones(2, dtype=bool), ["C", "C"])
    assert found.place.tolist() == [1, 2]


def test_a_tie_across_the_cut_is_left_to_people() -> None:
    scheme = replace(SCHEME_ONE, tiers=(Tier("先锋", 2500),))
    scores = score(ONE, measures([[45], [45], [20], [20]], [[50]] * 4), 500)
    found = order(scheme, ONE, scores, np.ones(4, dtype=bool), ["C"] * 4)
    assert found.quota[:, 0].tolist() == [1] * 4
    assert found.tier.tolist() == [-1] * 4
    assert found.tied[:, 0].tolist() == [True, True, False, False]


def test_who_is_under_a_floor_stands_behind_and_wins_nothing() -> None:
    track = replace(PAIR, floors={"诉求": 7000})
    scores = score(track, measures([[50, 0], [30, 50]], [[50, 50]] * 2), 500)
    assert scores.passes.tolist() == [False, True]
    assert scores.total[0] > scores.total[1]
    found = order(SCHEME_ONE, track, scores, np.ones(2, dtype=bool), ["C"] * 2)
    assert found.place.tolist() == [2, 1]
    assert found.tier.tolist() == [-1, 1]


def test_quotas_are_by_stratum_and_of_the_eligible() -> None:
    assert [places_left(Tier("a", 1500), n) for n in (0, 1, 3, 4, 10, 127)] == [0, 1, 1, 1, 2, 19]
    scores = score(ONE, measures([[50], [45], [40], [35]], [[50]] * 4), 500)
    eligible = np.array([True, True, True, False])
    found = order(SCHEME_ONE, ONE, scores, eligible, ["A", "B", "A", "B"])
    assert found.place.tolist() == [1, 1, 2, 0]
    assert found.quota[:, 0].tolist() == [1, 1, 1, 1]


def test_draws_agree_with_the_plain_rank_functions() -> None:
    rng = np.random.default_rng(3)
    draws = rng.normal(size=(400, 9)).round(1).astype(np.float32)  # with many ties
    place = _place(draws)
    assert (place == ranks(draws)).all()
    low, high = _band(place)
    assert (low == rank_band(draws)[0]).all() and (high == rank_band(draws)[1]).all()
    for k in (1, 3, 9):
        assert _top(draws, place, k) == pytest.approx(top_k_probability(draws, k))


def test_probabilities_add_up_to_the_places_and_follow_the_figures() -> None:
    six = measures([[95], [80], [80], [79], [60], [40]], [[100]] * 6)
    scores = score(ONE, six, 500)
    placed = order(SCHEME_ONE, ONE, scores, np.ones(6, dtype=bool), ["C"] * 6)
    sure = simulate(SCHEME_ONE, ONE, six, scores, np.ones(6, dtype=bool), ["C"] * 6, placed.quota)
    assert sure.top[:, 0].sum() == pytest.approx(placed.quota[0, 0])
    assert sure.top[0, 0] > 0.99 and sure.top[5, 0] < 0.001
    assert (sure.low <= placed.place[:, None]).all() and (placed.place[:, None] <= sure.high).all()
    # Two with the same counts have the same truth to be drawn from.
    assert sure.top[1, 0] == pytest.approx(sure.top[2, 0], abs=0.01)
    # With a single indicator other weights change nothing.
    assert (sure.low[:, 1] == sure.high[:, 1])[[0, 3, 4, 5]].all()
    assert 0.9 < sure.reliability[0] < 1


def test_equal_candidates_have_no_reliable_order() -> None:
    even = measures([[80]] * 8, [[100]] * 8)
    scores = score(ONE, even, 500)
    eligible = np.ones(8, dtype=bool)
    placed = order(SCHEME_ONE, ONE, scores, eligible, ["C"] * 8)
    sure = simulate(SCHEME_ONE, ONE, even, scores, eligible, ["C"] * 8, placed.quota)
    assert sure.reliability[0] < 0.05
    assert sure.top[:, 0] == pytest.approx(np.full(8, 1 / 8), abs=0.04)


def test_beta_draws_have_the_moments_of_the_posterior() -> None:
    """Against the closed form: mean and sd of Beta(8 + 45, 2 + 5) on the scale of points."""
    from gridgov.awards.uncertainty import _Stratum, _weight_draws

    scheme = replace(SCHEME_ONE, draws=40_000)
    wide = replace(ONE, indicators=(replace(RATE, floor=0.0, goal=1.0, cap=None),))
    one = measures([[45]], [[50]])
    scores = score(wide, one, 500)
    part = _Stratum(scheme, wide, one, scores, np.array([0]), _weight_draws(scheme, wide), "C")
    points = np.minimum(part._point_draws()[0], 100)
    rate = (points - 60) / 40
    a, b = 53, 7
    assert rate.mean() == pytest.approx(a / (a + b), abs=1e-3)
    assert rate.std() == pytest.approx((a * b / ((a + b) ** 2 * (a + b + 1))) ** 0.5, rel=0.02)
