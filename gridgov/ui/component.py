"""Our own parts of a page that run in the browser, as components of Streamlit.

The page's content policy allows no script from a blob, which is how Streamlit loads a component's
inline script, so a component's script is a file that this server sends. Its name carries a hash of
its content (`tools/figure`, `tools/editor` build them): browsers keep it for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import streamlit as st
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

__all__ = ["FIGURE", "SQL_EDITOR", "BrowserPart"]

_PACKAGE = Path(__file__).resolve().parents[1]
_PREFIX = "/_stcore/bidi-components"


@dataclass(frozen=True)
class BrowserPart:
    """A component: its name, the folder and stem of its script, the element that it fills."""

    name: str
    folder: str
    stem: str
    html: str

    @property
    def script(self) -> Path:
        """The built script, the only one of its stem in the folder."""
        (found,) = (_PACKAGE / self.folder).glob(f"{self.stem}-*.js")
        return found

    @property
    def address(self) -> str:
        """Where the browser asks for the script."""
        return f"{_PREFIX}/gridgov.{self.name}/{self.script.name}"

    def mount(self) -> Any:
        """The component of the server that runs, declared once: call it to draw one."""
        manager = get_bidi_component_manager()
        known = _DECLARED.setdefault(manager, {})
        if self.name not in known:
            config = ComponentConfig(name=self.name, asset_dir=self.folder)
            manager.register_from_manifest(ComponentManifest("gridgov", "1", [config]), _PACKAGE)
            known[self.name] = st.components.v2.component(
                f"gridgov.{self.name}",
                html=self.html,
                js=self.script.name,
                isolate_styles=False,
            )
        return known[self.name]


SQL_EDITOR = BrowserPart("sql_editor", "ui/editor", "sql_editor", '<div data-editor="sql"></div>')
FIGURE = BrowserPart("figure", "ui/figure", "figure", "<div data-figure></div>")

_DECLARED: WeakKeyDictionary[BidiComponentManager, dict[str, Any]] = WeakKeyDictionary()
