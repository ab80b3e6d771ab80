"""One recognised sheet on its way into one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from etl.convert import typed_columns
from etl.mapping import Recipe
from etl.recognise import SheetGuess
from etl.report import FileReport
from etl.sheet import Sheet
from etl.values import DateOrder
from gridgov.schema import Table

__all__ = ["Job"]


@dataclass
class Job:
    """What is to be loaded. `sources` maps column name → SQL of its text in `raw`. While loading
    `report` is filled, `order` becomes that of the dates, and `surplus` holds the cells beyond the
    header by the number of their row."""

    table: Table
    sheet: Sheet
    guess: SheetGuess
    recipe: Recipe
    sources: Mapping[str, str]
    file_id: int
    report: FileReport
    order: DateOrder | None = None
    surplus: dict[int, Sequence[str]] = field(default_factory=dict)

    @property
    def first_row(self) -> int:
        """The number (from 1) of the first row below the header."""
        return self.guess.start + 1

    @property
    def header_rows(self) -> Sequence[Sequence[str]]:
        return self.sheet.preview[self.guess.header_row : self.guess.start]

    @property
    def typed(self) -> str:
        """SQL of the typed columns of `raw`."""
        return typed_columns(self.table, self.sources, self.recipe)
