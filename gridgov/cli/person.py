"""`python -m gridgov person` and `purge`: residents' rights, and retention.

The one command module that reaches the write side: erasing is writing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from etl.resident import erase, find, pseudonyms_of, rows_of
from etl.retention import RETENTION_YEARS, cut_off
from etl.retention import purge as purge_logs
from gridgov.clock import now
from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.report.tabular import About
from gridgov.report.workbook import workbook_bytes
from gridgov.settings import Settings
from gridgov.warehouse import Warehouse
from gridgov.workspace import audit
from gridgov.workspace.audit import SYSTEM
from gridgov.workspace.engine import open_workspace, writing

__all__ = ["person", "purge"]

_Warehouse = Annotated[Path | None, typer.Option("--warehouse", help="数据仓库文件夹")]


def person(
    pseudonym: Annotated[str, typer.Argument(help="代号：P 或 H 加 16 位十六进制")] = "",
    from_id: Annotated[str, typer.Option("--from-id", help="姓名、证件号或地址原文")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="把所存内容导出为 .xlsx")] = None,
    erase_: Annotated[bool, typer.Option("--erase", help="从所有保留的版本中抹去")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
    warehouse: _Warehouse = None,
) -> None:
    """查一名居民留有哪些记录，导出，或抹去（查阅权与删除权）。"""
    if bool(pseudonym) == bool(from_id):
        raise UsageError(_("请给出代号，或用 --from-id 给出姓名、证件号或地址，二选一"))
    root = Warehouse.locate(warehouse).root
    who = (pseudonym,) if pseudonym else pseudonyms_of(root, from_id)
    held = find(root, who)
    rows = sum(sum(tables.values()) for tables in held.values())
    for number, tables in held.items():
        said = "、".join(f"{name} {count}" for name, count in tables.items()) or _("无")
        typer.echo(_("版本 {number}：{said}", number=number, said=said))
    if out is not None:
        _export(root, who, out)
    if erase_:
        _erase(root, who, from_id, yes)
    _record("person.erase" if erase_ else "person.find", who, {"exported": bool(out)}, rows)


def _export(root: Path, who: tuple[str, ...], out: Path) -> None:
    if out.suffix.lower() != ".xlsx":
        raise UsageError(_("导出文件应以 .xlsx 结尾：{name}", name=out.name))
    sheets = [(name, table.to_pandas()) for name, table in rows_of(root, who)]
    told = About(title=_("居民所存信息"), made_at=now(), notes=("、".join(who),))
    out.write_bytes(workbook_bytes(sheets, told))
    typer.echo(_("已写入 {path}", path=out))


def _erase(root: Path, who: tuple[str, ...], text: str, yes: bool) -> None:
    if not yes and not typer.confirm(_("抹去后不能恢复，确定吗？")):
        raise UsageError(_("没有抹去任何内容"))
    erase(root, who, text)
    left = sum(sum(tables.values()) for tables in find(root, who).values())
    typer.echo(_("已抹去，所有保留版本中还剩 {n} 行", n=left))


def purge(
    table: Annotated[list[str] | None, typer.Option("--table", help="只清理这种台账")] = None,
    years: Annotated[int | None, typer.Option("--years", min=1, help="保留几年")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
    warehouse: _Warehouse = None,
) -> None:
    """按保存期限清理各台账的旧记录，并删除仍含有它们的旧版本。"""
    found = Warehouse.locate(warehouse)
    data_date = found.current().data_date
    if data_date is None:
        raise UsageError(_("还没有带日期的记录，不需要清理"))
    days = {name: cut_off(name, data_date, years) for name in table or RETENTION_YEARS}
    for name, day in days.items():
        typer.echo(_("{name}：{day} 之前的记录将被清理", name=name, day=day.isoformat()))
    if not yes and not typer.confirm(_("清理后不能恢复，旧版本也会删除，确定吗？")):
        raise UsageError(_("没有清理任何记录"))
    gone = purge_logs(found.root, days)
    said = "、".join(f"{name} {count}" for name, count in gone.items()) or _("没有过期记录")
    typer.echo(said)
    _record(
        "retention.purge",
        (),
        {name: day.isoformat() for name, day in days.items()},
        sum(gone.values()),
    )


def _record(action: str, who: tuple[str, ...], detail: dict[str, Any], rows: int) -> None:
    engine = open_workspace(Settings.from_environment().workspace_url)
    with writing(engine) as connection:
        audit.record(connection, SYSTEM, action, "、".join(who), detail, rows)
