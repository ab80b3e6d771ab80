"""A file that is loaded piece by piece gives what it gives when loaded at once."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from etl import pieces, sheet_load
from etl.ahead import ahead
from etl.delimited import Piece
from etl.load import load
from etl.report import LoadReport

HEADERS = ["走访编号", "走访时间", "结束时间", "走访人", "所属网格", "户", "走访对象", "走访内容"]
Rows = list[list[str]]


def _rows(n: int) -> Rows:
    dice = random.Random(3)
    return [
        [
            f"V{at:05}", f"2025-03-{at % 28 + 1:02} 08:{at % 60:02}:00", "",
            f"格格{at % 7}", f"WG-{at % 5}", f"东山路{dice.randrange(90)}号",
            f"居民{dice.randrange(300)}", f"一切安好，第{at}次",
        ]
        for at in range(n)
    ]  # fmt: skip


def _faulty(rows: Rows) -> Rows:
    """Rows refused, warned of, blank, of totals, and cells over lines and with quotes."""
    for at in range(11, len(rows) - 5, 97):
        rows[at][1] = "昨天"
        rows[at + 1][2] = "2024-01-01 00:00:00"
        rows[at + 2][7] = '两行\n"引号"，居民电话13812345678'
        rows[at + 3] = [""] * 8
        rows[at + 4] = ["", "合计", "", "", "", "", "", "12"]
    return [*rows, ["", "制表：李", "", "", "", "", "", ""]]


def _late_question(rows: Rows) -> Rows:
    rows[-3][1] = "13/04/2025"
    return rows


def _key_again(rows: Rows) -> Rows:
    rows[-3][0] = rows[3][0]
    return rows


def _keys_back(rows: Rows) -> Rows:
    return rows[::-1]


def _foot_over_a_cut(rows: Rows) -> Rows:
    return [*rows, *([["", "", "", "", "", "", "", f"行{at}" * 9] for at in range(200)])]


def _write(path: Path, rows: Rows, encoding: str) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([["东山社区走访台账"], HEADERS, *rows])
    path.write_bytes(text.getvalue().encode(encoding))


def _outcome(path: Path, warehouse: Path) -> tuple[object, ...]:
    report: LoadReport = load([path], warehouse)
    with duckdb.connect(str(warehouse / "gridgov-1.duckdb"), read_only=True) as con:
        seen = [
            con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
            for table in ("visit", "visit_history", "load_file", "load_finding", "mart_visit_month")
        ]
    rejects = [
        pq.read_table(file).to_pylist() for file in sorted((warehouse / "rejects").glob("*"))
    ]
    return report.files, seen, rejects


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(
    ("change", "stays"),
    [
        (lambda rows: rows, True),
        (_faulty, True),
        (_keys_back, True),
        (_late_question, False),
        (_key_again, False),
        (_foot_over_a_cut, False),
    ],
)
def test_in_pieces_as_at_once(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Rows], Rows],
    stays: bool,
    encoding: str,
) -> None:
    monkeypatch.setenv("GRIDGOV_KEY_FILE", str(tmp_path / "key"))
    path = tmp_path / "visit.csv"
    _write(path, change(_rows(900)), encoding)
    at_once = _outcome(path, tmp_path / "whole")
    monkeypatch.setattr("etl.delimited._PIECE", {encoding: 9000})
    went: list[bool] = []

    def watched(*given: object) -> bool:
        went.append(pieces.load_in_pieces(*given))  # type: ignore[arg-type]
        return went[-1]

    monkeypatch.setattr(sheet_load, "load_in_pieces", watched)
    assert _outcome(path, tmp_path / "pieces") == at_once
    assert went == [stays]


def test_a_byte_that_cannot_be_decoded_in_a_later_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDGOV_KEY_FILE", str(tmp_path / "key"))
    for encoding in ("utf-8", "gb18030"):
        path = tmp_path / f"{encoding}.csv"
        _write(path, _rows(900), encoding)
        whole = path.read_bytes()
        path.write_bytes(whole[:-9] + b"\xff" + whole[-9:])
        at_once = _outcome(path, tmp_path / f"{encoding}-whole")
        with monkeypatch.context() as small:
            small.setattr("etl.delimited._PIECE", {encoding: 9000})
            assert _outcome(path, tmp_path / f"{encoding}-pieces") == at_once


def test_no_piece_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    stage = Piece.stage

    def watched(piece: Piece, *given: object) -> None:
        seen.append(len(list(piece.part.file.parent.glob("piece-*"))))
        stage(piece, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Piece, "stage", watched)
    monkeypatch.setattr("etl.delimited._PIECE", {"utf-8": 9000})
    path = tmp_path / "visit.csv"
    _write(path, _rows(900), "utf-8")
    load([path], tmp_path / "warehouse")
    assert len(seen) > 5
    assert max(seen) <= 2


def test_later_pieces_onto_what_is_published_are_merged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.delimited._PIECE", {"utf-8": 9000})
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    rows = _rows(900)
    _write(first, rows, "utf-8")
    load([first], tmp_path / "warehouse")
    rows[5][7] = "改过"
    _write(second, [*rows, ["V99999", *rows[0][1:]]], "utf-8")
    (report,) = load([second], tmp_path / "warehouse").files
    assert (report.loaded, report.updated, report.duplicate) == (1, 1, 899)


def test_ahead_keeps_the_order_and_raises_in_place() -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise KeyError("three")

    got: list[int] = []
    with pytest.raises(KeyError):
        for item in ahead(items()):
            got.append(item)
    assert got == [1, 2]
    assert list(ahead([])) == []
