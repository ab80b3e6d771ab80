"""A saved question as data: what the workspace stores, and the file that it travels in.

The file is JSON of one object, written for people to read and compare. Whatever is read is checked
in full: a file may come from anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gridgov.errors import UsageError
from gridgov.explore.builder import Cut, checked, whole_number
from gridgov.filters import Filters
from gridgov.locale import _

__all__ = [
    "QuestionFile",
    "builder_definition",
    "cut_of",
    "filters_of",
    "read_question_file",
    "sql_definition",
    "write_question_file",
]

_FORMAT = "gridgov-question"
_VERSION = 1
_LONGEST = 300_000
_LONGEST_SQL = 100_000


@dataclass(frozen=True)
class QuestionFile:
    """What a question file holds; `definition` as `save_question` takes it."""

    kind: str
    name: str
    definition: Mapping[str, Any]
    description: str = ""
    data_version: int | None = None


def builder_definition(cut: Cut, filters: Filters) -> dict[str, Any]:
    """A builder's question with the filters that it was asked with."""
    return {"cut": cut.to_url(), "filters": filters.to_url()}


def sql_definition(sql: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """A query with the values of its parameters, as typed."""
    return {"sql": sql, "parameters": dict(parameters)}


def cut_of(definition: Mapping[str, Any]) -> Cut:
    """The cut of a stored definition; raises UsageError where it is none any more."""
    given = definition.get("cut")
    cut = Cut.from_url(_texts(given)) if isinstance(given, Mapping) else None
    if cut is None:
        raise UsageError(_("这个问题里没有可用的指标，可能是指标已改名；请重新选择后另存"))
    return cut


def filters_of(definition: Mapping[str, Any], today: date) -> Filters:
    """The filters of a stored definition, as of `today`."""
    given = definition.get("filters")
    return Filters.from_url(_texts(given) if isinstance(given, Mapping) else {}, today)


def _texts(given: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): "" if value is None else str(value) for key, value in given.items()}


def write_question_file(question: QuestionFile) -> bytes:
    """The file's bytes: UTF-8 JSON, keys in a fixed order."""
    content = {
        "format": _FORMAT,
        "version": _VERSION,
        "kind": question.kind,
        "name": question.name,
        "description": question.description,
        "data_version": question.data_version,
        "definition": dict(question.definition),
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def read_question_file(content: bytes) -> QuestionFile:
    """Read and check a file; raises UsageError that says what is wrong with it."""
    if len(content) > _LONGEST:
        raise UsageError(_("文件太大，不像是导出的问题文件"))
    try:
        found = json.loads(content.decode("utf-8-sig"))
        # Half a character, which JSON may spell, is in no text that could be written again.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise UsageError(_("文件不是 JSON，请选择从本系统导出的问题文件")) from None
    if not isinstance(found, dict) or found.get("format") != _FORMAT:
        raise UsageError(_("这不是本系统导出的问题文件"))
    if found.get("version") != _VERSION:
        raise UsageError(
            _("问题文件的版本是 {n}，本系统只认 {known}", n=found.get("version"), known=_VERSION)
        )
    definition, kind = found.get("definition"), found.get("kind")
    name, description = found.get("name"), found.get("description", "")
    if not isinstance(definition, dict) or not isinstance(name, str) or not name.strip():
        raise UsageError(_("问题文件不完整：缺少名称或内容"))
    if not isinstance(description, str):
        raise UsageError(_("问题文件不完整：说明应是文字"))
    return QuestionFile(
        kind=str(kind),
        name=name,
        description=description,
        definition=_checked(str(kind), definition),
        data_version=whole_number(str(found.get("data_version"))),
    )


def _checked(kind: str, definition: Mapping[str, Any]) -> dict[str, Any]:
    """Only what the page understands: nothing else of a foreign file gets into the workspace."""
    if kind == "builder":
        cut = checked(cut_of(definition))
        filters = definition.get("filters")
        known = _texts(filters) if isinstance(filters, Mapping) else {}
        return {"cut": cut.to_url(), "filters": known}
    if kind == "sql":
        sql, parameters = definition.get("sql"), definition.get("parameters", {})
        if not isinstance(sql, str) or not sql.strip() or len(sql) > _LONGEST_SQL:
            raise UsageError(_("问题文件里的 SQL 为空或太长"))
        return sql_definition(sql, _texts(parameters) if isinstance(parameters, Mapping) else {})
    raise UsageError(_("没有这种问题：{kind}", kind=kind))
