"""The six properties that make an order of people defensible."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.awards.committee import NOBODY
from gridgov.awards.credit import PARTS, Bench, credit
from gridgov.awards.evaluate import evaluate, judge_track
from gridgov.awards.order import order
from gridgov.awards.results import result_tables
from gridgov.awards.scheme import Track
from gridgov.awards.score import MISSING, Measures, Scores, score
from tests.unit.awards import town

SCHEME = replace(town.scheme(), draws=200)
TRACK = SCHEME.track(town.GENERAL)
WIDTH = len(TRACK.components)
FEW = settings(max_examples=40, deadline=None)
SLOW = settings(max_examples=10, deadline=None)
FEWEST = settings(max_examples=3, deadline=None)

cells = st.integers(0, 60)
people = st.integers(2, 8).flatmap(
    lambda n: st.tuples(
        st.lists(st.lists(cells, min_size=WIDTH, max_size=WIDTH), min_size=n, max_size=n),
        st.lists(st.lists(cells, min_size=WIDTH, max_size=WIDTH), min_size=n, max_size=n),
        st.lists(st.integers(0, 900), min_size=n, max_size=n),
    )
)


def counts(drawn: tuple[list[list[int]], list[list[int]], list[int]]) -> Measures:
    return town.measures(TRACK, *drawn)


def scored(measures: Measures, track: Track = TRACK) -> Scores:
    return score(track, measures, SCHEME.bonus_max)


def placed(measures: Measures) -> Any:
    n = len(measures.workers)
    return order(SCHEME, TRACK, scored(measures), np.ones(n, dtype=bool), ["C"] * n)


@FEW
@given(people, st.data())
def test_who_is_no_winner_moves_no_one(drawn: Any, data: st.DataObject) -> None:
    """Removing (or, read backwards, adding) someone outside the quota changes no other's score,
    points or relative place."""
    every = counts(drawn)
    result = placed(every)
    losers = np.flatnonzero(result.tier < 0)
    if not len(losers):
        return
    gone = data.draw(st.sampled_from(losers.tolist()))
    keep = np.arange(len(every.workers)) != gone
    fewer = every.take(keep)
    before, after = scored(every), scored(fewer)
    assert (before.total[keep] == after.total).all()
    assert (before.points[keep] == after.points).all()
    old, new = result.place[keep], placed(fewer).place
    assert (np.sign(old[:, None] - old[None, :]) == np.sign(new[:, None] - new[None, :])).all()


@FEW
@given(people, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(drawn: Any, random: Any) -> None:
    every = counts(drawn)
    shuffled = list(range(len(every.workers)))
    random.shuffle(shuffled)
    one, other = placed(every), placed(every.take(np.array(shuffled)))
    assert (one.place[shuffled] == other.place).all()
    assert (scored(every).total[shuffled] == scored(every.take(np.array(shuffled))).total).all()


@SLOW
@given(people, st.randoms(use_true_random=False))
def test_rows_and_threads_change_no_draw(drawn: Any, random: Any) -> None:
    every = counts(drawn)
    n = len(every.workers)
    shuffled = list(range(n))
    random.shuffle(shuffled)
    rows = [{"stratum_id": f"C{i % 2}", "name": worker} for i, worker in enumerate(every.workers)]
    status = np.full(n, "eligible")
    one = judge_track(SCHEME, TRACK, rows, every, status, threads=1)
    mixed = every.take(np.array(shuffled))
    other = judge_track(SCHEME, TRACK, [rows[i] for i in shuffled], mixed, status, threads=3)
    assert (one.certainty.top[shuffled] == other.certainty.top).all()
    assert (one.certainty.low[shuffled] == other.certainty.low).all()
    assert (one.certainty.high[shuffled] == other.certainty.high).all()
    assert (one.state[shuffled] == other.state).all()


@FEWEST
@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_the_order_of_loading_and_threads_change_no_result(seed: int, threads: int) -> None:
    """Whatever order the warehouse gave the rows in: the same results, to the last bit."""
    rows = _busy_town()
    one = result_tables(evaluate(SCHEME, town.frozen(**rows), threads=1))
    mixed = town.frozen(**rows, shuffle=seed)
    other = result_tables(evaluate(SCHEME, mixed, threads=threads))
    for name, table in one.items():
        assert str(table.to_pydict()) == str(other[name].to_pydict()), name


@FEW
@given(people, st.data())
def test_more_of_a_good_thing_never_lowers_a_score(drawn: Any, data: st.DataObject) -> None:
    """One more success where one was due; for what should be rare, one case fewer."""
    every = counts(drawn)
    row = data.draw(st.integers(0, len(every.workers) - 1))
    column = data.draw(st.integers(0, WIDTH - 1))
    name = TRACK.components[column]
    observed = every.observed.copy()
    if name == "C9":
        observed[row, column] = max(observed[row, column] - 1, 0)
    elif name.startswith("breadth"):
        observed[row, column] += 1
    else:
        limit = every.exposure[row, column] * (100 if name == "peers" else 1)
        observed[row, column] = min(observed[row, column] + 1, limit)
    better = replace(every, observed=observed)
    assert scored(better).total[row] >= scored(every).total[row]


@FEW
@given(people, st.data())
def test_nothing_due_is_neither_reward_nor_punishment(drawn: Any, data: st.DataObject) -> None:
    """Without exposure the score is that of a scheme without the indicator, and lies between the
    points of the rest."""
    every = counts(drawn)
    column = data.draw(st.integers(0, len(TRACK.indicators) - 1))
    start = sum(len(ind.components) for ind in TRACK.indicators[:column])
    cut = slice(start, start + len(TRACK.indicators[column].components))
    observed, exposure = every.observed.copy(), every.exposure.copy()
    observed[:, cut], exposure[:, cut] = 0, 0
    without = scored(replace(every, observed=observed, exposure=exposure))
    assert (without.state[:, column] == MISSING).all()
    assert (without.contribution[:, column] == 0).all()
    rest = tuple(ind for i, ind in enumerate(TRACK.indicators) if i != column)
    kept = np.delete(np.arange(WIDTH), np.r_[cut])
    smaller = replace(TRACK, indicators=rest)
    fewer = replace(every, observed=every.observed[:, kept], exposure=every.exposure[:, kept])
    assert (without.total == scored(fewer, smaller).total).all()
    for row in range(len(every.workers)):
        there = without.state[row] != MISSING
        if there.any():
            share = without.contribution[row].sum()
            points = without.points[row][there]
            assert points.min() - len(points) <= share <= points.max() + len(points)


names = st.lists(st.sampled_from(["W-M1", "W-M2", "W-M3", "W-G1", "W-X"]), min_size=1, unique=True)


@SLOW
@given(st.lists(names, min_size=1, max_size=6), st.integers(1, 3))
def test_a_shared_event_counts_once_in_total(sharers: list[list[str]], holders: int) -> None:
    """Shares of an event never add up to more than one, and to exactly one where all are known."""
    visits = [
        town.visit(i, who, has_need=True, need_due=town.date(2026, 4, 1))
        for i, who in enumerate(sharers)
    ]
    held = [
        (town.MICRO, "M1", worker, town.date(2024, 1, 1), town.END, holders)
        for worker in ("W-M1", "W-M2", "W-M3")[:holders]
    ]
    given = town.frozen(visits=visits, dues=[town.due(1)], holdings=held)
    event = credit(Bench(given, SCHEME), SCHEME, NOBODY, ()).event.to_pylist()
    total: dict[tuple[str, str], int] = {}
    for row in event:
        key = (row["component"], row["event_id"])
        total[key] = total.get(key, 0) + row["parts"]
    assert total["SV1", "1"] == PARTS
    known = {worker for _track, _grid, worker, *_rest in held}
    for i, who in enumerate(sharers):
        share = total.get(("SV6", f"V{i:05d}"), 0)
        assert share <= PARTS
        assert share == PARTS // len(who) * len(set(who) & known)


@FEW
@given(people)
def test_contributions_add_up_to_the_score(drawn: Any) -> None:
    found = scored(counts(drawn))
    parts = found.contribution.sum(axis=1) + found.bonus - found.deduction
    assert (parts == found.total).all()
    assert (found.bonus <= SCHEME.bonus_max).all()


def _busy_town() -> dict[str, Any]:
    workers = ("W-M1", "W-M2", "W-M3", "W-G1")
    return {
        "visits": [
            town.visit(
                i, {workers[i % 4], workers[(i * 7) % 4]}, person=i % 9, household=i % 11,
                has_need=i % 3 == 0, need_due=town.date(2026, 4, 1) if i % 3 == 0 else None,
                on_date=town.date(2026, 3, 1 + i % 28),
            )
            for i in range(60)
        ],
        "dues": [town.due(i, grid) for i, grid in enumerate(("M1", "M2", "M3") * 12)],
        "complaints": [town.complaint(i, ("M1", "M2", "M3")[i % 3]) for i in range(20)],
        "activities": [row for i in range(5) for row in town.activity(i, {"W-G1", "W-G2"})],
    }  # fmt: skip
