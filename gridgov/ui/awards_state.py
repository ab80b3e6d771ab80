"""The committee's desk in a run of a page: which scheme, its evaluation, the records on file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from gridgov import formats
from gridgov.access.policy import Scope
from gridgov.access.roles import Role
from gridgov.awards.committee import Committee
from gridgov.awards.desk import (
    RunOnFile,
    committee_of,
    news_since,
    records_folder,
    runs_on_file,
    scheme_files,
    schemes_folder,
)
from gridgov.awards.evaluate import Evaluation, TrackResult, evaluate
from gridgov.awards.inputs import Frozen, freeze
from gridgov.awards.part import part_of
from gridgov.awards.record import Record, load, reevaluate
from gridgov.awards.scheme import Scheme
from gridgov.awards.scheme_file import read_scheme
from gridgov.clock import now
from gridgov.errors import GridGovError
from gridgov.locale import _
from gridgov.report.awards_words import mark_words
from gridgov.ui import html
from gridgov.ui.awards_words import track_label
from gridgov.ui.page import empty
from gridgov.ui.view import View, workspace
from gridgov.warehouse import Reader, Warehouse
from gridgov.workspace.award import AwardCase

__all__ = [
    "Desk",
    "case_of",
    "flash",
    "mark_of",
    "open_desk",
    "open_record",
    "prefer_track",
    "record_evaluation",
    "show_flash",
    "told_errors",
    "track_choice",
]

_SCHEME = "awards_scheme_file"
_TRACK = "awards_track"
_FLASH = "awards_flash"


@dataclass(frozen=True)
class Desk:
    """What lies on the committee's desk. `runs`: records of the period, newest first.

    `whole`: the person sees all grids, and so may write records and take papers away.
    """

    scheme: Scheme
    committee: Committee
    evaluation: Evaluation
    root: Path
    runs: tuple[RunOnFile, ...]
    whole: bool

    @property
    def newest(self) -> RunOnFile | None:
        return self.runs[0] if self.runs else None

    @property
    def run_id(self) -> str:
        """The record that people have before them; `draft` before the first."""
        return self.runs[0].run_id if self.runs else "draft"


def open_desk(view: View, *, heading: bool = True) -> Desk:
    """The evaluation of the chosen scheme with all that has been entered so far.

    Stops the page with a sentence where there is no scheme, or nobody to evaluate.
    """
    scheme = _chosen_scheme()
    committee = committee_of(workspace(), scheme)
    with st.spinner(_("正在按方案计算得分和名次区间，约需几秒…")):
        evaluation = _evaluation(_whole_reader(view), scheme, committee)
    root = records_folder()
    runs = tuple(runs_on_file(root, scheme.period.code))
    desk = Desk(scheme, committee, evaluation, root, runs, not view.identity.grid_ids)
    told = _heading(desk) if heading else []
    if not desk.whole:
        desk = replace(desk, evaluation=_own_part(view, evaluation))
    if told:
        st.html(html.context_line_html(told))
    show_flash()
    if not any(len(result.workers) for result in evaluation.tracks):
        empty(
            _("{period}没有可参评的网格员。", period=formats.period(scheme.period.code)),
            _("请核对网格员、任职和走访台账是否已导入，以及方案的评选期。"),
        )
        st.stop()
    return desk


def _whole_reader(view: View) -> Reader:
    """The data of all grids: a score rests on what a worker did anywhere, a place on all others.

    Only for a member of the committee; what is shown of it is cut to their grids afterwards.
    """
    scope = view.reader.scope
    if not scope.grid_ids or Role.COMMITTEE not in scope.roles:
        return view.reader
    return Warehouse.locate().reader(Scope(frozenset({Role.COMMITTEE})), view.reader.version)


def _own_part(view: View, evaluation: Evaluation) -> Evaluation:
    """The strata that lie wholly in the person's grids; stops the page where there is none."""
    own = {grid_id for (grid_id,) in view.reader.rows("SELECT grid_id FROM grid")}
    strata = {name for result in evaluation.tracks for name in result.strata} & own
    if not strata:
        level = evaluation.scheme.rank_within
        empty(
            _("名次在整个{level}内排，您的账号只能看其中一部分网格。", level=level),
            _(
                "只看一部分排出的名次是错的。请系统管理员把账号的网格范围设为所评的{level}。",
                level=level,
            ),
        )
        st.stop()
    return part_of(evaluation, strata)


def _heading(desk: Desk) -> list[str]:
    frozen, newest = desk.evaluation.frozen, desk.newest
    parts = [
        formats.period(desk.scheme.period.code),
        _("方案 {hash}", hash=desk.scheme.hash[:8]),
        _(
            "数据截至 {day}（版本 {n}）",
            day=formats.day(frozen.data_date),
            n=frozen.data_version,
        ),
    ]
    if newest is None:
        parts.append(_("尚未归档"))
    else:
        news = news_since(open_record(newest), desk.evaluation)
        state = formats.listing(news) if news else _("与现在一致")
        parts.append(_("第 {n} 次归档 {id}：{state}", n=newest.run, id=newest.run_id, state=state))
    return parts


