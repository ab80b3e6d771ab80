"""The palette: the tokens, contrast, and series that a colour-blind reader can tell apart."""

from __future__ import annotations

import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from gridgov.figures.palette import DARK, LIGHT, Palette, contrast, ink_on, palette, state_of_point

ROOT = Path(__file__).resolve().parents[3]
BOTH = pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
# Machado, Oliveira, Fernandes 2009, severity 1.0, for linear RGB.
SIGHTS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def oklab(color: str, sight: str) -> np.ndarray:
    """OKLab of a hex colour as seen with `sight` (Ottosson 2020)."""
    rgb = np.array([int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(SIGHTS[sight] @ linear, 0, 1)
    to_lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return to_lab @ np.cbrt(to_lms @ linear)


@BOTH
def test_text_reads_at_aa(colors: Palette) -> None:
    for ground in (colors.paper, colors.panel):
        for text in (colors.ink, colors.muted, colors.accent):
            assert contrast(text, ground) >= 4.5
    for text in (colors.better, colors.worse, colors.changed):
        assert contrast(text, colors.paper) >= 4.5
    for state in ("better", "worse", "changed", "usual", "missing"):
        assert contrast(colors.ink, colors.tint(state)) >= 4.5


@BOTH
def test_marks_stand_out_from_the_paper(colors: Palette) -> None:
    for mark in (colors.usual, *colors.series):
        assert contrast(mark, colors.paper) >= 3
    for mark in colors.series:
        assert contrast(mark, colors.panel) >= 3


@BOTH
@pytest.mark.parametrize("sight", SIGHTS)
def test_series_can_be_told_apart(colors: Palette, sight: str) -> None:
    # 0.1 in OKLab is five times what is just noticeable side by side.
    for one, other in combinations(colors.series, 2):
        assert np.linalg.norm(oklab(one, sight) - oklab(other, sight)) >= 0.1, (one, other)


@BOTH
@pytest.mark.parametrize("sight", ["normal", "protanopia", "deuteranopia"])
def test_better_is_never_taken_for_worse(colors: Palette, sight: str) -> None:
    distance = oklab(colors.better, sight) - oklab(colors.worse, sight)
    assert np.linalg.norm(distance) >= 0.15


@BOTH
def test_names_on_deep_grounds_stay_readable(colors: Palette) -> None:
    for ground in (*colors.steps, colors.paper):
        assert contrast(ink_on(ground, colors), ground) >= 4


def test_unknown_themes_and_points_are_quiet() -> None:
    assert palette("dark") is DARK
    assert palette("anything") is LIGHT
    assert [state_of_point(p) for p in ("improvement", "concern", "high", "low", "common", "")] == [
        "better",
        "worse",
        "changed",
        "changed",
        "usual",
        "missing",
    ]


@BOTH
def test_streamlit_shows_the_same_tokens(colors: Palette) -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    given = theme[colors.theme]
    assert given["backgroundColor"] == colors.paper
    assert given["secondaryBackgroundColor"] == colors.panel
    assert given["textColor"] == colors.ink
    assert given["primaryColor"] == given["linkColor"] == colors.accent
    assert given["borderColor"] == colors.rule
    assert given["sidebar"]["backgroundColor"] == colors.panel
    assert tuple(given["chartCategoricalColors"]) == colors.series


def test_every_font_face_of_the_theme_is_in_the_repository() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    for face in theme["fontFaces"]:
        folder, name = (
            ROOT / "gridgov" / "static" / "fonts",
            face["url"].removeprefix("app/static/fonts/"),
        )
        assert (folder / name).read_bytes()[:4] == b"wOF2", name
