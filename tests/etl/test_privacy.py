"""Point 7: no resident's name, telephone or number in any byte of what is published."""

from __future__ import annotations

import hmac
import os
from pathlib import Path

import openpyxl
import pytest

from etl.load import load
from etl.privacy import Pseudonyms, key_path, looks_like_identity_number, strike
from gridgov.errors import WarehouseError
from tests.etl.conftest import REFERENCES, table, visit, write_csv, write_visits

NAME, ADDRESS = "欧阳翠花", "东山路88弄7号301室"
PHONE, LANDLINE, IDENTITY, PLATE = "13812345678", "028-84812345", "510112199001011230", "川A8K36D"


def test_no_planted_text_is_in_the_published_file(warehouse: Path, tmp_path: Path) -> None:
    note = f"{NAME}说打{PHONE}或{LANDLINE}，证件{IDENTITY}，车{PLATE}，住{ADDRESS}"
    headers = ["走访编号", "走访时间", "走访人", "所属网格", "户", "走访对象", "走访内容", "事由"]
    rows = [
        headers,
        ["V1", "2025-01-03", "张三", "M1", ADDRESS, NAME, note, f"回电{PHONE}"],
        ["V2", NAME, "张三", "M1", ADDRESS, IDENTITY, note, ""],
        ["V3", "2025-01-04", "张三", "M1", PHONE, PHONE, "", ""],
    ]
    people = [["重点人员", "网格编码", "户号", "联系频次"], [NAME, "M1", ADDRESS, "每周"]]
    complaints = [["工单编号", "受理时间", "诉求详细地址", "诉求内容", "答复意见"],
                  ["C1", "2025-01-03", ADDRESS,
                   f"联系 138 1234 5678，{ADDRESS}", f"已致电{PHONE}"]]  # fmt: skip
    folder = tmp_path / "in"
    write_csv(folder / "走访.csv", rows)
    write_csv(folder / "重点人员.csv", people)
    write_csv(folder / "诉求.csv", complaints)
    report = load([folder], warehouse)
    assert report.total("loaded") == 4
    assert report.total("rejected") == 1
    planted = (NAME, ADDRESS, PHONE, LANDLINE, IDENTITY, PLATE, "138 1234 5678", "84812345")
    published = warehouse / (warehouse / "CURRENT").read_text().strip()
    for text in planted:
        for encoding in ("utf-8", "gb18030", "utf-16-le"):
            assert text.encode(encoding) not in published.read_bytes()
    # The bytes are compressed, so ask the tables too.
    names = table(warehouse, "SELECT table_name FROM duckdb_tables() WHERE NOT internal")
    for (name,) in names:
        shown = repr(table(warehouse, f'SELECT * FROM "{name}"'))
        assert not [text for text in planted if text in shown], name
    assert "[已隐去]" in repr(table(warehouse, "SELECT note FROM visit"))


def test_a_folder_called_after_somebody_is_not_told_for_any_file_in_it(
    warehouse: Path, tmp_path: Path
) -> None:
    folder = tmp_path / f"{NAME}的材料"
    headers = ["走访编号", "走访时间", "走访人", "所属网格", "走访对象"]
    write_csv(folder / "走访.csv", [headers, ["V1", "2025-01-03", "张三", "M1", NAME]])
    write_csv(folder / "活动.csv", [["活动名称", "活动时间"], ["邻里日", "2025-01-03"]])
    load([folder], warehouse)
    paths = [str(path) for (path,) in table(warehouse, "SELECT path FROM load_file")]
    assert len(paths) == 2
    assert not [path for path in paths if NAME in path]


def test_the_same_resident_gets_the_same_pseudonym_however_written(
    warehouse: Path, tmp_path: Path
) -> None:
    rows = [["走访编号", "走访时间", "走访人", "所属网格", "户", "走访对象"]]
    for at, (home, name) in enumerate(
        [("1栋-101", "王 芳"), ("１栋－101", "王芳"), (" 1栋—101 ", "王\u3000芳")]
    ):
        rows.append([f"V{at}", "2025-01-03", "张三", "M1", home, name])
    load([write_csv(tmp_path / "走访.csv", rows)], warehouse)
    assert table(
        warehouse, "SELECT count(DISTINCT household), count(DISTINCT person) FROM visit"
    ) == [(1, 1)]
    ((home, name),) = table(warehouse, "SELECT DISTINCT household, person FROM visit")
    assert str(home).startswith("H")
    assert len(str(home)) == 17
    assert str(name).startswith("P")


