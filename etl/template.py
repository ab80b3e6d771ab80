"""Upload templates: an empty sheet whose headers the loader knows, with help and allowed values."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import xlsxwriter

from gridgov.errors import UsageError
from gridgov.locale import _, pick
from gridgov.schema import TABLES, Column

__all__ = ["template_bytes", "write_template"]

_ROWS = 5_000
_MAX_LIST = 255


def write_template(table: str, out: Path) -> None:
    """Write the template of `table` to an .xlsx file. Raises `UsageError` for an unknown table."""
    out.write_bytes(template_bytes(table))


def template_bytes(table: str) -> bytes:
    """The template of `table` as an .xlsx file in memory, for a download button."""
    if table not in TABLES:
        raise UsageError(_("没有表 {table}；可用：{tables}", table=table, tables=" ".join(TABLES)))
    declared = TABLES[table]
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        must = book.add_format({"bold": True, "bg_color": "#EEF1F5", "font_color": "#C2540A"})
        may = book.add_format({"bold": True, "bg_color": "#EEF1F5"})
        as_text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(declared.label)
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(declared.columns):
            # Text cells keep long numbers and dates as they are typed.
            sheet.set_column(at, at, max(12, 2 * len(column.label) + 4), as_text)
            sheet.write_string(0, at, column.label, must if column.required else may)
            sheet.write_comment(0, at, _help(column))
            options = _options(column)
            if options and len(",".join(options)) <= _MAX_LIST:
                # Other values are allowed: unknown ones are kept and listed.
                sheet.data_validation(
                    1, at, _ROWS, at,
                    {"validate": "list", "source": options, "error_type": "information"},
                )  # fmt: skip
    return buffer.getvalue()


def _options(column: Column) -> list[str]:
    if column.kind == "flag":
        return ["是", "否"]
    return [value.code for value in column.values]


def _help(column: Column) -> str:
    lines = [pick(column.label, column.label_en) + (_("（必填）") if column.required else "")]
    if column.description:
        lines.append(pick(column.description, column.description_en))
    if column.unit:
        lines.append(_("单位：{unit}", unit=column.unit))
    if column.kind in ("timestamp", "date"):
        lines.append(_("例：2026-10-31 09:30") if column.kind == "timestamp" else "2026-10-31")
    return "\n".join(lines)
