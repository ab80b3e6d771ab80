"""What every kind of file is turned into: sheets with a preview, staged as a text table `raw`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import duckdb
import pyarrow as pa

from etl.sources import Source

__all__ = ["PREVIEW_ROWS", "RAW", "Sheet", "stage_columns"]

PREVIEW_ROWS = 60
RAW = "raw"


class Sheet(Protocol):
    """One table-shaped part of a file.

    `preview` holds the first rows as text, ragged. `stage(con, start, width, typed)` makes the
    temporary table `raw(c0 … c<width-1>, …)` of all records from number `start` (0-based) on, in
    order, blank ones included. `typed` is SQL of further columns over `raw`, each with a comma in
    front (`etl.convert.typed_columns`): what is read once need not be cast again at every look.
    `surplus` then holds the filled cells beyond `width`, by the offset of their row.
    `records` is the number of records by a count that is independent of how `stage` reads;
    it is known after `stage`.
    """

    source: Source
    name: str
    preview: list[list[str]]
    encoding: str
    undecodable: int

    def stage(
        self, con: duckdb.DuckDBPyConnection, start: int, width: int, typed: str = ""
    ) -> None: ...

    @property
    def records(self) -> int: ...

    @property
    def surplus(self) -> Mapping[int, Sequence[str]]: ...


def stage_columns(
    con: duckdb.DuckDBPyConnection, columns: Sequence[pa.Array], typed: str, *, replace: bool
) -> None:
    """Put text columns, and the typed ones made of them, into `raw`, making it or adding to it."""
    block = pa.table({f"c{at}": column for at, column in enumerate(columns)})
    con.register("block", block)
    if replace:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {RAW} AS SELECT *{typed} FROM block AS {RAW}")
    else:
        con.execute(f"INSERT INTO {RAW} SELECT *{typed} FROM block AS {RAW}")
    con.unregister("block")
