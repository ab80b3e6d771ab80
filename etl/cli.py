"""The commands of the write side. An error is one line; a status says what kind."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from etl import load as loading
from etl import rejects as rejecting
from etl import status as stating
from etl import undo as undoing
from etl.cli_show import Bar, show_rejects, show_report, show_status, show_versions
from etl.dictionary import dictionary_text
from etl.report import LoadReport
from etl.template import write_template
from gridgov.errors import GridGovError
from gridgov.locale import _, set_language
from gridgov.settings import DEFAULT_WAREHOUSE

__all__ = ["app", "main"]

app = typer.Typer(
    help="把其他系统导出的文件导入格格看板的数据仓库。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_out = Console()
_err = Console(stderr=True)

Paths = Annotated[list[Path], typer.Argument(help="文件、压缩包或文件夹，可给多个")]
WarehouseAt = Annotated[
    Path | None,
    typer.Option("--warehouse", help="数据仓库文件夹；默认 GRIDGOV_WAREHOUSE 或 data/warehouse"),
]
TableName = Annotated[str | None, typer.Option("--table", help="指明这些文件是哪张表")]
MappingFile = Annotated[
    Path | None, typer.Option("--mapping", help="映射文件（TOML），见 docs/mapping.md")
]
Json = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象")]


def main() -> int:
    """Run the command line; returns the exit status."""
    set_language("en" if os.environ.get("GRIDGOV_LANGUAGE", "").startswith("en") else "zh_CN")
    try:
        status = app(standalone_mode=False)
    except GridGovError as error:
        return _fail(str(error), error.exit_status)
    except (typer.Abort, KeyboardInterrupt):
        return _fail(_("已取消；已发布的数据没有改变"), 1)
    except Exception as error:
        # Ctrl-C inside a query reaches us as the engine's own word for it.
        if "Query interrupted" in str(error):
            return _fail(_("已取消；已发布的数据没有改变"), 1)
        if hasattr(error, "format_message") and hasattr(error, "exit_code"):
            return _fail(str(error.format_message()), 2)
        return _fail(
            f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}", 1
        )
    # Typer turns Ctrl-C into the status 130 of a shell.
    if status == 130:
        return _fail(_("已取消；已发布的数据没有改变"), 1)
    return status if isinstance(status, int) else 0


def _fail(line: str, status: int) -> int:
    _err.print(" ".join(line.split()), style="red", markup=False, highlight=False, soft_wrap=True)
    return status


def warehouse_of(given: Path | None) -> Path:
    """`--warehouse`, else GRIDGOV_WAREHOUSE, else data/warehouse."""
    return given or Path(os.environ.get("GRIDGOV_WAREHOUSE") or DEFAULT_WAREHOUSE)


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


@app.command()
def load(
    paths: Paths,
    warehouse: WarehouseAt = None,
    table: TableName = None,
    mapping: MappingFile = None,
    as_json: Json = False,
) -> None:
    """导入文件并发布新的数据版本。"""
    with Bar(_err, hidden=as_json) as bar:
        report = loading.load(
            paths, warehouse_of(warehouse), mapping, table=table, progress=bar.update
        )
    _finish(report, as_json)


@app.command()
def check(
    paths: Paths,
    warehouse: WarehouseAt = None,
    table: TableName = None,
    mapping: MappingFile = None,
    as_json: Json = False,
) -> None:
    """与 load 相同，但不发布任何数据。"""
    with Bar(_err, hidden=as_json) as bar:
        report = loading.check(
            paths, warehouse_of(warehouse), mapping, table=table, progress=bar.update
        )
    _finish(report, as_json)


def _finish(report: LoadReport, as_json: bool) -> None:
    if as_json:
        _print_json(report.as_json())
    else:
        show_report(_out, report)


@app.command()
def rejects(
    out: Annotated[Path | None, typer.Option("--out", help="写到 .xlsx 或 .csv")] = None,
    batch: Annotated[int | None, typer.Option("--batch", help="批次；默认最近一批")] = None,
    warehouse: WarehouseAt = None,
) -> None:
    """列出被拒收的行和原因；写成文件后改好，可以直接再导入。"""
    root = warehouse_of(warehouse)
    if out is None:
        show_rejects(_out, rejecting.read_rejects(root, batch))
        return
    written = rejecting.write_rejects(root, out, batch)
    _out.print(_("已写出 {n} 行到 {path}", n=written, path=out))


@app.command()
def status(warehouse: WarehouseAt = None, as_json: Json = False) -> None:
    """数据仓库里有什么：各表行数、日期范围、批次。"""
    found = stating.status(warehouse_of(warehouse))
    if as_json:
        _print_json(found.as_json())
    else:
        show_status(_out, found)


@app.command()
def versions(warehouse: WarehouseAt = None, as_json: Json = False) -> None:
    """列出保留的数据版本。"""
    found = stating.versions(warehouse_of(warehouse))
    if as_json:
        _print_json({"versions": [asdict(one) for one in found]})
    else:
        show_versions(_out, found)


@app.command()
def rollback(
    number: Annotated[int, typer.Argument(help="数据版本号，见 versions")],
    warehouse: WarehouseAt = None,
) -> None:
    """退回一个保留的数据版本。"""
    undoing.rollback(warehouse_of(warehouse), number)
    _out.print(_("现在使用数据版本 {n}", n=number))


@app.command()
def undo(
    batch: Annotated[int, typer.Argument(help="批次号，见 status")],
    warehouse: WarehouseAt = None,
) -> None:
    """撤销一个批次：像从未导入过一样。"""
    number = undoing.undo(warehouse_of(warehouse), batch)
    _out.print(_("已撤销批次 {batch}，发布数据版本 {n}", batch=batch, n=number))


@app.command()
def rebuild(
    warehouse: WarehouseAt = None,
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="只在数据是旧版程序算出来时才重算")
    ] = False,
) -> None:
    """升级程序后，按新的算法重算统计表并发布；台账不变。"""
    from etl.rebuild import rebuild as rebuilding

    number = rebuilding(warehouse_of(warehouse), always=not if_needed)
    if number is not None:
        _out.print(_("已按现在的程序重算，发布数据版本 {n}", n=number))


@app.command()
def dictionary(
    out: Annotated[Path | None, typer.Option("--out", help="写到这个文件；默认输出到屏幕")] = None,
) -> None:
    """由表的声明生成数据字典（data/README.md）。"""
    text = dictionary_text()
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")


@app.command()
def template(
    table: Annotated[str, typer.Argument(help="哪张表")],
    out: Annotated[Path, typer.Option("--out", help="写到这个 .xlsx 文件")],
) -> None:
    """写一张上传模板：中文表头、说明、可选取值。"""
    write_template(table, out)


@app.command()
def sample(
    out: Annotated[Path, typer.Option("--out", help="写到这个文件夹")],
    scale: Annotated[int, typer.Option("--scale", help="几个这样的社区")] = 1,
    seed: Annotated[int, typer.Option("--seed", help="随机种子")] = 20250101,
    end: Annotated[str, typer.Option("--end", help="最后一天，如 2026-10-31")] = "2026-10-31",
) -> None:
    """生成一份可信的示例数据。"""
    from etl.sample import write

    try:
        last = date.fromisoformat(end)
    except ValueError as error:
        raise typer.BadParameter(_("“{text}”不是日期，应写成 2026-10-31", text=end)) from error
    write(out, scale=scale, seed=seed, end=last)
