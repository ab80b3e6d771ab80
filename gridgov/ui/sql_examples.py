"""Queries to begin from; each is a file whose first line is its title, and a test runs them all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Example", "examples"]

_FOLDER = Path(__file__).resolve().parents[1] / "explore" / "examples"


@dataclass(frozen=True)
class Example:
    """A query with its title in both languages."""

    title_zh: str
    title_en: str
    sql: str


@cache
def examples() -> tuple[Example, ...]:
    """All examples in the order of their files."""
    found = []
    for path in sorted(_FOLDER.glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        zh, _slash, en = text.splitlines()[0].removeprefix("--").partition(" / ")
        found.append(Example(zh.strip(), en.strip(), text.rstrip("\n")))
    return tuple(found)
