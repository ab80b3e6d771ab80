"""Results kept between runs and shared by sessions that see the same thing.

A published version never changes, so an answer holds as long as version, scope, filters and
language stay: these make the key. Nothing expires by time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from gridgov.access.policy import Scope
from gridgov.filters import Filters
from gridgov.locale import language
from gridgov.ui.view import View, current_view

__all__ = ["kept"]

T = TypeVar("T")


def kept(function: Callable[..., T], *arguments: Any) -> T:
    """`function(reader, filters, *arguments)` for the view of this run, computed once per answer.

    `function` must be a module-level pure function and `arguments` hashable. Do not change what
    comes back: other sessions hold the same object.
    """
    view = current_view()
    found: T = _kept(
        f"{function.__module__}.{function.__qualname__}",
        str(view.reader.version.path),
        view.reader.version.path.stat().st_mtime_ns,
        view.reader.scope,
        view.filters,
        language(),
        arguments,
        _function=function,
        _view=view,
    )
    return found


@st.cache_resource(show_spinner=False, max_entries=512)
def _kept(
    name: str,
    path: str,
    stamp: int,
    scope: Scope,
    filters: Filters,
    language_: str,
    arguments: tuple[Any, ...],
    *,
    _function: Callable[..., Any],
    _view: View,
) -> Any:
    return _function(_view.reader, _view.filters, *arguments)
