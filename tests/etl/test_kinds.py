"""Point 1: every kind of file, every encoding, archives and folders."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlwt
from odf import table as odf_table
from odf import text as odf_text
from odf.opendocument import OpenDocumentSpreadsheet

from etl.load import check, load
from gridgov.errors import DataFileError
from tests.etl.conftest import VISIT_HEADERS, check_one, ids, table, visit, write_visits

ROWS = [list(VISIT_HEADERS), visit("V1"), visit("V2", "2025/1/4 9:30", 走访内容="一切正常，无异常")]


def _text(rows: list[list[str]], delimiter: str = ",") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return buffer.getvalue()


def _xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ROWS:
        sheet.append(row)
    book.save(path)


def _xls(path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("走访")
    for at, row in enumerate(ROWS):
        for position, cell in enumerate(row):
            sheet.write(at, position, cell)
    book.save(str(path))


def _ods(path: Path) -> None:
    document = OpenDocumentSpreadsheet()
    sheet = odf_table.Table(name="走访")
    for row in ROWS:
        line = odf_table.TableRow()
        for cell in row:
            box = odf_table.TableCell(valuetype="string")
            box.addElement(odf_text.P(text=cell))
            line.addElement(box)
        sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    document.save(str(path))


def _parquet(path: Path) -> None:
    header, *rows = ROWS
    columns = {name: [row[at] for row in rows] for at, name in enumerate(header)}
    pq.write_table(pa.table(columns), path)


def _jsonl(path: Path) -> None:
    header, *rows = ROWS
    lines = [json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


WRITERS = {
    "a.csv": lambda path: path.write_text(_text(ROWS), encoding="utf-8"),
    "a.tsv": lambda path: path.write_text(_text(ROWS, "\t"), encoding="utf-8"),
    "semicolon.txt": lambda path: path.write_text(_text(ROWS, ";"), encoding="utf-8"),
    "bar.txt": lambda path: path.write_text(_text(ROWS, "|"), encoding="utf-8"),
    "a.xlsx": _xlsx,
    "a.xlsm": _xlsx,
    "a.xls": _xls,
    "a.ods": _ods,
    "a.parquet": _parquet,
    "a.jsonl": _jsonl,
}


@pytest.mark.parametrize("name", sorted(WRITERS))
@pytest.mark.parametrize("packed", ["", ".gz", ".zip"])
def test_every_kind_plain_and_packed(name: str, packed: str, tmp_path: Path) -> None:
    path = tmp_path / name
    WRITERS[name](path)
    if packed == ".gz":
        path = tmp_path / f"{name}.gz"
        path.write_bytes(gzip.compress((tmp_path / name).read_bytes()))
    if packed == ".zip":
        path = tmp_path / "all.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(tmp_path / name, f"导出/{name}")
            archive.writestr("说明.pdf", b"%PDF")
    report = check_one(path, tmp_path)
    assert (report.table, report.rows, report.loaded) == ("visit", 2, 2)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gbk", "gb18030"]
)
def test_every_encoding_gives_the_same_rows(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "走访.csv"
    path.write_bytes(_text(ROWS).encode(encoding))
    warehouse = tmp_path / "warehouse"
    load([path], warehouse)
    assert table(warehouse, "SELECT visit_id, worker, note FROM visit ORDER BY 1") == [
        ("V1", "张三", None),
        ("V2", "张三", "一切正常，无异常"),
    ]


def test_gbk_that_begins_after_a_megabyte_of_ascii_is_found(tmp_path: Path) -> None:
    lines = ["visit_id,occurred_at,worker,grid,note"]
    lines += [f"V{at},2025-01-03 08:05:00,W1,M1,{'x' * 100}" for at in range(50_000)]
    lines += ["V-last,2025-01-03 08:05:00,W1,M1,一切正常"]
    path = tmp_path / "走访.csv"
    path.write_bytes("\n".join(lines).encode("gb18030"))
    report = check_one(path, tmp_path)
    assert (report.loaded, report.encoding) == (50_001, "gb18030")


def test_undecodable_bytes_are_counted_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "走访.csv"
    whole = _text([ROWS[0], visit("V1", 走访内容="正常")]).encode("gb18030")
    path.write_bytes(whole.replace("正常".encode("gb18030"), b"\xff\xff") * 1)
    report = check_one(path, tmp_path)
    (finding,) = [one for one in report.findings if one.check_id == "W109"]
    assert finding.occurrences == 2
    assert report.loaded == 1


def test_a_folder_gives_every_table_in_it_and_passes_over_the_rest(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write_visits(folder / "a" / "走访.csv", visit("V1"))
    write_visits(folder / "b" / "走访.csv", visit("V2"))
    (folder / "说明.md").write_text("x")
    (folder / ".hidden.csv").write_text("x")
    (folder / "~$走访.xlsx").write_text("x")
    report = check([folder], tmp_path / "warehouse")
    assert [one.loaded for one in report.files] == [1, 1]


def test_real_datetimes_numbers_and_texts_in_one_column(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(VISIT_HEADERS))
    for number, when in enumerate(
        [datetime(2025, 1, 3, 8, 5), "2025年1月3日 8时5分", 45660.33680555556, "2025-01-03 08:05"]
    ):
        sheet.append([1000 + number, when, "张三", "M1", "", ""])
    book.save(tmp_path / "走访.xlsx")
    load([tmp_path / "走访.xlsx"], tmp_path / "warehouse")
    assert table(tmp_path / "warehouse", "SELECT visit_id, occurred_at FROM visit ORDER BY 1") == [
        (str(1000 + number), datetime(2025, 1, 3, 8, 5)) for number in range(4)
    ]


def test_a_number_that_the_spreadsheet_has_rounded_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(VISIT_HEADERS))
    sheet.append([510112199001011234, datetime(2025, 1, 3), "张三", "M1", "", ""])
    sheet.append(["510112199001011235", datetime(2025, 1, 3), "张三", "M1", "", ""])
    book.save(tmp_path / "走访.xlsx")
    report = check_one(tmp_path / "走访.xlsx", tmp_path)
    assert (report.loaded, report.rejected) == (1, 1)
    assert ids(report) == {"E105"}


def test_a_worker_s_account_that_the_spreadsheet_has_rounded_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(VISIT_HEADERS))
    for at, worker in enumerate([510112199001011234, "5.10112E+17", "张三、5.1E+17", "张三+李四"]):
        sheet.append([f"V{at}", datetime(2025, 1, 3), worker, "M1", "", ""])
    book.save(tmp_path / "走访.xlsx")
    report = check_one(tmp_path / "走访.xlsx", tmp_path)
    assert (report.loaded, report.rejected) == (1, 3)
    assert ids(report) == {"E105"}


def test_numbers_guarded_from_spreadsheets_are_the_numbers(tmp_path: Path) -> None:
    rows = [
        [f'="{header}"' for header in VISIT_HEADERS],
        ['="00123"', '="2025-01-03"', '="张三"', '="M1"', '="王五"', '="好"'],
    ]
    warehouse = tmp_path / "warehouse"
    load([write_visits(tmp_path / "a.csv", visit("00123", "2025-01-03"))], warehouse)
    path = tmp_path / "走访.csv"
    path.write_text(_text(rows), encoding="utf-8")
    (report,) = load([path], warehouse).files
    assert (report.table, report.loaded, report.updated) == ("visit", 0, 1)
    assert table(warehouse, "SELECT visit_id, worker, grid FROM visit") == [("00123", "张三", "M1")]


def test_lines_of_json_of_several_types_and_with_parts_are_read(
    warehouse: Path, tmp_path: Path
) -> None:
    rows = [
        {"走访编号": 1, "走访时间": "2025-01-03", "走访人": ["张三", "李四"], "所属网格": 101.0},
        {"走访编号": "A2", "走访时间": "2025-01-04T08:05:00+08:00", "走访人": "张三",
         "所属网格": "M1", "是否见面": False, "位置": {"x": 1}},
    ]  # fmt: skip
    path = tmp_path / "走访.jsonl"
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\ufeff" + "\n\n".join(lines), encoding="utf-8")
    (report,) = load([path], warehouse).files
    assert (report.loaded, report.rejected) == (2, 0)
    assert table(warehouse, "SELECT visit_id, worker, grid, met FROM visit ORDER BY 1") == [
        ("1", "张三、李四", "101", None),
        ("A2", "张三", "M1", False),
    ]
    path.write_text(lines[0] + '\n{"走访编号": \n', encoding="utf-8")
    with pytest.raises(DataFileError, match="第 2 行"):
        check([path], warehouse)


def test_parquet_with_gaps_among_its_numbers_and_with_structures(
    warehouse: Path, tmp_path: Path
) -> None:
    columns = {
        "走访编号": pa.array([1001.0, None], pa.float64()),
        "走访时间": pa.array([datetime(2025, 1, 3), datetime(2025, 1, 4)]),
        "走访人": pa.array(["张三", "李四"]),
        "所属网格": pa.array([101.5, 102.0]),
        "位置": pa.array([{"x": 1}, {"x": 2}]),
        "原文": pa.array([b"\xff", b"a"]),
    }
    pq.write_table(pa.table(columns), tmp_path / "走访.parquet")
    (report,) = load([tmp_path / "走访.parquet"], warehouse).files
    assert (report.loaded, report.rejected) == (2, 0)
    assert table(warehouse, "SELECT visit_id[1:4], grid FROM visit ORDER BY occurred_at")[0] == (
        "1001",
        "101.5",
    )
    assert table(warehouse, "SELECT grid FROM visit ORDER BY occurred_at")[1] == ("102",)


@pytest.mark.parametrize("name", ["a.pdf", "a.gz", "missing.csv"])
def test_what_is_no_data_file_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if name != "missing.csv":
        path.write_bytes(b"nothing")
    with pytest.raises(DataFileError) as caught:
        check([path], tmp_path / "warehouse")
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_found_where_there_is_little_ascii(
    encoding: str, tmp_path: Path
) -> None:
    note = "一切正常，家中一人，反映路灯损坏已上报社区处理" * 4
    rows = [ROWS[0], *(visit(f"V{at}", 走访内容=note) for at in range(20))]
    path = tmp_path / "走访.txt"
    path.write_bytes(_text(rows, "|").encode(encoding))
    report = check_one(path, tmp_path)
    assert (report.loaded, report.encoding) == (20, encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_lines_that_end_in_a_return_alone(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "走访.csv"
    path.write_bytes(_text(ROWS).replace("\r\n", "\r").encode(encoding))
    report = check_one(path, tmp_path)
    assert (report.rows, report.loaded) == (2, 2)


def test_files_packed_twice_are_read_too(tmp_path: Path) -> None:
    def line(number: str) -> bytes:
        return _text([ROWS[0], visit(number)]).encode("gbk")

    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("走访.csv", line("V1"))
    path = tmp_path / "全部.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("一月/走访.csv", line("V2"))
        archive.writestr("二月/走访.csv.gz", gzip.compress(line("V3")))
        archive.writestr("三月/走访.zip", inner.getvalue())
        archive.writestr("__MACOSX/一月/._走访.csv", b"\0\5\x16\7")
    warehouse = tmp_path / "warehouse"
    report = load([path], warehouse)
    assert [one.loaded for one in report.files] == [1, 1, 1]
    assert len({one.sha256 for one in report.files}) == 3
    assert table(warehouse, "SELECT visit_id FROM visit ORDER BY 1") == [("V1",), ("V2",), ("V3",)]
    assert load([path], warehouse).published is False


def test_archives_in_archives_have_an_end(tmp_path: Path) -> None:
    content = _text(ROWS).encode()
    name = "走访.csv"
    for depth in range(6):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(name, content)
        content, name = packed.getvalue(), f"{depth}.zip"
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(DataFileError, match="套得太深"):
        check([path], tmp_path / "warehouse")


@pytest.mark.parametrize(
    ("written", "named"),
    [("a.xlsx", "b.xls"), ("a.xls", "b.xlsx"), ("a.xlsx", "b.csv"), ("a.tsv", "b.xls")],
)
def test_what_a_file_holds_counts_and_not_its_name(
    written: str, named: str, tmp_path: Path
) -> None:
    WRITERS[written](tmp_path / written)
    path = (tmp_path / written).rename(tmp_path / named)
    report = check_one(path, tmp_path)
    assert (report.table, report.rows, report.loaded) == ("visit", 2, 2)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("<html><table><tr><td>走访时间</td></tr></table></html>".encode("gbk"), "网页"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook></Workbook>', "网页"),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "密码",
        ),
    ],
)
def test_web_pages_and_locked_workbooks_are_told(content: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "走访.xls"
    path.write_bytes(content)
    with pytest.raises(DataFileError, match=why):
        check([path], tmp_path / "warehouse")
