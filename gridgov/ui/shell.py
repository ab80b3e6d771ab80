"""What stands around every page: who is asking, the pages they may open, the side bar."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from gridgov.access.policy import scope_of
from gridgov.access.roles import Identity
from gridgov.clock import today as today_in_china
from gridgov.errors import GridGovError, WarehouseMissing
from gridgov.figures.palette import Palette
from gridgov.filters import Filters
from gridgov.locale import _
from gridgov.ui import html
from gridgov.ui.identity import account_menu, identity_of_run, language_of_run
from gridgov.ui.navigation import PAGES, PageSpec, allowed
from gridgov.ui.page import empty, root_name
from gridgov.ui.sidebar import choose_filters, data_line, filters_of_run
from gridgov.ui.theme import apply_theme
from gridgov.ui.view import View, set_view
from gridgov.warehouse import Reader, Warehouse

__all__ = ["run"]

_PAGES = Path(__file__).resolve().parents[2] / "pages"


def run() -> None:
    """One run of the application script."""
    identity = identity_of_run()
    language_of_run(identity)
    st.set_page_config(page_title=_("格格看板"), page_icon="🏘️", layout="wide")
    palette = apply_theme()
    pages = {
        spec.name: st.Page(
            _PAGES / f"{spec.name}.py",
            title=_(spec.title),
            url_path=spec.name,
            visibility="hidden" if spec.hidden else "visible",
        )
        for spec in allowed(identity)
    }
    first = next(iter(pages.values()))
    # The default page has no address of its own; with this one every page keeps its own name.
    home = st.Page(
        lambda: st.switch_page(first), title="·", url_path="home", default=True, visibility="hidden"
    )
    chosen = st.navigation([home, *pages.values()], position="top")
    if chosen.title == home.title:
        chosen.run()
    spec = next(spec for spec in PAGES if _(spec.title) == chosen.title)
    with st.sidebar:
        view = _view(identity, spec, palette)
    set_view(view)
    try:
        if spec.needs_data and not view.has_data:
            _nothing_loaded(identity, spec)
        else:
            chosen.run()
    except GridGovError as error:
        empty(str(error))


def _view(identity: Identity, spec: PageSpec, palette: Palette) -> View:
    """Open the data for this person and draw the side bar."""
    opened = _open(identity)
    st.html(html.brand_html(_("格格看板"), root_name(opened) if opened else ""))
    today = (opened.data_date if opened else None) or today_in_china()
    filters = Filters(today=today)
    if opened is not None and opened.data_date is not None and spec.filters:
        filters = choose_filters(filters_of_run(today, spec.name), opened)
    elif opened is not None:
        filters = filters_of_run(today, spec.name)
    if opened is not None:
        data_line(opened)
    account_menu(identity)
    return View(
        identity=identity,
        filters=filters,
        palette=palette,
        page_name=spec.name,
        opened=opened,
    )


def _open(identity: Identity) -> Reader | None:
    try:
        return Warehouse.locate().reader(scope_of(identity))
    except WarehouseMissing:
        return None


def _nothing_loaded(identity: Identity, spec: PageSpec) -> None:
    st.html(html.page_title_html(_(spec.title)))
    empty(
        _("还没有导入任何数据。"),
        _(
            "数据录入员可在“数据导入”页拖入走访、活动、诉求台账；"
            "也可以在服务器上运行：python -m etl load 文件或文件夹"
        ),
    )
