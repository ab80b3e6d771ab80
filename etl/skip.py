"""Records that carry no data: blank rows, repeated headers, totals and notes at the foot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from etl.ask import first_row
from etl.columns import integers
from etl.headers import header_key
from etl.recognise import SheetGuess
from etl.sheet import RAW
from etl.values import clean
from gridgov.schema import TABLES

__all__ = ["Skipped", "find_skipped"]

_NOTES = (
    "备注", "说明", "注:", "注 ", "附注", "填表", "制表", "审核", "打印", "导出",
    "填报", "数据来源", "统计时间", "联系电话", "单位负责人", "note",
)  # fmt: skip
_TOTAL = re.compile(
    r"(?:[^\d]{0,8}(?:合计|总计|小计|共计)|总数|累计|平均|(?:sub)?total)[:：]?[\d.,]*\D{0,3}"
)
_NUMBER = re.compile(r"[-+]?[\d.,]+\D{0,3}|[-—/]+")
_PAGE = re.compile(r"第?\d+页(?:[/,，、]?共?\d+页)?|第[一二三四五六七八九十]+页|page\d+(?:of\d+)?")
# 制表：王五　审核：赵六　日期：2025-02-01
_SIGNED = re.compile(r"[\u4e00-\u9fff]{2,8}(?:\([^)]*\))?:.*", re.DOTALL)
_AT_ONCE = 50_000


@dataclass(frozen=True)
class Skipped:
    """How many rows of which kind; `has_full` tells that some row of `raw` lacks nothing."""

    counts: dict[str, int]
    has_full: bool = True


def find_skipped(
    con: duckdb.DuckDBPyConnection,
    guess: SheetGuess,
    header_rows: Sequence[Sequence[str]],
    *,
    has_more: bool = False,
) -> Skipped:
    """Count such rows of `raw` by kind and put their rowids into the temporary table `skipped`.

    Only rows are looked at that lack a required cell or repeat a header in one. With `has_more`
    full rows follow elsewhere, so that none of these stands at the foot.
    """
    table = TABLES[guess.table or ""]
    required = [
        guess.columns[c.name] for c in table.columns if c.required and c.name in guess.columns
    ]
    watched = required or sorted(guess.columns.values())
    # Cheap and a little too wide: what begins with a space may be blank. `_kind` decides.
    suspicious = " OR ".join(
        f"c{at} IS NULL OR c{at} < '!' OR c{at} = $h{at} OR starts_with(c{at}, '\u3000')"
        for at in watched
    )
    headers = {f"h{at}": guess.headers[at] for at in watched}
    con.execute("CREATE OR REPLACE TEMP TABLE skipped (r BIGINT)")
    # NOT of an unknown comparison is unknown, so the blank cell is tested first.
    last_full = first_row(
        con,
        f"SELECT max(r) FILTER (NOT odd), count(*) FILTER (odd) "
        f"FROM (SELECT rowid AS r, {suspicious} AS odd FROM {RAW})",
        headers,
    )
    if last_full is None or not last_full[1]:
        return Skipped({})
    foot = last_full[0] if last_full[0] is not None else -1
    cells = ", ".join(f"c{at}" for at in range(guess.width))
    result = con.execute(
        f"SELECT rowid, {cells} FROM {RAW} WHERE {suspicious} ORDER BY rowid", headers
    )
    counts: dict[str, int] = {}
    ids: list[int] = []
    repeated = [{header_key(cell) for cell in row} - {""} for row in header_rows]
    while rows := result.fetchmany(_AT_ONCE):
        for rowid, *row in rows:
            kind = _kind(row, watched, repeated, rowid > foot and not has_more)
            if kind:
                counts[kind] = counts.get(kind, 0) + 1
                ids.append(rowid)
    block = pa.table({"r": integers(ids)})
    con.register("block", block)
    con.execute("INSERT INTO skipped SELECT r FROM block")
    con.unregister("block")
    return Skipped(counts, last_full[0] is not None)


def _kind(
    cells: Sequence[str | None],
    required: Sequence[int],
    repeated: Sequence[set[str]],
    at_foot: bool,
) -> str | None:
    filled = [clean(cell) for cell in cells if cell is not None and cell.strip()]
    filled = [cell for cell in filled if cell]
    if not filled:
        return "blank"
    keys = {header_key(cell) for cell in filled}
    if any(len(keys & row) >= max(2, (len(keys) + 1) // 2) for row in repeated):
        return "header"
    lacking = [at for at in required if not (cells[at] or "").strip()]
    words = [cell.lower().replace(" ", "") for cell in filled[:3]]
    if lacking and _is_total(filled, words):
        return "total"
    if len(lacking) >= max(1, len(required) - 1) and _PAGE.fullmatch("".join(words)):
        return "note"
    if len(lacking) >= max(1, len(required) - 1) and words[0].startswith(_NOTES):
        return "note"
    if at_foot and lacking and all(_SIGNED.fullmatch(cell) for cell in filled):
        return "note"
    if at_foot and len(filled) == 1 and len(cells) > 2 and len(lacking) >= len(required) - 1:
        return "note"
    return None


def _is_total(filled: Sequence[str], words: Sequence[str]) -> bool:
    """One of the first cells says so and the others are numbers, but for one at most. A row with
    more to tell is one of the log that lacks something."""
    if not any(_TOTAL.fullmatch(word) for word in words):
        return False
    told = [cell for cell in filled if not _NUMBER.fullmatch(cell.replace(" ", ""))]
    return len(told) <= 2
