"""All rows of a query as a file, made in a thread while the page goes on."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
import weakref
from functools import partial
from pathlib import Path

import streamlit as st

from gridgov import formats
from gridgov.access.sessions import actor_of
from gridgov.clock import now
from gridgov.errors import GridGovError
from gridgov.explore.export import Export, export_sql
from gridgov.explore.sandbox_process import Cancel
from gridgov.locale import _, language, set_language
from gridgov.report.tabular import MIME, About, Format
from gridgov.ui.html import caption_html
from gridgov.ui.sql_state import Finished, owner_of
from gridgov.ui.view import View, workspace
from gridgov.workspace.export_record import record_export

__all__ = ["ExportJob", "export_panel"]

_JOB = "sql_export"
_FORMATS: dict[Format, str] = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}


class ExportJob:
    """One export in a thread of its own; its folder goes when the job does."""

    def __init__(self, finished: Finished, format_: Format, about: About, owner: str) -> None:
        self.finished, self.format, self.owner = finished, format_, owner
        self.done: Export | None = None
        self.error = ""
        self._folder = Path(tempfile.mkdtemp(prefix="gridgov-export-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._cancel = Cancel()
        self._language = language()
        self._about = about
        self._started = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="gridgov-export", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    @property
    def elapsed_seconds(self) -> float:
        return time.monotonic() - self._started

    def wait(self, seconds: float) -> None:
        """Wait so long at most."""
        self._thread.join(seconds)

    def cancel(self) -> None:
        """Stop; the file is not made."""
        self._cancel()

    def _run(self) -> None:
        set_language(self._language)
        asked = self.finished
        out = self._folder / f"result.{self.format}"
        try:
            self.done = export_sql(
                asked.database, asked.sql, out, self._about, parameters=asked.parameters,
                owner=self.owner, cancel=self._cancel,
            )  # fmt: skip
        except GridGovError as error:
            self.error = str(error)


def export_panel(finished: Finished, view: View) -> None:
    """Choose a format, make the file, take it; inside a door of the page."""
    st.html(caption_html(_("全部行，不止页面上的；生成时可继续做别的，下载会留痕。")))
    with st.container(horizontal=True):
        for format_, name in _FORMATS.items():
            if st.button(name, key=f"sql_export_{format_}"):
                st.session_state[_JOB] = ExportJob(
                    finished, format_, _about(finished), owner_of(view)
                )
                st.session_state[_JOB].wait(0.4)
    job = st.session_state.get(_JOB)
    # The file of this very answer: another value of a parameter, other data, make another.
    if isinstance(job, ExportJob) and job.finished is finished:
        if job.is_running:
            _watch()
        else:
            _ready(job, view)


def _about(finished: Finished) -> About:
    version = finished.version
    return About(
        title=_("SQL 查询结果"),
        made_at=now(),
        data_version=_(
            "版本 {number}，数据截至 {day}",
            number=version.number,
            day=formats.day(version.data_date),
        ),
        filters=tuple((name, str(value)) for name, value in finished.parameters.items()),
        definitions=(("SQL", finished.sql),),
        notes=(_("数据为去标识副本：住户、人员为代号，文字内容已去掉"),),
    )


@st.fragment(run_every=0.5)
def _watch() -> None:
    job = st.session_state.get(_JOB)
    if not isinstance(job, ExportJob):
        return
    if not job.is_running:
        st.rerun()
    seconds = f"{job.elapsed_seconds:.0f}"
    st.html(caption_html(_("正在生成 {name}，已用 {n} 秒…", name=_FORMATS[job.format], n=seconds)))
    if st.button(_("取消"), key="sql_export_cancel"):
        job.cancel()


def _ready(job: ExportJob, view: View) -> None:
    if job.done is None:
        st.html(caption_html(job.error or _("文件没有生成，请重试")))
        return
    size = formats.number(job.done.size_bytes / 1e6)
    label = _("下载 {name}（{n} 行，{size} MB）", name=_FORMATS[job.format],
              n=f"{job.done.rows:,}", size=size)  # fmt: skip
    st.download_button(
        label, partial(_hand_out, job, view), file_name=_("SQL 查询结果") + f".{job.format}",
        mime=MIME[job.format], type="primary", key=f"sql_take_{job.format}", on_click="ignore",
    )  # fmt: skip


def _hand_out(job: ExportJob, view: View) -> bytes:
    """The file's bytes, its leaving recorded first."""
    assert job.done is not None
    asked = {f"${name}": str(value) for name, value in job.finished.parameters.items()}
    record_export(
        workspace(), actor_of(view.identity), kind=job.format, subject="sql",
        filters={"sql": job.finished.sql, **asked}, row_count=job.done.rows, personal=False,
        data_version=job.finished.version.number,
    )  # fmt: skip
    return job.done.path.read_bytes()
