"""The data page: drop files, see what they are, check, load, mend what was refused, take back.

The one module of the interface that reaches the write side. Uploaded files hold residents' data in
clear: they lie in a folder of this session alone (mode 0700) and go once they are loaded.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from glob import escape
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from etl.headers import IGNORED, header_key, match
from etl.load import check, load, recognise
from etl.mapping import Recipe
from etl.recognise import SheetGuess
from etl.rejects import write_rejects
from etl.report import LoadReport
from etl.status import BatchStatus, batches, versions
from etl.template import template_bytes
from etl.undo import rollback, undo
from etl.values import ORDERS, DateOrder
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
from gridgov.workspace.mapping import list_mappings, save_mapping

__all__ = ["history", "own_name", "templates", "upload"]

_FOLDER = "upload_folder"
_RESULT = "load_result"
_KINDS = ["csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods", "parquet", "jsonl", "ndjson",
          "gz", "zip"]  # fmt: skip
_SHOWN_ROWS = 5
_LEFT_OUT = "-"
_ORDERS: tuple[DateOrder | None, ...] = (None, *ORDERS)


def _warehouse() -> Path:
    return Settings.from_environment().warehouse


def table_label(name: str | None) -> str:
    """A table's name for readers."""
    if name == _LEFT_OUT:
        return _("不导入")
    return pick(TABLES[name].label, TABLES[name].label_en) if name else _("请选择")


def _folder() -> Path:
    folder = st.session_state.get(_FOLDER)
    if not isinstance(folder, Path) or not folder.is_dir():
        folder = Path(tempfile.mkdtemp(prefix="gridgov-upload-"))
        st.session_state[_FOLDER] = folder
    return folder


def _forget_uploads() -> None:
    folder = st.session_state.pop(_FOLDER, None)
    if isinstance(folder, Path):
        shutil.rmtree(folder, ignore_errors=True)
    st.session_state["upload_round"] = int(st.session_state.get("upload_round", 0)) + 1


def _note(
    view: View, action: str, subject: str, detail: Mapping[str, Any], rows: int | None = None
) -> None:
    with writing(workspace()) as connection:
        audit.record(connection, actor_of(view.identity), action, subject, dict(detail), rows)


def upload(view: View) -> None:
    """From dropped files to a published version, step by step."""
    _show_result(view)
    turn = int(st.session_state.get("upload_round", 0))
    given = st.file_uploader(
        _("把导出的文件拖到这里，可多选；原样即可，不用改表头"),
        type=_KINDS,
        accept_multiple_files=True,
        key=f"uploads_{turn}",
    )
    if view.identity.demo:
        st.html(html.caption_html(_("演示只放样例：导入自己的数据后演示即结束，需要登录。")))
    if not given:
        return
    folder = _folder()
    paths: list[Path] = []
    for file in given:
        path = folder / own_name(file.name, {path.name for path in paths})
        path.write_bytes(file.getbuffer())
        paths.append(path)
    recipes = _sheets(view, paths)
    if recipes is None:
        return
    first, second, _rest = st.columns([1, 1, 3])
    if first.button(_("先检查"), key="check_files", width="stretch"):
        _run(
            view, _("检查"), lambda tell: check(paths, _warehouse(), recipes, progress=tell), paths
        )
    if second.button(_("导入"), key="load_files", type="primary", width="stretch"):
        _run(view, _("导入"), lambda tell: load(paths, _warehouse(), recipes, progress=tell), paths)


def own_name(given: str, taken: set[str]) -> str:
    """A name for an uploaded file: no folder, no leading dot, not that of another one.

    Exports of two offices are often called the same; the second must not replace the first.
    """
    base = Path(given.replace("\\", "/")).name.lstrip(".") or "file"
    stem, dot, suffix = base.partition(".")
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{stem} ({number}){dot}{suffix}"
    return name


def _sheets(view: View, paths: list[Path]) -> list[Recipe] | None:
    """What was recognised, sheet by sheet; the recipes, or None while something is still open."""
    recipes: list[Recipe] = []
    is_ready = True
    for path in paths:
        try:
            guesses = recognise(path)
        except GridGovError as error:
            st.error(str(error).replace(str(path.parent) + "/", ""))
            is_ready = False
            continue
        # A cover or a legend beside sheets that were recognised need not be loaded.
        is_beside = any(guess.table for guess in guesses)
        for guess in guesses:
            recipe = _sheet(view, path, guess, is_beside=is_beside and len(guess.columns) < 2)
            is_ready = is_ready and recipe is not None
            if recipe is not None:
                recipes.append(recipe)
    is_any = any(not recipe.skip for recipe in recipes)
    return recipes if is_ready and is_any else None


