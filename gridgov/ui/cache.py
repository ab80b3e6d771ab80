"""Results kept between runs and shared by sessions that see the same thing.

A published version never changes, so an answer holds as long as version, scope, filters and
language stay: these make the key. Nothing expires by time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from gridgov.answers import Answers
from gridgov.locale import language
from gridgov.ui.view import View, current_view
from gridgov.ui.weight import weight

__all__ = ["drawn", "drawn_from", "kept"]

T = TypeVar("T")


def kept(function: Callable[..., T], *arguments: Any) -> T:
    """`function(reader, filters, *arguments)` for the view of this run, computed once per answer.

    `function` must be a module-level pure function and `arguments` hashable. Do not change what
    comes back: other sessions hold the same object.
    """
    view = current_view()
    key = (f"{function.__module__}.{function.__qualname__}", _standing(view), arguments)
    return _KEPT.get(key, lambda: function(view.reader, view.filters, *arguments), weight)


def drawn(name: str, make: Callable[[], T], *what: Hashable) -> T:
    """What `make` draws (HTML, a chart) for the view of this run, drawn once for the same look.

    Apart from the view (data, scope, filters, language, colours, page) it may depend on `name` and
    `what` alone: whoever may see the same and asks the same is given the same object.
    """
    view = current_view()
    # Links carry the role tried in a demo; in earnest the roles are part of the scope.
    key = (name, _standing(view), view.palette, view.page_name, view.identity.roles, what)
    return _DRAWN.get(key, make, weight)


def drawn_from(name: str, make: Callable[[], T], *what: Hashable) -> T:
    """As `drawn`, of something that depends on the filters in no other way than by `what`, which
    holds what is drawn: it stays as it is when they change beside it. It may hold no link."""
    view = current_view()
    return _DRAWN.get((name, *_data(view), language(), view.palette, what), make, weight)


def _standing(view: View) -> Hashable:
    return (*_data(view), view.filters, language())


def _data(view: View) -> tuple[Hashable, ...]:
    """The version and what of it this person sees."""
    path = view.reader.version.path
    return (path, path.stat().st_mtime_ns, view.reader.scope)


# In bytes. Streamlit's own cache would hash every key by its text, which takes longer than the
# look-up that it is for, three to ten times a run. An answer of the sample weighs 5 to 30 KB.
_LARGEST = 8 * 2**20
_KEPT = Answers(largest=_LARGEST, all_cells=64 * 2**20)
_DRAWN = Answers(largest=_LARGEST, all_cells=64 * 2**20)
