"""`python -m gridgov sql "SELECT …"`: a query over the de-identified copy, in the same sandbox."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gridgov.clock import now
from gridgov.errors import UsageError
from gridgov.explore.catalogue import CatalogueTable, schema_catalogue
from gridgov.explore.export import Export, export_sql
from gridgov.explore.limits import DOWNLOAD_LIMITS, Limits
from gridgov.explore.parameters import parameter_value
from gridgov.explore.result import SqlResult
from gridgov.explore.sandbox import run_sql
from gridgov.locale import _
from gridgov.report.tabular import About
from gridgov.report.tabular_cells import legible

__all__ = ["sql", "visible"]

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_SHOWN_ROWS = 50
_NO_EDGE = 1_000_000


def sql(
    query: Annotated[str, typer.Argument(help="一条 SELECT 语句；省略则列出可查的表")] = "",
    out: Annotated[Path | None, typer.Option(help="全部结果写入 .csv、.xlsx 或 .parquet")] = None,
    param: Annotated[list[str] | None, typer.Option(help="参数，如 month=2026-10，可多次")] = None,
    limit: Annotated[int, typer.Option(min=1, help="屏幕上最多显示多少行")] = _SHOWN_ROWS,
    seconds: Annotated[float | None, typer.Option(min=1, help="时间上限（秒）")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")] = False,
    warehouse: Annotated[Path | None, typer.Option(help="数据目录")] = None,
    database: Annotated[Path | None, typer.Option(help="直接指定去标识副本文件")] = None,
) -> None:
    """在去标识副本上运行一条查询：只读、限时、限内存，与网页里的查询同一套防护。"""
    path, version = (database, database.stem) if database else _published(warehouse)
    if not query.strip():
        _show_tables(schema_catalogue(path), as_json)
        return
    parameters = dict(_parameter(text) for text in param or [])
    if out is not None:
        limits = replace(DOWNLOAD_LIMITS, seconds=seconds or DOWNLOAD_LIMITS.seconds)
        about = About(
            title=out.stem,
            made_at=now(),
            data_version=version,
            filters=tuple((name, str(value)) for name, value in parameters.items()),
            definitions=(("SQL", query),),
        )
        _show_export(
            export_sql(path, query, out, about, parameters=parameters, limits=limits), as_json
        )
        return
    limits = Limits(seconds=seconds or Limits().seconds)
    _show(run_sql(path, query, parameters=parameters, max_rows=limit, limits=limits), as_json)


def visible(text: object) -> str:
    """Text with control and direction characters made visible: a cell must not drive a terminal."""
    return _UNSEEN.sub(_symbol, str(text))


def _symbol(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else "�"


def _published(warehouse: Path | None) -> tuple[Path, str]:
    # Imported here: with --database the command needs no warehouse.
    from gridgov.explore.copy import deidentified_copy
    from gridgov.warehouse import Warehouse

    version = Warehouse.locate(warehouse).current()
    return deidentified_copy(version), str(version.number)


def _parameter(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(_("参数“{text}”应写成 名称=值", text=text))
    return name, parameter_value(value)


def _console() -> Console:
    """Where there is no screen there is no edge of one: what is piped on keeps every cell whole."""
    width = None if sys.stdout.isatty() else _NO_EDGE
    return Console(markup=False, highlight=False, width=width)


def _rows(result: SqlResult) -> list[tuple[Any, ...]]:
    """Column by column: two columns of one name stay two."""
    table = legible(result.table)
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _show(result: SqlResult, as_json: bool) -> None:
    console = _console()
    if as_json:
        names = result.table.column_names
        rows = [list(row) for row in _rows(result)]
        answer = {
            "columns": names,
            "rows": rows,
            "row_count": result.row_count,
            "truncated": result.truncated,
            "elapsed_seconds": round(result.elapsed_seconds, 3),
        }
        typer.echo(json.dumps(answer, ensure_ascii=False, default=str))
        return
    if result.plan is not None:
        for line in result.plan.splitlines():
            console.print(Text(visible(line)), soft_wrap=True)
        return
    table = Table()
    for column in result.columns:
        justify = "right" if column.kind == "number" else "left"
        table.add_column(Text(visible(column.name)), justify=justify)  # type: ignore[arg-type]
    for row in _rows(result):
        table.add_row(*(Text("" if cell is None else visible(cell)) for cell in row))
    console.print(table)
    seconds = f"{result.elapsed_seconds:.2f}"
    console.print(_("{n} 行，用时 {seconds} 秒", n=f"{result.row_count:,}", seconds=seconds))
    if result.truncated:
        console.print(_("结果还有更多行；加 --limit 多看一些，或用 --out 文件 取全部"))


def _show_export(export: Export, as_json: bool) -> None:
    if as_json:
        answer = {
            "path": str(export.path),
            "rows": export.rows,
            "bytes": export.size_bytes,
            "elapsed_seconds": round(export.elapsed_seconds, 3),
        }
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    name, rows, seconds = export.path.name, f"{export.rows:,}", f"{export.elapsed_seconds:.1f}"
    typer.echo(_("已写入 {name}：{n} 行，用时 {seconds} 秒", name=name, n=rows, seconds=seconds))


def _show_tables(tables: tuple[CatalogueTable, ...], as_json: bool) -> None:
    if as_json:
        listed = [
            {
                "table": table.name,
                "comment": table.comment,
                "rows": table.rows,
                "columns": [
                    {"name": column.name, "type": column.type, "comment": column.comment}
                    for column in table.columns
                ],
            }
            for table in tables
        ]
        typer.echo(json.dumps(listed, ensure_ascii=False))
        return
    console = _console()
    shown = Table()
    for title in (_("表"), _("说明"), _("行数"), _("列")):
        shown.add_column(title)
    for table in tables:
        rows = "" if table.rows is None else f"{table.rows:,}"
        columns = "、".join(column.name for column in table.columns)
        shown.add_row(*(Text(visible(cell)) for cell in (table.name, table.comment, rows, columns)))
    console.print(shown)
