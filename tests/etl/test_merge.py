"""Points 5 and 6: identity, correction, history, undo; and sums that come out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etl import status as stating
from etl.load import check, load
from etl.rejects import read_rejects, write_rejects
from etl.report import LoadReport
from etl.undo import rollback, undo
from gridgov.errors import DataFileError, UsageError, WarehouseMissing
from gridgov.schema import TABLES
from tests.etl.conftest import (
    VISIT_HEADERS,
    check_one,
    ids,
    table,
    visit,
    write_csv,
    write_visits,
)

Loaded = Callable[..., LoadReport]
CONTENT = "SELECT visit_id, occurred_at, worker, grid, note FROM visit ORDER BY ALL"


def counts(report: LoadReport) -> tuple[int, int, int, int]:
    (one,) = report.files
    assert one.rows == one.loaded + one.updated + one.duplicate + one.rejected
    return one.loaded, one.updated, one.duplicate, one.rejected


def test_the_same_file_again_changes_nothing(loaded: Loaded, warehouse: Path) -> None:
    assert counts(loaded(visit("V1"), visit("V2"))) == (2, 0, 0, 0)
    again = loaded(visit("V1"), visit("V2"))
    assert counts(again) == (0, 0, 2, 0)
    assert not again.published
    assert again.version == 1


def test_the_same_rows_in_another_dress_are_duplicates(loaded: Loaded) -> None:
    loaded(visit("V1"), visit("V2"))
    assert counts(loaded(visit("V2", "2025年1月3日 8时5分"), visit("V1", 所属网格=" M1 "))) == (
        0,
        0,
        2,
        0,
    )


def test_a_correction_wins_and_the_old_value_stays_in_the_history(
    loaded: Loaded, warehouse: Path
) -> None:
    loaded(visit("V1", 走访内容="旧"), visit("V2"))
    assert counts(loaded(visit("V1", 走访内容="新"))) == (0, 1, 0, 0)
    assert table(warehouse, "SELECT note, batch_id FROM visit WHERE visit_id = 'V1'") == [("新", 2)]
    history = "SELECT visit_id, note, batch_id, replaced_by, row_number FROM visit_history"
    assert table(warehouse, history) == [("V1", "旧", 1, 2, 2)]


def test_a_correction_leaves_columns_that_its_file_lacks(loaded: Loaded, warehouse: Path) -> None:
    loaded(visit("V1", 走访内容="旧"))
    short = ["V1", "2025-01-04 08:05:00", "李四", "M2"]
    assert counts(loaded(short, headers=VISIT_HEADERS[:4])) == (0, 1, 0, 0)
    assert table(warehouse, "SELECT worker, note FROM visit") == [("李四", "旧")]


def test_conflicting_copies_in_one_file_are_reported_and_the_last_wins(
    loaded: Loaded, warehouse: Path
) -> None:
    rows = [visit("V1", 走访内容=text) for text in ("甲", "乙", "乙", "丙", "丙")]
    report = loaded(*rows)
    # 丙 stands; 甲 and 乙 were corrected; the second 乙 and the first 丙 say nothing new.
    assert counts(report) == (1, 2, 2, 0)
    assert ids(report.files[0]) == {"W401"}
    assert table(warehouse, "SELECT note FROM visit") == [("丙",)]
    assert table(warehouse, "SELECT note FROM visit_history ORDER BY 1") == [("乙",), ("甲",)]
    assert counts(loaded(*rows, visit("V2"))) == (1, 0, 5, 0)


def test_conflicting_copies_in_two_files_of_one_load_are_reported(
    warehouse: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    write_visits(folder / "1月.csv", visit("V1", 走访内容="甲"), visit("V2"))
    write_visits(folder / "2月.csv", visit("V1", 走访内容="乙"), visit("V2"))
    first, second = load([folder], warehouse).files
    assert ids(first) == set()
    assert ids(second) == {"W401"}
    assert [one.row_number for one in second.findings] == [2]
    assert table(warehouse, "SELECT note FROM visit WHERE visit_id = 'V1'") == [("乙",)]


def test_rows_without_a_number_are_known_by_their_natural_key(
    loaded: Loaded, warehouse: Path
) -> None:
    headers = VISIT_HEADERS[1:]
    rows = [visit("", "2025-01-03 08:05:00", 走访对象=name)[1:] for name in ("甲某", "乙某")]
    assert counts(loaded(*rows, rows[0], headers=headers)) == (2, 0, 1, 0)
    assert counts(loaded(rows[1], headers=headers)) == (0, 0, 1, 0)
    assert all(str(row[0]).startswith("N") for row in table(warehouse, CONTENT))


def test_references_are_merged_by_key(with_references: Path, tmp_path: Path) -> None:
    rows = [
        ["格格编号", "姓名", "网格员类别"],
        ["W1", "张三", "微"],
        ["W2", "李四改", "一般"],
        ["W3", "新人", "微"],
    ]
    report = load([write_csv(tmp_path / "格格.csv", rows)], with_references)
    assert counts(report) == (1, 1, 1, 0)
    assert table(with_references, "SELECT worker_id, name FROM worker ORDER BY 1") == [
        ("W1", "张三"), ("W2", "李四改"), ("W3", "新人"),
    ]  # fmt: skip


def _everything(warehouse: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that users see of a version: the tables and their histories."""
    return {
        name: table(warehouse, f"SELECT * FROM {name} ORDER BY ALL")
        for one in TABLES
        for name in (one, f"{one}_history")
    }


