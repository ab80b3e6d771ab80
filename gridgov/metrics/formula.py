"""What a metric's SQL file says, for those that are a sum over a sum of one tally's columns.

Such a file has one form, with or without its last lines: `SELECT *, x AS numerator,
y AS denominator, z AS name FROM tally WHERE c = 'v'`; what stands before AS is a column, a column
times a whole number, or nothing. Metrics of one source can
then be read together, each column once, instead of one after the other; to the engine a column
costs far less than a statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from gridgov.warehouse import sql_text

__all__ = ["Formula", "Term", "formula_of"]

_FILE = re.compile(
    r"SELECT\s+\*,\s+(?P<columns>.+?)\s+"
    r"FROM tally(?:\s+WHERE (?P<column>\w+) = '(?P<value>[^']+)')?",
    re.DOTALL,
)
_COLUMN = re.compile(r"(?P<value>.+?) AS (?P<name>\w+)", re.DOTALL)
_TERM = re.compile(r"(?P<column>[a-z]\w*)(?: \* (?P<factor>\d+))?")
_NOTHING = "CAST(NULL AS INTEGER)"


@dataclass(frozen=True)
class Term:
    """A column of the tally, times a whole number."""

    column: str
    factor: int = 1


@dataclass(frozen=True)
class Formula:
    """Numerator and denominator; `only` is the column and value that the rows are narrowed to,
    `names` other columns under the name that they go by here."""

    numerator: Term
    denominator: Term | None
    only: tuple[str, str] | None
    names: Mapping[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        """The tally's columns that it sums."""
        terms = (self.numerator, *((self.denominator,) if self.denominator else ()))
        return tuple(dict.fromkeys(term.column for term in terms))


@cache
def formula_of(resource: str) -> Formula:
    """The formula in a metric's file. Raises ValueError where it does not have the form."""
    text = re.sub(r"--[^\n]*\n", "", sql_text(resource)).strip()
    found = _FILE.fullmatch(text)
    if found is None:
        raise ValueError(f"{resource}: not of the form that formula.py describes")
    terms: dict[str, Term] = {}
    for item in found["columns"].split(",\n"):
        column = _COLUMN.fullmatch(item.strip())
        term = _TERM.fullmatch(column["value"]) if column else None
        if column is not None and term is not None:
            terms[column["name"]] = Term(term["column"], int(term["factor"] or 1))
        elif column is None or column["value"] != _NOTHING:
            raise ValueError(f"{resource}: {item.strip()}")
    return Formula(
        numerator=terms.pop("numerator"),
        denominator=terms.pop("denominator", None),
        only=(found["column"], found["value"]) if found["column"] else None,
        names={name: term.column for name, term in terms.items()},
    )
