"""Each flag on a town built to raise it, and beside it a worker whom it must leave alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from gridgov.awards.callbacks import draw_callbacks
from gridgov.awards.committee import CallbackResult, Committee, Verdict
from gridgov.awards.credit import Bench, credit
from gridgov.awards.evaluate import evaluate
from gridgov.awards.flags import FLAGS, Flagged, confirmed_events, find_flags
from gridgov.awards.scheme_file import FLAG_DEFAULTS
from tests.unit.awards import town

SCHEME = replace(town.scheme(), draws=200)
MORNING = datetime(2026, 3, 2, 10)


def flagged(visits: list[dict[str, Any]], **given: Any) -> Flagged:
    committee = given.pop("committee", Committee())
    frozen = town.frozen(visits=visits, **given)
    return find_flags(Bench(frozen, SCHEME, threads=1), SCHEME, committee)


def raised(found: Flagged) -> dict[str, set[str]]:
    """Flag → workers."""
    kinds: dict[str, set[str]] = {}
    for row in found.flag.to_pylist():
        if row["raised"]:
            kinds.setdefault(row["flag"], set()).add(row["worker_id"])
    return kinds


def behind(found: Flagged, flag: str) -> set[str]:
    return {row["event_id"] for row in found.record.to_pylist() if row["flag"] == flag}


def ordinary(worker: str, first: int, n: int = 40, **given: Any) -> list[dict[str, Any]]:
    """Visits of someone who does nothing odd: other days, other minutes, other homes."""
    return [
        town.visit(
            first + i, {worker}, on_date=day.date(),
            occurred_at=day + timedelta(hours=9, minutes=7 + i % 40), **given,
        )
        for i in range(n)
        for day in [datetime(2026, 1, 5) + timedelta(days=4 * i % 170)]
    ]  # fmt: skip


def test_every_flag_is_declared_with_its_thresholds() -> None:
    assert set(FLAGS) == set(FLAG_DEFAULTS) == {f"G{i}" for i in range(1, 13)}
    assert [code for code, kind in FLAGS.items() if kind.information] == ["G8"]


def test_an_ordinary_worker_raises_nothing() -> None:
    found = flagged(ordinary("W-M1", 0) + ordinary("W-M2", 100))
    assert raised(found) == {}


def test_g1_same_household_type_and_day_twice() -> None:
    twice = [town.visit(i, {"W-M1"}, household=i // 2) for i in range(4)]
    found = flagged(twice + ordinary("W-M2", 100))
    assert raised(found)["G1"] == {"W-M1"}
    assert behind(found, "G1") == {f"V{i:05d}" for i in range(4)}


def test_g1_one_text_for_three_households() -> None:
    same = [town.visit(i, {"W-M1"}, note_key=77, note_length=20) for i in range(3)]
    two = [town.visit(10 + i, {"W-M2"}, note_key=78, note_length=20) for i in range(2)]
    short = [town.visit(20 + i, {"W-M3"}, note_key=79, note_length=5) for i in range(5)]
    assert raised(flagged(same + two + short))["G1"] == {"W-M1"}


def test_g2_notes_alike_above_the_peers() -> None:
    copied = [town.visit(i, {"W-M1"}, alike=5) for i in range(6)]  # 15 pairs
    few = [town.visit(10 + i, {"W-M2"}, alike=1) for i in range(2)]
    found = flagged(copied + few + ordinary("W-M3", 100))
    assert raised(found)["G2"] == {"W-M1"}
    assert len(behind(found, "G2")) == 8


def test_g3_entered_in_a_bunch_across_buildings_unless_declared() -> None:
    def bunch(worker: str, first: int, **given: Any) -> list[dict[str, Any]]:
        at = datetime(2026, 3, 2, 20)
        return [
            town.visit(first + i, {worker}, entered_at=at + timedelta(minutes=i),
                       **{"building": str(i % 2), **given})
            for i in range(5)
        ]  # fmt: skip

    found = flagged(
        bunch("W-M1", 0) + bunch("W-M2", 10, is_declared=True) + bunch("W-M3", 20, building="9")
    )
    assert raised(found)["G3"] == {"W-M1"}


@pytest.mark.parametrize(
    "odd",
    [
        {"occurred_at": [MORNING + timedelta(minutes=4 * i) for i in range(4)]},
        {"ended": 30},
        {"occurred_at": [datetime(2026, 3, 2 + i, 2, 20) for i in range(4)]},
    ],
    ids=["overlap", "seconds", "night"],
)  # fmt: skip
def test_g4_impossible_times(odd: dict[str, Any]) -> None:
    visits = []
    for i in range(4):
        at = odd.get("occurred_at", [MORNING + timedelta(hours=i) for i in range(4)])[i]
        row = town.visit(i, {"W-M1"}, occurred_at=at)
        if "ended" in odd:
            row["ended_at"] = at + timedelta(seconds=odd["ended"])
        visits.append(row)
    found = flagged(visits + ordinary("W-M2", 100))
    assert raised(found)["G4"] == {"W-M1"}


def test_g4_does_not_take_a_missing_time_for_midnight() -> None:
    dated = [town.visit(i, {"W-M1"}, occurred_at=datetime(2026, 3, 2 + i)) for i in range(9)]
    assert "G4" not in raised(flagged(dated))


def test_g5_a_large_share_entered_late() -> None:
    late = [town.visit(i, {"W-M1"}, entered_at=MORNING + timedelta(hours=80)) for i in range(10)]
    found = flagged(late + ordinary("W-M2", 100))
    assert raised(found)["G5"] == {"W-M1"}
    assert len(behind(found, "G5")) == 10


def test_g6_a_rush_at_the_end_but_not_a_campaign() -> None:
    def rush(worker: str, first: int) -> list[dict[str, Any]]:
        return [
            town.visit(first + i, {worker}, on_date=date(2026, 6, 20 + i % 9),
                       occurred_at=datetime(2026, 6, 20 + i % 9, 9, i))
            for i in range(40)
        ]  # fmt: skip

    alone = (
        ordinary("W-M1", 0)
        + rush("W-M1", 500)
        + ordinary("W-M2", 100, 50)
        + ordinary("W-M3", 200, 45)
    )
    assert raised(flagged(alone))["G6"] == {"W-M1"}
    every = [
        row
        for n, worker in enumerate(("W-M1", "W-M2", "W-M3"))
        for row in ordinary(worker, 1000 * n) + rush(worker, 1000 * n + 500)
    ]
    assert "G6" not in raised(flagged(every))


def test_g7_exactly_the_same_number_every_month() -> None:
    exact = [
        town.visit(
            100 * month + i, {"W-M1"}, on_date=date(2026, month, 3 + i), household=100 * month + i
        )
        for month in range(1, 5)
        for i in range(16)
    ]
    uneven = [
        town.visit(5000 + 100 * month + i, {"W-M2"}, on_date=date(2026, month, 3 + i))
        for month in range(1, 7)
        for i in range(8 + month)
    ]
    assert raised(flagged(exact + uneven))["G7"] == {"W-M1"}


def test_g8_round_minutes_are_information_only() -> None:
    round_ones = [
        {**row, "occurred_at": row["occurred_at"].replace(minute=0)} for row in ordinary("W-M1", 0)
    ]
    visits = round_ones + ordinary("W-M2", 100) + ordinary("W-M3", 200)
    # Three workers are too few for one in a hundred.
    scheme = replace(SCHEME, flags={**SCHEME.flags, "G8": {"min_n": 30, "q": 0.05}})
    found = find_flags(Bench(town.frozen(visits=visits), scheme), scheme, Committee())
    assert raised(found)["G8"] == {"W-M1"}
    result = evaluate(scheme, town.frozen(visits=visits))
    assert all("flag" not in review for review in result.track(town.MICRO).review)


def test_g9_as_many_every_day() -> None:
    even = [
        town.visit(i, {"W-M1"}, on_date=date(2026, 1, 1) + timedelta(days=i // 2), household=i)
        for i in range(362)
    ]
    found = flagged(even + ordinary("W-M2", 1000))
    assert raised(found)["G9"] == {"W-M1"}


def test_g10_nothing_found_and_then_a_complaint() -> None:
    visits = [town.visit(i, {"W-M1"}, household=9000 + i) for i in range(3)]
    visits += [town.visit(10 + i, {"W-M2"}, household=9010 + i, has_need=True) for i in range(3)]
    visits += [town.visit(20 + i, {"W-M3"}, is_occupied=False, household=20 + i) for i in range(3)]
    complaints = [town.complaint(i, on_date=date(2026, 3, 9)) for i in (0, 1, 2, 10, 11, 12)]
    found = flagged(visits, complaints=complaints)
    assert raised(found)["G10"] == {"W-M1", "W-M3"}
    eight_days = [town.complaint(i, on_date=date(2026, 3, 10)) for i in range(3)]
    assert raised(flagged(visits[:3], complaints=eight_days)) == {}


def test_g11_closed_at_once_or_split() -> None:
    fast = [town.complaint(i, closed_at=datetime(2026, 3, 3, 9, 3), household=i) for i in range(3)]
    split = [
        town.complaint(10 + i, "M2", found_by="网格员", household=50, category="市容占道")
        for i in range(3)
    ]
    reported = [town.complaint(20 + i, "M3", household=60) for i in range(3)]  # by residents
    found = flagged([], complaints=fast + split + reported)
    assert raised(found)["G11"] == {"W-M1", "W-M2"}


def test_g12_one_denied_visit_is_enough() -> None:
    said = Committee(
        callbacks=(
            CallbackResult("W-M1", "V00001", "false"),
            CallbackResult("W-M2", "V00101", "true"),
        )
    )
    found = flagged(ordinary("W-M1", 0) + ordinary("W-M2", 100), committee=said)
    assert raised(found)["G12"] == {"W-M1"}
    assert behind(found, "G12") == {"V00001"}


def test_the_call_back_list_is_large_enough_and_always_the_same() -> None:
    frozen = town.frozen(
        visits=ordinary("W-M1", 0, 300) + ordinary("W-M2", 1000, 40) + ordinary("W-M3", 2000, 4)
    )
    status = credit(Bench(frozen, SCHEME), SCHEME, Committee(), ()).visit_status
    rows = draw_callbacks(SCHEME, status, frozen.tables["visit_worker"]).to_pylist()
    drawn = {
        w: [r["visit_id"] for r in rows if r["worker_id"] == w] for w in ("W-M1", "W-M2", "W-M3")
    }
    assert [len(drawn[w]) for w in drawn] == [15, 10, 4]
    assert all(len(set(ids)) == len(ids) for ids in drawn.values())
    assert rows == draw_callbacks(SCHEME, status, frozen.tables["visit_worker"]).to_pylist()
    other = draw_callbacks(
        replace(SCHEME, seed=5), status, frozen.tables["visit_worker"]
    ).to_pylist()
    assert [r["visit_id"] for r in other] != [r["visit_id"] for r in rows]


def test_a_flag_changes_nothing_and_a_verdict_does() -> None:
    visits = [town.visit(i, {"W-M1"}, household=i // 2, person=i % 4) for i in range(4)] + ordinary(
        "W-M2", 100
    )
    given = {"visits": visits, "dues": [town.due(i) for i in range(4)]}
    found = flagged(**given)
    assert raised(found)["G1"] == {"W-M1"}

    def contacts(*verdicts: Verdict) -> float:
        made = evaluate(SCHEME, town.frozen(**given), Committee(verdicts=verdicts))
        result = made.track(town.MICRO)
        return float(result.measures.observed[result.workers.index("W-M1"), 0])

    unflagged = contacts()
    assert unflagged == contacts(Verdict("W-M1", "G1", "", "dismissed", "已核实", "甲"))
    assert contacts(Verdict("W-M1", "G1", "", "confirmed", "编造", "甲")) == 0
    one = Verdict("W-M1", "G1", "V00000", "confirmed", "编造", "甲")
    # The other of the two same records is then no duplicate any more, and counts.
    assert contacts(one) == unflagged
    assert contacts(one, replace(one, event_key="V00001")) == unflagged - 1


def test_a_word_on_one_record_outweighs_the_word_on_all() -> None:
    visits = [town.visit(i, {"W-M1"}, household=i // 2) for i in range(4)]
    found = flagged(visits)
    every = Verdict("W-M1", "G1", "", "confirmed", "编造", "甲", "2026-07-02")
    but = Verdict("W-M1", "G1", "V00003", "dismissed", "有照片", "乙", "2026-07-01")
    assert confirmed_events(found, [but, every]) == {"V00000", "V00001", "V00002"}


def test_a_review_is_open_until_every_record_or_the_whole_is_judged() -> None:
    visits = [
        town.visit(i, {"W-M1"}, household=i // 2, occurred_at=MORNING + timedelta(hours=i))
        for i in range(4)
    ]
    dues = [town.due(i, person=100 + i) for i in range(12)]
    frozen = town.frozen(visits=visits, dues=dues)

    def is_open(*verdicts: Verdict) -> bool:
        result = evaluate(SCHEME, frozen, Committee(verdicts=verdicts)).track(town.MICRO)
        return "flag" in result.review[result.workers.index("W-M1")]

    single = [Verdict("W-M1", "G1", f"V{i:05d}", "dismissed", "已核实", "甲") for i in range(4)]
    assert is_open() and is_open(*single[:3])
    assert not is_open(*single)
    assert not is_open(Verdict("W-M1", "G1", "", "dismissed", "已核实", "甲"))
