"""Which text the sandbox runs: one SELECT-like statement, or EXPLAIN of one.

This is the first wall, not the only one: whatever passes still meets a read-only database, a
locked configuration without external access, and a process that can open nothing.
Runs in the child, because parsing hostile text is part of the danger.
"""

from __future__ import annotations

import contextlib
import re
from itertools import pairwise

import duckdb

__all__ = ["Refused", "checked_statement"]

# These tell where files lie and how the server is set up, change what the engine keeps, read
# memory at an address, or run text as SQL behind our back.
_CLOSED = frozenset(
    {
        "arrow_scan",
        "arrow_scan_dumb",
        "create_external_resource",
        "current_setting",
        "deregister_external_resource",
        "destroy_external_resource",
        "disable_logging",
        "disable_profiling",
        "duckdb_databases",
        "duckdb_extension_repositories",
        "duckdb_extensions",
        "duckdb_external_file_cache",
        "duckdb_external_resource_types",
        "duckdb_external_resources",
        "duckdb_log_contexts",
        "duckdb_logs",
        "duckdb_logs_parsed",
        "duckdb_profiling_settings",
        "duckdb_secret_type_parameters",
        "duckdb_secret_types",
        "duckdb_secrets",
        "duckdb_settings",
        "duckdb_temporary_files",
        "enable_logging",
        "enable_profiling",
        "json_execute_serialized_sql",
        "json_serialize_plan",
        "pandas_scan",
        "pg_settings",
        "pragma_database_list",
        "pragma_database_size",
        "python_arrow_scan",
        "python_map_function",
        "register_external_resource",
        "register_external_resource_type",
        "truncate_duckdb_logs",
        "which_secret",
        "write_log",
    }
)
_CLOSED_AS_CALL = frozenset({"query", "query_table"})
# Macros of the engine that read the table which a text names: a name is a name, but a text that is
# put together would name what is closed.
_NAMES_A_TABLE = frozenset({"histogram", "histogram_values"})
_SELECT_WORDS = frozenset({"select", "with", "from", "values", "table", "pivot", "unpivot", "("})
_SHOW_WORDS = frozenset({"describe", "desc", "show", "summarize"})
# What the engine takes for a space outside of quotes; its tokenizer takes it for part of a name.
_SPACES = re.compile("[\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]")
_PIVOT_START = frozenset({"pivot", "pivot_wider", "from", "with", "select", "("})


class Refused(Exception):
    """The text is not run. `code` names the sentence, `detail` fills it."""

    def __init__(self, code: str, detail: str = "", position: int | None = None) -> None:
        super().__init__(code)
        self.code, self.detail, self.position = code, detail, position


def checked_statement(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """The one statement of `sql`; raises Refused, or what the parser raises."""
    if "\x00" in sql:
        raise Refused("control", position=len(sql.partition("\x00")[0].encode()))
    tokens = _tokens(sql)
    _refuse_closed_names(tokens)
    _refuse_shown_settings(connection, tokens)
    words = [text.lower() for text, _, _ in tokens[:12]]
    statements = connection.extract_statements(sql)
    if not statements:
        raise Refused("empty")
    if len(statements) > 1:
        raise Refused("several", str(len(statements)))
    if words and words[0] == "explain":
        words = _after_explain(words)
        _require_select(words, statements[0], explained=True)
    else:
        _require_select(words, statements[0], explained=False)
    return statements[0]


def _require_select(words: list[str], statement: duckdb.Statement, *, explained: bool) -> None:
    first = words[0] if words else ""
    try:
        kind = statement.type
    except ValueError as error:  # a kind that the Python client has no name for
        raise Refused("statement", first.upper()) from error
    if explained:
        allowed = kind == duckdb.StatementType.EXPLAIN and first in _SELECT_WORDS
    elif kind == duckdb.StatementType.MULTI:  # what PIVOT becomes: an enumeration and a SELECT
        allowed = first in _PIVOT_START
    else:
        allowed = kind == duckdb.StatementType.SELECT and first in _SELECT_WORDS | _SHOW_WORDS
    if not allowed:
        raise Refused("statement", first.upper())


def _after_explain(words: list[str]) -> list[str]:
    rest = words[1:]
    if rest and rest[0] == "analyze":
        rest = rest[1:]
    elif rest and rest[0] == "(" and rest[1:2] and rest[1] not in _SELECT_WORDS:
        rest = rest[rest.index(")") + 1 :] if ")" in rest else []
    return rest


def _tokens(sql: str) -> list[tuple[str, str, int]]:
    """(text, kind, byte offset) of every token but comments; the engine counts in bytes."""
    sql = _SPACES.sub(lambda found: " " * len(found[0].encode()), sql)
    raw = sql.encode("utf-8", "surrogatepass")
    marks = duckdb.tokenize(sql)
    found = []
    for index, (start, kind) in enumerate(marks):
        end = marks[index + 1][0] if index + 1 < len(marks) else len(raw)
        text = raw[start:end].decode("utf-8", "replace").strip()
        if kind.name != "comment" and text:
            found.append((text, kind.name, start))
    return found


def _refuse_closed_names(tokens: list[tuple[str, str, int]]) -> None:
    for index, (text, kind, start) in enumerate(tokens):
        name = _plain(text, kind)
        called = index + 1 < len(tokens) and tokens[index + 1][0].startswith("(")
        if name in _CLOSED or (called and name in _CLOSED_AS_CALL):
            raise Refused("closed", name, start)
        if called and name in _NAMES_A_TABLE and not _has_plain_name(tokens[index + 2 :]):
            raise Refused("plain name", name, start)


def _has_plain_name(rest: list[tuple[str, str, int]]) -> bool:
    """Whether the first argument is a name as it stands: of one or more words joined by points."""
    for place, (text, kind, _) in enumerate(rest):
        is_name = kind in ("identifier", "keyword") and not _is_put_together(text)
        if place % 2:
            if text[:1] in ",)":
                return True
            is_name = text == "."
        if not is_name:
            return False
    return False


def _is_put_together(text: str) -> bool:
    """Whether a quoted name holds a point, which the macro would read as a path."""
    return "." in text or not (text[:1] == '"' or text.isidentifier())


def _refuse_shown_settings(
    connection: duckdb.DuckDBPyConnection, tokens: list[tuple[str, str, int]]
) -> None:
    """`SHOW name` tells the value of a setting, also inside a FROM or WITH."""
    for (word, _, _), (text, kind, start) in pairwise(tokens):
        if word.lower() == "show":
            name = _plain(text, kind)
            with contextlib.suppress(duckdb.Error):
                connection.execute("SELECT current_setting(?)", [name]).fetchall()
                raise Refused("closed", name, start)


def _plain(text: str, kind: str) -> str:
    """The name that a token could stand for: unquoted, unescaped, in lower case.

    A string counts too, since `FROM 'name'` reads the table of that name.
    """
    if kind == "string_const":
        if text[:1] in "eE" and text[1:2] == "'":
            text = re.sub(r"\\x([0-9a-fA-F]{1,2})", lambda m: chr(int(m[1], 16)), text[1:])
            text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
            text = re.sub(r"\\([0-7]{1,3})", lambda m: chr(int(m[1], 8)), text)
        text = re.sub(r"^\$\w*\$|\$\w*\$$", "", text)
    return text.strip("'\"").lower()
