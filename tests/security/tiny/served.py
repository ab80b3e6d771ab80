"""What `streamlit run` starts in these tests: the real gate before the small application."""

from pathlib import Path

import streamlit as st

from dashboard import build, show_error

_middleware, _routes = build()
app = st.App(
    Path(__file__).with_name("script.py"),
    middleware=_middleware,
    routes=_routes,
    on_script_error=show_error,
)
