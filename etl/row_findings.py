"""The marks on the rows of `stage`, gathered into findings with examples."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from etl.findings import Finding, hint
from etl.mapping import Recipe
from etl.own_names import without_names
from etl.sheet import RAW
from etl.stage import STAGE
from gridgov.schema import Table

__all__ = ["row_findings"]

_EXAMPLES = 20


def row_findings(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    sources: Mapping[str, str],
    first_row: int,
    recipe: Recipe,
) -> list[Finding]:
    """One finding per check, column and example; the last of a check stands for all the rest."""
    found: list[Finding] = []
    # A refused row is refused: what else is odd about it will show when it is mended.
    for attribute, also in (("errors", ""), ("warnings", "AND errors IS NULL")):
        marks = con.execute(
            f"SELECT mark, count(*), min(row_number) FROM (SELECT row_number, "
            f"unnest(string_split({attribute}, ' ')) AS mark FROM {STAGE} "
            f"WHERE {attribute} IS NOT NULL {also}) GROUP BY mark ORDER BY mark"
        ).fetchall()
        for mark, times, first in marks:
            check_id, _, names = mark.partition(":")
            if check_id == "E110":
                reason = recipe.drop[int(names)].reason
                header = recipe.drop[int(names)].header
                found.append(Finding(check_id, header, times, first, reason, table.name))
            elif names in sources:
                found += _examples(con, table, sources, (attribute, also), mark, times, first_row)
            else:
                found.append(Finding(check_id, names, times, first, None, table.name))
    return found


def _examples(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    sources: Mapping[str, str],
    place: tuple[str, str],
    mark: str,
    times: int,
    first_row: int,
) -> list[Finding]:
    attribute, also = place
    check_id, _, name = mark.partition(":")
    source, column = sources[name], table.column(name)
    shown = source
    if not column.is_pseudonym:
        shown = without_names(source, (sources[c.name] for c in table.columns
                                       if c.is_pseudonym and c.name in sources))  # fmt: skip
    rows = con.execute(
        f"SELECT {shown}, count(*), min(s.row_number) FROM {STAGE} AS s "
        f"JOIN {RAW} ON {RAW}.rowid = s.row_number - {first_row} "
        f"WHERE list_contains(string_split(s.{attribute}, ' '), $mark) {also} "
        f"GROUP BY ALL ORDER BY 2 DESC, 3 LIMIT {_EXAMPLES}",
        {"mark": mark},
    ).fetchall()
    found = [
        Finding(check_id, name, n, first, hint(value, column), table.name)
        for value, n, first in rows
    ]
    rest = times - sum(n for _, n, _ in rows)
    if rest:
        found.append(Finding(check_id, name, rest, None, None, table.name))
    return found
