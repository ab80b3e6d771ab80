"""The mapping file: what docs/mapping.md promises, and one-line refusals of the rest."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from etl.load import check, load
from etl.mapping import mapping_text, read_mapping
from gridgov.errors import MappingError
from tests.etl.conftest import check_one, table, visit, write_csv, write_visits

DOCUMENT = Path(__file__).parents[2] / "docs" / "mapping.md"
ROWS = [
    ["Case", "Year", "Month", "Ward", "Title", "Details", "Status", "How"],
    ["1", "2025", "1", "20.0", "停车", "占道", "Open", "Web"],
    ["2", "2025", "2", "", "噪声", "", "Open - Dup", "Phone"],
    ["3", "", "", "7.0", "", "", "Open", "Fax"],
]
MAPPING = """
table = "complaint"
[columns]
Case = "complaint_id"
Ward = "grid"
How = "source"
Status = ""
[constants]
nature = "投诉"
[templates]
created_at = "{Year}-{Month}-01"
content = "{Title} {Details}"
[extract]
grid = '^(\\d+)'
[values.source]
Web = "网络"
Phone = "12345"
[[drop]]
header = "Status"
contains = "Dup"
reason = "来源系统标为重复"
"""


def _mapping(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "m.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_templates_constants_extraction_values_and_drop_rules(
    tmp_path: Path, warehouse: Path
) -> None:
    path = write_csv(tmp_path / "x.csv", ROWS)
    report = load([path], warehouse, _mapping(tmp_path, MAPPING))
    (file,) = report.files
    assert (file.table, file.rows, file.loaded, file.rejected) == ("complaint", 3, 1, 2)
    assert table(
        warehouse, "SELECT complaint_id, created_at, grid, source, nature, content FROM complaint"
    ) == [("1", datetime(2025, 1, 1), "20", "网络", "投诉", "停车 占道")]
    found = {one.check_id: one for one in file.findings}
    assert found["E110"].value_hint == "来源系统标为重复"
    assert found["E101"].column == "created_at"


@pytest.mark.parametrize(("order", "day"), [("dmy", (4, 3)), ("mdy", (3, 4))])
def test_day_and_month_are_asked_for_and_then_as_told(
    order: str, day: tuple[int, int], tmp_path: Path, warehouse: Path
) -> None:
    path = write_visits(tmp_path / "走访.csv", visit("V1", "03/04/2025 08:05"))
    with pytest.raises(MappingError, match="date_order"):
        check([path], warehouse)
    load([path], warehouse, _mapping(tmp_path, f'date_order = "{order}"'))
    month, in_month = day
    assert table(warehouse, "SELECT occurred_at FROM visit") == [
        (datetime(2025, month, in_month, 8, 5),)
    ]


@pytest.mark.parametrize(("decider", "day"), [("13/04/2025", (4, 3)), ("03/25/2025", (3, 4))])
def test_one_clear_date_decides_the_whole_column(
    decider: str, day: tuple[int, int], tmp_path: Path, warehouse: Path
) -> None:
    path = write_visits(tmp_path / "走访.csv", visit("V1", "03/04/2025"), visit("V2", decider))
    load([path], warehouse)
    rows = table(warehouse, "SELECT occurred_at FROM visit WHERE visit_id = 'V1'")
    assert rows == [(datetime(2025, *day),)]


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        # 25-04-13 may be of 2025 or of 2013: only another date of the column tells.
        (("25-04-13", "13/04/2025"), datetime(2013, 4, 25)),
        (("25-04-13", "25-4-3"), datetime(2025, 4, 13)),
        (("25.12.31", "25.1.2"), datetime(2025, 12, 31)),
        (("３-4-25", "13-4-25"), datetime(2025, 4, 3)),
    ],
)
def test_a_short_year_in_front_or_at_the_end_is_told_by_the_column(
    dates: tuple[str, str], first: datetime, tmp_path: Path, warehouse: Path
) -> None:
    load([write_visits(tmp_path / "走访.csv", visit("V1", dates[0]), visit("V2", dates[1]))],
         warehouse)  # fmt: skip
    rows = table(warehouse, "SELECT occurred_at FROM visit WHERE visit_id = 'V1'")
    assert rows == [(first,)]


def test_a_short_year_that_may_stand_at_either_end_is_asked_about(
    tmp_path: Path, warehouse: Path
) -> None:
    path = write_visits(tmp_path / "走访.csv", visit("V1", "25-04-13"), visit("V2", "25-04-20"))
    with pytest.raises(MappingError, match=r"走访时间.*25-04-13.*ymd"):
        check([path], warehouse)
    load([path], warehouse, _mapping(tmp_path, 'date_order = "ymd"'))
    assert table(warehouse, "SELECT max(occurred_at) FROM visit") == [(datetime(2025, 4, 20),)]


def test_dates_that_contradict_each_other_are_refused(tmp_path: Path, warehouse: Path) -> None:
    path = write_visits(tmp_path / "走访.csv", visit("V1", "13/04/2025"), visit("V2", "03/25/2025"))
    with pytest.raises(MappingError):
        check([path], warehouse)


def test_recipes_are_chosen_by_file_and_sheet(tmp_path: Path) -> None:
    text = '[[recipe]]\nfile = "a*.csv"\ntable = "visit"\n'
    text += '[[recipe]]\nfile = "b*.csv"\ntable = "activity"'
    recipes = read_mapping(_mapping(tmp_path, text))
    assert [one.table for one in recipes if one.fits("/x/a1.csv", "")] == ["visit"]
    assert [one.table for one in recipes if one.fits("C:\\x\\b1.csv", "")] == ["activity"]


def test_encoding_delimiter_header_row_and_skip_rows_are_taken_as_told(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    text = (
        "走访时间#走访人#所属网格\n说明#说明#说明\n走访时间#走访人#所属网格\n2025-01-03#张三#M1\n"
    )
    path.write_bytes(text.encode("gbk"))
    mapping = _mapping(tmp_path, 'encoding = "gbk"\ndelimiter = "#"\nheader_row = 3')
    report = check_one(path, tmp_path, mapping=mapping)
    assert (report.rows, report.loaded) == (1, 1)
    mapping = _mapping(tmp_path, 'delimiter = "#"\nskip_rows = 1')
    assert check_one(path, tmp_path, mapping=mapping).rows == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tabel = 'visit'", "tabel"),
        ("table = 'visits'", "visits"),
        ("[columns]\nA = 'grid'", "table"),
        ("table = 'visit'\n[columns]\nA = 'nope'", "nope"),
        ("table = 'visit'\n[templates]\ngrid = '{Nope}'", "Nope"),
        ("header_row = '3'", "header_row"),
        ("header_row = 0", "header_row"),
        ("skip_rows = 'a'", "skip_rows"),
        ("skip = 'yes'", "skip"),
        ("encoding = 5", "encoding"),
        ("delimiter = ';;'", "delimiter"),
        ("table = 'visit'\n[extract]\ngrid = '('", "extract.grid"),
        ("table = 'visit'\n[values]\nmet = 'x'", "values.met"),
        (
            "table = 'visit'\n[[drop]]\nheader = '走访人'\nmatches = '('\nreason = 'x'",
            "drop.matches",
        ),
        ("date_order = 'ydm'", "date_order"),
        ("table = 'visit'\n[[drop]]\nheader = 'A'", "drop"),
        ("= broken", "TOML"),
    ],
)
def test_a_wrong_mapping_is_one_line_that_names_the_key(
    text: str, words: str, tmp_path: Path
) -> None:
    path = write_visits(tmp_path / "走访.csv", visit("V1"))
    with pytest.raises(MappingError) as caught:
        check([path], tmp_path / "warehouse", _mapping(tmp_path, text))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_examples_in_the_documentation_are_valid(tmp_path: Path) -> None:
    example, several = re.findall(
        r"```toml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL
    )
    (recipe,) = read_mapping(_mapping(tmp_path, example))
    # Every key that the loader knows is shown there.
    from etl.mapping import _KEYS

    assert set(tomllib.loads(example)) == _KEYS
    assert recipe.date_order == "mdy"
    assert [one.skip for one in read_mapping(_mapping(tmp_path, several))] == [True, True, False]


@pytest.mark.parametrize(
    "text", [MAPPING, "", 'table = "visit"\ndelimiter = "\\t"\nheader_row = 3']
)
def test_a_recipe_written_as_a_file_reads_back_the_same(text: str, tmp_path: Path) -> None:
    (recipe,) = read_mapping(_mapping(tmp_path, text))
    assert read_mapping(_mapping(tmp_path, mapping_text(recipe))) == [recipe]


def test_a_drop_rule_for_a_header_that_is_not_there_is_refused(
    tmp_path: Path, warehouse: Path
) -> None:
    path = write_visits(tmp_path / "走访.csv", visit("V1"))
    rule = 'table = "visit"\n[[drop]]\nheader = "状态"\nequals = "作废"\nreason = "作废"'
    with pytest.raises(MappingError, match="状态"):
        check([path], warehouse, _mapping(tmp_path, rule))


def test_a_mapping_that_fits_no_file_is_told(tmp_path: Path, warehouse: Path) -> None:
    path = write_visits(tmp_path / "走访.csv", visit("V1"))
    with pytest.raises(MappingError, match=r"别的\.csv"):
        check([path], warehouse, _mapping(tmp_path, 'file = "别的.csv"\ntable = "visit"'))


def test_a_sheet_that_is_to_be_left_out_is(tmp_path: Path, warehouse: Path) -> None:
    folder = tmp_path / "in"
    write_visits(folder / "走访.csv", visit("V1"))
    write_visits(folder / "旧走访.csv", visit("V9"))
    mapping = _mapping(tmp_path, 'file = "旧*"\nskip = true')
    (report,) = load([folder], warehouse, mapping).files
    assert Path(report.path).name == "走访.csv"
    assert table(warehouse, "SELECT visit_id FROM visit") == [("V1",)]