def _sheet(view: View, path: Path, guess: SheetGuess, *, is_beside: bool) -> Recipe | None:
    saved = _saved_for(guess)
    # Within an archive, the way to the file in it.
    inside = guess.path.removeprefix(str(path.parent) + "/")
    key = f"{inside}|{guess.sheet}"
    table = saved.get("table") or guess.table or (_LEFT_OUT if is_beside else None)
    title = f"{inside} {guess.sheet}".strip()
    head = _("识别为：{table}", table=table_label(table)) if table else _("需要您确认是哪种台账")
    with st.expander(f"{title} · {head}", expanded=table is None or bool(guess.missing)):
        table, order = _choices(guess, table, key)
        if table is None:
            st.html(html.caption_html(_("表头与几种台账都像，请选一种。")))
            return None
        file, sheet = escape(inside), escape(guess.sheet) or "*"
        if table == _LEFT_OUT:
            return Recipe(skip=True, file=file, sheet=sheet)
        columns = _columns(guess, table, saved, key)
        missing = [
            column for column in TABLES[table].columns
            if column.required and column.name not in columns.values()
        ]  # fmt: skip
        if missing:
            labels = "、".join(pick(column.label, column.label_en) for column in missing)
            st.warning(_("缺少必填列：{labels}。请在上面指定对应的表头。", labels=labels))
        if guess.first_rows:
            rows = [row[: len(guess.headers)] for row in guess.first_rows[:_SHOWN_ROWS]]
            st.dataframe(_preview(guess.headers, rows), hide_index=True, height="auto")
        if st.button(_("记住这个对应关系"), key=f"save_{key}", type="tertiary"):
            save_mapping(
                workspace(), actor_of(view.identity), name=title[:120], table_name=table,
                content={"headers": list(guess.headers), "table": table, "columns": columns},
            )  # fmt: skip
            st.toast(_("已记住，下次同样的表头自动套用"))
    if missing:
        return None
    return Recipe(table=table, date_order=order, columns=columns, file=file, sheet=sheet)


def _choices(guess: SheetGuess, table: str | None, key: str) -> tuple[str | None, DateOrder | None]:
    """Which log a sheet is, and which of day and month comes first where only people know."""
    names = [*([] if guess.table else [None]), *TABLES, _LEFT_OUT]
    first, second = st.columns(2)
    chosen = first.selectbox(
        _("台账"),
        names,
        index=names.index(table) if table in names else 0,
        format_func=table_label,
        key=f"table_{key}",
    )
    order = second.selectbox(_("日期写法"), _ORDERS, format_func=_order_label, key=f"order_{key}")
    return chosen, order


def _order_label(order: DateOrder | None) -> str:
    if order is None:
        return _("自动判断")
    return {
        "dmy": _("日在前，如 31/12/2025"),
        "mdy": _("月在前，如 12/31/2025"),
        "ymd": _("两位的年在前，如 25/12/31"),
    }[order]


def _columns(guess: SheetGuess, table: str, saved: Mapping[str, Any], key: str) -> dict[str, str]:
    """Header → column of ours ("" leaves it out), editable."""
    places = match(TABLES[table], guess.headers).columns
    known = {guess.headers[place]: name for name, place in places.items()}
    if saved.get("table") == table:
        known |= saved.get("columns", {})
    options = ["", *TABLES[table].column_names]
    frame = pd.DataFrame(
        {
            "header": list(guess.headers),
            "column": [
                known.get(header, "") if known.get(header, "") in options else ""
                for header in guess.headers
            ],
        }
    )
    frame = frame[frame["header"].astype(str).str.strip() != ""]
    config: dict[str, Any] = {
        "header": st.column_config.TextColumn(_("文件里的表头"), disabled=True),
        "column": st.column_config.SelectboxColumn(
            _("对应的列"),
            options=options,
            format_func=lambda name: _column_label(table, str(name)),
        ),
    }
    edited = st.data_editor(
        frame,
        hide_index=True,
        height="auto",
        key=f"columns_{key}_{table}",
        column_config=config,
    )
    return {str(row["header"]): str(row["column"] or "") for row in edited.to_dict("records")}


def _column_label(table: str, name: str) -> str:
    if not name:
        return _("不导入")
    column = TABLES[table].column(name)
    return pick(column.label, column.label_en) + (" *" if column.required else "")


def _preview(headers: tuple[str, ...], rows: list[tuple[str, ...]]) -> pd.DataFrame:
    """First rows under their headers; equal headers are told apart by a number."""
    seen: dict[str, int] = {}
    names = []
    for header in headers:
        seen[header] = seen.get(header, 0) + 1
        names.append(header if seen[header] == 1 else f"{header} ({seen[header]})")
    return pd.DataFrame(rows, columns=names, dtype="str")


def _saved_for(guess: SheetGuess) -> Mapping[str, Any]:
    """The mapping that was kept for the same headers, or nothing. What our own files of rejected
    rows have beside the headers of their source does not count."""
    own = [header for header in guess.headers if header_key(header) not in IGNORED]
    for mapping in list_mappings(workspace()):
        headers = mapping.content.get("headers", ())
        if [header for header in headers if header_key(header) not in IGNORED] == own:
            return mapping.content
    return {}


