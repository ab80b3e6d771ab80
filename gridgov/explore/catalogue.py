"""The tables that an analyst can query: names, types, Chinese comments, sample values.

Read in the child as any query is, and kept until the database file changes.
"""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridgov.explore.limits import Limits
from gridgov.explore.result import open_batches
from gridgov.explore.result_frames import FrameReader
from gridgov.explore.sandbox import call_child, request_for

__all__ = [
    "CatalogueColumn",
    "CatalogueTable",
    "Completion",
    "completions",
    "schema_catalogue",
]

_KEPT = 8
_FUNCTIONS = re.findall(
    r"\w+",
    """count sum avg min max median quantile_cont stddev_samp round coalesce nullif date_trunc
    date_part date_diff strftime try_cast concat substring replace regexp_matches row_number rank
    lag lead string_agg list any_value arg_max arg_min""",
)
_KEYWORDS = re.findall(
    r"\w+",
    """SELECT FROM WHERE GROUP ORDER BY HAVING LIMIT JOIN LEFT ON USING WITH AS AND OR NOT NULL IN
    BETWEEN LIKE CASE WHEN THEN ELSE END DISTINCT UNION ALL OVER PARTITION QUALIFY FILTER PIVOT
    CAST EXPLAIN DESCRIBE SUMMARIZE""",
)


@dataclass(frozen=True)
class CatalogueColumn:
    """A column: its SQL type, its comment (empty if none) and up to five sample values as text."""

    name: str
    type: str
    comment: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class CatalogueTable:
    """A table or view; `rows` is the engine's estimate, None for a view."""

    name: str
    comment: str
    is_view: bool
    rows: int | None
    columns: tuple[CatalogueColumn, ...]


@dataclass(frozen=True)
class Completion:
    """One word that an editor offers: `kind` is "table", "column", "function" or "keyword"."""

    word: str
    kind: str
    detail: str


_lock = threading.Lock()
_kept: OrderedDict[tuple[str, int, int], tuple[CatalogueTable, ...]] = OrderedDict()


def schema_catalogue(database: Path, *, limits: Limits | None = None) -> tuple[CatalogueTable, ...]:
    """Tables by name, columns in their order; raises QueryError where the file cannot be read."""
    key = _key(database)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    limits = limits or Limits()

    def read(reader: FrameReader) -> str:
        _schema, batches = open_batches(reader)
        return "".join(str(value) for batch in batches for value in batch.column(0).to_pylist())

    request = request_for("catalogue", "", {}, None, limits)
    text, _trailer = call_child(database, request, limits, read)
    tables = _tables(json.loads(text))
    with _lock:
        _kept[key] = tables
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return tables


def completions(database: Path) -> tuple[Completion, ...]:
    """Every word an editor should offer: tables, columns (once each), functions, keywords."""
    tables = schema_catalogue(database)
    words = [Completion(table.name, "table", table.comment) for table in tables]
    columns: dict[str, Completion] = {}
    for table in tables:
        for column in table.columns:
            detail = f"{column.type} {column.comment}".strip()
            columns.setdefault(column.name, Completion(column.name, "column", detail))
    words += [columns[name] for name in sorted(columns)]
    words += [Completion(name, "function", "") for name in _FUNCTIONS]
    words += [Completion(name, "keyword", "") for name in _KEYWORDS]
    return tuple(words)


def _tables(listed: list[dict[str, Any]]) -> tuple[CatalogueTable, ...]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in listed:
        grouped.setdefault(str(row["table"]), []).append(row)
    return tuple(
        CatalogueTable(
            name=name,
            comment=str(rows[0]["table_comment"] or ""),
            is_view=bool(rows[0]["is_view"]),
            rows=_whole(rows[0]["rows"]),
            columns=tuple(_column(row) for row in rows),
        )
        for name, rows in grouped.items()
    )


def _column(row: dict[str, Any]) -> CatalogueColumn:
    samples = row["samples"]
    return CatalogueColumn(
        name=str(row["column"]),
        type=str(row["type"]),
        comment=str(row["comment"] or ""),
        samples=tuple(str(value) for value in samples) if isinstance(samples, list) else (),
    )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _key(database: Path) -> tuple[str, int, int]:
    try:
        state = database.stat()
    except OSError:
        return (str(database), 0, 0)
    return (str(database.resolve()), state.st_mtime_ns, state.st_size)
