"""Point 9: bad input ends in a report or a one-line refusal; bombs are refused by size."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from etl.load import check
from gridgov.errors import DataFileError
from tests.etl.conftest import VISIT_HEADERS

ROOT = Path(__file__).parents[2]


def test_three_hundred_mutated_files() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.mutate_files", "--times", "300", "--seed", "3"],
        cwd=ROOT, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.match(r"300 files: (\d+) reports, (\d+) refusals, 0 faults", done.stdout)
    assert found
    # Both ends must occur, or the wounds are too light or too deep to show anything.
    assert int(found[1]) > 30
    assert int(found[2]) > 30


def test_a_gzip_bomb_is_refused_by_size(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=9) as writer:
        for _block in range(60):
            writer.write(b"0" * (1 << 20))
    with pytest.raises(DataFileError, match="压缩炸弹"):
        check([path], tmp_path / "warehouse")


def test_a_zip_bomb_is_refused_by_size(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * (60 << 20))
    with pytest.raises(DataFileError, match="压缩炸弹"):
        check([path], tmp_path / "warehouse")


def test_a_swollen_workbook_is_refused_by_size(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" * (10 << 20))
    with pytest.raises(DataFileError, match="过大"):
        check([path], tmp_path / "warehouse")


def test_a_workbook_of_a_billion_laughs_is_refused(tmp_path: Path) -> None:
    entities = "".join(
        f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "ha"}'
        + (f"{'&l' + str(n - 1) + ';'}" * 9 if n else "")
        + '">'
        for n in range(10)
    )
    sheet = (
        f'<?xml version="1.0"?><!DOCTYPE worksheet [{entities}]>'
        "<worksheet><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>&l9;</t></is></c></row>"
        "</sheetData></worksheet>"
    )
    path = tmp_path / "laughs.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "xl/workbook.xml",
            '<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            '<sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
            'officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
            "</Relationships>",
        )
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    with pytest.raises(DataFileError) as caught:
        check([path], tmp_path / "warehouse")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "\n\n\n", ",,,\n,,,\n", "\ufeff", "\0\0\0\0", '"', "a", ",".join(VISIT_HEADERS)]
)
def test_files_with_nothing_in_them(text: str, tmp_path: Path) -> None:
    path = tmp_path / "走访.csv"
    path.write_text(text, encoding="utf-8")
    try:
        report = check([path], tmp_path / "warehouse")
    except DataFileError as error:
        assert "\n" not in str(error)
    else:
        assert report.total("rows") == 0


def test_a_very_long_line_is_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "走访.csv"
    body = f"V1,2025-01-03 08:05:00,张三,M1,,{'字' * 500_000}"
    path.write_text(",".join(VISIT_HEADERS) + "\n" + body + "\n", encoding="utf-8")
    assert check([path], tmp_path / "warehouse").total("loaded") == 1
