"""The pivot table and the line of facts under an answer, as HTML. No Streamlit here."""

from __future__ import annotations

import re
from html import escape

from gridgov.explore.pivot import Pivot, PivotColumn

__all__ = ["as_written", "pivot_html"]

# A wide table scrolls inside itself; the names of its rows stay in sight.
_STAYS = "position:sticky;left:0;background:var(--gg-paper);"
_TOTAL = "font-weight:600;border-top:1px solid var(--gg-rule);"


def as_written(text: str) -> str:
    """A text for a label that Streamlit reads as Markdown: every sign stays what it is."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))


def pivot_html(table: Pivot, caption: str) -> str:
    """The table with its total set apart; every cell is escaped."""
    heads = "".join(_head(column, place == 0) for place, column in enumerate(table.columns))
    body = []
    for row in table.rows:
        total, muted = row["_kind"] == "total", row["_kind"] == "rest"
        cells = "".join(
            _cell(column, row.get(column.key, "—"), place == 0, total, muted)
            for place, column in enumerate(table.columns)
        )
        body.append(f"<tr>{cells}</tr>")
    name = f'<caption class="gg-hidden">{escape(caption)}</caption>'
    return (
        f'<div class="gg-table" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f"<table>{name}<thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _head(column: PivotColumn, is_first: bool) -> str:
    classes = "" if column.kind == "head" else "gg-num"
    style = f' style="{_STAYS}"' if is_first else ""
    return f'<th scope="col" class="{classes}"{style}>{escape(column.label)}</th>'


def _cell(column: PivotColumn, text: str, is_first: bool, total: bool, muted: bool) -> str:
    classes = [] if column.kind == "head" else ["gg-num"]
    if muted or column.kind == "part" or text in ("—", "<5"):
        classes.append("gg-muted")
    style = (_STAYS if is_first else "") + (_TOTAL if total else "")
    if column.kind == "total" and not total:
        style += "font-weight:600;"
    tag = "th" if is_first else "td"
    scope = ' scope="row"' if is_first else ""
    weight = "color:var(--gg-ink);font-size:14px;" if is_first else ""
    if is_first and not total:
        weight += "font-weight:400;"
    return (
        f'<{tag}{scope} class="{" ".join(classes)}" style="{style}{weight}">{escape(text)}</{tag}>'
    )
