"""The theme that every run of a page sends, made once.

Streamlit 1.67 goes through all its options six times and parses every font face again for each
run of a script, to say what never changes while the server runs: a quarter of an action's time
under the interpreter lock, measured. The messages are kept by section and copied.
"""

from __future__ import annotations

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

__all__ = ["keep_theme"]

_original = app_session._populate_theme_msg
_KEPT: dict[str, CustomThemeConfig] = {}


def keep_theme() -> None:
    """Have the server copy the theme from its first making; again is no harm."""
    app_session._populate_theme_msg = _copied


def _copied(msg: CustomThemeConfig, section: str = "theme") -> None:
    kept = _KEPT.get(section)
    if kept is None:
        kept = CustomThemeConfig()
        _original(kept, section)
        _KEPT[section] = kept
    # Merging nothing would still say that there is such a section.
    if kept.ByteSize():
        msg.MergeFrom(kept)
