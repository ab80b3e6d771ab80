from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date

import pytest
from sqlalchemy import Engine

from gridgov.errors import AccessDenied, UsageError
from gridgov.workspace import award
from gridgov.workspace.annotation import add_annotation, list_annotations, remove_annotation
from gridgov.workspace.audit import SYSTEM, Actor, entries, verify
from gridgov.workspace.award import AwardCase
from gridgov.workspace.board import BoardItem, find_board, list_boards, remove_board, save_board
from gridgov.workspace.export_record import list_exports, needs_reason, record_export
from gridgov.workspace.follow_up import (
    FollowUpState,
    add_follow_up,
    change_follow_up,
    list_follow_ups,
    notes_of,
)
from gridgov.workspace.mapping import find_mapping, list_mappings, remove_mapping, save_mapping
from gridgov.workspace.preference import read_preferences, set_preference
from gridgov.workspace.question import (
    find_question,
    list_questions,
    question_version,
    question_versions,
    remove_question,
    save_question,
)
from gridgov.workspace.user import add_user

CASE = AwardCase("2026H1", "a" * 64, "2026H1-1", "w1")


@pytest.fixture
def other(engine: Engine) -> Actor:
    added = add_user(engine, SYSTEM, username="wang", name="王", roles=["analyst"])
    return Actor(added.id, "wang")


def actions(engine: Engine) -> list[str]:
    assert verify(engine).ok
    return [entry.action for entry in entries(engine) if not entry.action.startswith("user.")]


def test_annotations_by_date_and_grid(engine: Engine, actor: Actor) -> None:
    everywhere = add_annotation(engine, actor, on_date=date(2026, 2, 17), text="春节")
    add_annotation(engine, actor, on_date=date(2026, 3, 1), text="道路\n施工", grid_id="g2")
    assert [(a.text, a.grid_id, a.created_name) for a in list_annotations(engine)] == [
        ("春节", None, "李书记"), ("道路 施工", "g2", "李书记"),
    ]  # fmt: skip
    assert [a.text for a in list_annotations(engine, grid_ids=("g1",))] == ["春节"]
    assert len(list_annotations(engine, since=date(2026, 2, 17), until=date(2026, 2, 17))) == 1
    # A city's grids are more than a statement takes parameters.
    city = {f"g{n}" for n in range(3, 126_000)}
    assert [a.text for a in list_annotations(engine, grid_ids=city)] == ["春节"]
    assert len(list_annotations(engine, grid_ids=city | {"g2"})) == 2
    remove_annotation(engine, actor, everywhere)
    assert [a.text for a in list_annotations(engine)] == ["道路 施工"]
    for wrong in (everywhere, 999):
        with pytest.raises(UsageError):
            remove_annotation(engine, actor, wrong)
    with pytest.raises(UsageError):
        add_annotation(engine, actor, on_date=date(2026, 1, 1), text=" \u200b ")
    assert actions(engine) == ["annotation.remove", "annotation.add", "annotation.add"]


def test_a_follow_up_from_opening_to_end(engine: Engine, actor: Actor, other: Actor) -> None:
    opened = add_follow_up(
        engine, actor, source_kind="overdue_person", source_key="P1", title="走访逾期老人",
        owner="王", owner_id=other.user_id, due_on=date(2026, 11, 30), grid_id="g1",
        filter_link="/visits?grid=g1", note="请本周内",
    )  # fmt: skip
    later = add_follow_up(engine, actor, source_kind="x", source_key="", title="无期限", owner="李")
    assert [item.id for item in list_follow_ups(engine)] == [opened.id, later.id]
    assert opened.is_overdue(date(2026, 12, 1)) and not opened.is_overdue(date(2026, 11, 30))
    change_follow_up(engine, other, opened.id, state=FollowUpState.DOING, note="已联系")
    change_follow_up(engine, actor, opened.id, due_on=date(2026, 12, 5))
    with pytest.raises(UsageError):
        change_follow_up(engine, other, opened.id, state=FollowUpState.DONE)
    done = change_follow_up(engine, other, opened.id, state=FollowUpState.DONE, note="已上门")
    assert done.closed_at is not None and not done.is_overdue(date(2027, 1, 1))
    steps = [(note.user_name, note.text, note.changes) for note in notes_of(engine, opened.id)]
    assert steps == [
        ("li", "请本周内", {}),
        ("wang", "已联系", {"state": ["open", "doing"]}),
        ("li", "", {"due_on": ["2026-11-30", "2026-12-05"]}),
        ("wang", "已上门", {"state": ["doing", "done"]}),
    ]
    assert [item.id for item in list_follow_ups(engine, open_only=True)] == [later.id]
    assert [item.id for item in list_follow_ups(engine, grid_ids=("g1",))] == [opened.id]
    assert [item.id for item in list_follow_ups(engine, owner_id=other.user_id)] == [opened.id]
    assert list_follow_ups(engine, source_kind="overdue_person", source_key="P2") == ()
    reopened = change_follow_up(engine, actor, opened.id, state=FollowUpState.OPEN)
    assert reopened.closed_at is None
    with pytest.raises(UsageError):
        change_follow_up(engine, actor, opened.id)
    with pytest.raises(UsageError):
        change_follow_up(engine, actor, 999, note="x")
    assert actions(engine).count("follow_up.change") == 4


