"""`python -m gridgov backup` and `restore`: data, workspace, key, award records, schemes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gridgov.awards.desk import records_folder, schemes_folder
from gridgov.locale import _
from gridgov.settings import Settings
from gridgov.workspace.archive import AwardFolders, read_archive, write_archive
from gridgov.workspace.audit import SYSTEM, record
from gridgov.workspace.engine import open_workspace, writing

__all__ = ["backup", "restore"]

_File = Annotated[Path, typer.Argument(metavar="文件.tar.gz", help="备份文件")]


def backup(
    out: _File,
    warehouse: Annotated[
        Path | None, typer.Option("--warehouse", help="数据仓库目录，默认按 GRIDGOV_WAREHOUSE")
    ] = None,
) -> None:
    """备份数据仓库、工作库、化名密钥、评选归档和方案；服务可以照常运行。"""
    settings = Settings.from_environment()
    engine = open_workspace(settings.workspace_url)
    with writing(engine) as connection:
        record(connection, SYSTEM, "backup", out.name)
    made = write_archive(out, warehouse or settings.warehouse, engine, settings.key_file, _awards())
    typer.echo(
        _(
            "已备份到 {path}：数据文件 {files} 个，工作库 {rows} 行，评选文件 {awards} 个。"
            "内含密钥，请妥善保管",
            path=out,
            files=made.files,
            rows=made.rows,
            awards=made.awards,
        )
    )


def restore(
    source: _File,
    warehouse: Annotated[
        Path | None, typer.Option("--warehouse", help="数据仓库目录，默认按 GRIDGOV_WAREHOUSE")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="已有的内容移到旁边（不删除）再恢复")
    ] = False,
) -> None:
    """从备份恢复；恢复前先停止服务。"""
    settings = Settings.from_environment()
    made = read_archive(
        source, settings, warehouse or settings.warehouse, replace=replace, awards=_awards()
    )
    engine = open_workspace(settings.workspace_url)
    with writing(engine) as connection:
        record(connection, SYSTEM, "restore", source.name)
    typer.echo(
        _(
            "已恢复：数据文件 {files} 个，工作库 {rows} 行，评选文件 {awards} 个",
            files=made.files,
            rows=made.rows,
            awards=made.awards,
        )
    )


def _awards() -> AwardFolders:
    return AwardFolders(records_folder(), schemes_folder())
