"""The engine's errors in one plain sentence: where, what, and what was perhaps meant.

Never a traceback, never a path of the server, never more than a line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from gridgov.errors import QueryError
from gridgov.explore.result_frames import Trailer
from gridgov.locale import _

__all__ = ["Fault", "place", "refusal", "translated"]

_PREFIX = re.compile(r"^@(\d+)@")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_PATH = re.compile(r"(?:[A-Za-z]:)?(?:[/\\][^\s\"'/\\]+){2,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")
_CONVERSION = re.compile(r"Could not convert string '(.*?)' to (\w+)", re.S)
_CUT_JSON = re.compile(r'"exception_type":"([^"]*)","exception_message":"((?:[^"\\]|\\.)*)')
_NEVER_MEANT = ("pg_", "duckdb_", "sqlite_", "pragma_", "read_")
_FILE_LIKE = re.compile(r"[/\\]|\.(csv|parquet|json|duckdb|db|txt|xlsx|gz|tsv|ndjson)$", re.I)


@dataclass(frozen=True)
class Fault:
    """One error of the engine, taken apart."""

    kind: str
    message: str
    subtype: str = ""
    name: str = ""
    sort: str = ""
    call: str = ""
    candidates: tuple[str, ...] = ()
    position: int | None = None


def translated(trailer: Trailer, sql: str, lead: int = 0) -> QueryError:
    """The error that a child's trailer tells of, as a sentence about `sql`.

    The first `lead` characters (plain ASCII) are not the analyst's: places are counted after them.
    """
    sql, own = sql[lead:], _own_place(trailer.position, lead)
    if trailer.kind == "refused":
        return QueryError(place(sql, own) + refusal(trailer.code, trailer.detail))
    if trailer.kind == "open":
        return QueryError(_("数据副本打不开，可能正在更新或已损坏；请稍后再试，仍不行请联系数据员"))
    if trailer.kind == "depth":
        return QueryError(_("语句嵌套太深，请拆成几步（WITH）再试"))
    fault = _fault(trailer)
    fault = replace(fault, position=_own_place(fault.position, lead))
    for rule in _RULES:
        sentence = rule(fault)
        if sentence:
            return QueryError(place(sql, fault.position) + sentence)
    said = _safe(fault.message)
    return QueryError(
        place(sql, fault.position) + (_("查询出错：{message}", message=said) if said else _failed())
    )


def _failed() -> str:
    return _("查询出错，引擎没有说明原因；请拆成几步（WITH）找出是哪一步")


def _own_place(position: int | None, lead: int) -> int | None:
    return None if position is None else position - lead


def refusal(code: str, detail: str = "") -> str:
    """The sentence for a text that the sandbox does not run at all."""
    detail = _safe(detail)
    if code == "empty":
        return _("没有可以运行的语句，请写一条 SELECT 查询")
    if code == "several":
        return _("一次只能运行一条语句，这里有 {n} 条；请选中其中一条再运行", n=detail)
    if code == "closed":
        return _("“{name}”会透露服务器的设置或绕过检查，这里不开放", name=detail)
    if code == "plain name":
        return _(
            "“{name}”的第一个参数只能是列名或表名；算出来的值请先在子查询里起个名字", name=detail
        )
    if code == "parameter" and detail.isdecimal():
        return _("参数 ${name} 还没有值，请先填写；写成 ? 的参数请改成 $名称", name=detail)
    if code == "parameter":
        return _("参数 ${name} 还没有值，请先填写", name=detail)
    if code == "control":
        return _("语句里有不可见的控制字符，请删去后重试")
    if code == "long":
        return _("语句太长，最多 {n} 个字", n=detail)
    if detail:
        return _("这里只能查询，不能运行 {word}；请改写成 SELECT", word=detail)
    return _("这里只能查询，请写一条 SELECT")


def place(sql: str, position: int | None) -> str:
    """“第 3 行第 15 个字：” for a byte offset in `sql`; empty where there is none."""
    if position is None or not 0 <= position <= len(sql.encode("utf-8", "replace")):
        return ""
    before = sql.encode("utf-8", "replace")[:position].decode("utf-8", "ignore")
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    return _("第 {line} 行第 {column} 个字：", line=line, column=column)


def _fault(trailer: Trailer) -> Fault:
    text, shift = trailer.message, 0
    prefix = _PREFIX.match(text)
    if prefix:
        shift, text = int(prefix[1]), text[prefix.end() :]
    start = text.find('{"exception_type"')
    if start < 0:
        kind, _colon, message = text.partition(" Error: ")
        return Fault(kind if message else trailer.kind, message or text)
    try:
        raw: dict[str, Any] = json.loads(text[start:])
    except ValueError:  # cut off where the message repeats a text of a megabyte
        told = _CUT_JSON.search(text, start)
        return Fault(told[1], told[2].replace('\\"', '"')) if told else Fault(trailer.kind, "")
    position = raw.get("position", "")
    return Fault(
        kind=str(raw.get("exception_type", "")),
        message=str(raw.get("exception_message", "")),
        subtype=str(raw.get("error_subtype", "")),
        name=str(raw.get("name", "")),
        sort=str(raw.get("type", "")),
        call=str(raw.get("call", "")),
        candidates=tuple(str(raw.get("candidates", "")).split(",")),
        position=int(position) - shift if str(position).isdigit() else None,
    )


def _safe(text: str) -> str:
    lines = text.strip().splitlines() or [""]
    return _PATH.sub("…", _CONTROL.sub(" ", lines[0])).strip()[:160]


def _perhaps(fault: Fault, written: str) -> str:
    """“；是不是“grid”？” from the engine's own candidates, leaving out its system tables."""
    offered = list(fault.candidates)
    if not any(offered):
        meant = re.search(r"(?:Did you mean|Candidate \w+:)[ :]*\"([^\"]+)\"", fault.message)
        offered = [meant[1]] if meant else []
    for name in offered:
        name = name.strip().strip('"')
        if SequenceMatcher(None, name.lower(), written.lower()).ratio() < 0.5:
            continue
        if name and not name.startswith(_NEVER_MEANT) and not name.endswith("_scan"):
            return _("；是不是想写“{name}”？", name=_safe(name))
    return ""