def _run(
    view: View,
    what: str,
    job: Callable[[Callable[[str, float], None]], LoadReport],
    paths: list[Path],
) -> None:
    bar = st.progress(0.0, _("{what}中…", what=what))

    def tell(line: str, share: float) -> None:
        bar.progress(min(max(share, 0.0), 1.0), line)

    try:
        report = job(tell)
    except GridGovError as error:
        bar.empty()
        st.error(str(error).replace(str(paths[0].parent) + "/", ""))
        return
    bar.empty()
    st.session_state[_RESULT] = report
    if not report.is_check:
        _note(
            view,
            "load.publish" if report.published else "load.nothing",
            "、".join(path.name for path in paths),
            {"batch": report.batch_id, "version": report.version},
            report.total("rows"),
        )
        _forget_uploads()
    st.rerun()


def _show_result(view: View) -> None:
    report = st.session_state.get(_RESULT)
    if not isinstance(report, LoadReport):
        return
    counts = {
        name: formats.whole(report.total(name))
        for name in ("rows", "loaded", "updated", "duplicate", "rejected")
    }
    said = _(
        "共 {rows} 行：新增 {loaded}，更正 {updated}，重复 {duplicate}，拒收 {rejected}。", **counts
    )
    if report.is_check:
        st.info(_("检查完成，尚未导入。") + said)
    elif report.published:
        st.success(_("已导入，版本 {n} 生效。", n=report.version) + said)
    else:
        st.info(_("没有新内容，数据未变。") + said)
    st.html(html.table_html(_file_columns(), [_file_row(file) for file in report.files]))
    findings = [f for file in report.files for f in file.findings] + report.findings
    if findings:
        with st.expander(_("发现的问题（{n} 类）", n=len(findings)), expanded=report.is_check):
            st.html(
                html.table_html(
                    _finding_columns(),
                    [
                        {
                            "id": f.check_id,
                            "severity": _("拒收") if f.severity == "error" else _("提醒"),
                            "message": f.message,
                            "row": f.row_number,
                            "example": f.value_hint or "",
                            "n": f.occurrences,
                        }
                        for f in findings
                    ],
                )
            )
    if report.batch_id is not None and report.total("rejected"):
        _rejects_button(view, report.batch_id, report.total("rejected"), "result")
    if st.button(_("知道了"), key="clear_result", type="tertiary"):
        del st.session_state[_RESULT]
        st.rerun()


def _file_columns() -> list[html.TableColumn]:
    return [
        html.TableColumn("path", _("文件")),
        html.TableColumn("table", _("台账")),
        html.TableColumn("rows", _("行数"), "number"),
        html.TableColumn("loaded", _("新增"), "number"),
        html.TableColumn("updated", _("更正"), "number", phone=False),
        html.TableColumn("duplicate", _("重复"), "number", phone=False),
        html.TableColumn("rejected", _("拒收"), "number"),
    ]


def _file_row(file: Any) -> dict[str, html.Cell]:
    return {
        "path": f"{Path(file.path).name} {file.sheet or ''}".strip(),
        "table": table_label(file.table),
        "rows": file.rows,
        "loaded": file.loaded,
        "updated": file.updated,
        "duplicate": file.duplicate,
        "rejected": file.rejected,
    }


def _finding_columns() -> list[html.TableColumn]:
    return [
        html.TableColumn("id", _("编号"), "muted"),
        html.TableColumn("severity", _("处理")),
        html.TableColumn("message", _("问题")),
        html.TableColumn("row", _("首见行"), "number", phone=False),
        html.TableColumn("example", _("例"), "muted", phone=False),
        html.TableColumn("n", _("次数"), "number"),
    ]


def _rejects_button(view: View, batch_id: int, rows: int, key: str) -> None:
    def made() -> bytes:
        record_export(
            workspace(), actor_of(view.identity), kind="xlsx", subject=f"rejects {batch_id}",
            filters={"batch": batch_id}, row_count=rows, personal=True,
            reason=_("修正后重新导入"),
        )  # fmt: skip
        with tempfile.TemporaryDirectory(prefix="gridgov-rejects-") as folder:
            out = Path(folder) / "rejects.xlsx"
            write_rejects(_warehouse(), out, batch_id)
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
        listed, kept = batches(_warehouse()), versions(_warehouse())
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
        st.html(html.table_html(_file_columns(), [_file_row(file) for file in batch.files]))
        if rejected:
            _rejects_button(view, batch.batch_id, rejected, "batch")
        if batch.undone_by is None:
            sure = st.checkbox(_("我确认要撤销这一批"), key=f"sure_{batch.batch_id}")
            if st.button(_("撤销"), key=f"undo_{batch.batch_id}", disabled=not sure):
                _take_back(view, batch.batch_id)


def _take_back(view: View, batch_id: int) -> None:
    try:
        version = undo(_warehouse(), batch_id)
    except GridGovError as error:
        st.error(str(error))
        return
    _note(view, "load.undo", str(batch_id), {"version": version})
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
            rollback(_warehouse(), number)
        except GridGovError as error:
            st.error(str(error))
            return
        _note(view, "load.rollback", str(number), {})
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
