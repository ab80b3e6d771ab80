"""A resident who is named in a row's own columns is struck from its other cells too, and from what
the books say about the file: its name, its sheet, headers that were not recognised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import duckdb

from etl.ask import count, first_row
from etl.convert import Converted
from etl.ddl import text
from etl.privacy import STRUCK
from etl.sheet import RAW

__all__ = ["hide_names", "names_in", "without_names"]

# What clerks write where nobody is named; these words mean nobody in particular.
_NOBODY = (
    "居民", "住户", "群众", "业主", "租户", "租客", "老人", "商户", "商家", "本人", "家属", "户主",
    "独居老人", "残疾人", "低保户", "退役军人", "普通居民", "走访", "入户", "上门", "电话",
)  # fmt: skip
_LISTED = ", ".join(map(text, _NOBODY))
# Of file names: an address has to be longer than 1号 or 3栋 to be one.
_ADDRESS_BYTES = 12


def hide_names(
    con: duckdb.DuckDBPyConnection, converted: list[Converted], sources: Mapping[str, str]
) -> None:
    """Change, in place, the values of columns whose texts hold a resident of the same row."""
    residents = [sources[one.column.name] for one in converted if one.column.is_pseudonym]
    # A known category is nobody's name.
    watched = [
        (at, one)
        for at, one in enumerate(converted)
        if one.column.kind in ("note", "text") or (one.column.kind == "choice" and one.warning)
    ]
    if not _is_any_named(con, residents, [sources[one.column.name] for _at, one in watched]):
        return
    for at, one in watched:
        kind, cell = one.column.kind, sources[one.column.name]
        value = one.value
        for resident in residents:
            named = _named(resident, cell, is_short=kind != "note")
            if count(con, f"SELECT count(*) FROM {RAW} WHERE {named}"):
                if kind == "choice":
                    named = f"{named} AND ({one.warning}) IS NOT NULL"
                value = _struck(value, resident, named)
        converted[at] = replace(one, value=value)


def without_names(cell: str, residents: Iterable[str]) -> str:
    """SQL of `cell` without the residents that the same row names."""
    value = cell
    for resident in residents:
        value = _struck(value, resident, _named(resident, cell, is_short=True))
    return value


def names_in(
    con: duckdb.DuckDBPyConnection, converted: Sequence[Converted], sources: Mapping[str, str],
    shown: str,
) -> set[str]:  # fmt: skip
    """The residents of `raw` who are named in `shown`, as they stand there."""
    found: set[str] = set()
    for one in converted:
        if one.column.is_pseudonym:
            # All texts of such a column have been looked up, each once.
            texts, source = (
                (one.dictionary, "k") if one.dictionary else (RAW, sources[one.column.name])
            )
            cell = f"trim({source})"
            least = _ADDRESS_BYTES if one.column.kind == "household" else 4
            rows = con.execute(
                f"SELECT DISTINCT {cell} FROM {texts} WHERE strlen({cell}) >= {least} "
                f"AND contains($shown, {cell}) AND {cell} NOT IN ({_LISTED})",
                {"shown": shown},
            ).fetchall()
            found.update(row[0] for row in rows)
    return found


def _is_any_named(
    con: duckdb.DuckDBPyConnection, residents: Sequence[str], cells: Sequence[str]
) -> bool:
    """Whether there is anything to strike: one look at all rows, as most files are without.
    A little too wide, since words that mean nobody are not left out."""
    if not residents or not cells:
        return False
    tests = []
    for resident in residents:
        held = " OR ".join(f"contains({cell}, {resident})" for cell in cells)
        tests.append(f"strlen({resident}) > 3 AND ({held})")
    named = " OR ".join(f"({test})" for test in tests)
    return first_row(con, f"SELECT 1 FROM {RAW} WHERE {named} LIMIT 1") is not None


def _named(resident: str, cell: str, *, is_short: bool) -> str:
    # Longer than one character; a single one is no name.
    named = f"strlen({resident}) > 3 AND contains({cell}, {resident})"
    return f"{named} AND {resident} NOT IN ({_LISTED})" if is_short else named


def _struck(value: str, resident: str, named: str) -> str:
    hidden = f"replace({value}, {resident}, {text(STRUCK)})"
    return f"CASE WHEN {named} THEN {hidden} ELSE {value} END"
