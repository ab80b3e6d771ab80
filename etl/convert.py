"""From the text table `raw` to typed expressions, column by column.

What SQL can read strictly it reads itself; the distinct texts that are left go through Python once
(`etl.values`, `etl.privacy`) into a dictionary table that is joined back. A column that is already
clean costs nothing but a look at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import duckdb
import pyarrow as pa

from etl.ask import first_row
from etl.columns import texts
from etl.ddl import quote, text
from etl.headers import header_key
from etl.mapping import Recipe
from etl.privacy import (
    STRIKE_PATTERN,
    STRUCK,
    Pseudonyms,
    grid_text,
    looks_like_identity_number,
    own_number_removed,
    strike,
    telephone_of,
    without_numbers,
)
from etl.recognise import SheetGuess
from etl.sheet import RAW
from etl.values import (
    EPOCH_1900,
    DateOrder,
    Unreadable,
    clean,
    is_nothing,
    is_precision_lost,
    join_han,
    read_flag,
    read_moment,
    read_number,
    split_and,
    split_labels,
    unguarded,
)
from gridgov.errors import MappingError
from gridgov.locale import _
from gridgov.schema import Column, Table

__all__ = [
    "Converted",
    "Converter",
    "is_strict",
    "source_expression",
    "typed_columns",
    "typed_name",
]

_STRICT_MOMENT = r"(19|20)\d\d[-/]\d\d?[-/]\d\d?([ T]\d\d?:\d\d?(:\d\d?)?)?"
_STRICT_WHOLE = r"\d{1,9}"
_STRICT_DECIMAL = r"-?\d{1,13}(\.\d{1,4})?"
# What makes a short text need a second look: spaces at the ends or doubled, control and full-width
# characters, an apostrophe or = in front, an exponent, and digits or plates that may be personal.
_ODD = (
    r"^[\s'=]|\s$|\s\s|[\x00-\x1f\x7f\x{00a0}\x{3000}\x{200b}\x{feff}\x{ff01}-\x{ff5e}]"
    r"|\d[eE]\+?\d|^(-+|—+|/|\\|无|(?i:null|none|n/a|nan))$"
)
_ODD_KEY = _ODD + r"|\s|^[1-8]\d{16}[\dXx]$"
_EDGES = r"^\s|\s$|^[\x{00a0}\x{3000}\x{feff}]|[\x{00a0}\x{3000}\x{feff}]$"
_ARMED = r"^'([=+@-])"
# Characters that cleaning leaves as they are; with a Chinese one first no exponent can be meant.
_PLAIN = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff0-9-]*")
# Columns that name a worker by an account.
_ACCOUNTS = ("alias", "worker_id")
_ODD_ACCOUNT = _ODD_KEY + r"|1[3-9]\d{9}"
_LOOK_AT = 20_000
_REMEMBERED = 1 << 16
_BLANK = " \t\r\n\u00a0\u3000\u200b\ufeff"
_Read = Callable[[str], tuple[str | None, str | None]]


@dataclass(frozen=True)
class Converted:
    """SQL for one column: its value, the join it needs, the check it breaks (NULL where none).
    `dictionary` is the table it joins, whose `k` holds the texts that were looked up."""

    column: Column
    value: str
    join: str = ""
    error: str = ""
    warning: str = ""
    dictionary: str = ""


def source_expression(guess: SheetGuess, recipe: Recipe, column: str) -> str | None:
    """SQL of a column's text in `raw`: a constant, a template over several cells, or one cell;
    `extract` then keeps the first group of a pattern. None where the file has nothing for it.
    """
    if column in recipe.constants:
        return text(recipe.constants[column])
    if column in recipe.templates:
        source = _template(guess, recipe.templates[column])
    elif column in guess.columns:
        source = f"{RAW}.c{guess.columns[column]}"
    else:
        return None
    if column in recipe.extract:
        return f"nullif(regexp_extract({source}, {text(recipe.extract[column])}, 1), '')"
    return source


def typed_columns(table: Table, sources: Mapping[str, str], recipe: Recipe) -> str:
    """SQL of the columns that `raw` gets beside its text: moments and numbers as read strictly,
    NULL where that fails. Each with a comma in front."""
    return "".join(
        f", {_STRICT_SQL[column.kind](source, column.sql_type)} AS {typed_name(column)}"
        for column, source in ((table.column(name), sql) for name, sql in sources.items())
        if is_strict(column, recipe)
    )


def is_strict(column: Column, recipe: Recipe) -> bool:
    """True for moments and numbers, unless the mapping file translates their texts."""
    return column.kind in _STRICT_SQL and not recipe.values.get(column.name)


def typed_name(column: Column) -> str:
    """The column of `raw` that holds `column` as read strictly, if `typed_columns` made it."""
    return quote(f"v_{column.name}")


def _template(guess: SheetGuess, template: str) -> str:
    """`{header}` places filled with cells; NULL where all the cells are empty."""
    known = {header_key(header): at for at, header in reversed(list(enumerate(guess.headers)))}
    parts, cells = [], []
    for number, piece in enumerate(re.split(r"\{([^{}]*)\}", template)):
        if number % 2 == 0:
            parts.append(text(piece))
            continue
        at = known.get(header_key(piece))
        if at is None:
            raise MappingError(
                _(
                    "{path}：映射文件的 templates 用到表头“{header}”，文件里没有",
                    path=guess.path,
                    header=piece,
                )
            )
        cells.append(f"nullif(trim({RAW}.c{at}), '')")
        parts.append(f"coalesce({cells[-1]}, '')")
    whole = " || ".join(parts)
    if not cells:
        return whole
    return f"CASE WHEN coalesce({', '.join(cells)}) IS NOT NULL THEN {whole} END"


class Converter:
    """Converts the columns of one sheet."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        pseudonyms: Pseudonyms,
        recipe: Recipe,
        order: DateOrder | None,
        epoch: datetime = EPOCH_1900,
    ) -> None:
        self._con = con
        self._pseudonyms = pseudonyms
        self._recipe = recipe
        self._order = order
        self._epoch = epoch
        self._readers: dict[str, _Read] = {}
        self._repeating: dict[str, bool] = {}

    def column(self, column: Column, source: str) -> Converted:
        """Convert one column whose text is the SQL expression `source`."""
        values = self._recipe.values.get(column.name, {})
        kind = column.kind
        if is_strict(column, self._recipe):
            return self._strict(column, source)
        if kind in ("note", "outline"):
            return self._note(column, source)
        if kind in ("key", "text", "name") and not values:
            return self._short_text(column, source)
        return self._lookup(column, source, self._distinct(source, "true"), values)

    def _strict(self, column: Column, source: str) -> Converted:
        """What SQL has read already while staging; what it could not read is looked up."""
        typed = f"{RAW}.{typed_name(column)}"
        left = self._con.execute(
            f"SELECT DISTINCT {source} FROM {RAW} WHERE {source} <> '' AND {typed} IS NULL"
        ).fetchall()
        if not left:
            return Converted(column, typed)
        looked = self._lookup(column, source, [row[0] for row in left], {})
        value = f"coalesce({typed}, {looked.value})"
        return Converted(column, value, looked.join, looked.error, looked.warning)

    def _short_text(self, column: Column, source: str) -> Converted:
        odd = f"{_ODD}|{STRIKE_PATTERN}"
        if column.kind == "key":
            odd = _ODD_ACCOUNT if column.name in _ACCOUNTS else _ODD_KEY
        distinct = self._distinct(source, f"regexp_matches(s, {text(odd)})")
        looked = self._lookup(column, source, distinct, {})
        if not looked.join:
            return Converted(column, f"nullif({source}, '')")
        alias = looked.value.split(".")[0]
        value = f"CASE WHEN {alias}.k IS NULL THEN nullif({source}, '') ELSE {alias}.v END"
        return Converted(column, value, looked.join, looked.error, looked.warning)

    def _note(self, column: Column, source: str) -> Converted:
        """Free text is often copied: then its few distinct texts are looked at, else all rows."""
        odd = _EDGES if column.kind == "outline" else f"{_EDGES}|{_ARMED}|{STRIKE_PATTERN}"
        found = first_row(
            self._con,
            f"{self._texts(source)} SELECT 1 FROM t WHERE regexp_matches(s, $odd) LIMIT 1",
            {"odd": odd},
        )
        if found is None:
            return Converted(column, f"nullif({source}, '')")
        trimmed = f"nullif(trim({source}, {text(_BLANK)}), '')"
        if column.kind == "outline":
            return Converted(column, trimmed)
        # Our own files of rejects put an apostrophe before what a spreadsheet would run.
        trimmed = f"regexp_replace({trimmed}, {text(_ARMED)}, '\\1')"
        struck = f"regexp_replace({trimmed}, {text(STRIKE_PATTERN)}, {text(STRUCK)}, 'g')"
        return Converted(column, struck)

    def _repeats(self, source: str) -> bool:
        """True when the first rows, of the first piece, say that texts come again and again."""
        if source not in self._repeating:
            row = first_row(
                self._con,
                f"SELECT count(DISTINCT s) * 4 < count(s) FROM (SELECT {source} AS s FROM {RAW} "
                f"LIMIT {_LOOK_AT})",
            )
            self._repeating[source] = bool(row and row[0])
        return self._repeating[source]

    def _texts(self, source: str) -> str:
        """`WITH t(s)`: the texts of a column, in one that repeats each once. Materialized, or
        DuckDB would put the conditions on `t` to all rows before it looks for distinct ones."""
        if self._repeats(source):
            return f"WITH t AS MATERIALIZED (SELECT DISTINCT {source} AS s FROM {RAW})"
        return f"WITH t AS NOT MATERIALIZED (SELECT {source} AS s FROM {RAW})"

    def _distinct(self, source: str, where: str) -> list[str]:
        """The distinct texts `s` that meet `where`."""
        sql = f"{self._texts(source)} SELECT DISTINCT s FROM t WHERE s IS NOT NULL AND {where}"
        return [row[0] for row in self._con.execute(sql).fetchall()]

    def _lookup(
        self,
        column: Column,
        source: str,
        distinct: Sequence[str],
        values: Mapping[str, str],
    ) -> Converted:
        """Read every distinct text in Python and join the results back."""
        if column.name not in self._readers:
            # Of a file in pieces each brings many texts of the one before.
            self._readers[column.name] = lru_cache(_REMEMBERED)(self._reader(column, values))
        results = list(map(self._readers[column.name], distinct))
        clean_already = column.sql_type == "VARCHAR" and all(
            value == result and check is None
            for value, (result, check) in zip(distinct, results, strict=True)
        )
        if clean_already:
            return Converted(column, source)
        if not distinct:
            return Converted(column, f"CAST(NULL AS {column.sql_type})")
        name = f"d_{column.name}"
        block = pa.table(
            {
                "k": texts(distinct),
                "v": texts([result for result, _ in results]),
                "e": texts([check for _, check in results]),
            }
        )
        self._con.register("block", block)
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS "
            f"SELECT k, CAST(v AS {column.sql_type}) AS v, e FROM block"
        )
        self._con.unregister("block")
        errors = any(check and check.startswith("E") for _, check in results)
        warnings = any(check and check.startswith("W") for _, check in results)
        return Converted(
            column,
            f"{name}.v",
            f"LEFT JOIN {name} ON {name}.k = {source}",
            f"CASE WHEN {name}.e LIKE 'E%' THEN {name}.e END" if errors else "",
            f"CASE WHEN {name}.e LIKE 'W%' THEN {name}.e END" if warnings else "",
            name,
        )

    def _reader(self, column: Column, values: Mapping[str, str]) -> _Read:
        """How one text of this column is read: (value as text, check id)."""
        inner = self._kind_reader(column)
        mapped = {clean(source): ours for source, ours in values.items()}

        def read(value: str) -> tuple[str | None, str | None]:
            if mapped:
                value = mapped.get(clean(value), value)
            try:
                return inner(value)
            except Unreadable as error:
                return None, error.check_id

        return read

    def _kind_reader(self, column: Column) -> _Read:
        kind = column.kind
        if kind in ("timestamp", "date"):
            return lambda value: (_iso(value, self._order, self._epoch), None)
        if kind in ("count", "integer", "decimal"):
            whole, negative = kind != "decimal", kind != "count"
            return lambda value: (_plain(read_number(value, whole=whole, negative=negative)), None)
        if kind == "flag":
            return lambda value: (_flag_text(read_flag(value)), None)
        if kind == "choice":
            return _choice_reader(column)
        if kind in ("household", "person"):
            return self._pseudonym_reader("H" if kind == "household" else "P")
        if kind in ("worker", "workers"):
            return lambda value: (
                _listed(self._account(n) for n in _labels(value, split_and)),
                None,
            )
        if kind == "list":
            return lambda value: (_listed(without_numbers(n) for n in _labels(value)), None)
        if kind == "key":
            is_account = column.name in _ACCOUNTS
            return lambda value: (self._key(_compact(value), is_account=is_account) or None, None)
        if kind == "grid":
            return lambda value: (grid_text(_compact(value)) or None, None)
        if kind == "name":
            return lambda value: (without_numbers(_compact(value)) or None, None)
        return lambda value: (strike(_soft(value)) or None, None)

    def _key(self, name: str, *, is_account: bool) -> str:
        """An identity number used as a number is somebody's, so it is replaced like a name."""
        if is_account:
            return self._account(name)
        return self._pseudonyms.of("A", name) if looks_like_identity_number(name) else name

    def _account(self, name: str) -> str:
        """An identity or mobile number used as an account is replaced; beside a name it goes."""
        if looks_like_identity_number(name):
            return self._pseudonyms.of("A", name)
        telephone = telephone_of(name)
        if telephone is not None:
            return self._pseudonyms.of("A", telephone)
        rest = own_number_removed(name)
        if rest is None:
            return name
        return rest or self._pseudonyms.of("A", name)

    def _pseudonym_reader(self, prefix: str) -> _Read:
        erased = {
            row[0] for row in self._con.execute("SELECT mark FROM erased_resident").fetchall()
        }

        def read(value: str) -> tuple[str | None, str | None]:
            # Nearly all names and addresses are Chinese characters and digits, and clean already.
            is_plain = _PLAIN.fullmatch(value) and not is_nothing(value)
            plain = value if is_plain else _compact(value)
            if not plain:
                return None, None
            pseudonym = self._pseudonyms.of(prefix, plain)
            if erased and self._pseudonyms.erased(pseudonym) in erased:
                raise Unreadable("E111")
            return pseudonym, None

        return read


