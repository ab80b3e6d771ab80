"""The theme at run time: which palette the reader's browser shows, and the one style sheet.

Colours, type and radius of Streamlit's own widgets are in `.streamlit/config.toml`; this sheet
gives the classes of `gridgov.ui.html`, mends spacing, and holds the rules for phones and paper.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from gridgov.figures.palette import Palette, palette
from gridgov.locale import _, language
from gridgov.settings import Settings

__all__ = ["active_palette", "apply_theme", "style_sheet"]

_SHEET = Path(__file__).with_name("theme.css")


def active_palette() -> Palette:
    """The palette of the theme that the reader's browser shows; light where it has not said yet."""
    return palette(st.context.theme.type or "light")


def style_sheet(theme: str) -> str:
    """The style sheet with the tokens of a theme ("light" or "dark") and the language's words."""
    return _style_sheet(theme, language())


@cache
def _style_sheet(theme: str, _language: str) -> str:
    tokens = palette(theme)
    names = (
        "paper", "panel", "rule", "ink", "muted", "better", "worse", "changed", "usual", "band",
        "centre", "grid", "accent", "tint_better", "tint_worse", "tint_changed",
    )  # fmt: skip
    given = "".join(f"--gg-{name.replace('_', '-')}:{getattr(tokens, name)};" for name in names)
    given += f"--gg-choose-file:'{_('选择文件')}';"
    given += f"--gg-file-limit:'{_('每个文件不超过 {size}', size=_upload_limit())}';"
    return f":root{{{given}}}\n{_SHEET.read_text('utf-8')}"


def _upload_limit() -> str:
    """What a file may weigh: the lower of the product's limit and Streamlit's."""
    largest = min(
        Settings.from_environment().max_upload_mb, int(st.get_option("server.maxUploadSize"))
    )
    return f"{largest // 1024} GB" if largest % 1024 == 0 else f"{largest} MB"


def apply_theme() -> Palette:
    """Send the style sheet of the active theme, once a run, and give back its palette."""
    chosen = active_palette()
    st.html(f"<style>{style_sheet(chosen.theme)}</style>")
    return chosen
