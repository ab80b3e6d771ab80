"""How long each log is kept, and taking out what is older."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from etl.ask import count
from etl.books import write_meta
from etl.ddl import history_name, quote
from etl.resident import _rewrite
from etl.store import Store
from gridgov.errors import UsageError, WarehouseMissing
from gridgov.locale import _
from gridgov.schema import TABLES

__all__ = ["RETENTION_YEARS", "cut_off", "purge"]

# Files of residents' affairs: as long as the half-yearly evaluation, an objection and a comparison
# of three years need them; complaints as long as the hotline itself keeps its cases.
RETENTION_YEARS = {"visit": 3, "attendance": 3, "activity": 5, "complaint": 5}


def cut_off(table: str, data_date: date, years: int | None = None) -> date:
    """The first day of `table` that is kept, as of the newest date in the data."""
    kept = years if years is not None else RETENTION_YEARS.get(table, 0)
    if table not in RETENTION_YEARS or kept < 1:
        raise UsageError(
            _(
                "没有可清理的台账“{name}”，可选：{known}",
                name=table,
                known=" ".join(RETENTION_YEARS),
            )
        )
    try:
        return data_date.replace(year=data_date.year - kept)
    except ValueError:  # 29 February
        return data_date.replace(year=data_date.year - kept, day=28)


def purge(warehouse: Path, before: dict[str, date]) -> dict[str, int]:
    """Publish a version without the rows of each log before its day, and drop all older versions,
    which still hold them. Gives how many rows went; nothing is published where none do."""
    from etl import model

    store = Store(warehouse)
    with store.writer():
        if store.current() is None:
            raise WarehouseMissing(_("{path} 里还没有数据", path=warehouse))
        with store.build() as building:
            con, gone = building.con, {}
            for name, day in before.items():
                where = _older(name)
                rows = count(con, f"SELECT count(*) FROM {quote(name)} WHERE {where}", {"day": day})
                if not rows:
                    continue
                gone[name] = rows
                con.execute(f"DELETE FROM {quote(name)} WHERE {where}", {"day": day})
                old = quote(history_name(TABLES[name]))
                con.execute(f"DELETE FROM {old} WHERE {where}", {"day": day})
            if not gone:
                return {}
            model.build(con, dict.fromkeys(TABLES))
            write_meta(con, building.number)
            building.publish()
        _rewrite(store, building.number)
        store.expire(keep=1)
        for path in (warehouse / "share").glob("*.duckdb"):
            path.unlink(missing_ok=True)
        return gone


def _older(name: str) -> str:
    table = TABLES[name]
    if table.event_time:
        return f"CAST({quote(table.event_time)} AS DATE) < $day"
    # A sign-in list has no time of its own: it goes with its activity.
    return "activity_id IN (SELECT activity_id FROM activity WHERE CAST(started_at AS DATE) < $day)"
