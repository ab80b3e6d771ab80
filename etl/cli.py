"""The commands of the write side. An error is one line; a status says what kind."""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from etl import load as loading
from etl.cli_show import Bar, show_report
from etl.report import LoadReport
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
        app(standalone_mode=False)
    except GridGovError as error:
        return _fail(str(error), error.exit_status)
    except typer.Abort:
        return _fail(_("已取消；已发布的数据没有改变"), 1)
    except KeyboardInterrupt:
        return _fail(_("已取消；已发布的数据没有改变"), 1)
    except Exception as error:
        if hasattr(error, "format_message") and hasattr(error, "exit_code"):
            return _fail(str(error.format_message()), 2)
        return _fail(
            f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}", 1
        )
    return 0


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


if __name__ == "__main__":
    sys.exit(main())