@pytest.mark.parametrize(
    "link", ["https://evil.example", "//evil.example", "/\\evil", "javascript:x"]
)
def test_a_follow_up_links_to_our_pages_only(engine: Engine, actor: Actor, link: str) -> None:
    with pytest.raises(UsageError):
        add_follow_up(
            engine, actor, source_kind="x", source_key="", title="x", owner="x", filter_link=link
        )
    assert list_follow_ups(engine) == ()


def test_questions_keep_every_version(engine: Engine, actor: Actor, other: Actor) -> None:
    first = save_question(
        engine, actor, name="诉求按类", kind="builder", definition={"codes": ["C1"]}, data_version=3
    )
    second = save_question(
        engine, actor, question_id=first.id, name="诉求按类", kind="builder",
        definition={"codes": ["C1", "C3"]}, data_version=4,
    )  # fmt: skip
    assert (first.version, second.version, second.id) == (1, 2, first.id)
    found = question_versions(engine, first.id, actor.user_id)
    assert [(v.version, v.definition, v.data_version) for v in found] == [
        (2, {"codes": ["C1", "C3"]}, 4), (1, {"codes": ["C1"]}, 3),
    ]  # fmt: skip
    old = question_version(engine, first.id, actor.user_id, 1)
    assert old is not None and old.definition == {"codes": ["C1"]}
    assert find_question(engine, first.id, other.user_id) is None
    assert question_versions(engine, first.id, other.user_id) == ()
    assert list_questions(engine, other.user_id) == ()
    save_question(
        engine, actor, question_id=first.id, name="共享", kind="builder", definition={},
        is_shared=True,
    )  # fmt: skip
    assert [q.name for q in list_questions(engine, other.user_id)] == ["共享"]
    with pytest.raises(AccessDenied):
        save_question(engine, other, question_id=first.id, name="x", kind="builder", definition={})
    with pytest.raises(AccessDenied):
        remove_question(engine, other, first.id)
    with pytest.raises(UsageError):
        save_question(engine, actor, name="x", kind="python", definition={})
    remove_question(engine, actor, first.id)
    assert list_questions(engine, actor.user_id) == ()


def test_boards_hold_visible_questions(engine: Engine, actor: Actor, other: Actor) -> None:
    mine = save_question(engine, actor, name="a", kind="sql", definition={"sql": "select 1"})
    hers = save_question(engine, other, name="b", kind="sql", definition={"sql": "select 2"})
    made = save_board(
        engine, actor, name="我的看板", items=[BoardItem(mine.id, 99, "甲"), BoardItem(mine.id)],
        filters={"period": "本月"},
    )  # fmt: skip
    assert made.items == (BoardItem(mine.id, 12, "甲"), BoardItem(mine.id, 6, ""))
    with pytest.raises(UsageError):
        save_board(engine, actor, board_id=made.id, name="x", items=[BoardItem(hers.id)])
    unchanged = find_board(engine, made.id, actor.user_id)
    assert unchanged is not None and unchanged.items == made.items
    assert find_board(engine, made.id, other.user_id) is None
    with pytest.raises(AccessDenied):
        save_board(engine, other, board_id=made.id, name="x", items=[])
    save_board(engine, actor, board_id=made.id, name="共享", items=[], is_shared=True)
    assert [board.name for board in list_boards(engine, other.user_id)] == ["共享"]
    with pytest.raises(AccessDenied):
        remove_board(engine, other, made.id)
    remove_board(engine, actor, made.id)
    assert list_boards(engine, actor.user_id) == ()


