"""What a column and a table are. Everything about the data is derived from these declarations:
DDL, header recognition, casts, checks, labels, templates, the sample and the data dictionary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Check", "Column", "Kind", "Severity", "Table", "Value"]

Kind = Literal[
    "key",  # the log's own number, text, never computed with
    "text",  # a short label
    "name",  # the name of an official worker or unit; not a resident's
    "note",  # free text; numbers that identify a person are struck out before storage
    "choice",  # one of `values`; an unknown one is kept and listed
    "worker",  # a worker's name, number or account
    "workers",  # several workers in one cell
    "grid",  # a grid's id or name
    "household",  # address or household number; stored as a keyed pseudonym
    "person",  # a resident's name or number; stored as a keyed pseudonym
    "timestamp",  # local time, Asia/Shanghai, without zone
    "date",
    "count",  # whole number, not negative
    "integer",
    "decimal",
    "flag",  # yes, no or not said
    "list",  # several labels in one cell, joined by 、
    "outline",  # GeoJSON geometry, WGS 84 or local metres
]
Severity = Literal["error", "warning"]

_SQL_TYPE: dict[Kind, str] = {
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    "count": "INTEGER",
    "integer": "INTEGER",
    "decimal": "DECIMAL(18, 4)",
    "flag": "BOOLEAN",
}


@dataclass(frozen=True)
class Value:
    """One allowed value: what is stored (`code`), what is shown, and what else means the same."""

    code: str
    en: str
    synonyms: tuple[str, ...] = ()

    @property
    def zh(self) -> str:
        """The stored code is the Chinese label: analysts read the table without a lookup."""
        return self.code


@dataclass(frozen=True)
class Check:
    """A rule over the columns of one row; `violated` is SQL that is true where the rule is broken.

    An error rejects the row, a warning keeps and lists it. The id is stable: documents, tests and
    users' notes refer to it.
    """

    id: str
    severity: Severity
    violated: str
    zh: str
    en: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column. `label` and `description` are Chinese, `label_en` and `description_en` English.

    `aliases` are further headers that real systems use for it. `required` means that a row without
    it is rejected. `unit` is shown after the label (人, 户, 次).
    """

    name: str
    kind: Kind
    label: str
    label_en: str
    description: str = ""
    description_en: str = ""
    unit: str = ""
    required: bool = False
    aliases: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()

    @property
    def sql_type(self) -> str:
        """The DuckDB type it is stored as."""
        return _SQL_TYPE.get(self.kind, "VARCHAR")

    @property
    def is_pseudonym(self) -> bool:
        return self.kind in ("household", "person")


@dataclass(frozen=True)
class Table:
    """One table. `grain` says what a row is; `key` identifies it; `natural_key` does so where the
    source gives no number. `role` is "log" (events, large) or "reference" (small, replaced by key).
    """

    name: str
    label: str
    label_en: str
    grain: str
    role: Literal["log", "reference"]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    natural_key: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    event_time: str = ""
    names: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)
