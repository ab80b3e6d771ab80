"""Whether a compared period can be compared with: the records must cover it.

A half-year of which the records hold two months looks like a small one, and everything after it
like a rise. Such a period is no comparison, and is said to be none.
"""

from __future__ import annotations

from datetime import date

from gridgov.filters import Filters, Span
from gridgov.metrics.grids import tree_of
from gridgov.warehouse import Reader

__all__ = ["compared_within", "is_covered"]

# The first record of a log need not fall on its first day.
_MOST_MISSING = 0.1


def is_covered(span: Span, first_on: date | None) -> bool:
    """Whether at most a tenth of the span's days lie before the first record."""
    if first_on is None:
        return False
    return (first_on - span.start).days <= _MOST_MISSING * span.days


def compared_within(reader: Reader, filters: Filters, log: str) -> Span | None:
    """The compared period, None where the records of `log` do not reach back so far."""
    span = filters.compared
    if span is None or not is_covered(span, tree_of(reader).first_on.get(log)):
        return None
    return span
