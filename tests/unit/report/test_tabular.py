"""Tables as files: what a spreadsheet sees, and what it must never take for a formula."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gridgov.errors import UsageError
from gridgov.report.tabular import About, format_of, table_bytes, write_table
from gridgov.report.tabular_cells import harmless_text
from gridgov.report.tabular_xlsx import XlsxBook

ABOUT = About(
    title="走访记录",
    made_at=datetime(2026, 11, 23, 9, 30),
    data_version="7（2026-11-20）",
    filters=(("期间", "2026年10月"),),
    definitions=(("见面率", "见到人的走访 / 走访"),),
)
TABLE = pa.table(
    {
        "网格": ["东山一网格", "=1+1", None],
        "次数": pa.array([3, None, 2**60], pa.int64()),
        "率": pa.array([0.5, float("nan"), None], pa.float64()),
        "时间": pa.array([datetime(2026, 10, 1, 8, 5, 9, 500), None, datetime(1800, 1, 1)]),
        "日期": pa.array([date(2026, 10, 1), None, None]),
        "份额": pa.array([Decimal("0.125"), None, Decimal("1.000")]),
        "列表": pa.array([[1, 2], None, []]),
        "是": pa.array([True, False, None]),
    }
)


def _csv(table: pa.Table) -> list[list[str]]:
    text = table_bytes(table, "csv", ABOUT).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_csv_opens_in_excel() -> None:
    raw = table_bytes(TABLE, "csv", ABOUT)
    assert raw.startswith(b"\xef\xbb\xbf") and not raw[3:].startswith(b"\xef\xbb\xbf")
    rows = _csv(TABLE)
    assert rows[0] == TABLE.column_names
    assert rows[1] == [
        "东山一网格", "3", "0.5", "2026-10-01 08:05:09", "2026-10-01", "0.125", "[1, 2]", "true"
    ]  # fmt: skip
    assert rows[2][0] == "'=1+1"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1",
        "\u3000=1",
        "\u00a0=HYPERLINK(1)",
        "\ufeff=1",
        "＝1+1",
        "＋1",
        "－1+1",
        "＠SUM",
        "|calc",
        "=\x001",
    ],
)
def test_formulas_are_neutralised_everywhere(text: str) -> None:
    assert harmless_text(text).startswith("'")
    table = pa.table({text: [text]})
    cells = [cell for row in _csv(table) for cell in row]
    assert all(cell.startswith("'") for cell in cells)
    book = openpyxl.load_workbook(io.BytesIO(table_bytes(table, "xlsx", ABOUT)))
    assert {cell.data_type for row in book.worksheets[0] for cell in row} == {"s"}


@pytest.mark.parametrize("text", ["-5", "+3.2", "东山=一", "a@b", "", "3-1", "—"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert harmless_text(text) == text


def test_control_and_direction_characters_are_dropped() -> None:
    assert harmless_text("a\x1b[31mb\u202ec\x00") == "a[31mbc"


def test_workbook_has_types_and_a_sheet_about_it(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    assert write_table(TABLE, path, "xlsx", ABOUT) == 3
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["数据", "说明"]
    sheet = book["数据"]
    assert [cell.value for cell in sheet[1]] == TABLE.column_names
    first = [cell.value for cell in sheet[2]]
    assert first[:3] == ["东山一网格", 3, 0.5] and first[5] == 0.125
    assert first[4] == datetime(2026, 10, 1) and first[7] is True
    assert sheet["A3"].value == "=1+1" and sheet["A3"].data_type == "s"
    assert sheet["C3"].value is None  # a missing number is an empty cell, never an error
    assert sheet["B4"].value == str(2**60)  # more digits than a spreadsheet keeps
    assert sheet["D4"].value == "1800-01-01 00:00:00"
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == "A1:H4"
    about = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert about["数据版本"] == "7（2026-11-20）"
    assert about["生成时间"] == "2026-11-23 09:30:00"
    assert about["筛选：期间"] == "2026年10月"
    assert about["口径：见面率"] == "见到人的走访 / 走访"


def test_workbook_goes_on_to_a_further_sheet(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    table = pa.table({"n": list(range(25))})
    book = XlsxBook(path, table.schema, "t", ABOUT.lines, sheet_rows=11)
    for batch in table.to_batches(max_chunksize=7):
        book.write_batch(batch)
    book.close()
    read = openpyxl.load_workbook(path)
    assert read.sheetnames == ["数据", "数据 2", "数据 3", "说明"]
    cells = [row[0].value for name in read.sheetnames[:3] for row in read[name].iter_rows(2)]
    assert cells == list(range(25))


def test_long_cells_are_cut_and_counted() -> None:
    table = pa.table({"a": ["长" * 40_000]})
    book = openpyxl.load_workbook(io.BytesIO(table_bytes(table, "xlsx", ABOUT)))
    assert len(book["数据"]["A2"].value) == 32_767
    assert any("1 个单元格超过" in str(row[1].value) for row in book["说明"].iter_rows())


def test_parquet_keeps_types_and_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    write_table(TABLE, path, "parquet", ABOUT)
    read = pq.read_table(path)
    assert read.schema.field("份额").type == pa.decimal128(4, 3)
    assert read.column("网格").to_pylist() == ["东山一网格", "=1+1", None]
    assert "走访记录" in pq.read_schema(path).metadata[b"gridgov"].decode()


def test_frames_and_empty_tables_are_written() -> None:
    frame = pd.DataFrame({"a": ["x"], "b": [1]})
    assert _csv(pa.Table.from_pandas(frame)) == [["a", "b"], ["x", "1"]]
    assert table_bytes(frame, "csv", ABOUT).decode("utf-8-sig").splitlines()[1] == '"x",1'
    for kind in ("csv", "xlsx", "parquet"):
        assert table_bytes(TABLE.slice(0, 0), kind, ABOUT)  # type: ignore[arg-type]


def test_suffix_names_the_format() -> None:
    assert format_of(Path("a.XLSX")) == "xlsx"
    with pytest.raises(UsageError, match=r"不认识的文件类型“\.docx”"):
        format_of(Path("a.docx"))
