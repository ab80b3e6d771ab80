"""CSV, TSV and their kin: encoding and delimiter found, recoded, whole or in pieces."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.copying import copy_range
from etl.encoding import Encoding, detect, recode, recode_lines, sniff
from etl.headers import known_headers
from etl.sheet import PREVIEW_ROWS
from etl.sources import Source
from etl.text_part import TextPart, rows_of
from gridgov.errors import DataFileError
from gridgov.locale import _

__all__ = ["DelimitedSheet", "NotInPieces", "Piece"]

_DELIMITERS = (",", "\t", ";", "|", "，")
_HEAD = 1 << 20
# Files above a size are read piece by piece, cut at line ends: what is recoded in smaller ones,
# since one piece is recoded while the one before is loaded.
_PIECE = {"utf-8": 192 << 20, "utf-8-sig": 64 << 20, "gb18030": 64 << 20}
_LINES_TRIED = 1000
_RECODED_AT_ONCE = 1 << 18


class NotInPieces(Exception):
    """This file has to be looked at whole."""


@dataclass(frozen=True)
class Piece:
    """Whole records of a file. `preview` is its beginning, `is_last` tells that none follow."""

    part: TextPart
    preview: list[list[str]]
    is_last: bool

    def stage(self, con: duckdb.DuckDBPyConnection, start: int, width: int, typed: str) -> None:
        """Make `raw` of its records from number `start` on, and let go of the file."""
        if not self.part.stage(con, start, width, typed, self.preview):
            try:
                self.part.file.read_bytes().decode()
            except UnicodeDecodeError as error:
                raise NotInPieces from error
            self.part.stage_carefully(con, start, width, typed)
        self.part.file.unlink()


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
        self.surplus: Mapping[int, Sequence[str]] = {}
        self._scratch = scratch
        self._given = encoding
        self._file = source.file
        self._unsettled = encoding or sniff(source.file)
        self._note(Encoding(self._unsettled))
        if self._unsettled == "utf-8" and self._has_old_line_ends():
            self._recode_as_found(Encoding("utf-8"), is_given=bool(encoding))
        if not self.has_pieces:
            self._settle()
        self.delimiter = delimiter or self._find_delimiter()
        self.preview = list(rows_of(self._head(), self.delimiter, PREVIEW_ROWS))
        self._part: TextPart | None = None
        self._counted: int | None = None

    @property
    def has_pieces(self) -> bool:
        """True for a file large enough to be worth cutting up, in an encoding that allows it."""
        least = _PIECE.get(self.encoding) if self._file == self.source.file else None
        return least is not None and self.source.file.stat().st_size > least * 4 // 3

    def _has_old_line_ends(self) -> bool:
        """True where lines end in CR alone, which only recoding tells the readers."""
        with self.source.file.open("rb") as handle:
            head = handle.read(_HEAD)
        lone = head.count(b"\r") - head.count(b"\r\n")
        return lone > head.count(b"\n") // 2

    def _settle(self) -> None:
        """Recode the whole file, if it needs it and has not been."""
        guess, self._unsettled = self._unsettled, "utf-8"
        if guess != "utf-8":
            self._recode_as_found(Encoding(guess), is_given=bool(self._given))

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
        text = head.decode(self._unsettled, "replace").replace("\0", "")
        return text if len(head) < _HEAD else text[: text.rfind("\n") + 1] or text

    def _find_delimiter(self) -> str:
        """The character that cuts out most known headers; else the one that cuts most of the first
        rows into the same number of cells."""
        text = self._head()
        if self.source.stem.lower().removesuffix(".gz").endswith(".tsv"):
            return "\t"
        best, best_score = ",", (0, 0.0)
        for delimiter in _DELIMITERS:
            rows = [row for row in rows_of(text, delimiter, PREVIEW_ROWS) if any(row)]
            widths = [len(row) for row in rows]
            usual = max(set(widths), key=lambda w: (widths.count(w), w)) if widths else 0
            share = (usual - 1) * widths.count(usual) / len(widths) if widths else 0.0
            headers = max((known_headers(row) for row in rows), default=0)
            # A note may hold more commas than the line has columns.
            score = (headers if headers > 1 else 0, share)
            if score > best_score:
                best, best_score = delimiter, score
        return best

    @property
    def records(self) -> int:
        """All records by the independent count, titles and blank lines included."""
        if self._counted is not None:
            return self._counted
        known = self._whole.known
        if known.broken_line is not None:
            raise DataFileError(
                _(
                    "{path} 第 {line} 行：引号没有成对，后面的行会被吞掉；请改好这一行再导入",
                    path=self.source.path,
                    line=known.broken_line,
                )
            )
        return known.records

    @property
    def _whole(self) -> TextPart:
        if self._part is None:
            self._settle()
            self._part = TextPart(self._file, self.delimiter, self.source.path)
        return self._part

    def stage(
        self, con: duckdb.DuckDBPyConnection, start: int, width: int, typed: str = ""
    ) -> None:
        """Make `raw`; see `etl.sheet.Sheet`. The count of records decides which way is safe."""
        self._counted = None
        self.records  # noqa: B018  (refuses a broken file before it is read)
        if self._whole.stage(con, start, width, typed, self.preview):
            return
        if self.encoding == "utf-8" and self._file == self.source.file:
            found = detect(self.source.file)
            if found.name != "utf-8" or found.undecodable:
                self._recode(found)
                self._part = None
                self.records  # noqa: B018
        self._whole.stage_carefully(con, start, width, typed)
        self.surplus = self._whole.surplus

    def pieces(self) -> Iterator[Piece]:
        """The file from its first record to its last, cut at ends of records; at most two pieces
        lie on disk at a time. Raises `NotInPieces` where it cannot be cut or decoded so. Once all
        are given `records` is the sum of their counts."""
        counted = 0
        with (
            self.source.file.open("rb") as handle,
            mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            for number, (start, end) in enumerate(_cut(data, _PIECE[self.encoding])):
                file = self._scratch / f"piece-{self.source.sha256[:16]}-{number}.csv"
                self._write_piece(file, handle.fileno(), data, start, end)
                part = TextPart(file, self.delimiter, self.source.path)
                if part.known.broken_line is not None:
                    raise NotInPieces("a quote is not closed")
                counted += part.known.records
                with file.open("rb") as piece:
                    head = piece.read(_HEAD).decode("utf-8", "replace").replace("\0", "")
                preview = list(rows_of(head, self.delimiter, 1)) if start else self.preview
                if hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
                    data.madvise(mmap.MADV_DONTNEED, 0, end)
                yield Piece(part, preview, end == len(data))
        self._counted = counted

    def _write_piece(self, file: Path, source: int, data: mmap.mmap, start: int, end: int) -> None:
        with file.open("wb") as writer:
            if self.encoding == "utf-8":
                copy_range(source, writer, start, end)
                return
            name = self.encoding
            while start < end:
                # A little at a time: what the processor's cache holds is decoded faster.
                cut = data.find(b"\n", min(start + _RECODED_AT_ONCE, end), end) + 1 or end
                try:
                    writer.write(recode_lines(data[start:cut], name))
                except UnicodeDecodeError as error:
                    raise NotInPieces from error
                start, name = cut, name.removesuffix("-sig")


def _cut(data: mmap.mmap, size: int) -> Iterator[tuple[int, int]]:
    """From where to where the pieces go: to a line end with an even number of quotes before it, so
    that no record is cut."""
    start = 0
    while len(data) - start > size:
        end = start + size
        quotes = _quotes(data, start, end)
        for _try in range(_LINES_TRIED):
            before = data.rfind(b"\n", start, end)
            if before < 0:
                raise NotInPieces("no line end in sight")
            quotes -= _quotes(data, before, end)
            end = before
            if quotes % 2 == 0:
                break
        else:
            raise NotInPieces("no end of a record in sight")
        yield start, end + 1
        start = end + 1
    if start < len(data):
        yield start, len(data)


def _quotes(data: mmap.mmap, start: int, end: int) -> int:
    """How many quotes there are, without looking twice at what has none."""
    if data.find(b'"', start, end) < 0:
        return 0
    return sum(
        data[at : min(at + _RECODED_AT_ONCE, end)].count(b'"')
        for at in range(start, end, _RECODED_AT_ONCE)
    )
