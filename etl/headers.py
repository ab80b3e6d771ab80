"""Which column a header means, and which table a row of headers belongs to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from gridgov.schema import TABLES, Table

__all__ = ["IGNORED", "Match", "choose", "header_key", "known_headers", "match", "suggest"]

_SPACE = re.compile(r"[\s\u00a0\u3000\u200b\ufeff*＊:：?!=\"'“”#↑↓▲▼]+")
_BRACKET = re.compile(r"[(\[【].*?[)\]】]")
_EXACT, _ALIAS = 1.0, 0.7
_SURE_BY = 1.0
# Columns that our own files of rejected rows add, and row counters, carry no data.
IGNORED = frozenset({"来源文件", "来源工作表", "来源行号", "未收原因", "序号", "行号", "no", "no."})


def header_key(header: str) -> str:
    """A header without width, spaces, line breaks, stars and colons, in lower case."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", header)).lower()


def _bare(key: str) -> str:
    """The header without a unit in brackets."""
    return _BRACKET.sub("", key)


@cache
def _index(table: str) -> dict[str, tuple[str, int]]:
    """Header key → (column, rank); rank 0 is the column's own name or label."""
    found: dict[str, tuple[str, int]] = {}
    for column in TABLES[table].columns:
        own = (column.label, column.name, column.label_en)
        for rank, header in [(0, name) for name in own] + list(enumerate(column.aliases, start=1)):
            for key in (header_key(header), _bare(header_key(header))):
                if key and (key not in found or rank < found[key][1]):
                    found[key] = (column.name, rank)
    return found


@dataclass(frozen=True)
class Match:
    """How a row of headers fits a table. `columns` maps column name → position."""

    table: str
    columns: Mapping[str, int]
    score: float
    missing: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def is_telling(self) -> bool:
        """One known header among strange ones, or an alias alone, says too little."""
        return self.score >= _EXACT and (len(self.columns) > 1 or not self.unknown)

    @property
    def is_complete(self) -> bool:
        return not self.missing


def match(
    table: Table,
    headers: Sequence[str],
    given: Collection[str] = (),
    renamed: Mapping[str, str] | None = None,
) -> Match:
    """Fit `headers` to `table`.

    `given` are columns that a mapping file fills with constants; `renamed` maps header → column and
    comes before the aliases ("" leaves the header out). Of two headers for one column the closer
    name wins, then the left one.
    """
    index = _index(table.name)
    wanted = {header_key(header): column for header, column in (renamed or {}).items()}
    best: dict[str, tuple[int, int]] = {}
    recognised: set[int] = set()
    for position, header in enumerate(headers):
        key = header_key(header)
        if not key:
            continue
        if key in wanted:
            # Of a header that comes twice the left one is meant; the other is told.
            if best.get(wanted[key], (0, 0))[0] < 0:
                continue
            if wanted[key]:
                best[wanted[key]] = (-1, position)
            recognised.add(position)
            continue
        hit = index.get(key) or index.get(_bare(key))
        if hit is None:
            continue
        column, rank = hit
        if column not in best or (rank, position) < best[column]:
            best[column] = (rank, position)
    used = {position for _, position in best.values()} | recognised
    unknown = tuple(
        header
        for position, header in enumerate(headers)
        if position not in used and header.strip() and header_key(header) not in IGNORED
    )
    score = sum(_EXACT if rank <= 0 else _ALIAS for rank, _ in best.values())
    missing = tuple(
        column.name
        for column in table.columns
        if column.required and column.name not in best and column.name not in given
    )
    return Match(table.name, {name: at for name, (_, at) in best.items()}, score, missing, unknown)


def known_headers(cells: Sequence[str]) -> int:
    """How many different cells are a header of some table."""
    known = _all_headers()
    return len({key for key in map(header_key, cells) if key in known or _bare(key) in known})


@cache
def _all_headers() -> frozenset[str]:
    return frozenset(key for table in TABLES for key in _index(table))


def choose(matches: Sequence[Match], hint: str) -> tuple[Match | None, list[Match]]:
    """The table that the headers fit, or None with the candidates to ask about.

    `hint` is the name of the sheet and file; it settles a near tie and nothing else.
    """
    fitting = sorted(
        (found for found in matches if found.is_complete and found.is_telling),
        key=lambda found: -found.score,
    )
    if not fitting:
        return None, sorted((m for m in matches if m.columns), key=lambda m: -m.score)[:3]
    near = [found for found in fitting if fitting[0].score - found.score < _SURE_BY]
    if len(near) == 1:
        return near[0], near
    key = header_key(hint)
    longest = {
        found.table: max(
            (len(name) for name in TABLES[found.table].names if header_key(name) in key), default=0
        )
        for found in near
    }
    top = max(longest.values())
    named = [found for found in near if longest[found.table] == top]
    if top and len(named) == 1:
        return named[0], near
    return None, near


def suggest(table: Table, header: str) -> str | None:
    """The label of the column that an unknown header comes nearest to, if any is near."""
    choices = {
        header_key(name): column.label
        for column in table.columns
        for name in (column.label, column.name, *column.aliases)
    }
    hit = process.extractOne(
        _bare(header_key(header)), list(choices), scorer=fuzz.ratio, score_cutoff=60
    )
    return choices[hit[0]] if hit else None
