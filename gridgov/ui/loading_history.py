"""The data page's lower half: loads with a way back, kept versions, rejected rows, templates."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from etl.rejects import write_rejects
from etl.status import BatchStatus, batches, versions
from etl.template import template_bytes
from etl.undo import rollback, undo
from gridgov import formats
from gridgov.access.sessions import actor_of
from gridgov.errors import GridGovError
from gridgov.locale import _, pick
from gridgov.report.tabular import MIME
from gridgov.schema import TABLES
from gridgov.settings import Settings
from gridgov.ui import html
from gridgov.ui.view import View, workspace
from gridgov.workspace import audit
from gridgov.workspace.engine import writing
from gridgov.workspace.export_record import record_export

__all__ = [
    "LEFT_OUT",
    "file_columns",
    "file_row",
    "history",
    "note",
    "rejects_button",
    "table_label",
    "templates",
    "warehouse",
]

LEFT_OUT = "-"


def warehouse() -> Path:
    """The folder that this server reads and the page writes to."""
    return Settings.from_environment().warehouse


def table_label(name: str | None) -> str:
    """A table's name for readers."""
    if name == LEFT_OUT:
        return _("不导入")
    return pick(TABLES[name].label, TABLES[name].label_en) if name else _("请选择")


def note(
    view: View, action: str, subject: str, detail: Mapping[str, Any], rows: int | None = None
) -> None:
    """Enter in the audit what was done to the data."""
    with writing(workspace()) as connection:
        audit.record(connection, actor_of(view.identity), action, subject, dict(detail), rows)


def file_columns() -> list[html.TableColumn]:
    """Of a table with a row for every sheet."""
    return [
        html.TableColumn("path", _("文件")),
        html.TableColumn("table", _("台账")),
        html.TableColumn("rows", _("行数"), "number"),
        html.TableColumn("loaded", _("新增"), "number"),
        html.TableColumn("updated", _("更正"), "number", phone=False),
        html.TableColumn("duplicate", _("重复"), "number", phone=False),
        html.TableColumn("rejected", _("拒收"), "number"),
    ]


def file_row(file: Any) -> dict[str, html.Cell]:
    """What happened to the rows of one sheet."""
    return {
        "path": f"{Path(file.path).name} {file.sheet or ''}".strip(),
        "table": table_label(file.table),
        "rows": file.rows,
        "loaded": file.loaded,
        "updated": file.updated,
        "duplicate": file.duplicate,
        "rejected": file.rejected,
    }


def rejects_button(view: View, batch_id: int, rows: int, key: str) -> None:
    """Rejected rows as a workbook that loads once it is mended."""

    def made() -> bytes:
        record_export(
            workspace(), actor_of(view.identity), kind="xlsx", subject=f"rejects {batch_id}",
            filters={"batch": batch_id}, row_count=rows, personal=True,
            reason=_("修正后重新导入"),
        )  # fmt: skip
        with tempfile.TemporaryDirectory(prefix="gridgov-rejects-") as folder:
            out = Path(folder) / "rejects.xlsx"
            write_rejects(warehouse(), out, batch_id)
            return out.read_bytes()

    st.download_button(
        _("下载拒收的行（改好后可直接导入）"),
        made,
        file_name=f"拒收_批次{batch_id}.xlsx",
        mime=MIME["xlsx"],
        key=f"rejects_{key}_{batch_id}",
        on_click="ignore",
    )


def history(view: View) -> None:
    """Loads, newest first, each with its files and a way back; and the kept versions."""
    try:
        listed, kept = batches(warehouse()), versions(warehouse())
    except GridGovError as error:
        st.error(str(error))
        return
    for batch in listed[:20]:
        _batch(view, batch)
    if len(kept) > 1:
        _versions(view, kept)


def _batch(view: View, batch: BatchStatus) -> None:
    rows = sum(file.rows for file in batch.files)
    rejected = sum(file.rejected for file in batch.files)
    state = _("已撤销") if batch.undone_by is not None else ""
    head = [
        _("批次 {n}", n=batch.batch_id),
        formats.moment(batch.loaded_at),
        _("{n} 个文件", n=len(batch.files)),
        _("{n} 行", n=formats.whole(rows)),
        _("拒收 {n}", n=formats.whole(rejected)) if rejected else "",
        state,
    ]
    with st.expander(" · ".join(part for part in head if part)):
        st.html(html.table_html(file_columns(), [file_row(file) for file in batch.files]))
        if rejected:
            rejects_button(view, batch.batch_id, rejected, "batch")
        if batch.undone_by is None:
            sure = st.checkbox(_("我确认要撤销这一批"), key=f"sure_{batch.batch_id}")
            if st.button(_("撤销"), key=f"undo_{batch.batch_id}", disabled=not sure):
                _take_back(view, batch.batch_id)


def _take_back(view: View, batch_id: int) -> None:
    try:
        version = undo(warehouse(), batch_id)
    except GridGovError as error:
        st.error(str(error))
        return
    note(view, "load.undo", str(batch_id), {"version": version})
    st.toast(_("已撤销，版本 {n} 生效", n=version))
    st.rerun()


def _versions(view: View, kept: list[Any]) -> None:
    st.html(html.section_html(_("版本")))
    numbers = [version.number for version in kept if not version.is_current]
    labels = {
        version.number: _(
            "版本 {n}，{at}，数据截至 {day}",
            n=version.number,
            at=version.created_at,
            day=version.data_date or formats.MISSING,
        )
        for version in kept
    }
    first, second = st.columns([4, 1], vertical_alignment="bottom")
    number = first.selectbox(
        _("退回到"), numbers, format_func=lambda value: labels[value], key="rollback_to"
    )
    if second.button(_("退回"), key="rollback", width="stretch") and number is not None:
        try:
            rollback(warehouse(), number)
        except GridGovError as error:
            st.error(str(error))
            return
        note(view, "load.rollback", str(number), {})
        st.rerun()


def templates() -> None:
    """An empty workbook for every table, for those who have no export."""
    names = list(TABLES)
    first, second = st.columns([3, 1], vertical_alignment="bottom")
    name = first.selectbox(_("台账"), names, format_func=table_label, key="template_table")
    second.download_button(
        _("下载模板"),
        lambda: template_bytes(name),
        file_name=f"{table_label(name)}.xlsx",
        mime=MIME["xlsx"],
        key="template",
        on_click="ignore",
        width="stretch",
    )
