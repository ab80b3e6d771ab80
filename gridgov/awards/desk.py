"""The committee's desk: schemes on file, what people have entered, and the records on the shelf.

What people enter lies in the workspace and belongs to a period; a run freezes it into its record.
Facts (verdicts, call-backs, marks) hold whatever the scheme; a decision holds for the scheme under
which it was taken.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import pyarrow.compute as pc
from sqlalchemy import Connection, Engine

from gridgov.awards.committee import (
    Bonus,
    CallbackResult,
    Committee,
    Decision,
    Deduction,
    Integrity,
    Objection,
    Rating,
    Verdict,
)
from gridgov.awards.evaluate import Evaluation
from gridgov.awards.record import MANIFEST, Record, load, write
from gridgov.awards.scheme import Scheme
from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.settings import Settings
from gridgov.workspace import award
from gridgov.workspace.award_entry import list_entries

__all__ = [
    "ALL_RECORDS",
    "GRADES",
    "SATISFIED_FROM",
    "RunOnFile",
    "archive",
    "committee_of",
    "left_out_events",
    "news_since",
    "records_folder",
    "runs_on_file",
    "scheme_files",
    "schemes_folder",
    "stale_decisions",
    "tier_words",
]

T = TypeVar("T")
ALL_RECORDS = "*"
"""`event_key` in the workspace of a verdict on all records behind a flag."""
GRADES = (5, 4, 3, 2, 1)
"""非常满意 … 非常不满意, as the call-back form asks."""
SATISFIED_FROM = 3
_CALLBACK = {"confirmed": "true", "denied": "false", "unreachable": "unreached"}
# What a decision of a first version of the product said, before tiers were taken from the scheme.
_FORMER = {"先锋": 0, "榜样": -1}
_RUN = re.compile(r"run-(\d+)")


@dataclass(frozen=True)
class RunOnFile:
    """A record on the shelf, from its manifest alone. `written_at`: when its folder appeared."""

    folder: Path
    run: int
    run_id: str
    period: str
    scheme_hash: str
    data_version: int
    data_date: str
    seal: str
    written_at: datetime


def schemes_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where schemes lie: `GRIDGOV_SCHEMES`, else `data/schemes`."""
    env = os.environ if environ is None else environ
    return Path(env.get("GRIDGOV_SCHEMES") or "data/schemes")


def records_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where records are kept: `GRIDGOV_RECORDS`, else `awards` beside the warehouse."""
    env = os.environ if environ is None else environ
    named = env.get("GRIDGOV_RECORDS")
    return Path(named) if named else Settings.from_environment(env).warehouse.parent / "awards"


def scheme_files(folder: Path) -> list[Path]:
    """The schemes in a folder, the newest period (by file name) first."""
    return sorted(folder.glob("*.toml"), reverse=True) if folder.is_dir() else []


def runs_on_file(root: Path, period: str = "") -> list[RunOnFile]:
    """Records under `root/<period>/run-<n>`, newest first; what is no record is passed over."""
    found = []
    for path in root.glob(f"{period or '*'}/run-*/{MANIFEST}"):
        one = _on_file(path)
        if one is not None:
            found.append(one)
    return sorted(found, key=lambda run: (run.period, run.run), reverse=True)


def _on_file(path: Path) -> RunOnFile | None:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return RunOnFile(
            folder=path.parent,
            run=int(told["run"]),
            run_id=str(told["run_id"]),
            period=str(told["period"]),
            scheme_hash=str(told["scheme_hash"]),
            data_version=int(told["data_version"]),
            data_date=str(told["data_date"]),
            seal=str(told["seal"]),
            written_at=datetime.fromtimestamp(path.stat().st_mtime),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def archive(root: Path, evaluation: Evaluation) -> tuple[Path, dict[str, Any]]:
    """Write the evaluation as the next run of its period; gives the folder and the manifest.

    The one before, if any, is loaded and named in the new record. Raises `RecordError`.
    """
    period = evaluation.scheme.period.code
    before = runs_on_file(root, period)
    taken = [
        int(found[1])
        for path in (root / period).glob("run-*")
        if (found := _RUN.fullmatch(path.name)) is not None
    ]
    number = max(taken, default=0) + 1
    folder = root / period / f"run-{number}"
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    manifest = write(folder, evaluation, previous=load(before[0].folder) if before else None)
    return folder, manifest


def committee_of(source: Engine | Connection, scheme: Scheme) -> Committee:
    """Everything entered for the scheme's period, as an evaluation takes it."""
    period = scheme.period.code
    decisions, barred = _decisions(_standing_decisions(source, scheme), scheme)
    marks, bonuses, deductions = _entries(source, period)
    return Committee(
        ratings=marks,
        bonuses=bonuses,
        deductions=deductions,
        integrity=barred,
        verdicts=tuple(_verdicts(source, period)),
        callbacks=tuple(_callbacks(source, period)),
        decisions=decisions,
        objections=tuple(_objections(source, period)),
    ).sorted()


