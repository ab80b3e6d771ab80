"""What must hold for any input: contributions add up, shares are shares, order does not matter."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gridgov.stats.calendar import add_working_days, is_working_day, working_days_between
from gridgov.stats.explain import explain_count, explain_ratio, round_to_total
from gridgov.stats.flags import benjamini_hochberg
from gridgov.stats.ranks import rank_acceptability, rank_band, ranks, top_k_probability
from gridgov.stats.shrink import beta_binomial_fit, gamma_poisson_fit, shrink_rates
from gridgov.stats.survival import curve, quantile, wilson

COUNT = st.integers(0, 400)
CELL = st.tuples(COUNT, COUNT).map(lambda pair: (min(pair), max(pair)))  # part ≤ whole
UNITS = st.lists(CELL, min_size=1, max_size=25)
DRAWS = st.integers(1, 8).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, 5), min_size=n, max_size=n), min_size=1, max_size=30)
)


@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=20))
def test_contributions_to_a_ratio_add_up(members: list[tuple[tuple[int, int], ...]]) -> None:
    (n0, d0), (n1, d1) = (np.array([m[i] for m in members], dtype=float).T for i in (0, 1))
    assume(d0.sum() > 0 and d1.sum() > 0)
    found = explain_ratio(n0, d0, n1, d1)
    assert abs(found.before + found.total.sum() - found.after) < 1e-12
    on_paper = round_to_total(found.total * 100, 1)
    assert abs(on_paper.sum() - round_to_total([found.total.sum() * 100], 1)[0]) < 1e-9
    assert (np.abs(on_paper - found.total * 100) < 0.1 + 1e-9).all()


@settings(deadline=None)
@given(st.lists(st.tuples(COUNT, COUNT, COUNT, COUNT), min_size=1, max_size=20))
def test_contributions_to_a_count_add_up(members: list[tuple[int, int, int, int]]) -> None:
    y0, y1, e0, e1 = np.array(members, dtype=float).T
    for found in (explain_count(y0, y1), explain_count(y0, y1, e0, e1)):
        np.testing.assert_allclose(found.total, y1 - y0, atol=1e-9)
        assert abs(found.before + found.total.sum() - found.after) < 1e-9


@settings(max_examples=30, deadline=None)
@given(UNITS, st.randoms(use_true_random=False))
def test_fits_are_proper_finite_and_blind_to_row_order(
    units: list[tuple[int, int]], random: object
) -> None:
    shuffled = list(units)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    y, n = np.array(units).T
    a, b = beta_binomial_fit(y, n)
    assert 0 < a < np.inf
    assert 0 < b < np.inf
    assert (a, b) == beta_binomial_fit(*np.array(shuffled).T)
    alpha, beta = gamma_poisson_fit(y, n)
    assert 0 < alpha < np.inf
    assert 0 < beta < np.inf
    assert (alpha, beta) == gamma_poisson_fit(*np.array(shuffled).T)
    rate = shrink_rates(y, n, a, b)
    own = np.divide(y, n, out=np.full(len(n), a / (a + b)), where=n > 0)
    low, high = np.minimum(own, a / (a + b)), np.maximum(own, a / (a + b))
    assert ((rate >= low - 1e-9) & (rate <= high + 1e-9)).all()


@settings(deadline=None)
@given(DRAWS, st.integers(0, 9), st.randoms(use_true_random=False))
def test_top_k_shares_the_places_and_ignores_column_order(
    draws: list[list[int]], k: int, random: object
) -> None:
    table = np.array(draws, dtype=float)
    share = top_k_probability(table, k)
    assert abs(share.sum() - min(k, table.shape[1])) < 1e-9
    assert ((share >= 0) & (share <= 1 + 1e-12)).all()
    order = list(range(table.shape[1]))
    random.shuffle(order)  # type: ignore[attr-defined]
    np.testing.assert_allclose(top_k_probability(table[:, order], k), share[order])
    np.testing.assert_array_equal(ranks(table[:, order]), ranks(table)[:, order])


@settings(deadline=None)
@given(DRAWS)
def test_removing_the_worst_unit_moves_no_other(draws: list[list[int]]) -> None:
    table = np.array(draws, dtype=float)
    with_loser = np.column_stack([table, np.full(len(table), -1.0)])
    np.testing.assert_array_equal(ranks(with_loser)[:, :-1], ranks(table))


@settings(deadline=None)
@given(DRAWS, st.sampled_from([0.5, 0.8, 0.9, 0.95]))
def test_bands_hold_their_share_of_the_draws(draws: list[list[int]], level: float) -> None:
    table = np.array(draws, dtype=float)
    low, high = rank_band(table, level)
    places = ranks(table)
    assert (low <= high).all()
    inside = ((places >= low) & (places <= high)).mean(axis=0)
    assert (inside >= level - 1e-9).all()
    assert np.allclose(rank_acceptability(table).sum(axis=1), 1.0)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=40))
def test_survival_falls_and_more_open_cases_never_shorten(cases: list[tuple[int, bool]]) -> None:
    time, closed = np.array([c[0] for c in cases]), np.array([c[1] for c in cases])
    steps = curve(time, closed)
    assert (np.diff(np.concatenate([[1.0], steps.open_share])) <= 1e-12).all()
    median = quantile(time, closed, 0.5)
    longer = quantile([*time, 99], [*closed, False], 0.5)
    assert np.isnan(longer) or longer >= median


@settings(deadline=None)
@given(CELL)
def test_wilson_holds_the_share(cell: tuple[int, int]) -> None:
    low, high = wilson(*cell)
    if cell[1] == 0:
        assert np.isnan(low)
    else:
        assert 0 <= low <= cell[0] / cell[1] <= high <= 1


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_adjusted_p_values_are_larger_and_keep_the_order(p: list[float]) -> None:
    q = benjamini_hochberg(p)
    assert (q >= np.array(p) - 1e-15).all()
    assert (q <= 1).all()
    assert (np.diff(q[np.argsort(p, kind="stable")]) >= 0).all()


@settings(deadline=None)
@given(
    st.dates(np.datetime64("2020-01-01").item(), np.datetime64("2026-12-31").item()),
    st.integers(1, 250),
)
def test_working_days_added_are_working_days_counted(start: object, n: int) -> None:
    end = add_working_days(start, n)  # type: ignore[arg-type]
    assert bool(is_working_day(end))
    assert int(working_days_between(start, end)) == n  # type: ignore[arg-type]
