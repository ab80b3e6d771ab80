"""TOML whose values know the line they stand on, so that a mistake can be named with its place.

tomllib gives values without positions. The small locator here reads headers and keys only; it
serves messages, never values, so a layout it cannot follow costs a line number and nothing else.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from gridgov.errors import SchemeError
from gridgov.locale import _

__all__ = ["Node", "load"]

Path = tuple[str | int, ...]
_HEADER = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*(\]\]?)\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|[\w-]+))*)\s*="""
)
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)""")
_MAX_SHOWN = 5


class Node:
    """A table of the file. Reading a key notes what is wrong and goes on, so that one attempt
    lists every mistake; `finish` of the root raises `SchemeError` with all of them."""

    def __init__(
        self, values: Mapping[str, Any], path: Path, lines: Mapping[Path, int], problems: list[str]
    ) -> None:
        self._values = values
        self._path = path
        self._lines = lines
        self._problems = problems
        self._known: set[str] = set()

    def line(self, key: str | None = None) -> int:
        """Line of `key`, else of this table, else of the nearest table around it."""
        path = self._path if key is None else (*self._path, key)
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def problem(self, key: str | None, what: str) -> None:
        self._problems.append(_("第 {line} 行：{what}", line=self.line(key), what=what))

    def has(self, key: str) -> bool:
        self._known.add(key)
        return key in self._values

    def names(self) -> tuple[str, ...]:
        self._known.update(self._values)
        return tuple(self._values)

    def text(self, key: str, default: str | None = None) -> str:
        value = self._get(key, default)
        if isinstance(value, str) and (value or default == ""):
            return value
        if value is not None:
            self.problem(key, _("“{key}”应为带引号的文字", key=key))
        return ""

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        value = self._get(key, default)
        if value is None:
            return low
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.problem(key, _("“{key}”应为数字，不加引号", key=key))
            return low
        if not low <= value <= high:
            self.problem(
                key,
                _(
                    "“{key}”现为 {value}，应在 {low} 与 {high} 之间",
                    key=key,
                    value=value,
                    low=f"{low:g}",
                    high=f"{high:g}",
                ),
            )
            return low
        return float(value)

    def integer(self, key: str, low: int, high: int, default: int | None = None) -> int:
        value = self.number(key, low, high, default)
        if value != int(value):
            self.problem(key, _("“{key}”应为整数", key=key))
        return int(value)

    def flag(self, key: str, default: bool) -> bool:
        value = self._get(key, default)
        if not isinstance(value, bool):
            self.problem(key, _("“{key}”应为 true 或 false", key=key))
            return default
        return value

    def numbers(self, key: str, count: int, low: float, high: float) -> tuple[float, ...]:
        value = self._get(key, None)
        good = isinstance(value, list) and len(value) == count
        if good and all(
            isinstance(v, int | float) and not isinstance(v, bool) and low <= v <= high
            for v in value
        ):
            return tuple(float(v) for v in value)
        if value is not None:
            self.problem(
                key,
                _(
                    "“{key}”应为 {count} 个 {low} 与 {high} 之间的数字，写成 [ , ]",
                    key=key,
                    count=count,
                    low=f"{low:g}",
                    high=f"{high:g}",
                ),
            )
        return (low,) * count

    def texts(self, key: str, default: list[str] | None = None) -> tuple[str, ...]:
        value = self._get(key, default)
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(value)
        if value is not None:
            self.problem(key, _('“{key}”应为文字的列表，例如 ["甲", "乙"]', key=key))
        return ()

    def table(self, key: str) -> Node:
        value = self._get(key, {} if key in self._values else None)
        if value is not None and not isinstance(value, dict):
            self.problem(key, _("“{key}”应为一节，写成 [{key}]", key=key))
            value = None
        return Node(value or {}, (*self._path, key), self._lines, self._problems)

    def tables(self, key: str) -> Iterator[Node]:
        value = self._get(key, None)
        if value is not None and not (
            isinstance(value, list) and value and all(isinstance(v, dict) for v in value)
        ):
            self.problem(key, _("“{key}”应为若干节，每节写成 [[{key}]]", key=key))
            return
        for index, item in enumerate(value or []):
            yield Node(item, (*self._path, key, index), self._lines, self._problems)

    def finish(self) -> None:
        """Note every key that no one asked for: a misspelt setting must not pass in silence."""
        for key in self._values:
            if key not in self._known:
                near = difflib.get_close_matches(key, sorted(self._known), 1, 0.5)
                hint = _("，是否想写“{near}”？", near=near[0]) if near else _("，请删去或改正")
                self.problem(key, _("没有“{key}”这一项", key=key) + hint)

    def raise_problems(self, source: str) -> None:
        if not self._problems:
            return
        shown = "；".join(self._problems[:_MAX_SHOWN])
        rest = len(self._problems) - _MAX_SHOWN
        more = _("；另有 {n} 处", n=rest) if rest > 0 else ""
        raise SchemeError(_("方案 {source} 有误：{what}", source=source, what=shown + more))

    def _get(self, key: str, default: Any) -> Any:
        self._known.add(key)
        if key in self._values:
            return self._values[key]
        if default is None:
            self.problem(None, _("缺少“{key}”，请补上", key=key))
        return default


def load(text: str, source: str) -> Node:
    """The root of a TOML text. Raises `SchemeError` with the line where it is no TOML at all."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else max(1, text.count("\n"))
        raise SchemeError(
            _(
                "方案 {source} 第 {line} 行写法有误（{error}），请检查引号、等号与括号",
                source=source,
                line=line,
                error=error,
            )
        ) from error
    return Node(values, (), _locate(text), [])


def _locate(text: str) -> dict[Path, int]:
    """Line of every header and key. Arrays of tables are counted as they are met."""
    lines: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    here: Path = ()
    for number, line in enumerate(text.split("\n"), 1):
        header = _HEADER.match(line)
        if header and not _KEY.match(line):
            here = _resolved(_parts(header[2]), counts, header[1] == "[[")
            lines.setdefault(here, number)
            continue
        key = _KEY.match(line)
        if key:
            lines.setdefault((*here, *_parts(key[1])), number)
    return lines


def _parts(dotted: str) -> list[str]:
    return [a or b or c for a, b, c in _PART.findall(dotted)]


def _resolved(parts: list[str], counts: dict[Path, int], is_array: bool) -> Path:
    path: Path = ()
    for index, part in enumerate(parts):
        path = (*path, part)
        if is_array and index == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
