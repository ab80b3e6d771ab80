"""Who is credited with what, against a slow and obvious second implementation."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from gridgov.awards.committee import NOBODY, CallbackResult, Committee, Rating
from gridgov.awards.credit import PARTS, Bench, Credited, credit
from gridgov.awards.inputs import Frozen
from tests.unit.awards import town

SCHEME = town.scheme()
MARCH, APRIL = date(2026, 3, 2), date(2026, 4, 1)


def credited(frozen: Frozen, committee: Committee = NOBODY, confirmed: Any = ()) -> Credited:
    return credit(Bench(frozen, SCHEME, threads=1), SCHEME, committee, confirmed)


def counts(
    found: Credited, component: str, track: str = town.MICRO
) -> dict[str, tuple[float, float]]:
    """Worker → (observed, exposure) of a component."""
    measures = found.measures[track]
    column = SCHEME.track(track).components.index(component)
    return {
        worker: (measures.observed[i, column], measures.exposure[i, column])
        for i, worker in enumerate(measures.workers)
    }


def reasons(found: Credited, component: str) -> dict[str, str]:
    return {
        row["event_id"]: row["reason"]
        for row in found.event.to_pylist()
        if row["component"] == component
    }


def need(
    number: int, workers: set[str], closed: date | None = None, **given: Any
) -> dict[str, Any]:
    at = datetime.combine(closed, datetime.min.time()) if closed else None
    return town.visit(number, workers, has_need=True, need_due=APRIL, need_closed_at=at, **given)


def test_a_contact_due_is_made_by_any_counted_visit_that_met_someone() -> None:
    dues = [town.due(i) for i in range(1, 5)]
    visits = [
        town.visit(1, {"W-G1"}, person=1),  # a colleague came: the person was contacted
        town.visit(2, {"W-M1"}, person=2, met=False),
        town.visit(3, {"W-M1"}, person=3, on_date=date(2026, 4, 1)),  # a day late
    ]
    found = credited(town.frozen(dues=dues, visits=visits))
    assert counts(found, "SV1")["W-M1"] == (1, 4)
    assert counts(found, "SV1", town.GENERAL)["W-G1"] == (1, 4)
    assert counts(found, "SV1")["W-M2"] == (0, 0)


def test_credit_goes_to_whoever_held_the_grid_that_day() -> None:
    changed = date(2026, 3, 15)
    holdings = [
        (town.MICRO, "M1", "W-M1", date(2024, 1, 1), changed, 1),
        (town.MICRO, "M1", "W-X", changed + timedelta(days=1), town.END, 1),
    ]
    complaints = [
        town.complaint(1, on_date=changed),
        town.complaint(2, on_date=changed + timedelta(days=1)),
        town.complaint(3, "M2"),  # held by nobody
    ]
    found = credited(town.frozen(complaints=complaints, holdings=holdings))
    assert counts(found, "C3")["W-M1"] == (1, 1)
    assert counts(found, "C3")["W-X"] == (1, 1)
    assert found.candidate.column("in_post_days").to_pylist() == [74, 107]


def test_a_place_held_by_two_is_split() -> None:
    both = [(town.MICRO, "M1", who, date(2024, 1, 1), town.END, 2) for who in ("W-M1", "W-X")]
    found = credited(town.frozen(complaints=[town.complaint(1)], holdings=both))
    assert counts(found, "C3") == {"W-M1": (0.5, 0.5), "W-X": (0.5, 0.5)}


def test_seventeen_sharers_lose_nothing_of_a_place() -> None:
    many = [(town.MICRO, "M1", f"W-{i:02d}", date(2024, 1, 1), town.END, 17) for i in range(17)]
    found = credited(town.frozen(complaints=[town.complaint(1)], holdings=many))
    parts = [row["parts"] for row in found.event.to_pylist() if row["component"] == "C3"]
    assert len(parts) == 17 and sum(parts) == PARTS


def test_duplicates_caps_and_late_entries_are_left_out_with_a_reason() -> None:
    evening = datetime(2026, 3, 2, 19)
    visits = [
        need(1, {"W-M1"}, MARCH, household=5),
        need(2, {"W-M1"}, MARCH, household=5, occurred_at=evening),  # same type, same day
        need(3, {"W-M1"}, MARCH, household=5, occurred_at=evening, purpose="隐患排查"),
        need(4, {"W-M2"}, MARCH, household=5, occurred_at=evening, purpose="政策宣传"),  # third
        need(5, {"W-M1"}, MARCH, household=6, entered_at=datetime(2026, 7, 4)),
        need(6, {"W-M1"}, MARCH, household=7, entered_at=datetime(2026, 7, 3, 23, 59)),
    ]
    found = credited(town.frozen(visits=visits))
    assert reasons(found, "SV6") == {
        "V00001": "", "V00002": "duplicate", "V00003": "", "V00004": "cap", "V00005": "late",
        "V00006": "",
    }  # fmt: skip
    assert counts(found, "SV6")["W-M1"] == (3, 3)


def test_what_a_verdict_leaves_out_makes_no_other_record_a_duplicate() -> None:
    visits = [
        need(1, {"W-M1"}, MARCH, household=5, person=1),
        need(2, {"W-M1"}, MARCH, household=5, occurred_at=datetime(2026, 3, 2, 19)),
    ]
    given = town.frozen(visits=visits, dues=[town.due(1)])
    assert reasons(credited(given), "SV6") == {"V00001": "", "V00002": "duplicate"}
    found = credited(given, confirmed=["V00001"])
    assert reasons(found, "SV6") == {"V00001": "verdict", "V00002": ""}
    assert counts(credited(given), "SV1")["W-M1"] == (1, 1)
    assert counts(found, "SV1")["W-M1"] == (0, 1)


def test_needs_count_by_their_due_date() -> None:
    visits = [
        need(1, {"W-M1"}, APRIL),
        need(2, {"W-M1"}, APRIL + timedelta(days=1)),
        need(3, {"W-M1"}),
        town.visit(4, {"W-M1"}, has_need=True, need_due=date(2026, 7, 5)),
        need(5, {"W-M1"}, on_date=date(2025, 12, 20), closed=date(2025, 12, 21)),
    ]
    assert counts(credited(town.frozen(visits=visits)), "SV6")["W-M1"] == (2, 4)


def test_complaints_outside_authority_and_unasked_ones() -> None:
    complaints = [
        town.complaint(1),
        town.complaint(2, in_scope=False, is_on_time=False),
        town.complaint(3, called_back=False, resolved=None, satisfied=None),
        town.complaint(4, resolved=False, satisfied="不满意", is_repeat=True),
        town.complaint(5, due_on=date(2026, 7, 10)),  # due after the period
    ]
    found = credited(town.frozen(complaints=complaints))
    assert counts(found, "C3")["W-M1"] == (3, 3)
    assert counts(found, "C5")["W-M1"] == (2, 3)
    assert counts(found, "C9")["W-M1"] == (1, 4)
    assert reasons(found, "C3")["C00002"] == "out_of_scope"


def test_few_answers_are_pooled_over_the_general_grid() -> None:
    complaints = [town.complaint(i) for i in range(31)]
    complaints += [town.complaint(100, "M2", satisfied="不满意")]
    found = credited(town.frozen(complaints=complaints))
    by_worker = counts(found, "callback")
    assert by_worker["W-M1"] == (31, 31)  # thirty or more of one's own
    assert by_worker["W-M2"] == (31, 32)
    assert by_worker["W-M3"] == (0, 0)
    assert found.pooled[town.MICRO]["callback"].tolist() == [False, True, False]


def test_call_back_results_count_as_answers() -> None:
    said = Committee(
        callbacks=(
            CallbackResult("W-M1", "V00001", "true", True),
            CallbackResult("W-M1", "V00002", "false"),
            CallbackResult("W-M1", "V00003", "unreached"),
        )
    )
    visits = [town.visit(i, {"W-M1"}) for i in (1, 2, 3)]
    found = credited(town.frozen(visits=visits), said)
    assert counts(found, "callback")["W-M1"] == (1, 2)


def test_marks_are_averaged_and_one_does_not_mark_oneself() -> None:
    marks = Committee(
        ratings=(Rating("W-M1", "甲", "评委", 90), Rating("W-M1", "W-M1", "同事", 100),
                 Rating("W-M1", "W-M2", "同事", 80.5))
    )  # fmt: skip
    assert counts(credited(town.frozen(), marks), "peers")["W-M1"] == (170.5, 2)


def test_expected_activities_follow_households_and_days_in_post() -> None:
    """Half of the period in post: half of the household-months, hence half of what is expected."""
    half = [(town.GENERAL, "G1", "W-G1", date(2026, 4, 1), town.END, 1),
            (town.GENERAL, "G2", "W-G2", date(2024, 1, 1), town.END, 1)]  # fmt: skip
    found = credited(town.frozen(holdings=half))
    expected = SCHEME.track(town.GENERAL).expected
    for worker, households, months in (("W-G1", 150, (4, 5, 6)), ("W-G2", 40, range(1, 7))):
        want = sum(households * expected.rate("商品房", 0, month) for month in months)
        assert counts(found, "breadth.党建", town.GENERAL)[worker][1] == pytest.approx(want)


def test_a_shared_activity_is_split_among_its_named_organisers() -> None:
    rows = town.activity(1, {"W-G1", "W-G2"}) + town.activity(2, {"W-G1"}, pillar="")
    found = credited(town.frozen(activities=rows))
    assert counts(found, "breadth.党建", town.GENERAL)["W-G1"][0] == 0.5
    assert reasons(found, "breadth.")["A00002"] == "no_pillar"


def naive(visits: list[dict[str, Any]]) -> dict[str, list[Fraction]]:
    """SV6 of the micro-grid workers by loops and fractions; reasons in the documented order."""
    limit = datetime(2026, 7, 4)
    seen: set[Any] = set()
    of_day: dict[Any, int] = {}
    found: dict[str, list[Fraction]] = {}
    for row in sorted(visits, key=lambda r: (r["occurred_at"], r["visit_id"])):
        if row["entered_at"] >= limit:
            continue
        key = (row["workers"], row["household"], row["purpose"], row["on_date"])
        if key in seen:
            continue
        seen.add(key)
        day = (row["household"], row["on_date"])
        of_day[day] = of_day.get(day, 0) + 1
        if of_day[day] > SCHEME.caps.visits_per_household_day or not row["has_need"]:
            continue
        good = row["need_closed_at"] is not None and row["need_closed_at"].date() <= row["need_due"]
        for worker in row["names"]:
            if worker.startswith("W-M"):
                pair = found.setdefault(worker, [Fraction(0), Fraction(0)])
                pair[0] += Fraction(int(good), len(row["names"]))
                pair[1] += Fraction(1, len(row["names"]))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_needs_agree_with_the_naive_count(seed: int) -> None:
    rng = np.random.default_rng(seed)
    workers = ["W-M1", "W-M2", "W-M3", "W-G1"]
    visits = []
    for i in range(150):
        names = set(rng.choice(workers, size=rng.integers(1, 4), replace=False).tolist())
        at = datetime(2026, 3, 1, 8) + timedelta(hours=int(rng.integers(0, 120)))
        closed = date(2026, 3, 28) + timedelta(days=int(rng.integers(0, 9)))
        visits.append(
            need(
                i, names, closed if rng.random() < 0.8 else None, on_date=at.date(), occurred_at=at,
                household=int(rng.integers(0, 6)),
                purpose=["日常走访", "隐患排查", "政策宣传"][int(rng.integers(0, 3))],
                entered_at=at + timedelta(days=int(rng.choice([0, 1, 140]))),
            )
        )  # fmt: skip
    by_worker = counts(credited(town.frozen(visits=visits, shuffle=seed)), "SV6")
    want = naive(visits)
    assert {w for w, (_, n) in by_worker.items() if n} == set(want)
    for worker, (good, total) in want.items():
        assert by_worker[worker] == (pytest.approx(float(good)), pytest.approx(float(total)))
