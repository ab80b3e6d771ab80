"""What changed between two runs, candidate by candidate, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gridgov.awards.evaluate import STATUS
from gridgov.awards.record import Record
from gridgov.locale import _

__all__ = ["Change", "Difference", "diff"]

Rows = dict[tuple[str, str], dict[str, Any]]


@dataclass(frozen=True)
class Change:
    """A candidate whom the second run shows otherwise; `sentences` say how and why."""

    track: str
    worker_id: str
    name: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """causes: what differs in scheme, data or entries. changes: by track and worker id."""

    causes: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def is_empty(self) -> bool:
        return not self.causes and not self.changes


def diff(one: Record, other: Record) -> Difference:
    """From `one` to `other`."""
    before, after = _candidates(one), _candidates(other)
    parts = _parts(one), _parts(other)
    tiers = _tiers(one), _tiers(other)
    changes = []
    for key in sorted(before.keys() | after.keys()):
        told = _told(key, before.get(key), after.get(key), parts, tiers)
        if told:
            person = after.get(key) or before[key]
            changes.append(Change(key[0], key[1], str(person["name"]), tuple(told)))
    return Difference(tuple(_causes(one, other)), tuple(changes))


def _candidates(record: Record) -> Rows:
    rows = record.results["candidate"].to_pylist()
    return {(row["track"], row["worker_id"]): row for row in rows}


def _parts(record: Record) -> dict[tuple[str, str], dict[str, dict[str, Any]]]:
    found: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in record.results["indicator"].to_pylist():
        found.setdefault((row["track"], row["worker_id"]), {})[row["indicator"]] = row
    return found


def _tiers(record: Record) -> dict[tuple[str, str], dict[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in record.results["tier"].to_pylist():
        found.setdefault((row["track"], row["worker_id"]), {})[row["tier"]] = row["state"]
    return found


def _causes(one: Record, other: Record) -> list[str]:
    a, b = one.manifest, other.manifest
    told = []
    if a["scheme_hash"] != b["scheme_hash"]:
        told.append(_("方案不同：{a} → {b}", a=a["scheme_hash"][:8], b=b["scheme_hash"][:8]))
    if a["inputs_hash"] != b["inputs_hash"]:
        told.append(_("数据不同：版本 {a} → {b}", a=a["data_version"], b=b["data_version"]))
    if a["committee_hash"] != b["committee_hash"]:
        told += _entries(one, other)
    if a["code_version"] != b["code_version"]:
        told.append(_("程序版本不同：{a} → {b}", a=a["code_version"], b=b["code_version"]))
    if a["seed"] != b["seed"] or a["draws"] != b["draws"]:
        told.append(_("抽样的种子或次数不同"))
    return told


def _entries(one: Record, other: Record) -> list[str]:
    kinds = {
        "ratings": _("评议分"),
        "bonuses": _("加分"),
        "deductions": _("扣分"),
        "integrity": _("诚信问题"),
        "verdicts": _("复核结论"),
        "callbacks": _("回访结果"),
        "decisions": _("评委会决定"),
        "objections": _("异议"),
    }
    told = []
    for name, label in kinds.items():
        before, after = set(getattr(one.committee, name)), set(getattr(other.committee, name))
        if before != after:
            told.append(
                _(
                    "{what}：新增 {added} 项，撤去 {removed} 项",
                    what=label,
                    added=len(after - before),
                    removed=len(before - after),
                )
            )
    return told


def _told(
    key: tuple[str, str],
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    parts: tuple[Any, Any],
    tiers: tuple[Any, Any],
) -> list[str]:
    if before is None:
        return [_("新进入名单")]
    if after is None:
        return [_("不再在名单中")]
    told = []
    if before["status"] != after["status"]:
        told.append(
            _("参评资格：{a} → {b}", a=_(STATUS[before["status"]]), b=_(STATUS[after["status"]]))
        )
    if before["total"] != after["total"]:
        told.append(_("总分 {a} → {b}", a=_points(before["total"]), b=_points(after["total"])))
        told += _moved(parts[0].get(key, {}), parts[1].get(key, {}))
        for name, label in (("bonus", _("加分")), ("deduction", _("扣分"))):
            if before[name] != after[name]:
                told.append(
                    _(
                        "{what} {a} → {b}",
                        what=label,
                        a=_points(before[name]),
                        b=_points(after[name]),
                    )
                )
    if before["place"] != after["place"]:
        told.append(_("名次 {a} → {b}", a=before["place"] or "—", b=after["place"] or "—"))
    if before["passes"] != after["passes"]:
        told.append(_("达到各板块底线") if after["passes"] else _("有板块低于底线"))
    old, new = tiers[0].get(key, {}), tiers[1].get(key, {})
    states = {"selected": _("入选"), "pending": _("待定"), "no": _("未入选")}
    told += [
        _(
            "{tier}：{a} → {b}",
            tier=tier,
            a=states.get(old.get(tier, ""), "—"),
            b=states.get(new[tier], "—"),
        )
        for tier in new
        if old.get(tier) != new[tier]
    ]
    return told


def _moved(old: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]]) -> list[str]:
    return [
        _(
            "其中 {what} {a} → {b}",
            what=code,
            a=_points(old[code]["contribution"]),
            b=_points(new[code]["contribution"]),
        )
        for code in new
        if code in old and old[code]["contribution"] != new[code]["contribution"]
    ]


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}"
