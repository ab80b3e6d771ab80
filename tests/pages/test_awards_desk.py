"""The committee's desk: what is entered in the workspace as an evaluation takes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from gridgov.awards.committee import Verdict
from gridgov.awards.desk import (
    ALL_RECORDS,
    archive,
    committee_of,
    left_out_events,
    news_since,
    records_folder,
    runs_on_file,
    stale_decisions,
    tier_words,
)
from gridgov.awards.evaluate import Evaluation, evaluate
from gridgov.awards.inputs import freeze
from gridgov.awards.record import load
from gridgov.awards.scheme import Scheme, Tier
from gridgov.awards.scheme_file import read_scheme
from gridgov.errors import UsageError
from gridgov.warehouse import Warehouse
from gridgov.workspace import award
from gridgov.workspace.audit import Actor
from gridgov.workspace.award import AwardCase
from gridgov.workspace.award_entry import NewEntry, add_entries, list_entries
from gridgov.workspace.engine import open_workspace
from tests.pages.conftest import ROOT
from tests.warehouses import sample_warehouse

ACTOR = Actor(None, "评委甲")
SCHEME = replace(read_scheme(ROOT / "data/schemes/2026H1.toml"), draws=200)


@pytest.fixture(scope="module")
def plain() -> Evaluation:
    reader = Warehouse(sample_warehouse()).reader()
    return evaluate(SCHEME, freeze(reader, SCHEME, data_version=reader.version.number))


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")


def case(worker: str, scheme_hash: str = SCHEME.hash) -> AwardCase:
    return AwardCase("2026H1", scheme_hash, "draft", worker)


def decide(
    engine: Engine, on: AwardCase, tier: str, scheme: Scheme = SCHEME, reason: str = "核实"
) -> None:
    names = [known.name for known in scheme.tiers]
    award.add_decision(engine, ACTOR, on, tier=tier, tiers=names, reason=reason)


def test_one_word_on_a_candidate_is_a_word_on_each_tier_and_the_newest_counts(
    engine: Engine,
) -> None:
    for tier in ("格格榜样", "格格先锋"):
        decide(engine, case("W1"), tier)
    decide(engine, case("W2"), "格格榜样")
    decide(engine, case("W3"), "不合资格", reason="查实")
    found = committee_of(engine, SCHEME)
    told = {(d.worker_id, d.tier): d.selected for d in found.decisions}
    assert told == {
        ("W1", "格格先锋"): True, ("W1", "格格榜样"): False,
        ("W2", "格格先锋"): True, ("W2", "格格榜样"): True,
    }  # fmt: skip
    assert [(i.worker_id, i.reason, i.by) for i in found.integrity] == [("W3", "查实", "评委甲")]
    found.check([f"G{n}" for n in range(1, 13)], [tier.name for tier in SCHEME.tiers])


def test_a_decision_under_another_scheme_no_longer_holds_but_facts_do(engine: Engine) -> None:
    decide(engine, case("W1", "0" * 64), "格格先锋")
    award.add_flag_verdict(
        engine, ACTOR, case("W1", "0" * 64),
        flag="G2", event_key=ALL_RECORDS, verdict="confirmed", reason="电话核实",
    )  # fmt: skip
    found = committee_of(engine, SCHEME)
    assert found.decisions == ()
    assert [row.candidate_id for row in stale_decisions(engine, SCHEME)] == ["W1"]
    assert [(v.flag, v.event_key, v.verdict) for v in found.verdicts] == [("G2", "", "confirmed")]


def test_call_backs_count_the_first_three_grades_as_satisfied(engine: Engine) -> None:
    for number, (result, grade) in enumerate(
        [("confirmed", 3), ("confirmed", 2), ("confirmed", None), ("denied", None)]
    ):
        award.add_callback_result(
            engine, ACTOR, case("W1"), event_key=f"V{number}", result=result, satisfied=grade
        )
    found = [(c.result, c.satisfied) for c in committee_of(engine, SCHEME).callbacks]
    assert found == [("true", True), ("true", False), ("true", None), ("false", None)]


def test_marks_are_corrected_and_taken_back(engine: Engine) -> None:
    def enter(points: int | None) -> None:
        add_entries(engine, ACTOR, "2026H1", [NewEntry("W1", "rating", "王五", points, "评委")])

    enter(8000)
    enter(9050)
    add_entries(engine, ACTOR, "2026H1", [NewEntry("W1", "bonus", "见义勇为", 200)])
    found = committee_of(engine, SCHEME)
    assert [(r.rater, r.role, r.score) for r in found.ratings] == [("王五", "评委", 90.5)]
    assert [(b.points, b.reason) for b in found.bonuses] == [(2.0, "见义勇为")]
    enter(None)
    assert committee_of(engine, SCHEME).ratings == ()
    assert len(list_entries(engine, "2026H1", newest_only=False)) == 4


@pytest.mark.parametrize(
    "entry",
    [
        NewEntry("W1", "rating", "王五", 10_001, "评委"),
        NewEntry("W1", "rating", "王五", 80, "群众"),
        NewEntry("W1", "gift", "王五", 80),
        NewEntry("W1", "bonus", " ", 80),
    ],
)
def test_one_wrong_entry_and_none_is_written(engine: Engine, entry: NewEntry) -> None:
    good = NewEntry("W2", "rating", "王五", 8000, "评委")
    with pytest.raises(UsageError):
        add_entries(engine, ACTOR, "2026H1", [good, entry])
    assert list_entries(engine, "2026H1") == ()


def test_records_are_numbered_on_and_say_what_is_new_since(
    engine: Engine, plain: Evaluation, tmp_path: Path
) -> None:
    first, _manifest = archive(tmp_path / "awards", plain)
    assert first.name == "run-1"
    assert news_since(load(first), plain) == []
    worker = plain.tracks[0].workers[0]
    decide(engine, case(worker), "格格先锋")
    after = evaluate(SCHEME, plain.frozen, committee_of(engine, SCHEME))
    assert news_since(load(first), after) == ["评委会有新的录入"]
    second, manifest = archive(tmp_path / "awards", after)
    assert (second.name, manifest["run"]) == ("run-2", 2)
    assert manifest["previous"] == load(first).manifest["seal"]
    assert [run.run for run in runs_on_file(tmp_path / "awards", "2026H1")] == [2, 1]
    (tmp_path / "awards/2026H1/run-9").mkdir()
    (tmp_path / "awards/2026H1/run-9/manifest.json").write_text("{", encoding="utf-8")
    assert len(runs_on_file(tmp_path / "awards")) == 2


def test_the_call_back_list_does_not_change_under_those_who_call(plain: Evaluation) -> None:
    rows = [row for row in plain.flagged.flag.to_pylist() if row["raised"] and row["records"] > 5]
    verdicts = tuple(
        Verdict(row["worker_id"], row["flag"], "", "confirmed", "核实", "评委甲") for row in rows
    )
    after = evaluate(SCHEME, plain.frozen, replace(plain.committee, verdicts=verdicts))
    assert (after.credited.visit_status.to_pandas()["reason"] == "verdict").any()
    assert after.callbacks.equals(plain.callbacks)


def test_left_out_events_are_those_that_do_not_count(plain: Evaluation) -> None:
    event = plain.credited.event.to_pandas()
    for worker in plain.tracks[0].workers:
        found = left_out_events(plain, worker)
        own = event[(event["worker_id"] == worker) & (event["reason"] != "")]
        told = {(row["event_id"], row["component"]) for row in found}
        assert told == set(zip(own["event_id"], own["component"], strict=True))
        assert all(row["reason"] for row in found)


def test_words_for_outcomes_follow_the_scheme() -> None:
    assert list(tier_words(SCHEME)) == ["格格榜样", "格格先锋", "未入选", "不合资格"]
    single = replace(SCHEME, tiers=SCHEME.tiers[:1])
    assert list(tier_words(single)) == ["格格先锋", "未入选", "不合资格"]


def test_a_scheme_may_have_three_tiers_of_any_name(engine: Engine) -> None:
    """优秀 ⊃ 标兵, and beside them 新秀: each decision gives its tier and those around it."""
    tiers = (Tier("优秀", 3000), Tier("标兵", 1000, "优秀"), Tier("新秀", 500))
    scheme = replace(SCHEME, tiers=tiers)
    for worker, tier in (("W1", "标兵"), ("W2", "新秀"), ("W3", "优秀"), ("W4", "未入选")):
        decide(engine, case(worker), tier, scheme)
    with pytest.raises(UsageError, match="标兵、新秀、未入选"):
        decide(engine, case("W5"), "格格榜样", scheme)
    won = {
        worker: {d.tier for d in committee_of(engine, scheme).decisions
                 if d.worker_id == worker and d.selected}
        for worker in ("W1", "W2", "W3", "W4")
    }  # fmt: skip
    assert won == {"W1": {"优秀", "标兵"}, "W2": {"新秀"}, "W3": {"优秀"}, "W4": set()}


def test_decisions_of_the_first_version_still_hold(engine: Engine) -> None:
    """They said 先锋 and 榜样 whatever the scheme called its tiers."""
    for worker, word in (("W1", "先锋"), ("W2", "榜样")):
        award.add_decision(
            engine, ACTOR, case(worker), tier=word, tiers=["先锋", "榜样"], reason="核实"
        )
    told = {(d.worker_id, d.tier): d.selected for d in committee_of(engine, SCHEME).decisions}
    assert told == {
        ("W1", "格格先锋"): True, ("W1", "格格榜样"): False,
        ("W2", "格格先锋"): True, ("W2", "格格榜样"): True,
    }  # fmt: skip


def test_records_lie_beside_the_warehouse_unless_named() -> None:
    assert records_folder({"GRIDGOV_WAREHOUSE": "/srv/data/warehouse"}) == Path("/srv/data/awards")
    assert records_folder({"GRIDGOV_RECORDS": "/srv/records"}) == Path("/srv/records")
