"""The editor for SQL: highlighting, completion of tables and columns, Ctrl+Enter.

CodeMirror 6, built into one committed file (`tools/editor`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridgov.explore.catalogue import CatalogueTable, Completion
from gridgov.locale import _
from gridgov.ui.component import SQL_EDITOR
from gridgov.ui.sql_schema import own_language

__all__ = ["editor_words", "sql_editor"]

_TYPES = (
    "bigint boolean date decimal double float hugeint integer interval smallint time timestamp "
    "tinyint varchar"
)


def editor_words(
    tables: Sequence[CatalogueTable], completions: Sequence[Completion]
) -> dict[str, Any]:
    """What the editor colours and completes: words of the language, tables with their columns."""

    def of_kind(kind: str) -> str:
        return " ".join(item.word for item in completions if item.kind == kind)

    return {
        "keywords": of_kind("keyword").lower(),
        "functions": of_kind("function"),
        "types": _TYPES,
        "tables": [
            {
                "name": table.name,
                "comment": _short(table.comment),
                "columns": [
                    {
                        "name": column.name,
                        "comment": _short(column.comment),
                        "detail": f"{column.type.lower()} {_short(column.comment)}".strip(),
                    }
                    for column in table.columns
                ],
            }
            for table in tables
        ],
    }


def _short(comment: str) -> str:
    """The first clause of a comment: a completion list has room for a few words."""
    comment = own_language(comment)
    for mark in "。；;，,（(":
        comment = comment.split(mark, 1)[0]
    return comment[:24]


def sql_editor(text: str, stamp: int, words: dict[str, Any], *, key: str) -> tuple[str, str | None]:
    """Draw the editor; gives its text and, when Ctrl+Enter was pressed, what to run.

    Another `stamp` makes a new editor that begins with `text`; until then the text is the
    browser's.
    """
    shown = SQL_EDITOR.mount()(
        key=f"{key}_{stamp}",
        data={
            "text": text,
            "words": words,
            "label": _("SQL 语句"),
            "placeholder": _("在此写 SELECT 查询；Ctrl+Enter 运行，输入表名或列名时会给出提示"),
            "phrases": {"Completions": _("可选项")},
        },
        default={"text": text},
        on_text_change=_changed,
        on_run_change=_changed,
    )
    given = getattr(shown, "run", None)
    chosen = given.get("text") if isinstance(given, dict) else None
    return str(shown.text if shown.text is not None else text), chosen


def _changed() -> None:
    """A component's values count only where a callback names them."""
