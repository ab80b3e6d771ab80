"""`python -m gridgov export METRIC… --by DIM… --out FILE`: a cut of the metrics from a shell."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from gridgov.access.policy import Scope
from gridgov.access.roles import Role
from gridgov.clock import now
from gridgov.errors import UsageError
from gridgov.explore.builder import Cut, checked, near
from gridgov.explore.builder_answer import ask
from gridgov.explore.pivot import long_frame
from gridgov.filters import Filters
from gridgov.labels import labelled
from gridgov.locale import _
from gridgov.metrics import METRICS, Grain
from gridgov.metrics.metric import ALL_GRAINS
from gridgov.report.tabular import About, format_of, write_table
from gridgov.settings import Settings
from gridgov.warehouse import Reader, Version, Warehouse
from gridgov.workspace.audit import SYSTEM
from gridgov.workspace.engine import shared_workspace
from gridgov.workspace.export_record import record_export

__all__ = ["export"]


def export(
    metrics: Annotated[list[str], typer.Argument(help="指标代码，如 SV1 C3；见“指标口径”")],
    out: Annotated[Path, typer.Option(help="写入 .csv、.xlsx 或 .parquet")],
    by: Annotated[
        list[str] | None, typer.Option(help="拆分，如 grid:一般、category；最多两次")
    ] = None,
    grain: Annotated[str | None, typer.Option(help="day week month quarter half year")] = None,
    start: Annotated[str | None, typer.Option(help="起始日期；默认本半年第一天")] = None,
    end: Annotated[str | None, typer.Option(help="截止日期；默认数据日期")] = None,
    grid: Annotated[str | None, typer.Option(help="只算这个网格及其下级（编码）")] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="限定取值，如 source=12345,网格，可多次")
    ] = None,
    top: Annotated[int | None, typer.Option(min=1, help="只列前几项，其余合并")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")] = False,
    warehouse: Annotated[Path | None, typer.Option(help="数据目录")] = None,
) -> None:
    """导出指标：与页面同一套口径，含分子、分母和样本量。"""
    format_ = format_of(out)
    if not out.parent.is_dir():
        raise UsageError(_("文件夹“{name}”不存在，请先建好", name=out.parent.name))
    cut = checked(
        Cut(
            metrics=tuple(dict.fromkeys(code.upper() for code in metrics)),
            by=tuple(by or ()),
            grain=_grain(grain),
            only=tuple(_only(text) for text in only or ()),
            top=top,
        )
    )
    root = Warehouse.locate(warehouse)
    # A file travels further than the shell: it holds what a leader sees, small counts hidden.
    reader = root.reader(Scope(frozenset({Role.LEADER})))
    filters = _filters(reader, start, end, grid)
    answer = ask(reader, filters, cut)
    frame = long_frame(answer)
    told = _about(out.stem, cut, filters, reader.version, answer.notes)
    _record(out.name, format_, cut, filters, len(frame), reader.version)
    part = out.with_name(f".{out.name}.part")
    try:
        write_table(labelled(frame), part, format_, told)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    _say(out, len(frame), answer.notes, as_json)


def _grain(text: str | None) -> Grain | None:
    if text is None:
        return None
    for grain in ALL_GRAINS:
        if text == grain:
            return grain
    known = "、".join(ALL_GRAINS)
    raise UsageError(
        _("没有这种时间粒度：{text}；可用：{known}", text=text, known=known)
        + near(text, ALL_GRAINS)
    )


def _only(text: str) -> tuple[str, tuple[str, ...]]:
    name, equals, values = text.partition("=")
    listed = tuple(value for value in values.split(",") if value)
    if not equals or not name or not listed:
        raise UsageError(_("限定“{text}”应写成 维度=值,值", text=text))
    return name, listed


def _filters(reader: Reader, start: str | None, end: str | None, grid: str | None) -> Filters:
    today = reader.data_date
    if today is None:
        raise UsageError(_("还没有导入任何数据；请先运行 python -m etl load 文件"))
    known = [str(row[0]) for row in reader.rows("queries/grid_tree.sql")]
    if grid is not None and grid not in known:
        raise UsageError(_("没有这个网格编码：{code}", code=grid) + near(grid, known))
    filters = Filters(today=today, grid_id=grid, comparison="none")
    if start is None and end is None:
        return filters
    first = _day(start) if start else filters.span.start
    last = _day(end) if end else today
    if first > last:
        raise UsageError(_("起始日期 {start} 晚于截止日期 {end}", start=first, end=last))
    return filters.changed(period="custom", start=first, end=last)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(_("“{text}”不是日期，请写成 2026-07-01", text=text)) from None


def _about(title: str, cut: Cut, filters: Filters, version: Version, notes: Sequence[str]) -> About:
    span = filters.span
    chosen: list[tuple[str, str]] = [(_("时段"), f"{span.start} ~ {span.end}")]
    chosen += [(name, "、".join(values)) for name, values in cut.only]
    if filters.grid_id:
        chosen.append((_("网格"), filters.grid_id))
    return About(
        title=title,
        made_at=now(),
        data_version=_(
            "版本 {number}，数据截至 {day}", number=version.number, day=version.data_date
        ),
        filters=tuple(chosen),
        definitions=tuple((METRICS[code].label, METRICS[code].definition) for code in cut.metrics),
        notes=tuple(notes),
    )


def _record(
    name: str, format_: str, cut: Cut, filters: Filters, rows: int, version: Version
) -> None:
    """An export from the shell leaves the same trace as one from a page."""
    asked: Mapping[str, str] = {**cut.to_url(), **filters.to_url()}
    record_export(
        shared_workspace(Settings.from_environment().workspace_url),
        SYSTEM,
        kind=format_,
        subject=name,
        filters=asked,
        row_count=rows,
        personal=False,
        data_version=version.number,
    )


def _say(out: Path, rows: int, notes: Sequence[str], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"path": str(out), "rows": rows}, ensure_ascii=False))
        return
    typer.echo(_("已写入 {name}：{n} 行", name=out.name, n=f"{rows:,}"))
    if not rows:
        typer.echo(_("没有符合条件的行，请核对时段、网格和限定的取值"))
    for note in notes:
        typer.echo(note)