def stale_decisions(source: Engine | Connection, scheme: Scheme) -> list[award.Decision]:
    """Decisions of the period that were taken under another scheme and no longer hold."""
    rows = _by_candidate(award.list_decisions(source, scheme.period.code, newest_only=False))
    return [row for row in rows if row.scheme_hash != scheme.hash]


def news_since(record: Record, evaluation: Evaluation) -> list[str]:
    """What is different now from what a record froze, in words; empty where nothing is."""
    told = []
    manifest = record.manifest
    if manifest["scheme_hash"] != evaluation.scheme.hash:
        told.append(_("方案已改"))
    if int(manifest["data_version"]) != evaluation.frozen.data_version:
        told.append(
            _(
                "数据由版本 {old} 更新到版本 {new}",
                old=manifest["data_version"],
                new=evaluation.frozen.data_version,
            )
        )
    if record.committee.sorted() != evaluation.committee:
        told.append(_("评委会有新的录入"))
    if not told and _outcomes(record) != _outcomes_of(evaluation):
        told.append(_("程序更新后结果有变，请核验"))
    return told


def _outcomes(record: Record) -> dict[tuple[str, str, str], str]:
    """(track, worker, tier) → state, as the record has it."""
    return {
        (row["track"], row["worker_id"], row["tier"]): row["state"]
        for row in record.results["tier"].to_pylist()
    }


def _outcomes_of(evaluation: Evaluation) -> dict[tuple[str, str, str], str]:
    return {
        (result.track.name, worker, tier.name): str(result.state[row, column])
        for result in evaluation.tracks
        for row, worker in enumerate(result.workers)
        for column, tier in enumerate(evaluation.scheme.tiers)
    }


def left_out_events(evaluation: Evaluation, worker_id: str) -> list[dict[str, Any]]:
    """Events of a candidate that do not count, with the reason; by day, each event once."""
    table = evaluation.credited.event
    own = table.filter(
        pc.and_(pc.equal(table["worker_id"], worker_id), pc.not_equal(table["reason"], ""))
    )
    rows = {(row["event_id"], row["component"]): row for row in own.to_pylist()}
    return sorted(
        rows.values(), key=lambda row: (row["on_date"], row["event_id"], row["component"])
    )


def _by_candidate(rows: Iterable[award.Decision]) -> list[award.Decision]:
    return list({row.candidate_id: row for row in rows}.values())


def _standing_decisions(source: Engine | Connection, scheme: Scheme) -> list[award.Decision]:
    rows = award.list_decisions(source, scheme.period.code, newest_only=False)
    return _by_candidate(row for row in rows if row.scheme_hash == scheme.hash)


