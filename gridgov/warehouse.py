"""Reading the published warehouse: versions, scoped connections, a cursor for every thread.

A reader's connection is an in-memory database whose only contents are views over the published
file, which is attached read-only under an unguessable name; the views are those that
`gridgov.access.policy` allows for the scope. External access is off and the configuration locked.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from gridgov.access.policy import EVERYTHING, Level, Scope, level_of, view_sql
from gridgov.answers import Answers, question
from gridgov.errors import AccessDenied, WarehouseError, WarehouseMissing
from gridgov.locale import _
from gridgov.optional_conditions import without_conditions
from gridgov.settings import Settings

__all__ = ["Reader", "Version", "Warehouse", "is_sample_only", "sql_text"]

T = TypeVar("T")

_CORE = Path(__file__).parent
_FILE = re.compile(r"gridgov-(\d+)\.duckdb")
_PARAMETER = re.compile(r"\$([A-Za-z_]\w*)")
_MISSING = re.compile(r"Table with name (\w+) does not exist")
_HELD = re.compile(r"\bFROM (held_\w+)")
_KEEP_OPEN = 12
# These take a table's name as a text, past any check of the names that a query uses.
_INDIRECT = re.compile(r"\bquery(_table)?\s*\(", re.IGNORECASE)


@cache
def sql_text(name: str) -> str:
    """The SQL of a file under `gridgov/`, by its path there, for example `metrics/sv1.sql`."""
    return (_CORE / name).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Version:
    """One published version: its number, its file, what its `warehouse_meta` says."""

    number: int
    path: Path
    meta: Mapping[str, str]

    @property
    def data_date(self) -> date | None:
        """The newest date in the logs: the "today" of every page. None without any log."""
        text = self.meta.get("data_date", "")
        return date.fromisoformat(text[:10]) if text else None

    @property
    def created_at(self) -> datetime | None:
        text = self.meta.get("created_at", "")
        return datetime.fromisoformat(text) if text else None

    @property
    def sample_only(self) -> bool:
        return self.meta.get("sample_only") == "true"


class Reader:
    """A scoped, read-only view of one version. Safe to share between threads.

    With `answers`, small results are kept and given again to the same question.
    """

    def __init__(self, version: Version, scope: Scope, answers: Answers | None = None) -> None:
        self._answers = answers
        self.version = version
        self.scope = scope
        self._local = threading.local()
        self._held: set[str] = set()
        self._holding = threading.Lock()
        self._catalogue = "p" + secrets.token_hex(12)
        self._root = _open_scoped(version.path, self._catalogue, scope)

    @property
    def data_date(self) -> date | None:
        return self.version.data_date

    @cached_property
    def _tables(self) -> frozenset[str]:
        rows = self._root.cursor().execute(
            "SELECT view_name FROM duckdb_views() WHERE NOT internal"
        )
        return frozenset(name for (name,) in rows.fetchall())

    def tables(self) -> frozenset[str]:
        """Names of the tables that this scope sees."""
        return self._tables

    def level(self, table: str) -> Level:
        """How much of `table` this scope sees."""
        return level_of(table, self.scope) if table in self._tables else Level.ABSENT

    def frame(self, sql: str, **parameters: object) -> pd.DataFrame:
        """Run a query (text, or a file's name ending in .sql) and give a DataFrame."""
        found = self._kept("frame", sql, parameters, lambda asked: asked.df(), lambda df: df.size)
        # A shallow copy: pandas copies on write, so nobody changes what others hold.
        return found.copy(deep=False)

    def arrow(self, sql: str, **parameters: object) -> pa.Table:
        """Run a query and give an Arrow table."""
        text, used = self._prepared(sql, parameters)
        with self._explained():
            # A relation: a cursor's result would be copied once more on its way to Arrow.
            found = self._cursor().sql(text, params=used) if used else self._cursor().sql(text)
            table: pa.Table = found.to_arrow_table()
            return table

    def rows(self, sql: str, **parameters: object) -> list[tuple[Any, ...]]:
        """Run a query and give its rows as tuples."""
        found: list[tuple[Any, ...]] = self._kept(
            "rows",
            sql,
            parameters,
            lambda asked: asked.fetchall(),
            lambda rows: len(rows) * len(rows[0]) if rows else 0,
        )
        return list(found)

    def columns(self, sql: str, **parameters: object) -> Mapping[str, npt.NDArray[Any]]:
        """Run a query and give its columns; one with empty cells is a masked array.

        Days are datetime64, texts are objects. The arrays are shared and must not be changed.
        """
        found: dict[str, npt.NDArray[Any]] = self._kept(
            "columns",
            sql,
            parameters,
            _as_arrays,
            lambda columns: sum(len(column) for column in columns.values()),
        )
        return found

    def made(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """What `make` makes of answers of this reader, kept beside them; `size` is its cells.

        `key` says all that it depends on besides the reader. What comes back is shared.
        """
        if self._answers is None:
            return make()
        return self._answers.get(("made", key), make, size)

    def _kept(
        self,
        form: str,
        sql: str,
        parameters: Mapping[str, object],
        fetch: Callable[[duckdb.DuckDBPyConnection], T],
        size: Callable[[T], int],
    ) -> T:
        text, used = self._prepared(sql, parameters)
        key = question(text, used) if self._answers is not None else None
        if self._answers is None or key is None:
            return fetch(self._execute(text, used))
        return self._answers.get((form, key), lambda: fetch(self._execute(text, used)), size)

    def _execute(self, text: str, used: Mapping[str, object]) -> duckdb.DuckDBPyConnection:
        with self._explained():
            return self._cursor().execute(text, used)

    def _prepared(
        self, sql: str, parameters: Mapping[str, object]
    ) -> tuple[str, dict[str, object]]:
        """The text of a query and those of the parameters that it names."""
        text = sql_text(sql) if sql.endswith(".sql") else sql
        self._refuse_ways_around(text, parameters)
        empty = frozenset(name for name, value in parameters.items() if value is None)
        text = without_conditions(text, empty)
        for table in _HELD.findall(text):
            self._hold(table)
        named = set(_PARAMETER.findall(text))
        return text, {name: value for name, value in parameters.items() if name in named}

    def _hold(self, table: str) -> None:
        """Makes a table in memory, at the first query that names it.

        For few rows that many questions look through, out of a table in which they lie scattered:
        `queries/held_<name>.sql`. It is made from this reader's own views, so that it holds
        nothing that they do not give.
        """
        with self._holding:
            if table not in self._held and (_CORE / f"queries/{table}.sql").is_file():
                self._execute(f'CREATE TABLE "{table}" AS {sql_text(f"queries/{table}.sql")}', {})
                self._held.add(table)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what the engine says of a missing table or file into a sentence for the user."""
        try:
            yield
        except duckdb.CatalogException as error:
            missing = _MISSING.search(str(error))
            if missing and level_of(missing[1], self.scope) is not Level.ABSENT:
                raise WarehouseError(
                    _(
                        "这份数据是旧版程序算出来的，还没有本页要用的统计表。"
                        "请在服务器上运行 python -m etl rebuild"
                    )
                ) from error
            raise AccessDenied(
                _("当前角色不能查看所需的数据，或数据中没有这张表：{why}", why=_first_line(error))
            ) from error
        except duckdb.IOException as error:
            raise WarehouseError(
                _(
                    "读不了数据版本 {number}：文件可能已被移走。请刷新页面，"
                    "或运行 python -m etl versions",
                    number=self.version.number,
                )
            ) from error

    def _refuse_ways_around(self, text: str, parameters: Mapping[str, object]) -> None:
        given = [text, *(value for value in parameters.values() if isinstance(value, str))]
        if any(self._catalogue in part for part in given) or _INDIRECT.search(text):
            raise AccessDenied(_("查询只能使用本角色可见的数据表"))

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._root.cursor()
            self._local.cursor = cursor
        return cursor


def _as_arrays(asked: duckdb.DuckDBPyConnection) -> dict[str, npt.NDArray[Any]]:
    found: dict[str, npt.NDArray[Any]] = asked.fetchnumpy()  # type: ignore[assignment]
    for column in found.values():
        column.flags.writeable = False
    return found


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]


def _open_scoped(path: Path, catalogue: str, scope: Scope) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "allow_persistent_secrets": "false",
        },
    )
    try:
        con.execute(
            f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS {catalogue} (READ_ONLY)"
        )
    except duckdb.Error as error:
        raise WarehouseError(
            _(
                "打不开数据文件 {name}：{why}。请运行 python -m etl versions 查看可用版本",
                name=path.name,
                why=_first_line(error),
            )
        ) from error
    columns: OrderedDict[str, list[tuple[str, str]]] = OrderedDict()
    for table, column, kind in con.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = ? AND NOT internal ORDER BY table_name, column_index",
        [catalogue],
    ).fetchall():
        columns.setdefault(table, []).append((column, kind))
    salt = secrets.token_hex(16)
    for table, listed in columns.items():
        view = view_sql(table, listed, scope, source=f"{catalogue}.main", salt=salt)
        if view is not None:
            con.execute(f'CREATE VIEW "{table}" AS {view}')
    # After this nothing can be attached, read from disk, or set back.
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


class Warehouse:
    """A folder of published versions. Cheap to make; opened readers are shared in the process."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def locate(cls, explicit: Path | None = None) -> Warehouse:
        """`explicit`, else GRIDGOV_WAREHOUSE, else data/warehouse."""
        return cls(explicit or Settings.from_environment().warehouse)

    def current(self) -> Version:
        """The version in force. Raises `WarehouseMissing` where nothing is published."""
        pointer = self.root / "CURRENT"
        try:
            name = pointer.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise self._missing() from error
        match = _FILE.fullmatch(name)
        path = self.root / name
        if match is None or not path.is_file():
            raise self._missing()
        return _version(int(match[1]), path)

    def _missing(self) -> WarehouseMissing:
        return WarehouseMissing(
            _("还没有导入任何数据。请在“数据”页导入，或运行：python -m etl load 文件或文件夹")
        )

    def versions(self) -> list[Version]:
        """All versions still kept, newest first."""
        found = [
            _version(int(match[1]), path)
            for path in self.root.glob("gridgov-*.duckdb")
            if (match := _FILE.fullmatch(path.name))
        ]
        return sorted(found, key=lambda version: version.number, reverse=True)

    def version(self, number: int) -> Version:
        """A kept version by number. Raises `WarehouseMissing` where it has expired."""
        path = self.root / f"gridgov-{number}.duckdb"
        if not path.is_file():
            raise WarehouseMissing(_("数据版本 {number} 已不保留，请改用现有版本", number=number))
        return _version(number, path)

    def reader(self, scope: Scope = EVERYTHING, version: Version | None = None) -> Reader:
        """A reader of the current (or given) version for `scope`; one is kept per pair."""
        chosen = version or self.current()
        return _READERS.get(chosen, scope)


@cache
def _meta(path: Path, stamp: tuple[int, int]) -> Mapping[str, str]:
    """`stamp` (size, mtime) makes a file that was replaced under the same name a new entry."""
    with duckdb.connect(str(path), read_only=True) as con:
        try:
            rows = con.execute("SELECT key, value FROM warehouse_meta").fetchall()
        except duckdb.CatalogException:
            return {}
    return {str(key): str(value) for key, value in rows if value is not None}


def _version(number: int, path: Path) -> Version:
    status = path.stat()
    try:
        return Version(number, path, _meta(path, (status.st_size, status.st_mtime_ns)))
    except duckdb.Error as error:
        raise WarehouseError(
            _(
                "数据版本 {number} 的文件损坏或正被占用：{why}。"
                "请运行 python -m etl versions，再用 python -m etl rollback 退回可用版本",
                number=number,
                why=_first_line(error),
            )
        ) from error


class _Readers:
    """The process's open readers, least recently used first to go."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: OrderedDict[tuple[Path, int, Scope], Reader] = OrderedDict()

    def get(self, version: Version, scope: Scope) -> Reader:
        key = (version.path.resolve(), version.path.stat().st_mtime_ns, scope)
        with self._lock:
            reader = self._open.get(key)
            if reader is None:
                reader = self._open[key] = Reader(version, scope, Answers())
                while len(self._open) > _KEEP_OPEN:
                    # Dropped, not closed: another thread may be reading; memory goes with it.
                    self._open.popitem(last=False)
            self._open.move_to_end(key)
            return reader


_READERS = _Readers()


def is_sample_only(root: Path) -> bool:
    """True when the warehouse holds the shipped sample and nothing else; the demo needs that."""
    try:
        return Warehouse(root).current().sample_only
    except WarehouseError:
        return False
