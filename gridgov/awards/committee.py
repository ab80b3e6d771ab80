"""What people enter: marks, bonus, deductions, verdicts, call-back results, decisions, objections.

The pages keep them in the workspace, a command reads them from CSV files; a run takes plain tuples
and freezes them into its record. With none of them a run still works.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_type_hints

import pyarrow as pa

from gridgov.errors import UsageError
from gridgov.locale import _

__all__ = [
    "NOBODY",
    "Bonus",
    "CallbackResult",
    "Committee",
    "Decision",
    "Deduction",
    "Integrity",
    "Objection",
    "Rating",
    "Verdict",
    "read_committee",
]


@dataclass(frozen=True, order=True)
class Rating:
    """One mark 0–100 by a peer or a committee member (`role`: 同事 or 评委)."""

    worker_id: str
    rater: str
    role: str
    score: float


@dataclass(frozen=True, order=True)
class Bonus:
    """Points to add, with the deed they are for; the sum is capped by the scheme."""

    worker_id: str
    points: float
    reason: str
    by: str
    at: str = ""


@dataclass(frozen=True, order=True)
class Deduction:
    """Confirmed points to take off, with the case."""

    worker_id: str
    points: float
    reason: str
    by: str
    at: str = ""


@dataclass(frozen=True, order=True)
class Integrity:
    """A confirmed integrity case: the candidate is not eligible. Never a negative score."""

    worker_id: str
    reason: str
    by: str
    at: str = ""


@dataclass(frozen=True, order=True)
class Verdict:
    """A judgement on a review flag. `event_key`: one record, or "" for all behind the flag.

    `verdict`: confirmed (the records are left out) or dismissed (nothing changes).
    """

    worker_id: str
    flag: str
    event_key: str
    verdict: str
    reason: str
    by: str
    at: str = ""


@dataclass(frozen=True, order=True)
class CallbackResult:
    """What a resident said of a visit on the call-back list.

    `result`: true (it took place), false (it did not), unreached. `satisfied`: None if not asked.
    """

    worker_id: str
    event_key: str
    result: str
    satisfied: bool | None = None
    by: str = ""
    at: str = ""


@dataclass(frozen=True, order=True)
class Decision:
    """The committee's word on a candidate and a tier, with the reason that must be recorded."""

    worker_id: str
    tier: str
    selected: bool
    reason: str
    by: str
    at: str = ""


@dataclass(frozen=True, order=True)
class Objection:
    worker_id: str
    raised_by: str
    text: str
    state: str
    answer: str = ""
    at: str = ""


