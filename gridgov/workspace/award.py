"""What the award committee decides: decisions, verdicts on flags, call-back results, objections.

Decisions, verdicts and results are only ever added: the newest one on a matter counts, the older
ones stay. Each belongs to a run (its scheme and period) and carries who, when and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table, insert, select, update

from gridgov.awards.scheme import INELIGIBLE, NOT_SELECTED
from gridgov.clock import now
from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.workspace import audit
from gridgov.workspace.audit import Actor
from gridgov.workspace.engine import reading, writing
from gridgov.workspace.rows import body, line, new_id, record_of
from gridgov.workspace.tables import award_decision, callback_result, flag_verdict, objection

__all__ = [
    "CALLBACK_RESULTS",
    "INELIGIBLE",
    "NOT_SELECTED",
    "VERDICTS",
    "AwardCase",
    "CallbackResult",
    "Decision",
    "FlagVerdict",
    "Objection",
    "add_callback_result",
    "add_decision",
    "add_flag_verdict",
    "add_objection",
    "answer_objection",
    "list_callback_results",
    "list_decisions",
    "list_flag_verdicts",
    "list_objections",
]

VERDICTS = ("confirmed", "dismissed")
CALLBACK_RESULTS = ("confirmed", "denied", "unreachable")
R = TypeVar("R")


@dataclass(frozen=True)
class AwardCase:
    """Which candidate of which run: the key that every record here carries."""

    period: str
    scheme_hash: str
    run_id: str
    candidate_id: str


@dataclass(frozen=True)
class Decision(AwardCase):
    id: int
    tier: str
    reason: str
    decided_by: int | None
    decided_name: str
    decided_at: datetime


@dataclass(frozen=True)
class FlagVerdict(AwardCase):
    """`flag` is G1…G12, `event_key` the event or group of events that it points to."""

    id: int
    flag: str
    event_key: str
    verdict: str
    reason: str
    decided_by: int | None
    decided_name: str
    decided_at: datetime


@dataclass(frozen=True)
class CallbackResult(AwardCase):
    """`satisfied` is 1 to 5, or None when the resident gave no mark."""

    id: int
    event_key: str
    result: str
    satisfied: int | None
    note: str
    entered_by: int | None
    entered_name: str
    entered_at: datetime


@dataclass(frozen=True)
class Objection(AwardCase):
    """`state` is `open` until answered: `upheld` or `rejected`."""

    id: int
    raised_by: str
    text: str
    state: str
    entered_by: int | None
    entered_at: datetime
    answer: str
    answered_by: int | None
    answered_at: datetime | None


def add_decision(
    engine: Engine | Connection,
    actor: Actor,
    case: AwardCase,
    *,
    tier: str,
    tiers: Sequence[str],
    reason: str,
) -> int:
    """Record the committee's decision on one candidate; a reason is always needed.

    tiers: the names of the scheme's tiers; `tier` is one of them, NOT_SELECTED or INELIGIBLE.
    """
    allowed = (*tiers, NOT_SELECTED, INELIGIBLE)
    values = {"tier": _one_of(tier, allowed), "reason": body(reason, 2000, _("理由"))}
    return _add(engine, actor, award_decision, case, {**values, **_by(actor, "decided")})


def add_flag_verdict(
    engine: Engine | Connection,
    actor: Actor,
    case: AwardCase,
    *,
    flag: str,
    event_key: str,
    verdict: str,
    reason: str,
) -> int:
    """Record what people found about a review flag; a reason is always needed."""
    values = {
        "flag": line(flag, 8, _("复核项")),
        "event_key": line(event_key, 200, _("事件")),
        "verdict": _one_of(verdict, VERDICTS),
        "reason": body(reason, 2000, _("理由")),
    }
    return _add(engine, actor, flag_verdict, case, {**values, **_by(actor, "decided")})


def add_callback_result(
    engine: Engine | Connection,
    actor: Actor,
    case: AwardCase,
    *,
    event_key: str,
    result: str,
    satisfied: int | None = None,
    note: str = "",
) -> int:
    """Record what a resident said when called back about one visit."""
    if satisfied is not None and not 1 <= satisfied <= 5:
        raise UsageError(_("满意度应为 1 到 5"))
    values = {
        "event_key": line(event_key, 200, _("事件")),
        "result": _one_of(result, CALLBACK_RESULTS),
        "satisfied": satisfied,
        "note": body(note, 2000, _("说明"), optional=True),
    }
    return _add(engine, actor, callback_result, case, {**values, **_by(actor, "entered")})


def add_objection(
    engine: Engine, actor: Actor, case: AwardCase, *, raised_by: str, text: str
) -> int:
    """Record an objection in someone's own words; it stays open until answered."""
    values = {
        "raised_by": line(raised_by, 64, _("异议人")),
        "text": body(text, 4000, _("异议内容")),
        "state": "open",
        "entered_by": actor.user_id,
        "entered_at": now(),
        "answer": "",
    }
    return _add(engine, actor, objection, case, values)


