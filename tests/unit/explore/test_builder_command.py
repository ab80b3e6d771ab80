"""`python -m gridgov export`."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from gridgov.cli.export import export
from gridgov.errors import UsageError
from gridgov.metrics import evaluate
from gridgov.warehouse import Warehouse
from gridgov.workspace.engine import open_workspace
from gridgov.workspace.export_record import list_exports
from tests.warehouses import sample_warehouse

app = typer.Typer()
app.command()(export)


@pytest.fixture(autouse=True)
def places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRIDGOV_WAREHOUSE", str(sample_warehouse()))
    monkeypatch.setenv("GRIDGOV_WORKSPACE", str(tmp_path / "workspace.sqlite"))


def _run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_csv_with_the_engine_s_figures_and_a_trace(tmp_path: Path) -> None:
    out = tmp_path / "c3.csv"
    words = (
        "--by",
        "grid:一般",
        "--grain",
        "month",
        "--start",
        "2026-01-01",
        "--end",
        "2026-06-30",
    )
    said = _run("c3", *words, "--out", str(out))
    assert "66 行" in said
    content = out.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    reader = Warehouse(sample_warehouse()).reader()
    frame = evaluate(
        reader, "C3", date(2026, 1, 1), date(2026, 6, 30), grain="month", by=("grid:一般",)
    )
    expected = {
        (f"{row['bucket']:%Y-%m-%d}", row["grid_id"]): (row["numerator"], row["denominator"])
        for row in frame.to_dict("records")
    }
    found = {
        (row["时间"], row["网格编码"]): (float(row["分子"]), float(row["分母"])) for row in rows
    }
    assert found == expected
    record = list_exports(open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}"))[0]
    assert (record.kind, record.row_count, record.filters["m"]) == ("csv", 66, "C3")


def test_a_workbook_says_what_it_is(tmp_path: Path) -> None:
    out = tmp_path / "c1.xlsx"
    said = _run("C1", "--by", "category", "--top", "3", "--only", "source=12345", "--out", str(out))
    assert "4 行" in said and "合并为“其余”" in said
    book = openpyxl.load_workbook(out)
    texts = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "其余" in texts and "12345" in texts
    assert any("居民" in text for text in texts)


def test_parquet_and_json(tmp_path: Path) -> None:
    out = tmp_path / "x.parquet"
    answer = json.loads(_run("SV1", "C3", "--by", "grid:微", "--out", str(out), "--json"))
    assert answer["rows"] == pq.read_table(out).num_rows == 254


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("C3", "--by", "worker"), "worker"),
        (("C3", "--grain", "hour"), "hour"),
        (("C3", "--start", "x"), "不是日期"),
        (("C3", "--start", "2026-05-01", "--end", "2026-04-01"), "晚于"),
        (("C3", "--grid", "nowhere"), "没有这个网格编码"),
        (("C3", "--only", "source"), "维度=值"),
        (("ZZ",), "没有这个指标：ZZ"),
        (("C33",), "是不是想写“C3”？"),
        (("C3", "--by", "categry"), "是不是想写“category”？"),
        (("C3", "--grain", "mnth"), "是不是想写“month”？"),
        (("C3", "--grid", "510112001001075"), "001075；是不是想写“51011200100107"),
    ],
)
def test_a_wrong_call_is_one_sentence_and_no_file(
    words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    out = tmp_path / "x.csv"
    with pytest.raises(UsageError, match=said):
        CliRunner().invoke(app, [*words, "--out", str(out)], catch_exceptions=False)
    assert not list(tmp_path.glob("*.csv*"))


def test_no_row_is_said(tmp_path: Path) -> None:
    out = tmp_path / "c3.csv"
    said = _run("C3", "--by", "source", "--only", "source=1234", "--out", str(out))
    assert "0 行" in said and "请核对时段、网格和限定的取值" in said


def test_the_folder_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="不存在"):
        _run("C3", "--out", str(tmp_path / "none" / "x.csv"))


def test_a_file_holds_no_small_count_of_residents(tmp_path: Path) -> None:
    out = tmp_path / "sv2.csv"
    said = _run("SV2", "--by", "grid:微", "--by", "tier", "--out", str(out))
    assert "少于 5 人" in said
    rows = list(csv.DictReader(io.StringIO(out.read_bytes().decode("utf-8-sig"))))
    counts = [float(row["分子"]) for row in rows if row["分子"]]
    assert len(counts) < len(rows)
    assert not [count for count in counts if 0 < count < 5]
