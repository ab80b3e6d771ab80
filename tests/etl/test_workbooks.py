"""What workbooks hold beside text and numbers: errors, formulas, days counted from 1904."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import xlsxwriter

from etl.load import load
from tests.etl.conftest import VISIT_HEADERS, check_one, table, visit


def test_errors_and_formulas_without_a_result_are_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "走访 <1>"
    page.append([*VISIT_HEADERS, "天气"])
    page.append(["V1", "#N/A", "张三", "M1", "", "#REF!", "#N/A"])
    page.append(["V2", "=DATE(2025,1,3)", "张三", "M1", "", "好", "=1+1"])
    page.append(["V3", "2025-01-03", "张三", "M1", "", "#REF!", ""])
    for place in ("B2", "F2", "G2"):
        page[place].data_type = "e"
    page["F4"].data_type = "s"
    book.save(tmp_path / "走访.xlsx")
    report = check_one(tmp_path / "走访.xlsx", tmp_path)
    told = [
        (one.column, one.row_number, one.occurrences)
        for one in report.findings
        if one.check_id == "W113"
    ]
    # What stands in columns that are not loaded is nobody's matter, and a text is a text.
    assert told == [("occurred_at", 2, 2), ("note", 2, 1)]
    assert (report.loaded, report.rejected) == (1, 2)


def test_formulas_with_a_result_are_not_told(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "走访.xlsx")) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, VISIT_HEADERS)
        for at in range(1, 400):
            page.write_row(at, 0, visit(f"V{at}"))
            page.write_formula(at, 5, f'="第"&{at}', None, f"第{at}")
        page.write_formula(399, 5, "=1/0", None, "#DIV/0!")
    report = check_one(tmp_path / "走访.xlsx", tmp_path)
    (told,) = [one for one in report.findings if one.check_id == "W113"]
    assert (told.column, told.row_number, told.occurrences) == ("note", 400, 1)


def test_days_counted_from_1904(tmp_path: Path, warehouse: Path) -> None:
    path = tmp_path / "走访.xlsx"
    with xlsxwriter.Workbook(str(path), {"date_1904": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, VISIT_HEADERS)
        for at, cell in enumerate(["", (date(2025, 1, 3) - date(1904, 1, 1)).days], start=1):
            page.write_row(at, 0, [f"V{at}", cell, "张三", "M1"])
        shown = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        page.write_datetime(1, 1, datetime(2025, 1, 3, 8, 5), shown)
    load([path], warehouse)
    assert table(warehouse, "SELECT occurred_at FROM visit ORDER BY visit_id") == [
        (datetime(2025, 1, 3, 8, 5),),
        (datetime(2025, 1, 3),),
    ]
