"""`python -m gridgov audit`: search, export and verify the log."""

from __future__ import annotations

import csv
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Engine

from gridgov.errors import UsageError, WorkspaceError
from gridgov.locale import _
from gridgov.settings import Settings
from gridgov.workspace import audit as log
from gridgov.workspace.audit import SYSTEM, AuditEntry
from gridgov.workspace.engine import open_workspace, writing

__all__ = ["app"]

app = typer.Typer(help="审计日志：查询、导出、校验、清理。", no_args_is_help=True)

_Since = Annotated[str, typer.Option("--since", help="起始日期，如 2026-01-01")]
_Until = Annotated[str, typer.Option("--until", help="截止日期，含当日")]
_User = Annotated[str, typer.Option("--user", help="用户名")]
_Action = Annotated[str, typer.Option("--action", help="动作或其开头，如 login、export")]
_Contains = Annotated[str, typer.Option("--contains", help="对象或内容里的文字")]
_FORMULA = re.compile(r"^[=+\-@\t\r]")


@app.command()
def verify(
    expect: Annotated[
        str, typer.Option("--expect", help="上次校验时记下的“行号:校验值”，核对日志末尾未被截去")
    ] = "",
) -> None:
    """校验整条日志链，给出末行的校验值。"""
    found = log.verify(_workspace(), expect=_noted(expect))
    if not found.ok:
        raise WorkspaceError(_("审计日志校验不通过：{problem}", problem=found.problem))
    typer.echo(
        _("审计日志完整：{n} 行，末行 {head}", n=found.rows, head=f"{found.last_seq}:{found.head}")
    )


@app.command()
def search(
    since: _Since = "",
    until: _Until = "",
    user: _User = "",
    action: _Action = "",
    contains: _Contains = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="最多几行")] = 50,
) -> None:
    """查询，最新的在前。"""
    table = Table(box=None)
    for heading in (_("行号"), _("时间"), _("用户名"), _("动作"), _("对象"), _("行数"), _("来源")):
        table.add_column(heading)
    for entry in _find(since, until, user, action, contains, limit):
        table.add_row(*(Text(_printable(cell)) for cell in _short(entry)))
    Console().print(table)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="文件.csv", help="写到哪个文件")],
    since: _Since = "",
    until: _Until = "",
    user: _User = "",
    action: _Action = "",
    contains: _Contains = "",
) -> None:
    """导出为 CSV（带 BOM，Excel 与 WPS 可直接打开），含校验值。"""
    names = list(AuditEntry.__dataclass_fields__)
    rows = 0
    engine = _workspace()
    try:
        with out.open("w", encoding="utf-8-sig", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(names)
            for entry in _find(since, until, user, action, contains, 10_000_000, engine):
                writer.writerow([_cell(getattr(entry, name)) for name in names])
                rows += 1
    except OSError as error:
        raise UsageError(_("写不了 {path}：{why}", path=out, why=error.strerror)) from error
    with writing(engine) as connection:
        log.record(connection, SYSTEM, "export.audit", out.name, None, rows)
    typer.echo(_("已导出 {n} 行到 {path}", n=rows, path=out))


@app.command()
def purge(
    before: Annotated[str, typer.Option("--before", help="清理此日期之前的，如 2026-01-01")],
) -> None:
    """清理早于某日的日志（至少保留半年），链仍可校验。"""
    count = log.purge(_workspace(), SYSTEM, _date(before, "--before"))
    typer.echo(_("已清理 {n} 行", n=count))


def _workspace() -> Engine:
    return open_workspace(Settings.from_environment().workspace_url)


def _find(
    since: str,
    until: str,
    user: str,
    action: str,
    contains: str,
    limit: int,
    engine: Engine | None = None,
) -> tuple[AuditEntry, ...]:
    return log.entries(
        engine or _workspace(),
        since=_date(since, "--since") if since else None,
        until=_date(until, "--until") + timedelta(days=1) if until else None,
        user=user,
        action=action,
        contains=contains,
        limit=limit,
    )


def _short(entry: AuditEntry) -> tuple[str, ...]:
    rows = "" if entry.row_count is None else f"{entry.row_count:,}"
    at = f"{entry.at:%Y-%m-%d %H:%M:%S}"
    what = f"{entry.subject} {entry.detail if entry.detail != '{}' else ''}".strip()
    return str(entry.seq), at, entry.user_name, entry.action, what, rows, entry.source


def _printable(cell: str) -> str:
    """Without terminal codes: a name or browser may have been chosen to carry some."""
    return "".join(character if character.isprintable() else "·" for character in cell)


def _cell(value: object) -> str:
    text = "" if value is None else _printable(str(value))
    return f"'{text}" if _FORMULA.match(text) else text


def _date(text: str, option: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d")
    except ValueError as error:
        raise UsageError(
            _("{option} 应为日期，如 2026-01-01，现在是“{value}”", option=option, value=text)
        ) from error


def _noted(text: str) -> tuple[int, str] | None:
    if not text:
        return None
    match = re.fullmatch(r"(\d+):([0-9a-f]{64})", text)
    if match is None:
        raise UsageError(_("--expect 应为“行号:校验值”"))
    return int(match[1]), match[2]
