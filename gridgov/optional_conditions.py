"""Conditions that hold for every row when their parameter is empty, taken out of a query.

The queries say `(CAST($grid_id AS VARCHAR) IS NULL OR grid_id IN (…))` of a filter that may not be
set. The engine plans and joins what stands after OR even where it can never matter; without it a
statement costs up to half less.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["without_conditions"]

_COMMENT = re.compile(r"^\s*--.*\n?", re.MULTILINE)
_OPENS = re.compile(r"\(\s*CAST\(\$(\w+) AS VARCHAR\) IS NULL\s+OR\b")


@lru_cache(maxsize=512)
def without_conditions(text: str, empty: frozenset[str]) -> str:
    """`text` without whole-line comments, and with `true` for the conditions of `empty` parameters.

    Only a condition of the form above, in brackets of its own, is taken out.
    """
    found = _COMMENT.sub("", text)
    at = 0
    while opens := _OPENS.search(found, at):
        at = opens.end()
        if opens[1] in empty:
            closes = _closing(found, opens.start())
            found = f"{found[: opens.start()]}true{found[closes + 1 :]}"
            at = opens.start()
    return found


def _closing(text: str, opens: int) -> int:
    """Where the bracket that opens at `opens` closes; brackets in quoted texts do not count."""
    depth, is_quoted = 0, False
    for at in range(opens, len(text)):
        sign = text[at]
        if sign == "'":
            is_quoted = not is_quoted
        elif not is_quoted and sign in "()":
            depth += 1 if sign == "(" else -1
            if depth == 0:
                return at
    raise ValueError(f"no closing bracket for the condition at {opens}: {text[opens : opens + 60]}")
