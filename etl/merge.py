"""Typed rows into the published tables, by key: the same content again is a duplicate, another
content a correction whose predecessor goes to the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb

from etl.ask import count
from etl.ddl import history_name, quote
from etl.stage import STAGE
from gridgov.schema import Table

__all__ = ["Merged", "Touched", "merge"]


class Touched:
    """Which days of which tables a load changed; None stands for all of them."""

    def __init__(self) -> None:
        self._days: dict[str, set[date] | None] = {}

    def everything(self, table: str) -> None:
        self._days[table] = None

    def days(self, table: str, found: Sequence[date]) -> None:
        known = self._days.setdefault(table, set())
        if known is not None:
            known.update(found)

    def changed(self) -> dict[str, frozenset[date] | None]:
        """As `etl.model.build` takes it."""
        return {
            table: None if days is None else frozenset(days) for table, days in self._days.items()
        }


@dataclass
class Merged:
    """Counts of rows. `conflict_rows` are the numbers of rows that another row of the same load
    contradicts; `overlap` counts duplicates by the earlier batch that had them first."""

    loaded: int = 0
    updated: int = 0
    duplicate: int = 0
    conflict_rows: list[int] = field(default_factory=list)
    overlap: dict[int, int] = field(default_factory=dict)


def merge(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    columns: Sequence[str],
    batch_id: int,
    file_id: int,
    touched: Touched,
) -> Merged:
    """Merge `stage`, in which no rejected row is left, into `table` as `file_id` of `batch_id`."""
    work = _Merge(con, table, columns, batch_id, file_id)
    result = Merged()
    was_empty = not work.count(f"SELECT count(*) FROM (SELECT 1 FROM {work.target} LIMIT 1)")
    work.number_rows()
    if not work.is_unique():
        work.set_aside_copies(result, was_empty)
    if not was_empty:
        work.set_aside_duplicates(result)
        if table.role == "log":
            touched.days(table.name, work.touched_days())
        work.correct(result)
    result.loaded = work.insert()
    if result.loaded + result.updated and (was_empty or table.role == "reference"):
        touched.everything(table.name)
    return result


class _Merge:
    """The statements of one merge; all names come from the schema."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        table: Table,
        columns: Sequence[str],
        batch_id: int,
        file_id: int,
    ) -> None:
        self._con = con
        self._table = table
        self._columns = list(columns)
        self._batch = batch_id
        self._file = file_id
        self.target = quote(table.name)
        self._history = quote(history_name(table))

    def count(self, sql: str) -> int:
        return count(self._con, sql)

    @property
    def _keys(self) -> tuple[str, ...]:
        return self._table.key

    def _on(self, left: str, right: str) -> str:
        """Equal keys; parts that may be empty compare as equal when both are."""
        required = {column.name for column in self._table.columns if column.required}
        single = len(self._keys) == 1
        return " AND ".join(
            f"{left}.{quote(key)} {'=' if single or key in required else 'IS NOT DISTINCT FROM'} "
            f"{right}.{quote(key)}"
            for key in self._keys
        )

    def _same(self, left: str, right: str) -> str:
        others = [name for name in self._columns if name not in self._keys]
        return (
            " AND ".join(
                f"{left}.{quote(name)} IS NOT DISTINCT FROM {right}.{quote(name)}"
                for name in others
            )
            or "true"
        )

    def number_rows(self) -> None:
        """Rows to which the source gave no number get one from their natural key."""
        for name in self._keys:
            if name not in self._columns:
                kind = self._table.column(name).sql_type
                self._con.execute(f"ALTER TABLE {STAGE} ADD COLUMN {quote(name)} {kind}")
                self._columns.append(name)
        if not self._table.natural_key:
            return
        key = quote(self._keys[0])
        parts = ", ".join(
            f"coalesce(CAST({quote(name)} AS VARCHAR), '')"
            for name in self._table.natural_key
            if name in self._columns
        )
        if not self.count(f"SELECT count(*) FROM {STAGE} WHERE {key} IS NULL"):
            return
        self._con.execute(
            f"UPDATE {STAGE} SET {key} = 'N' || md5(concat_ws(chr(31), {parts}))[1:16] "
            f"WHERE {key} IS NULL"
        )

    def is_unique(self) -> bool:
        """Different hashes mean different keys; equal ones are looked at exactly."""
        keys = ", ".join(map(quote, self._keys))
        return bool(self.count(f"SELECT count(*) = count(DISTINCT hash({keys})) FROM {STAGE}"))

    def set_aside_copies(self, result: Merged, was_empty: bool) -> None:
        """Of several rows with one key the last stands; the others leave `stage`."""
        keys = ", ".join(map(quote, self._keys))
        content = ", ".join(map(quote, self._columns))
        whole = ", ".join("s." + quote(name) for name in self._columns)
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE copy AS "
            f"SELECT s.row_number, {self._same('s', 'k')} AS same, "
            f"row_number() OVER (PARTITION BY hash({whole}) "
            f"ORDER BY s.row_number) AS nth "
            f"FROM (SELECT {keys}, max(row_number) AS last FROM {STAGE} "
            f"GROUP BY ALL HAVING count(*) > 1) AS m "
            f"JOIN {STAGE} AS s ON {self._on('s', 'm')} AND s.row_number < m.last "
            f"JOIN {STAGE} AS k ON k.row_number = m.last"
        )
        alike = f"{self._on('h', 's')} AND {self._same('h', 's')}"
        known = f"SELECT 1 FROM {self._history} AS h WHERE {alike}"
        if not was_empty:
            known += (
                f" UNION ALL SELECT 1 FROM {self.target} AS h "
                f"WHERE {self._on('h', 's')} AND {self._same('h', 's')}"
            )
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE conflict AS SELECT s.* FROM {STAGE} AS s "
            f"JOIN copy AS c USING (row_number) "
            f"WHERE NOT c.same AND c.nth = 1 AND NOT EXISTS ({known})"
        )
        self._con.execute(
            f"INSERT INTO {self._history} ({content}, batch_id, file_id, row_number, replaced_by) "
            f"SELECT {content}, {self._batch}, {self._file}, row_number, {self._batch} "
            f"FROM conflict"
        )
        all_copies = self.count("SELECT count(*) FROM copy")
        result.updated = self.count("SELECT count(*) FROM conflict")
        result.duplicate = all_copies - result.updated
        result.conflict_rows = [
            row[0]
            for row in self._con.execute(
                "SELECT row_number FROM copy WHERE NOT same ORDER BY row_number"
            ).fetchall()
        ]
        self._con.execute(f"DELETE FROM {STAGE} WHERE row_number IN (SELECT row_number FROM copy)")

    def set_aside_duplicates(self, result: Merged) -> None:
        """Rows that are already there just so leave `stage`; `hit` keeps the corrections."""
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE hit AS SELECT s.row_number, t.rowid AS target_row, "
            f"t.batch_id AS old_batch, {self._same('s', 't')} AS same "
            f"FROM {STAGE} AS s JOIN {self.target} AS t ON {self._on('s', 't')}"
        )
        found = self._con.execute(
            "SELECT old_batch, count(*) FROM hit WHERE same GROUP BY ALL"
        ).fetchall()
        if not found:
            return
        result.duplicate += sum(n for _, n in found)
        result.overlap = {batch: n for batch, n in found if batch != self._batch}
        self._con.execute(
            f"DELETE FROM {STAGE} WHERE row_number IN (SELECT row_number FROM hit WHERE same)"
        )

    def touched_days(self) -> list[date]:
        """The days of the rows that come in and of those that they replace."""
        if self._table.event_time:
            day = f"CAST({quote(self._table.event_time)} AS DATE)"
            sql = (
                f"SELECT {day} FROM {STAGE} UNION SELECT {day} FROM {self.target} "
                f"WHERE rowid IN (SELECT target_row FROM hit WHERE NOT same)"
                if self._table.event_time in self._columns
                else f"SELECT {day} FROM {self.target} "
                "WHERE rowid IN (SELECT target_row FROM hit WHERE NOT same)"
            )
        else:
            # A sign-in happens on the day of its activity.
            sql = (
                "SELECT DISTINCT CAST(started_at AS DATE) FROM activity "
                f"WHERE activity_id IN (SELECT activity_id FROM {STAGE})"
            )
        return [row[0] for row in self._con.execute(sql).fetchall() if row[0] is not None]

    def correct(self, result: Merged) -> None:
        """Old values to the history, new ones in their place; columns the file lacks stay."""
        corrections = self.count("SELECT count(*) FROM hit WHERE NOT same")
        if not corrections:
            return
        everything = ", ".join(map(quote, self._table.column_names))
        self._con.execute(
            f"INSERT INTO {self._history} "
            f"({everything}, batch_id, file_id, row_number, replaced_by) "
            f"SELECT {everything}, batch_id, file_id, row_number, {self._batch} "
            f"FROM {self.target} WHERE rowid IN (SELECT target_row FROM hit WHERE NOT same)"
        )
        changes = ", ".join(
            f"{quote(name)} = s.{quote(name)}" for name in self._columns if name not in self._keys
        )
        self._con.execute(
            f"UPDATE {self.target} AS t SET {changes}, batch_id = {self._batch}, "
            f"file_id = {self._file}, row_number = s.row_number "
            f"FROM {STAGE} AS s JOIN hit AS h USING (row_number) "
            f"WHERE NOT h.same AND t.rowid = h.target_row"
        )
        self._con.execute(
            f"DELETE FROM {STAGE} WHERE row_number IN (SELECT row_number FROM hit WHERE NOT same)"
        )
        result.updated += corrections
        # Another file or sheet of this very load says otherwise: which is later nobody has said.
        result.conflict_rows += [
            row[0]
            for row in self._con.execute(
                f"SELECT row_number FROM hit WHERE NOT same AND old_batch = {self._batch} "
                "ORDER BY row_number"
            ).fetchall()
        ]

    def insert(self) -> int:
        """All that is left is new."""
        names = ", ".join(map(quote, self._columns))
        return self.count(
            f"INSERT INTO {self.target} ({names}, batch_id, file_id, row_number) "
            f"SELECT {names}, {self._batch}, {self._file}, row_number FROM {STAGE}"
        )
