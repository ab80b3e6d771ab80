"""How our own files of rejected rows are told from others when they come back mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from etl.headers import header_key
from etl.mapping import Recipe

__all__ = ["ADDED", "is_rejects_text", "recipe_for", "source_of"]

# Why the row was refused, and where it stood: file, sheet, row.
ADDED = ("未收原因", "来源文件", "来源工作表", "来源行号")


def source_of(preview: Sequence[Sequence[str]]) -> tuple[str, str] | None:
    """The file and sheet that a sheet of rejected rows came from; None for any other sheet."""
    if not preview or tuple(header_key(cell) for cell in preview[0][: len(ADDED)]) != ADDED:
        return None
    for row in preview[1:]:
        if len(row) >= len(ADDED) and row[1].strip():
            return row[1].strip(), row[2].strip()
    return None


def is_rejects_text(file: Path) -> bool:
    """True for a text file of rejected rows: it is UTF-8 with commas, whatever its source was."""
    begin = ("\ufeff" + ",".join(ADDED)).encode()
    with file.open("rb") as handle:
        return handle.read(len(begin)) == begin


def recipe_for(
    recipes: Sequence[Recipe], path: str, sheet: str, preview: Sequence[Sequence[str]]
) -> Recipe | None:
    """The first recipe meant for a sheet. Rejected rows go by the recipe of their source too, and
    their header is the first row whatever it was there."""
    places = [(path, sheet)]
    source = source_of(preview)
    if source is not None:
        places.append(source)
    for place in places:
        for recipe in recipes:
            if recipe.fits(*place):
                return recipe if source is None else replace(recipe, header_row=None, skip_rows=0)
    return None
