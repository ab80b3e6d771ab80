"""A record is the same to the byte, fails on one changed byte, and says what changed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from gridgov.awards.committee import (
    Bonus,
    Committee,
    Decision,
    Deduction,
    Integrity,
    Rating,
    Verdict,
    read_committee,
)
from gridgov.awards.diff import diff
from gridgov.awards.evaluate import Evaluation, evaluate
from gridgov.awards.explain import compare, sheet
from gridgov.awards.notice import honours, open_matters, pending_names
from gridgov.awards.record import _dump, _write_parquet, load, reevaluate, verify, write
from gridgov.awards.scheme_file import parse_scheme
from gridgov.awards.whatif import try_out
from gridgov.errors import RecordError, UsageError
from tests.unit.awards import town

TEXT = town.SCHEME_FILE.read_text(encoding="utf-8").replace("draws = 10000", "draws = 300")
SCHEME = parse_scheme(TEXT)


def made(committee: Committee = Committee(), **given: Any) -> Evaluation:  # noqa: B008
    dues = [town.due(i, ("M1", "M2", "M3")[i % 3], person=i) for i in range(300)]
    skill = {"M1": 2, "M2": 5, "M3": 30}  # of every so many contacts one is missed
    visits = [
        town.visit(i, {f"W-{row['grid_id']}"}, person=i, household=i, grid_id=row["grid_id"])
        for i, row in enumerate(dues)
        if i // 3 % skill[row["grid_id"]] != 0
    ]
    complaints = [town.complaint(i, ("M1", "M2", "M3")[i % 3]) for i in range(30)]
    frozen = town.frozen(visits=visits, dues=dues, complaints=complaints)
    return evaluate(SCHEME, frozen, committee, **given)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("award") / "record"
    write(path, made(threads=2))
    return path


def content(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def test_two_runs_are_the_same_to_the_byte(folder: Path, tmp_path: Path) -> None:
    write(tmp_path / "again", made(threads=1))
    assert content(tmp_path / "again") == content(folder)


def test_the_manifest_says_what_a_stranger_needs(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scheme_hash"] == SCHEME.hash
    assert manifest["cut_off"] == "2026-07-04 00:00:00"
    assert (manifest["run"], manifest["previous"], manifest["data_version"]) == (1, "", 1)
    assert set(manifest["libraries"]) >= {"numpy", "scipy", "pyarrow", "duckdb", "python"}
    assert manifest["files"]["inputs/due.parquet"]["rows"] == 300
    assert manifest["run_id"] == f"2026H1-1-{manifest['results_hash'][:8]}"


def test_verify_passes_on_what_was_written(folder: Path) -> None:
    found = verify(folder)
    assert found.same_libraries and found.files == len(content(folder)) - 1


def test_one_changed_byte_fails_whatever_the_file(folder: Path, tmp_path: Path) -> None:
    for name in sorted(content(folder)):
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
        raw = bytearray((copy / name).read_bytes())
        raw[len(raw) // 2] ^= 1
        (copy / name).write_bytes(bytes(raw))
        with pytest.raises(RecordError, match="manifest.json" if name == "manifest.json" else name):
            verify(copy)
        shutil.rmtree(copy)


def forge(folder: Path, name: str, column: str, change: Callable[[pa.Array], pa.Array]) -> None:
    """Change a column of a result, and all hashes along with it."""
    path = folder / name
    table = pq.read_table(path)
    place = table.column_names.index(column)
    forged = change(table.column(column).combine_chunks())
    _write_parquet(table.set_column(place, column, forged), path)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest.pop("seal")
    manifest["files"][name]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    seal = hashlib.sha256(_dump(manifest)).hexdigest()
    (folder / "manifest.json").write_bytes(_dump({**manifest, "seal": seal}))


def test_a_result_forged_together_with_its_hashes_is_found_by_recomputing(
    folder: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    forge(copy, "results/candidate.parquet", "total", lambda marks: pc.add(marks, 100))
    with pytest.raises(RecordError, match="重算结果与记录不符"):
        verify(copy)


def test_last_digits_of_another_processor_are_told_and_no_more(
    folder: Path, tmp_path: Path
) -> None:
    name = "results/indicator.parquet"
    near = shutil.copytree(folder, tmp_path / "near")
    forge(near, name, "value", lambda figures: pc.multiply(figures, 1 + 1e-14))
    found = verify(near)
    assert found.same_libraries and found.close == (name,)
    far = shutil.copytree(folder, tmp_path / "far")
    forge(far, name, "value", lambda figures: pc.multiply(figures, 1 + 1e-6))
    with pytest.raises(RecordError, match=name):
        verify(far)


def test_a_file_too_many_or_too_few(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / "note.txt").write_text("x")
    with pytest.raises(RecordError, match=r"多出文件 note\.txt"):
        verify(copy)
    (copy / "note.txt").unlink()
    (copy / "results/tier.parquet").unlink()
    with pytest.raises(RecordError, match="缺少文件 results/tier"):
        verify(copy)
    with pytest.raises(RecordError, match="不是完整的评选记录"):
        load(tmp_path / "nowhere")


def test_nothing_is_overwritten(folder: Path) -> None:
    with pytest.raises(RecordError, match="不能覆盖"):
        write(folder, made())


def test_the_next_run_names_the_one_before_and_the_difference(folder: Path, tmp_path: Path) -> None:
    first = load(folder)
    entries = Committee(
        bonuses=(Bonus("W-M1", 3, "见义勇为", "甲"),), integrity=(Integrity("W-M3", "代签", "甲"),)
    )
    write(tmp_path / "second", reevaluate(first, entries), previous=first)
    second = load(tmp_path / "second")
    assert second.run == 2 and second.manifest["previous"] == first.manifest["seal"]
    assert verify(tmp_path / "second").same_libraries
    found = diff(first, second)
    assert found.causes == ("加分：新增 1 项，撤去 0 项", "诚信问题：新增 1 项，撤去 0 项")
    told = {change.worker_id: "；".join(change.sentences) for change in found.changes}
    assert "加分 0.00 → 3.00" in told["W-M1"] and "总分" in told["W-M1"]
    assert "参评资格：参评 → 有查实的诚信问题" in told["W-M3"]
    assert diff(first, first).is_empty


def test_another_seed_is_kept_in_the_record(tmp_path: Path) -> None:
    other = evaluate(replace(SCHEME, seed=7), made().frozen)
    write(tmp_path / "r", other)
    assert load(tmp_path / "r").manifest["seed"] == 7
    assert verify(tmp_path / "r").rows > 0


def test_the_sheet_adds_up() -> None:
    run = made(
        Committee(
            ratings=(Rating("W-M3", "甲", "评委", 88),),
            deductions=(Deduction("W-M1", 2, "投诉属实", "甲"),),
        )
    )
    for worker in ("W-M1", "W-M2", "W-M3"):
        one = sheet(run, worker)
        assert sum(line.contribution for line in one.lines) + one.bonus - one.deduction == one.total
        assert sum(line.gap for line in one.lines) + one.bonus_gap + one.deduction_gap == one.gap
        assert one.gap == one.total - one.cut_total
    best, other = sheet(run, "W-M3"), sheet(run, "W-M1")
    assert best.place == 1 and best.gap > 0 and other.gap < 0
    assert best.lines[0].components[0].exposure == 100 and best.lines[0].counted == 100
    assert {one.worker_id for one in compare(run, ["W-M1", "W-M2"])} == {"W-M1", "W-M2"}
    with pytest.raises(ValueError, match="one track"):
        compare(run, ["W-M1", "W-G1"])


def test_decisions_stand_above_the_order_and_need_a_reason() -> None:
    plain = made()
    assert plain.track(town.MICRO).workers == ("W-M1", "W-M2", "W-M3")
    words = Committee(
        decisions=(
            Decision("W-M2", "格格先锋", True, "防汛值守三昼夜", "评委会", "2026-07-10"),
            Decision("W-M3", "格格先锋", False, "本人放弃", "评委会", "2026-07-10"),
        )
    )
    result = made(words).track(town.MICRO)
    assert result.state[:, 0].tolist()[1:] == ["selected", "no"]
    assert result.state[2, 1] == "no"  # no 榜样 without 先锋
    assert [h.name for h in honours(made(words)) if h.track == town.MICRO] == ["格格M2"]
    with pytest.raises(UsageError, match="没有写理由"):
        made(Committee(decisions=(Decision("W-M2", "格格先锋", True, " ", "甲"),)))
    with pytest.raises(UsageError, match="没有称号"):
        made(Committee(decisions=(Decision("W-M2", "先进", True, "好", "甲"),)))


def test_what_waits_for_the_committee_keeps_the_notice_a_draft() -> None:
    run = made()
    waiting = pending_names(run)
    assert all(tier in ("格格先锋", "格格榜样") for _track, tier, _name in waiting)
    assert len(open_matters(run)) >= len(waiting)


def test_what_if_moves_people_and_leaves_the_run_alone() -> None:
    run = made()
    before = run.track(town.MICRO).scores.total.copy()
    same = try_out(run, town.MICRO, draws=100)
    assert same.moves == () and same.entered == () == same.left
    other = try_out(run, town.MICRO, weights={"SV1": 0}, quotas={"格格先锋": 100}, draws=100)
    assert sum(ind.weight for ind in other.result.track.indicators) == 10_000
    assert len(other.entered) == 2
    assert (run.track(town.MICRO).scores.total == before).all()
    with pytest.raises(UsageError, match="权重写法有误"):
        try_out(run, town.MICRO, weights={"XX": 5})


def test_committee_entries_from_csv(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text(
        "worker_id,rater,role,score\nW-M1,甲,评委,91.5\n", "utf-8-sig"
    )
    (tmp_path / "decisions.csv").write_text(
        "worker_id,tier,selected,reason,by\nW-M1,格格先锋,是,表现好,评委会\n", "utf-8"
    )
    (tmp_path / "callbacks.csv").write_text(
        "worker_id,event_key,on_date,grid_id,result,satisfied,by\nW-M1,V1,2026-03-01,M1,true,,丙\n",
        "utf-8",
    )
    found = read_committee(tmp_path)
    assert found.ratings == (Rating("W-M1", "甲", "评委", 91.5),)
    assert found.decisions[0].selected is True
    assert found.callbacks[0].satisfied is None
    (tmp_path / "verdicts.csv").write_text("worker_id,flag\nW-M1,G1\n", "utf-8")
    with pytest.raises(UsageError, match=r"verdicts\.csv 第 2 行"):
        read_committee(tmp_path)
    with pytest.raises(UsageError, match="复核结论写法有误"):
        made(Committee(verdicts=(Verdict("W-M1", "G1", "", "perhaps", "x", "甲"),)))
