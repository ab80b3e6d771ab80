"""What is held on one resident: found, handed out, erased — in every kept version.

The personal information law gives residents the right to see what is held on them and to have it
erased. Erasing takes the person out of the events and keeps the events: a visit still happened, but
no longer to anybody. Files are written anew, so that nothing stays behind in free pages.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from etl.ask import count
from etl.books import write_meta
from etl.ddl import history_name, quote
from etl.privacy import Pseudonyms, key_path, resident_text
from etl.store import Store
from gridgov.errors import UsageError, WarehouseMissing
from gridgov.locale import _
from gridgov.schema import TABLES, Table

__all__ = ["Held", "erase", "find", "pseudonyms_of", "rows_of"]

Held = dict[int, dict[str, int]]
_KINDS = {"P": "person", "H": "household"}
_HEX = set("0123456789abcdef")


def pseudonyms_of(warehouse: Path, text: str) -> tuple[str, str]:
    """The pseudonyms that a name, number or address has here: as a person and as a household."""
    made = Pseudonyms.from_file(key_path(warehouse))
    return made.of("P", text), made.of("H", text)


def find(warehouse: Path, pseudonyms: tuple[str, ...]) -> Held:
    """How many rows of which table name one of `pseudonyms`, by kept version (newest first)."""
    _check(pseudonyms)
    store = Store(warehouse)
    if not store.numbers():
        raise WarehouseMissing(_("{path} 里还没有数据", path=warehouse))
    found: Held = {}
    for number in store.numbers():
        with duckdb.connect(str(store.path(number)), read_only=True) as con:
            found[number] = {
                name: rows
                for name, where in _places(con)
                if (rows := _count(con, name, where, pseudonyms))
            }
    return found


def rows_of(warehouse: Path, pseudonyms: tuple[str, ...]) -> Iterator[tuple[str, pa.Table]]:
    """Each table's rows about them in the version in force, for a copy to hand out."""
    _check(pseudonyms)
    store = Store(warehouse)
    number = store.current()
    if number is None:
        raise WarehouseMissing(_("{path} 里还没有数据", path=warehouse))
    with duckdb.connect(str(store.path(number)), read_only=True) as con:
        for name, where in _places(con):
            rows = con.sql(
                f"SELECT * FROM {quote(name)} WHERE {where}", params={"who": list(pseudonyms)}
            ).to_arrow_table()
            if rows.num_rows:
                yield name, rows


def erase(warehouse: Path, pseudonyms: tuple[str, ...], text: str = "") -> Held:
    """Take them out of every kept version, the rejected rows and the shared copies.

    `text` is the name or number itself, where it is known: rejected rows are in clear and can only
    be found by it. The version in force is replaced by a new one; older ones are written anew under
    their number. Every version remembers a keyed hash of them, by which later loads refuse their
    rows (E111). Gives what was taken out. Signed award records stay as they are: they hold
    pseudonyms that no longer lead to anybody.
    """
    held = find(warehouse, pseudonyms)
    made = Pseudonyms.from_file(key_path(warehouse))
    marks = [made.erased(one) for one in pseudonyms]
    store = Store(warehouse)
    with store.writer():
        current = store.current()
        for number in [n for n in held if n != current]:
            _rewrite(store, number, pseudonyms, marks)
        if current is not None:
            with store.build() as building:
                _take_out(building.con, pseudonyms)
                _remember(building.con, marks)
                write_meta(building.con, building.number)
                building.publish()
            # The version just replaced still names them: it is written anew as well.
            _rewrite(store, current, pseudonyms, marks)
            _rewrite(store, building.number)
        _drop_copies(warehouse)
        if text:
            _erase_rejects(store.rejects, text)
    return held


def _check(pseudonyms: tuple[str, ...]) -> None:
    for one in pseudonyms:
        if len(one) != 17 or one[0] not in _KINDS or not set(one[1:]) <= _HEX:
            raise UsageError(
                _(
                    "“{text}”不是代号（P 或 H 加 16 位十六进制）；知道姓名或地址时用 --from-id",
                    text=one,
                )
            )


