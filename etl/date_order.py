"""Is 03/04/2025 the third of April or the fourth of March? The whole column tells, or we ask."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from etl.convert import is_strict, typed_name
from etl.mapping import Recipe
from etl.sheet import RAW
from etl.values import DateOrder, numeric_date_parts
from gridgov.errors import MappingError
from gridgov.locale import _
from gridgov.schema import Table

__all__ = ["find_date_order"]

_LOOKS = r"^\s*[0-9０-９]{1,2}\s*[-/.－／．]\s*[0-9０-９]{1,2}\s*[-/.－／．]\s*[0-9０-９]{2,4}"


def find_date_order(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    sources: Mapping[str, str],
    recipe: Recipe,
    shown: str,
) -> DateOrder | None:
    """The order in all date columns of `raw`; None where no date needs one.

    Raises `MappingError` when no value decides, or when values contradict each other.
    """
    if recipe.date_order is not None:
        return recipe.date_order
    seen: set[tuple[int, int]] = set()
    example = ""
    for column in table.columns:
        if column.kind not in ("timestamp", "date") or column.name not in sources:
            continue
        source = sources[column.name]
        # What has been read strictly begins with its year.
        unread = (
            f"{RAW}.{typed_name(column)} IS NULL"
            if is_strict(column, recipe)
            else f"{source} NOT LIKE '____-__-__%'"
        )
        for (value,) in con.execute(
            f"SELECT DISTINCT {source} FROM {RAW} "
            f"WHERE {unread} AND regexp_matches({source}, $looks)",
            {"looks": _LOOKS},
        ).fetchall():
            parts = numeric_date_parts(value)
            if parts is not None:
                seen.add(parts)
                example = value
    if not seen:
        return None
    day_first = any(first > 12 >= second for first, second in seen)
    month_first = any(second > 12 >= first for first, second in seen)
    if day_first == month_first:
        raise MappingError(
            _(
                "{path}：日期“{example}”分不清日和月哪个在前；"
                "请在“日期写法”里选，或在映射文件里写 "
                'date_order = "dmy"（日在前）或 "mdy"（月在前）',
                path=shown,
                example=example[:20],
            )
        )
    return "dmy" if day_first else "mdy"
