"""The award pages: true figures, what people enter and what follows, records, who sees what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gridgov.awards.desk import committee_of, runs_on_file
from gridgov.awards.evaluate import Evaluation, evaluate
from gridgov.awards.inputs import freeze
from gridgov.awards.record import load, verify
from gridgov.awards.scheme_file import read_scheme
from gridgov.ui.awards_words import chance, points
from gridgov.warehouse import Warehouse
from gridgov.workspace.award import list_decisions, list_flag_verdicts, list_objections
from gridgov.workspace.engine import open_workspace
from tests.pages.conftest import ROOT, OpenPage, texts
from tests.warehouses import sample_warehouse

SCHEME = ROOT / "data/schemes/2026H1.toml"


@pytest.fixture(scope="module")
def expected() -> Evaluation:
    """The default scheme over the sample with nothing entered, straight from the core."""
    scheme = read_scheme(SCHEME)
    reader = Warehouse(sample_warehouse()).reader()
    return evaluate(scheme, freeze(reader, scheme, data_version=reader.version.number))


@pytest.fixture(autouse=True)
def records(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Records of a test lie in its own folder; the scheme is the committed one alone."""
    schemes = tmp_path / "schemes"
    schemes.mkdir()
    (schemes / SCHEME.name).write_bytes(SCHEME.read_bytes())
    monkeypatch.setenv("GRIDGOV_SCHEMES", str(schemes))
    monkeypatch.setenv("GRIDGOV_RECORDS", str(tmp_path / "awards"))
    yield tmp_path / "awards"


def press(app: AppTest, label: str) -> AppTest:
    """Click the button that bears `label`, of a form or not."""
    found = [button for button in app.button if button.label == label]
    assert len(found) == 1, [button.label for button in app.button]
    found[0].click()
    return app.run()


def put_on_record(open_page: OpenPage) -> AppTest:
    """The evaluation page's button, and the one in the dialog that it opens.

    AppTest runs a dialog's button with the whole script, so that both are down in one run.
    """
    app = press(open_page("awards", role="committee"), "评选归档")
    for button in app.button:
        if button.label in ("评选归档", "写成记录并核验"):
            button.click()
    app.run()
    assert not app.exception and not app.error
    return app


def choose(app: AppTest, key: str, value: object) -> AppTest:
    app.session_state[key] = value
    return app.run()


def workspace(tmp_path: Path):  # type: ignore[no-untyped-def]
    return open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")


def test_candidates_stand_with_the_core_s_scores_and_the_quota_by_hand(
    open_page: OpenPage, expected: Evaluation
) -> None:
    page = texts(open_page("awards", role="committee"))
    general = expected.tracks[0]
    assert len(general.workers) == 11
    for row, person in enumerate(general.candidate):
        assert str(person["name"]) in page
        assert points(int(general.scores.total[row])) in page
        assert chance(float(general.certainty.top[row, 0])) in page.replace("&lt;", "<")
    eligible = int(general.eligible.sum())
    quota = (15 * eligible + 50) // 100  # 15 %, half up
    assert f'<span class="gg-figure">{quota}' in page
    # The other track is another tab and is not drawn.
    other = {str(p["name"]) for p in expected.tracks[1].candidate}
    mine = {str(p["name"]) for p in general.candidate}
    assert not [name for name in other - mine if f">{name}</a>" in page]


def test_a_score_on_the_page_is_the_sum_of_its_parts(expected: Evaluation) -> None:
    for result in expected.tracks:
        total = result.scores.contribution.sum(axis=1) + result.scores.bonus
        assert (total - result.scores.deduction == result.scores.total).all()


