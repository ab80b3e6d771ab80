"""Results kept between runs and shared by sessions that see the same thing.

A published version never changes, so an answer holds as long as version, scope, filters and
language stay: these make the key. Nothing expires by time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from gridgov.answers import Answers
from gridgov.locale import language
from gridgov.ui.view import current_view

__all__ = ["kept"]

T = TypeVar("T")


def kept(function: Callable[..., T], *arguments: Any) -> T:
    """`function(reader, filters, *arguments)` for the view of this run, computed once per answer.

    `function` must be a module-level pure function and `arguments` hashable. Do not change what
    comes back: other sessions hold the same object.
    """
    view = current_view()
    path = view.reader.version.path
    key = (
        f"{function.__module__}.{function.__qualname__}",
        path,
        path.stat().st_mtime_ns,
        view.reader.scope,
        view.filters,
        language(),
        arguments,
    )
    return _KEPT.get(key, lambda: function(view.reader, view.filters, *arguments), _one)


def _one(_answer: object) -> int:
    return 1


# Streamlit's own cache would hash every key by its text, which takes longer than the look-up that
# it is for, three to ten times a run.
_KEPT = Answers(largest=1, all_cells=512)
