"""The end of a load: whole-log checks, models, books, and the new version in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from etl.books import write_batch, write_findings, write_meta
from etl.report import FileReport, LoadReport
from etl.sheet_load import SheetLoader
from etl.store import Building, Store
from etl.whole_log import whole_log_findings
from gridgov.locale import _

__all__ = ["finish"]


def finish(
    building: Building,
    store: Store,
    loader: SheetLoader,
    reports: list[FileReport],
    tell: Callable[[str, float], None],
    *,
    publish: bool,
) -> LoadReport:
    """Complete and publish what `loader` has put into `building`. Nothing is where nothing changed
    and no row was refused: what was has to be in the books, or nobody can mend it."""
    report = LoadReport(building.base, reports, is_check=not publish)
    # One file may be called after somebody whom another one names.
    names = set().union(*(one.names for one in reports))
    for one in reports:
        one.names = names
    report.findings = [
        replace(one, value_hint=reports[0].nameless(one.value_hint or "")) for one in loader.passed
    ]
    is_refused = any(one.rejected and not one.is_known for one in reports)
    if not report.total("loaded") + report.total("updated") and not is_refused:
        return report
    con = building.con
    tell(_("检查整本台账"), 0.75)
    report.findings += whole_log_findings(con, loader.touched, loader.batch_id)
    write_batch(
        con, loader.batch_id, reports, loader.file_ids, loader.recipes, loader.overlap.items()
    )
    write_findings(con, loader.batch_id, None, report.findings)
    if not publish:
        return report
    from etl import model

    tell(_("计算指标底表"), 0.8)
    model.build(con, loader.touched.changed())
    write_meta(con, building.number)
    tell(_("发布"), 0.95)
    building.publish()
    store.expire()
    report.version, report.published = building.number, True
    report.batch_id = loader.batch_id
    tell(_("完成"), 1.0)
    return report