def test_a_decision_needs_a_reason_and_then_stands(
    open_page: OpenPage, expected: Evaluation, tmp_path: Path
) -> None:
    app = open_page("awards", role="committee")
    app = choose(app, f"awards_view_{expected.tracks[0].track.name}", "decide")
    app.radio(key="decision_tier").set_value("格格先锋")
    app = press(app, "记录决定")
    assert [error.value for error in app.error] == ["理由不能为空"]
    row = app.selectbox(key="decision_who").value
    assert isinstance(row, int)
    app.radio(key="decision_tier").set_value("格格先锋")
    app.text_area(key="decision_reason").set_value("两次核对走访，情况属实")
    app = press(app, "记录决定")
    assert not app.exception and not app.error
    rows = list_decisions(workspace(tmp_path), "2026H1")
    assert [(d.candidate_id, d.tier) for d in rows] == [
        (expected.tracks[0].workers[row], "格格先锋")
    ]
    assert "两次核对走访，情况属实" in texts(app)
    scheme = expected.scheme
    after = evaluate(scheme, expected.frozen, committee_of(workspace(tmp_path), scheme))
    assert after.tracks[0].state[row].tolist() == ["selected", "no"]


def test_archiving_writes_a_record_that_verifies_and_a_second_one_follows_it(
    open_page: OpenPage, records: Path, tmp_path: Path
) -> None:
    app = put_on_record(open_page)
    (run,) = runs_on_file(records, "2026H1")
    assert run.folder == records / "2026H1" / "run-1"
    assert verify(run.folder).same_libraries
    assert run.run_id in texts(app) and "与现在一致" in texts(app)
    app = open_page("awards_record", role="committee")
    assert run.run_id in texts(app)
    app = choose(app, "record_view", "objections")
    app.text_input[0].set_value("王某")
    app.text_area[0].set_value("3 月 2 日的走访应计入")
    app = press(app, "登记")
    (objection,) = list_objections(workspace(tmp_path), "2026H1")
    assert (objection.run_id, objection.state) == (run.run_id, "open")
    put_on_record(open_page)
    second, first = runs_on_file(records, "2026H1")
    assert (second.run, first.run) == (2, 1)
    assert load(second.folder).manifest["previous"] == first.seal
    page = texts(choose(open_page("awards_record", role="committee"), "record_view", "diff"))
    assert "异议：新增 1 项，撤去 0 项" in page


def test_the_notice_names_nobody_s_score(
    open_page: OpenPage, records: Path, expected: Evaluation
) -> None:
    put_on_record(open_page)
    page = texts(open_page("awards_record", role="committee"))
    assert "名单为草稿" in page
    for result in expected.tracks:
        for row in range(len(result.workers)):
            assert points(int(result.scores.total[row])) not in page


def test_a_worker_sees_their_own_sheet_of_the_record_and_no_other(
    open_page: OpenPage, expected: Evaluation
) -> None:
    app = open_page("awards_sheet", role="worker")
    assert "还没有归档" in texts(app)
    put_on_record(open_page)
    reader = Warehouse(sample_warehouse()).reader()
    own = reader.rows("queries/demo_worker.sql")[0][0]
    other = next(w for w in expected.tracks[1].workers if w != own)
    app = open_page("awards_sheet", role="worker", worker=other)
    page = texts(app)
    result, row = expected.of(own)
    assert str(result.candidate[row]["name"]) in page
    assert points(int(result.scores.total[row])) in page
    assert str(expected.of(other)[0].candidate[result.workers.index(other)]["name"]) not in page
    assert [box.key for box in app.selectbox if box.key and box.key.startswith("sheet_who")] == []


def test_the_sheet_shows_every_step_of_every_indicator(
    open_page: OpenPage, expected: Evaluation
) -> None:
    from gridgov.awards.explain import sheet

    result = expected.tracks[0]
    worker = result.workers[0]
    page = texts(open_page("awards_sheet", role="committee", worker=worker))
    one = sheet(expected, worker)
    for line in one.lines:
        assert line.name in page
        if line.state != "missing":
            assert points(line.points) in page and points(line.contribution) in page
    assert sum(line.contribution for line in one.lines) + one.bonus - one.deduction == one.total
    assert points(one.total) in page


