"""Language of the interface.

The message ids in the code are the Chinese texts themselves: Chinese is the product's first
language, so a forgotten translation can only ever show Chinese to an English reader, never the
reverse. English lives in `en/LC_MESSAGES/<room>.po`, one catalogue a room of the code; all of them
are read together. Labels of columns, metrics and checks carry both languages in their declaration
and are picked with `pick(zh, en)`.

`N_` marks a text that is translated later, where it is shown.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Literal

from babel.messages.pofile import read_po

__all__ = ["N_", "Language", "_", "catalogue", "language", "pick", "set_language"]

Language = Literal["zh_CN", "en"]
_HERE = Path(__file__).parent
_current: ContextVar[Language] = ContextVar("gridgov_language", default="zh_CN")


@cache
def catalogue() -> dict[str, str]:
    """Chinese text → English text, from every .po file; later files may not redefine a text."""
    found: dict[str, str] = {}
    # The interface's one typeface draws curly quotes as wide as a Chinese character.
    straight = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
    for path in sorted((_HERE / "en" / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as handle:
            for message in read_po(handle, locale="en"):
                if message.id and isinstance(message.string, str) and message.string:
                    found.setdefault(str(message.id), message.string.translate(straight))
    return found


def language() -> Language:
    """The language of the current thread or task."""
    return _current.get()


def set_language(value: str) -> None:
    """Choose the language for the current thread or task; anything unknown means Chinese."""
    _current.set("en" if value == "en" else "zh_CN")


def _(text: str, /, **values: object) -> str:
    """Translate `text` and fill `{name}` places from `values`."""
    if language() == "en":
        text = catalogue().get(text, text)
    return text.format(**values) if values else text


def N_(text: str) -> str:  # noqa: N802  (the gettext convention)
    """Mark a text for translation without translating it here."""
    return text


def pick(zh: str, en: str) -> str:
    """Choose between two texts that a declaration carries."""
    return en if language() == "en" else zh
