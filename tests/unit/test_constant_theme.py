"""The theme that is copied for every run is the one that Streamlit would make."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from gridgov.ui import constant_theme
from gridgov.ui.constant_theme import keep_theme


def whole(fill: Callable[[CustomThemeConfig, str], None]) -> CustomThemeConfig:
    made = CustomThemeConfig()
    for section, part in (
        ("theme", made),
        ("theme.light", made.light),
        ("theme.dark", made.dark),
        ("theme.sidebar", made.sidebar),
        ("theme.light.sidebar", made.light.sidebar),
        ("theme.dark.sidebar", made.dark.sidebar),
    ):
        fill(part, section)
    return made


def test_the_copied_theme_is_the_made_one(monkeypatch: pytest.MonkeyPatch) -> None:
    config.get_config_options(force_reparse=True)
    original = constant_theme._original
    monkeypatch.setattr(app_session, "_populate_theme_msg", original)
    monkeypatch.setattr(constant_theme, "_KEPT", {})
    keep_theme()
    copied = app_session._populate_theme_msg
    assert copied is not original
    made = whole(original)
    assert made.light.primary_color and made.font_faces
    assert not made.HasField("sidebar") or made.sidebar.ByteSize() == 0
    assert all(one == other for one, other in pairwise([made, whole(copied), whole(copied)]))


def test_a_copy_that_is_changed_leaves_the_next_one_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    config.get_config_options(force_reparse=True)
    monkeypatch.setattr(constant_theme, "_KEPT", {})
    first = CustomThemeConfig()
    constant_theme._copied(first)
    first.font_faces[0].family = "another"
    second = CustomThemeConfig()
    constant_theme._copied(second)
    assert second.font_faces[0].family != "another"