def _places(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    """Tables of the schema (and their histories) that name residents, with the condition."""
    there = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    for table in TABLES.values():
        columns = [column.name for column in table.columns if column.is_pseudonym]
        if not columns:
            continue
        where = " OR ".join(f"list_contains($who, {quote(column)})" for column in columns)
        for name in (table.name, history_name(table)):
            if name in there:
                yield name, where


def _count(con: duckdb.DuckDBPyConnection, name: str, where: str, who: tuple[str, ...]) -> int:
    return count(con, f"SELECT count(*) FROM {quote(name)} WHERE {where}", {"who": list(who)})


def _take_out(con: duckdb.DuckDBPyConnection, who: tuple[str, ...]) -> None:
    """Events lose the person and their free text; rows that are nothing but the person go."""
    from etl import model

    touched = False
    places = dict(_places(con))
    for table in TABLES.values():
        for name in (table.name, history_name(table)):
            if name not in places or not _count(con, name, places[name], who):
                continue
            touched = True
            if _is_only_the_person(table):
                con.execute(f"DELETE FROM {quote(name)} WHERE {places[name]}", {"who": list(who)})
                continue
            blank = [c.name for c in table.columns if c.kind in ("person", "household", "note")]
            changes = ", ".join(f"{quote(column)} = NULL" for column in blank)
            con.execute(
                f"UPDATE {quote(name)} SET {changes} WHERE {places[name]}", {"who": list(who)}
            )
    if touched:
        model.build(con, dict.fromkeys(TABLES))


def _remember(con: duckdb.DuckDBPyConnection, marks: list[str]) -> None:
    """Enter the marks of the erased; those of a version of an older program included."""
    con.execute("CREATE TABLE IF NOT EXISTS erased_resident (mark VARCHAR)")
    con.execute(
        "INSERT INTO erased_resident SELECT DISTINCT unnest($marks) AS mark "
        "EXCEPT SELECT mark FROM erased_resident",
        {"marks": marks},
    )


def _is_only_the_person(table: Table) -> bool:
    return any(table.column(name).is_pseudonym for name in table.key)


def _rewrite(
    store: Store, number: int, who: tuple[str, ...] = (), marks: list[str] | None = None
) -> None:
    """Write a version anew without them, every page fresh, under its old name."""
    path = store.path(number)
    edited, fresh = (
        store.root / f".erase-{number}-a.duckdb",
        store.root / f".erase-{number}-b.duckdb",
    )
    try:
        for left in (edited, fresh):
            left.unlink(missing_ok=True)
        edited.write_bytes(path.read_bytes())
        with duckdb.connect(str(edited)) as con:
            if who:
                _take_out(con, who)
                _remember(con, marks or [])
            con.execute("CHECKPOINT")
            con.execute(f"ATTACH '{str(fresh).replace(chr(39), chr(39) * 2)}' AS fresh")
            name = con.execute("SELECT current_database()").fetchall()[0][0]
            con.execute(f"COPY FROM DATABASE {quote(name)} TO fresh")
            con.execute("DETACH fresh")
        with fresh.open("rb") as handle:
            os.fsync(handle.fileno())
        fresh.replace(path)
    finally:
        for left in (edited, fresh, Path(f"{edited}.wal"), Path(f"{fresh}.wal")):
            left.unlink(missing_ok=True)


def _drop_copies(warehouse: Path) -> None:
    for path in (warehouse / "share").glob("*.duckdb"):
        path.unlink(missing_ok=True)


def _erase_rejects(folder: Path, text: str) -> None:
    """Rejected rows in clear that hold the text go; the rest of each file stays."""
    wanted = resident_text(text)
    for path in folder.glob("*.parquet"):
        table = pq.read_table(path)
        keep = [
            not any(wanted and wanted in resident_text(str(cell)) for cell in cells or [])
            for cells in table["cells"].to_pylist()
        ]
        if all(keep):
            continue
        aside = path.with_name(f".{path.name}.new")
        pq.write_table(table.filter(pc.equal(pa.array(keep), True)), aside)
        aside.chmod(0o600)
        aside.replace(path)
