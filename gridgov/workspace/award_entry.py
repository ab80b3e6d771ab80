"""What a committee enters for a period: marks of peers and members, bonus points, deductions.

Entries are only ever added. The newest one by the same person (a mark) or for the same deed (bonus,
deduction) counts; one without points takes the earlier one back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select

from gridgov.clock import now
from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.workspace import audit
from gridgov.workspace.audit import Actor
from gridgov.workspace.engine import reading, writing
from gridgov.workspace.rows import line, record_of
from gridgov.workspace.tables import award_entry

__all__ = [
    "KINDS",
    "RATER_ROLES",
    "AwardEntry",
    "NewEntry",
    "add_entries",
    "list_entries",
]

KINDS = ("rating", "bonus", "deduction")
RATER_ROLES = ("同事", "评委")
_MOST = 10_000


@dataclass(frozen=True)
class NewEntry:
    """What is to be entered. points: hundredths, 0–10,000; None takes an earlier entry back.

    label: who gave the mark, or the deed that a bonus or deduction is for. role: of a mark, 同事 or
    评委; empty otherwise.
    """

    candidate_id: str
    kind: str
    label: str
    points: int | None
    role: str = ""


@dataclass(frozen=True)
class AwardEntry(NewEntry):
    id: int = 0
    period: str = ""
    entered_by: int | None = None
    entered_name: str = ""
    entered_at: datetime | None = None


def add_entries(engine: Engine, actor: Actor, period: str, entries: Iterable[NewEntry]) -> int:
    """Enter all of them or, where one cannot be meant, none; gives how many.

    Raises `UsageError` for points outside 0–100, an unknown kind or role, or no label.
    """
    checked = [_checked(entry) for entry in entries]
    stamp = {
        "period": period,
        "entered_by": actor.user_id,
        "entered_name": actor.name[:64],
        "entered_at": now(),
    }
    if not checked:
        return 0
    with writing(engine) as connection:
        connection.execute(insert(award_entry), [{**asdict(entry), **stamp} for entry in checked])
        detail = {"period": period, "entries": [asdict(entry) for entry in checked]}
        audit.record(connection, actor, "award.award_entry", period, detail, len(checked))
    return len(checked)


def list_entries(
    source: Engine | Connection, period: str, *, newest_only: bool = True
) -> tuple[AwardEntry, ...]:
    """Entries of a period, oldest first; with `newest_only` those that count."""
    query = select(award_entry).where(award_entry.c.period == period).order_by(award_entry.c.id)
    with reading(source) as connection:
        rows = [record_of(AwardEntry, row) for row in connection.execute(query).mappings()]
    if not newest_only:
        return tuple(rows)
    newest = {(row.kind, row.candidate_id, row.label, row.role): row for row in rows}
    return tuple(row for row in newest.values() if row.points is not None)


def _checked(entry: NewEntry) -> NewEntry:
    if entry.kind not in KINDS:
        raise UsageError(_("录入项“{kind}”写法有误", kind=entry.kind))
    if entry.kind == "rating" and entry.role not in RATER_ROLES:
        raise UsageError(
            _(
                "评分人身份应为{roles}，现在是“{role}”",
                roles="、".join(RATER_ROLES),
                role=entry.role,
            )
        )
    if entry.points is not None and not 0 <= entry.points <= _MOST:
        raise UsageError(_("{who} 的分数应在 0–100 之间", who=entry.candidate_id))
    what = _("评分人") if entry.kind == "rating" else _("事由")
    return NewEntry(
        line(entry.candidate_id, 64, _("格格编号")),
        entry.kind,
        line(entry.label, 200, what),
        entry.points,
        entry.role if entry.kind == "rating" else "",
    )
