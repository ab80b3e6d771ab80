"""The script that draws figures belongs to the library that writes them."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from gridgov.access.assets import CompressedAssets
from gridgov.ui.component import FIGURE, SQL_EDITOR, BrowserPart
from tests.unit.figures.test_figures import EVERY, FIGURES

PACKED = re.compile(r"plotly\.js v([0-9.]+)")
BUILT = re.compile(r'version="([0-9.]+)"')


def test_it_is_the_version_that_the_library_writes_for() -> None:
    theirs = files("plotly").joinpath("package_data", "plotly.min.js").read_text(encoding="utf-8")
    (wanted,) = PACKED.findall(theirs[:2_000])[:1]
    assert wanted in BUILT.findall(FIGURE.script.read_text(encoding="utf-8"))


@EVERY
def test_it_can_draw_every_trace_of_ours(name: str) -> None:
    make, frame = FIGURES[name]
    kinds = {trace.type for trace in make(frame).figure.data}
    registered = FIGURE.script.read_text(encoding="utf-8")
    assert kinds <= {"scatter", "bar", "box", "heatmap"}
    for kind in kinds:
        assert re.search(rf'moduleType:"trace",name:"{kind}"', registered), kind


@pytest.mark.parametrize("part", [FIGURE, SQL_EDITOR], ids=lambda part: part.name)
def test_its_name_carries_a_hash_and_the_browser_keeps_it(part: BrowserPart) -> None:
    assert re.fullmatch(rf"{part.stem}-[0-9A-Z]{{8}}\.js", part.script.name)
    assert part.address.endswith(part.script.name)
    served = CompressedAssets(lambda *_: None, part.script.parent, more={part.address: part.script})
    assert served.files[part.address] == part.script
