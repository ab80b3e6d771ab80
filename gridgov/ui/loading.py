"""The data page: drop files, see what they are, check, load, mend what was refused, take back.

With `loading_result` and `loading_history` the one place of the interface that reaches the write
side. Uploaded files hold residents' data in clear: they lie in a folder of this session alone
(mode 0700) and go once they are loaded.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from etl.headers import IGNORED, header_key, match
from etl.load import check, load, recognise
from etl.mapping import Recipe
from etl.recognise import SheetGuess
from etl.report import LoadReport
from etl.values import ORDERS, DateOrder
from gridgov.access.sessions import actor_of
from gridgov.errors import GridGovError
from gridgov.locale import _, pick
from gridgov.schema import TABLES
from gridgov.ui import html
from gridgov.ui.loading_history import LEFT_OUT, note, table_label, warehouse
from gridgov.ui.loading_result import RESULT, show_result
from gridgov.ui.view import View, workspace
from gridgov.workspace.audit import Actor
from gridgov.workspace.mapping import list_mappings, save_mapping

__all__ = ["own_name", "upload"]

_FOLDER = "upload_folder"
_PLACED = "upload_placed"
# From here on a load is publishing: nothing that may end the run comes between that and the audit.
_PUBLISHING = 0.95
_KINDS = ["csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods", "parquet", "jsonl", "ndjson",
          "gz", "zip"]  # fmt: skip
_SHOWN_ROWS = 5
_FOUND = "auto"


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
    st.session_state.pop(_PLACED, None)
    st.session_state["upload_round"] = int(st.session_state.get("upload_round", 0)) + 1


def upload(view: View) -> None:
    """From dropped files to a published version, step by step."""
    show_result(view)
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
    placed = _place(given)
    paths = [one.path for one in placed]
    recipes = _sheets(view, placed)
    if recipes is None:
        st.html(html.caption_html(_("上面还有要确认或移去的；处理完就可以检查、导入。")))
        return
    first, second, _rest = st.columns([1, 1, 3])
    if first.button(_("先检查"), key="check_files", width="stretch"):
        _run(view, _("检查"), lambda tell: check(paths, warehouse(), recipes, progress=tell), paths)
    if second.button(_("导入"), key="load_files", type="primary", width="stretch"):
        _run(view, _("导入"), lambda tell: load(paths, warehouse(), recipes, progress=tell), paths)


@dataclass
class _Placed:
    """An uploaded file, and what it was recognised as: large ones are read once, not at every
    click."""

    path: Path
    guesses: list[SheetGuess] | None = None
    error: str = ""


def _place(given: Sequence[UploadedFile]) -> list[_Placed]:
    """Put new files into the folder and take away those that were removed from the list."""
    known: dict[str, _Placed] = st.session_state.setdefault(_PLACED, {})
    folder = _folder()
    wanted = {file.file_id for file in given}
    for gone in set(known) - wanted:
        known.pop(gone).path.unlink(missing_ok=True)
    for file in given:
        if file.file_id not in known or not known[file.file_id].path.is_file():
            taken = {one.path.name for one in known.values()}
            known[file.file_id] = _Placed(folder / own_name(file.name, taken))
            known[file.file_id].path.write_bytes(file.getbuffer())
    return [known[file.file_id] for file in given]


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


def _recognise(one: _Placed) -> None:
    try:
        one.guesses = recognise(one.path)
    except GridGovError as error:
        one.guesses, one.error = [], str(error).replace(f"{one.path.parent}/", "")


def _sheets(view: View, placed: list[_Placed]) -> list[Recipe] | None:
    """What was recognised, sheet by sheet; the recipes, or None while something is still open."""
    recipes: list[Recipe] = []
    is_ready = True
    for one in placed:
        path = one.path
        if one.guesses is None:
            with st.spinner(_("正在识别 {name}", name=path.name)):
                _recognise(one)
        guesses = one.guesses or []
        if one.error:
            st.error(one.error)
            if len(placed) > 1:
                st.html(html.caption_html(_("从列表里移去这个文件，其余的就可以导入。")))
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
    kept = saved.get("table")
    table = kept if kept in TABLES else guess.table or (LEFT_OUT if is_beside else None)
    title = f"{inside} {guess.sheet}".strip()
    is_open = table is None or bool(guess.missing)
    with st.expander(f"{title} · {_head(table, key)}", expanded=is_open):
        table, order = _choices(guess, table, saved.get("date_order"), key)
        if table is None:
            why = _("表头与几种台账都像，请选一种；不是数据就选“不导入”。")
            if len(guess.candidates) < 2:
                why = _("没有认出表头，请选是哪种台账；不是数据就选“不导入”。")
            st.html(html.caption_html(why))
            return None
        file, sheet = escape(inside), escape(guess.sheet) or "*"
        if table == LEFT_OUT:
            return Recipe(skip=True, file=file, sheet=sheet)
        columns = _columns(guess, table, saved, key)
        missing = [
            column for column in TABLES[table].columns
            if column.required and column.name not in columns.values()
        ]  # fmt: skip
        if missing:
            labels = "、".join(pick(column.label, column.label_en) for column in missing)
            st.warning(_("缺少必填列：{labels}。请在上面指定对应的表头。", labels=labels))
        doubled = _doubled(table, columns)
        for label, headers in doubled.items():
            st.warning(
                _("“{label}”对应了几个表头：{headers}。请只留一个，其余选“不导入”。",
                  label=label, headers="、".join(headers))
            )  # fmt: skip
        if guess.first_rows:
            rows = [row[: len(guess.headers)] for row in guess.first_rows[:_SHOWN_ROWS]]
            st.dataframe(_preview(guess.headers, rows), hide_index=True, height="auto")
        content = {"headers": list(guess.headers), "table": table, "columns": columns,
                   "date_order": order}  # fmt: skip
        # As a callback: a click that follows at once would cut the run short before it came here.
        st.button(
            _("记住这个对应关系"), key=f"save_{key}", type="tertiary",
            on_click=_remember, args=(actor_of(view.identity), title[:120], table, content),
        )  # fmt: skip
    if missing or doubled:
        return None
    return Recipe(table=table, date_order=order, columns=columns, file=file, sheet=sheet)


def _remember(actor: Actor, name: str, table: str, content: dict[str, Any]) -> None:
    save_mapping(workspace(), actor, name=name, table_name=table, content=content)
    st.toast(_("已记住，下次同样的表头自动套用"))


def _head(table: str | None, key: str) -> str:
    """What a sheet is taken for, once its reader has had a say."""
    table = st.session_state.get(f"table_{key}", table)
    if table is None:
        return _("需要您确认是哪种台账")
    if table == LEFT_OUT:
        return table_label(table)
    return _("识别为：{table}", table=table_label(table))


def _doubled(table: str, columns: Mapping[str, str]) -> dict[str, list[str]]:
    """Columns of ours, by label, that more than one header is to fill."""
    headers: dict[str, list[str]] = {}
    for header, name in columns.items():
        if name:
            column = TABLES[table].column(name)
            headers.setdefault(pick(column.label, column.label_en), []).append(header)
    return {label: found for label, found in headers.items() if len(found) > 1}


def _choices(
    guess: SheetGuess, table: str | None, kept: DateOrder | None, key: str
) -> tuple[str | None, DateOrder | None]:
    """Which log a sheet is, and which of day and month comes first where only people know."""
    names = [*([] if guess.table else [None]), *TABLES, LEFT_OUT]
    first, second = st.columns(2)
    chosen: str | None = first.selectbox(
        _("台账"),
        names,
        index=names.index(table) if table in names else 0,
        format_func=table_label,
        key=f"table_{key}",
    )
    if chosen in (None, LEFT_OUT):
        return chosen, None
    order = second.selectbox(
        _("日期写法"),
        (_FOUND, *ORDERS),
        index=ORDERS.index(kept) + 1 if kept in ORDERS else 0,
        format_func=_order_label,
        key=f"order_{key}",
    )
    return chosen, next((one for one in ORDERS if one == order), None)


def _order_label(order: str) -> str:
    return {
        _FOUND: _("自动判断"),
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
    names = TABLES[table].column_names
    # An empty choice would be drawn as "None".
    chosen = [known.get(header, "") for header in guess.headers]
    frame = pd.DataFrame(
        {
            "header": list(guess.headers),
            "column": [name if name in names else LEFT_OUT for name in chosen],
        }
    )
    # Of a header that comes twice the left one is meant.
    frame = frame[frame["header"].astype(str).str.strip() != ""].drop_duplicates("header")
    config: dict[str, Any] = {
        "header": st.column_config.TextColumn(_("文件里的表头"), disabled=True),
        "column": st.column_config.SelectboxColumn(
            _("对应的列"),
            options=[LEFT_OUT, *names],
            required=True,
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
    return {
        str(row["header"]): str(row["column"] or "").removeprefix(LEFT_OUT)
        for row in edited.to_dict("records")
    }


def _column_label(table: str, name: str) -> str:
    if name == LEFT_OUT:
        return table_label(name)
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
        if share < _PUBLISHING:
            bar.progress(max(share, 0.0), line)

    try:
        report = job(tell)
    except GridGovError as error:
        bar.empty()
        st.error(str(error).replace(str(paths[0].parent) + "/", ""))
        return
    st.session_state[RESULT] = report
    if not report.is_check:
        note(
            view,
            "load.publish" if report.published else "load.nothing",
            "、".join(path.name for path in paths),
            {"batch": report.batch_id, "version": report.version},
            report.total("rows"),
        )
        _forget_uploads()
    bar.empty()
    st.rerun()
