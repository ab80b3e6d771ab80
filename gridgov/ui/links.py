"""Going from a page to another with the filters set."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from gridgov.access.roles import Role
from gridgov.filters import Filters
from gridgov.locale import _, language
from gridgov.ui import html
from gridgov.ui.navigation import allowed, page_named
from gridgov.ui.view import current_view

__all__ = ["FOLLOW", "address", "for_reader", "href", "link", "link_html", "may_open", "open_page"]

# The parameter that asks for the form of an entry; it says nothing of what a page shows.
FOLLOW = "follow"


def may_open(name: str) -> bool:
    """Whether the person of this run has that page."""
    return any(spec.name == name for spec in allowed(current_view().identity))


def address(name: str, filters: Filters, **more: str) -> str:
    """The address of a page with filters as it may be stored: nothing of whoever made it."""
    query = urlencode({**filters.to_url(), **more})
    return f"/{name}" + (f"?{query}" if query else "")


def for_reader(stored: str) -> str:
    """A stored address for the person of this run: with the own language and tried role."""
    more = urlencode(_of_reader())
    return stored + (("&" if "?" in stored else "?") + more if more else "")


def href(name: str, filters: Filters, **more: str) -> str:
    """The address of a page with filters, for links inside HTML."""
    return address(name, filters, **_of_reader(), **more)


def _of_reader() -> dict[str, str]:
    more: dict[str, str] = {}
    identity = current_view().identity
    if identity.demo and not identity.has(Role.LEADER):
        # The role tried in a demo lives in the session, which such a link does not take along.
        more["role"] = next(iter(identity.roles)).value
    if language() == "en":
        more["lang"] = "en"
    return more


def link_html(name: str, filters: Filters, label: str, **more: str) -> str:
    """A link to a page with filters as HTML; plain text where the person has no such page."""
    text = html.escaped(label)
    if not may_open(name):
        return f"<span>{text}</span>"
    return f'<a href="{html.escaped(href(name, filters, **more))}" target="_self">{text}</a>'


def link(name: str, filters: Filters, *, label: str | None = None, **more: str) -> None:
    """A link to a page with filters; plain text where the person has no such page."""
    text = label or _(page_named(name).title)
    if may_open(name):
        st.page_link(_page(name), label=text, query_params={**filters.to_url(), **more})
    else:
        st.text(text)


def open_page(name: str, filters: Filters, **more: str) -> None:
    """Leave for another page with filters; ends the run."""
    st.switch_page(_page(name), query_params={**filters.to_url(), **more})


def _page(name: str) -> str:
    # Streamlit takes the address from the file that it runs, gridgov/app.py.
    return f"../pages/{name}.py"
