"""CSV, TSV and their kin. The fast way is DuckDB's own parallel reader; whatever surprises it
(ragged rows, blank lines, quotes in odd places) goes the careful way, through Python's csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from etl.ask import count, first_row
from etl.columns import texts
from etl.encoding import Encoding, detect, recode, sniff
from etl.records import RecordCount, count_records
from etl.sheet import PREVIEW_ROWS, RAW, stage_columns
from etl.sources import Source
from gridgov.errors import DataFileError
from gridgov.locale import _

__all__ = ["DelimitedSheet"]

_DELIMITERS = (",", "\t", ";", "|", "，")
_HEAD = 1 << 20
_FIELD_LIMIT = 1 << 24
_ROWS_AT_ONCE = 100_000


class DelimitedSheet:
    """A text file. Encoding and delimiter are found unless given."""

    name = ""

    def __init__(
        self,
        source: Source,
        scratch: Path,
        encoding: str | None = None,
        delimiter: str | None = None,
    ) -> None:
        self.source = source
        self.surplus: Sequence[int] = ()
        self._scratch = scratch
        self._given = encoding
        self._count: RecordCount | None = None
        self._file = source.file
        guess = encoding or sniff(source.file)
        self._note(Encoding(guess))
        if guess != "utf-8":
            self._recode_as_found(Encoding(guess), is_given=bool(encoding))
        self.delimiter = delimiter or self._find_delimiter()
        self.preview = self._preview(self.delimiter)

    def _note(self, encoding: Encoding) -> None:
        self.encoding, self.undecodable = encoding.name, encoding.undecodable

    def _recode_as_found(self, guess: Encoding, *, is_given: bool) -> None:
        """Recoding proves the guess on its way; only a wrong one costs another look at the file."""
        if not is_given:
            try:
                self._recode(guess, errors="strict")
                return
            except UnicodeDecodeError:
                guess = detect(self.source.file)
        self._recode(guess)

    def _recode(self, encoding: Encoding, errors: str = "replace") -> None:
        self._note(encoding)
        target = self._scratch / f"utf8-{self.source.sha256[:16]}.csv"
        try:
            recode(self.source.file, encoding.name, target, errors)
        except LookupError as error:
            raise DataFileError(
                _("{path}：不认识的编码 {name}", path=self.source.path, name=encoding.name)
            ) from error
        self._file = target

    def _head(self) -> str:
        with self._file.open("rb") as handle:
            head = handle.read(_HEAD)
        text = head.decode("utf-8", "replace").replace("\0", "")
        return text if len(head) < _HEAD else text[: text.rfind("\n") + 1] or text

    def _find_delimiter(self) -> str:
        """The character that cuts most of the first rows into the same number of cells."""
        text = self._head()
        if self.source.stem.lower().removesuffix(".gz").endswith(".tsv"):
            return "\t"
        best, best_score = ",", 0.0
        for delimiter in _DELIMITERS:
            widths = [len(row) for row in _rows(text, delimiter, PREVIEW_ROWS) if any(row)]
            usual = max(set(widths), key=lambda w: (widths.count(w), w)) if widths else 0
            score = (usual - 1) * widths.count(usual) / len(widths) if widths else 0.0
            if score > best_score:
                best, best_score = delimiter, score
        return best

    def _preview(self, delimiter: str) -> list[list[str]]:
        return list(_rows(self._head(), delimiter, PREVIEW_ROWS))

    @property
    def records(self) -> int:
        """All records by the independent count, titles and blank lines included."""
        if self._count is None:
            self._count = count_records(self._file, self.delimiter)
        if self._count.broken_line is not None:
            raise DataFileError(
                _(
                    "{path} 第 {line} 行：引号没有成对，后面的行会被吞掉；请改好这一行再导入",
                    path=self.source.path,
                    line=self._count.broken_line,
                )
            )
        return self._count.records

    def stage(
        self, con: duckdb.DuckDBPyConnection, start: int, width: int, typed: str = ""
    ) -> None:
        """Make `raw`; see `etl.sheet.Sheet`. The count of records decides which way is safe."""
        self.records  # noqa: B018  (refuses a broken file before it is read)
        if not self._fast(con, start, width, typed):
            if self.encoding == "utf-8" and self._file == self.source.file:
                found = detect(self.source.file)
                if found.name != "utf-8" or found.undecodable:
                    self._recode(found)
                    self._count = None
                    self.records  # noqa: B018
            self._careful(con, start, width, typed)

    def _fast(self, con: duckdb.DuckDBPyConnection, start: int, width: int, typed: str) -> bool:
        known = self._count
        if known is None or known.has_blank or len(self.delimiter.encode()) > 1:
            return False
        if any("\n" in cell or '"' in cell for row in self.preview[:start] for cell in row):
            return False
        columns = {f"c{at}": "VARCHAR" for at in range(width)}
        try:
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE {RAW} AS SELECT *{typed} FROM read_csv($path, "
                f"auto_detect = false, header = false, columns = {columns}, delim = $delim, "
                f"quote = '\"', escape = '\"', skip = $start, max_line_size = 16777216) AS {RAW}",
                {"path": str(self._file), "delim": self.delimiter, "start": start},
            )
        except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException):
            # Not an error of the clerk's: the careful way reads what this one could not.
            return False
        got = count(con, f"SELECT count(*) FROM {RAW}")
        return got == known.records - start and self._same_first(con, start, width)

    def _same_first(self, con: duckdb.DuckDBPyConnection, start: int, width: int) -> bool:
        """The reader skips lines, not records: make sure that it began where we meant."""
        if len(self.preview) <= start:
            return True
        row = first_row(con, f"SELECT * FROM {RAW} LIMIT 1")
        return row is not None and [cell or "" for cell in row[:width]] == self.preview[start]

    def _careful(self, con: duckdb.DuckDBPyConnection, start: int, width: int, typed: str) -> None:
        surplus: list[int] = []
        first = True
        with self._file.open("r", encoding="utf-8", errors="replace", newline="") as handle:
            for at, block in _blocks(handle, self.delimiter, start, self.source.path):
                for offset, row in enumerate(block):
                    if len(row) > width:
                        if any(cell.strip() for cell in row[width:]):
                            surplus.append(at + offset)
                        del row[width:]
                    elif len(row) < width:
                        row.extend([""] * (width - len(row)))
                stage_columns(con, _columns(block, width), typed, replace=first)
                first = False
        if first:
            stage_columns(con, [texts([])] * width, typed, replace=True)
        self.surplus = surplus


def _rows(text: str, delimiter: str, limit: int) -> Iterator[list[str]]:
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


def _columns(block: list[list[str]], width: int) -> list[pa.Array]:
    if not width:
        return []
    return [texts(column) for column in zip(*block, strict=True)]
