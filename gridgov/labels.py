"""Column names of frames in the reader's language: for tables on pages and for every export."""

from __future__ import annotations

import pandas as pd

from gridgov.locale import N_, _, pick
from gridgov.schema import TABLES

__all__ = ["column_label", "labelled"]

# Names that computed frames use; the declared columns of the tables carry their own labels.
_COMPUTED: dict[str, str] = {
    "metric": N_("指标"),
    "bucket": N_("时间"),
    "value": N_("数值"),
    "numerator": N_("分子"),
    "denominator": N_("分母"),
    "n": N_("样本量"),
    "state": N_("状态"),
    "is_partial": N_("未完"),
    "mean": N_("平均值"),
    "lower": N_("正常下限"),
    "upper": N_("正常上限"),
    "point": N_("判断"),
    "signal": N_("信号"),
    "compared": N_("对比值"),
    "difference": N_("变化"),
    "share": N_("占比"),
    "count": N_("数量"),
    "on_date": N_("日期"),
    "days": N_("天数"),
    "rows": N_("条数"),
    "level": N_("层级"),
    "label": N_("名称"),
    "title": N_("事项"),
    "holder_id": N_("责任人编号"),
    "holder": N_("责任人"),
    "p50": N_("中位数"),
    "p90": N_("九成以内"),
    "instant": N_("受理即办结"),
    "shrunk": N_("稳健值"),
    "is_counted": N_("计入分子"),
    "is_suppressed": N_("已隐藏"),
    "person_category": N_("人群类别"),
}


def _declared() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for table in TABLES.values():
        for column in table.columns:
            found.setdefault(column.name, (column.label, column.label_en))
    return found


_DECLARED = _declared()


def column_label(name: str) -> str:
    """A column's name for a reader; the name itself where nothing is known."""
    if name in _COMPUTED:
        return _(_COMPUTED[name])
    if name in _DECLARED:
        return pick(*_DECLARED[name])
    return name


def labelled(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame under readers' column names; names that would clash keep theirs."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for column in map(str, frame.columns):
        label = column_label(column)
        names[column] = column if label in taken else label
        taken.add(names[column])
    return frame.rename(columns=names)
