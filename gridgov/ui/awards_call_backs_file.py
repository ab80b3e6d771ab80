"""The call-back list as a file to fill in, and reading one that comes back. No Streamlit here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from gridgov.errors import UsageError
from gridgov.locale import N_, _
from gridgov.ui.awards_marks_file import read_table

__all__ = ["GRADE_NAMES", "RESULT_NAMES", "Answer", "call_back_frame", "read_answers"]

RESULT_NAMES = {
    "confirmed": N_("确有走访"),
    "denied": N_("没有走访"),
    "unreachable": N_("未联系上"),
}
GRADE_NAMES = {
    5: N_("非常满意"),
    4: N_("满意"),
    3: N_("基本满意"),
    2: N_("不满意"),
    1: N_("非常不满意"),
}
K = TypeVar("K", int, str)
_COLUMNS = ("格格编号", "走访编号", "结果", "满意度")


@dataclass(frozen=True)
class Answer:
    """What a resident said about one visit on the list; satisfied: 1–5, None if not asked."""

    worker_id: str
    event_key: str
    result: str
    satisfied: int | None


def call_back_frame(
    rows: Iterable[Mapping[str, object]], given: Mapping[str, Answer]
) -> pd.DataFrame:
    """The list with what has been entered; rows: worker_id, name, grid_name, visit_id, on_date,
    household."""
    return pd.DataFrame(
        [
            {
                "格格编号": row["worker_id"],
                "姓名": row["name"],
                "网格": row["grid_name"],
                "走访编号": row["visit_id"],
                "走访日期": str(row["on_date"]),
                "户": row["household"],
                "结果": RESULT_NAMES.get(_result(given, row), ""),
                "满意度": GRADE_NAMES.get(_grade(given, row), ""),
            }
            for row in rows
        ]
    )


def _result(given: Mapping[str, Answer], row: Mapping[str, object]) -> str:
    answer = given.get(str(row["visit_id"]))
    return answer.result if answer else ""


def _grade(given: Mapping[str, Answer], row: Mapping[str, object]) -> int:
    answer = given.get(str(row["visit_id"]))
    return (answer.satisfied or 0) if answer else 0


def read_answers(name: str, content: bytes, drawn: Iterable[tuple[str, str]]) -> list[Answer]:
    """The answers in a filled-in list; lines without a result are passed over.

    drawn: (worker_id, visit_id) on the list. Raises `UsageError` that names the line.
    """
    frame = read_table(name, content)
    missing = [column for column in _COLUMNS if column not in frame.columns]
    if missing:
        raise UsageError(
            _(
                "文件 {name} 缺少列：{columns}，请用下载的名单填写",
                name=name,
                columns="、".join(missing),
            )
        )
    known = set(drawn)
    answers = []
    for number, row in enumerate(frame[list(_COLUMNS)].to_dict("records"), 2):
        values = {key: str(row[key]).strip() for key in _COLUMNS}
        if values["结果"]:
            answers.append(_answer(name, number, values, known))
    if not answers:
        raise UsageError(_("文件 {name} 里没有填结果的行", name=name))
    return answers


def _answer(name: str, number: int, row: Mapping[str, str], known: set[tuple[str, str]]) -> Answer:
    if (row["格格编号"], row["走访编号"]) not in known:
        raise UsageError(
            _(
                "文件 {name} 第 {line} 行：名单里没有走访 {what}，不能自行添加",
                name=name,
                line=number,
                what=row["走访编号"] or "—",
            )
        )
    result = _code(RESULT_NAMES, row["结果"])
    if result is None:
        raise UsageError(
            _(
                "文件 {name} 第 {line} 行：结果应为{allowed}",
                name=name,
                line=number,
                allowed="、".join(RESULT_NAMES.values()),
            )
        )
    grade = _code(GRADE_NAMES, row["满意度"]) if row["满意度"] else None
    if row["满意度"] and grade is None:
        raise UsageError(
            _(
                "文件 {name} 第 {line} 行：满意度应为{allowed}，或留空",
                name=name,
                line=number,
                allowed="、".join(GRADE_NAMES.values()),
            )
        )
    return Answer(
        row["格格编号"], row["走访编号"], str(result), grade if result == "confirmed" else None
    )


def _code(names: Mapping[K, str], text: str) -> K | None:
    return next((code for code, name in names.items() if text in (name, _(name))), None)
