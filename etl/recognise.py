"""Where in a sheet the table begins, which table it is, and which header is which column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from etl.headers import Match, choose, known_headers, match
from etl.mapping import Recipe
from etl.sheet import Sheet
from gridgov.schema import TABLES

__all__ = ["SheetGuess", "recognise_sheet"]

_LOOK = 40


@dataclass(frozen=True)
class SheetGuess:
    """What a sheet seems to be.

    `table` is None where that is doubtful: `candidates` are then asked about. `header_row` is
    0-based, `header_height` 1 or 2. `columns` maps column name → position; `missing` are required
    columns without a header. `first_rows` are the first records below the header.
    """

    path: str
    sheet: str
    table: str | None
    candidates: tuple[str, ...]
    header_row: int
    header_height: int
    headers: tuple[str, ...]
    columns: dict[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    first_rows: tuple[tuple[str, ...], ...] = ()

    @property
    def start(self) -> int:
        """0-based number of the first record below the header."""
        return self.header_row + self.header_height

    @property
    def width(self) -> int:
        return len(self.headers)


@dataclass(frozen=True)
class _Candidate:
    row: int
    height: int
    headers: tuple[str, ...]
    matches: tuple[Match, ...]

    @property
    def score(self) -> float:
        return max((found.score for found in self.matches), default=0.0)


def recognise_sheet(sheet: Sheet, recipe: Recipe | None = None) -> SheetGuess:
    """Recognise one sheet; a recipe's table, headers and header row come before any guess."""
    recipe = recipe or Recipe()
    tables = [recipe.table] if recipe.table else list(TABLES)
    best = _header(sheet.preview, recipe, tables)
    hint = f"{PurePosixPath(sheet.source.stem).stem} {sheet.name}"
    chosen, near = choose(best.matches, hint)
    if recipe.table and chosen is None and best.matches[0].columns:
        chosen = None if best.matches[0].missing else best.matches[0]
    top = chosen or (near[0] if near else None)
    rows = sheet.preview[best.row + best.height :]
    return SheetGuess(
        path=sheet.source.path,
        sheet=sheet.name,
        table=chosen.table if chosen else None,
        candidates=tuple(found.table for found in near),
        header_row=best.row,
        header_height=best.height,
        headers=best.headers,
        columns=dict(top.columns) if top else {},
        missing=top.missing if top else (),
        unknown=top.unknown if top else tuple(h for h in best.headers if h.strip()),
        first_rows=tuple(tuple(row) for row in rows if any(cell.strip() for cell in row))[:5],
    )


def _header(preview: Sequence[list[str]], recipe: Recipe, tables: Sequence[str]) -> _Candidate:
    """The row, or two rows, whose cells look most like headers; the first of equals."""
    if recipe.header_row is not None:
        rows = [max(recipe.header_row - 1, 0)]
    else:
        rows = list(range(recipe.skip_rows, min(len(preview), recipe.skip_rows + _LOOK)))
    best = _Candidate(rows[0] if rows else 0, 1, (), tuple(_matches((), recipe, tables)))
    for row in rows:
        if row >= len(preview) or not any(cell.strip() for cell in preview[row]):
            continue
        single = _trimmed(preview[row])
        candidate = _Candidate(row, 1, single, tuple(_matches(single, recipe, tables)))
        if candidate.score > best.score or not best.headers:
            best = candidate
        double = _two_rows(preview, row)
        if double is not None:
            both = _Candidate(row, 2, double, tuple(_matches(double, recipe, tables)))
            if both.score > best.score:
                best = both
    return best


def _matches(headers: Sequence[str], recipe: Recipe, tables: Sequence[str]) -> list[Match]:
    return [
        match(TABLES[name], headers, recipe.given, recipe.columns if recipe.table else {})
        for name in tables
    ]


def _trimmed(row: Sequence[str]) -> tuple[str, ...]:
    width = len(row)
    while width and not row[width - 1].strip():
        width -= 1
    return tuple(row[:width])


def _two_rows(preview: Sequence[list[str]], row: int) -> tuple[str, ...] | None:
    """A merged header: the upper cell reaches over the empty ones to its right.

    The lower text is the header where it means something alone; otherwise upper and lower together.
    """
    if row + 1 >= len(preview):
        return None
    upper, lower = preview[row], preview[row + 1]
    width = max(len(_trimmed(upper)), len(_trimmed(lower)))
    if not any(cell.strip() for cell in lower):
        return None
    headers: list[str] = []
    parent = ""
    for at in range(width):
        top = upper[at].strip() if at < len(upper) else ""
        below = lower[at].strip() if at < len(lower) else ""
        parent = top or (parent if below else "")
        headers.append(_joined(parent, below))
    return tuple(headers)


def _joined(parent: str, child: str) -> str:
    if not child or not parent:
        return child or parent
    return f"{parent}{child}" if _is_header(f"{parent}{child}") or not _is_header(child) else child


def _is_header(text: str) -> bool:
    return known_headers([text]) > 0