def test_undo_restores_exactly_what_was_before(loaded: Loaded, warehouse: Path) -> None:
    loaded(visit("V1", 走访内容="甲"), visit("V2"))
    before = _everything(warehouse)
    loaded(visit("V1", 走访内容="乙"), visit("V1", 走访内容="丙"), visit("V3"))
    assert _everything(warehouse) != before
    assert undo(warehouse, 2) == 3
    assert _everything(warehouse) == before
    facts = "SELECT count(*) FROM fact_visit"
    assert table(warehouse, facts) == [(2,)]


def test_undo_in_the_middle_leaves_later_corrections(loaded: Loaded, warehouse: Path) -> None:
    loaded(visit("V1", 走访内容="甲"), visit("V2", 走访内容="甲"))
    loaded(visit("V1", 走访内容="乙"), visit("V2", 走访内容="乙"))
    loaded(visit("V1", 走访内容="丙"))
    undo(warehouse, 2)
    assert table(warehouse, "SELECT visit_id, note FROM visit ORDER BY 1") == [
        ("V1", "丙"),
        ("V2", "甲"),
    ]
    history = "SELECT visit_id, note, batch_id, replaced_by FROM visit_history"
    assert table(warehouse, history) == [("V1", "甲", 1, 3)]


def test_undo_does_not_lose_rows_that_a_later_batch_also_held(
    loaded: Loaded, warehouse: Path
) -> None:
    loaded(visit("V1"))
    loaded(visit("V1"), visit("V2"))
    with pytest.raises(DataFileError, match="批次 2"):
        undo(warehouse, 1)
    undo(warehouse, 2)
    assert undo(warehouse, 1) == 4
    assert table(warehouse, CONTENT) == []
    with pytest.raises(UsageError, match="已经撤销"):
        undo(warehouse, 1)
    with pytest.raises(UsageError, match="没有批次"):
        undo(warehouse, 9)


def test_an_undone_file_can_be_loaded_again(
    loaded: Loaded, warehouse: Path, tmp_path: Path
) -> None:
    path = write_visits(tmp_path / "a.csv", visit("V1"))
    load([path], warehouse, table="visit")
    undo(warehouse, 1)
    assert counts(load([path], warehouse, table="visit")) == (1, 0, 0, 0)


