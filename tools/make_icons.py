"""Cut Streamlit's icon font down to the icons that its own interface and this product can show.

Material Symbols Rounded (Apache Licence 2.0) comes with Streamlit: 370 KB for 4,000 icons, of
which pages show a handful. Kept is every icon whose name stands in quotes anywhere in Streamlit's
scripts, used or not: that is more than enough, and no guess. The result has the name of the file
that it was cut from, hash included, so that the font of another Streamlit is never replaced by it.

    python tools/make_icons.py
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from streamlit import file_util

__all__ = ["icon_names", "ligatures", "main", "source", "wanted"]

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "gridgov" / "static" / "fonts"
_QUOTED = re.compile(r"""[`"':]([a-z0-9_]{2,60})[`"':]""")
_NAMED = re.compile(r":material/([a-z0-9_]+)")
# Drawing libraries full of words that are no icons.
_NOT_INTERFACE = re.compile(r"Plotly|DeckGl|ECharts|GraphViz|elk|cytoscape|katex|Syntax|[dD]iagram")


def source() -> Path:
    """Streamlit's icon font. FileNotFoundError where it has another name by now."""
    for path in (Path(file_util.get_static_dir()) / "static" / "media").glob(
        "MaterialSymbols-Rounded.*.woff2"
    ):
        return path
    raise FileNotFoundError("MaterialSymbols-Rounded.*.woff2")


def wanted() -> set[str]:
    """Words in quotes in Streamlit's scripts, and icons named in this product."""
    words: set[str] = set()
    for path in (Path(file_util.get_static_dir()) / "static" / "js").glob("*.js"):
        if not _NOT_INTERFACE.search(path.name):
            text = path.read_text("utf-8", errors="ignore")
            words.update(_QUOTED.findall(text), _NAMED.findall(text))
    for folder in ("gridgov", "pages"):
        for path in (ROOT / folder).rglob("*.py"):
            words.update(_NAMED.findall(path.read_text("utf-8")))
    return words


def ligatures(font: TTFont) -> Iterable[tuple[str, dict[str, list[Any]], str, Any]]:
    """Each icon: its name, where its rule stands (table, first glyph) and the rule."""
    letters = {glyph: chr(code).lower() for code, glyph in font.getBestCmap().items()}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            rules = getattr(table, "ExtSubTable", table)
            for first, found in list(getattr(rules, "ligatures", {}).items()):
                for rule in list(found):
                    name = "".join(letters.get(part, "?") for part in [first, *rule.Component])
                    yield name, rules.ligatures, first, rule


def icon_names(path: Path) -> set[str]:
    """The icons that a font can show."""
    with TTFont(path) as font:
        return {name for name, _table, _first, _rule in ligatures(font)}


def main() -> None:
    """Write the cut font beside the others and print its size."""
    original, names = source(), wanted()
    options = subset.Options()
    options.flavor = "woff2"
    options.hinting = False
    options.layout_features = ["*"]
    font = subset.load_font(str(original), options)
    glyphs = {".notdef"}
    for name, table, first, rule in ligatures(font):
        if name in names:
            glyphs.add(rule.LigGlyph)
        else:
            table[first].remove(rule)
    cutter = subset.Subsetter(options)
    cutter.populate(glyphs=glyphs, unicodes=[*range(0x20, 0x7F)])
    cutter.subset(font)
    target = TARGET / original.name
    subset.save_font(font, str(target), options)
    count = len(icon_names(target))
    print(f"{target.name}: {count} icons, {target.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