def answer_objection(
    engine: Engine, actor: Actor, objection_id: int, *, upheld: bool, answer: str
) -> None:
    """Answer an open objection once; an answered one is not changed (raise another)."""
    values = {
        "state": "upheld" if upheld else "rejected",
        "answer": body(answer, 4000, _("答复")),
        "answered_by": actor.user_id,
        "answered_at": now(),
    }
    with writing(engine) as connection:
        found = connection.execute(
            update(objection)
            .where(objection.c.id == objection_id, objection.c.state == "open")
            .values(**values)
        )
        if not found.rowcount:
            raise UsageError(_("没有待答复的异议 {n}", n=objection_id))
        detail = {"state": values["state"], "answer": values["answer"]}
        audit.record(connection, actor, "award.objection_answer", str(objection_id), detail)


def list_decisions(
    source: Engine | Connection, period: str, *, run_id: str = "", newest_only: bool = True
) -> tuple[Decision, ...]:
    """Decisions of a period; with `newest_only` the one that counts for each candidate and run."""
    return _list(source, award_decision, Decision, period, run_id, _newest(newest_only))


def list_flag_verdicts(
    source: Engine | Connection, period: str, *, run_id: str = "", newest_only: bool = True
) -> tuple[FlagVerdict, ...]:
    """Verdicts of a period; with `newest_only` the one that counts for each flag and event."""
    matter = _newest(newest_only, "flag", "event_key")
    return _list(source, flag_verdict, FlagVerdict, period, run_id, matter)


def list_callback_results(
    source: Engine | Connection, period: str, *, run_id: str = "", newest_only: bool = True
) -> tuple[CallbackResult, ...]:
    """Call-back results of a period; with `newest_only` the one that counts for each event."""
    matter = _newest(newest_only, "event_key")
    return _list(source, callback_result, CallbackResult, period, run_id, matter)


def list_objections(
    source: Engine | Connection, period: str, *, run_id: str = ""
) -> tuple[Objection, ...]:
    """Objections of a period, oldest first."""
    return _list(source, objection, Objection, period, run_id, None)


def _by(actor: Actor, verb: str) -> dict[str, Any]:
    return {f"{verb}_by": actor.user_id, f"{verb}_name": actor.name[:64], f"{verb}_at": now()}


def _one_of(value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise UsageError(
            _("“{value}”不在可选值中：{allowed}", value=value, allowed="、".join(allowed))
        )
    return value


def _add(
    engine: Engine | Connection,
    actor: Actor,
    table: Table,
    case: AwardCase,
    values: Mapping[str, Any],
) -> int:
    # Only the key's own fields: a caller may hand in a whole record as the case.
    key = {name: value for name, value in asdict(case).items() if name in _CASE_FIELDS}
    with writing(engine) as connection:
        found = connection.execute(insert(table).values(**key, **values))
        detail = {**key, **values}
        audit.record(connection, actor, f"award.{table.name}", case.candidate_id, detail)
        return new_id(found)


_CASE_FIELDS = frozenset(AwardCase.__dataclass_fields__)


def _newest(newest_only: bool, *matter: str) -> tuple[str, ...] | None:
    """Which columns beside run and candidate name a matter; None: keep every row."""
    return matter if newest_only else None


def _list(
    source: Engine | Connection,
    table: Table,
    kind: type[R],
    period: str,
    run_id: str,
    matter: tuple[str, ...] | None,
) -> tuple[R, ...]:
    query = select(table).where(table.c.period == period).order_by(table.c.id)
    if run_id:
        query = query.where(table.c.run_id == run_id)
    with reading(source) as connection:
        rows = list(connection.execute(query).mappings())
    if matter is not None:
        names = ("run_id", "candidate_id", *matter)
        rows = list({tuple(row[name] for name in names): row for row in rows}.values())
    return tuple(record_of(kind, row) for row in rows)