def test_roll_back_and_on(loaded: Loaded, warehouse: Path) -> None:
    loaded(visit("V1"))
    loaded(visit("V2"))
    rollback(warehouse, 1)
    assert [row[0] for row in table(warehouse, CONTENT)] == ["V1"]
    assert loaded(visit("V3")).version == 3
    assert [row[0] for row in table(warehouse, CONTENT)] == ["V1", "V3"]
    assert [one.number for one in stating.versions(warehouse)] == [3, 2, 1]
    with pytest.raises(WarehouseMissing):
        rollback(warehouse, 9)


def test_an_unclosed_quote_fails_the_load_and_names_the_line(
    warehouse: Path, tmp_path: Path
) -> None:
    lines = [",".join(VISIT_HEADERS)]
    lines += [f"V{at},2025-01-03 08:05:00,张三,M1,,x" for at in range(200)]
    lines[50] = 'V49,2025-01-03 08:05:00,张三,M1,"没有关上,x'
    lines[150] = 'V149,2025-01-03 08:05:00,张三,M1,"好的",x'
    path = tmp_path / "走访.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DataFileError, match="第 51 行"):
        load([path], warehouse)
    assert not (warehouse / "CURRENT").exists()


def test_quotes_in_odd_places_lose_nothing(warehouse: Path, tmp_path: Path) -> None:
    text = (
        ",".join(VISIT_HEADERS)
        + "\n"
        + "\n".join(
            [
                'V1,2025-01-03 08:05:00,张三,M1,,他说"你好"就走了',
                'V2,2025-01-03 08:06:00,张三,M1,,"第一行\n第二行"',
                'V3,2025-01-03 08:07:00,张三,M1,,"一个""引号"""',
                "V4,2025-01-03 08:08:00,张三,M1,,",
                "",
                "V5,2025-01-03 08:09:00,张三,M1",
            ]
        )
    )
    path = tmp_path / "走访.csv"
    path.write_text(text, encoding="utf-8")
    report = load([path], warehouse)
    assert counts(report) == (5, 0, 0, 0)
    assert report.files[0].skipped["blank"] == 1
    assert table(warehouse, "SELECT visit_id, note, row_number FROM visit ORDER BY 1") == [
        ("V1", '他说"你好"就走了', 2),
        ("V2", "第一行\n第二行", 3),
        ("V3", '一个"引号"', 4),
        ("V4", None, 5),
        ("V5", None, 7),
    ]


