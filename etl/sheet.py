"""What every kind of file is turned into: sheets with a preview, staged as a text table `raw`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import duckdb
import pyarrow as pa

from etl.sources import Source

__all__ = ["PREVIEW_ROWS", "RAW", "Sheet", "stage_columns"]

PREVIEW_ROWS = 60
RAW = "raw"


class Sheet(Protocol):
    """One table-shaped part of a file.

    `preview` holds the first rows as text, ragged. `stage(con, start, width)` makes the temporary
    table `raw(c0 … c<width-1>)` of all records from number `start` (0-based) on, in order, blank
    ones included, and returns the widest surplus found: cells beyond `width` that are not empty.
    `records` is the number of records by a count that is independent of how `stage` reads;
    it is known after `stage`.
    """

    source: Source
    name: str
    preview: list[list[str]]
    encoding: str
    undecodable: int

    def stage(self, con: duckdb.DuckDBPyConnection, start: int, width: int) -> None: ...

    @property
    def records(self) -> int: ...

    @property
    def surplus(self) -> Sequence[int]: ...


def stage_columns(
    con: duckdb.DuckDBPyConnection, columns: Sequence[pa.Array], *, replace: bool
) -> None:
    """Put text columns into `raw`, making it or adding to it."""
    block = pa.table({f"c{at}": column for at, column in enumerate(columns)})
    con.register("block", block)
    if replace:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {RAW} AS SELECT * FROM block")
    else:
        con.execute(f"INSERT INTO {RAW} SELECT * FROM block")
    con.unregister("block")
