"""From a database row to a frozen record, and what a text must be before it is stored."""

from __future__ import annotations

import unicodedata
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import CursorResult, RowMapping

from gridgov.errors import UsageError
from gridgov.locale import _

__all__ = ["body", "line", "new_id", "record_of"]

T = TypeVar("T")


def record_of(kind: type[T], row: RowMapping, **more: Any) -> T:
    """Build the dataclass `kind` from the columns that bear its fields' names.

    JSON lists become tuples, so that a record is frozen all the way down.
    """
    values = {
        field.name: tuple(row[field.name]) if isinstance(row[field.name], list) else row[field.name]
        for field in fields(kind)  # type: ignore[arg-type]
        if field.name in row
    }
    return kind(**{**values, **more})


def new_id(result: CursorResult[Any]) -> int:
    """The `id` of the row that an INSERT just made."""
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def _is_unsafe(character: str) -> bool:
    # Cc: terminal codes; Cf: invisible and direction-changing; Cs: half a character.
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"}


def line(text: str, limit: int, what: str, *, optional: bool = False) -> str:
    """One line for a name or title: trimmed, no control or invisible characters.

    Raises `UsageError` when nothing is left (unless `optional`) or it is longer than `limit`.
    """
    kept = "".join(" " if character in "\r\n\t" else character for character in text)
    kept = " ".join("".join(c for c in kept if not _is_unsafe(c)).split())
    return _checked(kept, limit, what, optional)


def body(text: str, limit: int, what: str, *, optional: bool = False) -> str:
    """Several lines for a note or reason; otherwise as `line`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = "\n".join("".join(c for c in part if c == "\t" or not _is_unsafe(c)) for part in lines)
    return _checked(kept.strip(), limit, what, optional)


def _checked(kept: str, limit: int, what: str, optional: bool) -> str:
    if not kept and not optional:
        raise UsageError(_("{what}不能为空", what=what))
    if len(kept) > limit:
        raise UsageError(
            _("{what}最多 {limit} 个字，现在 {n} 个", what=what, limit=limit, n=len(kept))
        )
    return kept
