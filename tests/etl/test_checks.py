"""Point 4: every check id is proven by a file of its own, and that file breaks nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from etl.findings import CHECKS
from etl.load import check
from gridgov.schema import TABLES
from tests.etl.conftest import ids, write_csv
from tests.etl.make_bad import BAD, FOLDER, content

REFERENCE_FILES = {
    "类型.csv": [["活动类型", "五在类别", "统计口径"], ["邻里日", "幸福", "邻里日"]],
    "类别.csv": [["诉求类别", "一级分类"], ["噪声", "环境"]],
    "台账.csv": [["活动编号", "活动名称", "活动时间"], ["A1", "邻里日", "2025-01-03"]],
}
# Side effects that the defect itself brings along and that are worth telling too.
ALSO = {"W403": {"W403"}, "W404": {"W404"}}
# Not from a file alone: a mapping's own rule, and kinds that no shipped table uses.
ELSEWHERE = {
    "E107": "test_values.py",
    "E110": "test_mapping.py",
    "E111": "test_resident.py",
    "W112": "test_recognise.py",
    "W113": "test_workbooks.py",
}


@pytest.fixture(scope="module")
def references(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with references, so that unknown ones can be told."""
    from etl.load import load
    from tests.etl.conftest import REFERENCES

    root = tmp_path_factory.mktemp("checks")
    for name, rows in {**REFERENCES, **REFERENCE_FILES}.items():
        write_csv(root / "reference" / name, rows)
    load([root / "reference"], root / "warehouse")
    return root / "warehouse"


@pytest.mark.parametrize("name", sorted(BAD))
def test_the_file_breaks_its_check_and_no_other(name: str, references: Path) -> None:
    check_id = name.partition("_")[0]
    report = check([FOLDER / name], references)
    (file,) = report.files
    found = ids(file) | ids(report)
    # Small files leave grids without visits; that is W403's own matter.
    assert found - {"W403"} == {check_id} - {"W403"}
    if check_id == "W403":
        assert "W403" in found
    is_error = check_id.startswith("E")
    assert file.rejected == (1 if is_error else 0)
    assert file.rows == file.loaded + file.updated + file.duplicate + file.rejected
    if is_error:
        (finding,) = [one for one in file.findings if one.check_id == check_id]
        assert finding.row_number == 3
        assert finding.severity == "error"


def test_the_files_are_what_the_generator_writes() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(BAD)
    for name in BAD:
        assert (FOLDER / name).read_bytes() == content(name)


def test_every_check_has_its_file() -> None:
    declared = set(CHECKS) | {c.id for table in TABLES.values() for c in table.checks}
    assert declared - {name.partition("_")[0] for name in BAD} == set(ELSEWHERE)


def test_ids_are_well_formed_and_texts_are_in_both_languages() -> None:
    for one in [*CHECKS.values(), *(c for t in TABLES.values() for c in t.checks)]:
        assert re.fullmatch(r"[EW][1-5]\d\d", one.id)
        assert one.severity == ("error" if one.id.startswith("E") else "warning")
        assert one.zh
        assert one.en
        assert one.zh != one.en
