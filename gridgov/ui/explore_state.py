"""The question that the builder shows: of the link, of the session, or the first one.

A link with a question wins over the session; a change of page, which drops the URL's parameters,
keeps the session's and writes it back. `q` and `v` name a saved question and its version, `data`
an older data version that is still kept.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from gridgov.errors import UsageError
from gridgov.explore.builder import DEFAULT_CUT, URL_KEYS, Cut, whole_number
from gridgov.explore.question_file import cut_of, filters_of
from gridgov.locale import _
from gridgov.ui.sidebar import set_filters
from gridgov.ui.view import View, current_view, set_view, workspace
from gridgov.warehouse import Version, Warehouse
from gridgov.workspace.question import Question, find_question, question_version

__all__ = [
    "cut_of_run",
    "older_data",
    "open_question",
    "opened_question",
    "stamp",
    "store_cut",
    "viewer_id",
]

_CUT, _URL, _STAMP = "explore_cut", "explore_url", "explore_stamp"
_FILTER_FIELDS = ("period", "start", "end", "comparison", "grid_id", "pillar", "source", "category")


def viewer_id(view: View) -> int | None:
    """Whose saved work is shown; the demo has one of its own."""
    return None if view.identity.demo else view.identity.user_id


def stamp() -> int:
    """Part of the widgets' keys: another question makes new widgets."""
    return int(st.session_state.get(_STAMP, 0))


def cut_of_run() -> Cut:
    """The question of this run."""
    url = {key: value for key, value in st.query_params.items() if key in URL_KEYS}
    saved = whole_number(st.query_params.get("q", ""))
    if not url and saved is not None:
        open_question(saved, whole_number(st.query_params.get("v", "")))
    if url and url != st.session_state.get(_URL):
        found = Cut.from_url(url)
        if found is not None:
            _take(found)
    cut = st.session_state.get(_CUT)
    return cut if isinstance(cut, Cut) else DEFAULT_CUT


def _take(cut: Cut) -> None:
    st.session_state[_CUT] = cut
    st.session_state[_STAMP] = stamp() + 1


def store_cut(cut: Cut) -> None:
    """Keep the question in the session and in the address, so that the address is the question."""
    parameters = cut.to_url()
    st.session_state[_CUT] = cut
    st.session_state[_URL] = parameters
    others = {key: value for key, value in st.query_params.items() if key not in URL_KEYS}
    wanted = {**others, **parameters}
    if dict(st.query_params.items()) != wanted:
        st.query_params.from_dict(wanted)


def open_question(question_id: int, version: int | None = None) -> None:
    """Show a saved question with the filters that it was saved with; begins the run anew."""
    view = current_view()
    found = question_version(workspace(), question_id, viewer_id(view), version)
    if found is None:
        for key in ("q", "v"):
            st.query_params.pop(key, None)
        raise UsageError(_("没有保存的问题 {n}，或它没有共享给您", n=question_id))
    cut = cut_of(found.definition)
    _take(cut)
    store_cut(cut)
    st.query_params["q"] = str(question_id)
    if version is not None:
        st.query_params["v"] = str(version)
    saved = filters_of(found.definition, view.filters.today)
    set_filters(**{name: getattr(saved, name) for name in _FILTER_FIELDS})


def opened_question(view: View) -> Question | None:
    """The saved question that the address names, if this person may see it."""
    named = whole_number(st.query_params.get("q", ""))
    return None if named is None else find_question(workspace(), named, viewer_id(view))


def older_data(view: View) -> View:
    """The view over the kept data version that the address names; the given one where it names
    none. From here on figures, downloads and their records are those of that version."""
    text = st.query_params.get("data", "")
    version = next((item for item in kept_versions() if str(item.number) == text), None)
    if version is None or version.number == view.reader.version.number:
        return view
    reader = Warehouse.locate().reader(view.reader.scope, version)
    today = version.data_date or view.filters.today
    older = replace(view, opened=reader, filters=view.filters.changed(today=today))
    set_view(older)
    return older


def kept_versions() -> tuple[Version, ...]:
    """The data versions that are still kept, the newest first."""
    return tuple(sorted(Warehouse.locate().versions(), key=lambda item: -item.number))
