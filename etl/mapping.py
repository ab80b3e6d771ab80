"""The mapping file: how a log that no one here designed comes in. Documented in docs/mapping.md."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from etl.values import ORDERS, DateOrder
from gridgov.errors import MappingError
from gridgov.locale import _
from gridgov.schema import TABLES

__all__ = ["Drop", "Recipe", "mapping_text", "read_mapping"]

_KEYS = {
    "table", "file", "sheet", "encoding", "delimiter", "header_row", "skip_rows", "date_order",
    "columns", "constants", "values", "drop", "extract", "templates", "skip",
}  # fmt: skip
_OPERATORS = {"equals", "in", "empty", "contains", "matches"}


@dataclass(frozen=True)
class Drop:
    """Rows that count as rejected (E110): `header`'s cell meets `operator` `operand`."""

    header: str
    operator: str
    operand: Any
    reason: str


@dataclass(frozen=True)
class Recipe:
    """How to read one kind of file. Empty: everything is found out.

    `columns` header → column ("" leaves the header out), `constants` column → text,
    `templates` column → text with {header} places, `values` column → {source text: ours},
    `extract` column → regular expression whose first group is the value. With `skip` the sheet is
    passed over. A `file` with a / in it is held against the end of the whole path.
    """

    table: str | None = None
    file: str = "*"
    sheet: str = "*"
    skip: bool = False
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    skip_rows: int = 0
    date_order: DateOrder | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    extract: Mapping[str, str] = field(default_factory=dict)
    drop: tuple[Drop, ...] = ()

    @property
    def given(self) -> frozenset[str]:
        """The columns that need no header."""
        return frozenset(self.constants) | frozenset(self.templates)

    def fits(self, path: str, sheet: str) -> bool:
        """True when this recipe is meant for the sheet."""
        whole = path.replace("\\", "/")
        name = whole.rsplit("/", 1)[-1]
        is_file = fnmatch.fnmatch(name, self.file) or (
            "/" in self.file and fnmatch.fnmatch(whole, f"*/{self.file}")
        )
        return is_file and fnmatch.fnmatch(sheet or "", self.sheet)

    @property
    def digest(self) -> str:
        """Changes when the recipe does."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def read_mapping(path: Path) -> list[Recipe]:
    """The recipes of a TOML file: one at the top level, or several as `[[recipe]]` tables.

    Raises `MappingError` naming the key that is wrong.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise MappingError(
            _("读不到映射文件 {path}：{why}", path=path, why=error.strerror or error)
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingError(
            _("映射文件 {path} 不是有效的 TOML：{why}", path=path, why=error)
        ) from error
    parts = document.get("recipe", [document])
    if not isinstance(parts, list):
        raise _wrong(path, "recipe", _("应写成 [[recipe]]"))
    return [_recipe(path, part) for part in parts]


def mapping_text(recipe: Recipe) -> str:
    """The recipe as a mapping file; what is left to be found out is left out."""
    lines = []
    for key in (
        "table", "file", "sheet", "skip", "encoding", "delimiter", "header_row", "skip_rows",
        "date_order",
    ):  # fmt: skip
        value = getattr(recipe, key)
        if value != getattr(Recipe(), key):
            lines.append(f"{key} = {_toml(value)}")
    for key in ("columns", "constants", "templates", "extract"):
        lines += _section(key, getattr(recipe, key))
    for column, values in recipe.values.items():
        lines += _section(f"values.{column}", values)
    for drop in recipe.drop:
        lines += ["", "[[drop]]", f"header = {_toml(drop.header)}"]
        lines += [f"{drop.operator} = {_toml(drop.operand)}", f"reason = {_toml(drop.reason)}"]
    return "\n".join(lines) + "\n"


def _section(name: str, pairs: Mapping[str, str]) -> list[str]:
    if not pairs:
        return []
    return ["", f"[{name}]", *(f"{_toml(key)} = {_toml(value)}" for key, value in pairs.items())]


def _toml(value: object) -> str:
    """JSON writes strings, numbers, booleans and lists as TOML does; only DEL needs care."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _wrong(path: Path, key: str, why: str) -> MappingError:
    return MappingError(_("映射文件 {path} 的 {key}：{why}", path=path, key=key, why=why))


def _recipe(path: Path, part: dict[str, Any]) -> Recipe:
    for key in part:
        if key not in _KEYS:
            raise _wrong(path, key, _("没有这一项；可用：{keys}", keys=" ".join(sorted(_KEYS))))
    table = part.get("table")
    if table is not None and table not in TABLES:
        known = " ".join(TABLES)
        raise _wrong(path, f"table = {table}", _("没有这张表；可用：{tables}", tables=known))
    _check_kinds(path, part)
    for key in ("columns", "constants", "templates", "values", "extract"):
        _check_columns(path, table, key, part.get(key, {}))
    order = part.get("date_order")
    if order not in (None, *ORDERS):
        raise _wrong(
            path, "date_order", _("只能是 dmy（日在前）、mdy（月在前）或 ymd（两位的年在前）")
        )
    return Recipe(
        table=table,
        file=str(part.get("file", "*")),
        sheet=str(part.get("sheet", "*")),
        skip=part.get("skip", False),
        encoding=part.get("encoding"),
        delimiter=part.get("delimiter"),
        header_row=part.get("header_row"),
        skip_rows=part.get("skip_rows", 0),
        date_order=order,
        columns={str(k): str(v) for k, v in part.get("columns", {}).items()},
        constants={str(k): str(v) for k, v in part.get("constants", {}).items()},
        values={
            str(k): {str(a): str(b) for a, b in v.items()}
            for k, v in part.get("values", {}).items()
        },
        templates={str(k): str(v) for k, v in part.get("templates", {}).items()},
        extract={str(k): str(v) for k, v in part.get("extract", {}).items()},
        drop=tuple(_drop(path, rule) for rule in part.get("drop", [])),
    )


def _check_kinds(path: Path, part: dict[str, Any]) -> None:
    """What each key has to be; a mapping that is half understood would load what it must not."""
    for key, value in part.items():
        if key == "skip" and not isinstance(value, bool):
            raise _wrong(path, key, _("只能是 true 或 false"))
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if key in ("header_row", "skip_rows") and not (is_whole and value >= (key == "header_row")):
            raise _wrong(path, key, _("应是行数，如 3"))
        if key in ("file", "sheet", "encoding") and not isinstance(value, str):
            raise _wrong(path, key, _("应是加引号的文字"))
        if key == "delimiter" and not (isinstance(value, str) and len(value) == 1):
            raise _wrong(path, key, _('应是一个字符，如 ";"'))
        if key == "drop" and not isinstance(value, list):
            raise _wrong(path, key, _("应写成 [[drop]]"))
    for column, pattern in _table(path, "extract", part.get("extract", {})).items():
        _check_pattern(path, f"extract.{column}", pattern)
    for column, values in _table(path, "values", part.get("values", {})).items():
        _table(path, f"values.{column}", values)


def _table(path: Path, key: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise _wrong(path, key, _("应是一张表"))
    return given


def _check_pattern(path: Path, key: str, pattern: object) -> None:
    """Patterns are DuckDB's, so that is who is asked."""
    try:
        with duckdb.connect() as con:
            con.execute("SELECT regexp_matches('', $pattern)", {"pattern": str(pattern)})
    except duckdb.Error as error:
        why = str(error).splitlines()[0].rpartition("Error: ")[2]
        raise _wrong(path, key, _("不是有效的正则表达式：{why}", why=why)) from error


def _check_columns(path: Path, table: str | None, key: str, given: Any) -> None:
    if not _table(path, key, given):
        return
    if table is None:
        raise _wrong(path, "table", _("写了 {key} 就要写明 table", key=key))
    names = [name for name in given.values() if name != ""] if key == "columns" else list(given)
    for name in names:
        if name not in TABLES[table].column_names:
            raise _wrong(
                path,
                f"{key}.{name}",
                _(
                    "表 {table} 没有这一列；可用：{columns}",
                    table=table,
                    columns=" ".join(TABLES[table].column_names),
                ),
            )


def _drop(path: Path, rule: Any) -> Drop:
    if not isinstance(rule, dict) or "header" not in rule or "reason" not in rule:
        raise _wrong(path, "drop", _("每条都要有 header、reason 和一个条件"))
    operators = [key for key in rule if key in _OPERATORS]
    if len(operators) != 1 or len(rule) != 3:
        raise _wrong(path, "drop", _("条件用这些之一：{names}", names=" ".join(sorted(_OPERATORS))))
    if operators == ["matches"]:
        _check_pattern(path, "drop.matches", rule["matches"])
    return Drop(str(rule["header"]), operators[0], rule[operators[0]], str(rule["reason"]))
