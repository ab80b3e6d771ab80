"""Checks of the loader itself, by stable id, and the findings they leave.

E1xx field (rejects the row) · W1xx field (kept) · E2xx, W3xx row · W4xx whole log ·
W5xx references.
Checks that need one table's columns are declared with that table in `gridgov.schema`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from etl.privacy import STRUCK, grid_text, strike
from gridgov.locale import pick
from gridgov.schema import TABLES, Check, Column

__all__ = ["CHECKS", "Finding", "check_of", "hint"]


@dataclass(frozen=True)
class Finding:
    """What a check found. `value_hint` never shows a resident; `row_number` is the first row."""

    check_id: str
    column: str
    occurrences: int
    row_number: int | None = None
    value_hint: str | None = None
    table: str = ""

    @property
    def severity(self) -> str:
        return "error" if self.check_id.startswith("E") else "warning"

    @property
    def label(self) -> str:
        """The columns it is about, as the reader calls them; a header where it is about one."""
        if not self.table:
            return self.column
        known = {one.name: pick(one.label, one.label_en) for one in TABLES[self.table].columns}
        return "、".join(known.get(name, name) for name in self.column.split("+"))

    @property
    def message(self) -> str:
        return pick(*self.messages)

    @property
    def messages(self) -> tuple[str, str]:
        """(Chinese, English). A finding about a whole log belongs to no file: it names the log."""
        declared = check_of(self.check_id, self.table)
        if self.check_id.startswith(("W402", "W403", "W404", "W405", "W5")) and self.table:
            table = TABLES[self.table]
            return f"{table.label}：{declared.zh}", f"{table.label_en}: {declared.en}"
        return declared.zh, declared.en


def _e(check_id: str, zh: str, en: str) -> Check:
    return Check(check_id, "error", "", zh, en)


def _w(check_id: str, zh: str, en: str) -> Check:
    return Check(check_id, "warning", "", zh, en)


CHECKS: dict[str, Check] = {
    check.id: check
    for check in (
        _e("E101", "必填项为空", "a required cell is empty"),
        _e(
            "E102",
            "不是能认出的日期或时间，请写成 2025-01-03 08:05",
            "not a date or time that can be read; write it as 2025-01-03 08:05",
        ),
        _e("E103", "不是整数", "not a whole number"),
        _e(
            "E104",
            "单元格比表头多，可能是没加引号的逗号，请把各格对齐",
            "more cells than headers, perhaps a comma without quotes; put each cell in its place",
        ),
        _e(
            "E105",
            "长号码已被表格软件改成科学计数，精度丢失；请从原系统以文本导出",
            "a spreadsheet has rounded this long number; export it as text",
        ),
        _e("E106", "不是“是”或“否”", "neither yes nor no"),
        _e("E107", "不是数字", "not a number"),
        _e("E108", "不应为负数", "must not be negative"),
        _e("E110", "映射规则排除", "left out by the mapping file"),
        _e(
            "E111",
            "这名居民已按要求删除，有关记录不再收入",
            "this resident has been erased on request; such rows are no longer taken in",
        ),
        _e("E202", "时间在将来", "in the future"),
        _e("E203", "时间早于 2000 年", "before the year 2000"),
        _w("W109", "有无法解码的字节，已用 � 代替", "undecodable bytes replaced by �"),
        _w("W110", "不在已知取值内，原样保留", "not among the known values; kept as it is"),
        _w("W111", "表头没有认出，该列未导入", "header not recognised; column not loaded"),
        _w(
            "W112",
            "工作表没有认出，未导入；要导入请在映射文件里说明，不必导入可不管",
            "sheet not recognised and not loaded; if it holds data, describe it in a mapping file",
        ),
        _w(
            "W113",
            "单元格是错误值（#N/A、#REF! 等）或没有结果的公式，当作空白；请算出结果后重新保存",
            "an error value (#N/A, #REF! …) or a formula without a result, taken as empty; "
            "calculate and save the workbook again",
        ),
        _w(
            "W401",
            "同一批文件里同一编号内容不同，以最后读到的一行为准；请核对",
            "conflicting copies in one load; the last one read stands, please check",
        ),
        _w(
            "W402",
            "连续多日没有记录，请核对是否漏导",
            "several days without a record; is an export missing?",
        ),
        _w(
            "W403",
            "网格没有任何记录，请核对是否漏导",
            "a grid without any record; is an export missing?",
        ),
        _w(
            "W404",
            "记录量较前几周骤降，请核对是否漏导",
            "volume fell against the weeks before; is an export missing?",
        ),
        _w(
            "W405",
            "同一网格同一时期有两名以上任职人，请核对起止日期",
            "a grid held by two workers at once; check the dates",
        ),
        _w(
            "W501",
            "人员不在格格表或别名表中，请在其中一张补上",
            "worker unknown; enter the worker or an alias",
        ),
        _w("W502", "网格不在网格表中，请补上或改正", "grid unknown; enter or correct it"),
        _w(
            "W503",
            "诉求类别不在类别表中，请补上或改正",
            "complaint category unknown; enter or correct it",
        ),
        _w(
            "W504",
            "活动类型不在类型表中，请补上或改正",
            "activity type unknown; enter or correct it",
        ),
        _w(
            "W505",
            "活动编号不在活动台账中，请先导入活动",
            "activity number unknown; load the activities first",
        ),
        _w(
            "W506",
            "上级网格不在网格表中，请补上或改正",
            "parent grid unknown; enter or correct it",
        ),
    )
}
_DATE_WORDS = set("年月日号时点分秒上午下午晚星期周一二三四五六七八九十")


def check_of(check_id: str, table: str = "") -> Check:
    """The declaration behind an id; a table's own checks come first. KeyError if there is none."""
    if table:
        for check in TABLES[table].checks:
            if check.id == check_id:
                return check
    return CHECKS[check_id]


def hint(value: str | None, column: Column) -> str | None:
    """What may be shown of a cell in the published books.

    Cells of residents' columns show only their shape; elsewhere Chinese characters that are no date
    words are hidden too, because a shifted column can put a name anywhere.
    """
    if value is None:
        return None
    plain = re.sub(r"\s+", " ", value)
    if column.kind == "grid":
        return grid_text(plain)[:40]
    shown = strike(plain)[:40]
    if column.kind in ("worker", "workers", "choice", "name"):
        return shown
    if column.kind in ("household", "person", "note"):
        return re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "□", shown))
    return STRUCK.join(map(_without_words, shown.split(STRUCK)))


def _without_words(shown: str) -> str:
    return "".join(
        "□" if "\u3400" <= ch <= "\u9fff" and ch not in _DATE_WORDS else ch for ch in shown
    )
