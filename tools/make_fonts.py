"""Cut the openly licensed Noto CJK fonts down to what the product needs.

Reads the OpenType collections of Debian's package `fonts-noto-cjk` (SIL Open Font Licence 1.1) and
writes

* `gridgov/static/fonts/*.woff2` for the browser: two weights of Noto Sans SC, each cut into one
  small *core* slice (Latin, punctuation and every character that the product's own texts use) and
  a few slices by code point for the rest, so that a first page loads the core alone;
* `gridgov/report/fonts/*.otf` for paper: Noto Sans SC in two weights and Noto Serif SC, whole;
* `tools/font_core.txt`, the characters of the core, so that a rebuild does not depend on chance.

    python tools/make_fonts.py [--collect] [--web]

`--collect` adds to the core the characters of the texts that are in the repository now; `--web`
leaves the fonts for paper as they are.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from fontTools import subset

__all__ = ["core_characters", "gb2312", "heading_characters", "main", "slices"]

ROOT = Path(__file__).resolve().parent.parent
SOURCES = Path("/usr/share/fonts/opentype/noto")
WEB = ROOT / "gridgov" / "static" / "fonts"
PAPER = ROOT / "gridgov" / "report" / "fonts"
CORE = ROOT / "tools" / "font_core.txt"
# In Debian's collections the faces come in the order JP, KR, SC, TC, HK.
SIMPLIFIED_CHINESE = 2

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x100)]
# Dashes, quotation marks, thin spaces, arrows, signs, full-width punctuation, circled digits.
SIGNS = [
    *range(0x2002, 0x200C),
    *range(0x2010, 0x2028),
    *range(0x2030, 0x203C),
    *range(0x2190, 0x219A),
    *range(0x2460, 0x2474),
    *[ord(sign) for sign in "√∞≈≠≤≥−×÷±Σαβχσμ■□▲△▼▽◆◇○●★☆✓✕·…"],
    *range(0x3000, 0x3018),
    *range(0xFF01, 0xFF5F),
    0xFFE5,
]
# Frequent in personal and place names, and outside GB 2312.
NAMES = (
    "喆堃玥珺赟翀旻昇晞曈垚骉甯祎祺煊炘炆焜燊犇珅珣珮琤琦瑄瑀瑢瑷璟璠璎璐璇璞瓒甡畑皓"
    "皞睿睎祜祯禛禤竑筠箴絜綦纮绀绚缪羿翊翯芃芊芮苡茜莳菡萱葳蕙薇蘅衎裎褀訚诩谞赪趸踔"
    "轶辂迦逯邰邴郗鄄酉钰铖锟镕镠镭闫阙隗雩霁霏靓韫韬頔颀飏飚骅骎鲲鸢麒黻龑龢"
)
# Slices of the rest by code point: about a thousand characters each.
EDGES = [0x4E00, 0x5600, 0x5F00, 0x6A00, 0x7400, 0x8000, 0x8E00, 0xA000]
TEXTS = ("gridgov", "etl", "pages", "docs", "data/schemes", "tools")
KINDS = {".py", ".po", ".sql", ".md", ".toml", ".csv", ".yaml"}


def gb2312(first: int, last: int) -> Iterator[int]:
    """Code points of the GB 2312 rows by lead byte: 0xB0 to 0xD7 is level 1, to 0xF7 level 2."""
    for lead in range(first, last + 1):
        for trail in range(0xA1, 0xFF):
            try:
                yield ord(bytes([lead, trail]).decode("gb2312"))
            except UnicodeDecodeError:
                continue


def core_characters(collect: bool) -> list[int]:
    """Latin, signs and the product's own characters; `collect` reads them anew from the texts."""
    known = set(CORE.read_text("utf-8")) if CORE.exists() else set()
    if collect:
        for folder in TEXTS:
            for path in sorted((ROOT / folder).rglob("*")):
                if path.suffix in KINDS:
                    known |= set(path.read_text("utf-8-sig", errors="ignore"))
        wanted = set(gb2312(0xB0, 0xF7))
        known = {sign for sign in known if ord(sign) in wanted}
        CORE.write_text("".join(sorted(known)) + "\n", "utf-8")
    return sorted({*LATIN, *SIGNS, *(ord(sign) for sign in known if sign > "\x7f")})


def heading_characters(core: Iterable[int]) -> list[int]:
    """Latin, signs and the characters of the interface's own words: the English catalogues, the
    names of metrics and of the values that a log may hold."""
    words = {*LATIN, *SIGNS}
    own = ROOT / "gridgov"
    texts = (*own.rglob("locale/**/*.po"), *own.glob("metrics/*.py"), own / "schema" / "values.py")
    for path in texts:
        words |= {ord(sign) for sign in path.read_text("utf-8")}
    return sorted(words & set(core))


def slices(core: Iterable[int]) -> dict[str, list[int]]:
    """Name of a slice → code points; "core" first, then the rest by code point."""
    taken = set(core)
    rest = sorted({*gb2312(0xA1, 0xA3), *gb2312(0xB0, 0xF7), *map(ord, NAMES)} - taken)
    cut = {"core": sorted(taken)}
    for low, high in pairwise(EDGES):
        cut[f"{low:04x}"] = [point for point in rest if low <= point < high]
    return cut


def cut(source: str, points: Iterable[int], target: Path, family: str) -> int:
    """Write a subset of `source` in the format of the ending of `target`; returns its bytes."""
    options = subset.Options()
    options.font_number = SIMPLIFIED_CHINESE
    options.flavor = "woff2" if target.suffix == ".woff2" else None
    options.desubroutinize = options.flavor is not None  # packs tighter under brotli
    options.hinting = False
    # `locl` alone would pull in every regional variant, doubling the file.
    options.layout_features = ["kern"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    font = subset.load_font(str(SOURCES / source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=points)
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 16):
            font["name"].setName(
                family, record.nameID, record.platformID, record.platEncID, record.langID
            )
    target.parent.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, str(target), options)
    return target.stat().st_size


def main() -> None:
    """Rebuild every font file and print its size."""
    parser = argparse.ArgumentParser(description="Cut the fonts of the product.")
    parser.add_argument("--collect", action="store_true", help="read the core characters anew")
    parser.add_argument("--web", action="store_true", help="the browser's fonts alone")
    options = parser.parse_args()
    core = core_characters(options.collect)
    # Bold sets headings, figures and names of the product alone: its core is that of the texts.
    cores = {"Regular": core, "Bold": heading_characters(core)}
    for weight, own in cores.items():
        for name, points in slices(own).items():
            target = WEB / f"noto-sans-sc-{weight.lower()}-{name}.woff2"
            size = cut(f"NotoSansCJK-{weight}.ttc", points, target, "Noto Sans SC")
            print(f"{target.name}: {len(points)} characters, {size / 1024:.0f} KB")
    if options.web:
        return
    whole = sorted(point for points in slices(core).values() for point in points)
    for face, family in (
        ("Sans-Regular", "Noto Sans SC"),
        ("Sans-Bold", "Noto Sans SC"),
        ("Serif-Regular", "Noto Serif SC"),
    ):
        kind, weight = face.split("-")
        target = PAPER / f"Noto{kind}SC-{weight}.otf"
        size = cut(f"Noto{kind}CJK-{weight}.ttc", whole, target, family)
        print(f"{target.name}: {len(whole)} characters, {size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
