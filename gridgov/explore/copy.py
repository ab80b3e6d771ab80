"""The de-identified copy that analysts' SQL, notebooks and other tools open.

It is a DuckDB file of its own with the tables that `gridgov.access.policy` gives an analyst: facts,
marts and references, pseudonyms re-keyed with a salt that is thrown away, free text gone. It never
holds users, sessions, keys or the loader's books. One is kept per version and grid scope, made when
first asked for, under a hidden name and renamed, so that nobody ever opens half of one.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

import duckdb

from gridgov.access.policy import Level, Scope, level_of, view_sql
from gridgov.access.roles import Role
from gridgov.errors import WarehouseError
from gridgov.locale import _
from gridgov.warehouse import Version

__all__ = ["analyst_scope", "copy_path", "deidentified_copy", "drop_old_copies"]

_FOLDER = "share"
_SOURCE = "published"
# Hashed in every table without single persons. Rows lie by day and then by these, not as in the
# files that they came from: the tenth row of a list would be the tenth person on it.
_SHUFFLED_BY = ("visit_id", "complaint_id", "person", "household", "worker_id")


def analyst_scope(grid_ids: tuple[str, ...] = ()) -> Scope:
    """What a copy holds, whoever asks for it: an analyst's view of those grids."""
    return Scope(frozenset({Role.ANALYST}), tuple(sorted(grid_ids)))


def copy_path(version: Version, scope: Scope) -> Path:
    """Where the copy for that version and scope lies, whether it exists yet or not.

    The name carries the version file's time, so that a number that was published again after a
    roll-back does not find the older copy.
    """
    stamp = f"{version.path.stat().st_mtime_ns}:{'/'.join(scope.grid_ids)}"
    mark = hashlib.sha256(stamp.encode()).hexdigest()[:12]
    return version.path.parent / _FOLDER / f"share-{version.number}-{mark}.duckdb"


def deidentified_copy(version: Version, grid_ids: tuple[str, ...] = ()) -> Path:
    """The copy of `version` for a grid scope (empty: everything), made if need be.

    Raises WarehouseError when it cannot be written.
    """
    scope = analyst_scope(grid_ids)
    target = copy_path(version, scope)
    if target.is_file():
        return target
    unfinished = target.with_name(f".{target.stem}-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        target.parent.mkdir(mode=0o700, exist_ok=True)
        _write(version.path, unfinished, scope)
        unfinished.chmod(0o600)
        unfinished.replace(target)
    except (duckdb.Error, OSError) as error:
        raise WarehouseError(
            _(
                "做不成供查询的去标识副本：{why}。请检查磁盘空间和 {folder} 的权限后重试",
                why=str(error).split("\n", 1)[0],
                folder=_FOLDER,
            )
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return target


def _write(source: Path, target: Path, scope: Scope) -> None:
    with duckdb.connect(str(target)) as con:
        con.execute(
            f"ATTACH '{str(source).replace(chr(39), chr(39) * 2)}' AS {_SOURCE} (READ_ONLY)"
        )
        salt = secrets.token_hex(16)
        for table, columns in _columns(con).items():
            select = view_sql(
                table,
                [(name, kind) for name, kind, _comment in columns],
                scope,
                source=f"{_SOURCE}.main",
                salt=salt,
            )
            if select is None:
                continue
            if level_of(table, scope) is Level.DEIDENTIFIED:
                select += _shuffled(columns)
            con.execute(f'CREATE TABLE "{table}" AS {select}')
            for name, _kind, comment in columns:
                if comment:
                    con.execute(f'COMMENT ON COLUMN "{table}"."{name}" IS {_literal(comment)}')
        for table, comment in con.execute(
            "SELECT table_name, comment FROM duckdb_tables() "
            "WHERE database_name = ? AND comment IS NOT NULL "
            "AND table_name IN (SELECT table_name FROM duckdb_tables() WHERE database_name <> ?)",
            [_SOURCE, _SOURCE],
        ).fetchall():
            con.execute(f'COMMENT ON TABLE "{table}" IS {_literal(comment)}')
        con.execute(f"DETACH {_SOURCE}")
        con.execute("CHECKPOINT")


def _shuffled(columns: list[tuple[str, str, str | None]]) -> str:
    """The ORDER BY of a table about persons, by the places of its columns: the names would mean
    those of the published table."""
    days = [at for at, (_name, kind, _said) in enumerate(columns, 1) if kind == "DATE"]
    marks = [at for at, (name, _kind, _said) in enumerate(columns, 1) if name in _SHUFFLED_BY]
    return f" ORDER BY {', '.join(str(at) for at in (*days[:1], *marks))}"


def _columns(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str, str | None]]]:
    found: dict[str, list[tuple[str, str, str | None]]] = {}
    for table, name, kind, comment in con.execute(
        "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() "
        "WHERE database_name = ? AND NOT internal ORDER BY table_name, column_index",
        [_SOURCE],
    ).fetchall():
        found.setdefault(table, []).append((name, kind, comment))
    return found


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def drop_old_copies(folder: Path, kept: set[int]) -> int:
    """Remove copies of versions that are no longer kept; gives how many."""
    removed = 0
    for path in (folder / _FOLDER).glob("share-*.duckdb"):
        number = path.name.split("-")[1]
        if number.isdigit() and int(number) not in kept:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
