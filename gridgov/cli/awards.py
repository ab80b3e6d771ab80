"""`python -m gridgov awards`: evaluate, verify, explain what changed, print, calibrate."""

from __future__ import annotations

import csv
from dataclasses import replace
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gridgov.awards.calibrate import calibrate as measure
from gridgov.awards.committee import NOBODY, read_committee
from gridgov.awards.diff import diff as compare
from gridgov.awards.evaluate import Evaluation, evaluate
from gridgov.awards.inputs import freeze
from gridgov.awards.period import parse_period
from gridgov.awards.record import Record, load, reevaluate, write
from gridgov.awards.record import verify as check
from gridgov.awards.scheme_file import read_scheme
from gridgov.clock import now
from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.report.awards_words import mark_words
from gridgov.stats.ahp import ahp as weigh
from gridgov.warehouse import Warehouse

__all__ = ["app"]

app = typer.Typer(help="评选：计算、核验、比较、打印、测算方案。", no_args_is_help=True)

_Scheme = Annotated[Path, typer.Option("--scheme", "-s", help="方案文件（TOML）")]
_PeriodOption = Annotated[str, typer.Option("--period", "-p", help="评选期，如 2026H1")]
_Folder = Annotated[Path, typer.Argument(metavar="记录文件夹")]
_WarehouseOption = Annotated[
    Path | None, typer.Option("--warehouse", help="数据仓库目录，默认按 GRIDGOV_WAREHOUSE")
]
_Threads = Annotated[int, typer.Option("--threads", min=1, help="线程数，不影响结果")]


@app.command()
def run(
    scheme: _Scheme,
    period: _PeriodOption,
    out: Annotated[Path, typer.Option("--out", "-o", help="记录写到哪个（新的）文件夹")],
    warehouse: _WarehouseOption = None,
    committee: Annotated[
        Path | None, typer.Option("--committee", help="评委会材料文件夹（ratings.csv 等）")
    ] = None,
    after: Annotated[
        Path | None, typer.Option("--after", help="更正哪一次记录；编号接着它")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="另用的随机种子")] = None,
    threads: _Threads = 2,
) -> None:
    """按方案计算一期评选，写成可核验的记录。"""
    plan = read_scheme(scheme)
    if plan.period != parse_period(period):
        raise UsageError(
            _(
                "方案是 {own} 的，不能用于 {period}；请换方案，或用 awards calibrate 测算",
                own=plan.period.code,
                period=period,
            )
        )
    if seed is not None:
        plan = replace(plan, seed=seed)
    reader = Warehouse.locate(warehouse).reader()
    entries = read_committee(committee) if committee else NOBODY
    frozen = freeze(reader, plan, data_version=reader.version.number)
    made = evaluate(plan, frozen, entries, threads=threads)
    manifest = write(out, made, previous=load(after) if after else None)
    _summary(made)
    typer.echo(_("记录 {run} 已写到 {out}", run=manifest["run_id"], out=out))


@app.command()
def verify(folder: _Folder, threads: _Threads = 2) -> None:
    """从冻结的数据重算一遍，逐字节核对。"""
    found = check(folder, threads=threads)
    typer.echo(
        _("核验通过：{files} 个文件，{rows} 行，重算结果一致", files=found.files, rows=found.rows)
    )
    if not found.same_libraries:
        typer.echo(_("（组件版本与当时不同，按内容而非字节核对）"))
    elif found.close:
        typer.echo(
            _(
                "（处理器与当时不同：{names} 里的小数只差在第九位有效数字以后，其余逐字节一致）",
                names="、".join(found.close),
            )
        )


@app.command()
def diff(
    one: Annotated[Path, typer.Argument(metavar="先前的记录")],
    other: Annotated[Path, typer.Argument(metavar="后来的记录")],
) -> None:
    """两次记录有什么不同，逐人说明。"""
    found = compare(load(one), load(other))
    if found.is_empty:
        typer.echo(_("两次记录没有不同"))
    for cause in found.causes:
        typer.echo(cause)
    for change in found.changes:
        sentences = "；".join(change.sentences)
        typer.echo(f"{change.track} {change.name}（{change.worker_id}）：{sentences}")


@app.command()
def report(
    folder: _Folder,
    out: Annotated[Path, typer.Option("--out", "-o", help="写成 .pdf 或 .xlsx")],
    candidate: Annotated[
        list[str] | None, typer.Option("--candidate", "-c", help="个人评分单：格格编号，可多次给出")
    ] = None,
    notice: Annotated[bool, typer.Option("--notice", help="公示")] = False,
) -> None:
    """评委会报告、个人评分单、公示（PDF）或全表（xlsx）。"""
    record = load(folder)
    # Whoever takes persons' marks away stands on the copy; a shell knows no other name.
    mark = mark_words(getuser(), now())
    content = _paper(record, reevaluate(record), out, candidate or [], notice, mark)
    out.write_bytes(content)
    typer.echo(_("已写到 {out}", out=out))