def test_a_wrong_sum_publishes_nothing(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_visits(tmp_path / "走访.csv", visit("V1"), visit("V2"))
    from etl.delimited import DelimitedSheet

    true_count = DelimitedSheet.records.fget
    assert true_count is not None
    monkeypatch.setattr(DelimitedSheet, "records", property(lambda self: true_count(self) + 1))
    with pytest.raises(DataFileError, match="合不上"):
        load([path], warehouse)
    assert not (warehouse / "CURRENT").exists()


@pytest.mark.parametrize("kind", [".xlsx", ".csv"])
def test_mended_rejects_load_as_they_are(kind: str, warehouse: Path, tmp_path: Path) -> None:
    path = write_visits(
        tmp_path / "走访.csv",
        visit("V1", "昨天"),
        visit("V2"),
        visit("V3", "2199-01-01", 走访内容="=1+1"),
        visit("V4", 走访人=""),
    )
    assert counts(load([path], warehouse)) == (1, 0, 0, 3)
    found = list(read_rejects(warehouse))
    assert [(row.row_number, row.check_ids) for row in found] == [
        (2, ("E102",)), (4, ("E202",)), (5, ("E101",)),
    ]  # fmt: skip
    assert "走访时间" in found[0].reasons
    out = tmp_path / f"拒收{kind}"
    assert write_rejects(warehouse, out) == 3
    assert check_one(out, tmp_path).rejected == 3
    mended = tmp_path / f"改好{kind}"
    _mend(out, mended)
    assert counts(load([mended], warehouse)) == (3, 0, 0, 0)
    assert table(warehouse, "SELECT visit_id, note FROM visit ORDER BY 1")[2] == ("V3", "=1+1")


def _mend(path: Path, out: Path) -> None:
    from etl.sheets import open_sheets
    from etl.sources import discover

    (source,) = discover([path], path.parent)
    (sheet,) = open_sheets(source, path.parent, None)
    rows = [list(row) for row in sheet.preview]
    at = {header: rows[0].index(header) for header in VISIT_HEADERS}
    for row in rows[1:]:
        row[at["走访时间"]] = "2025-01-05 08:05:00"
        row[at["走访人"]] = "张三"
    if out.suffix == ".csv":
        write_csv(out, rows, "utf-8-sig")
        return
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append([f"'{cell}" if cell.startswith("=") else cell for cell in row])
    book.save(out)


def test_a_file_of_which_every_row_is_refused_is_in_the_books(
    warehouse: Path, tmp_path: Path
) -> None:
    path = write_visits(tmp_path / "走访.csv", visit("V1", "昨天"), visit("V2", "前天"))
    report = load([path], warehouse)
    assert (counts(report), report.published, report.batch_id) == ((0, 0, 0, 2), True, 1)
    assert [row.row_number for row in read_rejects(warehouse)] == [2, 3]
    assert stating.status(warehouse).batches[0].files[0].rejected == 2
    again = load([path], warehouse)
    assert (counts(again), again.published) == ((0, 0, 0, 2), False)
    load([write_visits(tmp_path / "别的.csv", visit("V3"))], warehouse)
    assert [row.row_number for row in read_rejects(warehouse)] == [2, 3]
    assert undo(warehouse, 1) == 3
    assert list(read_rejects(warehouse)) == []


def test_rejects_of_a_load_that_failed_are_not_kept(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_visits(tmp_path / "走访.csv", visit("V1", "昨天"), visit("V2"))
    monkeypatch.setattr("etl.load.is_changed", lambda path, was: True)
    with pytest.raises(DataFileError):
        load([path], warehouse)
    assert list((warehouse / "rejects").iterdir()) == []
    monkeypatch.undo()
    # What a killed load left behind goes before its number is given to another.
    stale = warehouse / "rejects" / "1-7.parquet"
    stale.write_bytes(b"left")
    load([path], warehouse)
    assert [one.name for one in (warehouse / "rejects").iterdir()] == ["1-1.parquet"]


def test_rejects_are_for_the_owner_alone(warehouse: Path, tmp_path: Path) -> None:
    load([write_visits(tmp_path / "走访.csv", visit("V1", "昨天"), visit("V2"))], warehouse)
    (kept,) = (warehouse / "rejects").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert (warehouse / "rejects").stat().st_mode & 0o777 == 0o700


def test_status_and_findings_are_in_the_books(with_references: Path, tmp_path: Path) -> None:
    load([write_visits(tmp_path / "走访.csv", visit("V1", 走访人="没有此人"))], with_references)
    found = stating.status(with_references)
    assert found.version == 2
    assert found.data_date == "2025-01-03"
    assert not found.sample_only
    assert {one.table: one.rows for one in found.tables}["visit"] == 1
    assert [batch.batch_id for batch in found.batches] == [2, 1]
    (file,) = found.batches[0].files
    assert (file.rows, file.loaded, file.encoding) == (1, 1, "utf-8")
    listed = {one.check_id: one for one in stating.findings(with_references, 2)}
    assert listed["W501"].value_hint == "没有此人"
    assert stating.freshness(with_references) == [("visit", "M1", file_day(), 1)]


def file_day() -> object:
    from datetime import date

    return date(2025, 1, 3)


def test_a_check_publishes_nothing(warehouse: Path, tmp_path: Path) -> None:
    path = write_visits(tmp_path / "走访.csv", visit("V1"))
    report = check([path], warehouse)
    assert report.is_check
    assert report.total("loaded") == 1
    assert not list(warehouse.glob("*.duckdb"))
