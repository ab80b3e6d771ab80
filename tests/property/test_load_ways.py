"""The fast way and the careful way must read the same; any export must add up."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.delimited import DelimitedSheet
from etl.load import check
from etl.records import count_records
from etl.sources import Source, fingerprint

CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\ufeff", exclude_categories=("Cs",)),
    max_size=12,
)
ROWS = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=12)
MOMENT = st.sampled_from(
    [
        "2025-01-03 08:05:00",
        "2025/1/3",
        "2025年1月3日 8时5分",
        "45660",
        "昨天",
        "",
        "2199-01-01",
        "20250103",
    ]
)
VISITS = st.lists(
    st.tuples(st.sampled_from(["V1", "V2", "V3", ""]), MOMENT,
              st.sampled_from(["张三", "张三、李四", ""]),
              st.sampled_from(["M1", "M2"]), CELL),
    min_size=1, max_size=15,
)  # fmt: skip


def _text(rows: list[list[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def _sheet(folder: Path, text: str) -> DelimitedSheet:
    path = folder / "a.csv"
    path.write_bytes(text.encode())
    mark = fingerprint(path).sha256
    return DelimitedSheet(Source("a.csv", path, "text", path, mark, mark), folder, "utf-8", ",")


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_both_ways_of_reading_give_the_same_cells(rows: list[list[str]]) -> None:
    text = _text([["a", "b", "c"], *rows])
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        sheet = _sheet(Path(folder), text)
        assert sheet.records == len(rows) + 1
        sheet._whole.stage_carefully(con, 1, 3, "")
        careful = con.execute(
            "SELECT coalesce(c0, ''), coalesce(c1, ''), coalesce(c2, '') FROM raw"
        ).fetchall()
        if sheet._whole.stage(con, 1, 3, "", sheet.preview):
            fast = con.execute(
                "SELECT coalesce(c0, ''), coalesce(c1, ''), coalesce(c2, '') FROM raw"
            ).fetchall()
            assert fast == careful
        assert [list(row) for row in careful] == rows


@settings(max_examples=100, deadline=None)
@given(ROWS, st.booleans())
def test_the_independent_count_agrees_with_csv(rows: list[list[str]], ends: bool) -> None:
    text = _text(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes((text if ends else text[:-1]).encode())
        counted = count_records(path, ",")
    assert counted.records == len(rows)
    assert counted.broken_line is None


@settings(max_examples=20, deadline=None)
@given(VISITS)
def test_every_export_adds_up(visits: list[tuple[str, ...]]) -> None:
    rows = [["走访编号", "走访时间", "走访人", "所属网格", "走访内容"], *map(list, visits)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "走访.csv"
        path.write_text(_text(rows), encoding="utf-8")
        (report,) = check([path], Path(folder) / "warehouse").files
    assert report.rows == report.loaded + report.updated + report.duplicate + report.rejected
    assert report.rows + sum(report.skipped.values()) == len(rows)
    readable = {"2025-01-03 08:05:00", "2025/1/3", "2025年1月3日 8时5分", "45660", "20250103"}
    bad = [v for v in visits if v[1] not in readable or not v[2]]
    assert report.rejected + sum(report.skipped.values()) - 1 == len(bad)