@app.command()
def calibrate(
    scheme: _Scheme,
    period: _PeriodOption,
    out: Annotated[Path, typer.Option("--out", "-o", help="新方案写到哪里")],
    warehouse: _WarehouseOption = None,
) -> None:
    """以现有方案为样式，按上一期数据测算新一期的方案。"""
    if out.exists():
        raise UsageError(_("{out} 已存在，请换一个文件名", out=out))
    base = read_scheme(scheme)
    found = measure(Warehouse.locate(warehouse).reader(), base, parse_period(period))
    out.write_text(found.text, encoding="utf-8")
    for track, code, remark in found.remarks:
        typer.echo(f"{track} {code}：{remark}")
    typer.echo(_("新方案已写到 {out}，请评委会审定后公布", out=out))


@app.command()
def ahp(
    table: Annotated[Path, typer.Argument(metavar="两两比较表.csv", help="首行首列为指标名")],
) -> None:
    """由两两比较表得出权重，并检查是否前后一致。"""
    names, values = _comparison(table)
    found = weigh(values)
    for name, weight in zip(names, found.weights, strict=True):
        typer.echo(f"{name}\t{weight * 100:.2f}")
    ratio = f"{found.consistency_ratio:.3f}"
    if not found.acceptable:
        raise UsageError(_("一致性比率 {ratio} 不小于 0.10，前后矛盾较多，请重新比较", ratio=ratio))
    typer.echo(_("一致性比率 {ratio}，可以采用", ratio=ratio))


@app.command()
def callbacks(
    folder: _Folder,
    out: Annotated[Path, typer.Option("--out", "-o", help="回访名单写到哪个 .csv")],
) -> None:
    """导出程序抽取的回访名单，供填写结果。"""
    rows = load(folder).results["callback"].to_pylist()
    with out.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(
            ["worker_id", "event_key", "on_date", "grid_id", "result", "satisfied", "by"]
        )
        for row in rows:
            writer.writerow(
                [row["worker_id"], row["visit_id"], row["on_date"], row["grid_id"], "", "", ""]
            )
    typer.echo(_("共 {n} 条，已写到 {out}", n=len(rows), out=out))


def _summary(made: Evaluation) -> None:
    table = Table(*(_("赛道"), _("参评"), _("入选"), _("待定"), _("可靠度")))
    for result in made.tracks:
        values = result.certainty.reliability[result.eligible]
        table.add_row(
            result.track.name,
            str(int(result.eligible.sum())),
            str(int((result.state[:, 0] == "selected").sum())),
            str(int((result.state[:, 0] == "pending").sum())),
            f"{float(values.min()):.2f}" if len(values) else "—",
        )
    Console().print(table)


def _paper(
    record: Record,
    made: Evaluation,
    out: Path,
    candidates: list[str],
    notice: bool,
    mark: str,
) -> bytes:
    # Imported here: `verify` and `diff` need neither typst nor xlsxwriter.
    from gridgov.report.awards import committee_report
    from gridgov.report.awards_notice import notice_paper
    from gridgov.report.awards_sheet import sheet_papers
    from gridgov.report.awards_xlsx import score_workbook

    if out.suffix == ".xlsx":
        return score_workbook(made, record.id, mark=mark)
    if out.suffix != ".pdf":
        raise UsageError(_("--out 应以 .pdf 或 .xlsx 结尾：{out}", out=out))
    if notice:
        return notice_paper(made, record.id)
    if candidates:
        try:
            return sheet_papers(made, record.id, candidates, mark=mark)
        except KeyError as error:
            raise UsageError(_("记录里没有格格 {who}", who=error.args[0])) from error
    return committee_report(made, record.id, mark=mark)


def _comparison(path: Path) -> tuple[list[str], list[list[float]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = [row for row in csv.reader(handle) if any(cell.strip() for cell in row)]
        values = [[_ratio(cell) for cell in row[1:]] for row in rows[1:]]
        names = [row[0].strip() for row in rows[1:]]
    except (OSError, ValueError, IndexError, ZeroDivisionError) as error:
        raise UsageError(
            _("读不懂两两比较表 {path}：首行首列为指标名，其余为 1/9 到 9 的数", path=path)
        ) from error
    return names, values


def _ratio(cell: str) -> float:
    """A number or a fraction: 3, 0.333, 1/3."""
    upper, _slash, lower = cell.strip().partition("/")
    return float(upper) / float(lower) if lower else float(upper)
