"""Facts and marts built anew after an upgrade: the logs stay, what comes of them changes."""

from __future__ import annotations

from pathlib import Path

from etl.ask import first_row
from etl.books import write_meta
from etl.store import Store
from gridgov.errors import WarehouseMissing
from gridgov.locale import _
from gridgov.schema import TABLES

__all__ = ["rebuild"]


def rebuild(warehouse: Path, *, always: bool = False) -> int | None:
    """Publish a version with facts and marts of this program; returns its number.

    None where the version in force has been built by the same models (and not `always`).
    Raises `WarehouseMissing` where nothing is published.
    """
    from etl import model

    store = Store(warehouse)
    with store.writer():
        if store.current() is None:
            raise WarehouseMissing(
                _("{path} 里还没有数据；先运行：python -m etl load 文件或文件夹", path=warehouse)
            )
        with store.build() as building:
            con = building.con
            built = first_row(con, "SELECT value FROM model_book LIMIT 1")
            if built is not None and built[0] == model.models_hash() and not always:
                return None
            model.build(con, dict.fromkeys(TABLES))
            write_meta(con, building.number)
            building.publish()
            store.expire()
            return building.number
