"""Which pages there are, in what order, and for whom."""

from __future__ import annotations

from dataclasses import dataclass

from gridgov.access.roles import Identity, Role
from gridgov.locale import N_

__all__ = ["PAGES", "SECTIONS", "PageSpec", "allowed", "page_named"]

_GOVERNANCE = frozenset({Role.LEADER, Role.SUPERVISOR})
_ANALYSIS = frozenset({Role.LEADER, Role.SUPERVISOR, Role.ANALYST})
_AWARDS = frozenset({Role.COMMITTEE})
_EVERYONE = frozenset(Role) - {Role.ADMINISTRATOR, Role.WORKER}

SECTIONS = (N_("看板"), N_("分析"), N_("评选"), N_("数据"), N_("管理"))


@dataclass(frozen=True)
class PageSpec:
    """A page: its file under `pages/` (and address), title, section, and the roles it is for.

    `filters`: the shared filters act on it. `needs_data`: it says so itself where none is loaded.
    `hidden`: reached from other pages, not listed.
    """

    name: str
    title: str
    section: str
    roles: frozenset[Role]
    filters: bool = True
    needs_data: bool = True
    hidden: bool = False


PAGES: tuple[PageSpec, ...] = (
    PageSpec("overview", N_("总览"), SECTIONS[0], _GOVERNANCE),
    PageSpec("engagement", N_("五在网格"), SECTIONS[0], _GOVERNANCE),
    PageSpec("visits", N_("走访"), SECTIONS[0], _GOVERNANCE),
    PageSpec("complaints", N_("诉求"), SECTIONS[0], _GOVERNANCE),
    PageSpec("grid", N_("网格画像"), SECTIONS[0], _GOVERNANCE),
    PageSpec("map", N_("地图"), SECTIONS[0], _GOVERNANCE),
    PageSpec("follow_up", N_("督办"), SECTIONS[0], _GOVERNANCE),
    PageSpec("trends", N_("趋势"), SECTIONS[1], _GOVERNANCE),
    PageSpec("explore", N_("自助分析"), SECTIONS[1], _ANALYSIS),
    PageSpec("sql", N_("SQL 查询"), SECTIONS[1], frozenset({Role.ANALYST}), filters=False),
    PageSpec("boards", N_("我的看板"), SECTIONS[1], _ANALYSIS),
    PageSpec("awards", N_("半年评选"), SECTIONS[2], _AWARDS, filters=False),
    PageSpec(
        "awards_sheet", N_("个人评选表"), SECTIONS[2], _AWARDS | {Role.WORKER}, filters=False
    ),
    PageSpec("awards_compare", N_("候选人对比"), SECTIONS[2], _AWARDS, filters=False),
    PageSpec("awards_fairness", N_("公平性检查"), SECTIONS[2], _AWARDS, filters=False),
    PageSpec("awards_what_if", N_("方案试算"), SECTIONS[2], _AWARDS, filters=False),
    PageSpec("awards_flags", N_("待复核记录"), SECTIONS[2], _AWARDS, filters=False),
    PageSpec("awards_call_backs", N_("抽查回访"), SECTIONS[2], _AWARDS, filters=False),
    PageSpec("awards_record", N_("评选档案"), SECTIONS[2], _AWARDS, filters=False),
    PageSpec(
        "data", N_("数据导入"), SECTIONS[3], frozenset({Role.CLERK}),
        filters=False, needs_data=False,
    ),
    PageSpec(
        "metrics", N_("指标口径"), SECTIONS[3], _EVERYONE, filters=False, needs_data=False
    ),
    PageSpec(
        "users", N_("用户与权限"), SECTIONS[4], frozenset({Role.ADMINISTRATOR}),
        filters=False, needs_data=False,
    ),
    PageSpec(
        "audit", N_("审计日志"), SECTIONS[4], frozenset({Role.ADMINISTRATOR}),
        filters=False, needs_data=False,
    ),
    PageSpec(
        "account", N_("我的账号"), SECTIONS[4], frozenset(Role), filters=False, needs_data=False
    ),
)  # fmt: skip


def allowed(identity: Identity) -> list[PageSpec]:
    """The pages that someone's roles open, in order."""
    return [page for page in PAGES if page.roles & identity.roles]


def page_named(name: str) -> PageSpec:
    """The page of that file name; KeyError where there is none."""
    for page in PAGES:
        if page.name == name:
            return page
    raise KeyError(name)