@pytest.mark.parametrize(
    "text",
    ["电话13812345678", "１３８１２３４５６７８", "+86 138-1234-5678", "028-84812345",
     "证件510112199001011230",
     "510112199001011230", "5101121990****1237", "川A12345", "川AD12345", "川A·8K36D",
     "卡号6222021234567890123",
     "致电：84812345", "座机8481-2345", "139.1234.5678", "139—1234—5678", "139  1234  5678",
     "1 3 9 1 2 3 4 5 6 7 8", "0086 13812345678", "(138)12345678", "幺三八一二三四五六七八",
     "510112 19900101 1230", "510112-1990-0101-123X", "6222 0212 3456 7890 123",
     "川 A12345", "电话：028—84812345"],
)  # fmt: skip
def test_numbers_that_identify_are_struck(text: str) -> None:
    digits = [ch for ch in strike(text) if ch.isdigit()]
    assert "[已隐去]" in strike(text)
    assert not digits


@pytest.mark.parametrize(
    "text",
    [
        "3栋2单元501",
        "2025年1月3日",
        "2025-01-03 08:05",
        "血压130/80",
        "20250103",
        "工单 12345 转来",
        "共1200元",
        "2024-2025年度",
        "2025 2026",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert strike(text) == text


def test_an_identity_number_as_an_account_is_replaced_and_still_resolves(
    with_references: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    write_csv(folder / "别名.csv", [["别名", "格格编号"], [IDENTITY, "W1"]])
    write_visits(folder / "走访.csv", visit("V1", 走访人=IDENTITY))
    load([folder], with_references)
    ((alias,),) = table(with_references, "SELECT alias FROM worker_alias WHERE alias LIKE 'A%'")
    assert table(with_references, "SELECT worker FROM visit") == [(alias,)]
    assert table(with_references, "SELECT DISTINCT worker_id FROM fact_visit_worker") == [("W1",)]


def test_names_and_numbers_in_odd_places_are_not_published(warehouse: Path, tmp_path: Path) -> None:
    headers = ["走访编号", "走访时间", "走访人", "所属网格", "走访对象", "对象类别", "事由",
               "需求期限", f"备用{NAME}", PHONE]  # fmt: skip
    rows = [
        headers,
        [
            "V1",
            "2025-01-03",
            f"张三 {PHONE}",
            f"M1（{PHONE}）",
            NAME,
            NAME,
            f"看望{NAME}",
            "",
            "",
            "",
        ],
        ["V2", "2025-01-03", f"李四(电话：{PHONE})", "M1", NAME, "独居", "", NAME, "", ""],
        ["V3", "2025-01-03", PHONE, "M1", "居民", "居民", "居民走访", "", "", ""],
        ["V4", "2025-01-03", f"gg{PHONE}", "M1", "", "", "", "", "", ""],
    ]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = f"{NAME}{PHONE}"
    for row in rows:
        sheet.append(row)
    path = tmp_path / f"{NAME}_{PHONE}_{IDENTITY}_走访20250103080500.xlsx"
    book.save(path)
    report = load([path], warehouse)
    assert (report.total("loaded"), report.total("rejected")) == (3, 1)
    for (name,) in table(warehouse, "SELECT table_name FROM duckdb_tables() WHERE NOT internal"):
        shown = repr(table(warehouse, f'SELECT * FROM "{name}"'))
        assert not [text for text in (NAME, PHONE, IDENTITY) if text in shown], name
    ((shown,),) = table(warehouse, "SELECT DISTINCT path FROM load_file")
    assert str(shown).endswith("走访20250103080500.xlsx")
    workers = dict(table(warehouse, "SELECT visit_id, worker FROM visit"))  # type: ignore[arg-type]
    assert workers["V1"] == "张三"
    assert len({workers["V3"], workers["V4"]}) == 2
    # A word that means nobody in particular is not struck from what the log says.
    found = table(warehouse, "SELECT category, purpose FROM visit WHERE visit_id = 'V3'")
    assert found == [("普通居民", "居民走访")]
    assert load([path], warehouse).published is False


def test_a_telephone_as_an_account_is_replaced_and_still_resolves(
    with_references: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    write_csv(folder / "别名.csv", [["别名", "格格编号"], [PHONE, "W1"]])
    write_visits(folder / "走访.csv", visit("V1", 走访人=f"+86 {PHONE}"))
    load([folder], with_references)
    assert PHONE not in repr(table(with_references, "SELECT alias FROM worker_alias"))
    assert table(with_references, "SELECT DISTINCT worker_id FROM fact_visit_worker") == [("W1",)]


def test_identity_numbers_are_told_by_their_check_digit() -> None:
    assert looks_like_identity_number(IDENTITY)
    assert not looks_like_identity_number("510112199001011234")
    assert not looks_like_identity_number("202501031234567890")


def test_the_key_is_made_once_for_the_owner_alone_and_outside(
    warehouse: Path, tmp_path: Path
) -> None:
    load([write_visits(tmp_path / "走访.csv", visit("V1", 走访对象=NAME))], warehouse)
    key = key_path(warehouse)
    assert warehouse not in key.parents
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_bytes()
    load([write_visits(tmp_path / "走访2.csv", visit("V2", 走访对象=NAME))], warehouse)
    assert key.read_bytes() == before
    assert table(warehouse, "SELECT count(DISTINCT person) FROM visit") == [(1,)]


def test_another_key_gives_other_pseudonyms_and_a_short_one_is_refused(tmp_path: Path) -> None:
    one, two = (Pseudonyms(os.urandom(32)).of("P", NAME) for _ in range(2))
    assert one != two
    short = tmp_path / "short.key"
    short.write_text("x")
    with pytest.raises(WarehouseError, match=r"short\.key"):
        Pseudonyms.from_file(short)


def test_a_shifted_column_shows_no_name_in_the_findings(warehouse: Path, tmp_path: Path) -> None:
    load([write_visits(tmp_path / "走访.csv", visit("V1", NAME), visit("V2"))], warehouse)
    assert NAME not in repr(table(warehouse, "SELECT * FROM load_finding"))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("510112", "510112"),
        ("510112001", "510112001"),
        ("510112001001", "510112001001"),
        ("51011200100107", "51011200100107"),
        ("5101120010010706", "5101120010010706"),
        ("第3网格", "第3网格"),
        (PHONE, "[已隐去]"),
        (LANDLINE, "[已隐去]"),
        (IDENTITY, "[已隐去]"),
        (f"第3网格{PHONE}", "第3网格"),
    ],
)
def test_an_official_grid_code_of_any_level_is_kept(
    warehouse: Path, tmp_path: Path, written: str, kept: str
) -> None:
    """A community's twelve digits hold what reads as a telephone number: 0112001001."""
    headers = ["走访编号", "走访时间", "走访人", "所属网格", "走访对象"]
    rows = [headers, ["V1", "2025-01-03", "张三", written, "王"]]
    grids = write_csv(tmp_path / "网格.csv", REFERENCES["网格.csv"])
    load([grids, write_csv(tmp_path / "走访.csv", rows)], warehouse)
    assert table(warehouse, "SELECT grid FROM visit") == [(kept,)]
    unknown = "SELECT value_hint, message_zh FROM load_finding WHERE check_id = 'W502'"
    assert table(warehouse, unknown) == [(kept, "走访：网格不在网格表中，请补上或改正")]


@pytest.mark.parametrize("length", [32, 64, 65, 200])
def test_pseudonyms_are_what_the_library_makes(length: int) -> None:
    key = bytes(range(1, length + 1))
    made = Pseudonyms(key).of("P", "张三")
    assert made == "P" + hmac.digest(key, "P:张三".encode(), "sha256").hex()[:16]
