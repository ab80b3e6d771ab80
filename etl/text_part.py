"""A run of lines in UTF-8 into `raw`. The fast way is DuckDB's own parallel reader; whatever
surprises it (ragged rows, blank lines, quotes in odd places) goes the careful way, through
Python's csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from etl.ask import count, first_row
from etl.columns import columns_of_rows, texts
from etl.records import RecordCount, count_records
from etl.sheet import RAW, stage_columns
from gridgov.errors import DataFileError
from gridgov.locale import _

__all__ = ["TextPart", "rows_of"]

_FIELD_LIMIT = 1 << 24
_ROWS_AT_ONCE = 100_000


class TextPart:
    """`file` holds whole records; `shown` is how the clerk knows it. `surplus` are, after `stage`,
    the filled cells beyond the header, by the offset of their row."""

    def __init__(self, file: Path, delimiter: str, shown: str) -> None:
        self.file = file
        self.surplus: Mapping[int, Sequence[str]] = {}
        self._delimiter = delimiter
        self._shown = shown
        self._known: RecordCount | None = None

    @property
    def known(self) -> RecordCount:
        """The independent count, made once."""
        if self._known is None:
            self._known = count_records(self.file, self._delimiter)
        return self._known

    def stage(
        self,
        con: duckdb.DuckDBPyConnection,
        start: int,
        width: int,
        typed: str,
        preview: Sequence[Sequence[str]],
    ) -> bool:
        """Make `raw` the fast way, of all records from number `start` on. False where that way did
        not give all of them just so; `preview` holds the first records, to compare."""
        if self.known.has_blank or len(self._delimiter.encode()) > 1:
            return False
        if any("\n" in cell or '"' in cell for row in preview[:start] for cell in row):
            return False
        columns = {f"c{at}": "VARCHAR" for at in range(width)}
        try:
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE {RAW} AS SELECT *{typed} FROM read_csv($path, "
                f"auto_detect = false, header = false, columns = {columns}, delim = $delim, "
                f"quote = '\"', escape = '\"', skip = $start, max_line_size = 16777216) AS {RAW}",
                {"path": str(self.file), "delim": self._delimiter, "start": start},
            )
        except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException):
            # Not an error of the clerk's: the careful way reads what this one could not.
            return False
        got = count(con, f"SELECT count(*) FROM {RAW}")
        if got != self.known.records - start:
            return False
        # The reader skips lines, not records: make sure that it began where we meant.
        if len(preview) <= start:
            return True
        row = first_row(con, f"SELECT * FROM {RAW} LIMIT 1")
        return row is not None and [cell or "" for cell in row[:width]] == list(preview[start])

    def stage_carefully(
        self, con: duckdb.DuckDBPyConnection, start: int, width: int, typed: str
    ) -> None:
        """Make `raw` record by record."""
        surplus: dict[int, list[str]] = {}
        first = True
        with self.file.open("r", encoding="utf-8", errors="replace", newline="") as handle:
            for at, block in _blocks(handle, self._delimiter, start, self._shown):
                for offset, row in enumerate(block):
                    if len(row) > width:
                        if any(cell.strip() for cell in row[width:]):
                            surplus[at + offset] = row[width:]
                        del row[width:]
                    elif len(row) < width:
                        row.extend([""] * (width - len(row)))
                stage_columns(con, columns_of_rows(block, width), typed, replace=first)
                first = False
        if first:
            stage_columns(con, [texts([])] * width, typed, replace=True)
        self.surplus = surplus


def rows_of(text: str, delimiter: str, limit: int) -> Iterator[list[str]]:
    """The first records of a text."""
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, row in enumerate(reader):
            if number == limit:
                return
            yield row
    except csv.Error:
        return


def _blocks(
    handle: io.TextIOWrapper, delimiter: str, start: int, shown: str
) -> Iterator[tuple[int, list[list[str]]]]:
    """Blocks of records from number `start` on, each with the offset of its first row."""
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.reader((line.replace("\0", "") for line in handle), delimiter=delimiter)
    block: list[list[str]] = []
    done = 0
    try:
        for number, row in enumerate(reader):
            if number < start:
                continue
            block.append(row)
            if len(block) == _ROWS_AT_ONCE:
                yield done, block
                done += len(block)
                block = []
    except csv.Error as error:
        raise DataFileError(
            _("{path} 第 {line} 行读不下去：{why}", path=shown, line=reader.line_num, why=error)
        ) from error
    if block:
        yield done, block
