"""Whether months that are counted already answer a question, and for which grids."""

from __future__ import annotations

from datetime import date

from gridgov.metrics.grids import tree_of
from gridgov.metrics.spans import is_month_aligned
from gridgov.warehouse import Reader

__all__ = ["upper_units", "whole_months"]


def whole_months(reader: Reader, start: date, end: date, grid_id: str | None) -> list[str] | None:
    """The grids whose monthly rows together are the place; None where the days are no months."""
    if not is_month_aligned(start, end, None, reader.data_date):
        return None
    return list(tree_of(reader).roots(grid_id))


def upper_units(reader: Reader, start: date, end: date, grid_id: str | None) -> list[str] | None:
    """As `whole_months`, for marts that hold only grids with others below them."""
    units = whole_months(reader, start, end, grid_id)
    tree = tree_of(reader)
    return units if units is not None and all(tree.is_upper(unit) for unit in units) else None