def test_mappings_preferences_and_exports(engine: Engine, actor: Actor) -> None:
    save_mapping(engine, actor, name="12345台账", table_name="complaint", content={"编号": "a"})
    save_mapping(engine, actor, name="12345台账", table_name="complaint", content={"编号": "b"})
    found = find_mapping(engine, "12345台账")
    assert found is not None and found.content == {"编号": "b"}
    assert list_mappings(engine, "visit") == () and len(list_mappings(engine)) == 1
    remove_mapping(engine, actor, "12345台账")
    with pytest.raises(UsageError):
        remove_mapping(engine, actor, "12345台账")
    set_preference(engine, actor.user_id or 0, "language", "en")
    set_preference(engine, actor.user_id or 0, "language", "zh_CN")
    assert read_preferences(engine, actor.user_id or 0) == {"language": "zh_CN"}
    assert not needs_reason(10**6, personal=False) and not needs_reason(999, personal=True)
    many = {"kind": "xlsx", "subject": "重点人员", "filters": {"grid": "g1"}, "row_count": 1000}
    with pytest.raises(UsageError):
        record_export(engine, actor, **many, personal=True)  # type: ignore[arg-type]
    record_export(engine, actor, **many, personal=True, reason="上级核查")  # type: ignore[arg-type]
    (export,) = list_exports(engine, user_id=actor.user_id)
    assert (export.row_count, export.reason, export.filters) == (1000, "上级核查", {"grid": "g1"})
    newest = entries(engine)[0]
    assert (newest.action, newest.row_count) == ("export.xlsx", 1000)


TIERS = ["格格先锋", "格格榜样"]


def test_award_judgements_are_added_never_changed(engine: Engine, actor: Actor) -> None:
    award.add_decision(engine, actor, CASE, tier="格格先锋", tiers=TIERS, reason="临界，委员会讨论")
    award.add_decision(engine, actor, CASE, tier="未入选", tiers=TIERS, reason="更正")
    assert [d.tier for d in award.list_decisions(engine, "2026H1")] == ["未入选"]
    assert [d.tier for d in award.list_decisions(engine, "2026H1", newest_only=False)] == [
        "格格先锋", "未入选",
    ]  # fmt: skip
    for key, verdict in (("v1", "confirmed"), ("v2", "dismissed"), ("v1", "dismissed")):
        award.add_flag_verdict(
            engine, actor, CASE, flag="G1", event_key=key, verdict=verdict, reason="看过台账"
        )
    verdicts = award.list_flag_verdicts(engine, "2026H1", run_id="2026H1-1")
    assert {(v.event_key, v.verdict) for v in verdicts} == {
        ("v1", "dismissed"),
        ("v2", "dismissed"),
    }
    award.add_callback_result(engine, actor, CASE, event_key="v1", result="confirmed", satisfied=5)
    (result,) = award.list_callback_results(engine, "2026H1")
    assert (result.candidate_id, result.satisfied, result.entered_name) == ("w1", 5, "li")
    assert award.list_decisions(engine, "2025H2") == ()
    with pytest.raises(FrozenInstanceError):
        result.satisfied = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    "call",
    [
        lambda e, a: award.add_decision(e, a, CASE, tier="格格先锋", tiers=TIERS, reason=" "),
        lambda e, a: award.add_decision(e, a, CASE, tier="金牌", tiers=TIERS, reason="x"),
        lambda e, a: award.add_callback_result(e, a, CASE, event_key="v", result="maybe"),
        lambda e, a: award.add_callback_result(
            e, a, CASE, event_key="v", result="denied", satisfied=6
        ),
        lambda e, a: award.answer_objection(e, a, 1, upheld=True, answer="x"),
    ],
)
def test_award_judgements_need_their_reasons(engine: Engine, actor: Actor, call: object) -> None:
    before = len(entries(engine))
    with pytest.raises(UsageError):
        call(engine, actor)  # type: ignore[operator]
    assert len(entries(engine)) == before


def test_an_objection_is_answered_once(engine: Engine, actor: Actor) -> None:
    key = award.add_objection(engine, actor, CASE, raised_by="王", text="走访少计了 3 次")
    award.answer_objection(engine, actor, key, upheld=False, answer="核对无误")
    with pytest.raises(UsageError):
        award.answer_objection(engine, actor, key, upheld=True, answer="再改")
    (found,) = award.list_objections(engine, "2026H1")
    assert (found.state, found.answer) == ("rejected", "核对无误")
    assert actions(engine)[0] == "award.objection_answer"


@pytest.mark.parametrize(
    "attack",
    ["'); DROP TABLE user; --", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "{0.__class__}"],
)
def test_texts_are_kept_as_texts(engine: Engine, actor: Actor, attack: str) -> None:
    add_annotation(engine, actor, on_date=date(2026, 1, 1), text=attack)
    assert list_annotations(engine)[0].text == attack
    assert verify(engine).ok
