"""A log in which a whole column says nothing must still be built into facts.

DuckDB 2.0 fails to bind `split_part(column, …) <> ''` where its statistics know the column to be
empty in every row; the models of workers and partners split such columns.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from etl.load import load


@pytest.mark.parametrize(
    ("header", "row", "fact", "rows"),
    [
        (
            "活动编号,活动名称,活动开始时间,参与人次",
            "{n},邻里日,2026-03-0{n},30",
            "fact_activity",
            3,
        ),
        (
            "活动编号,活动名称,活动开始时间,组织者,共建单位,展演队伍",
            "{n},邻里日,2026-03-0{n},,,",
            "fact_activity",
            3,
        ),
    ],
)
def test_activities_without_organisers_are_built(
    tmp_path: Path, header: str, row: str, fact: str, rows: int
) -> None:
    file = tmp_path / "活动台账.csv"
    lines = [header, *(row.format(n=n) for n in range(1, rows + 1))]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    load([file], tmp_path / "warehouse")
    with duckdb.connect(str(tmp_path / "warehouse" / "gridgov-1.duckdb"), read_only=True) as con:
        assert con.execute(f"SELECT count(*) FROM {fact}").fetchone() == (rows,)
        assert con.execute("SELECT count(*) FROM fact_activity_worker").fetchone() == (0,)
        assert con.execute("SELECT count(*) FROM mart_activity_item").fetchone() == (0,)
