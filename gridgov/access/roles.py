"""Who someone is to the application: roles, scope, identity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from gridgov.errors import AccessDenied, UsageError
from gridgov.locale import N_, _

__all__ = ["ROLE_LABELS", "Identity", "Role", "demo_identity", "parse_roles", "require"]


class Role(StrEnum):
    """What a user may do. One user can hold several; a scope narrows all of them."""

    LEADER = "leader"
    SUPERVISOR = "supervisor"
    WORKER = "worker"
    COMMITTEE = "committee"
    ANALYST = "analyst"
    CLERK = "clerk"
    ADMINISTRATOR = "administrator"


ROLE_LABELS: dict[Role, str] = {
    Role.LEADER: N_("领导"),
    Role.SUPERVISOR: N_("一般网格员"),
    Role.WORKER: N_("微网格员"),
    Role.COMMITTEE: N_("评选委员"),
    Role.ANALYST: N_("数据分析员"),
    Role.CLERK: N_("数据录入员"),
    Role.ADMINISTRATOR: N_("系统管理员"),
}


@dataclass(frozen=True)
class Identity:
    """Who is asking. `grid_ids` are roots of grid subtrees; empty means everything.

    `name` is shown, `username` is what the audit log files under.
    """

    user_id: int
    name: str
    roles: frozenset[Role]
    grid_ids: tuple[str, ...] = ()
    worker_id: str | None = None
    demo: bool = False
    username: str = ""

    def has(self, *roles: Role) -> bool:
        """True when the person holds at least one of `roles`."""
        return not self.roles.isdisjoint(roles)


def require(identity: Identity, *roles: Role) -> None:
    """Raise `AccessDenied` unless the person holds at least one of `roles`."""
    if not identity.has(*roles):
        wanted = "、".join(_(ROLE_LABELS[role]) for role in roles)
        raise AccessDenied(_("此操作需要角色：{roles}，请联系系统管理员", roles=wanted))


def parse_roles(names: Iterable[str]) -> frozenset[Role]:
    """Role names as typed (`leader,clerk` or several words); raises `UsageError`."""
    words = [word.strip().lower() for name in names for word in name.split(",") if word.strip()]
    unknown = [word for word in words if word not in set(Role)]
    if unknown:
        raise UsageError(
            _(
                "没有角色“{name}”，可选：{known}",
                name="、".join(unknown),
                known="、".join(role.value for role in Role),
            )
        )
    return frozenset(Role(word) for word in words)


def demo_identity(
    role: Role, *, grid_ids: tuple[str, ...] = (), worker_id: str | None = None
) -> Identity:
    """Someone who tries the sample in `role`; `user_id` 0 is no user of the workspace."""
    return Identity(0, _(ROLE_LABELS[role]), frozenset({role}), grid_ids, worker_id, demo=True)
