"""Chinese texts in the code and their English: complete, well-formed, without double meanings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from gridgov.locale import _, catalogue, language, set_language

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    [*(ROOT / "gridgov").rglob("*.py"), *(ROOT / "pages").glob("*.py"), *(ROOT / "etl").rglob("*.py"),
     ROOT / "dashboard.py"]
)  # fmt: skip
CATALOGUES = sorted((ROOT / "gridgov/locale/en/LC_MESSAGES").glob("*.po"))
CHINESE = re.compile("[\u4e00-\u9fff]")
PLACE = re.compile(r"\{(\w+)[^}]*\}")


def messages(path: Path) -> Iterator[tuple[int, str]]:
    """Every text given to `_` or `N_`; anything but a literal fails the test."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"_", "N_"}
            and node.args
        ):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_text_has_english(path: Path) -> None:
    missing = [f"{line}: {text}" for line, text in messages(path) if text not in catalogue()]
    missing = [text for text in missing if CHINESE.search(text)]
    assert not missing, "no English in gridgov/locale/en/LC_MESSAGES"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda p: p.name)
def test_translations_keep_their_places_and_are_english(path: Path) -> None:
    with path.open("rb") as handle:
        for message in read_po(handle, locale="en"):
            if not message.id:
                continue
            assert message.string, f"empty translation of {message.id}"
            assert set(PLACE.findall(message.id)) == set(PLACE.findall(message.string)), message.id


def test_one_text_has_one_translation() -> None:
    seen: dict[str, tuple[str, str]] = {}
    for path in CATALOGUES:
        with path.open("rb") as handle:
            for message in read_po(handle, locale="en"):
                if message.id and message.id in seen and seen[message.id][0] != message.string:
                    pytest.fail(f"{message.id}: {path.name} and {seen[message.id][1]} differ")
                if message.id:
                    seen[str(message.id)] = (str(message.string), path.name)


def test_language_switch() -> None:
    try:
        set_language("en")
        assert language() == "en"
        assert _("总览") == "Overview"
        set_language("nonsense")
        assert language() == "zh_CN"
        assert _("总览") == "总览"
    finally:
        set_language("zh_CN")