def _chosen_scheme() -> Scheme:
    files = scheme_files(schemes_folder())
    if not files:
        empty(
            _("还没有评选方案。"),
            _("请在服务器上用 python -m gridgov awards calibrate 测算一份，放进 data/schemes。"),
        )
        st.stop()
    chosen = files[0]
    if len(files) > 1:
        names = {path.name: path for path in files}
        kept = st.session_state.get(_SCHEME)
        listed = list(names)
        picked = st.selectbox(
            _("方案"),
            listed,
            index=listed.index(kept) if kept in names else 0,
            format_func=lambda name: name.removesuffix(".toml"),
            key="awards_scheme_choice",
            width=260,
        )
        st.session_state[_SCHEME] = picked
        chosen = names[picked]
    return _scheme(str(chosen), chosen.stat().st_mtime_ns)


@st.cache_resource(show_spinner=False, max_entries=16)
def _scheme(path: str, stamp: int) -> Scheme:
    return read_scheme(Path(path))


def _evaluation(reader: Reader, scheme: Scheme, committee: Committee) -> Evaluation:
    path = reader.version.path
    key = hashlib.sha256(repr(committee).encode()).hexdigest()
    return _evaluated(
        str(path), path.stat().st_mtime_ns, reader.scope, scheme.hash, key,
        _reader=reader, _scheme=scheme, _committee=committee,
    )  # fmt: skip


@st.cache_resource(show_spinner=False, max_entries=8)
def _evaluated(
    path: str,
    stamp: int,
    scope: Scope,
    scheme_hash: str,
    entries: str,
    *,
    _reader: Reader,
    _scheme: Scheme,
    _committee: Committee,
) -> Evaluation:
    frozen = _frozen(path, stamp, scope, scheme_hash, _reader=_reader, _scheme=_scheme)
    return evaluate(_scheme, frozen, _committee)


@st.cache_resource(show_spinner=False, max_entries=4)
def _frozen(
    path: str, stamp: int, scope: Scope, scheme_hash: str, *, _reader: Reader, _scheme: Scheme
) -> Frozen:
    return freeze(_reader, _scheme, data_version=_reader.version.number)


def open_record(run: RunOnFile) -> Record:
    """A record read back; kept, for a record never changes. Raises `RecordError`."""
    return _record(str(run.folder), run.seal)


@st.cache_resource(show_spinner=False, max_entries=8)
def _record(folder: str, seal: str) -> Record:
    return load(Path(folder))


def record_evaluation(run: RunOnFile) -> Evaluation:
    """The evaluation that a record holds, computed anew from its frozen inputs."""
    with st.spinner(_("正在从归档数据重算…")):
        return _reevaluated(str(run.folder), run.seal)


@st.cache_resource(show_spinner=False, max_entries=4)
def _reevaluated(folder: str, seal: str) -> Evaluation:
    return reevaluate(_record(folder, seal))


def case_of(desk: Desk, worker_id: str) -> AwardCase:
    """The key under which the workspace keeps what is decided about a candidate."""
    return AwardCase(desk.scheme.period.code, desk.scheme.hash, desk.run_id, worker_id)


def mark_of(view: View) -> str:
    """The watermark of a paper that the person before the page takes away now."""
    identity = view.identity
    return mark_words(identity.name, now())


def track_choice(desk: Desk, *, key: str = "awards") -> TrackResult:
    """A switch between the tracks, which stay apart on every page; the choice goes along."""
    names = [result.track.name for result in desk.evaluation.tracks if len(result.workers)]
    kept = st.session_state.get(_TRACK)
    picked = st.segmented_control(
        _("赛道"),
        names,
        default=kept if kept in names else names[0],
        format_func=track_label,
        key=f"{key}_track",
        label_visibility="collapsed",
        required=True,
    )
    st.session_state[_TRACK] = picked or names[0]
    return desk.evaluation.track(picked or names[0])


def prefer_track(name: str | None) -> None:
    """Let the next `track_choice` begin with that track."""
    if name is not None:
        st.session_state[_TRACK] = name
        st.session_state.pop("sheet_track", None)


def flash(text: str) -> None:
    """Say `text` at the head of the page in the next run."""
    st.session_state[_FLASH] = text


def show_flash() -> None:
    text = st.session_state.pop(_FLASH, None)
    if text:
        st.info(text)


@contextmanager
def told_errors() -> Iterator[None]:
    """Show an error that a form's entry raised beside the form instead of ending the page."""
    try:
        yield
    except GridGovError as error:
        st.error(str(error))
