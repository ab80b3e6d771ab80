"""Point 2: finding the table, its header and its end."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from etl.load import check, recognise
from gridgov.errors import MappingError
from gridgov.schema import TABLES
from tests.etl.conftest import VISIT_HEADERS, check_one, ids, visit, write_csv

HEADERS = Path(__file__).parents[3] / "shared" / "data" / "chinese_headers.csv"


def _sheet(path: Path, *rows: list[object], merge: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for cells in merge:
        sheet.merge_cells(cells)
    book.save(path)
    return path


def test_title_rows_blank_rows_totals_and_notes_are_no_data(tmp_path: Path) -> None:
    rows = [
        ["东山社区走访台账", "", "", "", "", ""],
        ["填报单位：东山社区", "", "", "2025年1月", "", ""],
        ["", "", "", "", "", ""],
        list(VISIT_HEADERS),
        visit("V1"),
        ["", "", "", "", "", ""],
        list(VISIT_HEADERS),
        visit("V2"),
        ["合计", "2", "", "", "", ""],
        ["注：以上数据来自走访系统", "", "", "", "", ""],
        ["制表人：王五", "", "", "", "", ""],
    ]
    report = check_one(write_csv(tmp_path / "走访.csv", rows), tmp_path)
    assert (report.rows, report.loaded, report.rejected) == (2, 2, 0)
    assert report.skipped == {"header": 5, "blank": 1, "total": 1, "note": 2}


def test_a_row_in_the_middle_that_lacks_its_date_is_refused_not_skipped(tmp_path: Path) -> None:
    rows = [list(VISIT_HEADERS), visit("V1"), visit("V2", ""), visit("V3")]
    report = check_one(write_csv(tmp_path / "走访.csv", rows), tmp_path)
    assert (report.rows, report.loaded, report.rejected) == (3, 2, 1)


def test_headers_ignore_width_spaces_units_line_breaks_and_case(tmp_path: Path) -> None:
    rows = [
        ["活动编号*", "活动\n名称", "活动 时间", "参与人次（人次）", "参与户数(户)：", "PLACE"],
        ["A1", "邻里日", "2025-01-03", "12人次", "１０户", "广场"],
    ]
    (guess,) = recognise(write_csv(tmp_path / "x.csv", rows))
    assert guess.table == "activity"
    assert set(guess.columns) == {
        "activity_id", "name", "started_at", "attendances", "households", "place",
    }  # fmt: skip
    assert guess.unknown == ()


def test_a_merged_header_of_two_rows(tmp_path: Path) -> None:
    path = _sheet(
        tmp_path / "a.xlsx",
        ["工单编号", "诉求", None, "时间", None],
        [None, "类别", "内容", "受理时间", "办结时间"],
        ["C1", "噪声", "楼上太吵", "2025-01-03", "2025-01-04"],
        merge=("A1:A2", "B1:C1", "D1:E1"),
    )
    (guess,) = recognise(path)
    assert guess.table == "complaint"
    assert guess.header_height == 2
    assert guess.columns == {
        "complaint_id": 0, "category": 1, "content": 2, "created_at": 3, "closed_at": 4,
    }  # fmt: skip
    report = check_one(path, tmp_path)
    assert (report.rows, report.loaded) == (1, 1)


def test_empty_columns_and_a_range_far_beyond_the_data(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for at, row in enumerate([list(VISIT_HEADERS), visit("V1")]):
        for position, cell in enumerate(row):
            sheet.cell(row=at + 3, column=position * 2 + 2, value=cell)
    sheet.cell(row=60_000, column=40).number_format = "@"
    book.save(tmp_path / "a.xlsx")
    report = check_one(tmp_path / "a.xlsx", tmp_path)
    assert (report.rows, report.loaded) == (1, 1)


def test_several_tables_in_one_workbook_and_a_cover_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    cover = book.active
    assert cover is not None
    cover.title = "封面"
    cover.append(["东山社区 2025 年台账"])
    for title, rows in {
        "走访": [list(VISIT_HEADERS), visit("V1")],
        "网格": [["网格编码", "网格名称", "网格层级"], ["M1", "微网格一", "微网格"]],
    }.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "台账.xlsx")
    report = check([tmp_path / "台账.xlsx"], tmp_path / "warehouse")
    assert [(one.table, one.sheet, one.loaded) for one in report.files] == [
        ("grid", "网格", 1),
        ("visit", "走访", 1),
    ]


def test_a_sheet_that_is_passed_over_is_told_without_the_resident_it_is_called_after(
    tmp_path: Path,
) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in ([*VISIT_HEADERS], visit("V1", 走访对象="欧阳翠花")):
        page.append(row)
    other = book.create_sheet("欧阳翠花的反馈")
    for row in (["问题", "打分"], ["服务好吗", "5"], ["还有呢", "4"]):
        other.append(row)
    book.save(tmp_path / "台账.xlsx")
    report = check([tmp_path / "台账.xlsx"], tmp_path / "warehouse")
    (told,) = [one for one in report.findings if one.check_id == "W112"]
    assert (told.value_hint, told.occurrences) == ("台账.xlsx [已隐去]的反馈", 3)


def test_signatures_at_the_foot_are_notes(tmp_path: Path) -> None:
    rows = [
        list(VISIT_HEADERS),
        visit("V1"),
        ["制表：王五", "审核：赵六", "日期：2025-02-01", "", "", ""],
        ["单位（盖章）：", "", "", "", "", "联系人：钱七"],
    ]
    report = check_one(write_csv(tmp_path / "走访.csv", rows), tmp_path)
    assert (report.rows, report.loaded, report.rejected) == (1, 1, 0)
    assert report.skipped == {"header": 1, "note": 2}


def test_unknown_headers_are_reported_with_the_nearest_guess(tmp_path: Path) -> None:
    rows = [[*VISIT_HEADERS, "走访时长(分钟)", "天气"], [*visit("V1"), "20", "晴"]]
    report = check_one(write_csv(tmp_path / "走访.csv", rows), tmp_path)
    shown = [one.value_hint for one in report.findings if one.check_id == "W111"]
    assert shown == ["走访时长(分钟) → 走访时间?", "天气"]
    assert report.loaded == 1


def test_a_column_that_comes_twice_is_told(tmp_path: Path) -> None:
    rows = [[*VISIT_HEADERS, "走访人"], [*visit("V1"), "李四"]]
    report = check_one(write_csv(tmp_path / "走访.csv", rows), tmp_path)
    shown = [one.value_hint for one in report.findings if one.check_id == "W111"]
    assert shown == ["走访人（“走访人”已取自第 3 列）"]


def test_a_doubtful_sheet_is_asked_about_not_guessed(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "x.csv", [["网格编号", "工号", "开始日期"], ["M1", "W1", "2025-01-01"]]
    )
    (guess,) = recognise(path)
    assert guess.table == "tenure"
    path = write_csv(tmp_path / "y.csv", [["类别", "备注"], ["甲", "乙"]])
    with pytest.raises(MappingError) as caught:
        check([path], tmp_path / "warehouse")
    assert "y.csv" in str(caught.value)


def test_a_missing_required_column_is_named(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "走访.csv", [["走访编号", "走访人", "走访内容"], ["V1", "张三", "x"]]
    )
    with pytest.raises(MappingError) as caught:
        check([path], tmp_path / "warehouse")
    assert "走访时间" in str(caught.value)
    assert "所属网格" in str(caught.value)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_is_recognised_by_its_own_labels(name: str, tmp_path: Path) -> None:
    declared = TABLES[name]
    path = write_csv(tmp_path / "x.csv", [[column.label for column in declared.columns], ["x"]])
    (guess,) = recognise(path)
    assert guess.table == name
    assert guess.columns == {column.name: at for at, column in enumerate(declared.columns)}
    names = write_csv(tmp_path / "y.csv", [[column.name for column in declared.columns], ["x"]])
    assert recognise(names)[0].table == name


def test_the_headers_of_real_systems_are_known() -> None:
    if not HEADERS.is_file():
        pytest.skip("the list of real headers is not on this machine")
    from etl.headers import match

    wanted = {
        "visit": {"worker_name": "worker", "visit_time": "occurred_at", "visit_date": "occurred_at",
                  "grid": "grid", "address": "household", "record_no": "visit_id",
                  "visited": "person", "visit_mode": "mode", "purpose": "purpose"},
        "complaint": {"order_no": "complaint_id", "accept_time": "created_at",
                      "report_time": "created_at", "complete_time": "closed_at",
                      "channel": "source", "reply": "reply", "satisfaction": "satisfied"},
        "activity": {"name": "name", "start_time": "started_at", "end_time": "ended_at",
                     "registered": "enrolled", "participants": "attendances"},
    }  # fmt: skip
    with HEADERS.open(encoding="utf-8") as handle:
        rows = [
            row for row in csv.DictReader(handle) if row["canonical"] in wanted.get(row["log"], {})
        ]
    missed = [
        (row["log"], row["header"])
        for row in rows
        if wanted[row["log"]][row["canonical"]]
        not in match(TABLES[row["log"]], [row["header"]]).columns
    ]
    assert len(rows) > 40
    assert missed == []


def test_names_are_found_in_the_guess_and_values_in_its_first_rows(tmp_path: Path) -> None:
    (guess,) = recognise(write_csv(tmp_path / "走访.csv", [list(VISIT_HEADERS), visit("V1")]))
    assert guess.headers == VISIT_HEADERS
    assert guess.first_rows == (tuple(visit("V1")),)
    assert ids(check_one(tmp_path / "走访.csv", tmp_path)) <= {"W501"}


def test_totals_and_page_marks_as_exporters_write_them(tmp_path: Path) -> None:
    rows = [
        list(VISIT_HEADERS),
        visit("V1"),
        ["第1页 共3页"],
        ["", "本页小计", "1", "", "", ""],
        list(VISIT_HEADERS),
        visit("V2"),
        ["第 2 页", "", "共 3 页"],
        ["东山社区合计：", "2", "", "", "", ""],
        visit("V3"),
        ["总 计", "", "3人次", "", "", ""],
    ]
    report = check_one(write_csv(tmp_path / "走访.csv", rows), tmp_path)
    assert (report.rows, report.loaded) == (3, 3)
    assert report.skipped == {"header": 2, "total": 3, "note": 2}


def test_a_row_that_only_begins_like_a_total_is_refused_not_skipped(tmp_path: Path) -> None:
    rows = [
        ["活动名称", "活动时间", "举办网格", "地点", "参与人次"],
        ["邻里日", "2025-01-03", "M1", "广场", "3"],
        ["累计积分兑换", "", "M1", "广场", "5"],
        ["合计", "", "M1", "广场", "5"],
        ["义诊", "2025-01-04", "M1", "广场", "3"],
    ]
    report = check_one(write_csv(tmp_path / "活动.csv", rows), tmp_path)
    assert (report.rows, report.loaded, report.rejected) == (4, 2, 2)


def test_units_in_the_lower_of_two_header_rows(tmp_path: Path) -> None:
    path = _sheet(
        tmp_path / "a.xlsx",
        ["活动\n名称", "活动时间", "参与情况", None, None],
        [None, None, "人次（人）", "户数\n(户)", "首次参与(人)"],
        ["邻里日", "2025-01-03", "12人次", "10户", "3"],
        merge=("A1:A2", "B1:B2", "C1:E1"),
    )
    (guess,) = recognise(path)
    assert guess.unknown == ()
    assert guess.columns == {
        "name": 0, "started_at": 1, "attendances": 2, "households": 3, "first_timers": 4,
    }  # fmt: skip


def test_commas_in_notes_are_not_taken_for_the_delimiter(tmp_path: Path) -> None:
    rows = [[*visit(f"V{at}")[:5], "一，二，三，四，五，六，七，八，九"] for at in range(9)]
    lines = ["|".join(row) for row in [list(VISIT_HEADERS), *rows]]
    path = tmp_path / "走访.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    report = check_one(path, tmp_path)
    assert (report.rows, report.loaded) == (9, 9)
