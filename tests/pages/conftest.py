"""Pages under Streamlit's AppTest, through the application script, as any role."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from gridgov.access import mode
from gridgov.access.mode import Mode
from gridgov.access.roles import Role
from gridgov.locale import set_language
from gridgov.ui.component import FIGURE
from tests.warehouses import make_warehouse, sample_warehouse

ROOT = Path(__file__).resolve().parents[2]
OpenPage = Callable[..., AppTest]


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[OpenPage]:
    """`open_page("visits", role="supervisor", warehouse=root, grid="…")` runs the page once.

    Without `warehouse` it is the sample. The gate's decision is installed as in a demo; a warehouse
    that is not the sample is let in the same way, which only a test can do.
    """

    def opened(
        name: str,
        role: str = "leader",
        warehouse: Path | None = None,
        timeout: float = 60,
        **url: str,
    ) -> AppTest:
        root = warehouse or sample_warehouse()
        monkeypatch.setenv("GRIDGOV_WAREHOUSE", str(root))
        monkeypatch.setenv("GRIDGOV_WORKSPACE", str(tmp_path / "workspace.sqlite"))
        monkeypatch.setattr(Mode, "still_demo", lambda self: True)
        mode.install(Mode(demo=True, warehouse=root))
        st.cache_resource.clear()
        app = AppTest.from_file(str(ROOT / "gridgov/app.py"), default_timeout=timeout)
        app.session_state["demo_role"] = Role(role)
        for key, value in url.items():
            app.query_params[{"from_": "from"}.get(key, key)] = value
        app.switch_page(f"../pages/{name}.py")
        return app.run()

    yield opened
    mode.install(None)
    set_language("zh_CN")


@pytest.fixture
def built_warehouse(tmp_path: Path) -> Callable[..., Path]:
    """`built_warehouse(visit=[{...}], grid=[{...}])` loads rows through the real loader."""

    def build(**tables: list[dict[str, object]]) -> Path:
        root = tmp_path / "warehouse"
        make_warehouse(root, **tables)
        return root

    return build


def drawn_figures(app: AppTest) -> list[dict[str, Any]]:
    """The figures of a page, as plotly's specifications."""
    return [
        json.loads(one.proto.bytes)["figure"]
        for one in app.get("bidi_component")
        if one.proto.component_name == f"gridgov.{FIGURE.name}"
    ]


def texts(app: AppTest) -> str:
    """Everything that the page shows as text or HTML, joined."""
    found = [
        element.value
        for kind in ("markdown", "caption", "error", "info", "text")
        for element in app.get(kind)
    ]
    found += [element.proto.body for element in app.get("html")]
    return "\n".join(str(text) for text in found)
