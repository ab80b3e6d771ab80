"""The tables beside the editor: what there is, in Chinese, with sample values."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from gridgov.explore.catalogue import CatalogueColumn, CatalogueTable
from gridgov.locale import _, language
from gridgov.ui.sql_state import put_text

__all__ = ["columns_html", "own_language", "schema_browser"]

_ORDER = ("fact_", "grid", "worker", "key_", "household", "tenure", "calendar", "mart_")


def schema_browser(tables: Sequence[CatalogueTable]) -> None:
    """Choose a table, see its columns, begin a query from it."""
    ordered = sorted(tables, key=_place)
    names = [table.name for table in ordered]
    known = {table.name: table for table in ordered}
    chosen = st.selectbox(
        _("表（共 {n} 张）", n=len(names)), names, key="sql_table",
        format_func=lambda name: f"{name} · {own_language(known[name].comment)}",
    )  # fmt: skip
    table = known[chosen]
    rows = "" if table.rows is None else _("约 {n} 行", n=f"{table.rows:,}")
    with st.container(height=222, border=True, key="sql_columns"):
        st.html(columns_html(table, rows))
    if st.button(_("查看这张表"), key="sql_table_start", help=_("换成取前 100 行的查询")):
        put_text(f"SELECT *\nFROM {table.name}\nLIMIT 100")
        st.rerun()


def _place(table: CatalogueTable) -> tuple[int, str]:
    for place, prefix in enumerate(_ORDER):
        if table.name.startswith(prefix):
            return place, table.name
    return len(_ORDER), table.name


def own_language(comment: str) -> str:
    """A comment carries both languages, `中文 / English`: the reader's own."""
    zh, slash, en = comment.partition(" / ")
    return en if slash and language() == "en" else zh


def columns_html(table: CatalogueTable, rows: str) -> str:
    """The columns as a list: name, type, comment, samples."""
    head = " · ".join(part for part in (own_language(table.comment), rows) if part)
    items = "".join(_column(column) for column in table.columns)
    return (
        f'<p class="gg-caption">{escape(head)}</p>'
        f'<div style="font-size:13px;line-height:1.5">{items}</div>'
    )


def _column(column: CatalogueColumn) -> str:
    samples = "、".join(sample[:24] for sample in column.samples[:4] if sample)
    said = own_language(column.comment)
    # No code element: Streamlit would colour it like a warning.
    name = f'<b style="font-weight:600">{escape(column.name)}</b>'
    kind = f'<span class="gg-muted"> {escape(column.type.lower())}</span>'
    shown = f'<div class="gg-muted" style="overflow-wrap:anywhere">{escape(samples)}</div>'
    return (
        f'<div style="margin:0 0 8px">{name}{kind}<div>{escape(said)}</div>'
        f"{shown if samples else ''}</div>"
    )
