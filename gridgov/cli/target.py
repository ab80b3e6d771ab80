"""`python -m gridgov target`: what a community wants of its metrics."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from gridgov import formats
from gridgov.errors import GridGovError, UsageError
from gridgov.locale import _
from gridgov.metrics import METRICS
from gridgov.metrics.grids import tree_of
from gridgov.settings import Settings
from gridgov.trends.places import grid_names
from gridgov.trends.targets import Targets, check_target, place_of_target
from gridgov.warehouse import Reader, Warehouse
from gridgov.workspace.audit import SYSTEM
from gridgov.workspace.engine import open_workspace
from gridgov.workspace.target import list_targets, remove_target, save_target

__all__ = ["app", "kept_targets"]

app = typer.Typer(help="目标：给指标定目标，趋势页据此说明能否稳定达到。", no_args_is_help=True)

_Warehouse = Annotated[Path | None, typer.Option(help="数据目录")]
_Json = Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")]


def kept_targets() -> Targets:
    """The targets in force; none where there is no workspace yet, without making one.

    A workspace that cannot be opened is said on standard error: it must not silence the signals.
    """
    settings = Settings.from_environment()
    path = settings.workspace_path
    if path is not None and not path.exists():
        return Targets()
    try:
        engine = open_workspace(settings.workspace_url)
        return Targets.of(list_targets(engine))
    except GridGovError as error:
        typer.echo(_("没有读到目标：{why}", why=str(error)), err=True)
        return Targets()


@app.command("list")
def list_(as_json: _Json = False, warehouse: _Warehouse = None) -> None:
    """列出现行的目标。"""
    found = list_targets(open_workspace(Settings.from_environment().workspace_url))
    names = _names(warehouse)
    if as_json:
        rows = [
            {
                "id": one.id, "metric": one.metric, "grid_id": one.grid_id, "value": one.value,
                "note": one.note, "created_by": one.created_name,
                "created_at": one.created_at.isoformat(),
            }
            for one in found
        ]  # fmt: skip
        typer.echo(json.dumps({"targets": rows}, ensure_ascii=False))
        return
    for one in found:
        metric = METRICS.get(one.metric)
        place = _("所有网格") if one.grid_id is None else names.get(one.grid_id, one.grid_id)
        words = (
            str(one.id),
            f"{one.metric} {metric.label if metric else ''}".strip(),
            place,
            formats.value(one.value, metric.unit if metric else ""),
            formats.day(one.created_at.date()),
            one.created_name,
            one.note,
        )
        typer.echo("  ".join(word for word in words if word))
    if not found:
        typer.echo(_("还没有目标。"))


@app.command("set")
def set_(
    metric: Annotated[str, typer.Argument(metavar="指标", help="指标代号，如 SV1")],
    value: Annotated[str, typer.Argument(metavar="目标", help="如 90（百分比指标即 90%）")],
    grid: Annotated[
        str | None, typer.Option("--grid", "-g", help="网格编号；不给为所有网格")
    ] = None,
    note: Annotated[str, typer.Option("--note", "-n", help="一句说明，如 街道要求")] = "",
    warehouse: _Warehouse = None,
) -> None:
    """定一个目标；同一指标同一网格原有的目标被它代替。"""
    code = metric.upper()
    if code not in METRICS:
        raise UsageError(_("没有这个指标：{code}", code=metric))
    wanted = check_target(code, typed_value(code, value))
    reader = Warehouse.locate(warehouse).reader()
    place = place_of_target(tree_of(reader), code, _grid(reader, grid), everywhere=grid is None)
    engine = open_workspace(Settings.from_environment().workspace_url)
    key = save_target(engine, SYSTEM, metric=code, value=wanted, grid_id=place, note=note)
    typer.echo(
        _(
            "目标 {n}：{metric} {value}",
            n=key,
            metric=METRICS[code].label,
            value=formats.value(wanted, METRICS[code].unit),
        )
    )


@app.command()
def remove(number: Annotated[int, typer.Argument(metavar="编号", help="list 列出的编号")]) -> None:
    """撤下一个目标。"""
    remove_target(open_workspace(Settings.from_environment().workspace_url), SYSTEM, number)
    typer.echo(_("目标 {n} 已撤下", n=number))


def typed_value(code: str, text: str) -> float:
    """What was typed in the metric's unit: 90 and 90% are 0.9 of a share."""
    plain = text.strip().removesuffix("%").removesuffix("％").strip()
    try:
        number = float(plain)
    except ValueError:
        raise UsageError(_("目标“{text}”不是数", text=text)) from None
    return number / 100 if METRICS[code].is_share else number


def _grid(reader: Reader, grid: str | None) -> str | None:
    if grid is not None and grid not in tree_of(reader).nodes:
        raise UsageError(_("没有网格 {grid}", grid=grid))
    return grid


def _names(warehouse: Path | None) -> dict[str, str]:
    try:
        reader = Warehouse.locate(warehouse).reader()
    except GridGovError:
        return {}
    return {key: name for key, (name, _level) in grid_names(reader).items()}
