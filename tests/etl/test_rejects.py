"""Point 6: what was refused comes back as a file that loads once it is mended, whatever its source
was like: dates whose order only the whole told, cells beyond the header, a mapping in use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from etl.load import check, load
from etl.rejects import write_rejects
from etl.report import FileReport
from tests.etl.conftest import VISIT_HEADERS, ids, table, visit, write_csv, write_visits

Cells = dict[str, str]


def _rejected(warehouse: Path, out: Path) -> list[list[str]]:
    write_rejects(warehouse, out)
    (page,) = openpyxl.load_workbook(out).worksheets
    return [[str(cell or "") for cell in row] for row in page.iter_rows(values_only=True)]


def _mend(path: Path, change: Callable[[Cells], Cells]) -> None:
    """Change the cells of every row by their headers, as a clerk would, and save."""
    book = openpyxl.load_workbook(path)
    for page in book.worksheets:
        headers = [str(cell.value or "") for cell in page[1]]
        for row in page.iter_rows(min_row=2):
            cells = {
                header: str(cell.value or "") for header, cell in zip(headers, row, strict=True)
            }
            for header, value in change(cells).items():
                row[headers.index(header)].value = value
    book.save(path)


def _load(path: Path, warehouse: Path, mapping: Path | None = None) -> FileReport:
    (report,) = load([path], warehouse, mapping).files
    return report


def test_dates_whose_order_the_whole_column_told(warehouse: Path, tmp_path: Path) -> None:
    path = write_visits(
        tmp_path / "走访.csv",
        visit("V1", "13/04/2025 08:00"),
        visit("V2", "03/04/2025 09:30", 走访人=""),
        visit("V3", "05/04/2025", 走访人=""),
        visit("V4", "99/99/2025"),
    )
    assert _load(path, warehouse).rejected == 3
    out = tmp_path / "拒收.xlsx"
    whens = [row[VISIT_HEADERS.index("走访时间") + 4] for row in _rejected(warehouse, out)[1:]]
    assert whens == ["2025-04-03 09:30:00", "2025-04-05", "99/99/2025"]
    _mend(out, lambda cells: {"走访人": "张三"})
    assert (_load(out, warehouse).loaded, _load(out, warehouse).rejected) == (2, 1)
    assert table(warehouse, "SELECT visit_id, occurred_at FROM visit ORDER BY 1") == [
        ("V1", datetime(2025, 4, 13, 8)),
        ("V2", datetime(2025, 4, 3, 9, 30)),
        ("V3", datetime(2025, 4, 5)),
    ]


@pytest.mark.parametrize("kind", [".csv", ".xlsx"])
def test_cells_beyond_the_header_are_kept_and_refused_until_they_are_mended(
    kind: str, warehouse: Path, tmp_path: Path
) -> None:
    rows = [list(VISIT_HEADERS), visit("V1"), [*visit("V2"), "多出", "", "的"], visit("V3")]
    path = tmp_path / f"走访{kind}"
    if kind == ".csv":
        write_csv(path, rows)
    else:
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in rows:
            book.active.append(row)
        # A space that somebody left far to the right is nothing.
        book.active.cell(row=4, column=12, value=" ")
        book.save(path)
    assert (_load(path, warehouse).rejected, _load(path, warehouse).duplicate) == (1, 2)
    out = tmp_path / "拒收.xlsx"
    assert _rejected(warehouse, out)[1][-3:] == ["多出", "", "的"]
    again = check([out], warehouse).files[0]
    assert (again.rejected, ids(again)) == (1, {"E104"})
    book = openpyxl.load_workbook(out)
    page = book.worksheets[0]
    page.delete_cols(len(VISIT_HEADERS) + 5, 3)
    book.save(out)
    assert _load(out, warehouse).loaded == 1


@pytest.mark.parametrize("kind", [".xlsx", ".csv"])
def test_a_mapping_for_the_source_is_one_for_its_rejects(
    kind: str, warehouse: Path, tmp_path: Path
) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        'table = "visit"\nfile = "inspect*.csv"\nencoding = "gb18030"\ndelimiter = ";"\n'
        'header_row = 2\ndate_order = "mdy"\n[columns]\n"No" = "visit_id"\n'
        '"When" = "occurred_at"\n"Who" = "worker"\n"Where" = "grid"\n'
        '[values.met]\n"Yep" = "是"\n',
        encoding="utf-8",
    )
    path = tmp_path / "inspections.csv"
    path.write_bytes(
        "巡查表\nNo;When;Who;Where;Met someone\n1;03/04/2025;张三;M1;Yep\n"
        "002;03/05/2025;;M1;Yep\n".encode("gb18030")
    )
    first = _load(path, warehouse, mapping)
    assert (first.loaded, first.rejected) == (1, 1)
    out = tmp_path / f"拒收{kind}"
    write_rejects(warehouse, out)
    if kind == ".xlsx":
        _mend(out, lambda cells: {"Who": "李四"})
    else:
        text = out.read_text(encoding="utf-8-sig").replace("2025-03-05,,", "2025-03-05,李四,")
        out.write_text(text, encoding="utf-8-sig")
    assert _load(out, warehouse, mapping).loaded == 1
    assert table(warehouse, "SELECT visit_id, occurred_at, worker, met FROM visit ORDER BY 1") == [
        ("002", datetime(2025, 3, 5), "李四", True),
        ("1", datetime(2025, 3, 4), "张三", True),
    ]


def test_long_numbers_zeros_and_two_header_rows(warehouse: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (
        ["工单编号", "诉求", None, "时间", None],
        [None, "类别", "内容", "受理时间", "办结时间"],
        ["000123456789012345678", "0101", "楼上", "昨天", "2025-01-04"],
        ["0012", "噪声", "楼上", datetime(2025, 1, 3, 8), datetime(2025, 1, 2)],
    ):
        page.append(row)
    book.save(tmp_path / "热线.xlsx")
    assert _load(tmp_path / "热线.xlsx", warehouse).rejected == 2
    out = tmp_path / "拒收.xlsx"
    write_rejects(warehouse, out)
    _mend(out, lambda cells: {"受理时间": "2025-01-01 09:00"})
    assert _load(out, warehouse).loaded == 2
    assert table(warehouse, "SELECT complaint_id, category FROM complaint ORDER BY 1") == [
        ("000123456789012345678", "0101"),
        ("0012", "噪声"),
    ]


def test_a_cell_too_long_for_a_spreadsheet_is_said_to_be_cut(
    warehouse: Path, tmp_path: Path
) -> None:
    path = write_visits(tmp_path / "走访.csv", visit("V1", "昨天", 走访内容="长" * 40_000))
    assert _load(path, warehouse).rejected == 1
    (row,) = _rejected(warehouse, tmp_path / "拒收.xlsx")[1:]
    assert "32,767" in row[0]
    assert len(row[-1]) == 32_767
