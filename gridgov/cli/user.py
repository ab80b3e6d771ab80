"""`python -m gridgov user`: who may log in."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Engine

from gridgov.access.passwords import check_new_password, hash_password
from gridgov.access.roles import ROLE_LABELS, Role, parse_roles
from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.settings import Settings
from gridgov.workspace.audit import SYSTEM
from gridgov.workspace.engine import open_workspace
from gridgov.workspace.user import (
    add_user,
    find_user,
    list_users,
    normalise_username,
    set_disabled,
    set_password,
    set_roles,
)

__all__ = ["app"]

app = typer.Typer(help="用户：新建、停用、改密码、改角色。", no_args_is_help=True)

_Username = Annotated[str, typer.Argument(metavar="用户名", help="登录用的名字")]
_Roles = Annotated[
    list[str] | None,
    typer.Option("--role", "-r", help=f"角色，可多次给出：{' '.join(role.value for role in Role)}"),
]
_Grids = Annotated[
    list[str] | None,
    typer.Option("--grid", "-g", help="数据范围：网格编号，可多次给出；不给为全部"),
]
_Worker = Annotated[str | None, typer.Option("--worker", "-w", help="对应的网格员编号")]
_FromStdin = Annotated[bool, typer.Option("--password-stdin", help="从标准输入读密码，不询问")]


@app.command()
def add(
    username: _Username,
    role: _Roles = None,
    name: Annotated[str, typer.Option("--name", "-n", help="显示的姓名")] = "",
    grid: _Grids = None,
    worker: _Worker = None,
    password_stdin: _FromStdin = False,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="只能通过统一身份认证登录")
    ] = False,
) -> None:
    """新建用户。"""
    roles = parse_roles(role or [])
    if not roles:
        raise UsageError(_("请用 --role 给出至少一个角色：{known}", known=" ".join(Role)))
    engine = _workspace()
    if find_user(engine, username=normalise_username(username)) is not None:
        raise UsageError(_("用户“{name}”已存在", name=normalise_username(username)))
    hashed = None if no_password else _new_hash(username, password_stdin)
    added = add_user(
        engine,
        SYSTEM,
        username=username,
        name=name or username,
        roles=[item.value for item in roles],
        grid_ids=grid or [],
        worker_id=worker,
        password_hash=hashed,
    )
    _say(_("已新建用户“{name}”", name=added.username))


@app.command("list")
def list_all() -> None:
    """列出用户。"""
    table = Table(box=None)
    for heading in (_("用户名"), _("姓名"), _("角色"), _("范围"), _("状态"), _("最近登录")):
        table.add_column(heading)
    for user in list_users(_workspace()):
        labels = [_(ROLE_LABELS[Role(name)]) for name in user.roles if name in set(Role)]
        last = user.last_login_at
        cells = (
            user.username,
            user.name,
            "、".join(labels),
            "、".join(user.grid_ids) or _("全部"),
            _("停用") if user.is_disabled else _("在用"),
            f"{last:%Y-%m-%d %H:%M}" if last else "—",
        )
        # Text, not str: a name must not be read as markup.
        table.add_row(*(Text(cell) for cell in cells))
    Console().print(table)


@app.command()
def disable(username: _Username) -> None:
    """停用用户，其打开的页面随即关闭。"""
    set_disabled(_workspace(), SYSTEM, username, disabled=True)
    _say(_("已停用“{name}”", name=normalise_username(username)))


@app.command()
def enable(username: _Username) -> None:
    """恢复用户。"""
    set_disabled(_workspace(), SYSTEM, username, disabled=False)
    _say(_("已恢复“{name}”", name=normalise_username(username)))


@app.command()
def password(username: _Username, password_stdin: _FromStdin = False) -> None:
    """改密码，其所有登录随即失效。"""
    engine = _workspace()
    if find_user(engine, username=normalise_username(username)) is None:
        raise UsageError(_("没有用户“{name}”，可用 user list 查看", name=username))
    set_password(engine, SYSTEM, username, _new_hash(username, password_stdin))
    _say(_("已修改“{name}”的密码", name=normalise_username(username)))


@app.command()
def roles(
    username: _Username,
    role: _Roles = None,
    grid: _Grids = None,
    worker: _Worker = None,
    all_grids: Annotated[bool, typer.Option("--all-grids", help="数据范围改为全部")] = False,
) -> None:
    """改角色、数据范围或网格员编号；没给的不变。"""
    set_roles(
        _workspace(),
        SYSTEM,
        username,
        roles=[item.value for item in parse_roles(role)] if role else None,
        grid_ids=[] if all_grids else grid,
        worker_id=worker,
    )
    _say(_("已修改“{name}”的角色", name=normalise_username(username)))


def _workspace() -> Engine:
    return open_workspace(Settings.from_environment().workspace_url)


def _new_hash(username: str, from_stdin: bool) -> str:
    if from_stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        typed = str(typer.prompt(_("密码"), hide_input=True, confirmation_prompt=_("再输一次")))
    else:
        raise UsageError(_("没有终端可以询问密码，请加 --password-stdin 从标准输入给出"))
    check_new_password(typed, username=normalise_username(username))
    return hash_password(typed)


def _say(sentence: str) -> None:
    typer.echo(sentence)