def test_a_verdict_changes_events_and_a_flag_alone_does_not(
    open_page: OpenPage, expected: Evaluation, tmp_path: Path
) -> None:
    app = open_page("awards_flags", role="committee")
    general = expected.tracks[0]
    raised = [
        row
        for row in expected.flagged.flag.to_pylist()
        if row["raised"] and row["track"] == general.track.name
    ]
    page = texts(app)
    for row in raised:
        assert str(general.candidate[general.workers.index(row["worker_id"])]["name"]) in page
    app.radio[-1].set_value("confirmed")
    app.text_area[0].set_value("逐户电话核实，均无此事")
    app = press(app, "记录结论")
    assert not app.exception and not app.error
    (verdict,) = list_flag_verdicts(workspace(tmp_path), "2026H1")
    scheme = expected.scheme
    after = evaluate(scheme, expected.frozen, committee_of(workspace(tmp_path), scheme))
    dropped = after.credited.event.to_pandas()
    dropped = dropped[
        (dropped["worker_id"] == verdict.candidate_id) & (dropped["reason"] == "verdict")
    ]
    status = after.credited.visit_status.to_pandas()
    assert len(dropped) + int((status["reason"] == "verdict").sum()) > 0
    before = expected.credited.visit_status.to_pandas()
    assert not (before["reason"] == "verdict").any()


def test_call_backs_list_what_the_program_drew(open_page: OpenPage, expected: Evaluation) -> None:
    app = open_page("awards_call_backs", role="committee")
    general = expected.tracks[0]
    drawn = [r for r in expected.callbacks.to_pylist() if r["worker_id"] in general.workers]
    assert f"0 / {len(drawn)}" in texts(app)


@pytest.mark.parametrize("name", ["awards_compare", "awards_fairness", "awards_what_if"])
def test_the_other_pages_open_in_both_tracks_and_in_english(
    open_page: OpenPage, expected: Evaluation, name: str
) -> None:
    app = open_page(name, role="committee", lang="en")
    assert not app.exception and not app.error
    assert "H1 2026" in texts(app)
    app = open_page(name, role="committee")
    key = name.removeprefix("awards_")
    app = choose(app, f"{key}_track", expected.tracks[1].track.name)
    assert not app.exception and not app.error


def test_what_if_moves_people_and_writes_nothing(
    open_page: OpenPage, expected: Evaluation, records: Path
) -> None:
    app = open_page("awards_what_if", role="committee")
    assert "还没有改动" in texts(app)
    app.slider[0].set_value(50.0)
    app = press(app, "试算")
    page = texts(app)
    assert "谁会变动" in page and "→ 40%" in page  # 50 of 125 is 40 %
    assert not records.exists()


def test_without_a_scheme_the_page_says_what_to_do(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GRIDGOV_SCHEMES", str(tmp_path / "none"))
    app = open_page("awards", role="committee")
    assert not app.exception
    assert "还没有评选方案" in texts(app)


@pytest.mark.parametrize("level", ["社区", "一般"])
def test_a_member_with_some_grids_sees_whole_strata_or_why_not(
    open_page: OpenPage, expected: Evaluation, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    """Places hold within a community: over one general grid alone they would be other places."""
    reader = Warehouse(sample_warehouse()).reader()
    (own,) = reader.rows("SELECT min(grid_id) FROM grid WHERE level = $level", level=level)[0]
    monkeypatch.setattr("gridgov.ui.identity.demo_scope", lambda role: {"grid_ids": (own,)})
    app = open_page("awards", role="committee")
    assert not app.exception
    shown = texts(app)
    names = [person["name"] for result in expected.tracks for person in result.candidate]
    if level == "一般":
        assert "名次在整个社区内排，您的账号只能看其中一部分网格。" in shown
        assert not [name for name in names if name in shown]
    else:
        first = expected.tracks[0]
        assert all(person["name"] in shown for person in first.candidate)