def _moment_sql(source: str, sql_type: str) -> str:
    """The usual layout by a cheap test: TRY_CAST alone drops zones and 上午/下午 in silence."""
    usual = "____-__-__ __:__:__" if sql_type == "TIMESTAMP" else "____-__-__"
    cast = f"TRY_CAST({source} AS {sql_type})"
    return (
        f"CASE WHEN {source} LIKE '{usual}' THEN {cast} "
        f"WHEN regexp_full_match({source}, {text(_STRICT_MOMENT)}) THEN {cast} END"
    )


def _whole_sql(source: str, sql_type: str) -> str:
    matches = f"regexp_full_match({source}, {text(_STRICT_WHOLE)})"
    return f"CASE WHEN {matches} THEN TRY_CAST({source} AS {sql_type}) END"


def _decimal_sql(source: str, sql_type: str) -> str:
    matches = f"regexp_full_match({source}, {text(_STRICT_DECIMAL)})"
    return f"CASE WHEN {matches} THEN TRY_CAST({source} AS {sql_type}) END"


_STRICT_SQL: dict[str, Callable[[str, str], str]] = {
    "timestamp": _moment_sql,
    "date": _moment_sql,
    "count": _whole_sql,
    "integer": _whole_sql,
    "decimal": _decimal_sql,
}


