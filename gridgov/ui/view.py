"""What a page has at hand: who is asking, the data they may see, the filters, the palette.

`gridgov/app.py` makes a `View` at the start of every run and puts it where the page finds it.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from gridgov.access.roles import Identity
from gridgov.errors import WarehouseMissing
from gridgov.figures.palette import Palette
from gridgov.filters import Filters
from gridgov.settings import Settings
from gridgov.warehouse import Reader
from gridgov.workspace.engine import shared_workspace

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["View", "current_view", "narrowed_view", "workspace"]


@dataclass(frozen=True)
class View:
    """One run of one page. `reader` raises where nothing is published; ask `has_data` first.

    `memory`: what parts of a page have asked for in this run and others may ask again.
    """

    identity: Identity
    filters: Filters
    palette: Palette
    page_name: str
    opened: Reader | None
    memory: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def has_data(self) -> bool:
        return self.opened is not None and self.opened.data_date is not None

    @property
    def reader(self) -> Reader:
        if self.opened is None:
            raise WarehouseMissing("no published version")
        return self.opened

    @property
    def data_date(self) -> date:
        return self.filters.today


_VIEW: ContextVar[View] = ContextVar("gridgov_view")


def set_view(view: View) -> None:
    """Make `view` the one that the page of this run sees."""
    _VIEW.set(view)


def narrowed_view(grid_id: str) -> View:
    """Make the view of this run one of that grid: whatever the page shows, lists and exports."""
    view = current_view()
    if view.filters.grid_id != grid_id:
        view = replace(view, filters=view.filters.changed(grid_id=grid_id))
        set_view(view)
    return view


def current_view() -> View:
    """The view of this run; LookupError outside `gridgov/app.py`."""
    return _VIEW.get()


@st.cache_resource(show_spinner=False)
def _workspace(url: str) -> Engine:
    return shared_workspace(url)


def workspace() -> Engine:
    """The workspace database of this server."""
    return _workspace(Settings.from_environment().workspace_url)
