"""Is 03/04/2025 the third of April or the fourth of March, and 25-04-03 of which year? The whole
column tells, or we ask."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from etl.convert import is_strict, typed_name
from etl.mapping import Recipe
from etl.sheet import RAW
from etl.values import ORDERS, DateOrder, numeric_date_orders
from gridgov.errors import MappingError
from gridgov.locale import _, pick
from gridgov.schema import Table

__all__ = ["NUMERIC_DATE", "find_date_order"]

_DIGIT, _DASH = "[0-9０-９]", r"\s*[-/.－／．]\s*"
NUMERIC_DATE = rf"^\s*{_DIGIT}{{1,2}}{_DASH}{_DIGIT}{{1,2}}{_DASH}{_DIGIT}{{1,4}}"


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
    possible: frozenset[DateOrder] = frozenset(ORDERS)
    example = where = ""
    is_open = False
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
            f"WHERE {unread} AND regexp_matches({source}, $looks) ORDER BY 1",
            {"looks": NUMERIC_DATE},
        ).fetchall():
            orders = numeric_date_orders(value)
            # What is no date in any order tells nothing and is refused by itself.
            if orders:
                possible &= orders
                # An example that is open in itself shows best what is asked.
                if not example or (len(orders) > 1 and not is_open):
                    is_open = len(orders) > 1
                    example, where = value.strip()[:20], pick(column.label, column.label_en)
    if not example:
        return None
    if len(possible) == 1:
        (order,) = possible
        return order
    if not possible:
        why = _(
            "{path}：“{column}”里的日期写法不一致，如“{example}”：有的只能日在前，有的只能月或年在前",
            path=shown, column=where, example=example,
        )  # fmt: skip
    else:
        why = _(
            "{path}：“{column}”里的日期“{example}”分不清日、月、年哪个在前",
            path=shown, column=where, example=example,
        )  # fmt: skip
    how = _(
        "请在“日期写法”里选，或在映射文件里写 date_order = "
        '"dmy"（日在前）、"mdy"（月在前）或 "ymd"（两位的年在前）'
    )
    raise MappingError(_("{why}；{how}", why=why, how=how))