def _quoted(fault: Fault, index: int = 0) -> str:
    found = _QUOTED.findall(fault.message)
    return _safe(found[index].replace('""', '"')) if len(found) > index else ""


def _column(fault: Fault) -> str | None:
    if fault.subtype == "COLUMN_NOT_FOUND" or fault.message.startswith("Referenced column"):
        name = _safe(fault.name) or _quoted(fault)
        return _("没有名为“{name}”的列", name=name) + _perhaps(fault, name)
    if "does not have a column named" in fault.message:
        text = _("表“{table}”没有名为“{name}”的列", table=_quoted(fault), name=_quoted(fault, 1))
        return text + _perhaps(fault, _quoted(fault, 1))
    if fault.message.startswith("Referenced table"):
        return _("没有名为“{name}”的表", name=_quoted(fault)) + _perhaps(fault, _quoted(fault))
    if fault.message.startswith("Ambiguous reference"):
        return _("列“{name}”不止一个表里有，请写成“表名.列名”", name=_quoted(fault))
    if "must appear in the GROUP BY" in fault.message:
        return _("列“{name}”须写进 GROUP BY，或放进 count、sum 等汇总函数", name=_quoted(fault))
    if "aggregate" in fault.message.lower() and fault.kind == "Binder":
        return _("汇总函数不能这样用：不能互相嵌套，也不能写在 WHERE 里（请用 HAVING）")
    return None


def _missing(fault: Fault) -> str | None:
    if "in the catalog, but it exists in the" in fault.message or "extension" in fault.message:
        return _("这个功能要装扩展，这里不能安装扩展")
    if fault.kind != "Catalog":
        return None
    named = re.search(r"with name \"?(.+?)\"? does not exist", fault.message)
    name = _safe(fault.name or (named[1] if named else ""))
    if "Function" in fault.message.split(" with name")[0]:
        return _("没有名为“{name}”的函数", name=name) + _perhaps(fault, name)
    if fault.message.startswith("Type with name"):
        return _("没有名为“{name}”的类型", name=name) + _perhaps(fault, name)
    if _FILE_LIKE.search(fault.name or (named[1] if named else "")):
        return _outside(fault)
    if "Table with name" in fault.message or "View with name" in fault.message:
        return _("没有名为“{name}”的表", name=name) + _perhaps(fault, name)
    return None


def _outside(_fault: Fault) -> str:
    return _("这里不能读写文件，也不能连接别的数据库或网络，只能查询这份数据里的表")


def _permission(fault: Fault) -> str | None:
    if fault.kind in ("Permission", "IO", "HTTP") or "disabled by configuration" in fault.message:
        return _outside(fault)
    if "configuration has been locked" in fault.message:
        return _("这里不能更改设置")
    if "read-only" in fault.message or "read only" in fault.message:
        return _("数据是只读的，不能新增、修改或删除")
    return None


def _syntax(fault: Fault) -> str | None:
    if fault.kind not in ("Parser", "Syntax", "ParserException"):
        return None
    if "unterminated" in fault.message:
        return _("引号或注释没有结束，请补上后半个")
    if "end of input" in fault.message:
        return _("语句没有写完")
    if "depth" in fault.message or "stack" in fault.message:
        return _("语句嵌套太深，请拆成几步（WITH）再试")
    near = _quoted(fault)
    if near and "syntax error" in fault.message:
        return _("“{near}”附近有语法错误", near=near)
    return _("语法错误：{message}", message=_safe(fault.message))


def _function(fault: Fault) -> str | None:
    if fault.subtype == "NO_MATCHING_FUNCTION" or fault.message.startswith("No function matches"):
        given = fault.call or (re.search(r"types '([^']*)'", fault.message) or ["", ""])[1]
        return _("函数的参数类型不对：{call}；可以用 CAST(列 AS 类型) 转换", call=_safe(given))
    if "is a table function" in fault.message:
        return _("函数“{name}”要写在 FROM 后面", name=_quoted(fault))
    return None


def _values(fault: Fault) -> str | None:
    if fault.kind in ("Out of Memory", "OutOfMemoryException"):
        return _("查询用的内存超过上限，已中止；请缩小范围，或先汇总再关联")
    if fault.kind in ("Conversion", "ConversionException"):
        found = _CONVERSION.search(fault.message)
        if found:
            value, kind = _safe(found[1]), _safe(found[2])
            return _("“{value}”不能转换成 {kind}；可以用 TRY_CAST", value=value, kind=kind)
        return _(
            "有的值不能转换成要的类型（{message}）；可以用 TRY_CAST", message=_safe(fault.message)
        )
    if fault.kind in ("Out of Range", "OutOfRangeException"):
        return _("数值超出了范围：{message}", message=_safe(fault.message))
    if fault.message.startswith("Pivot column limit"):
        return _("PIVOT 会得出太多列；请换取值少的列，或先筛选")
    if "depth" in fault.message and ("exceed" in fault.message or "limit" in fault.message):
        return _("语句嵌套太深，请拆成几步（WITH）再试")
    return None


_RULES: tuple[Callable[[Fault], str | None], ...] = (
    _permission,
    _syntax,
    _column,
    _function,
    _missing,
    _values,
)
