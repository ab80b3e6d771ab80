"""What a load did, as numbers that add up."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from etl.findings import Finding
from etl.privacy import STRUCK, strike_name
from gridgov.errors import DataFileError
from gridgov.locale import _

__all__ = ["FileReport", "FindingKind", "LoadReport"]


@dataclass
class FileReport:
    """One sheet of one file. rows = loaded + updated + duplicate + rejected, always.

    `skipped` counts records that carry no data, by kind: title, header, blank, total, note.
    `is_known` tells that the same bytes were loaded before and nothing was read again.
    `names` are residents of the file who are named in its own name, sheet or headers.
    """

    path: str
    sheet: str
    table: str
    rows: int = 0
    loaded: int = 0
    updated: int = 0
    duplicate: int = 0
    rejected: int = 0
    warnings: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    encoding: str = ""
    sha256: str = ""
    is_sample: bool = False
    is_known: bool = False
    names: set[str] = field(default_factory=set)

    def nameless(self, shown: str) -> str:
        """A path, sheet or header as the published books may tell it."""
        for name in sorted(self.names, key=len, reverse=True):
            shown = shown.replace(name, STRUCK)
        return strike_name(shown)

    def balance(self, records: int) -> None:
        """Hold the sums against the independent count. Raises `DataFileError` when they differ."""
        counted = self.loaded + self.updated + self.duplicate + self.rejected
        seen = self.rows + sum(self.skipped.values())
        if counted != self.rows or seen != records:
            raise DataFileError(
                _(
                    "{path} {sheet}：文件有 {records} 条记录，读到 {seen} 条，入账 {counted} 条，"
                    "合不上；没有发布任何数据，请检查文件里的引号和换行",
                    path=self.path,
                    sheet=self.sheet,
                    records=records,
                    seen=seen,
                    counted=counted,
                )
            )

    def as_json(self) -> dict[str, Any]:
        names = ("path", "sheet", "table", "rows", "loaded", "updated", "duplicate", "rejected")
        return {**{name: getattr(self, name) for name in names}, "warnings": self.warnings}


@dataclass(frozen=True)
class FindingKind:
    """All findings of one check on one column of one sheet, as a reader wants them: `where` the
    sheet is, what the `message` is about and says, from which row on, how often, some `examples`.
    """

    check_id: str
    where: str
    label: str
    message: str
    first_row: int | None
    occurrences: int
    examples: tuple[str, ...]

    @property
    def is_error(self) -> bool:
        return self.check_id.startswith("E")


@dataclass
class LoadReport:
    """A whole load. `version` is what is in force afterwards; `published` tells whether this load
    made it, `is_check` that nothing was to be; `batch_id` is None when nothing changed."""

    version: int | None
    files: list[FileReport]
    published: bool = False
    is_check: bool = False
    batch_id: int | None = None
    findings: list[Finding] = field(default_factory=list)

    def kinds(self, examples: int = 3) -> list[FindingKind]:
        """What was found, errors first; what concerns a whole log comes last in its kind."""
        groups: dict[tuple[str, str, str, str], list[Finding]] = {}
        for file in self.files:
            where = f"{PurePath(file.path).name} {file.sheet}".strip()
            for one in file.findings:
                groups.setdefault((one.check_id, where, one.table, one.column), []).append(one)
        for one in self.findings:
            groups.setdefault((one.check_id, "", one.table, one.column), []).append(one)
        return [
            FindingKind(
                check_id=check_id,
                where=where,
                # A finding about a whole log names it itself.
                label=group[0].label if where else "",
                message=group[0].message,
                first_row=min((f.row_number for f in group if f.row_number), default=None),
                occurrences=sum(f.occurrences for f in group),
                examples=tuple(f.value_hint for f in group if f.value_hint)[:examples],
            )
            for (check_id, where, _table, _column), group in sorted(groups.items())
        ]

    def total(self, name: str) -> int:
        """The sum of one count over all files."""
        return sum(getattr(report, name) for report in self.files)

    def as_json(self) -> dict[str, Any]:
        return {"version": self.version, "files": [report.as_json() for report in self.files]}