def _iso(value: str, order: DateOrder | None, epoch: datetime) -> str | None:
    moment = read_moment(value, order, epoch)
    return None if moment is None else moment.isoformat(" ")


def _plain(number: object) -> str | None:
    return None if number is None else f"{number:f}"


def _flag_text(flag: bool | None) -> str | None:
    return None if flag is None else str(flag).lower()


def _compact(value: str) -> str:
    """Cleaned, 张 三 is 张三; a long number that a spreadsheet has rounded is refused."""
    plain = join_han(clean(value))
    if is_nothing(plain):
        return ""
    if is_precision_lost(plain):
        raise Unreadable("E105")
    return plain


def _listed(names: Iterable[str]) -> str | None:
    return "、".join(dict.fromkeys(names)) or None


def _labels(value: str, also: Callable[[str], list[str]] | None = None) -> list[str]:
    names = [name for name in split_labels(value) if not is_nothing(name)]
    names = [part for name in names for part in (also(name) if also else [name])]
    if any(is_precision_lost(name) for name in names):
        raise Unreadable("E105")
    return names


_WIDE = {
    code: code - 0xFEE0
    for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}


def _soft(value: str) -> str:
    """Cleaned, but Chinese punctuation stays full-width."""
    plain = re.sub(r"\s+", " ", value.translate(_WIDE)).strip(_BLANK)
    plain = unguarded(plain).removeprefix("'")
    return "" if is_nothing(plain) else plain


def _choice_reader(column: Column) -> _Read:
    """Synonyms to codes; an unknown value is kept as cleaned text and listed (W110)."""
    known = {
        clean(name).lower().replace(" ", ""): value.code
        for value in reversed(column.values)
        for name in (*value.synonyms, value.en, value.code)
    }
    known |= {clean(value.code).lower(): value.code for value in column.values}

    def read(value: str) -> tuple[str | None, str | None]:
        plain = clean(value)
        code = known.get(plain.lower().replace(" ", ""))
        if code is None and is_nothing(plain):
            return None, None
        if code is not None:
            return code, None
        return (strike(plain), "W110") if plain else (None, None)

    return read
