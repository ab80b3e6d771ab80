"""The colours of the product: one frozen palette for light paper and one for dark.

Colour means state, never identity: blue is better than usual, orange worse than usual, purple
changed where neither is good, grey usual. Series in a legend may use `series`, in its order; the
set was searched for the largest least distance under normal sight, protanopia, deuteranopia and
tritanopia (Machado 2009, distances in OKLab), and a test holds it there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "DARK",
    "LIGHT",
    "Palette",
    "State",
    "Theme",
    "contrast",
    "ink_on",
    "luminance",
    "palette",
    "state_of_point",
]

Theme = Literal["light", "dark"]
State = Literal["better", "worse", "changed", "usual", "missing"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Hex colours by what they mean; `series` and `steps` are ordered."""

    theme: Theme
    paper: str
    panel: str
    rule: str
    ink: str
    muted: str
    better: str
    worse: str
    changed: str
    usual: str
    band: str
    centre: str
    grid: str
    accent: str
    tint_better: str
    tint_worse: str
    tint_changed: str
    series: tuple[str, ...]
    steps: tuple[str, ...]

    def state(self, state: str) -> str:
        """The colour of a state's line or dot; anything unknown is usual."""
        return {
            "better": self.better,
            "worse": self.worse,
            "changed": self.changed,
            # No state, and so no colour: the one that a figure is about.
            "chosen": self.ink,
        }.get(state, self.usual)

    def tint(self, state: str) -> str:
        """The quiet ground of an area or cell in a state, under text in ink."""
        return {
            "better": self.tint_better,
            "worse": self.tint_worse,
            "changed": self.tint_changed,
            "missing": self.paper,
        }.get(state, self.band)


LIGHT = Palette(
    theme="light",
    paper="#FFFFFF",
    panel="#F5F6F8",
    rule="#DDE1E7",
    ink="#1B2430",
    muted="#5B6675",
    better="#1F6FB2",
    worse="#C2540A",
    changed="#6B4FA0",
    usual="#8A94A3",
    band="#EEF1F5",
    centre="#9AA4B2",
    grid="#E6E9EE",
    accent="#1F5F8B",
    tint_better="#D3E4F3",
    tint_worse="#F8DCC7",
    tint_changed="#E3DBF0",
    series=("#39336F", "#A4893E", "#6B93A3", "#7F624C", "#5365A3", "#662703"),
    steps=("#EEF3F8", "#D0DFEC", "#A9C4DB", "#7CA4C5", "#4F83AC", "#1F5F8B"),
)

DARK = Palette(
    theme="dark",
    paper="#12171E",
    panel="#1B222C",
    rule="#313A46",
    ink="#E6EAF0",
    muted="#A3AEBD",
    better="#6DB1E8",
    worse="#F0934E",
    changed="#B69CE6",
    usual="#8E99A8",
    band="#1E2731",
    centre="#5A6675",
    grid="#29313C",
    accent="#7DB7E0",
    tint_better="#1F3B55",
    tint_worse="#55331B",
    tint_changed="#3B3057",
    series=("#92A8EB", "#EACF83", "#91772A", "#91E0EE", "#6377B6", "#C3A48C"),
    steps=("#1B2733", "#23394C", "#2E5069", "#3E6C8C", "#5A92B8", "#7DB7E0"),
)


def palette(theme: str = "light") -> Palette:
    """The palette of a theme; anything but "dark" is light."""
    return DARK if theme == "dark" else LIGHT


def state_of_point(point: str) -> State:
    """State for a point kind of `gridgov.stats.spc.xmr`: improvement, concern, high, low …"""
    match point:
        case "improvement":
            return "better"
        case "concern":
            return "worse"
        case "high" | "low":
            return "changed"
        case "":
            return "missing"
        case _:
            return "usual"


def luminance(color: str) -> float:
    """Relative luminance of a hex colour (WCAG 2.2)."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two hex colours (WCAG 2.2), 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(ground: str, colors: Palette) -> str:
    """Ink or paper, whichever reads better on a ground."""
    return max((colors.ink, colors.paper), key=lambda text: contrast(text, ground))
