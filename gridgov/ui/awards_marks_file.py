"""Mark sheets as files: the template to take away, and reading one that comes back. No Streamlit.

The columns are few and fixed, and a wrong line is named: a committee fills them in by hand.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping
from pathlib import PurePath

import pandas as pd
from python_calamine import CalamineError

from gridgov.errors import UsageError
from gridgov.locale import _
from gridgov.workspace.award_entry import RATER_ROLES, NewEntry

__all__ = ["COLUMNS", "read_marks", "read_table", "template"]

COLUMNS = ("格格编号", "姓名", "网格", "评分人", "身份", "分数")
_NEEDED = ("格格编号", "评分人", "身份", "分数")
_ENCODINGS = ("utf-8-sig", "gb18030")


def template(people: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """One line a candidate with empty places for who marks, in which role, and the mark."""
    rows = [
        (person["worker_id"], person["name"], person["grid_name"], "", RATER_ROLES[0], None)
        for person in people
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def read_table(name: str, content: bytes) -> pd.DataFrame:
    """A CSV (UTF-8 or GB18030) or xlsx file as text cells. Raises `UsageError`."""
    try:
        if PurePath(name).suffix.lower() == ".xlsx":
            return pd.read_excel(io.BytesIO(content), dtype=str, engine="calamine").fillna("")
        return pd.read_csv(io.StringIO(_decoded(content)), dtype=str).fillna("")
    except (CalamineError, ValueError, OSError, KeyError) as error:
        raise UsageError(_("读不懂文件 {name}，请用下载的模板填写", name=name)) from error


def _decoded(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("encoding")


def read_marks(name: str, content: bytes, known: Iterable[str]) -> list[NewEntry]:
    """The marks in a file; lines without a mark are passed over. Raises `UsageError` with the line.

    known: ids of the candidates. A mark is a number 0–100.
    """
    frame = read_table(name, content)
    missing = [column for column in _NEEDED if column not in frame.columns]
    if missing:
        raise UsageError(
            _(
                "文件 {name} 缺少列：{columns}，请用下载的模板填写",
                name=name,
                columns="、".join(missing),
            )
        )
    ids = set(known)
    entries = []
    for number, row in enumerate(frame[list(_NEEDED)].to_dict("records"), 2):
        text = str(row["分数"]).strip()
        if not text:
            continue
        entries.append(_entry(name, number, {key: str(row[key]).strip() for key in _NEEDED}, ids))
    if not entries:
        raise UsageError(_("文件 {name} 里没有填分数的行", name=name))
    return entries


def _entry(name: str, number: int, row: Mapping[str, str], ids: set[str]) -> NewEntry:
    if row["格格编号"] not in ids:
        raise UsageError(
            _(
                "文件 {name} 第 {line} 行：候选人里没有编号 {who}",
                name=name,
                line=number,
                who=row["格格编号"] or "—",
            )
        )
    if not row["评分人"] or row["身份"] not in RATER_ROLES:
        raise UsageError(
            _("文件 {name} 第 {line} 行：请填评分人，身份填同事或评委", name=name, line=number)
        )
    try:
        mark = float(row["分数"])
    except ValueError:
        mark = math.nan
    if not 0 <= mark <= 100:
        raise UsageError(
            _(
                "文件 {name} 第 {line} 行：分数“{mark}”应为 0–100 的数",
                name=name,
                line=number,
                mark=row["分数"],
            )
        )
    return NewEntry(row["格格编号"], "rating", row["评分人"], round(mark * 100), row["身份"])
