"""How the commands show progress and results on a terminal."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table as Grid

from etl.findings import Finding
from etl.report import LoadReport
from gridgov.locale import _, pick
from gridgov.schema import TABLES

__all__ = ["Bar", "show_report"]

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
    found = [*(f for one in report.files for f in one.findings), *report.findings]
    for line in _by_kind(found)[:_SHOWN]:
        console.print(line, markup=False, highlight=False)
    if report.total("rejected"):
        console.print(_("被拒收的行：python -m etl rejects --out 拒收.xlsx，改好后可直接再导入"))
    if report.published:
        console.print(_("已发布数据版本 {n}", n=report.version))
    else:
        console.print(_("数据没有变化，没有发布新版本"))


def _by_kind(findings: list[Finding]) -> list[str]:
    kinds: dict[tuple[str, str, str], list[Finding]] = {}
    for one in findings:
        kinds.setdefault((one.check_id, one.table, one.column), []).append(one)
    lines = []
    for (check_id, _table, column), group in sorted(kinds.items()):
        times = sum(one.occurrences for one in group)
        shown = "、".join(one.value_hint for one in group[:3] if one.value_hint)
        lines.append(
            f"{check_id} {group[0].message}（{column}）× {times:,}"
            + (f"：{shown}" if shown else "")
        )
    return lines