@dataclass(frozen=True)
class Committee:
    """Everything entered for a run, in any order; `sorted` puts it into the record's order."""

    ratings: tuple[Rating, ...] = ()
    bonuses: tuple[Bonus, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    integrity: tuple[Integrity, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    callbacks: tuple[CallbackResult, ...] = ()
    decisions: tuple[Decision, ...] = ()
    objections: tuple[Objection, ...] = ()

    def sorted(self) -> Committee:
        return Committee(
            **{
                item.name: tuple(sorted(getattr(self, item.name), key=_key))
                for item in fields(self)
            }
        )

    def tables(self) -> dict[str, pa.Table]:
        """One Arrow table a kind, sorted, empty ones included."""
        ordered = self.sorted()
        return {name: _table(kind, getattr(ordered, name)) for name, kind in _KINDS.items()}

    @classmethod
    def from_tables(cls, tables: Mapping[str, pa.Table]) -> Committee:
        return cls(
            **{
                name: tuple(kind(**row) for row in tables[name].to_pylist())
                for name, kind in _KINDS.items()
            }
        )

    def check(self, flags: Iterable[str], tiers: Iterable[str]) -> None:
        """Raise `UsageError` for an entry that cannot be meant: no reason, unknown flag or tier."""
        known_flags, known_tiers = set(flags), set(tiers)
        for rating in self.ratings:
            if not 0 <= rating.score <= 100:
                raise UsageError(
                    _(
                        "{who} 的评议分 {score} 不在 0–100 之间",
                        who=rating.worker_id,
                        score=rating.score,
                    )
                )
        adjustments: tuple[Bonus | Deduction, ...] = (*self.bonuses, *self.deductions)
        for adjustment in adjustments:
            if not (math.isfinite(adjustment.points) and 0 <= adjustment.points <= 100):
                raise UsageError(
                    _("{who} 的加减分应为 0–100 的正数，请改正", who=adjustment.worker_id)
                )
        for verdict in self.verdicts:
            if verdict.flag not in known_flags or verdict.verdict not in ("confirmed", "dismissed"):
                raise UsageError(
                    _("{who} 的复核结论写法有误：{flag}", who=verdict.worker_id, flag=verdict.flag)
                )
        for decision in self.decisions:
            if decision.tier not in known_tiers:
                raise UsageError(_("方案里没有称号“{tier}”", tier=decision.tier))
        reasoned: tuple[Any, ...] = (
            *self.bonuses, *self.deductions, *self.integrity, *self.verdicts, *self.decisions,
        )  # fmt: skip
        for entry in reasoned:
            if not entry.reason.strip() or not entry.by.strip():
                raise UsageError(
                    _("{who} 的一项决定没有写理由或决定人，请补上", who=entry.worker_id)
                )


NOBODY = Committee()

_KINDS: dict[str, type[Any]] = {
    "ratings": Rating,
    "bonuses": Bonus,
    "deductions": Deduction,
    "integrity": Integrity,
    "verdicts": Verdict,
    "callbacks": CallbackResult,
    "decisions": Decision,
    "objections": Objection,
}
_ARROW = {str: pa.string(), float: pa.float64(), bool: pa.bool_()}
_YES = {"1", "true", "yes", "是", "入选", "满意"}
_NO = {"0", "false", "no", "否", "不入选", "不满意"}


def _key(entry: Any) -> tuple[str, ...]:
    return tuple(str(getattr(entry, item.name)) for item in fields(entry))


def _types(kind: type[Any]) -> dict[str, type]:
    found: dict[str, type] = {}
    for name, hint in get_type_hints(kind).items():
        plain = [arg for arg in get_args(hint) if arg is not NoneType]
        found[name] = plain[0] if isinstance(hint, UnionType) else hint
    return found


def _table(kind: type[Any], entries: tuple[Any, ...]) -> pa.Table:
    return pa.table(
        {
            name: pa.array([getattr(entry, name) for entry in entries], type=_ARROW[type_])
            for name, type_ in _types(kind).items()
        }
    )


def read_committee(folder: Path) -> Committee:
    """Entries from `ratings.csv`, `bonuses.csv`, … in a folder; a missing file means none.

    The header is the field names of the classes above. Raises `UsageError` with file and line.
    """
    if not folder.is_dir():
        raise UsageError(_("找不到评委会材料文件夹 {path}", path=folder))
    return Committee(
        **{name: tuple(_rows(folder / f"{name}.csv", kind)) for name, kind in _KINDS.items()}
    )


def _rows(path: Path, kind: type[Any]) -> Iterable[Any]:
    if not path.exists():
        return
    types = _types(kind)
    with path.open(encoding="utf-8-sig", newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle), 2):
            try:
                values = {
                    name: _value(text.strip(), types[name])
                    for name, text in row.items()
                    if name in types and text is not None
                }
                yield kind(**values)
            except (TypeError, ValueError) as error:
                wanted = ",".join(types)
                raise UsageError(
                    _(
                        "{file} 第 {line} 行看不懂，表头应为 {wanted}",
                        file=path.name,
                        line=number,
                        wanted=wanted,
                    )
                ) from error


def _value(text: str, type_: type) -> Any:
    if type_ is bool:
        if text.lower() in _YES:
            return True
        if text.lower() in _NO:
            return False
        if not text:
            return None
        raise ValueError(text)
    return type_(text)