def _decisions(
    rows: Iterable[award.Decision], scheme: Scheme
) -> tuple[tuple[Decision, ...], tuple[Integrity, ...]]:
    """The desk's one word on a candidate as one word a tier: who has won a tier has won those
    from whose winners it is chosen, and no other."""
    told: list[Decision] = []
    barred: list[Integrity] = []
    for row in rows:
        at = row.decided_at.isoformat(sep=" ", timespec="seconds")
        if row.tier == award.INELIGIBLE:
            barred.append(Integrity(row.candidate_id, row.reason, row.decided_name, at))
            continue
        won = _won(row.tier, scheme)
        told += [
            Decision(
                row.candidate_id, tier.name, tier.name in won, row.reason, row.decided_name, at
            )
            for tier in scheme.tiers
        ]
    return tuple(told), tuple(barred)


def _won(word: str, scheme: Scheme) -> frozenset[str]:
    """The tiers that a decision gives: its own and all around it."""
    if word == award.NOT_SELECTED or not scheme.tiers:
        return frozenset()
    tiers = {tier.name: tier for tier in scheme.tiers}
    name = word if word in tiers else scheme.tiers[_FORMER[word]].name
    won = set()
    while name:
        won.add(name)
        name = tiers[name].within
    return frozenset(won)


def _entries(
    source: Engine | Connection, period: str
) -> tuple[tuple[Rating, ...], tuple[Bonus, ...], tuple[Deduction, ...]]:
    marks, bonuses, deductions = [], [], []
    for row in list_entries(source, period):
        points = (row.points or 0) / 100
        at = row.entered_at.isoformat(sep=" ", timespec="seconds") if row.entered_at else ""
        if row.kind == "rating":
            marks.append(Rating(row.candidate_id, row.label, row.role, points))
        elif row.kind == "bonus":
            bonuses.append(Bonus(row.candidate_id, points, row.label, row.entered_name, at))
        else:
            deductions.append(Deduction(row.candidate_id, points, row.label, row.entered_name, at))
    return tuple(marks), tuple(bonuses), tuple(deductions)


def _verdicts(source: Engine | Connection, period: str) -> Iterable[Verdict]:
    rows = award.list_flag_verdicts(source, period, newest_only=False)
    newest = {(row.candidate_id, row.flag, row.event_key): row for row in rows}
    for row in newest.values():
        yield Verdict(
            row.candidate_id,
            row.flag,
            "" if row.event_key == ALL_RECORDS else row.event_key,
            row.verdict,
            row.reason,
            row.decided_name,
            row.decided_at.isoformat(sep=" ", timespec="seconds"),
        )


def _callbacks(source: Engine | Connection, period: str) -> Iterable[CallbackResult]:
    rows = award.list_callback_results(source, period, newest_only=False)
    newest = {(row.candidate_id, row.event_key): row for row in rows}
    for row in newest.values():
        asked = row.satisfied is not None
        yield CallbackResult(
            row.candidate_id,
            row.event_key,
            _CALLBACK[row.result],
            (row.satisfied or 0) >= SATISFIED_FROM if asked else None,
            row.entered_name,
            row.entered_at.isoformat(sep=" ", timespec="seconds"),
        )


def _objections(source: Engine | Connection, period: str) -> Iterable[Objection]:
    for row in award.list_objections(source, period):
        at = row.entered_at.isoformat(sep=" ", timespec="seconds")
        yield Objection(row.candidate_id, row.raised_by, row.text, row.state, row.answer, at)


def tier_words(scheme: Scheme) -> dict[str, str]:
    """What a decision can be → the words for it: the scheme's tiers, the highest first, then none
    of them, then not eligible. Raises `UsageError` where the scheme has no tier."""
    if not scheme.tiers:
        raise UsageError(_("方案里没有称号"))
    return {tier.name: tier.name for tier in reversed(scheme.tiers)} | {
        award.NOT_SELECTED: _("不入选"),
        award.INELIGIBLE: _("有查实的诚信问题，不参评"),
    }
