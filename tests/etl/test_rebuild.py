"""After an upgrade: pages say what to do, and one command builds the marts anew."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from etl.rebuild import rebuild
from gridgov.errors import WarehouseError, WarehouseMissing
from gridgov.warehouse import Warehouse
from tests.warehouses import make_warehouse


def test_an_older_program_s_data_is_said_and_rebuilt(tmp_path: Path) -> None:
    root, made = tmp_path / "warehouse", tmp_path / "made"
    make_warehouse(
        made,
        grid=[{"grid_id": "C", "name": "东山社区", "level": "社区"}],
        visit=[{"visit_id": "1", "grid": "C", "worker": "张三", "occurred_at": "2026-03-01 10:00"}],
    )
    assert rebuild(made) is None, "nothing to do"
    expected = Warehouse(made).reader().rows("SELECT * FROM mart_visit_month ORDER BY ALL")
    shutil.copytree(made, root)
    with duckdb.connect(str(root / "gridgov-1.duckdb")) as con:
        con.execute("DROP TABLE mart_visit_month")
        con.execute("UPDATE model_book SET value = 'older'")
    with pytest.raises(WarehouseError, match="etl rebuild"):
        Warehouse(root).reader().rows("SELECT * FROM mart_visit_month")
    assert rebuild(root) == 2
    reader = Warehouse(root).reader()
    assert reader.version.number == 2
    assert reader.rows("SELECT * FROM mart_visit_month ORDER BY ALL") == expected
    assert reader.rows("SELECT count(*) FROM visit")[0][0] == 1
    assert rebuild(root, always=True) == 3


def test_nothing_to_rebuild(tmp_path: Path) -> None:
    with pytest.raises(WarehouseMissing):
        rebuild(tmp_path / "none")
