"""The `$name` places of a query and the values that people type for them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

__all__ = ["parameter_names", "parameter_value"]

_NOT_CODE = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(?P<tag>[^\W\d]\w*|)\$.*?\$(?P=tag)\$",
    re.S,
)
_NAME = re.compile(r"\$(\w+)")
# What stands for itself when written again. "007", "+5" and numbers longer than any count are
# names of things: as numbers they would be other texts.
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BROKEN = re.compile(r"-?[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?")


def parameter_names(sql: str) -> tuple[str, ...]:
    """The `$name` places of a statement, in their order; none of texts and comments.

    The engine takes `$Month` and `$month` for one: the first spelling stands for both.
    """
    found: dict[str, str] = {}
    for name in _NAME.findall(_NOT_CODE.sub(" ", sql)):
        found.setdefault(name.lower(), name)
    return tuple(found.values())


def parameter_value(text: str) -> object:
    """A typed value as what it looks like: whole number, number, date, else text; empty: NULL.

    In quotes it is text, whatever it looks like.
    """
    text = text.strip()
    if not text:
        return None
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if _WHOLE.fullmatch(text):
        return int(text)
    if _BROKEN.fullmatch(text):
        return float(text)
    if _DAY.fullmatch(text):
        with suppress(ValueError):  # 2026-02-30 is a text
            return date.fromisoformat(text)
    return text
