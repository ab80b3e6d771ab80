"""Rejected rows: kept beside the published file, given back as one that loads once mended."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import xlsxwriter

from etl.findings import check_of
from etl.rejects_mark import ADDED
from etl.status import batches
from etl.store import Store
from gridgov.errors import UsageError
from gridgov.locale import _, pick
from gridgov.schema import TABLES

__all__ = ["RejectedRow", "read_rejects", "write_rejects"]

_SHEET_NAME = 28
# A spreadsheet's cell holds no more.
_LONGEST = 32_767
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class RejectedRow:
    """One refused row: where it stood, what its cells were, and why, in the reader's language."""

    path: str
    sheet: str
    table: str
    row_number: int
    reasons: str
    check_ids: tuple[str, ...]
    headers: tuple[str, ...]
    cells: tuple[str, ...]


def read_rejects(warehouse: Path, batch_id: int | None = None) -> Iterator[RejectedRow]:
    """The rejected rows of a batch, or of the newest batch in force that has any."""
    store = Store(warehouse)
    for path in _files(store, batch_id):
        for record in pq.read_table(path).to_pylist():
            marks = record["errors"].split(" ")
            yield RejectedRow(
                path=record["path"],
                sheet=record["sheet"],
                table=record["table_name"],
                row_number=record["row_number"],
                reasons="；".join(_reason(mark, record["table_name"]) for mark in marks),
                check_ids=tuple(mark.partition(":")[0] for mark in marks),
                headers=tuple(record["headers"]),
                cells=tuple(record["cells"]),
            )


def write_rejects(warehouse: Path, out: Path, batch_id: int | None = None) -> int:
    """Write the rejected rows to `.xlsx` (a sheet per source) or `.csv`; returns how many.

    The original headers and cells stand as they were, so that the mended file loads as it is.
    Raises `UsageError` for another kind of file, or for a `.csv` when sources differ in headers.
    """
    groups: dict[tuple[str, str, str, tuple[str, ...]], list[RejectedRow]] = {}
    for row in read_rejects(warehouse, batch_id):
        groups.setdefault((row.path, row.sheet, row.table, row.headers), []).append(row)
    if out.suffix.lower() == ".xlsx":
        _write_xlsx(out, list(groups.values()))
    elif out.suffix.lower() == ".csv":
        if len({key[3] for key in groups}) > 1:
            raise UsageError(_("拒收的行来自表头不同的文件，请改用 .xlsx 输出"))
        _write_csv(out, list(groups.values()))
    else:
        raise UsageError(_("{path}：输出只能是 .xlsx 或 .csv", path=out))
    return sum(map(len, groups.values()))


def _files(store: Store, batch_id: int | None) -> list[Path]:
    if not store.rejects.is_dir():
        return []
    kept: dict[int, list[tuple[int, Path]]] = {}
    for path in store.rejects.glob("*-*.parquet"):
        batch, _dash, file = path.stem.partition("-")
        kept.setdefault(int(batch), []).append((int(file), path))
    if batch_id is None:
        in_force = [one.batch_id for one in batches(store.root) if one.undone_by is None]
        batch_id = max((batch for batch in kept if batch in in_force), default=None)
    return [path for _file, path in sorted(kept.get(batch_id or -1, []))]


def _reason(mark: str, table: str) -> str:
    check_id, _colon, names = mark.partition(":")
    check = check_of(check_id, table)
    known = {column.name: pick(column.label, column.label_en) for column in TABLES[table].columns}
    labels = "、".join(known[name] for name in names.split("+") if name in known)
    return f"{check_id} {labels + '：' if labels else ''}{pick(check.zh, check.en)}"


def _source_cells(row: RejectedRow) -> tuple[str, ...]:
    return (row.reasons, Path(row.path).name, row.sheet, str(row.row_number))


def _write_xlsx(out: Path, groups: list[list[RejectedRow]]) -> None:
    with xlsxwriter.Workbook(
        str(out), {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    ) as book:
        bold = book.add_format({"bold": True})
        why = book.add_format({"font_color": "#C2540A"})
        for number, rows in enumerate(groups, start=1):
            label = TABLES[rows[0].table].label
            sheet = book.add_worksheet(f"{label}{number}"[:_SHEET_NAME])
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, 0, 40)
            sheet.write_row(0, 0, [*ADDED, *rows[0].headers], bold)
            for at, row in enumerate(rows, start=1):
                reasons, *cells = (*_source_cells(row), *row.cells)
                if any(len(cell) > _LONGEST for cell in cells):
                    reasons += "；" + _("有单元格太长，这里只有前 32,767 字，请从原文件补全")
                sheet.write_string(at, 0, reasons, why)
                for position, cell in enumerate(cells, start=1):
                    sheet.write_string(at, position, cell[:_LONGEST])
        if not groups:
            book.add_worksheet(_("没有拒收的行"))


def _write_csv(out: Path, groups: list[list[RejectedRow]]) -> None:
    with out.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        if groups:
            writer.writerow([*ADDED, *groups[0][0].headers])
        for row in (row for rows in groups for row in rows):
            cells = (*_source_cells(row), *row.cells)
            # An apostrophe keeps a spreadsheet from running the cell; the loader takes it off.
            writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
