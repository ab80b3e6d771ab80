"""The fonts hold what the product writes, weigh what a first load may, and set Chinese on paper."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest
import typst
from fontTools.ttLib import TTFont

from gridgov.locale import catalogue
from tools import make_icons

ROOT = Path(__file__).resolve().parents[3]
WEB, PAPER = ROOT / "gridgov" / "static" / "fonts", ROOT / "gridgov" / "report" / "fonts"


def characters(path: Path) -> set[int]:
    with TTFont(path) as font:
        return set(font.getBestCmap())


@pytest.mark.parametrize("weight", ["regular", "bold"])
def test_every_text_of_the_interface_can_be_set(weight: str) -> None:
    have = set().union(*(characters(path) for path in WEB.glob(f"*-{weight}-*.woff2")))
    wanted = {ord(sign) for text in catalogue() for sign in text if not sign.isspace()}
    assert wanted - have == set()


def test_the_core_keeps_up_with_the_texts() -> None:
    """A character outside the core loads a slice of a hundred kilobytes. New texts may bring a few
    before somebody cuts the fonts again."""
    for weight in ("regular", "bold"):
        core = characters(WEB / f"noto-sans-sc-{weight}-core.woff2")
        used = {ord(sign) for text in catalogue() for sign in text if "\u4e00" <= sign <= "\u9fff"}
        missing = "".join(map(chr, sorted(used - core)))
        assert len(missing) < 20, f"run tools/make_fonts.py --collect --web: {missing}"


def test_the_icon_font_holds_every_icon_of_the_interface() -> None:
    original = make_icons.source()
    cut = WEB / original.name
    assert cut.stat().st_size < 60_000
    wanted = make_icons.icon_names(original) & make_icons.wanted()
    assert {"keyboard_double_arrow_left", "expand_more", "close", "help"} <= wanted
    assert make_icons.icon_names(cut) >= wanted


def test_a_first_load_is_the_two_core_slices() -> None:
    assert sum(path.stat().st_size for path in WEB.glob("*-core.woff2")) < 420_000
    assert sum(path.stat().st_size for path in WEB.glob("*.woff2")) < 3_000_000


@pytest.mark.parametrize("folder", [WEB, PAPER])
def test_the_licence_lies_beside_the_fonts(folder: Path) -> None:
    licence = (folder / "OFL.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Adobe" in licence


def test_typst_sets_chinese_with_these_fonts_alone(tmp_path: Path) -> None:
    source = tmp_path / "page.typ"
    source.write_text(
        '#set text(font: "Noto Serif SC")\n东山社区 2026年上半年\n'
        '#text(font: "Noto Sans SC", weight: "bold")[格格先锋]',
        "utf-8",
    )
    pdf = typst.compile(str(source), font_paths=[str(PAPER)], ignore_system_fonts=True)
    page = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]
    fonts = {str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()}
    assert any("Serif" in name for name in fonts) and any("Sans" in name for name in fonts), fonts
    assert "东山社区" in page.extract_text() and "格格先锋" in page.extract_text()
