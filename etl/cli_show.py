"""How the commands show progress and results on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table as Grid

from etl.rejects import RejectedRow
from etl.report import FindingKind, LoadReport
from etl.status import Status, VersionStatus
from gridgov.locale import _, pick
from gridgov.schema import TABLES

__all__ = ["Bar", "show_rejects", "show_report", "show_status", "show_versions"]

_SHOWN = 30


class Bar:
    """A progress bar on standard error; nothing where output is for a program."""

    def __init__(self, console: Console, *, hidden: bool) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            console=console,
            transient=True,
            disable=hidden or not console.is_terminal,
        )
        self._task = self._progress.add_task("", total=1.0)

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def update(self, line: str, share: float) -> None:
        """Called by the load."""
        self._progress.update(self._task, description=line, completed=share)


def show_report(console: Console, report: LoadReport) -> None:
    """A line per sheet, the findings by kind, and what to do next."""
    grid = Grid(box=None, header_style="bold")
    for name in (_("文件"), _("工作表"), _("数据表")):
        grid.add_column(name)
    for name in (_("行数"), _("新增"), _("更正"), _("重复"), _("拒收"), _("提醒")):
        grid.add_column(name, justify="right")
    for one in report.files:
        table = TABLES[one.table]
        counts = (one.rows, one.loaded, one.updated, one.duplicate, one.rejected, one.warnings)
        label = pick(table.label, table.label_en)
        grid.add_row(Path(one.path).name, one.sheet, label, *(f"{n:,}" for n in counts))
    console.print(grid)
    kinds = report.kinds()
    for kind in kinds[:_SHOWN]:
        console.print(_line(kind, several=len(report.files) > 1), markup=False, highlight=False)
    if len(kinds) > _SHOWN:
        console.print(_("还有 {n} 类问题没有列出", n=len(kinds) - _SHOWN))
    if report.is_check:
        console.print(_("只做检查，没有发布"))
        return
    if report.total("rejected"):
        console.print(_("被拒收的行：python -m etl rejects --out 拒收.xlsx，改好后可直接再导入"))
    if report.published:
        console.print(_("已发布数据版本 {n}", n=report.version))
    else:
        console.print(_("数据没有变化，没有发布新版本"))


def _line(kind: FindingKind, *, several: bool) -> str:
    """E102 走访.csv：走访时间：不是能认出的日期…（3 次，首见第 16 行）：昨天、1月3日"""
    what = [kind.where if several else "", kind.label, kind.message]
    line = f"{kind.check_id} {pick('：', ': ').join(part for part in what if part)}"
    times = f"{kind.occurrences:,}"
    if kind.first_row:
        line += _("（{n} 次，首见第 {row} 行）", n=times, row=kind.first_row)
    else:
        line += _("（{n} 次）", n=times)
    return line + (pick("：", ": ") + "、".join(kind.examples) if kind.examples else "")


def show_rejects(console: Console, rows: Iterable[RejectedRow]) -> None:
    """The first rejected rows: where and why; the cells stay in the file."""
    shown = 0
    for row in islice(rows, _SHOWN):
        shown += 1
        where = f"{Path(row.path).name} {row.sheet}".strip()
        console.print(
            _("{where} 第 {row} 行：{why}", where=where, row=row.row_number, why=row.reasons),
            markup=False,
            highlight=False,
        )
    if not shown:
        console.print(_("没有拒收的行"))
    elif shown == _SHOWN:
        console.print(_("只列出前 {n} 行；用 --out 文件.xlsx 取全部", n=_SHOWN))


def show_status(console: Console, found: Status) -> None:
    """Tables with rows and days, then the loads."""
    console.print(
        _(
            "数据版本 {n}，数据截至 {day}",
            n=found.version,
            day=found.data_date or _("无日期"),
        )
    )
    grid = Grid(box=None, header_style="bold")
    for name in (_("数据表"), _("行数"), _("最早"), _("最晚")):
        grid.add_column(name, justify="right" if name == _("行数") else "left")
    for one in found.tables:
        table = TABLES[one.table]
        grid.add_row(
            pick(table.label, table.label_en),
            f"{one.rows:,}",
            str(one.first or ""),
            str(one.last or ""),
        )
    console.print(grid)
    for batch in found.batches:
        rows = sum(file.loaded + file.updated for file in batch.files)
        line = _(
            "批次 {n}：{at}，{files} 个文件，收入 {rows} 行",
            n=batch.batch_id,
            at=batch.loaded_at,
            files=len(batch.files),
            rows=f"{rows:,}",
        )
        if batch.undone_by is not None:
            line += _("（已在版本 {n} 撤销）", n=batch.undone_by)
        console.print(line, markup=False, highlight=False)


def show_versions(console: Console, found: Sequence[VersionStatus]) -> None:
    """Kept versions, newest first; the one in force is marked."""
    if not found:
        console.print(_("还没有数据版本"))
    for one in found:
        mark = "→" if one.is_current else " "
        console.print(
            f"{mark} {one.number}  {one.created_at}  {one.data_date or '—'}  "
            f"{one.size / 1e6:,.1f} MB",
            markup=False,
            highlight=False,
        )
